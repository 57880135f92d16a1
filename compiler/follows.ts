/**
 * Whether one condition holds whenever another does, as far as that can be seen.
 *
 * What is missing holds nothing: a condition that asks for a value follows only from one that has it.
 */
import type { Expr } from './ir.ts';
import type { Place } from './place.ts';
import { isPossible } from './possible.ts';
import { waysOf } from './ways.ts';

/** Whether `second` holds in every case in which `first` does; in doubt it does not. */
export function follows(place: Place, first: Expr, second: Expr): boolean {
  const { span } = second;
  const holding = waysOf(place, first)?.filter(isPossible);
  // False, or missing.
  const failing = waysOf(place, { op: 'else', left: second, right: { op: 'value', value: false, span }, span }, false);
  if (holding === undefined || failing === undefined) return false;
  return holding.every((way) => failing.every((other) => !isPossible([...way, ...other])));
}
