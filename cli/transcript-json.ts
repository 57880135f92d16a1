/**
 * A step of a transcript written as JSON → the step. Unknown keys are refused, with the nearest known one.
 */
import { nearest } from '../language/nearest.ts';
import { advance, answer, knownMoment, knownZone, person, type Step, says, until, zone } from './transcript-steps.ts';

/**
 * The step, and before it the moment when it happens, where `at` stands beside it. Throws an `Error`
 * with the sentence when the value is no step.
 */
export function readJsonSteps(value: unknown): Step[] {
  if (!isObject(value)) throw new Error('a step is a JSON object, like {"say": "hi there"}.');
  const kind = kinds.find((name) => name in value);
  if (kind === undefined) {
    const [first] = Object.keys(value);
    const near = first === undefined ? undefined : nearest(first, kinds);
    throw new Error(
      first === undefined
        ? 'the object is empty. Write a step, like {"say": "hi there"}.'
        : `I know no step ${JSON.stringify(first)}. ${near === undefined ? `A step is one of ${kinds.join(', ')}.` : `Did you mean ${JSON.stringify(near)}?`}`,
    );
  }
  const companions = companionsOf[kind] ?? [];
  for (const key of Object.keys(value)) {
    if (key === kind || companions.includes(key)) continue;
    const near = nearest(key, companions);
    throw new Error(
      `${JSON.stringify(key)} cannot stand beside ${JSON.stringify(kind)}. ${near === undefined ? 'One line is one step.' : `Did you mean ${JSON.stringify(near)}?`}`,
    );
  }
  const when = timed.includes(kind) && value.at !== undefined ? [until(text(value, 'at'))] : [];
  return [...when, read[kind](value)];
}

type Fields = Record<string, unknown>;

const read = {
  start: (step: Fields): Step => {
    const moment = knownMoment(text(step, 'start'));
    if (moment.kind === 'local' && moment.date === undefined)
      throw new Error('start needs a date, like {"start": "2026-01-05 09:00"}.');
    return {
      kind: 'start',
      moment,
      ...(step.zone === undefined ? {} : { zone: knownZone(text(step, 'zone')) }),
      ...(step.stage === undefined ? {} : { stage: text(step, 'stage') }),
      data: step.with === undefined ? {} : object(step, 'with'),
    };
  },
  say: (step: Fields): Step => says(text(step, 'say')),
  message: (step: Fields): Step => says(text(step, 'message')),
  answer: (step: Fields): Step => answer(text(step, 'answer')),
  record: (step: Fields): Step => {
    const inner: Fields = typeof step.record === 'string' ? { ...step, series: step.record } : object(step, 'record');
    const when = inner.occurred_at ?? inner.occurredAt ?? inner.at;
    for (const key of Object.keys(inner)) {
      if (!['record', 'series', 'fields', 'occurred_at', 'occurredAt', 'at'].includes(key)) {
        throw new Error(
          `${JSON.stringify(key)} is unknown here. A record has "series", "fields" and perhaps "occurred_at".`,
        );
      }
    }
    return {
      kind: 'record',
      series: text(inner, 'series'),
      fields: inner.fields === undefined ? {} : object(inner, 'fields'),
      ...(when === undefined ? {} : { occurredAt: knownMoment(String(when)) }),
    };
  },
  advance: (step: Fields): Step => advance(text(step, 'advance')),
  wait: (step: Fields): Step => advance(text(step, 'wait')),
  until: (step: Fields): Step => until(text(step, 'until')),
  at: (step: Fields): Step => until(text(step, 'at')),
  next: (): Step => ({ kind: 'next' }),
  zone: (step: Fields): Step => zone(text(step, 'zone')),
  person: (step: Fields): Step => person(text(step, 'person')),
};

type Kind = keyof typeof read;
/** In the order in which they are looked for: `start` may have a `zone`, which is also a step of its own. */
const kinds = Object.keys(read) as Kind[];
/** What a person does at a moment: `{"at": "wed 07:30", "say": "hi"}`. */
const timed: Kind[] = ['say', 'message', 'answer'];
const companionsOf: Partial<Record<Kind, string[]>> = {
  say: ['at'],
  message: ['at'],
  answer: ['at'],
  start: ['zone', 'stage', 'with'],
  record: ['fields', 'occurred_at', 'occurredAt', 'at'],
};

function text(step: Fields, key: string): string {
  const value = step[key];
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') throw new Error(`${JSON.stringify(key)} must be a text.`);
  return value;
}

function object(step: Fields, key: string): Fields {
  const value = step[key];
  if (!isObject(value)) throw new Error(`${JSON.stringify(key)} must be an object, like {"minutes": 28}.`);
  return value;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
