/**
 * Rounds of moves that could go on for ever without any time passing.
 *
 * A round is told only when it is plain: every condition in it stays as it is by moving (it asks about
 * nothing that the moves set, other than one plain value that is set each time around), and there are values for
 * which all of them hold. What starts anew with a visit is taken as it is at the start of one: nothing counted yet,
 * no time passed. In doubt nothing is said; the runtime has a limit of its own.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { type AnalysisMemory, remember } from '../analysis-memory.ts';
import { everyEffect, everyPart, type FlowPart } from '../flow.ts';
import type { Effect, Expr, Flow, Ir, Rule, Selection, Stage } from '../ir.ts';
import { placeAt } from '../place.ts';
import { isPossible } from '../possible.ts';
import type { Report } from '../symbols.ts';
import { compareNumbers, together, type Ways, waysOf } from '../ways.ts';
import { witness } from '../witness.ts';
import type { Analysis } from './question.ts';

/** Rounds longer than this are not looked for. */
const ROUND_MAX = 6;
/** Paths followed from each stage. */
const PATHS_MAX = 2000;

/** A move that is taken at once. */
type Step = { from: string; to: string; rule: Rule };

export const zeroTimeLoops: Analysis = (ir, report, { flows, memory }) => {
  for (const part of flows) loopsIn(ir, part, report, memory);
};

function loopsIn(ir: Ir, part: FlowPart, report: Report, memory: AnalysisMemory): void {
  const { flow } = part;
  const steps = new Map<string, readonly Step[]>();
  for (const stage of part.stages) {
    const own = remember(memory, stage, stepsFrom, () => stepsFrom(ir, flow, stage));
    if (own.length > 0) steps.set(stage.name, own);
  }
  const told = new Set<string>();
  for (const start of steps.keys()) {
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
    if (told.has(id) || !goesOn(ir, flow, path, memory)) return;
    told.add(id);
    const [first] = path;
    if (first === undefined) return;
    const words = [...path.map((step) => step.from), first.from].join(' → ');
    const related = path.slice(1).map((step) => ({ message: `Then from \`${step.from}\`.`, span: step.rule.span }));
    report(diagnostic('zero-time-loop', first.rule.span, { path: words }, { related }));
  }
}

/** The moves out of a stage that can be part of a round. */
function stepsFrom(ir: Ir, flow: Flow, stage: Stage): readonly Step[] {
  if (stage.final !== undefined) return [];
  return stage.rules.flatMap((rule): Step[] => {
    const to = targetOf(flow, stage, rule);
    if (to === undefined || (rule.condition !== undefined && valueAtStart(ir, rule.condition) === false)) return [];
    // A condition that starts anew with every move is in no such round, whatever the others are.
    return staysAsItIs(ir, rule, untouched) ? [{ from: stage.name, to, rule }] : [];
  });
}

/** Where a rule leads at once; undefined where it waits, or ends. */
function targetOf(flow: Flow, stage: Stage, { move, trigger }: Rule): string | undefined {
  const to =
    move?.direction === 'advance' || move?.direction === 'return'
      ? move.to
      : move?.direction === 'restart'
        ? stage.name
        : undefined;
  // In a new visit a condition that holds has turned to holding, so a `when` is taken as well.
  const taken = trigger.kind === 'holds' || (trigger.kind === 'becomes' && trigger.once === undefined);
  if (to === undefined || !taken || !Object.hasOwn(flow.stages, to)) return undefined;
  return flow.stages[to]?.final === undefined ? to : undefined;
}

/** Whether nothing in the round changes what its conditions ask, and they can all hold at once. */
function goesOn(ir: Ir, flow: Flow, path: readonly Step[], memory: AnalysisMemory): boolean {
  const effects = path.flatMap((step) => [...step.rule.effects, ...(flow.stages[step.to]?.entry ?? [])]);
  const touched = touches(ir, effects);
  const settled = settledBy(ir, effects);
  for (const field of settled.keys()) touched.fields.delete(field);
  if (path.some((step) => !staysAsItIs(ir, step.rule, touched))) return false;
  return canHoldTogether(ir, flow, [...path.flatMap(({ rule }) => rule.condition ?? []), ...settled.values()], memory);
}

/**
 * The fields that each time around are set to the same plain value and to nothing else: from the second time on they
 * are it. A field that is cleared is none of them: no comparison says that it is missing.
 */
function settledBy(ir: Ir, effects: readonly Effect[]): Map<string, Expr> {
  const settled = new Map<string, Expr>();
  const all = everyEffect(ir, effects);
  for (const set of effects) {
    if (set.kind !== 'set' || set.item) continue;
    const { field, value } = set;
    const sets = all.filter((effect) => effect.kind === 'set' && effect.field === field);
    if (
      value.op !== 'value' ||
      value.value === null ||
      sets.some((one) => one.kind !== 'set' || !isSame(one.value, value))
    )
      continue;
    const { span } = value;
    settled.set(field, { op: 'compare', by: '=', left: { op: 'data', name: field, span }, right: value, span });
  }
  return settled;
}

const isSame = (left: Expr, right: Expr): boolean =>
  left.op === 'value' && right.op === 'value' && JSON.stringify(left.value) === JSON.stringify(right.value);

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

/** Whether values can be found for which all conditions hold at the start of a visit. */
function canHoldTogether(ir: Ir, flow: Flow, conditions: readonly Expr[], memory: AnalysisMemory): boolean {
  if (conditions.some((one) => !isPlain(ir, one)) || areEntangled(ir, conditions)) return false;
  // Parameters count as what they are at first: with others, any two conditions might go together.
  const place = placeAt(ir, flow, undefined, undefined, true);
  let ways: Ways = [[]];
  for (const condition of conditions) {
    const next = waysOf(
      place,
      remember(memory, condition, atStart, () => atStart(ir, condition)),
    );
    ways = next === undefined ? undefined : together(ways, next);
    if (ways === undefined) return false;
  }
  return ways.some((way) => isPossible(way) && witness(way) !== undefined);
}

/** Yes/no questions that are no plain measure may hang together in ways that are not understood. */
function isPlain(ir: Ir, condition: Expr): boolean {
  for (const part of everyPart(ir, condition)) {
    if (part.op === 'lookup' || part.op === 'choose' || part.op === 'item-of' || part.op === 'last-was') return false;
  }
  return true;
}

/** Whether two conditions ask about different measures of one series, or of time: their values may not go together. */
function areEntangled(ir: Ir, conditions: readonly Expr[]): boolean {
  const asked = conditions.map((condition) => {
    const measures = new Map<string, Set<string>>();
    for (const part of everyPart(ir, condition)) {
      const subject = subjectOf(part);
      if (subject === undefined) continue;
      const measure = JSON.stringify(part, (name, value) => (apart.has(name) ? undefined : value));
      measures.set(subject, (measures.get(subject) ?? new Set()).add(measure));
    }
    return measures;
  });
  return asked.some((one, index) =>
    asked.slice(index + 1).some((other) =>
      [...one].some(([subject, mine]) => {
        const theirs = other.get(subject);
        return theirs !== undefined && (mine.size !== theirs.size || [...mine].some((measure) => !theirs.has(measure)));
      }),
    ),
  );
}

/** What two askings of one measure may differ in. */
const apart: ReadonlySet<string> = new Set(['span', 'duration']);

function subjectOf(part: Expr): string | undefined {
  switch (part.op) {
    case 'aggregate':
      return `series ${part.selection.series}`;
    case 'last':
    case 'absence':
      return `series ${part.series}`;
    case 'silence':
    case 'since':
    case 'today':
    case 'now':
      return 'time';
    default:
      return undefined;
  }
}

/** What an expression is sure to be when a visit has just begun; undefined where that is open. */
function valueAtStart(ir: Ir, expr: Expr, deep = 0): number | boolean | undefined {
  const value = (one: Expr) => valueAtStart(ir, one, deep);
  switch (expr.op) {
    case 'value':
      return typeof expr.value === 'number' || typeof expr.value === 'boolean' ? expr.value : undefined;
    case 'let': {
      const found = ir.lets[expr.id];
      return found === undefined || deep >= LETS_DEEP_MAX ? undefined : valueAtStart(ir, found.value, deep + 1);
    }
    case 'and':
      return value(expr.left) === false || value(expr.right) === false ? false : undefined;
    case 'compare': {
      const [left, right] = [value(expr.left), value(expr.right)];
      return typeof left === 'number' && typeof right === 'number' ? compareNumbers(left, expr.by, right) : undefined;
    }
    default:
      return anewAtStart(expr);
  }
}

/** What begins anew with a visit: nothing has been counted, no time has passed. */
function anewAtStart(expr: Expr): number | false | undefined {
  switch (expr.op) {
    case 'aggregate':
      return countsTheVisit(expr.selection) && beginsAtNone.has(expr.by) ? 0 : undefined;
    case 'absence':
    case 'silence':
      return expr.scope === 'visit' ? false : undefined;
    case 'since':
      return expr.anchor.kind === 'entered' ? false : undefined;
    default:
      return undefined;
  }
}

/** A condition as it is when a visit has just begun. Lets are written out. */
function atStart(ir: Ir, expr: Expr, deep = 0): Expr {
  const value = anewAtStart(expr);
  if (value !== undefined) return { op: 'value', value, span: expr.span };
  if (expr.op === 'aggregate' && countsTheVisit(expr.selection)) return expr;
  if (expr.op === 'let') {
    const found = ir.lets[expr.id];
    return found === undefined || deep >= LETS_DEEP_MAX ? expr : atStart(ir, found.value, deep + 1);
  }
  const inside = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(inside);
    if (typeof part !== 'object' || part === null) return part;
    if ('op' in part && 'span' in part) return atStart(ir, part as Expr, deep);
    return Object.fromEntries(Object.entries(part).map(([name, one]) => [name, inside(one)]));
  };
  return Object.fromEntries(
    Object.entries(expr).map(([name, one]) => [name, name === 'span' ? one : inside(one)]),
  ) as Expr;
}

const countsTheVisit = ({ window }: Selection): boolean =>
  window?.kind === 'visit' || (window?.kind === 'since' && window.anchor.kind === 'entered');

const LETS_DEEP_MAX = 10;
/** What comes to nothing of no entries. */
const beginsAtNone: ReadonlySet<string> = new Set(['count', 'sum', 'streak', 'days']);
