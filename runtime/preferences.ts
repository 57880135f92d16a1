/**
 * How a person wants to be written to, over all programs: the channels they like, their own quiet
 * hours, when, and how much in a day. It holds for what Regimen begins; an answer is never held back.
 *
 * Times of day are minutes after midnight in the person's zone. Where nothing is said, programs alone decide.
 */
import { timeText } from './calendar.ts';

export type DeliveryPreferences = {
  /** Names of channels, the most liked first; `web` is the web chat alone. Empty: the channel used last. */
  channels: string[];
  /** The person's own, beside those of programs. `from` may be later than `to`. */
  quiet: { from: number; to: number } | null;
  when: DeliveryTime;
  /** Messages that Regimen begins in one day, of all programs together; a digest is one. Null: as programs say. */
  perDay: number | null;
};

/** `preferred`: only in the hour from `at` on. `digest`: once a day at `at`, all in one message. */
export type DeliveryTime = { kind: 'now' } | { kind: 'preferred'; at: number } | { kind: 'digest'; at: number };

export const noPreferences: DeliveryPreferences = { channels: [], quiet: null, when: { kind: 'now' }, perDay: null };

/** Channels one may put in order. */
export const preferredChannelsMax = 10;
/** The most messages a day that one may ask for. */
export const perDayMax = 100;
const dayMinutes = 24 * 60;
const channelNameMax = 40;

/** What stands in the way of keeping these preferences, in sentences; empty where nothing does. */
export function preferenceProblems({ channels, quiet, when, perDay }: DeliveryPreferences): string[] {
  const problems: string[] = [];
  if (channels.length > preferredChannelsMax) problems.push(`Name at most ${preferredChannelsMax} channels.`);
  if (new Set(channels).size < channels.length) problems.push('Name each channel once.');
  if (channels.some((name) => name === '' || name.length > channelNameMax))
    problems.push(`The name of a channel has 1 to ${channelNameMax} characters, such as slack.`);
  const times = [...(quiet === null ? [] : [quiet.from, quiet.to]), ...(when.kind === 'now' ? [] : [when.at])];
  if (times.some((minutes) => !Number.isInteger(minutes) || minutes < 0 || minutes >= dayMinutes))
    problems.push(`A time of day is a whole number of minutes after midnight, 0 to ${dayMinutes - 1}.`);
  else {
    if (quiet !== null && quiet.from === quiet.to)
      problems.push('Quiet hours need an end that differs from their beginning.');
    if (quiet !== null && when.kind !== 'now' && liesIn(when.at, quiet))
      problems.push(
        `${timeText(when.at)} lies in the quiet hours from ${timeText(quiet.from)} to ${timeText(quiet.to)}: choose a time outside them.`,
      );
  }
  if (perDay !== null && !(Number.isInteger(perDay) && perDay >= 1 && perDay <= perDayMax))
    problems.push(`Messages a day are a whole number from 1 to ${perDayMax}, or as many as programs send.`);
  return problems;
}

/** Whether a time of day lies in quiet hours, which may go over midnight. */
export function liesIn(minutes: number, { from, to }: { from: number; to: number }): boolean {
  if (from === to) return false;
  return from > to ? minutes >= from || minutes < to : minutes >= from && minutes < to;
}

/** Whether they ask for nothing. */
export const isPlain = ({ channels, quiet, when, perDay }: DeliveryPreferences): boolean =>
  channels.length === 0 && quiet === null && when.kind === 'now' && perDay === null;
