/**
 * When something is due, found by looking at every minute: what `nextDue` is held against.
 *
 * The facts stand still; the clock goes on minute by minute, and each minute every condition that is
 * watched and every duty is looked at anew. Nothing here asks until when something holds.
 */
import { duties } from '../../runtime/duties.ts';
import { wordsOf } from '../../runtime/duty.ts';
import { evaluate, holds } from '../../runtime/evaluate.ts';
import { focus, threadsOf } from '../../runtime/focus.ts';
import type { LoadedProgram } from '../../runtime/load.ts';
import { envOf, isOver, isSpent, type Moment, momentOf } from '../../runtime/moment.ts';
import { type Living, liveThrough } from '../../runtime/population/life.ts';
import { readyRule, rulesInForce } from '../../runtime/rules.ts';
import type { State } from '../../runtime/state.ts';
import { reachedNow } from '../../runtime/timed-rules.ts';

const minute = 60_000;
const hour = 60 * minute;

export type Look = {
  /** Every minute is looked at for so long; after that one in `strideMinutes`, to the due moment or `untilMs`. */
  closelyMs: number;
  strideMinutes: number;
  untilMs: number;
};

/** A few hours closely, and days after that by the half hour: changes of clocks and midnights are among them. */
export const shortLook: Look = { closelyMs: 8 * hour, strideMinutes: 30, untilMs: 20 * 24 * hour };
export const longLook: Look = { closelyMs: 3 * 24 * hour, strideMinutes: 7, untilMs: 60 * 24 * hour };

/** The first minute before `due` at which something is due or has turned, told in words; null: there is none. */
export function missedMinute(
  program: LoadedProgram,
  state: State,
  from: number,
  due: number | null,
  look: Look,
): string | null {
  const before = turnedAt(program, state, from);
  const end = Math.min(due ?? Number.POSITIVE_INFINITY, from + look.untilMs);
  for (let at = from - (from % minute) + minute; at < end; ) {
    const missed = differs(program, state, before, at);
    if (missed !== null) return `${new Date(at).toISOString()}: ${missed}; the next due time is ${told(due)}`;
    at += at - from < look.closelyMs ? minute : look.strideMinutes * minute;
  }
  return null;
}

const told = (due: number | null): string => (due === null ? 'never' : new Date(due).toISOString());

/** What is due at a moment, or holds otherwise than before. */
function differs(program: LoadedProgram, state: State, before: Map<string, string>, at: number): string | null {
  const due = duties(momentAt(program, state, at)).find((duty) => duty.at <= at);
  if (due) return wordsOf(due);
  for (const [what, now] of turnedAt(program, state, at))
    if (before.get(what) !== now) return `${what} is ${now} and was ${before.get(what)}`;
  return null;
}

function momentAt({ ir }: LoadedProgram, state: State, at: number): Moment {
  const moment = momentOf(ir, state.facts, at, { enrollment: state.enrollment });
  return { ...moment, reached: reachedNow(moment) };
}

/** What every condition that is watched comes to, by the words of its rule and its place. */
function turnedAt(program: LoadedProgram, state: State, at: number): Map<string, string> {
  const moment = momentAt(program, state, at);
  const found = new Map<string, string>();
  for (const thread of threadsOf(moment)) {
    const there = focus(moment, thread);
    const env = envOf(there);
    for (const rule of rulesInForce(there.flow, there.facts.visit.stage)) {
      if (isSpent(there, readyRule(rule))) continue;
      const { trigger } = rule;
      const what = `${JSON.stringify(thread)} ${rule.id} “${rule.source}”`;
      if (trigger.kind === 'holds' || trigger.kind === 'becomes')
        found.set(what, String(holds(rule.condition, env).holds));
      if (trigger.kind === 'becomes' && trigger.of) found.set(`${what} of`, String(holds(trigger.of, env).holds));
      if (trigger.kind === 'reached') found.set(what, JSON.stringify(evaluate(trigger.at, env).value));
    }
  }
  for (const track of isOver(moment) ? [] : Object.values(program.ir.tracks))
    if (track.when) found.set(`track ${track.name}`, String(holds(track.when, envOf(moment)).holds));
  return found;
}

/** Whole lives, with every so-manyth moment in them looked at closely. */
export type Watched = { steps: number; looks: number; wakes: number; idle: number; missed: string[] };

export const nobodyWatched = (): Watched => ({ steps: 0, looks: 0, wakes: 0, idle: 0, missed: [] });

/** `each`: how many steps lie between two looks. Adds to `watched`. */
export function watchLife(living: Living, look: Look, each: number, watched: Watched): void {
  liveThrough(living, ({ now, input, result }) => {
    watched.steps += 1;
    if (input.type === 'time') {
      watched.wakes += 1;
      if (result.rows.length === 0) watched.idle += 1;
    }
    if ((watched.steps + living.person) % each !== 0) return;
    watched.looks += 1;
    const missed = missedMinute(living.program, result.state, now, result.nextDueAt, look);
    if (missed !== null) watched.missed.push(`seed ${living.seed}, person ${living.person}: ${missed}`);
  });
}
