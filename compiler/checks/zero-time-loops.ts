/**
 * Rounds of moves that could go on for ever without any time passing.
 *
 * A round is told only when it is plain: every condition in it stays as it is by moving (it asks
 * about nothing that the moves set or that starts anew with a visit), and all of them can hold
 * together. In doubt nothing is said; the runtime has a limit of its own.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { everyEffect, everyPart, stagesIn } from '../flow.ts';
import type { Comparison, Effect, Expr, Flow, Ir, Rule, Stage } from '../ir.ts';
import type { Report } from '../symbols.ts';
import type { Analysis } from './question.ts';

/** Rounds longer than this are not looked for. */
const ROUND_MAX = 6;
/** Paths followed from each stage. */
const PATHS_MAX = 2000;

type Step = { from: string; to: string; rule: Rule };

export const zeroTimeLoops: Analysis = (ir, report, { flows }) => {
  for (const { flow } of flows) loopsIn(ir, flow, report);
};

function loopsIn(ir: Ir, flow: Flow, report: Report): void {
  const steps = new Map<string, Step[]>();
  for (const stage of stagesIn(flow)) {
    if (stage.final !== undefined) continue;
    // A condition that starts anew with every move is in no such round, whatever the others are.
    steps.set(
      stage.name,
      immediate(flow, stage).filter(({ rule }) => staysAsItIs(ir, rule, untouched)),
    );
  }
  const told = new Set<string>();
  for (const start of flow.stageOrder) {
    let paths = 0;
    const follow = (path: Step[]): void => {
      const at = path.at(-1)?.to ?? start;
      if (path.length > 0 && at === start) {
        tell(path);
        return;
      }
      if (path.length >= ROUND_MAX || ++paths > PATHS_MAX || path.some((step) => step.from === at)) return;
      for (const step of steps.get(at) ?? []) follow([...path, step]);
    };
    follow([]);
  }

  function tell(path: Step[]): void {
    const id = path
      .map((step) => step.rule.id)
      .sort()
      .join();
    if (told.has(id) || !goesOn(ir, flow, path)) return;
    told.add(id);
    const [first] = path;
    if (first === undefined) return;
    const words = [...path.map((step) => step.from), first.from].join(' → ');
    const related = path.slice(1).map((step) => ({ message: `Then from \`${step.from}\`.`, span: step.rule.span }));
    report(diagnostic('zero-time-loop', first.rule.span, { path: words }, { related }));
  }
}

function immediate(flow: Flow, stage: Stage): Step[] {
  return stage.rules.flatMap((rule) => {
    const to = rule.move?.direction === 'advance' || rule.move?.direction === 'return' ? rule.move.to : undefined;
    const step =
      to !== undefined &&
      rule.trigger.kind === 'holds' &&
      Object.hasOwn(flow.stages, to) &&
      flow.stages[to]?.final === undefined;
    return step && to !== undefined ? [{ from: stage.name, to, rule }] : [];
  });
}

/** Whether nothing in the round changes what its conditions ask, and they can all hold at once. */
function goesOn(ir: Ir, flow: Flow, path: Step[]): boolean {
  const effects = path.flatMap((step) => [...step.rule.effects, ...(flow.stages[step.to]?.entry ?? [])]);
  const touched = touches(ir, effects);
  if (path.some((step) => !staysAsItIs(ir, step.rule, touched))) return false;
  const conditions = path.flatMap((step) => (step.rule.condition === undefined ? [] : [step.rule.condition]));
  return path.length === 1 || canHoldTogether(conditions);
}

type Touched = { fields: Set<string>; series: Set<string>; lists: Set<string> };
const untouched: Touched = { fields: new Set(), series: new Set(), lists: new Set() };

function staysAsItIs(ir: Ir, { condition }: Rule, touched: Touched): boolean {
  if (condition === undefined) return true;
  for (const part of everyPart(ir, condition)) if (changes(part, touched)) return false;
  return true;
}

function touches(ir: Ir, effects: Effect[]): Touched {
  const touched: Touched = { fields: new Set(), series: new Set(), lists: new Set() };
  for (const effect of everyEffect(ir, effects)) {
    if (effect.kind === 'set') touched.fields.add(effect.field);
    if (effect.kind === 'record') touched.series.add(effect.series);
    if (effect.kind === 'add' || effect.kind === 'each') touched.lists.add(effect.list);
  }
  return touched;
}

function changes(part: Expr, touched: Touched): boolean {
  switch (part.op) {
    case 'data':
      return touched.fields.has(part.name);
    case 'aggregate':
      return (
        part.selection.window?.kind === 'visit' ||
        touched.series.has(part.selection.series) ||
        touched.lists.has(part.selection.series)
      );
    case 'last':
    case 'last-was':
      return touched.series.has(part.series);
    case 'absence':
      return part.scope === 'visit' || touched.series.has(part.series);
    case 'silence':
      return part.scope === 'visit';
    case 'since':
      return (
        part.anchor.kind === 'entered' || (part.anchor.kind === 'changed' && touched.fields.has(part.anchor.field))
      );
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

/** Only conjunctions of plain comparisons and yes/no values are understood; anything else counts as unable. */
function canHoldTogether(conditions: Expr[]): boolean {
  const ranges = new Map<string, { min: number; max: number }>();
  const words = new Map<string, unknown>();
  const open = [...conditions];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (part.op === 'and') {
      open.push(part.left, part.right);
      continue;
    }
    const atom = readAtom(part);
    if (atom === undefined) return false;
    const { key, by, value } = atom;
    if (typeof value === 'number') {
      const range = ranges.get(key) ?? { min: -Infinity, max: Infinity };
      if (by === '=' || by === '>=') range.min = Math.max(range.min, value);
      if (by === '=' || by === '<=') range.max = Math.min(range.max, value);
      if (by === '>') range.min = Math.max(range.min, value + 1e-9);
      if (by === '<') range.max = Math.min(range.max, value - 1e-9);
      if (by === '!=' || range.min > range.max) return false;
      ranges.set(key, range);
    } else {
      if (by !== '=' || (words.has(key) && words.get(key) !== value)) return false;
      words.set(key, value);
    }
  }
  return true;
}

function readAtom(part: Expr): { key: string; by: Comparison; value: number | string | boolean } | undefined {
  const key = (expr: Expr) => JSON.stringify(expr, (name, value) => (name === 'span' ? undefined : value));
  if (part.op === 'data' || part.op === 'let') return { key: key(part), by: '=', value: true };
  if (part.op === 'not' && (part.of.op === 'data' || part.of.op === 'let'))
    return { key: key(part.of), by: '=', value: false };
  if (part.op !== 'compare' || part.right.op !== 'value') return undefined;
  const { value } = part.right;
  if (typeof value !== 'number' && typeof value !== 'string' && typeof value !== 'boolean') return undefined;
  return { key: key(part.left), by: part.by, value };
}
