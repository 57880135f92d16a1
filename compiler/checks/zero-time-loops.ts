/**
 * Rounds of moves that could go on for ever without any time passing.
 *
 * A round is told only when it is plain: every condition in it stays as it is by moving (it asks about
 * nothing that the moves set), and there are values for which all of them hold. What starts anew with a
 * visit is taken as it is at the start of one: nothing counted yet, no time passed. In doubt nothing is
 * said; the runtime has a limit of its own.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { everyEffect, everyPart, stagesIn } from '../flow.ts';
import type { Effect, Expr, Flow, Ir, Rule, Selection, Stage } from '../ir.ts';
import { type Atom, isPossible, together, waysOf } from '../possible.ts';
import type { Report } from '../symbols.ts';
import type { Place } from '../terms.ts';
import { witness } from '../witness.ts';
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
    const { move, trigger } = rule;
    const to =
      move?.direction === 'advance' || move?.direction === 'return'
        ? move.to
        : move?.direction === 'restart'
          ? stage.name
          : undefined;
    // In a new visit a condition that holds has turned to holding, so a `when` is taken as well.
    const taken = trigger.kind === 'holds' || (trigger.kind === 'becomes' && trigger.once === undefined);
    const step = to !== undefined && taken && Object.hasOwn(flow.stages, to) && flow.stages[to]?.final === undefined;
    return step && to !== undefined ? [{ from: stage.name, to, rule }] : [];
  });
}

/** Whether nothing in the round changes what its conditions ask, and they can all hold at once. */
function goesOn(ir: Ir, flow: Flow, path: Step[]): boolean {
  const effects = path.flatMap((step) => [...step.rule.effects, ...(flow.stages[step.to]?.entry ?? [])]);
  const touched = touches(ir, effects);
  if (path.some((step) => !staysAsItIs(ir, step.rule, touched))) return false;
  const conditions = path.flatMap((step) => (step.rule.condition === undefined ? [] : [step.rule.condition]));
  return canHoldTogether(ir, flow, conditions);
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
function canHoldTogether(ir: Ir, flow: Flow, conditions: readonly Expr[]): boolean {
  if (conditions.some((one) => !isPlain(ir, one)) || areEntangled(ir, conditions)) return false;
  // Parameters count as what they are at first: with others, any two conditions might go together.
  const place: Place = { ir, flow, fixParameters: true };
  let ways: Atom[][] | undefined = [[]];
  for (const condition of conditions) {
    const next = waysOf(place, atStart(ir, condition));
    ways = next === undefined || ways === undefined ? undefined : together(ways, next);
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

/** A condition as it is when a visit has just begun. Lets are written out. */
function atStart(ir: Ir, expr: Expr, deep = 0): Expr {
  const value = (one: number | boolean): Expr => ({ op: 'value', value: one, span: expr.span });
  if (expr.op === 'aggregate' && countsTheVisit(expr.selection)) return beginsAtNone.has(expr.by) ? value(0) : expr;
  if ((expr.op === 'absence' || expr.op === 'silence') && expr.scope === 'visit') return value(false);
  if (expr.op === 'since' && expr.anchor.kind === 'entered') return value(false);
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
