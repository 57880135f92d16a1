/** The shapes of evaluation: where an expression is looked at, and what comes out. */
import type { Ir, Value } from '../../compiler/ir.ts';
import type { Entry, Facts, Item, Visit } from '../facts.ts';

/** Where many are made they are written out, with what is not there: all of one shape they are read at once. */
export type Env = {
  ir: Ir;
  facts: Facts;
  /** ms since 1970 UTC. */
  now: number;
  /** The entry at hand: inside `where`, and for the rule that looks at a new entry. */
  entry?: (Pick<Entry, 'fields' | 'at'> & { day?: string }) | undefined;
  /** The item at hand: in a list's flow, in `each`, and in `where` over a list. */
  item?: Item | undefined;
  /** In `where` over a list: the item that was at hand outside it, if any. */
  around?: Item | null | undefined;
  /** What followed the word of the command at hand. */
  argument?: Value | undefined;
  /** The visit of the program's own flow, where a track's or an item's place stands in the facts. */
  home?: Visit | undefined;
  /** How many lets deep this is. */
  depth?: number | undefined;
};

export type Evaluated = {
  value: Value;
  /** ms; the value must hold before this moment if nothing happens, but for moving at its `rate`. */
  until: number;
  /**
   * How much the value moves with the clock in one ms: a moment in ms, a length of time in minutes
   * (one that moves is always reckoned in minutes), a number in itself. Absent: it stands still.
   */
  rate?: number;
};

/** What an expression means: a function from where it is looked at to what it comes to there. */
export type Meaning = (env: Env) => Evaluated;

export const never = Number.POSITIVE_INFINITY;

/** A value that stands as long as nothing happens. */
export const fixed = (value: Value): Evaluated => ({ value, until: never });
