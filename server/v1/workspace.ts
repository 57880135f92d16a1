/**
 * The workspace: its people, its standing still, what sweeps did, and who changed what.
 */
import { Refusal } from '../../runtime/control.ts';
import { type Context, operation } from './operation.ts';
import { standstillSchema, writeStandstill } from './programs.ts';
import { exactly, id, list, page, pageUsual, paging, reason, text } from './schemas.ts';
import { pageAsked, writePage, written } from './write.ts';

const at = { type: 'string', format: 'date-time' } as const;
const anyText = { type: 'string' } as const;

const personSchema = exactly({ id: anyText, email: anyText, name: anyText, zone: { type: ['string', 'null'] } });

const makePerson = operation<{ email: string; name?: string; zone?: string }>({
  id: 'put_person',
  method: 'POST',
  path: '/v1/people',
  scope: 'enroll',
  summary: 'Make a person known by an email that you vouch for, or find who is.',
  about: 'A name and a time zone fill in what is not known yet.',
  body: {
    properties: {
      email: text(254),
      name: { type: 'string', maxLength: 200 },
      zone: text(64, 'An IANA time zone such as Europe/London.'),
    },
    required: ['email'],
  },
  status: { usual: 200 },
  answer: personSchema,
  async run({ control }, { email, ...details }) {
    const person = await control.personByEmail(email, details);
    return { body: person, location: `/v1/people/${encodeURIComponent(person.id)}` };
  },
});

const getPerson = operation<{ person: string }>({
  id: 'get_person',
  method: 'GET',
  path: '/v1/people/{person}',
  scope: 'read',
  summary: 'A person: email, name, time zone.',
  params: { person: id('The person.') },
  status: { usual: 200 },
  answer: personSchema,
  run: async ({ control }, { person }) => ({ body: await control.person(person) }),
});

const workspaceSchema = exactly({ id: anyText, paused: standstillSchema });

const readWorkspace = async ({ control, workspace }: Context) => ({
  body: { id: workspace, paused: writeStandstill(await control.workspaceStandstill()) },
});

const getWorkspace = operation<object>({
  id: 'get_workspace',
  method: 'GET',
  path: '/v1/workspace',
  scope: 'read',
  summary: 'The workspace that the key opens, and whether it stands still.',
  status: { usual: 200 },
  answer: workspaceSchema,
  run: readWorkspace,
});

const pauseWorkspace = operation<{ reason: string }>({
  id: 'pause_workspace',
  method: 'POST',
  path: '/v1/workspace/pause',
  scope: 'operate',
  summary: 'Let every program of the workspace stand still: nothing happens by itself.',
  about: 'What people say is taken as ever. Paused again, the first pause stays.',
  grave: true,
  body: { properties: { reason }, required: ['reason'] },
  status: { usual: 200 },
  answer: workspaceSchema,
  async run(context, { reason }) {
    await context.control.pauseWorkspace({ reason, by: context.by });
    return readWorkspace(context);
  },
});

const resumeWorkspace = operation<object>({
  id: 'resume_workspace',
  method: 'POST',
  path: '/v1/workspace/resume',
  scope: 'operate',
  summary: 'Let the workspace go on that was paused.',
  body: { properties: {} },
  status: { usual: 200 },
  answer: workspaceSchema,
  async run(context) {
    await context.control.resumeWorkspace({ by: context.by });
    return readWorkspace(context);
  },
});

type Paged = { limit?: number; cursor?: string };

const sweeps = operation<Paged>({
  id: 'list_sweeps',
  method: 'GET',
  path: '/v1/sweeps',
  scope: 'read',
  summary: 'What was done of what time owed, sweep by sweep, the newest first.',
  query: paging,
  status: { usual: 200 },
  answer: page(
    exactly({
      id: { type: 'integer' },
      at,
      due: { type: 'integer' },
      succeeded: { type: 'integer' },
      failed: list(exactly({ enrollment: anyText, problem: anyText })),
      duration_ms: { type: 'integer' },
    }),
  ),
  async run({ control }, given) {
    const read = await control.sweeps(pageAsked(given, pageUsual));
    return {
      body: writePage(read, ({ durationMs, at, ...one }) => ({ ...one, at: written(at), duration_ms: durationMs })),
    };
  },
});

/** What the audit can be asked about. */
const targets = /^(workspace|(enrollment|person|program|bulk|key|plan):.{1,200})$/;

const audit = operation<Paged & { target?: string }>({
  id: 'list_changes',
  method: 'GET',
  path: '/v1/audit',
  scope: 'operate',
  summary: 'Who changed what, and why, the newest first.',
  about: 'What people say, and what is recorded of them, stands in their timelines instead.',
  query: {
    target: text(220, 'Of one thing: `enrollment:<id>`, `program:<name>`, `bulk:<id>`, `workspace` …'),
    ...paging,
  },
  status: { usual: 200 },
  answer: page(
    exactly({
      id: { type: 'integer' },
      at,
      actor: anyText,
      action: anyText,
      target: anyText,
      reason: { type: ['string', 'null'] },
      details: { type: 'object' },
    }),
  ),
  async run({ control }, { target, ...given }) {
    if (target !== undefined && !targets.test(target))
      throw new Refusal('malformed', '“target” is a kind and an id, such as enrollment:42, or the word workspace.');
    const read = await control.audit({ ...pageAsked(given, pageUsual), ...(target === undefined ? {} : { target }) });
    return { body: writePage(read, (row) => ({ ...row, at: written(row.at) })) };
  },
});

export const workspaceOperations = [
  makePerson,
  getPerson,
  getWorkspace,
  pauseWorkspace,
  resumeWorkspace,
  sweeps,
  audit,
];
