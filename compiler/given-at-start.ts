/**
 * What has to be given: with an enrollment, parameters `per person` that have no first value and may not be missing;
 * with an item that is added, such fields of its list.
 */
import type { DataField, Ir, Value } from './ir.ts';

/** Whether a field has no value until it is given one, and must have one. */
export const hasToBeGiven = ({ optional, initial }: DataField): boolean => !optional && initial === null;

/** Whether it is given with an enrollment. */
export const isGivenAtStart = (field: DataField): boolean => field.parameter === 'person' && hasToBeGiven(field);

/** The names of those that `data` does not give, in the order of the text. */
export function lackingAtStart(ir: Ir, data: Readonly<Record<string, Value>> = {}): string[] {
  return Object.values(ir.data).flatMap((field) =>
    isGivenAtStart(field) && (data[field.name] ?? null) === null ? [field.name] : [],
  );
}
