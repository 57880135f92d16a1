/**
 * What has to be given with an enrollment: parameters `per person` that have no first value and may not be missing.
 */
import type { DataField, Ir, Value } from './ir.ts';

/** Whether a field is one of them. */
export const isGivenAtStart = ({ parameter, optional, initial }: DataField): boolean =>
  parameter === 'person' && !optional && initial === null;

/** The names of those that `data` does not give, in the order of the text. */
export function lackingAtStart(ir: Ir, data: Readonly<Record<string, Value>> = {}): string[] {
  return Object.values(ir.data).flatMap((field) =>
    isGivenAtStart(field) && (data[field.name] ?? null) === null ? [field.name] : [],
  );
}
