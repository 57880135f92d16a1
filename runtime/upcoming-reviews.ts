/**
 * When the next reviews of a cadence would be, for somebody who enters its stage now: for editors,
 * which show it beside the words. Pure: the present moment comes in.
 */
import type { Cadence } from '../compiler/ir.ts';
import { nextReview } from './cadence.ts';
import { dateOf, minutesOf, timeText, weekdayOf } from './calendar.ts';

const dayNames = { mon: 'Mon', tue: 'Tue', wed: 'Wed', thu: 'Thu', fri: 'Fri', sat: 'Sat', sun: 'Sun' } as const;
const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Further ahead the weekday alone would be misread. */
const namedDaysMs = 6 * 24 * 3_600_000;

/** The next `count` times as `Mon 18:00`, in `zone`; as `Mon 7 Dec 18:00` where they are more than six days away. */
export function upcomingReviews(
  review: { cadence: Cadence; spreadMinutes: number },
  now: number,
  zone: string,
  count: number,
): string[] {
  const times: string[] = [];
  let after = now;
  while (times.length < count) {
    // The spread parts people, not times: what is shown is its beginning.
    const at = nextReview({ cadence: review.cadence, spreadMinutes: 0 }, now, after, zone, '');
    if (!Number.isFinite(at)) return times;
    times.push(timeOf(at, now, zone));
    after = at;
  }
  return times;
}

function timeOf(at: number, now: number, zone: string): string {
  const date = dateOf(at, zone);
  const day = dayNames[weekdayOf(date)];
  const far = at - now > namedDaysMs ? ` ${Number(date.slice(8))} ${monthNames[Number(date.slice(5, 7)) - 1]}` : '';
  return `${day}${far} ${timeText(minutesOf(at, zone))}`;
}
