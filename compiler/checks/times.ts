/** Time zones exist, quiet hours and windows last, holidays are told once, and limits are of a sensible size. */
import type { Cadence, Span, Window } from '../../language/ast.ts';
import { diagnostic } from '../../language/diagnostics.ts';
import { fixOf } from '../../language/fixes.ts';
import { duration, plainText, usualMinutes } from '../constants.ts';
import { words } from '../inference.ts';
import { flowsOf, rulesOf } from '../walk.ts';
import type { Check } from './question.ts';

/** A review has to be over before the next day's. */
const SPREAD_MINUTES_MAX = 24 * 60;
/** As often as anybody may be reminded of something. */
const EVERY_MINUTES_MIN = 1;

export const times: Check = (checked, report) => {
  const { program } = checked;
  const atLeastOne = (value: number | undefined, of: string, span: Span) => {
    if (value === undefined || (value >= 1 && Number.isInteger(value))) return;
    report(diagnostic('out-of-range', span, { value, of, range: 'a whole number, at least 1' }));
  };
  const cadence = ({ every, monthDays, at, span }: Cadence) => {
    const said = new Map<string, Span>();
    for (const time of at) {
      const clause = words(checked, time.span);
      const before = said.get(clause);
      if (before === undefined) said.set(clause, time.span);
      else {
        const related = [{ message: 'It is said here first.', span: before }];
        report(diagnostic('duplicate-clause', time.span, { clause }, { related }));
      }
    }
    if (every !== undefined) {
      const minutes = every.unit === 'minutes' || every.unit === 'hours';
      if (minutes && usualMinutes(duration(every)) < EVERY_MINUTES_MIN) {
        report(
          diagnostic('out-of-range', every.span, { value: every.amount, of: '`every`', range: 'at least 1 minute' }),
        );
      } else if (!minutes) atLeastOne(every.amount, '`every`', every.span);
    }
    for (const day of monthDays ?? []) {
      if (day === -1 || (day >= 1 && day <= 31 && Number.isInteger(day))) continue;
      report(diagnostic('out-of-range', span, { value: day, of: 'a day of the month', range: '1 to 31, or `last`' }));
    }
  };
  const window = (item: Window) => {
    if (backwards(item, (span) => words(checked, span))) {
      const what = `The window \`${item.name.text}\` ends before it begins`;
      report(diagnostic('window-backwards', { ...item.from.span, end: item.to.span.end }, { what }));
    }
  };
  for (const item of program.items) {
    if (item.kind === 'timezone') {
      const zone = plainText(item.fallback) ?? '';
      if (!isZone(zone)) report(diagnostic('unknown-zone', item.fallback.span, { zone }));
    }
    if (item.kind === 'quiet' && item.from.minutes === item.to.minutes) report(diagnostic('quiet-empty', item.span));
    if (item.kind === 'messages') {
      atLeastOne(item.perDay, 'messages per day', item.span);
      atLeastOne(item.perWeek, 'messages per week', item.span);
      if (item.apart !== undefined && item.apart.amount <= 0) {
        const words = { value: item.apart.amount, of: 'a length of time', range: 'more than 0' };
        report(diagnostic('out-of-range', item.apart.span, words));
      }
    }
    if (item.kind === 'holidays') {
      if (new Set(item.weekend).size === 7)
        report(diagnostic('no-business-day', item.name.span, { name: item.name.text }));
      const seen = new Map<string, Span>();
      for (const day of item.days) {
        const before = seen.get(day.date.iso);
        if (before === undefined) {
          seen.set(day.date.iso, day.date.span);
          continue;
        }
        const related = [{ message: 'It is there already.', span: before }];
        const fix = fixOf('remove', '', { span: day.span, text: '' });
        report(diagnostic('holiday-twice', day.span, { date: day.date.iso, name: item.name.text }, { related, fix }));
      }
    }
  }
  for (const flow of flowsOf(program)) {
    for (const item of flow.items) if (item.kind === 'window') window(item as Window);
    for (const rule of flow.anytime) if (rule.kind === 'check') cadence(rule.cadence);
    for (const stage of flow.stages) {
      for (const rule of rulesOf(stage)) if (rule.kind === 'check') cadence(rule.cadence);
      for (const item of stage.items) {
        if (item.kind === 'window') window(item);
        if (item.kind === 'nudge') atLeastOne(item.atMost, '`at most`', item.span);
        if (item.kind !== 'review') continue;
        cadence(item.cadence);
        const minutes = item.spread === undefined ? 0 : usualMinutes(duration(item.spread));
        if (item.spread !== undefined && (minutes < 0 || minutes > SPREAD_MINUTES_MAX)) {
          const value = `${item.spread.amount} ${item.spread.unit}`;
          report(diagnostic('out-of-range', item.spread.span, { value, of: '`spread over`', range: '0 to 24 hours' }));
        }
      }
    }
  }
};

/** Whether a window's last day lies before its first for certain: two dates, or the same day and two lengths. */
function backwards({ from, to }: Window, said: (span: Span) => string): boolean {
  if (from.kind === 'date' && to.kind === 'date') return to.iso < from.iso;
  const [first, last] = [shifted(from, said), shifted(to, said)];
  return first.base === last.base && last.minutes < first.minutes;
}

/** `v1 + 19 days` as the words for the day and the usual minutes after it. */
function shifted(expr: Window['from'], said: (span: Span) => string): { base: string; minutes: number } {
  if (expr.kind === 'binary' && expr.right.kind === 'duration' && (expr.operator === '+' || expr.operator === '-')) {
    const minutes = usualMinutes(duration(expr.right));
    return { base: said(expr.left.span), minutes: expr.operator === '+' ? minutes : -minutes };
  }
  return { base: said(expr.span), minutes: 0 };
}

/** Zones asked about before: asking the calendar takes longer than all other checks of a small program. */
const zones = new Map<string, boolean>();
const zonesMax = 1000;

/** Whether the zone is one that this machine's calendar knows. */
export function isZone(zone: string): boolean {
  const known = zones.get(zone);
  if (known !== undefined) return known;
  if (zones.size >= zonesMax) zones.clear();
  const found = zone !== '' && calendarKnows(zone);
  zones.set(zone, found);
  return found;
}

function calendarKnows(zone: string): boolean {
  // Most names are in this list; making a formatter costs ten milliseconds the first time.
  if (Intl.supportedValuesOf('timeZone').includes(zone)) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
