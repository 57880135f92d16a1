/**
 * One look at the facts: what conditions and lets came to is kept as long as nothing they can see changes.
 *
 * A step asks the same conditions several times: to find what to take, to take it, to see that nothing
 * more is left, and for the next due time; and lets use lets. What they can see are some of the facts,
 * the moment, the item at hand and the program. The newest look alone is kept. It changes no answer.
 *
 * What was found stands with the condition or the let itself (`Found`), with the look it was found in;
 * while another moment is looked at (`lookElsewhere`), it stands with that look.
 */
import type { Ir } from '../../compiler/ir.ts';
import type { Facts, Item, Visit } from '../facts.ts';
import type { Env } from './env.ts';

export type Look = {
  ir: Ir;
  facts: Facts;
  now: number;
  item: Item | undefined;
  home: Visit | undefined;
  /** What was found elsewhere; null in a look from here. */
  elsewhere: Map<Found<unknown>, unknown> | null;
};

/** What a condition or a let came to when it was last looked at, and in which look. */
export type Found<T> = { look: Look | null; what: T | undefined };

export const notFound = <T>(): Found<T> => ({ look: null, what: undefined });

/** What was found in this look; undefined: nothing yet. */
export function recall<T>(found: Found<T>, look: Look): T | undefined {
  if (look.elsewhere !== null) return look.elsewhere.get(found) as T | undefined;
  return found.look === look ? found.what : undefined;
}

export function remember<T>(found: Found<T>, look: Look, what: T): T {
  if (look.elsewhere !== null) look.elsewhere.set(found, what);
  else {
    found.look = look;
    found.what = what;
  }
  return what;
}

let newest: Look | null = null;
let isElsewhere = false;

/** The look from here. `item` is the one outside any `where`; what stands in one of those is not part of it. */
export function lookFrom(env: Env, item: Item | undefined): Look {
  const { ir, facts, now, home } = env;
  if (newest !== null && newest.now === now && newest.ir === ir && newest.item === item && newest.home === home) {
    if (newest.facts === facts) return newest;
    if (seesTheSame(newest.facts, facts)) {
      newest.facts = facts;
      return newest;
    }
  }
  newest = { ir, facts, now, item, home, elsewhere: isElsewhere ? new Map() : null };
  return newest;
}

/** Looks at another moment and comes back: what was found here is still there. */
export function lookElsewhere<T>(look: () => T): T {
  const [here, wasElsewhere] = [newest, isElsewhere];
  isElsewhere = true;
  try {
    return look();
  } finally {
    newest = here;
    isElsewhere = wasElsewhere;
  }
}

/** Facts that no expression can see. A new fact has to be put here or into `seesTheSame`. */
type Unseen =
  | 'interrupted'
  | 'visits'
  | 'heard'
  | 'holding'
  | 'done'
  | 'run'
  | 'question'
  | 'waiting'
  | 'roleQuestions'
  | 'proposals'
  | 'climbs'
  | 'turns'
  | 'wroteAt'
  | 'wroteOf'
  | 'planned'
  | 'review'
  | 'finished'
  | 'paused'
  | 'movedFrom';

/** Asked very often, so each by its name and not in a loop over them. */
const seesTheSame = (left: Facts, right: Facts): boolean =>
  left.heardAt === right.heardAt &&
  left.visit === right.visit &&
  left.data === right.data &&
  left.series === right.series &&
  left.judgements === right.judgements &&
  left.changedAt === right.changedAt &&
  left.lists === right.lists &&
  left.tracks === right.tracks &&
  left.zone === right.zone &&
  left.enrolledAt === right.enrolledAt &&
  left.stoodStill === right.stoodStill;

/** What `seesTheSame` compares: the compiler refuses a fact that is neither here nor `Unseen`. */
type Seen =
  | 'heardAt'
  | 'visit'
  | 'data'
  | 'series'
  | 'judgements'
  | 'changedAt'
  | 'lists'
  | 'tracks'
  | 'zone'
  | 'enrolledAt'
  | 'stoodStill';
type AllOf<_ extends Seen | Unseen> = true;
export type EveryFactIsSorted = AllOf<keyof Facts>;
