/**
 * The part of a plan that is about facts: fields of `data`, of lists and of entries.
 *
 * A value that somebody has must still be one in the new version. Where it need not be, a line
 * of the `migrate` block says what it becomes; entries are facts with their time, and nobody rewrites
 * those: a series whose old entries would not fit is refused.
 */
import { hasToBeGiven, isGivenAtStart } from './given-at-start.ts';
import type { DataField, Ir, Series, ValueType } from './ir.ts';
import { alike, type PlanChange, type Sides } from './plan-change.ts';
import { describeRange, describeType, typeOf } from './value-types.ts';

export function planFacts({ before, after, migration }: Sides<Ir>): PlanChange[] {
  const sides = { before: before.data, after: after.data, migration };
  const changes = [...planFields(sides, ''), ...planSeries({ before: before.series, after: after.series, migration })];
  for (const [name, list] of Object.entries(before.lists)) {
    const target = migration.lists[name] ?? name;
    const next = after.lists[target];
    if (next === undefined) continue;
    changes.push(...planFields({ before: list.fields, after: next.fields, migration }, `${target}.`));
    if (list.key !== next.key)
      changes.push({
        level: 'refused',
        kind: 'list',
        name: target,
        change: `Items of \`${target}\` are named by ${next.key === undefined ? 'their number' : `\`${next.key}\``} instead of ${list.key === undefined ? 'their number' : `\`${list.key}\``}.`,
        people: 'Nobody could tell which of their items is meant.',
        remedy: 'Keep what names an item, or make a new list beside the old one.',
      });
  }
  return changes;
}

/** `prefix` is `tasks.` for the fields of a list's items. */
function planFields({ before, after, migration }: Sides<Record<string, DataField>>, prefix: string): PlanChange[] {
  const changes: PlanChange[] = [];
  for (const [name, field] of Object.entries(before)) {
    const target = migration.fields[name] ?? name;
    const next = after[target];
    const shown = `${prefix}${name}`;
    if (next === undefined) {
      const dropped = migration.drop.includes(name);
      const added = Object.keys(after).filter((other) => before[other] === undefined);
      changes.push({
        level: 'migrate',
        kind: 'field',
        name: shown,
        change: `The field \`${shown}\` is gone.`,
        people: 'The value that each person has is let go; the timeline keeps what happened.',
        ...(dropped
          ? { met: `drop ${name}` }
          : { remedy: `Write \`field ${name} becomes ${added.length === 1 ? added[0] : '…'}\`, or \`drop ${name}\`.` }),
      });
      continue;
    }
    if (target !== name)
      changes.push({
        level: 'migrate',
        kind: 'field',
        name: shown,
        change: `The field \`${shown}\` is called \`${prefix}${target}\` now.`,
        people: 'Everybody keeps their value, under the new name.',
        met: `field ${name} becomes ${target}`,
      });
    const isSettable = prefix === '' && next.parameter === undefined;
    changes.push(...planField(field, next, `${prefix}${target}`, isSettable ? setLine(target, migration) : null));
  }
  const taken = new Set(Object.values(migration.fields));
  for (const [name, field] of Object.entries(after)) {
    if (before[name] !== undefined || taken.has(name)) continue;
    const set = prefix === '' ? setLine(name, migration) : undefined;
    const starts = field.initial === null ? 'It is missing' : 'It has its first value';
    if (isGivenAtStart(field) || (prefix !== '' && hasToBeGiven(field))) {
      const [what, who] = prefix === '' ? ['enrollment', 'People inside'] : ['item', 'Items that are there'];
      changes.push({
        level: 'refused',
        kind: 'field',
        name: `${prefix}${name}`,
        change: `\`${prefix}${name}\` is new, and has to be given with every ${what}.`,
        people: `${who} have no value.`,
        remedy: beginIt(name),
      });
      continue;
    }
    changes.push({
      level: set === undefined ? 'safe' : 'migrate',
      kind: 'field',
      name: `${prefix}${name}`,
      change: `The field \`${prefix}${name}\` is new.`,
      people: set === undefined ? `${starts} for people inside.` : 'It is set for people inside.',
      ...(set === undefined ? {} : { met: set }),
    });
  }
  return changes;
}

/** What to write so that nobody lacks the field. */
export const beginIt = (name: string): string => `Give \`${name}\` a first value, or write \`?\` after its type.`;

/** The line of the block that sets a field, in short. */
const setLine = (name: string, migration: Sides<unknown>['migration']): string | undefined =>
  migration.set.some(({ field }) => field === name) ? `set ${name} = …` : undefined;

/**
 * `set`: the line that sets it; undefined where there is none, null where there can be none: in an item, of a
 * parameter.
 */
function planField(before: DataField, after: DataField, shown: string, set: string | undefined | null): PlanChange[] {
  const changes: PlanChange[] = [];
  const what = after.parameter === undefined ? 'field' : 'parameter';
  const keeps = sameUnit(before.type, after.type) && (after.optional || !before.optional);
  const value = keeps ? mendedValue(after.name, after.type) : '…';
  const change = (level: PlanChange['level'], words: string, people: string): void => {
    const told = { kind: 'field', name: shown, change: words, people } as const;
    if (level !== 'migrate') changes.push({ ...told, level });
    else if (set === null)
      changes.push({ ...told, level: 'refused', remedy: `Give the new ${what} another name than \`${after.name}\`.` });
    else if (set === undefined) changes.push({ ...told, level, remedy: `Write \`set ${after.name} = ${value}\`.` });
    else changes.push({ ...told, level, people: 'Everybody gets the value that the block sets.', met: set });
  };
  const misfit = whyNotFit(before.type, after.type);
  if (misfit !== null)
    change('migrate', `\`${shown}\` ${misfit}.`, 'Some people have a value that it cannot have any more.');
  else if (!alike(before.type, after.type))
    change(
      'safe',
      `\`${shown}\` may be ${describeValues(after.type)} now.`,
      'Every value that people have is one of these.',
    );
  if (before.optional && !after.optional)
    change('migrate', `\`${shown}\` may not be missing any more.`, 'Some people have no value.');
  if (!alike(before.initial, after.initial))
    change('safe', `\`${shown}\` begins with another value.`, 'People inside keep the value they have.');
  if (before.agentMaySet !== after.agentMaySet || !alike(before.maySet, after.maySet))
    change('safe', `Others may set \`${shown}\` now.`, 'Values stay as they are.');
  if (before.personal && !after.personal)
    change(
      'safe',
      `\`${shown}\` is not personal any more.`,
      'What people have told so far can be shown to groups and sent to services.',
    );
  if (before.parameter === undefined && isGivenAtStart(after))
    changes.push({
      level: 'refused',
      kind: 'field',
      name: shown,
      change: `\`${shown}\` is a parameter now, and has to be given with every enrollment.`,
      people: 'People inside have no value.',
      remedy: beginIt(after.name),
    });
  else if (before.parameter !== after.parameter)
    change(
      'safe',
      after.parameter === undefined ? `\`${shown}\` is no parameter any more.` : `\`${shown}\` is a parameter now.`,
      after.parameter === undefined
        ? 'Everybody begins with the value it has.'
        : 'The value of the parameter replaces each person’s own.',
    );
  return changes;
}

/** Why a value of the one type may be none of the other; null where each is. */
export function whyNotFit(before: ValueType, after: ValueType): string | null {
  if (before.kind !== after.kind) return `was ${describeValues(before)} and is ${describeValues(after)}`;
  if (before.kind === 'number' && after.kind === 'number') {
    if ((before.unit ?? '') !== (after.unit ?? ''))
      return `was counted in ${before.unit ?? 'plain numbers'} and is in ${after.unit ?? 'plain numbers'}`;
    const narrower =
      (after.min ?? Number.NEGATIVE_INFINITY) > (before.min ?? Number.NEGATIVE_INFINITY) ||
      (after.max ?? Number.POSITIVE_INFINITY) < (before.max ?? Number.POSITIVE_INFINITY);
    if (narrower) return `was ${describeValues(before)} and is ${describeValues(after)}`;
  }
  if (before.kind === 'choice' && after.kind === 'choice') {
    const gone = before.options.filter((option) => !after.options.includes(option));
    if (gone.length > 0) return `cannot be ${gone.map((option) => `\`${option}\``).join(' or ')} any more`;
  }
  return null;
}

/** `a number 1 to 9`, `a text`. */
export function describeValues(type: ValueType): string {
  const words = describeType(typeOf(type));
  if (type.kind !== 'number' || (type.min === undefined && type.max === undefined)) return words;
  return `${words} ${describeRange(type.min ?? Number.NEGATIVE_INFINITY, type.max ?? Number.POSITIVE_INFINITY)}`;
}

/** Numbers of another unit look alike and are not. */
export const isOtherUnit = (before: ValueType, after: ValueType): boolean =>
  before.kind === 'number' && after.kind === 'number' && (before.unit ?? '') !== (after.unit ?? '');

const sameUnit = (before: ValueType, after: ValueType): boolean =>
  before.kind === 'number' && after.kind === 'number' && !isOtherUnit(before, after);

/** What a `set` line may say that keeps as much of a value as it can. */
function mendedValue(name: string, type: ValueType): string {
  if (type.kind !== 'number') return '…';
  if (type.min !== undefined && type.max !== undefined) return `clamp(${name}, ${type.min}, ${type.max})`;
  if (type.min !== undefined) return `max(${name}, ${type.min})`;
  return type.max === undefined ? '…' : `min(${name}, ${type.max})`;
}

function planSeries({ before, after, migration }: Sides<Record<string, Series>>): PlanChange[] {
  const changes: PlanChange[] = [];
  for (const [name, series] of Object.entries(before)) {
    const target = migration.series[name] ?? name;
    const next = after[target];
    if (next === undefined) {
      const dropped = migration.drop.includes(name);
      changes.push({
        level: 'migrate',
        kind: 'series',
        name,
        change: `The series \`${name}\` is gone.`,
        people: 'What was recorded is let go; the timeline keeps what happened.',
        ...(dropped ? { met: `drop ${name}` } : { remedy: `Write \`series ${name} becomes …\`, or \`drop ${name}\`.` }),
      });
      continue;
    }
    if (target !== name)
      changes.push({
        level: 'migrate',
        kind: 'series',
        name,
        change: `The series \`${name}\` is called \`${target}\` now.`,
        people: 'Everything that was recorded is kept, under the new name.',
        met: `series ${name} becomes ${target}`,
      });
    changes.push(...planEntries(series, next, target));
  }
  const taken = new Set(Object.values(migration.series));
  for (const name of Object.keys(after)) {
    if (before[name] !== undefined || taken.has(name)) continue;
    const people = 'Nothing has been recorded for people inside; “no … for” counts from the start of their visit.';
    changes.push({ level: 'safe', kind: 'series', name, change: `The series \`${name}\` is new.`, people });
  }
  return changes;
}

function planEntries(before: Series, after: Series, name: string): PlanChange[] {
  const changes: PlanChange[] = [];
  const add = (level: PlanChange['level'], change: string, people: string, remedy?: string) =>
    changes.push({ level, kind: 'series', name, change, people, ...(remedy === undefined ? {} : { remedy }) });
  for (const [field, { type, optional }] of Object.entries(before.fields)) {
    const next = after.fields[field];
    const shown = `${name}.${field}`;
    if (next === undefined) {
      add(
        'safe',
        `Entries of \`${name}\` have no \`${field}\` any more.`,
        'Older entries keep theirs, and nothing looks at it.',
      );
      continue;
    }
    const misfit = whyNotFit(type, next.type);
    if (misfit !== null && isOnlyNarrower(type, next.type))
      add('safe', `\`${shown}\` ${misfit}.`, 'Entries that were recorded stay as they are; new ones must fit.');
    else if (misfit !== null)
      add(
        'refused',
        `\`${shown}\` ${misfit}.`,
        'Entries that were recorded cannot be read so.',
        `Give the new field another name than \`${field}\`.`,
      );
    if (optional && !next.optional)
      add(
        'refused',
        `\`${shown}\` may not be missing any more.`,
        'It is missing in some entries that were recorded.',
        `Leave the \`?\` at \`${field}\`.`,
      );
  }
  for (const [field, { optional }] of Object.entries(after.fields)) {
    if (before.fields[field] !== undefined) continue;
    if (optional)
      add(
        'safe',
        `Entries of \`${name}\` may have \`${field}\` now.`,
        'It is missing in entries that were recorded before.',
      );
    else
      add(
        'refused',
        `Entries of \`${name}\` must have \`${field}\` now.`,
        'Entries that were recorded before have none.',
        `Write a \`?\` after its type: it may be missing.`,
      );
  }
  if (before.shared !== after.shared)
    add(
      'refused',
      `\`${name}\` ${after.shared ? 'is recorded once for the whole cohort now' : 'is each person’s own now'}.`,
      'Nobody could tell whose the older entries are.',
      'Give the new series another name.',
    );
  return changes;
}

/** A narrower range or fewer options: what happened has happened. Another unit is another number. */
export function isOnlyNarrower(before: ValueType, after: ValueType): boolean {
  return sameUnit(before, after) || (before.kind === 'choice' && after.kind === 'choice');
}
