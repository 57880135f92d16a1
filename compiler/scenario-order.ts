/**
 * Scenarios go forward: a step whose day or date lies before what was told above is a mistake.
 *
 * Only what is sure is told. Of weekdays it is enough that they lie ahead, and a month counts as
 * 28 days, so the time kept here is the earliest that it can be.
 */
import type { DurationLiteral, Scenario, ScenarioMoment, ScenarioStep } from '../language/ast.ts';
import { diagnostic } from '../language/diagnostics.ts';
import type { Report } from './symbols.ts';

const MINUTES_PER_DAY = 24 * 60;
const MINUTES_PER_UNIT: Record<DurationLiteral['unit'], number> = {
  minutes: 1,
  hours: 60,
  days: MINUTES_PER_DAY,
  'business-days': MINUTES_PER_DAY,
  weeks: 7 * MINUTES_PER_DAY,
  months: 28 * MINUTES_PER_DAY,
  years: 365 * MINUTES_PER_DAY,
};

export function checkOrder({ steps }: Scenario, report: Report): void {
  const start = steps[0]?.kind === 'start' ? steps[0].moment : undefined;
  if (start === undefined) return;
  /** Minutes since the midnight before the start. */
  let earliest = start.at?.minutes ?? 0;
  for (const step of steps.slice(1)) {
    if (step.kind === 'wait') {
      const { amount, unit } = step.duration;
      const minutes = amount * MINUTES_PER_UNIT[unit];
      // Hours are exact, and the clock may have gone back by one among them.
      earliest += unit === 'hours' || unit === 'minutes' ? Math.max(0, minutes - 60) : minutes;
      continue;
    }
    const moment = momentOf(step);
    const day = moment && dayOf(moment, start);
    if (!moment || day === undefined) continue;
    // Without a time, the time of day stays as it is.
    const at = day * MINUTES_PER_DAY + (moment.at?.minutes ?? earliest % MINUTES_PER_DAY);
    if (at < earliest) {
      const now = `day ${Math.floor(earliest / MINUTES_PER_DAY) + 1} at ${timeOfDay(earliest)}`;
      report(diagnostic('scenario-backwards', moment.span, { now }));
    }
    earliest = Math.max(earliest, at);
  }
}

const momentOf = (step: ScenarioStep): ScenarioMoment | undefined =>
  step.kind === 'on' || step.kind === 'wait-until' ? step.moment : undefined;

/** The days from the start to a moment, where they are certain. */
function dayOf(moment: ScenarioMoment, start: ScenarioMoment): number | undefined {
  if (moment.day !== undefined) return moment.day - 1;
  if (moment.date === undefined || start.date === undefined) return undefined;
  return Math.round((Date.parse(moment.date.iso) - Date.parse(start.date.iso)) / (MINUTES_PER_DAY * 60_000));
}

function timeOfDay(minutes: number): string {
  const within = Math.floor(minutes) % MINUTES_PER_DAY;
  return `${String(Math.floor(within / 60)).padStart(2, '0')}:${String(within % 60).padStart(2, '0')}`;
}
