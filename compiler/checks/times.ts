/** Time zones exist, quiet hours and windows last, holidays are told once, and limits are of a sensible size. */
import type { Cadence, Expr, ProgramItem, Span, StageItem, Window } from '../../language/ast.ts';
import { diagnostic } from '../../language/diagnostics.ts';
import { fixOf } from '../../language/fixes.ts';
import { duration, plainText, usualMinutes } from '../constants.ts';
import { type FirstValue, firstValue, whereAtFirst } from '../first-values.ts';
import { checkCalendar } from '../infer-times.ts';
import { words } from '../inference.ts';
import type { Checked, Report } from '../symbols.ts';
import type { Part } from '../walk.ts';
import { type Check, rulesOfPart } from './question.ts';

/** A review has to be over before the next day's. */
const SPREAD_MINUTES_MAX = 24 * 60;
/** As often as anybody may be reminded of something. */
const EVERY_MINUTES_MIN = 1;
/** Longer than anybody is in a program; the calendar ends somewhere. */
const EVERY_MINUTES_MAX = 100 * 365.25 * 24 * 60;

export const times: Check = { outside: ofProgram, part: ofPart };

function atLeastOne(value: number | undefined, of: string, span: Span, report: Report): void {
  if (value === undefined || (value >= 1 && Number.isInteger(value))) return;
  report(diagnostic('out-of-range', span, { value, of, range: 'a whole number, at least 1' }));
}

function checkCadence(checked: Checked, { every, monthDays, at, span }: Cadence, report: Report): void {
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
    } else if (!minutes) atLeastOne(every.amount, '`every`', every.span, report);
    if (usualMinutes(duration(every)) > EVERY_MINUTES_MAX) {
      const value = `${every.amount} ${every.unit}`;
      report(diagnostic('out-of-range', every.span, { value, of: '`every`', range: 'at most 100 years' }));
    }
  }
  for (const day of monthDays ?? []) {
    if (day === -1 || (day >= 1 && day <= 31 && Number.isInteger(day))) continue;
    report(diagnostic('out-of-range', span, { value: day, of: 'a day of the month', range: '1 to 31, or `last`' }));
  }
}

function checkWindow(checked: Checked, item: Window, report: Report): void {
  const [from, to] = [shifted(checked, item.from), shifted(checked, item.to)];
  if (from.base !== to.base || to.at >= from.at) return;
  const what = `The window \`${item.name.text}\` ends before it begins${whereAtFirst(from, to)}`;
  report(diagnostic('window-backwards', { ...item.from.span, end: item.to.span.end }, { what }));
}

/** Plain values are never inferred, so it is asked here in which calendar their business days are counted. */
function checkPlainLength(checked: Checked, plain: Expr | undefined, report: Report): void {
  if (plain?.kind !== 'duration' || plain.unit !== 'business-days') return;
  checkCalendar({ checked, report }, plain.span, plain.calendar, {});
}

type Item<Kind extends ProgramItem['kind']> = Extract<ProgramItem, { kind: Kind }>;

function ofProgram(checked: Checked, report: Report): void {
  for (const item of checked.program.items) {
    if (item.kind === 'table')
      for (const { cells } of item.rows) for (const cell of cells) checkPlainLength(checked, cell, report);
    if (item.kind === 'data' || item.kind === 'parameters' || item.kind === 'list')
      for (const { initial } of item.fields) checkPlainLength(checked, initial, report);
    if (item.kind === 'timezone') {
      const zone = plainText(item.fallback) ?? '';
      if (!isZone(zone)) report(diagnostic('unknown-zone', item.fallback.span, { zone }));
    }
    if (item.kind === 'quiet' && item.from.minutes === item.to.minutes) report(diagnostic('quiet-empty', item.span));
    if (item.kind === 'messages') checkMessages(item, report);
    if (item.kind === 'holidays') checkHolidays(item, report);
  }
}

function checkMessages({ perDay, perWeek, apart, span }: Item<'messages'>, report: Report): void {
  atLeastOne(perDay, 'messages per day', span, report);
  atLeastOne(perWeek, 'messages per week', span, report);
  if (apart === undefined || apart.amount > 0) return;
  const words = { value: apart.amount, of: 'a length of time', range: 'more than 0' };
  report(diagnostic('out-of-range', apart.span, words));
}

function checkHolidays({ name, weekend, days }: Item<'holidays'>, report: Report): void {
  if (new Set(weekend).size === 7) report(diagnostic('no-business-day', name.span, { name: name.text }));
  const seen = new Map<string, Span>();
  for (const { date, span } of days) {
    const before = seen.get(date.iso);
    if (before === undefined) {
      seen.set(date.iso, date.span);
      continue;
    }
    const related = [{ message: 'It is there already.', span: before }];
    const fix = fixOf('remove', '', { span, text: '' });
    report(diagnostic('holiday-twice', span, { date: date.iso, name: name.text }, { related, fix }));
  }
}

function ofPart(part: Part, checked: Checked, report: Report): void {
  const { flow, stage } = part;
  for (const rule of rulesOfPart(part)) if (rule.kind === 'check') checkCadence(checked, rule.cadence, report);
  for (const item of (stage ?? flow).items as readonly (StageItem | { kind: 'other' })[]) {
    if (item.kind === 'window') checkWindow(checked, item, report);
    if (item.kind === 'nudge') atLeastOne(item.atMost, '`at most`', item.span, report);
    if (item.kind !== 'review') continue;
    checkCadence(checked, item.cadence, report);
    const minutes = item.spread === undefined ? 0 : usualMinutes(duration(item.spread));
    if (item.spread !== undefined && (minutes < 0 || minutes > SPREAD_MINUTES_MAX)) {
      const value = `${item.spread.amount} ${item.spread.unit}`;
      report(diagnostic('out-of-range', item.spread.span, { value, of: '`spread over`', range: '0 to 24 hours' }));
    }
  }
}

/** `v1 + 19 days` as the words for the day and the usual minutes after it; a written date lies on the line of dates. */
function shifted(checked: Checked, expr: Window['from']): FirstValue & { base: string } {
  const date = expr.kind === 'date' ? firstValue(checked, expr) : undefined;
  if (date !== undefined) return { ...date, base: '' };
  if (expr.kind === 'binary' && (expr.operator === '+' || expr.operator === '-')) {
    const length = firstValue(checked, expr.right);
    const base = words(checked, expr.left.span);
    if (length !== undefined) return { ...length, base, at: expr.operator === '+' ? length.at : -length.at };
  }
  return { base: words(checked, expr.span), at: 0 };
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
  // Most names are in this list, and `UTC` is not; making a formatter costs ten milliseconds the first time.
  if (zone === 'UTC' || Intl.supportedValuesOf('timeZone').includes(zone)) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
