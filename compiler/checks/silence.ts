/**
 * The silence proof: what happens to somebody who never answers again.
 *
 * In every stage of the program that is not final, time alone must bring a move, or somebody must be
 * told. Each part of a condition either comes with time, may stand already (data), or needs the
 * person; a condition that needs the person is no way out of silence. Tracks and lists end with the program.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { type AnalysisMemory, remember } from '../analysis-memory.ts';
import { isAlreadyThere } from '../emit.ts';
import { children, everyEffect, pausedStages } from '../flow.ts';
import type { Effect, Expr, Ir, Rule, Stage } from '../ir.ts';
import { COHORT, PARTICIPANT } from '../names.ts';
import { isStopRule } from '../stop.ts';
import { compareNumbers, opposite } from '../ways.ts';
import type { Analysis } from './question.ts';

/** Ways out that need the person and are pointed at. */
const SHOWN_MAX = 3;

export const silence: Analysis = (ir, report, { flows: [main], nameOf, memory }) => {
  if (main === undefined) return;
  const silent = main.stages.filter(
    (stage) => stage.final === undefined && !remember(memory, stage, isEnded, () => isEnded(ir, stage, memory)),
  );
  if (silent.length === 0) return;
  const paused = pausedStages(ir);
  for (const stage of silent) {
    const { name } = stage;
    // Nobody wrote the stage in which a pause is spent, nor its way out.
    if (paused.has(name)) report(diagnostic('paused-for-ever', stage.span));
    else report(diagnostic('silent-for-ever', nameOf(main, name), { name }, { related: inVain(stage) }));
  }
};

/** Whether silence has an end in a stage: time alone brings a move, or somebody gets to know. */
function isEnded(ir: Ir, stage: Stage, memory: AnalysisMemory): boolean {
  const isEnd = (rule: Rule) => (rule.move !== undefined || tells(ir, rule.effects)) && comesWithTime(ir, rule);
  const always = (rule: Rule) => remember(memory, rule, isEnded, () => isEnd(rule));
  return (
    ir.anytime.some((rule) => always(rule) && !isAlreadyThere(rule, stage)) ||
    stage.rules.some(isEnd) ||
    isTold(ir, stage)
  );
}

/** The stage's own ways out, none of which silence brings. */
function inVain(stage: Stage): { message: string; span: Rule['span'] }[] {
  return stage.rules
    .filter((rule) => rule.move !== undefined && rule.move.direction !== 'restart' && !isStopRule(rule))
    .slice(0, SHOWN_MAX)
    .map(({ span }) => ({ message: 'This way out waits for somebody to do something.', span }));
}

/** Whether time alone, or what stands already, takes a rule. */
function comesWithTime(ir: Ir, { trigger, condition }: Rule): boolean {
  const brought = condition === undefined ? 'time' : brings(ir, condition, new Set());
  switch (trigger.kind) {
    case 'holds':
    case 'becomes':
      return brought === 'time';
    case 'cadence':
    case 'reached':
      return brought !== 'person';
    default:
      return false;
  }
}

/** Whether somebody beside the person gets to know: on entry, after a time, or when nobody answers. */
function isTold(ir: Ir, stage: Stage): boolean {
  const entry = [...stage.entry, ...stage.questions.flatMap((one) => (one.within === undefined ? [] : one.otherwise))];
  return (
    stage.escalations.length > 0 || stage.questions.some((question) => question.to !== undefined) || tells(ir, entry)
  );
}

function tells(ir: Ir, effects: readonly Effect[]): boolean {
  return everyEffect(ir, effects).some((effect) => {
    if (effect.kind === 'escalate' || effect.kind === 'propose') return true;
    if (effect.kind === 'ask') return ir.asks[effect.question]?.to !== undefined;
    return (effect.kind === 'tell' || effect.kind === 'output') && effect.to !== PARTICIPANT && effect.to !== COHORT;
  });
}

type Bringer = 'time' | 'data' | 'person';

/** What counts where all must come together, and where one is enough: the first of these. */
const ofAll: readonly Bringer[] = ['person', 'time', 'data'];
const ofEither: readonly Bringer[] = ['time', 'data', 'person'];

/** What was found of lets: one that many others use is looked at once. */
const found = new WeakMap<Ir, Map<string, unknown>>();

function once<Value>(ir: Ir, id: string, look: () => Value): Value {
  const known = found.get(ir) ?? new Map<string, unknown>();
  found.set(ir, known);
  if (!known.has(id)) known.set(id, look());
  return known.get(id) as Value;
}

/** What brings it about that `expr` holds, or with `holds` false, that it does not. */
function brings(ir: Ir, expr: Expr, lets: Set<string>, holds = true): Bringer {
  switch (expr.op) {
    case 'not':
      return brings(ir, expr.of, lets, !holds);
    case 'else':
      // What is missing does not hold.
      return expr.right.op === 'value' && expr.right.value === false ? brings(ir, expr.left, lets, holds) : 'data';
    case 'silence':
    case 'absence':
      return holds ? 'time' : 'person';
    case 'since':
      return holds ? sinceBrings(expr.anchor) : 'data';
    case 'and':
    case 'or': {
      const order = (expr.op === 'and') === holds ? ofAll : ofEither;
      const [left, right] = [brings(ir, expr.left, lets, holds), brings(ir, expr.right, lets, holds)];
      return order.indexOf(left) < order.indexOf(right) ? left : right;
    }
    case 'compare':
      return comparisonBrings(ir, holds ? expr : { ...expr, by: opposite[expr.by] }, lets);
    case 'let': {
      const value = ir.lets[expr.id]?.value;
      if (value === undefined || lets.has(expr.id)) return 'data';
      return once(ir, `brings ${holds} ${expr.id}`, () => brings(ir, value, new Set([...lets, expr.id]), holds));
    }
    case 'judged':
      return 'person';
    case 'last-was':
      return holds ? 'person' : 'time';
    default:
      return 'data';
  }
}

/** Something may never have been recorded or changed; then no time since it passes. */
function sinceBrings(anchor: Extract<Expr, { op: 'since' }>['anchor']): Bringer {
  if (anchor.kind === 'enrolled' || anchor.kind === 'entered' || anchor.kind === 'changed') return 'time';
  return anchor.of.op === 'last' || anchor.of.op === 'aggregate' ? 'data' : 'time';
}

function comparisonBrings(ir: Ir, { by, left, right }: Extract<Expr, { op: 'compare' }>, lets: Set<string>): Bringer {
  const sides = [valueKind(ir, left, lets), valueKind(ir, right, lets)];
  if (sides.includes('clock')) return 'time';
  const limit = right.op === 'value' ? right.value : left.op === 'value' ? left.value : undefined;
  const windowed = sides.includes('window') || sides.includes('windowed-count');
  const counted = sides.includes('count') || sides.includes('windowed-count');
  if (counted && typeof limit === 'number') {
    // With no entries a count is 0: either that satisfies it, or it takes the person.
    const holdsAtNone = right.op === 'value' ? compareNumbers(0, by, limit) : compareNumbers(limit, by, 0);
    // Machines go on by themselves: what they record is no answer of anybody.
    if (!holdsAtNone) return isOfMachines(ir, left, lets) || isOfMachines(ir, right, lets) ? 'time' : 'person';
  }
  return windowed ? 'time' : 'data';
}

function isOfMachines(ir: Ir, expr: Expr, lets: Set<string>): boolean {
  if (expr.op === 'let' && !lets.has(expr.id)) {
    const value = ir.lets[expr.id]?.value;
    if (value === undefined) return false;
    return once(ir, `machines ${expr.id}`, () => isOfMachines(ir, value, new Set([...lets, expr.id])));
  }
  if (expr.op !== 'aggregate' || expr.selection.list) return false;
  const writers = ir.series[expr.selection.series]?.mayRecord ?? [];
  return writers.some((writer) => ir.services.includes(writer));
}

type ValueKind = 'clock' | 'count' | 'windowed-count' | 'window' | 'other';

/** What moves a value: the clock, entries, entries that leave a window, or neither. */
function valueKind(ir: Ir, expr: Expr, lets: Set<string>): ValueKind {
  if (expr.op === 'now' || expr.op === 'today') return 'clock';
  if (expr.op === 'let') {
    const value = ir.lets[expr.id]?.value;
    if (value === undefined || lets.has(expr.id)) return 'other';
    return once(ir, `kind ${expr.id}`, () => valueKind(ir, value, new Set([...lets, expr.id])));
  }
  // What is calculated from the clock moves with it.
  if (expr.op !== 'aggregate')
    return children(expr).some((part) => valueKind(ir, part, lets) === 'clock') ? 'clock' : 'other';
  const { window } = expr.selection;
  const passes = window !== undefined && window.kind !== 'visit';
  if (expr.by === 'count' || expr.by === 'sum') return passes ? 'windowed-count' : 'count';
  return passes ? 'window' : 'other';
}
