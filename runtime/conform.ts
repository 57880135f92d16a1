/**
 * Makes a value from outside fit a declared type, or says in a sentence why it does not.
 *
 * Used for everything that comes in: recorded events, answers, what the agent sets. Dates come as
 * `2026-01-05`, times as `18:00`, moments as `2026-01-05 18:00` in the person's zone or with an
 * offset, lengths of time as `3 days`, yes/no as true/false or the words.
 */
import { Temporal } from 'temporal-polyfill';
import type { Duration, Value, ValueType } from '../compiler/ir.ts';
import { dateOfDay, dayNumber, timeText } from './calendar.ts';

/** Longest text a field may hold. */
export const textLengthMax = 4000;

export type Conformed = { ok: true; value: Value } | { ok: false; problem: string };

const fits = (value: Value): Conformed => ({ ok: true, value });
const not = (problem: string): Conformed => ({ ok: false, problem });

/** `name` is how the sentence calls the value; `zone` is the one in which a moment without an offset is meant. */
export function conform(type: ValueType, raw: unknown, name: string, zone?: string): Conformed {
  switch (type.kind) {
    case 'number': {
      const value = typeof raw === 'string' && /^\s*-?\d+(\.\d+)?\s*$/.test(raw) ? Number(raw) : raw;
      if (typeof value !== 'number' || !Number.isFinite(value))
        return not(`${name} must be a number${type.unit ? ` (${type.unit})` : ''}.`);
      if ((type.min !== undefined && value < type.min) || (type.max !== undefined && value > type.max)) {
        return not(`${name} must be ${rangeText(type)}, not ${value}.`);
      }
      return fits(value);
    }
    case 'text':
      if (typeof raw !== 'string') return not(`${name} must be a text.`);
      if (raw.length > textLengthMax) return not(`${name} is longer than ${textLengthMax} characters.`);
      return fits(raw);
    case 'yes-no': {
      if (typeof raw === 'boolean') return fits(raw);
      const word = typeof raw === 'string' ? wordOf(raw) : '';
      if (['yes', 'y', 'yeah', 'yep', 'true'].includes(word)) return fits(true);
      if (['no', 'n', 'nope', 'false'].includes(word)) return fits(false);
      return not(`${name} must be yes or no.`);
    }
    case 'choice': {
      const word = typeof raw === 'string' ? wordOf(raw) : undefined;
      const option = type.options.find((one) => one.toLowerCase() === word);
      return option === undefined ? not(`${name} must be one of ${type.options.join(', ')}.`) : fits(option);
    }
    case 'date': {
      const iso = typeof raw === 'string' ? raw.trim() : isDate(raw) ? raw.date : '';
      if (!/^\d{4}-\d{2}-\d{2}$/.test(iso)) return not(`${name} must be a date like 2026-01-05.`);
      try {
        if (dateOfDay(dayNumber(iso)) === iso) return fits({ date: iso });
        return fits({ date: Temporal.PlainDate.from(iso).toString() });
      } catch {
        return not(`${name}: there is no date ${iso}.`);
      }
    }
    case 'time': {
      if (isTime(raw) && raw.minutes >= 0 && raw.minutes < 24 * 60) return fits({ minutes: raw.minutes });
      const match = typeof raw === 'string' ? /^\s*([01]?\d|2[0-3]):([0-5]\d)\s*$/.exec(raw) : null;
      if (!match) return not(`${name} must be a time of day like ${timeText(18 * 60)}.`);
      return fits({ minutes: Number(match[1]) * 60 + Number(match[2]) });
    }
    case 'moment': {
      const at = isMoment(raw) ? raw.at : typeof raw === 'string' ? readMoment(raw.trim(), zone) : Number.NaN;
      return Number.isSafeInteger(at) && Math.abs(at) <= momentMax
        ? fits({ at })
        : not(`${name} must be a moment like 2026-01-05T18:00Z.`);
    }
    case 'duration': {
      const duration = isDuration(raw) ? raw.duration : typeof raw === 'string' ? readDuration(raw) : null;
      return duration ? fits({ duration }) : not(`${name} must be a length of time like 3 days.`);
    }
  }
}

/** A word as people write it: `Yes!` is `yes`. */
function wordOf(raw: string): string {
  const word = raw.trim().toLowerCase();
  return word.endsWith('.') || word.endsWith('!') ? word.replace(/[.!]+$/, '') : word;
}

/** ms; what lies further from 1970 is in no calendar. */
const momentMax = 8.64e15;

const isMoment = (raw: unknown): raw is { at: number } =>
  typeof raw === 'object' && raw !== null && 'at' in raw && typeof raw.at === 'number' && !('entry' in raw);

/** ISO 8601 with an offset, or local where the zone is known; NaN where it is neither. */
function readMoment(text: string, zone: string | undefined): number {
  if (!/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(text)) return Number.NaN;
  const iso = text.replace(' ', 'T');
  try {
    if (/(?:Z|[+-]\d{2}:?\d{2})$/i.test(iso)) return Temporal.Instant.from(iso).epochMilliseconds;
    if (zone === undefined) return Number.NaN;
    return Temporal.PlainDateTime.from(iso).toZonedDateTime(zone).epochMilliseconds;
  } catch {
    return Number.NaN;
  }
}

const units: Record<string, Duration['unit']> = {
  min: 'minutes',
  minute: 'minutes',
  h: 'hours',
  hour: 'hours',
  day: 'days',
  week: 'weeks',
  month: 'months',
  year: 'years',
  'business day': 'business-days',
};
const durationAmountMax = 1_000_000;

/** `3 days`, `2h`, `30 min`; null where it is none. */
function readDuration(text: string): Duration | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+(?: [a-z]+)?)\s*$/i.exec(text);
  const word = match?.[2]?.toLowerCase() ?? '';
  const unit = units[word] ?? units[word.replace(/s$/, '')];
  const amount = Number(match?.[1]);
  return unit && amount <= durationAmountMax ? { amount, unit } : null;
}

function isDuration(raw: unknown): raw is { duration: Duration } {
  if (typeof raw !== 'object' || raw === null || !('duration' in raw)) return false;
  const { duration } = raw as { duration: Partial<Duration> | null };
  return (
    typeof duration === 'object' &&
    duration !== null &&
    typeof duration.amount === 'number' &&
    Math.abs(duration.amount) <= durationAmountMax &&
    Object.values(units).some((unit) => unit === duration.unit)
  );
}

function rangeText(type: { min?: number; max?: number }): string {
  if (type.min !== undefined && type.max !== undefined) return `between ${type.min} and ${type.max}`;
  return type.min !== undefined ? `at least ${type.min}` : `at most ${type.max}`;
}

const isDate = (raw: unknown): raw is { date: string } =>
  typeof raw === 'object' && raw !== null && 'date' in raw && typeof raw.date === 'string';
const isTime = (raw: unknown): raw is { minutes: number } =>
  typeof raw === 'object' && raw !== null && 'minutes' in raw && Number.isInteger(raw.minutes);

/** Clocks of senders may be this much ahead. */
const aheadMaxMs = 60_000;
const earliestAt = Date.UTC(2000, 0, 1);

/** Why an entry cannot have occurred then (ms since 1970 UTC), in a sentence; undefined when it can. */
export function occurredProblem(at: number, now: number): string | undefined {
  if (!Number.isSafeInteger(at)) return 'The time it occurred must be a whole number of milliseconds since 1970 UTC.';
  if (at > now + aheadMaxMs) return 'The time it occurred lies in the future.';
  if (at < earliestAt) return 'The time it occurred lies before the year 2000. Is it in seconds? Write milliseconds.';
  return undefined;
}

export type ConformedFields = { ok: true; fields: Record<string, Value> } | { ok: false; problems: string[] };

/** Fields of an entry of a series: unknown and missing ones are problems, all told at once. */
export function conformFields(
  series: { name: string; fields: Record<string, { name: string; type: ValueType; optional: boolean }> },
  raw: Record<string, unknown>,
  zone?: string,
): ConformedFields {
  const problems: string[] = [];
  const fields: Record<string, Value> = {};
  for (const name of Object.keys(raw)) {
    if (!Object.hasOwn(series.fields, name))
      problems.push(`${series.name} has no field ${name}; it has ${Object.keys(series.fields).join(', ')}.`);
  }
  for (const field of Object.values(series.fields)) {
    const given = Object.hasOwn(raw, field.name) ? raw[field.name] : undefined;
    if (given === undefined || given === null) {
      if (!field.optional) problems.push(`${field.name} is missing.`);
      fields[field.name] = null;
      continue;
    }
    const conformed = conform(field.type, given, field.name, zone);
    if (conformed.ok) fields[field.name] = conformed.value;
    else problems.push(conformed.problem);
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, fields };
}
