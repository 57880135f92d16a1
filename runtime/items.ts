/**
 * Items of lists: adding them, and doing something for each.
 *
 * An item has an id for life: what its key field holds, or its number. It begins its list's first
 * stage once the handler that added it is done (`step.ts` sees to that).
 */
import type { Effect, List, Value } from '../compiler/ir.ts';
import { evaluate, holds } from './evaluate.ts';
import type { Item } from './facts.ts';
import { envOf, type Moment, note, refuse, somethingHappened, withFacts } from './moment.ts';
import { fit } from './set-facts.ts';
import { placeToBegin } from './visit.ts';
import { writeValue } from './write-value.ts';

/** Items of one list, ended ones included. */
export const itemsMax = 500;

/**
 * Adds an item; a second one of the same key changes nothing. Fields that are not told have what the
 * program says. `what` is what a refusal is of.
 */
export function addItem(moment: Moment, list: List, given: Record<string, unknown>, what = list.name): Moment {
  const items = moment.facts.lists[list.name] ?? [];
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(list.fields, name)) {
      const known = Object.keys(list.fields).join(', ');
      return refuse(moment, what, `A ${list.singular} has no field ${name.slice(0, 100)}; it has ${known}.`);
    }
  }
  const fields: Record<string, Value> = {};
  for (const declared of Object.values(list.fields)) {
    const raw = Object.hasOwn(given, declared.name) ? given[declared.name] : declared.initial;
    const fitted = fit(declared, raw, moment.facts.zone);
    if (!fitted.ok) return refuse(moment, what, fitted.problem);
    fields[declared.name] = fitted.value;
  }
  const key = list.key === undefined ? null : (fields[list.key] ?? null);
  if (list.key !== undefined && key === null)
    return refuse(moment, what, `A ${list.singular} needs a ${list.key}: it is known by it.`);
  const id = key === null ? String(items.length + 1) : itemId(key);
  if (items.some((one) => sameId(one.id, id))) return moment;
  if (items.length >= itemsMax)
    return refuse(moment, what, `${list.title || list.name} has ${itemsMax} items already: there is no room for more.`);
  const item: Item = {
    id,
    addedAt: moment.now,
    fields,
    changedAt: {},
    thread: placeToBegin(list, moment.now),
  };
  const next = withFacts(moment, {
    lists: { ...moment.facts.lists, [list.name]: [...items, item] },
  });
  return note(somethingHappened(next), { kind: 'added', list: list.name, item: id, fields });
}

/** What an item of this key is called. */
export function itemId(key: Value): string {
  if (key !== null && typeof key === 'object' && 'date' in key) return key.date;
  return writeValue(key, 'UTC');
}

/** Texts are the same without case. */
export const sameId = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();

/** The `add` of a body. */
export function performAdd(moment: Moment, effect: Extract<Effect, { kind: 'add' }>): Moment {
  const list = moment.ir.lists[effect.list];
  if (!list) return moment;
  const env = envOf(moment);
  const given = Object.entries(effect.fields).map(([name, expr]) => [name, evaluate(expr, env).value]);
  // What turns out to be missing is as if it had not been told.
  return addItem(moment, list, Object.fromEntries(given.filter(([, value]) => value !== null)));
}

/** Does something for each item, in the order they were added, each being the item at hand. */
export function performEach(
  moment: Moment,
  effect: Extract<Effect, { kind: 'each' }>,
  act: (moment: Moment, effects: Effect[]) => Moment,
): Moment {
  const { item: before } = moment;
  let next = moment;
  for (const { id } of moment.facts.lists[effect.list] ?? []) {
    const there = { ...next, item: { list: effect.list, item: id } };
    next = holds(effect.where, envOf(there)).holds ? act(there, effect.effects) : there;
  }
  return { ...next, item: before };
}
