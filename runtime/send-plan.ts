/**
 * The send planner: when, and by which channel, a message goes to a person.
 *
 * Looks across programs, which `speak.ts` does not: the person's own quiet hours and wishes, how much
 * they get in a day, what goes on with other programs, and when a channel may be written to. Pure; asked
 * again when the time has come, as all of it may have changed. Its time is never in quiet hours, never
 * over the limit of a day, never earlier when asked later; asked at that time it says that time. An answer
 * is never held back.
 */
import { calendarPeriod, dateOfDay, dayAt, momentOf, timeText } from './calendar.ts';
import type { DeliveryPreferences } from './preferences.ts';
import { outsideAll, type Quiet } from './quiet.ts';
import { type OtherVoices, turnAt } from './send-plan-turn.ts';

/** How long a preferred time, or the time of a digest, lasts. */
export const preferredLastsMs = 60 * 60_000;
/** A message that could not be sent within this time is shown in the web chat alone: by then it says nothing. */
export const heldMaxMs = 7 * 24 * 60 * 60_000;
/** The name of the web chat among channels: always there, and written to at any time. */
export const webChannel = 'web';
/** Each round goes on to the end of a night, a day or to a preferred time; more than a few are never needed. */
const roundsMax = 100;

/** What is to be sent. `unasked`: Regimen began it. Moments in ms. */
export type Outgoing = {
  unasked: boolean;
  isQuestion: boolean;
  /** Since when nothing but other programs has stood in its way. */
  readyAt: number;
};

/** A channel the person can be reached by. */
export type Way = {
  channel: string;
  /** Free words are taken only so long after the person was last heard there, ms; absent: always. */
  windowMs?: number;
  /** The name of a form that is taken at any time. */
  template?: string;
  /** When the person was last heard there. */
  heardAt: number | null;
};

export type Circumstances = {
  /** The person's zone: of their days and times. */
  zone: string;
  preferences: DeliveryPreferences;
  /** Of the message's program, in the zone it goes by. */
  programQuiet: (Quiet & { zone: string }) | null;
  /** When something unasked was sent, by any program; a digest is one. All of the person's present day. */
  sentAt: readonly number[];
  others: OtherVoices;
  /**
   * The channels there are, the one used last first; the web chat is among them where it is that. None: the web chat
   * alone.
   */
  ways: readonly Way[];
};

export type SendPlan = Planned &
  (
    | { kind: 'send' | 'digest'; channel: string; template?: string }
    /** It is shown in the web chat and nowhere else. */
    | { kind: 'in-app' }
  );

type Planned = {
  at: number;
  /** What held it back or led it elsewhere, in sentences. */
  why: string[];
  /** From when on only other programs stand in its way: what is to be handed in the next time. */
  readyAt: number;
};

/** Plans a message. */
export function planSend(message: Outgoing, around: Circumstances, now: number): SendPlan {
  const { preferences, ways } = around;
  if (!message.unasked) return byChannel('send', ways, around.zone, { at: now, why: [], readyAt: message.readyAt });
  const bounds = boundsOf(message, around);
  const ready = timeFor(bounds, now).at;
  const readyAt = ready !== null && ready > now ? ready : message.readyAt;
  const { at, why } = timeFor([turnOf(message, around), ...bounds], now);
  if (at === null) return { kind: 'in-app', at: now, why: [...why, noTime], readyAt };
  const gathers = preferences.when.kind === 'digest' && !message.isQuestion;
  return byChannel(gathers ? 'digest' : 'send', inOrder(ways, preferences.channels), around.zone, { at, why, readyAt });
}

const noTime = 'What is wished for leaves no time to write within a week.';

type Bound = { holds: (at: number) => number | null; why: string };

/** The first moment from `now` on that all bounds allow; null: there is none before long. */
function timeFor(bounds: readonly Bound[], now: number): { at: number | null; why: string[] } {
  const why: string[] = [];
  let time = now;
  for (let round = 0; round < roundsMax; round += 1) {
    const began = time;
    for (const bound of bounds) {
      const later = bound.holds(time);
      if (later === null || later > now + heldMaxMs) return { at: null, why };
      if (later > time && !why.includes(bound.why)) why.push(bound.why);
      time = later;
    }
    if (time === began) return { at: time, why };
  }
  return { at: null, why };
}

const turnOf = ({ readyAt }: Outgoing, { others }: Circumstances): Bound => ({
  holds: (at) => turnAt(readyAt, others, at),
  why: 'Another program speaks with the person.',
});

/** The person's wishes and the program's. Each gives the first moment from one on that it allows; null: none. */
function boundsOf(message: Outgoing, around: Circumstances): Bound[] {
  const { zone, preferences, programQuiet, sentAt } = around;
  const own = preferences.quiet === null ? [] : [{ ...preferences.quiet, zone }];
  const quiets = [...own, ...(programQuiet === null ? [] : [programQuiet])];
  const bounds: Bound[] = [];
  const { when, perDay } = preferences;
  // A question has buttons and a deadline: it goes by itself.
  if (when.kind === 'preferred' || (when.kind === 'digest' && !message.isQuestion)) {
    const why = when.kind === 'digest' ? 'All in one message at' : 'The person likes to hear from us at';
    bounds.push({ holds: (at) => preferredAt(at, when.at, zone, quiets), why: `${why} ${timeText(when.at)}.` });
  }
  if (quiets.length > 0) bounds.push({ holds: (at) => outsideAll(at, quiets), why: 'It is quiet hours.' });
  if (perDay !== null) {
    const why = `No more than ${perDay} ${perDay === 1 ? 'message' : 'messages'} a day.`;
    bounds.push({ holds: (at) => underCap(at, perDay, sentAt, zone), why });
  }
  return bounds;
}

/**
 * The first moment from `at` on that lies at the preferred time; where that lies in quiet hours (of a program),
 * at their end instead.
 */
function preferredAt(at: number, minutes: number, zone: string, quiets: readonly (Quiet & { zone: string })[]) {
  const today = dayAt(at, zone);
  // Yesterday's may have been put off over midnight.
  for (const day of [today - 1, today, today + 1, today + 2]) {
    const time = outsideAll(momentOf(dateOfDay(day), minutes, zone), quiets);
    if (time === null) return null;
    if (at < time + preferredLastsMs) return Math.max(at, time);
  }
  return null;
}

function underCap(at: number, perDay: number, sentAt: readonly number[], zone: string): number {
  const { start, end } = calendarPeriod(at, 'day', zone);
  return sentAt.filter((one) => one >= start && one < end).length >= perDay ? end : at;
}

/** The channels that the person likes, in their order, and then the others. */
function inOrder(ways: readonly Way[], liked: readonly string[]): Way[] {
  const named = liked.flatMap((name): Way[] => {
    const way = ways.find(({ channel }) => channel === name);
    if (way !== undefined) return [way];
    return name === webChannel ? [{ channel: webChannel, heardAt: null }] : [];
  });
  return [...named, ...ways.filter(({ channel }) => !liked.includes(channel))];
}

/** The first channel that may be written to at that time. */
function byChannel(kind: 'send' | 'digest', ways: readonly Way[], zone: string, planned: Planned): SendPlan {
  if (ways.length === 0) return { ...planned, kind, channel: webChannel };
  const { at } = planned;
  const why = [...planned.why];
  for (const { channel, windowMs, template, heardAt } of ways) {
    if (windowMs === undefined || (heardAt !== null && at < heardAt + windowMs))
      return { ...planned, kind, channel, why };
    if (template !== undefined) return { ...planned, kind, channel, template, why };
    const since = closedSince(heardAt, windowMs, zone);
    why.push(`${channel} takes no words of ours so long after the person's last (${since}).`);
  }
  return { ...planned, kind: 'in-app', why };
}

function closedSince(heardAt: number | null, windowMs: number, zone: string): string {
  if (heardAt === null) return 'they have not written there';
  const end = heardAt + windowMs;
  return `since ${dateOfDay(dayAt(end, zone))}`;
}
