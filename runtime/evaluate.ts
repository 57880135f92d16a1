/**
 * Evaluates an expression at a moment: its value, and until when that value must hold.
 *
 * This is what makes time a value: nobody schedules anything. `until` is the earliest moment at
 * which the value *may* differ if nothing happens but time (Infinity: never). It may be too early,
 * at the price of a needless look; it must never be too late. Missing is null: comparing or
 * calculating with it gives missing, `and`/`or`/`not` are three-valued, and a missing condition
 * does not hold. What expressions mean stands in `meaning/`; this is the way in.
 */
export type { Env, Evaluated } from './meaning/env.ts';
export { type Condition, conditionOf, type Held, holds, holdsHere } from './meaning/logic.ts';
export { evaluate } from './meaning/meaning.ts';
export { fillText } from './meaning/text.ts';
export { addLength, countsFrom, resolveLength, resumedAnchor } from './meaning/time.ts';
