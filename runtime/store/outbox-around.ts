/**
 * What the send planner has to know of a message and its person: read, and nothing decided.
 */
import type { Ir } from '../../compiler/ir.ts';
import { calendarPeriod } from '../calendar.ts';
import { type DeliveryPreferences, noPreferences } from '../preferences.ts';
import { type Circumstances, type Way, webChannel } from '../send-plan.ts';
import { type OtherVoices, talkMs } from '../send-plan-turn.ts';
import type { Channel } from '../services.ts';
import type { State } from '../state.ts';
import { recentMax } from './limits.ts';
import type { Open } from './outbox-rows.ts';
import { loadVersion } from './programs.ts';
import type { Sql, Store } from './store.ts';

/** Where a message comes from, as things stand. */
export type Origin = {
  /** Null: it belongs to no enrollment. */
  state: State | null;
  /** What stands still: the program (or its workspace), or the person in it. */
  paused: 'program' | 'person' | null;
  preferences: DeliveryPreferences;
  /** The person's. */
  zone: string;
  quiet: Circumstances['programQuiet'];
};

/** Where a message comes from, and what its person wishes for. */
export async function readOrigin(store: Store, sql: Sql, person: string, message: Open): Promise<Origin> {
  type Row = {
    state: State | null;
    version: number | null;
    paused: boolean;
    zone: string | null;
    preferences: DeliveryPreferences | null;
  };
  const [row] = await sql<Row[]>`
    select e.state, e.version, (p.paused_at is not null or w.paused_at is not null) as paused, people.zone, d.preferences
    from people
    join workspaces w on w.id = people.workspace_id
    left join programs p on p.workspace_id = people.workspace_id and p.name = ${message.program}
    left join enrollments e on e.workspace_id = people.workspace_id and e.id = ${message.enrollment}
    left join delivery_preferences d on d.workspace_id = people.workspace_id and d.person_id = people.id
    where people.workspace_id = ${store.workspace} and people.id = ${person}`;
  const { state = null, version = null, paused = false, zone = null, preferences = null } = row ?? {};
  // What a program wishes holds for what it began.
  const ir: Ir | null =
    message.unasked && version !== null ? (await loadVersion(store, sql, message.program, version)).ir : null;
  return {
    state,
    paused: paused ? 'program' : isPaused(state) ? 'person' : null,
    preferences: preferences ?? noPreferences,
    zone: zone ?? state?.facts.zone ?? 'UTC',
    quiet: ir?.quiet === undefined || state === null ? null : { ...ir.quiet, zone: state.facts.zone },
  };
}

/** Nobody is paused any more who has finished. */
const isPaused = (state: State | null): boolean =>
  state !== null && state.facts.paused !== undefined && state.facts.finished === null;

/** The channels a person can be reached by, the one used last first, and their accounts there. */
export async function waysTo(
  store: Store,
  sql: Sql,
  channels: readonly Channel[],
  person: string,
): Promise<{ ways: Way[]; accounts: ReadonlyMap<string, string> }> {
  const windowed = channels.filter(({ window }) => window !== undefined).map(({ name }) => name);
  const [heard] = await sql<{ channel: string }[]>`
    select channel from messages
    where workspace_id = ${store.workspace} and person_id = ${person} and direction = 'in'
    order by position desc limit 1`;
  const rows = await sql<{ channel: string; account: string; heard_at: Date | null }[]>`
    select a.channel, a.account, heard.at as heard_at
    from accounts a
    left join lateral (
      select at from messages m
      where a.channel = any(${windowed}::text[]) and m.workspace_id = a.workspace_id and m.person_id = a.person_id
        and m.direction = 'in' and m.channel = a.channel
      order by m.position desc limit 1) heard on true
    where a.workspace_id = ${store.workspace} and a.person_id = ${person}
    order by a.channel = ${heard?.channel ?? ''} desc, a.created_at desc`;
  const ways: Way[] = heard?.channel === webChannel ? [{ channel: webChannel, heardAt: null }] : [];
  const accounts = new Map<string, string>();
  for (const { channel: name, account, heard_at } of rows) {
    const channel = channels.find((one) => one.name === name && name !== webChannel);
    if (channel === undefined || accounts.has(name)) continue;
    accounts.set(name, account);
    const { window } = channel;
    ways.push({
      channel: name,
      heardAt: heard_at?.getTime() ?? null,
      ...(window === undefined ? {} : { windowMs: window.ms }),
      ...(window?.template === undefined ? {} : { template: window.template }),
    });
  }
  return { ways, accounts };
}

/** What goes on between a person and their other programs. */
export async function otherVoices(
  store: Store,
  sql: Sql,
  person: string,
  program: string,
  now: number,
): Promise<OtherVoices> {
  type Row = { talked: Date | null; began: Date | null; answering: boolean | null };
  const [row] = await sql<Row[]>`
    select max(m.at) filter (where not m.unasked) as talked,
      max(coalesce(m.sent_at, ${new Date(now)})) filter (where m.unasked and m.status in ('sent', 'sending')) as began,
      bool_or(e.answering) as answering
    from (
      select e.program, bool_or(e.in_run and p.paused_at is null
        and coalesce((e.state->'facts'->'run'->>'answering')::boolean, false)) as answering
      from enrollments e join programs p on p.workspace_id = e.workspace_id and p.name = e.program
      where e.workspace_id = ${store.workspace} and e.person_id = ${person} and e.program <> ${program}
      group by e.program) e
    left join lateral (
      select at, sent_at, unasked, status from messages m
      where m.workspace_id = ${store.workspace} and m.person_id = ${person} and m.program = e.program
      order by m.position desc limit ${recentMax}) m on coalesce(m.sent_at, m.at) > ${new Date(now - talkMs)}`;
  return {
    talkedAt: row?.talked?.getTime() ?? null,
    beganAt: row?.began?.getTime() ?? null,
    answering: row?.answering ?? false,
  };
}

/** When Regimen began something with the person on their present day, over all programs; a digest is one. */
export async function sentToday(store: Store, sql: Sql, person: string, zone: string, now: number): Promise<number[]> {
  const { start } = calendarPeriod(now, 'day', zone);
  const rows = await sql<{ at: Date }[]>`
    select max(sent_at) as at from messages
    where workspace_id = ${store.workspace} and person_id = ${person} and unasked and status = 'sent'
      and sent_at >= ${new Date(start)}
    group by coalesce(digest, id)`;
  return rows.map(({ at }) => at.getTime());
}
