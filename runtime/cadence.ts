/**
 * When reviews fall: the next occurrence of a cadence after a moment, in the person's zone.
 *
 * Due times are spread so that ten thousand people do not come due in the same second: each
 * enrollment has its own constant place in the spread, derived from its id.
 */
import type { Cadence } from '../compiler/ir.ts';
import { addDays, dateOf, daysBetween, momentOf, weekdayOf } from './calendar.ts';

/** A cadence looks at most this far ahead: any weekday comes within a week. */
const lookDaysMax = 8;
const minuteMs = 60_000;

/** The first occurrence strictly after `after`. `since` is the start of the visit, from which `every` counts. */
export function nextReview(
  review: { cadence: Cadence; spreadMinutes: number },
  since: number,
  after: number,
  zone: string,
  enrollment: string,
): number {
  const { cadence } = review;
  const offset = spreadOffset(enrollment, review.spreadMinutes);
  // The occurrence of the day before may still lie ahead: a spread can reach over midnight.
  const first = addDays(dateOf(after, zone), -1);
  if (cadence.kind === 'every') {
    const start = dateOf(since, zone);
    let steps = Math.max(0, Math.floor(daysBetween(start, first) / cadence.days));
    for (;;) {
      const at = momentOf(addDays(start, steps * cadence.days), cadence.at, zone) + offset;
      if (at > after) return at;
      steps += 1;
    }
  }
  for (let ahead = 0; ahead <= lookDaysMax; ahead += 1) {
    const date = addDays(first, ahead);
    if (!cadence.days.includes(weekdayOf(date))) continue;
    const at = momentOf(date, cadence.at, zone) + offset;
    if (at > after) return at;
  }
  return Number.POSITIVE_INFINITY;
}

/** The enrollment's place in a spread, in ms, on a whole minute. */
function spreadOffset(enrollment: string, spreadMinutes: number): number {
  return spreadMinutes > 0 ? (hash(enrollment) % spreadMinutes) * minuteMs : 0;
}

/** FNV-1a, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv/): small, stable and well spread. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
}
