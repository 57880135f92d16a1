/**
 * A new version and the people inside: what it means for them, taking them over, taking them back.
 */
import type { SourceText } from '../../runtime/control.ts';
import type { PlannedPerson, PlannedStatus, VersionPlan, VersionReport } from '../../runtime/version-plan.ts';
import { type Answer, operation } from './operation.ts';
import { publishBytesMax, publishingProperties } from './programs.ts';
import {
  enrollmentId,
  exactly,
  id,
  integer,
  list,
  oneOf,
  orNull,
  pageMost,
  pageUsual,
  programName,
  reason,
  yesNo,
} from './schemas.ts';
import { written, writtenOrNull } from './write.ts';

const at = { type: 'string', format: 'date-time' } as const;
const anyText = { type: 'string' } as const;
const count = { type: 'integer' } as const;

const verdicts = ['same', 'adopts', 'needs-migrate', 'refused'] as const;
const statuses = [
  'ready',
  'cannot',
  'waiting',
  'adopted',
  'failed',
  'gone',
  'stayed',
  'returned',
  'kept',
] as const satisfies readonly PlannedStatus[];

const counts = (names: readonly string[]) => exactly(Object.fromEntries(names.map((name) => [name, count])));

const verdict = oneOf(
  verdicts,
  'What happens to them: nothing changes, they go over, a line of `migrate` is missing, or no block could lead them.',
);

const reportProperties = {
  program: anyText,
  title: anyText,
  to: { ...count, description: 'The version it is about.' },
  people: { ...count, description: 'Who is inside on another version.' },
  already: { ...count, description: 'Who is on this one.' },
  counts: counts(verdicts),
  waiting: {
    ...count,
    description: 'Of those who can go over: who has something in hand that is waited for, or is paused.',
  },
  moving: {
    ...list(exactly({ to: anyText, finishes: { type: 'boolean' }, people: count })),
    description: 'Of those who can go over and need not wait: whom that leads on at once, to a stage or to their end.',
  },
  groups: list(
    exactly({
      from: count,
      stage: anyText,
      verdict,
      people: count,
      by_migrate: { type: 'boolean', description: 'Led over by the `migrate` block.' },
      why: orNull(anyText),
      remedy: orNull(anyText),
      examples: list(anyText),
    }),
  ),
  versions: list(
    exactly({
      from: count,
      via: {
        ...list(count),
        description: 'Versions in between whose `migrate` blocks lead these people; empty where the way is straight.',
      },
      people: count,
      verdict: oneOf(['safe', 'migrate', 'refused'], 'Of the whole version, as `regimen plan` says it.'),
      changes: list(
        exactly(
          {
            level: anyText,
            kind: anyText,
            name: anyText,
            change: anyText,
            people: anyText,
            met: anyText,
            remedy: anyText,
          },
          ['met', 'remedy'],
        ),
      ),
    }),
  ),
};

const reportSchema = exactly(reportProperties);

const writeReport = (report: VersionReport) => ({
  program: report.program,
  title: report.title,
  to: report.to,
  people: report.people,
  already: report.already,
  counts: report.counts,
  waiting: report.waiting,
  moving: report.moving,
  groups: report.groups.map(({ isSaid, ...group }) => ({ ...group, by_migrate: isSaid })),
  versions: report.versions.map(({ via = [], ...one }) => ({ ...one, via })),
});

const planSchema = exactly({
  id: anyText,
  status: oneOf(['planned', 'applying', 'applied', 'rolling-back', 'rolled-back'], 'How far it is.'),
  ...reportProperties,
  waits: { type: 'boolean', description: 'Nobody is taken over while something is in hand that would be cut short.' },
  progress: counts(statuses),
  reason: orNull(anyText),
  created_at: at,
  created_by: anyText,
  applied_at: orNull(at),
  applied_by: orNull(anyText),
  rolled_back_at: orNull(at),
  rolled_back_by: orNull(anyText),
});

const writePlan = (plan: VersionPlan) => ({
  id: plan.id,
  status: plan.status,
  ...writeReport(plan),
  waits: plan.waits,
  progress: plan.progress,
  reason: plan.reason,
  created_at: written(plan.createdAt),
  created_by: plan.createdBy,
  applied_at: writtenOrNull(plan.appliedAt),
  applied_by: plan.appliedBy,
  rolled_back_at: writtenOrNull(plan.rolledBackAt),
  rolled_back_by: plan.rolledBackBy,
});

const planId = { plan: id('The plan.') };

const preview = operation<{ source: string; path?: string; imports?: SourceText[] }>({
  id: 'preview_version',
  method: 'POST',
  path: '/v1/version-previews',
  scope: 'publish',
  summary: 'What a text would mean for the people inside, were it published. Nothing is kept.',
  body: { properties: publishingProperties, required: ['source'] },
  bytesMax: publishBytesMax,
  status: { usual: 200 },
  answer: reportSchema,
  async run({ control }, { source, path = 'program.regimen', imports }) {
    const report = await control.previewVersion({ source, path, ...(imports === undefined ? {} : { imports }) });
    return { body: writeReport(report) };
  },
});

const plan = operation<{ program: string; to?: number }>({
  id: 'plan_version',
  method: 'POST',
  path: '/v1/programs/{program}/plans',
  scope: 'publish',
  summary: 'Look what a published version means for everybody on another one, and keep that as a plan.',
  params: { program: programName },
  body: { properties: { to: integer(1, 1_000_000, 'The version; the newest where absent.') } },
  status: { usual: 201 },
  answer: planSchema,
  async run({ control, by }, { program, to }) {
    const made = await control.planVersion({ program, by, ...(to === undefined ? {} : { to }) });
    return { body: writePlan(made), location: `/v1/plans/${encodeURIComponent(made.id)}` };
  },
});

const get = operation<{ plan: string }>({
  id: 'get_plan',
  method: 'GET',
  path: '/v1/plans/{plan}',
  scope: 'read',
  summary: 'A plan: what it means for whom, and how far it is.',
  params: planId,
  status: { usual: 200 },
  answer: planSchema,
  run: async ({ control }, { plan }) => ({ body: writePlan(await control.versionPlan(plan)) }),
});

const listAll = operation<{ program: string; limit?: number }>({
  id: 'list_plans',
  method: 'GET',
  path: '/v1/programs/{program}/plans',
  scope: 'read',
  summary: 'The newest plans of a program.',
  params: { program: programName },
  query: { limit: integer(1, pageMost, 'At most so many.') },
  status: { usual: 200 },
  answer: exactly({ data: list(planSchema) }),
  async run({ control }, { program, limit = pageUsual }) {
    return { body: { data: (await control.versionPlans({ program, limit })).map(writePlan) } };
  },
});

const writePerson = ({ enrollment, from, stage, verdict, status, why }: PlannedPerson) => ({
  enrollment,
  from,
  stage,
  verdict,
  status,
  why,
});

const people = operation<{ plan: string; status?: PlannedStatus; after?: string; limit?: number }>({
  id: 'list_plan_people',
  method: 'GET',
  path: '/v1/plans/{plan}/people',
  scope: 'read',
  summary: 'The people of a plan: what happens, or has happened, to each, or why it cannot.',
  params: planId,
  query: {
    status: oneOf(statuses, 'Only those.'),
    after: { ...enrollmentId, description: 'The last enrollment of the page before.' },
    limit: integer(1, pageMost, 'Rows in the page.'),
  },
  status: { usual: 200 },
  answer: exactly({
    data: list(
      exactly({
        enrollment: anyText,
        from: count,
        stage: anyText,
        verdict,
        status: oneOf(statuses, ''),
        why: orNull(anyText),
      }),
    ),
    next_after: { type: ['string', 'null'], description: 'Hand it in as `after` for the next page; null at the end.' },
  }),
  async run({ control }, { plan, limit = pageUsual, ...which }): Promise<Answer> {
    const found = await control.versionPlanPeople({ id: plan, ...which, limit: limit + 1 });
    const data = found.slice(0, limit).map(writePerson);
    return { body: { data, next_after: found.length > limit ? (data.at(-1)?.enrollment ?? null) : null } };
  },
});

const apply = operation<{ plan: string; reason: string; waits?: boolean }>({
  id: 'apply_plan',
  method: 'POST',
  path: '/v1/plans/{plan}/apply',
  scope: 'publish',
  summary: 'Take over whoever can go, in the background. Asked for again, it goes on where it was.',
  about:
    'Each is looked at again when it is their turn; nobody is taken over to a state that the version does not know.',
  grave: true,
  params: planId,
  body: {
    properties: { reason, waits: yesNo('Wait with those who have something in hand; true where absent.') },
    required: ['reason'],
  },
  status: { usual: 202 },
  answer: planSchema,
  async run({ control, by }, { plan, reason, waits }) {
    const given = { id: plan, by, reason, ...(waits === undefined ? {} : { waits }) };
    return { body: writePlan(await control.applyPlan(given)) };
  },
});

const rollback = operation<{ plan: string; reason: string }>({
  id: 'rollback_plan',
  method: 'POST',
  path: '/v1/plans/{plan}/rollback',
  scope: 'publish',
  summary: 'Take everybody back, in the background: exactly where nothing has happened since.',
  grave: true,
  params: planId,
  body: { properties: { reason }, required: ['reason'] },
  status: { usual: 202 },
  answer: planSchema,
  run: async ({ control, by }, { plan, reason }) => ({
    body: writePlan(await control.rollbackPlan({ id: plan, by, reason })),
  }),
});

export const planOperations = [preview, plan, get, listAll, people, apply, rollback];
