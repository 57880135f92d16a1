/**
 * What a proposal would do, in few words: for timelines, and for whoever must decide.
 */
import type { Ir, Value } from '../compiler/ir.ts';
import { writeValue } from './write-value.ts';

/** `dose = 14 units`; of a move, the author's words up to who approves it. `id`: of the program's proposal. */
export function proposalText(ir: Ir, id: string, value: Value, zone: string): string {
  const declared = ir.proposals[id];
  const { field } = declared ?? {};
  if (field !== undefined && value !== null) {
    const type = (ir.data[field] ?? Object.values(ir.lists).find((list) => field in list.fields)?.fields[field])?.type;
    const unit = type?.kind === 'number' && type.unit !== undefined ? ` ${type.unit}` : '';
    return `${field} = ${writeValue(value, zone)}${unit}`;
  }
  return (declared?.source ?? id).replace(/\bapproved\s+by\b.*$/s, '').replace(/[\s,]+$/, '');
}
