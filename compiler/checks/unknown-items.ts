/**
 * `lifts["squad"]`: an item asked for by a name that is only near those under which items are added.
 *
 * The names are those of `starts with` and of every `add`. Anybody may add others while the program runs, so
 * a name that is like none of them is left alone, and so are names that differ by a number.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { nearest } from '../../language/nearest.ts';
import { showValue } from '../constants.ts';
import { allRules, everyEffect, type FlowPart, stagesIn } from '../flow.ts';
import type { Effect, Expr, Ir, List } from '../ir.ts';
import { replaceWith } from '../names.ts';
import type { Analysis } from './question.ts';

export const unknownItems: Analysis = (ir, report, { flows }) => {
  const names = new Map(Object.values(ir.lists).map((list) => [list.name, namesIn(ir, list, flows)]));
  if (![...names.values()].some((known) => known.size > 0)) return;
  const told = new Set<string>();
  for (const { list, key } of itemsAsked(ir)) {
    const known = names.get(list);
    const name = key.op === 'value' && typeof key.value === 'string' ? key.value : undefined;
    if (name === undefined || known === undefined || known.has(name)) continue;
    const near = nearest(name, known);
    const place = `${key.span.file ?? ''} ${key.span.start}`;
    if (near === undefined || withoutDigits(near) === withoutDigits(name) || told.has(place)) continue;
    told.add(place);
    const details = { hint: `Did you mean \`"${near}"\`?`, fix: replaceWith(`"${near}"`, key.span) };
    report(diagnostic('unknown-item', key.span, { name: showValue(name), list }, details));
  }
};

const withoutDigits = (name: string): string => name.replaceAll(/\d/g, '');

/** The names under which the program adds items. */
function namesIn(ir: Ir, { name, key, starts }: List, flows: readonly FlowPart[]): Set<string> {
  if (key === undefined) return new Set();
  const effects: Effect[] = flows.flatMap(({ flow }) => [
    ...allRules(flow).flatMap((rule) => rule.effects),
    ...stagesIn(flow).flatMap((stage) => [...stage.entry, ...stage.questions.flatMap((one) => one.otherwise)]),
  ]);
  const added = everyEffect(ir, effects).flatMap((one) =>
    one.kind === 'add' && one.list === name ? [one.fields] : [],
  );
  return new Set(
    [...starts, ...added].flatMap(({ [key]: given }) =>
      given?.op === 'value' && typeof given.value === 'string' ? [given.value] : [],
    ),
  );
}

type ItemOf = Extract<Expr, { op: 'item-of' }>;

/** Every item asked for, wherever in the program. */
function* itemsAsked(node: unknown): Generator<ItemOf> {
  if (typeof node !== 'object' || node === null) return;
  if ('op' in node && node.op === 'item-of') yield node as ItemOf;
  for (const [name, part] of Object.entries(node)) if (name !== 'span') yield* itemsAsked(part);
}
