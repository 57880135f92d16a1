/**
 * The steps of a transcript, and how the parts that words and JSON share are read.
 *
 * Each function takes a text as a person wrote it and throws an `Error` whose message says what is
 * wrong with it and how to write it.
 */
import type { Duration } from '../compiler/ir.ts';
import { isZone } from '../runtime/calendar.ts';
import { type MomentText, readDurations, readMoment } from './read-moments.ts';

export type Step =
  /** Sets the clock and the person's zone; `stage` and `data` enroll at once, elsewhere than at the first stage. */
  | { kind: 'start'; moment: MomentText; zone?: string; stage?: string; data: Record<string, unknown> }
  | { kind: 'person'; email: string }
  | { kind: 'zone'; zone: string }
  | { kind: 'say'; text: string }
  | { kind: 'answer'; value: string }
  | { kind: 'record'; series: string; fields: Record<string, unknown>; occurredAt?: MomentText }
  | { kind: 'advance'; durations: Duration[] }
  | { kind: 'until'; moment: MomentText }
  /** To the next moment when something is due. */
  | { kind: 'next' };

export function says(text: string): Step {
  const words = text.trim();
  if (words === '') throw new Error('there are no words after it. Write what the person says: `> hi there`.');
  return { kind: 'say', text: words };
}

export function answer(text: string): Step {
  const value = unquote(text.trim());
  if (value === '') throw new Error('the answer is missing. Write it behind: `answer yes`.');
  return { kind: 'answer', value };
}

export function person(text: string): Step {
  const email = text.trim();
  if (!/^[^\s@]+@[^\s@]+$/.test(email))
    throw new Error(`${JSON.stringify(email)} is not an email address. Write it like \`person sam@example.com\`.`);
  return { kind: 'person', email };
}

export function zone(text: string): Step {
  return { kind: 'zone', zone: knownZone(text) };
}

export function advance(text: string): Step {
  const durations = readDurations(text);
  if (durations === undefined)
    throw new Error(
      `${JSON.stringify(text)} is not a length of time. Write it like \`advance 3d\`, \`advance 2 weeks\` or \`advance 90 min\`.`,
    );
  return { kind: 'advance', durations };
}

export function until(text: string): Step {
  return { kind: 'until', moment: knownMoment(text) };
}

export function knownMoment(text: string): MomentText {
  const moment = readMoment(text);
  if (moment === undefined)
    throw new Error(
      `${JSON.stringify(text.trim())} is not a moment. Write it like \`wed 07:30\`, \`2026-01-20 12:00\` or \`day 33 at 12:00\`.`,
    );
  return moment;
}

export function knownZone(text: string): string {
  const name = unquote(text.trim());
  if (!isZone(name)) throw new Error(`I know no time zone ${JSON.stringify(name)}. Write it like \`Europe/London\`.`);
  return name;
}

/** A text without its double quotes, if it stands in them. */
export function unquote(text: string): string {
  return /^"(?:[^"\\]|\\.)*"$/s.test(text)
    ? text.slice(1, -1).replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character))
    : text;
}
