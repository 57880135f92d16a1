/**
 * Values and entries in another version: under their new names, where they fit as they are.
 *
 * A value of the person's own that does not fit may yet be set by the block, and is judged afterwards; one of an item
 * is judged here. What happened has happened: entries are never rewritten.
 */
import { hasToBeGiven } from '../compiler/given-at-start.ts';
import type { DataField, Series, Value } from '../compiler/ir.ts';
import { beginIt, isOnlyNarrower, isOtherUnit, whyNotFit } from '../compiler/plan-facts.ts';
import { whyUnfit } from './check-state.ts';
import { type Correspondence, nameNow, renamedKeys } from './correspond.ts';
import type { Entry, Facts } from './facts.ts';
import type { Misfit } from './misfit.ts';
import { sameValue } from './moment.ts';

type Fields = { before: Record<string, DataField>; after: Record<string, DataField>; misfits: Misfit[]; of?: string };

/** Values under their new names. Of an item (`of`) what does not fit is told here; the person's own may yet be set. */
export function carryFields(
  c: Correspondence,
  { data, changedAt, zone }: Pick<Facts, 'data' | 'changedAt' | 'zone'>,
  { before, after, misfits, of }: Fields,
): Pick<Facts, 'data' | 'changedAt'> {
  const where = of === undefined ? '' : `${of}: `;
  const values: Record<string, Value> = {};
  for (const field of Object.values(after)) values[field.name] = field.initial;
  for (const [name, value] of Object.entries(data)) {
    const target = nameNow(c, 'fields', name);
    const [was, next] = [before[name], after[target]];
    if (next === undefined) {
      if (c.migration.drop.includes(name) || value === null || sameValue(value, was?.initial ?? null)) continue;
      misfits.push({
        kind: 'needs-migrate',
        why: `${where}${name} has a value, and there is no such field any more.`,
        remedy: `Write \`field ${name} becomes …\`, or \`drop ${name}\`.`,
      });
      continue;
    }
    // The value of a parameter replaces each person's own.
    if (next.parameter !== undefined && was?.parameter === undefined) continue;
    values[target] = value;
    const isSet = of === undefined && c.migration.set.some(({ field }) => field === target);
    const why = was && value !== null && !isSet ? otherUnit(was, next) : null;
    if (why !== null) misfits.push(misfitOf(next, of, `${where}${name} ${why}.`));
    if (of === undefined) continue;
    const unfit = whyUnfit(next, value, zone);
    if (unfit !== null) misfits.push(misfitOf(next, of, `${where}${unfit}.`));
  }
  const had = new Set(Object.keys(data).map((name) => nameNow(c, 'fields', name)));
  if (of !== undefined) misfits.push(...lackingInItem(after, had, of));
  return { data: values, changedAt: renamedKeys(changedAt, (name) => within(after, nameNow(c, 'fields', name))) };
}

/** A field that is new, and that every item has to be given when it is added: those that are there were not. */
function lackingInItem(after: Record<string, DataField>, had: ReadonlySet<string>, of: string): Misfit[] {
  const lacking = Object.values(after).filter((field) => hasToBeGiven(field) && !had.has(field.name));
  return lacking.map(({ name }) => ({
    kind: 'refused',
    why: `${of}: ${name} has to be given with every item, and those that are there have none.`,
    remedy: beginIt(name),
  }));
}

/** Why a field cannot have what it would have, with what to write; `of`: the list whose items have it. */
export function misfitOf(field: DataField, of: string | undefined, why: string): Misfit {
  const { name, parameter } = field;
  const other = (what: string) => `Give the new ${what} another name than \`${name}\`.`;
  if (of !== undefined) return { kind: 'refused', why, remedy: other('field of the list') };
  // No block can set what the program only reads.
  if (parameter !== undefined) {
    const remedy = hasToBeGiven(field) ? beginIt(name) : other('parameter');
    return { kind: 'refused', why, remedy };
  }
  return { kind: 'needs-migrate', why, remedy: `Write a \`set ${name} = …\` that fits.` };
}

const otherUnit = ({ type: was }: DataField, { type: next }: DataField): string | null =>
  isOtherUnit(was, next) ? whyNotFit(was, next) : null;

export function carrySeries(c: Correspondence, { series }: Facts, misfits: Misfit[]): Facts['series'] {
  const led: Facts['series'] = Object.fromEntries(Object.keys(c.after.series).map((name) => [name, []]));
  for (const [name, entries] of Object.entries(series)) {
    const target = nameNow(c, 'series', name);
    const [was, next] = [c.before.series[name], c.after.series[target]];
    if (next === undefined) {
      if (entries.length === 0 || c.migration.drop.includes(name)) continue;
      misfits.push({
        kind: 'needs-migrate',
        why: `There are ${entries.length} entries of ${name}, and there is no such series any more.`,
        remedy: `Write \`series ${name} becomes …\`, or \`drop ${name}\`.`,
      });
      continue;
    }
    const why = was && entries.length > 0 ? whyEntriesUnfit(was, next, entries) : null;
    if (why !== null)
      misfits.push({ kind: 'refused', why, remedy: 'Give the new series, or its field, another name.' });
    const absent = Object.keys(next.fields).filter((field) => was?.fields[field] === undefined);
    const blank = Object.fromEntries(absent.map((field) => [field, null]));
    led[target] =
      absent.length === 0 ? entries : entries.map((one) => ({ ...one, fields: { ...blank, ...one.fields } }));
  }
  return led;
}

/** What happened has happened: a range may be narrower than it was, but nobody rewrites an entry. */
function whyEntriesUnfit(was: Series, next: Series, entries: readonly Entry[]): string | null {
  if (was.shared !== next.shared) return `Entries of ${next.name} are ${next.shared ? '' : 'no longer '}shared.`;
  for (const [name, field] of Object.entries(next.fields)) {
    const before = was.fields[name];
    const some = entries.some((one) => (one.fields[name] ?? null) !== null);
    const none = entries.some((one) => (one.fields[name] ?? null) === null);
    const why = before ? whyNotFit(before.type, field.type) : null;
    if (before && why !== null && some && !isOnlyNarrower(before.type, field.type))
      return `${next.name}.${name} ${why}.`;
    if (none && !field.optional) return `${next.name}.${name} is missing in some entries, and may not be.`;
  }
  return null;
}

const within = (known: Record<string, unknown>, name: string): string | null =>
  Object.hasOwn(known, name) ? name : null;
