/**
 * Values and moments → words for people, in a zone that is always named by the caller.
 */
import type { Value } from '../../compiler/ir.ts';

/** The reader's own zone. */
export const readerZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format is slow, so each is made once. */
function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + JSON.stringify(options);
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options });
  formats.set(key, made);
  return made;
}

/** `09:05` */
export const timeText = (at: number, zone: string): string =>
  format(zone, { hour: '2-digit', minute: '2-digit' }).format(at);

/** `2026-01-05`: one text for each local day, to group by. */
export const dayKey = (at: number, zone: string): string => {
  const parts = Object.fromEntries(
    format(zone, { year: 'numeric', month: '2-digit', day: '2-digit' })
      .formatToParts(at)
      .map((part) => [part.type, part.value]),
  );
  return `${parts.year}-${parts.month}-${parts.day}`;
};

/** `Today`, `Yesterday`, `Tomorrow`, else `Monday 5 January` (with the year where it is another). */
export function dayText(at: number, now: number, zone: string): string {
  const key = dayKey(at, zone);
  if (key === dayKey(now, zone)) return 'Today';
  if (key === dayKey(now - 86_400_000, zone)) return 'Yesterday';
  if (key === dayKey(now + 86_400_000, zone)) return 'Tomorrow';
  const sameYear = key.slice(0, 4) === dayKey(now, zone).slice(0, 4);
  return format(zone, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(sameYear ? {} : { year: 'numeric' }),
  })
    .format(at)
    .replace(',', '');
}

/** `Mon 5 Jan 2026, 09:00` */
export const momentText = (at: number, zone: string): string =>
  `${format(zone, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' }).format(at).replace(',', '')}, ${timeText(at, zone)}`;

/** `Wed 7 Jan, 18:20`: without the year, which is at hand. */
export const shortMomentText = (at: number, zone: string): string =>
  `${format(zone, { weekday: 'short', day: 'numeric', month: 'short' }).format(at).replace(',', '')}, ${timeText(at, zone)}`;

/** `in 3 days`, `2 hours ago`, `now` */
export function distanceText(at: number, now: number): string {
  const difference = at - now;
  const size = Math.abs(difference);
  const words = new Intl.RelativeTimeFormat('en', { numeric: 'always' });
  if (size < 45_000) return 'now';
  if (size < 3_600_000) return words.format(Math.round(difference / 60_000), 'minute');
  if (size < 36 * 3_600_000) return words.format(Math.round(difference / 3_600_000), 'hour');
  if (size < 21 * 86_400_000) return words.format(Math.round(difference / 86_400_000), 'day');
  return words.format(Math.round(difference / 604_800_000), 'week');
}

/** A value of a program, as its author would say it. Missing is a dash. */
export function valueText(value: Value, zone: string): string {
  if (value === null) return '—';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number')
    return Number.isInteger(value) ? String(value) : String(Math.round(value * 1000) / 1000);
  if (typeof value === 'string') return value;
  if ('entry' in value) {
    const parts = Object.entries(value.entry).filter(([, part]) => part !== null);
    return `${parts.map(([name, part]) => `${nameText(name)} ${valueText(part, zone)}`).join(', ')} (${shortMomentText(value.at, zone)})`;
  }
  if ('at' in value) return momentText(value.at, zone);
  if ('date' in value)
    return format('UTC', { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' })
      .format(new Date(`${value.date}T00:00:00Z`))
      .replace(',', '');
  if ('minutes' in value)
    return `${String(Math.floor(value.minutes / 60)).padStart(2, '0')}:${String(value.minutes % 60).padStart(2, '0')}`;
  const { amount, unit } = value.duration;
  return `${amount} ${amount === 1 ? unit.slice(0, -1) : unit}`;
}

/** `12 units`; without a unit the text alone. */
export const withUnit = (text: string, unit: string | null): string => (unit === null ? text : `${text} ${unit}`);

/** `agent_may_set` → `agent may set` */
export const nameText = (name: string): string => name.replaceAll('_', ' ');

/** `1 person`, `3 people` */
export const countText = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;
