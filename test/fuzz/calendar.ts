/**
 * The calendar against a second one: Luxon, which reads zones from `Intl` and has rules of its own.
 *
 * For every zone there is and moments of 2020 to 2040, most of them near changes of clocks: the date, the
 * clock on the wall, the first moment of a day, a local time, and days, months and years later. Where a
 * local time comes twice, or not at all, Luxon promises nothing; then it is `Intl` alone that says what
 * the clock shows before and after, and the answer has to fit that.
 */
import { DateTime, IANAZone } from 'luxon';
import { addDuration, dateOf, minutesOf, momentOf, nextClockChange, startOfDay } from '../../runtime/calendar.ts';
import { chanceFrom } from '../../runtime/population/chance.ts';

const minute = 60_000;
const hour = 60 * minute;
const from = Date.UTC(2020, 0, 1);
const to = Date.UTC(2040, 11, 31);
/** Of the moments, how many lie within a day of a change of clocks, where there is one. */
const shareNearChanges = 0.6;

export const allZones = (): string[] => ['UTC', ...Intl.supportedValuesOf('timeZone')];

/** Compares `count` moments of each zone. Every difference is told with the zone and the moment. */
export function compareCalendars(
  seed: number,
  count: number,
  zones: readonly string[] = allZones(),
): { tried: number; failures: string[]; note: string } {
  const failures: string[] = [];
  let changes = 0;
  for (const [index, zone] of zones.entries()) {
    const random = chanceFrom(seed, index);
    const turns = changesOf(zone);
    changes += turns.length;
    for (const at of turns)
      if (zoneOffset(zone, at) === zoneOffset(zone, at - 1)) failures.push(`${zone}: no change at ${iso(at)}`);
    for (let tried = 0; tried < count; tried += 1) {
      const near = turns.length > 0 && random.happens(shareNearChanges);
      const at = near ? random.pick(turns) + random.upTo(48 * hour) - 24 * hour : from + random.upTo(to - from);
      const problem = compareAt(zone, at, { minutes: random.upTo(24 * 60), amount: random.upTo(800) - 400 });
      if (problem !== null) failures.push(`${zone}, ${iso(at)}: ${problem}`);
    }
  }
  return {
    tried: zones.length * count,
    failures,
    note: `${zones.length} zones, ${changes.toLocaleString('en')} changes of clocks`,
  };
}

const iso = (at: number): string => new Date(at).toISOString();

/** The changes of clocks that our calendar knows in those years; a missed one shows as a wrong offset somewhere. */
function changesOf(zone: string): number[] {
  const found: number[] = [];
  for (let at = nextClockChange(from, zone); at < to; at = nextClockChange(at, zone)) found.push(at);
  return found;
}

const zoneOffset = (zone: string, at: number): number => IANAZone.create(zone).offset(at) * minute;

function compareAt(zone: string, at: number, { minutes, amount }: { minutes: number; amount: number }): string | null {
  const there = DateTime.fromMillis(at, { zone });
  const date = there.toISODate() ?? '';
  const wrong = (what: string, ours: unknown, theirs: unknown) => `${what} is ${ours}, and by Luxon ${theirs}`;
  if (dateOf(at, zone) !== date) return wrong('the date', dateOf(at, zone), date);
  const shown = there.hour * 60 + there.minute;
  if (minutesOf(at, zone) !== shown) return wrong('the clock', minutesOf(at, zone), shown);
  const start = startOfDay(date, zone);
  if (start > at || dateOf(start, zone) !== date || dateOf(start - 1, zone) === date)
    return `${iso(start)} is not the first moment of ${date}`;
  const local = momentProblem(zone, momentOf(date, minutes, zone), localMs(there, minutes));
  if (local !== null) return `${date} at ${minutes} minutes: ${local}`;
  for (const unit of ['days', 'weeks', 'months', 'years'] as const) {
    const by = unit === 'days' ? amount : amount % 24;
    const later = addDuration(at, { amount: by, unit }, zone);
    if (by === 0 ? later !== at : momentProblem(zone, later, laterLocal(there, by, unit)) !== null)
      return `${by} ${unit} later: ${momentProblem(zone, later, laterLocal(there, by, unit))}`;
  }
  return null;
}

/** A local time as a number: what UTC clocks would show then. */
function localMs(there: DateTime, minutes: number): number {
  return DateTime.utc(there.year, there.month, there.day).toMillis() + minutes * minute;
}

function laterLocal(there: DateTime, amount: number, unit: 'days' | 'weeks' | 'months' | 'years'): number {
  return there
    .setZone('utc', { keepLocalTime: true })
    .plus({ [unit]: amount })
    .toMillis();
}

/** Whether a moment is what a local time means: the first that shows it; where it is skipped, as long after. */
function momentProblem(zone: string, moment: number, local: number): string | null {
  const offsets = new Set([-26, -13, 0, 13, 26].map((hours) => zoneOffset(zone, local + hours * hour)));
  const showing = [...offsets].map((offset) => local - offset).filter((at) => at + zoneOffset(zone, at) === local);
  if (showing.length > 0) {
    const first = Math.min(...showing);
    return moment === first ? null : `it is ${iso(moment)}, and the clock first shows it at ${iso(first)}`;
  }
  // Skipped: by the clock of before the change.
  const before = local - zoneOffset(zone, local - 26 * hour);
  return moment === before
    ? null
    : `it is skipped, and ${iso(moment)} is not as long after the change (${iso(before)})`;
}
