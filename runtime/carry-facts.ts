/**
 * Facts in another version of the program: every name and id led over, and what the `migrate` block says done.
 *
 * Nothing is dropped that the block does not let go, and nothing is made to fit: where a value, an entry or a place
 * has nowhere to be, that is told, for the person at hand. What was open (questions, proposals, a visit in a stage
 * that is final now) and cannot go on is handed back, for `adopt.ts` to end. Facts in, facts out; nobody is spoken to.
 */

import type { Value } from '../compiler/ir.ts';
import { carryOpen } from './carry-open.ts';
import { carryLists, carryPlace, carryTracks, type Ending, type Place } from './carry-places.ts';
import { carryFields, carrySeries, misfitOf } from './carry-values.ts';
import { whyUnfit } from './check-state.ts';
import { type Correspondence, renamedKeys } from './correspond.ts';
import { evaluate } from './evaluate.ts';
import type { Facts, OpenProposal, OpenQuestion, ThreadId } from './facts.ts';
import { flowOf } from './focus.ts';
import type { Misfit } from './misfit.ts';
import { mainThread, sameValue } from './moment.ts';

/** A question of the new version that stands where one was closed, and is to be asked instead. */
export type AskedAgain = { question: string; thread: ThreadId };

export type Carried = {
  facts: Facts;
  /** What `set` lines of the block changed. */
  sets: { field: string; from: Value; to: Value }[];
  /** Threads that the block leads to a final stage. */
  ends: Ending[];
  /** What was open and is not in the new version any more, and messages that belonged to it. */
  closed: {
    questions: OpenQuestion[];
    proposals: OpenProposal[];
    messages: string[];
    /** Of those: what the new version has, counted in another unit; and of these questions, what to ask instead. */
    otherUnit: string[];
    again: AskedAgain[];
  };
  misfits: Misfit[];
};

/** Leads the facts over. `now` in ms: what `set` lines reckon with. Where there are misfits, the facts mean nothing. */
export function carryFacts(c: Correspondence, old: Facts, now: number): Carried {
  const misfits: Misfit[] = c.clashes.map((name) => ({
    kind: 'refused',
    why: `Two things would be called ${name}.`,
    remedy: `Let only one of them become \`${name}\`.`,
  }));
  const ends: Ending[] = [];
  const { after } = c;
  const { movedFrom: _, ...facts } = old;
  const into = (thread: ThreadId, at: Place): Place => {
    const flow = flowOf(after, thread);
    return flow === undefined ? at : carryPlace(c, thread, flow, at, { misfits, ends });
  };
  const { data, changedAt } = carryFields(c, facts, { before: c.before.data, after: after.data, misfits });
  const main = into(mainThread, facts);
  const led: Facts = {
    ...facts,
    ...main,
    zone: after.zone.theirs ? facts.zone : after.zone.fallback,
    data,
    changedAt,
    series: carrySeries(c, facts, misfits),
    tracks: carryTracks(c, facts, now, into, misfits),
    lists: carryLists(c, facts, into, misfits),
    judgements: carryJudgements(c, facts),
    turns: renamedKeys(facts.turns, (id) => c.ids.turns.get(id) ?? null),
  };
  const open = carryOpen(c, led);
  const set = misfits.length === 0 ? setFields(c, open.facts, now, misfits) : { facts: open.facts, sets: [] };
  if (misfits.length === 0) checkData(c, set.facts, misfits);
  return { ...set, ends, closed: open.closed, misfits };
}

/** Of two stages that have become one, the later judgement counts. */
function carryJudgements(c: Correspondence, { judgements }: Facts): Facts['judgements'] {
  const inOrder = Object.entries(judgements).sort(([, a], [, b]) => a.at - b.at);
  return renamedKeys(Object.fromEntries(inOrder), (id) => c.ids.criteria.get(id) ?? null);
}

function setFields(
  c: Correspondence,
  facts: Facts,
  now: number,
  misfits: Misfit[],
): { facts: Facts; sets: Carried['sets'] } {
  const sets: Carried['sets'] = [];
  let next = facts;
  for (const { field, value } of c.migration.set) {
    const from = next.data[field] ?? null;
    const to = workedOut(c, value, next, now);
    if (to === undefined) {
      const why = `What the block sets \`${field}\` to cannot be worked out: something in it is not of its type.`;
      misfits.push({ kind: 'refused', why, remedy: `Write a \`set ${field} = …\` that does without it.` });
      continue;
    }
    if (sameValue(from, to)) continue;
    next = { ...next, data: { ...next.data, [field]: to }, changedAt: { ...next.changedAt, [field]: now } };
    sets.push({ field, from, to });
  }
  return { facts: next, sets };
}

/** Undefined where a value of the earlier version is of a type that the expression cannot work with. */
function workedOut(
  c: Correspondence,
  value: Parameters<typeof evaluate>[0],
  facts: Facts,
  now: number,
): Value | undefined {
  try {
    return evaluate(value, { ir: c.after, facts, now }).value;
  } catch {
    return undefined;
  }
}

function checkData(c: Correspondence, { data, zone }: Facts, misfits: Misfit[]): void {
  for (const field of Object.values(c.after.data)) {
    const why = whyUnfit(field, data[field.name] ?? null, zone);
    if (why === null) continue;
    const isSet = c.migration.set.some((one) => one.field === field.name);
    const told = `${isSet ? `After the block has set it, ` : ''}${why}.`;
    misfits.push(misfitOf(field, undefined, told));
  }
}
