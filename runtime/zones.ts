/**
 * The offsets of time zones: what the clock on the wall shows at a moment, and which moment a wall
 * clock means.
 *
 * Temporal knows the zones; it is asked once for each stretch between two changes of clocks, and what
 * it said is kept. Everything else is adding and comparing. Moments are ms since 1970 UTC; a local
 * time is the same number as if the wall clock showed UTC. Unknown zones and moments beyond the
 * calendar throw a `RangeError`.
 */
import { Temporal } from 'temporal-polyfill';

/** From one change of the clocks to the next: from `start` (inclusive) to `end` (exclusive). */
type Stretch = { start: number; end: number; offset: number };

const dayMs = 24 * 60 * 60_000;
/** No clock is further from UTC than this. */
const offsetMax = 26 * 60 * 60_000;
/** The moments Temporal knows. */
const momentMax = 8.64e15;
/** Zones, and stretches of one zone, kept at once; emptied when full. */
const zonesMax = 1024;
const stretchesMax = 1024;

const known = new Map<string, Stretch[]>();
/** Most questions are about the zone of the question before, and about one of two stretches: this one, or the next. */
let lastZone = '';
let last: Stretch = { start: 0, end: 0, offset: 0 };
let before: Stretch = last;

/** What the wall clock shows. */
export const localOf = (at: number, zone: string): number => at + stretchAt(at, zone).offset;

/** The next moment at which the clocks of a zone are changed; Infinity where they never are again. */
export function changeAfter(at: number, zone: string): number {
  const { end } = stretchAt(at, zone);
  return end > momentMax ? Number.POSITIVE_INFINITY : end;
}

/**
 * The moment at which the wall clock shows a local time. One that a change of clocks skips becomes as
 * long after the change as it lies behind the skip's beginning; of one that comes twice it is the first.
 */
export function momentAt(local: number, zone: string): number {
  // Almost always the clocks are not changed anywhere near.
  const guess = stretchAt(local, zone);
  const at = local - guess.offset;
  if (at - offsetMax >= guess.start && at + offsetMax < guess.end) return at;
  return nearChange(local, zone, (before) => local - before.offset);
}

/** The first moment of a day by its number: where midnight is skipped, the moment of the change. */
export function startOf(day: number, zone: string): number {
  const local = day * dayMs;
  const guess = stretchAt(local, zone);
  const at = local - guess.offset;
  if (at - offsetMax >= guess.start && at + offsetMax < guess.end) return at;
  return nearChange(local, zone, (before) => before.end);
}

/** The first moment that shows a local time, among the stretches around it; what `skipped` says where there is none. */
function nearChange(local: number, zone: string, skipped: (before: Stretch) => number): number {
  let before: Stretch | null = null;
  for (let at = local - offsetMax; at <= local + offsetMax; ) {
    const stretch = stretchAt(at, zone);
    const moment = local - stretch.offset;
    if (moment < stretch.start && before !== null) return skipped(before);
    if (moment < stretch.end) return moment;
    before = stretch;
    at = stretch.end;
  }
  throw new RangeError(`There is no such local time in ${zone}.`);
}

function stretchAt(at: number, zone: string): Stretch {
  if (zone === lastZone) {
    if (at >= last.start && at < last.end) return last;
    if (at >= before.start && at < before.end) return before;
  }
  const found = find(at, zone) ?? ask(at, zone);
  before = zone === lastZone ? last : found;
  lastZone = zone;
  last = found;
  return found;
}

/** Among those that are kept, which lie in order. */
function find(at: number, zone: string): Stretch | undefined {
  const stretches = known.get(zone);
  if (!stretches) return undefined;
  let low = 0;
  let high = stretches.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const stretch = stretches[middle] as Stretch;
    if (at < stretch.start) high = middle - 1;
    else if (at >= stretch.end) low = middle + 1;
    else return stretch;
  }
  return undefined;
}

function ask(at: number, zone: string): Stretch {
  const there = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  // Changes lie on whole seconds, so what is before the next ms is not after this one.
  const justAfter = at < momentMax ? there.add({ milliseconds: 1 }) : there;
  const before = justAfter.getTimeZoneTransition('previous');
  const after = there.getTimeZoneTransition('next');
  const stretch = {
    start: before?.epochMilliseconds ?? -momentMax,
    end: after?.epochMilliseconds ?? momentMax + 1,
    offset: there.offsetNanoseconds / 1_000_000,
  };
  keep(zone, stretch);
  return stretch;
}

function keep(zone: string, stretch: Stretch): void {
  if (known.size >= zonesMax && !known.has(zone)) known.clear();
  const stretches = known.get(zone) ?? [];
  const others = stretches.length >= stretchesMax ? [] : stretches;
  known.set(
    zone,
    [...others, stretch].sort((a, b) => a.start - b.start),
  );
}
