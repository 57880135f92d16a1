/**
 * Who may change what from outside: roles, services and operators, as the program says.
 *
 * Each function gives the sentence that says why not, or undefined when it may be done. The agent's
 * own hands are `agent-run.ts`'s business. An operator may do everything a role may.
 */
import type { DataField, Ir, List, Series } from '../compiler/ir.ts';

const named = (role: string): string => role.slice(0, 100);
const listed = (roles: readonly string[]): string => (roles.length === 0 ? 'nobody' : roles.join(', '));

export const isRole = (ir: Ir, role: string): boolean =>
  role === 'operator' || ir.roles.includes(role) || ir.services.includes(role);

/** Parameters are the operator's alone. */
export function maySet(field: DataField, role: string): string | undefined {
  if (role === 'operator') return undefined;
  if (field.parameter) return `${field.name} is a parameter: only an operator may set it.`;
  if (field.maySet.includes(role)) return undefined;
  return `${named(role)} may not set ${field.name}; ${listed([...field.maySet, 'operator'])} may.`;
}

export function mayRecord(series: Series, by: string, role: string | undefined): string | undefined {
  if (by === 'cohort' && !series.shared) {
    return `${series.name} is not shared: the cohort cannot record it for everybody.`;
  }
  // The person, the program's own machines and operators may tell anything that happened.
  if (role === undefined || role === 'operator' || (by !== 'role' && by !== 'service')) return undefined;
  if (series.mayRecord.includes(role)) return undefined;
  return `${named(role)} may not record ${series.name}; ${listed([...series.mayRecord, 'operator'])} may.`;
}

export function mayAdd(ir: Ir, list: List, role: string): string | undefined {
  if (isRole(ir, role)) return undefined;
  return `There is no role ${named(role)} here, so it cannot add ${list.name}; there are ${listed([...ir.roles, 'operator'])}.`;
}
