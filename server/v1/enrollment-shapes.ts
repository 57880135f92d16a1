/**
 * An enrollment as the service doors show it: in lists, on its own, and why it stands where it stands.
 */
import type { EnrollmentView } from '../../runtime/control.ts';
import { threadTitle } from '../../runtime/explain.ts';
import { placeOf, threadsOf } from '../../runtime/focus.ts';
import { momentOf } from '../../runtime/moment.ts';
import type { ListedEnrollment } from '../../runtime/operator-control.ts';
import type { Why, WhyTransition } from '../../runtime/why.ts';
import type { Properties } from './operation.ts';
import { exactly, list, oneOf, orNull, person } from './schemas.ts';
import { plainValue, plainValues, written, writtenOrNull } from './write.ts';

/** Entries of each series, and items of each list, that are shown: the newest. */
const shownMax = 50;

const at = { type: 'string', format: 'date-time' } as const;
const anyText = { type: 'string' } as const;
const anyValue = { type: ['string', 'number', 'boolean', 'null'] } as const;
const anyValues = { type: 'object', additionalProperties: anyValue } as const;

const listedProperties: Properties = {
  id: anyText,
  program: anyText,
  program_title: anyText,
  version: { type: 'integer' },
  person,
  attempt: { type: 'integer' },
  status: oneOf(['active', 'finished'], 'Finished: by a final stage, or by leaving.'),
  stage: { ...anyText, description: 'The stage of the program’s own flow; after leaving `left_as_<exit>`.' },
  stage_title: { ...anyText, description: 'As it reads for this person.' },
  cohort: orNull(anyText),
  paused: orNull(exactly({ since: at, by: anyText, reason: anyText, until: orNull(at) })),
  seq: { type: 'integer', description: 'The last row of the timeline; the ETag is made of it.' },
  next_due_at: orNull({ ...at, description: 'When time alone may bring something; null: never.' }),
  enrolled_at: at,
  finished_at: orNull(at),
};

export const listedSchema = exactly(listedProperties);

export function writeListed(one: ListedEnrollment) {
  const { paused } = one;
  return {
    id: one.id,
    program: one.program,
    program_title: one.programTitle,
    version: one.version,
    person: one.person,
    attempt: one.attempt,
    status: one.status,
    stage: one.stage,
    stage_title: one.stageTitle,
    cohort: one.cohort,
    paused: paused && {
      since: written(paused.since),
      by: paused.by,
      reason: paused.reason,
      until: writtenOrNull(paused.until),
    },
    seq: one.seq,
    next_due_at: writtenOrNull(one.nextDueAt),
    enrolled_at: written(one.createdAt),
    finished_at: writtenOrNull(one.finishedAt),
  };
}

const entrySchema = exactly({ id: anyText, occurred_at: at, recorded_at: at, fields: anyValues });

export const enrollmentSchema = exactly({
  ...listedProperties,
  zone: { ...anyText, description: 'The person’s time zone.' },
  data: { ...anyValues, description: 'Every field of the program, as it is now.' },
  derived: { ...anyValues, description: 'What the program reckons from the facts, by name.' },
  series: {
    type: 'object',
    additionalProperties: exactly({ total: { type: 'integer' }, newest: list(entrySchema, shownMax) }),
  },
  lists: {
    type: 'object',
    additionalProperties: exactly({
      total: { type: 'integer' },
      newest: list(exactly({ id: anyText, stage: anyText, fields: anyValues }), shownMax),
    }),
  },
  tracks: list(exactly({ title: anyText, stage: anyText, since: at })),
  question: orNull(exactly({ id: anyText, asked_at: at, expires_at: orNull(at) })),
  waiting_for: list(exactly({ kind: anyText, id: anyText, to: anyText, text: anyText, since: at, until: orNull(at) })),
});

export function writeEnrollment(view: EnrollmentView & ListedEnrollment) {
  const { facts, ir } = view;
  const { question } = facts;
  const moment = momentOf(ir, facts, 0, { enrollment: view.id });
  const tracks = threadsOf(moment).filter((thread) => thread.kind === 'track');
  return {
    ...writeListed(view),
    zone: facts.zone,
    data: plainValues(facts.data),
    derived: plainValues(view.lets),
    series: Object.fromEntries(
      Object.entries(facts.series).map(([name, entries]) => [
        name,
        {
          total: entries.length,
          newest: entries
            .slice(-shownMax)
            .reverse()
            .map((entry) => ({
              id: entry.id,
              occurred_at: written(entry.at),
              recorded_at: written(entry.recordedAt),
              fields: plainValues(entry.fields),
            })),
        },
      ]),
    ),
    lists: Object.fromEntries(
      Object.entries(facts.lists).map(([name, items]) => [
        name,
        {
          total: items.length,
          newest: items
            .slice(-shownMax)
            .reverse()
            .map(({ id, thread, fields }) => ({ id, stage: thread.visit.stage, fields: plainValues(fields) })),
        },
      ]),
    ),
    tracks: tracks.flatMap((thread) => {
      const place = placeOf(facts, thread);
      if (place === undefined) return [];
      return [{ title: threadTitle(ir, thread), stage: place.visit.stage, since: written(place.visit.since) }];
    }),
    question: question && {
      id: question.id,
      asked_at: written(question.askedAt),
      expires_at: writtenOrNull(question.expiresAt),
    },
    waiting_for: view.waiting.map(({ kind, id, to, text, at, until }) => ({
      kind,
      id,
      to,
      text,
      since: written(at),
      until: writtenOrNull(until),
    })),
  };
}

// ---------------------------------------------------------------- why, and why not

const transitionSchema = exactly({
  rule: anyText,
  move: { ...anyText, description: 'As the program has it: `advance to graduated`.' },
  title: { ...anyText, description: 'The same for people.' },
  by: oneOf(['facts', 'command', 'entry', 'moment', 'decision'], 'What can bring it about.'),
  holds: { type: 'boolean' },
  holds_at: orNull({
    ...at,
    description:
      'When time alone brings it about; null: it holds, time alone does not, or somebody has to do something.',
  }),
  clauses: list(
    exactly({
      source: { ...anyText, description: 'The author’s words.' },
      holds: { type: 'boolean' },
      values: list(exactly({ source: anyText, value: anyValue })),
      holds_at: orNull({ ...at, description: 'When time alone makes it true; null: it does not.' }),
    }),
  ),
});

export const whySchema = exactly({
  stage: anyText,
  pauses: list(
    exactly({
      what: oneOf(['workspace', 'program', 'person'], 'What stands still: nothing happens by itself, whatever holds.'),
      since: at,
      by: anyText,
      reason: anyText,
      until: orNull(at),
    }),
  ),
  transitions: list(transitionSchema),
  threads: list(exactly({ title: anyText, stage: anyText, stage_title: anyText, transitions: list(transitionSchema) })),
  next: orNull(exactly({ at, what: anyText })),
});

export const writeTransition = ({ rule, move, title, by, holds, holdsAt, clauses }: WhyTransition) => ({
  rule,
  move,
  title,
  by,
  holds,
  holds_at: writtenOrNull(holdsAt),
  clauses: clauses.map(({ source, holds, values, holdsAt }) => ({
    source,
    holds,
    values: values.map((one) => ({ source: one.source, value: plainValue(one.value) })),
    holds_at: writtenOrNull(holdsAt),
  })),
});

export const writeWhy = ({ stage, pauses, transitions, threads, next }: Why) => ({
  stage,
  pauses: pauses.map(({ what, since, by, reason, until }) => ({
    what,
    since: written(since),
    by,
    reason,
    until: writtenOrNull(until),
  })),
  transitions: transitions.map(writeTransition),
  threads: threads.map(({ title, stage, stageTitle, transitions }) => ({
    title,
    stage,
    stage_title: stageTitle,
    transitions: transitions.map(writeTransition),
  })),
  next: next && { at: written(next.at), what: next.what },
});
