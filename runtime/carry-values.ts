/**
 * Values and entries in another version: under their new names, where they fit as they are.
 *
 * A value of the person's own that does not fit may yet be set by the block, and is judged afterwards; one of an item is
 * judged here. What happened has happened: entries are never rewritten.
 */
import type { DataField, Series, Value } from '../compiler/ir.ts';
import { isOnlyNarrower, whyNotFit } from '../compiler/plan-facts.ts';
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
    if (why !== null) misfits.push(misfitOf(of, target, `${where}${name} ${why}.`));
    if (of === undefined) continue;
    const unfit = whyUnfit(next, value, zone);
    if (unfit !== null) misfits.push(misfitOf(of, target, `${where}${unfit}.`));
  }
  return { data: values, changedAt: renamedKeys(changedAt, (name) => within(after, nameNow(c, 'fields', name))) };
}

function misfitOf(of: string | undefined, field: string, why: string): Misfit {
  return of === undefined
    ? { kind: 'needs-migrate', why, remedy: `Write \`set ${field} = …\`.` }
    : { kind: 'refused', why, remedy: `Give the new field of the list another name than \`${field}\`.` };
}

/** Numbers of another unit look alike and are not. */
function otherUnit({ type: was }: DataField, { type: next }: DataField): string | null {
  const differs = was.kind === 'number' && next.kind === 'number' && (was.unit ?? '') !== (next.unit ?? '');
  return differs ? whyNotFit(was, next) : null;
}

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
