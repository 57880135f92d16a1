/**
 * What a condition asks about, beside what some effects change: whether it stays as it is when they are done.
 */
import { type AnalysisMemory, remember } from './analysis-memory.ts';
import { everyEffect, everyPart } from './flow.ts';
import type { Effect, Expr, Flow, Ir, Rule, Stage } from './ir.ts';

/** Fields (of the person, or of the item at hand), series and lists that are changed. */
export type Touched = { fields: Set<string>; series: Set<string>; lists: Set<string> };
export const untouched: Touched = { fields: new Set(), series: new Set(), lists: new Set() };

/** Whether nothing that is touched, and no move, changes what the condition asks. */
export function staysAsItIs(ir: Ir, { condition }: Rule, touched: Touched): boolean {
  if (condition === undefined) return true;
  for (const part of everyPart(ir, condition)) if (changes(part, touched)) return false;
  return true;
}

/** What these effects change, in whatever they do. */
export function touches(ir: Ir, effects: readonly Effect[]): Touched {
  const touched: Touched = { fields: new Set(), series: new Set(), lists: new Set() };
  for (const effect of everyEffect(ir, effects)) {
    if (effect.kind === 'set') touched.fields.add(effect.field);
    if (effect.kind === 'record') touched.series.add(effect.series);
    if (effect.kind === 'add' || effect.kind === 'each') touched.lists.add(effect.list);
  }
  return touched;
}

/** Every `when` of `anytime` and of a stage: any of them may turn to holding in the moment of a move. */
export const turningIn = (flow: Flow, stage: Stage, memory: AnalysisMemory): readonly Rule[] => [
  ...flow.anytime.filter(turns),
  ...remember(memory, stage, turns, () => stage.rules.filter(turns)),
];

const turns = ({ trigger }: Rule): boolean => trigger.kind === 'becomes';

/** What all of them do. */
export const effectsOfTurning = (flow: Flow, stage: Stage, memory: AnalysisMemory): readonly Effect[] =>
  turningIn(flow, stage, memory).flatMap(({ effects }) => effects);

/** Whether what a rule does changes what a condition asks. */
export function undoes(ir: Ir, { effects }: Rule, condition: Expr): boolean {
  const touched = touches(ir, effects);
  return everyPart(ir, condition).some((part) => isOfFacts(part) && changes(part, touched));
}

const isOfFacts = ({ op }: Expr): boolean => op !== 'stage' && op !== 'judged';

export function changes(part: Expr, touched: Touched): boolean {
  switch (part.op) {
    case 'data':
      return touched.fields.has(part.name);
    case 'aggregate':
      return touched.series.has(part.selection.series) || touched.lists.has(part.selection.series);
    case 'last':
    case 'last-was':
      return touched.series.has(part.series);
    case 'absence':
      return touched.series.has(part.series);
    case 'since':
      return part.anchor.kind === 'changed' && touched.fields.has(part.anchor.field);
    case 'item':
      return touched.fields.has(part.field);
    case 'item-of':
      return touched.lists.has(part.list);
    // A judgement belongs to a visit, and a move changes the stage.
    case 'judged':
    case 'stage':
      return true;
    default:
      return false;
  }
}
