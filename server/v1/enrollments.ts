/**
 * Enrollments: into a program, where somebody stands, the list, the timeline, and why not.
 */
import { createHash } from 'node:crypto';
import type { Value } from '../../compiler/ir.ts';
import { Refusal } from '../../runtime/control.ts';
import { describe, irAt } from '../../runtime/describe.ts';
import { forecastDaysMax } from '../../runtime/forecast.ts';
import type { EnrollmentFilter } from '../../runtime/operator-control.ts';
import {
  enrollmentSchema,
  listedSchema,
  whySchema,
  writeEnrollment,
  writeListed,
  writeWhy,
} from './enrollment-shapes.ts';
import { type Context, operation } from './operation.ts';
import {
  enrollmentId,
  exactly,
  fields,
  id,
  integer,
  list,
  name,
  oneOf,
  orNull,
  page,
  pageUsual,
  paging,
  programName,
  reason,
  text,
  yesNo,
} from './schemas.ts';
import { pageAsked, writePage, written, writtenOrNull } from './write.ts';

const at = { type: 'string', format: 'date-time' } as const;

/** The enrollment as it stands, with what its ETag is made of. */
export async function readEnrollment({ control }: Context, enrollment: string) {
  const view = await control.enrollment(enrollment);
  const body = writeEnrollment({ ...view, paused: view.status === 'active' ? (view.facts.paused ?? null) : null });
  return { body, seq: view.seq };
}

type Enrolling = {
  program: string;
  person?: { email: string; name?: string; zone?: string };
  person_id?: string;
  stage?: string;
  data?: Record<string, Value>;
  reason?: string;
};

const enroll = operation<Enrolling>({
  id: 'enroll_user',
  method: 'POST',
  path: '/v1/enrollments',
  scope: 'enroll',
  summary: 'Enroll a person in a program.',
  about:
    'The person is named by `person_id`, or by an email that you vouch for: who is new is made known. They begin on the newest version of the program. Somebody who takes part already is refused (`already-enrolled`).',
  body: {
    properties: {
      program: programName,
      person: exactly(
        {
          email: text(254),
          name: { type: 'string', maxLength: 200 },
          zone: text(64, 'An IANA time zone such as Europe/London.'),
        },
        ['name', 'zone'],
      ),
      person_id: id('Of somebody who is known.'),
      stage: name('Where to begin; the first stage where absent.'),
      data: fields('Fields that are known from the start.'),
      reason,
    },
    required: ['program'],
  },
  status: { usual: 200, fresh: 201 },
  answer: enrollmentSchema,
  tagged: true,
  async run(context, { program, person, person_id, stage, data, reason }) {
    const { control, by } = context;
    if ((person === undefined) === (person_id === undefined))
      throw new Refusal('malformed', 'Say who it is: either “person” with an email, or “person_id”.');
    const { email, ...details } = person ?? { email: '' };
    const known = person_id ?? (await control.personByEmail(email, details)).id;
    // Follows from the request, so that one that was cut short finds what it made.
    const enrollment = enrollmentIdOf(context.id);
    const before = await control.enrollment(enrollment).catch(() => null);
    const made = await control.enroll({
      id: enrollment,
      person: known,
      program,
      by: 'operator',
      actor: by,
      ...(stage === undefined ? {} : { at: stage }),
      ...(data === undefined ? {} : { data }),
      ...(reason === undefined ? {} : { reason }),
    });
    const answer = await readEnrollment(context, made.id);
    return { ...answer, fresh: before === null, location: `/v1/enrollments/${encodeURIComponent(made.id)}` };
  },
});

/** In the form of a UUID: the enrollment that a request makes. */
function enrollmentIdOf(request: string): string {
  const hex = createHash('sha256').update(`enroll:${request}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

const get = operation<{ enrollment: string }>({
  id: 'get_program_enrollment',
  method: 'GET',
  path: '/v1/enrollments/{enrollment}',
  scope: 'read',
  summary: 'Where a person stands in a program: stage, data, what is open, what is due.',
  params: { enrollment: enrollmentId },
  status: { usual: 200 },
  answer: enrollmentSchema,
  tagged: true,
  run: (context, { enrollment }) => readEnrollment(context, enrollment),
});

type Listing = Omit<EnrollmentFilter, 'person'> & { person_id?: string; limit?: number; cursor?: string };

const listAll = operation<Listing>({
  id: 'list_enrollments',
  method: 'GET',
  path: '/v1/enrollments',
  scope: 'read',
  summary: 'Enrollments, the newest first, by program, version, stage, cohort, person, status, or overdue.',
  query: {
    program: programName,
    version: integer(1, 1_000_000, 'The version they are on.'),
    stage: name('The stage they are in; after leaving `left_as_<exit>`.'),
    cohort: text(200, 'The cohort, as enrollments show it.'),
    person_id: id('Of one person.'),
    status: oneOf(['active', 'finished'], 'Whether they still take part.'),
    overdue: yesNo('Whether something that time owed them has not been done for five minutes.'),
    ...paging,
  },
  status: { usual: 200 },
  answer: page(listedSchema),
  async run({ control }, { limit, cursor, person_id, ...filter }) {
    const asked = pageAsked({ ...(limit && { limit }), ...(cursor && { cursor }) }, pageUsual);
    const listed = await control.listEnrollments({
      ...asked,
      ...filter,
      ...(person_id === undefined ? {} : { person: person_id }),
    });
    return { body: writePage(listed, writeListed) };
  },
});

const timeline = operation<{ enrollment: string; after?: number; limit?: number }>({
  id: 'get_timeline',
  method: 'GET',
  path: '/v1/enrollments/{enrollment}/timeline',
  scope: 'read',
  summary: 'What happened to a person in a program, in order.',
  about: 'Rows are only ever added, so a page is asked for by the number of the last row that is known.',
  params: { enrollment: enrollmentId },
  query: {
    after: integer(0, 2 ** 31 - 1, 'The last row that is known; 0 for all.'),
    limit: paging.limit ?? {},
  },
  status: { usual: 200 },
  answer: exactly({
    data: {
      type: 'array',
      items: exactly({
        seq: { type: 'integer' },
        at: { type: 'string', format: 'date-time' },
        cause: { type: 'integer', description: 'The row of the input that this follows from.' },
        kind: { type: 'string' },
        title: { type: 'string', description: 'In words.' },
        detail: { type: ['string', 'null'] },
        row: { type: 'object', description: 'Everything that is known, in the form of this version of Regimen.' },
      }),
    },
    next_after: { type: ['integer', 'null'], description: 'Hand it in as `after` for the next page; null at the end.' },
  }),
  async run({ control }, { enrollment, after = 0, limit = pageUsual }) {
    const view = await control.enrollment(enrollment);
    const rows = await control.timeline(enrollment, { after, limit: limit + 1 });
    const data = rows.slice(0, limit).map(({ seq, at, cause, ...row }) => {
      const { title, detail } = describe({ seq, at, cause, ...row }, irAt(view, seq), view.facts.zone);
      return { seq, at: written(at), cause, kind: row.kind, title, detail: detail ?? null, row };
    });
    return { body: { data, next_after: rows.length > limit ? (data.at(-1)?.seq ?? null) : null } };
  },
});

const whyNot = operation<{ enrollment: string }>({
  id: 'why_not',
  method: 'GET',
  path: '/v1/enrollments/{enrollment}/why',
  scope: 'read',
  summary: 'Why a person has not gone on: every way out of their stage, clause by clause, with the values in it.',
  about: 'Also when time alone would make a clause true, and what is due next.',
  params: { enrollment: enrollmentId },
  status: { usual: 200 },
  answer: whySchema,
  tagged: true,
  async run({ control }, { enrollment }) {
    const view = await control.enrollment(enrollment);
    return { body: writeWhy(view.why), seq: view.seq };
  },
});

const whatNext = operation<{ enrollment: string; days?: number }>({
  id: 'what_next',
  method: 'GET',
  path: '/v1/enrollments/{enrollment}/next',
  scope: 'read',
  summary: 'What the next days bring if nothing happens: reviews, nudges, messages, deadlines, moves.',
  about: 'What the agent would say cannot be known: it says nothing in it.',
  params: { enrollment: enrollmentId },
  query: { days: { ...integer(1, forecastDaysMax, 'How far to look.'), default: 7 } },
  status: { usual: 200 },
  answer: exactly({
    from: at,
    to: at,
    zone: { type: 'string', description: 'The person’s, in which the words are.' },
    coming: list(
      exactly({ at, kind: { type: 'string' }, title: { type: 'string' }, detail: { type: ['string', 'null'] } }),
    ),
    cut_at: orNull({ ...at, description: 'There is more than is told, from here on; null: this is all.' }),
    next_after: orNull({ ...at, description: 'The next due moment after that; null: time alone brings nothing more.' }),
    stuck: {
      type: ['string', 'null'],
      description:
        'Why nothing can be told from `cut_at` on: the program cannot go on then, or it is paused; null: it can.',
    },
  }),
  async run({ control }, { enrollment, days = 7 }) {
    const { from, to, zone, coming, cutAt, nextAfter, stuck } = await control.whatNext(enrollment, days);
    return {
      body: {
        from: written(from),
        to: written(to),
        zone,
        coming: coming.map(({ at, kind, title, detail }) => ({ at: written(at), kind, title, detail: detail ?? null })),
        cut_at: writtenOrNull(cutAt),
        next_after: writtenOrNull(nextAfter),
        stuck,
      },
    };
  },
});

export const enrollmentOperations = [enroll, get, listAll, timeline, whyNot, whatNext];
