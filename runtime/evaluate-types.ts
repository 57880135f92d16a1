/** The shapes of evaluation: where an expression is looked at, and what comes out. */
import type { Ir, Value } from '../compiler/ir.ts';
import type { Entry, Facts } from './facts.ts';

export type Env = {
  ir: Ir;
  facts: Facts;
  /** ms since 1970 UTC. */
  now: number;
  /** The entry at hand: inside `where`, and for the rule that looks at a new entry. */
  entry?: Pick<Entry, 'fields' | 'at'>;
  /** How many lets deep this is. */
  depth?: number;
};

export type Evaluated = {
  value: Value;
  /** ms; the value must hold before this moment if nothing happens. */
  until: number;
  /** The value is a moment that moves with the clock. */
  moves?: boolean;
};
