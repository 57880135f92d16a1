/**
 * One look at the facts: what conditions and lets came to is kept as long as nothing they can see changes.
 *
 * A step asks the same conditions several times: to find what to take, to take it, to see that nothing
 * more is left, and for the next due time; and lets use lets. What they can see are some of the facts,
 * the moment, the item at hand and the program. The newest look alone is kept. It changes no answer.
 */
import type { Expr, Ir } from '../compiler/ir.ts';
import type { Env, Evaluated } from './evaluate-types.ts';
import type { Facts, Item, Visit } from './facts.ts';

export type Look = {
  conditions: Map<Expr, { holds: boolean; until: number }>;
  lets: Map<string, Evaluated>;
};

/** Which facts an expression can see. A new fact has to be put on one side. */
const isSeen: Record<keyof Facts, boolean> = {
  enrolledAt: true,
  zone: true,
  data: true,
  changedAt: true,
  series: true,
  visit: true,
  heardAt: true,
  judgements: true,
  lists: true,
  tracks: true,
  stoodStill: true,
  interrupted: false,
  visits: false,
  heard: false,
  holding: false,
  done: false,
  run: false,
  question: false,
  waiting: false,
  roleQuestions: false,
  proposals: false,
  climbs: false,
  turns: false,
  wroteAt: false,
  planned: false,
  review: false,
  finished: false,
  paused: false,
  movedFrom: false,
};
const seen = (Object.keys(isSeen) as (keyof Facts)[]).filter((key) => isSeen[key]);

type Seen = { ir: Ir; facts: Facts; now: number; item: Item | undefined; home: Visit | undefined };

let newest: (Seen & Look) | null = null;

/** The look from here. `item` is the one outside any `where`; what stands in one of those is not part of it. */
export function lookFrom({ ir, facts, now, home }: Env, item: Item | undefined): Look {
  if (newest !== null && newest.ir === ir && newest.now === now && newest.item === item && newest.home === home) {
    if (newest.facts === facts) return newest;
    if (seesTheSame(newest.facts, facts)) {
      newest.facts = facts;
      return newest;
    }
  }
  newest = { ir, facts, now, item, home, conditions: new Map(), lets: new Map() };
  return newest;
}

/** Looks at another moment and comes back: what was found here is still there. */
export function lookElsewhere<T>(look: () => T): T {
  const here = newest;
  try {
    return look();
  } finally {
    newest = here;
  }
}

function seesTheSame(left: Facts, right: Facts): boolean {
  for (const key of seen) if (left[key] !== right[key]) return false;
  return true;
}
