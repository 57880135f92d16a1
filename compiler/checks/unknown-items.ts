/**
 * `lifts["squad"]`: an item asked for by a name that is only near those under which items are added.
 *
 * The names are those of `starts with` and of every `add`. Anybody may add others while the program runs, so
 * a name that is like none of them is left alone, and so are names that differ by a number.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { nearest } from '../../language/nearest.ts';
import { type AnalysisMemory, remember } from '../analysis-memory.ts';
import { showValue } from '../constants.ts';
import { everyEffect, type FlowPart } from '../flow.ts';
import type { Effect, Expr, Flow, Ir, List, Stage } from '../ir.ts';
import { replaceWith } from '../names.ts';
import type { Analysis } from './question.ts';

export const unknownItems: Analysis = (ir, report, { flows, memory }) => {
  const lists = Object.values(ir.lists).filter((list) => list.key !== undefined);
  if (lists.length === 0) return;
  const added = flows.flatMap((part) => addedIn(ir, part, memory));
  const names = new Map(lists.map((list) => [list.name, namesIn(list, added)]));
  if (![...names.values()].some((known) => known.size > 0)) return;
  const told = new Set<string>();
  for (const { list, key } of itemsAsked(ir, memory)) {
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
function namesIn({ name, key, starts }: List, added: readonly Add[]): Set<string> {
  const given = [...starts, ...added.flatMap((one) => (one.list === name ? [one.fields] : []))];
  return new Set(
    given.flatMap((fields) => {
      const value = key === undefined ? undefined : fields[key];
      return value?.op === 'value' && typeof value.value === 'string' ? [value.value] : [];
    }),
  );
}

type Add = Extract<Effect, { kind: 'add' }>;

function addedIn(ir: Ir, { flow, stages }: FlowPart, memory: AnalysisMemory): readonly Add[] {
  const adds = (effects: readonly Effect[]) => everyEffect(ir, effects).filter((one) => one.kind === 'add');
  const ofStage = ({ rules, entry, questions }: Stage) => [
    ...rules.flatMap((rule) => adds(rule.effects)),
    ...adds(entry),
    ...questions.flatMap((one) => adds(one.otherwise)),
  ];
  return [
    ...flow.anytime.flatMap((rule) => adds(rule.effects)),
    ...stages.flatMap((stage) => remember(memory, stage, addedIn, () => ofStage(stage))),
  ];
}

type ItemOf = Extract<Expr, { op: 'item-of' }>;

/** Every item asked for, wherever in the program. */
function itemsAsked(ir: Ir, memory: AnalysisMemory): readonly ItemOf[] {
  const inside = (node: object): readonly ItemOf[] => {
    const found: ItemOf[] = [];
    collectItems(node, found);
    return found;
  };
  const kept = (part: object) => remember(memory, part, itemsAsked, () => inside(part));
  const inFlow = ({ stages, ...flow }: Flow): readonly ItemOf[] => [
    ...Object.values(stages).flatMap(kept),
    ...inside(flow),
  ];
  const { lets, tracks, lists, ...rest } = ir;
  return [
    ...Object.values(lets).flatMap(kept),
    ...inFlow(rest),
    ...Object.values(tracks).flatMap(inFlow),
    ...Object.values(lists).flatMap(inFlow),
  ];
}

function collectItems(node: unknown, found: ItemOf[]): void {
  if (typeof node !== 'object' || node === null) return;
  if ('op' in node && node.op === 'item-of') found.push(node as ItemOf);
  for (const [name, part] of Object.entries(node)) if (name !== 'span') collectItems(part, found);
}
