/**
 * Whether a stored state is one of a program: its shape, every name in it, every value, every place.
 *
 * Asked before a person goes over to another version, of the state they have and of the one they would get: a
 * damaged snapshot is refused with the place, and nothing is built upon it. Takes anything and never throws.
 */
import { interruptedBy } from '../compiler/emit.ts';
import type { DataField, Flow, Ir } from '../compiler/ir.ts';
import { describeValues } from '../compiler/plan-facts.ts';
import { isZone } from './calendar.ts';
import { conform } from './conform.ts';
import type { Facts, Thread, ThreadId, Visit } from './facts.ts';
import { flowOf, threadKey } from './focus.ts';
import { sameValue } from './moment.ts';
import { questionOf } from './questions.ts';
import type { State } from './state.ts';

/** Problems told of one state. */
export const problemsMax = 5;

/** Where the first thing wrong is, from here on: `.visit.stage is not a text`; null where nothing is. */
type Shape = (value: unknown) => string | null;

/** What is wrong with a state, with the place in it; empty when nothing is. */
export function checkState(ir: Ir, state: unknown): string[] {
  const broken = stateShape(state);
  if (broken !== null) return [`state${broken}`];
  const { facts } = state as State;
  return [...checkNames(ir, facts), ...checkPlaces(ir, facts)].slice(0, problemsMax);
}

// ---------------------------------------------------------------- shape

const is = (what: string, test: (value: unknown) => boolean): Shape => {
  const problem = ` is not ${what}`;
  return (value) => (test(value) ? null : problem);
};
const text = is('a text', (value) => typeof value === 'string');
const count = is('a count', (value) => Number.isSafeInteger(value) && (value as number) >= 0);
const moment = is('a moment', (value) => typeof value === 'number' && Number.isFinite(value));
const truth = is('true or false', (value) => typeof value === 'boolean');
const zone = is('a time zone', (value) => typeof value === 'string' && isZone(value));
const anything: Shape = () => null;
const nothingOr =
  (shape: Shape): Shape =>
  (value) =>
    value === null ? null : shape(value);
const optional =
  (shape: Shape): Shape =>
  (value) =>
    value === undefined ? null : shape(value);
const list =
  (shape: Shape): Shape =>
  (value) => {
    if (!Array.isArray(value)) return ' is not a list';
    for (let index = 0; index < value.length; index += 1) {
      const wrong = shape(value[index]);
      if (wrong !== null) return `[${index}]${wrong}`;
    }
    return null;
  };
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const record =
  (shape: Shape): Shape =>
  (value) => {
    if (!isRecord(value)) return ' is not a record';
    for (const key of Object.keys(value)) {
      const wrong = shape(value[key]);
      if (wrong !== null) return `.${key.slice(0, 100)}${wrong}`;
    }
    return null;
  };
const object = (shapes: Record<string, Shape>): Shape => {
  const entries = Object.entries(shapes);
  return (value) => {
    if (!isRecord(value)) return ' is missing';
    for (const [key, shape] of entries) {
      const wrong = shape(value[key]);
      if (wrong !== null) return `.${key}${wrong}`;
    }
    return null;
  };
};

const track = object({ track: text });
const item = object({ list: text, item: text });
const threadId: Shape = (value) => {
  const kind = isRecord(value) ? value.kind : undefined;
  if (kind === 'main') return null;
  if (kind === 'track') return track(value);
  return kind === 'item' ? item(value) : ' is no place';
};
const visit = object({
  stage: text,
  number: count,
  since: moment,
  arrivedAt: moment,
  pauses: list(object({ from: moment, to: moment })),
  nudges: record(object({ sent: count, lastAt: moment })),
  done: record(moment),
});
const place = {
  visit,
  interrupted: list(visit),
  holding: record(is('true', (value) => value === true)),
  done: record(moment),
  review: object({ lastAt: nothingOr(moment), changed: truth }),
  finished: nothingOr(object({ as: text, at: moment, outcome: text })),
};
const thread = object({ since: moment, ...place });
const question = object({
  id: text,
  question: text,
  askedAt: moment,
  expiresAt: nothingOr(moment),
  visit: count,
  thread: threadId,
});
const pause = object({ since: moment, by: text, reason: text, until: nothingOr(moment) });
const facts = object({
  enrolledAt: moment,
  zone,
  data: record(anything),
  changedAt: record(moment),
  series: record(list(object({ id: text, at: moment, recordedAt: moment, visit: count, fields: record(anything) }))),
  ...place,
  visits: count,
  heardAt: moment,
  heard: list(object({ id: text, text, at: moment })),
  judgements: record(object({ holds: truth, at: moment, visit: count, count, quotes: list(text) })),
  run: nothingOr(object({ id: text, reason: text, since: moment, thread: threadId })),
  question: nothingOr(question),
  waiting: list(object({ question: text, visit: count, thread: threadId })),
  roleQuestions: list(question),
  proposals: list(
    object({ id: text, proposal: text, thread: threadId, proposedAt: moment, expiresAt: nothingOr(moment) }),
  ),
  climbs: list(object({ id: text, ladder: text, rung: count, at: moment, text })),
  lists: record(list(object({ id: text, addedAt: moment, fields: record(anything), thread }))),
  tracks: record(thread),
  turns: record(count),
  wroteAt: list(moment),
  wroteOf: optional(moment),
  planned: list(object({ id: text, text, sendAt: moment, plannedAt: moment, visit: count })),
  paused: optional(pause),
  stoodStill: optional(list(object({ from: moment, to: moment }))),
});
const stateShape = object({ enrollment: text, seq: count, stage: text, at: moment, facts });

// ---------------------------------------------------------------- names and values

function checkNames(ir: Ir, facts: Facts): string[] {
  const unknown = (at: string, known: Record<string, unknown>, used: Iterable<string>): string[] =>
    [...used].filter((name) => !Object.hasOwn(known, name)).map((name) => `${at}: there is no ${name.slice(0, 100)}`);
  const open = [...(facts.question ? [facts.question] : []), ...facts.waiting, ...facts.roleQuestions];
  return [
    ...unknown('data', ir.data, Object.keys(facts.data)),
    ...checkFields('data', ir.data, facts.data, facts.zone),
    ...unknown('series', ir.series, Object.keys(facts.series)),
    ...unknown('lists', ir.lists, Object.keys(facts.lists)),
    ...unknown('tracks', ir.tracks, Object.keys(facts.tracks)),
    ...unknown('judgements', ir.criteria, Object.keys(facts.judgements)),
    ...unknown(
      'proposals',
      ir.proposals,
      facts.proposals.map((one) => one.proposal),
    ),
    ...open
      .filter(
        (one) => flowOf(ir, one.thread) === undefined || questionOf({ ir }, one.thread, one.question) === undefined,
      )
      .map((one) => `questions: there is no ${one.question.slice(0, 100)}`),
    ...Object.entries(facts.lists).flatMap(([name, items]) =>
      items.flatMap((item) => checkFields(name, ir.lists[name]?.fields ?? {}, item.fields, facts.zone)),
    ),
  ];
}

function checkFields(at: string, declared: Record<string, DataField>, values: Facts['data'], zone: string): string[] {
  return Object.values(declared).flatMap((field) => {
    const why = whyUnfit(field, values[field.name] ?? null, zone);
    return why === null ? [] : [`${at}: ${why}`];
  });
}

/**
 * Why a stored value cannot be this field's, without telling it; null where it can. Values are kept as `conform` makes
 * them.
 */
export function whyUnfit(field: DataField, value: Facts['data'][string], zone: string): string | null {
  if (value === null) return field.optional ? null : `${field.name} is missing`;
  const conformed = conform(field.type, value, field.name, zone);
  return conformed.ok && sameValue(conformed.value, value)
    ? null
    : `${field.name} must be ${describeValues(field.type)}`;
}

// ---------------------------------------------------------------- places

function checkPlaces(ir: Ir, facts: Facts): string[] {
  const threads: [ThreadId, Pick<Thread, 'visit' | 'interrupted' | 'finished'>][] = [
    [{ kind: 'main' }, facts],
    ...Object.entries(facts.tracks).map(([track, at]): [ThreadId, Thread] => [{ kind: 'track', track }, at]),
    ...Object.entries(facts.lists).flatMap(([name, items]) =>
      items.map((item): [ThreadId, Thread] => [{ kind: 'item', list: name, item: item.id }, item.thread]),
    ),
  ];
  return threads.flatMap(([id, at]) => {
    const flow = flowOf(ir, id);
    return flow === undefined || at.finished !== null ? [] : checkPlace(flow, threadKey(id), at);
  });
}

function checkPlace(flow: Flow, key: string, { visit, interrupted }: Pick<Thread, 'visit' | 'interrupted'>): string[] {
  // Without a visit nothing has begun; a collection has no stages to begin with.
  if (visit.number === 0) return [];
  const visits = [...interrupted, visit];
  const gone = visits.filter((one) => !Object.hasOwn(flow.stages, one.stage));
  if (gone.length > 0) return gone.map((one) => `${key}: there is no stage ${one.stage.slice(0, 100)}`);
  const ended = visits.filter((one) => flow.stages[one.stage]?.final !== undefined);
  if (ended.length > 0) return ended.map((one) => `${key}: nobody can be on the way in the final stage ${one.stage}`);
  return visits.flatMap((one, index) => {
    const under = visits[index - 1];
    return under === undefined || comesBack(flow, one, under)
      ? []
      : [`${key}: nothing leads back from ${one.stage} to ${under.stage}`];
  });
}

/** Whether a stage that set another one aside still leads back to it, where it leads back at all. */
function comesBack(flow: Flow, above: Visit, under: Visit): boolean {
  const rules = [...flow.anytime, ...(flow.stages[above.stage]?.rules ?? [])];
  const isBack = rules.some(({ move }) => move?.direction === 'resume');
  return !isBack || interruptedBy(flow, above.stage).includes(under.stage);
}
