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
import { everyEffect, type FlowPart } from '../flow.ts';
import type { Effect, Expr, Flow, Ir, Rule, Stage } from '../ir.ts';
import { failing, holdTogether, valueAtStart } from '../start-of-visit.ts';
import type { Report } from '../symbols.ts';
import { staysAsItIs, touches, turningIn, undoes, untouched } from '../touched.ts';
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
  for (const step of stepsBackIn(ir, flow))
    tell([step], `Leave out who is there already: \`… and stage != ${step.to}\`.`);

  function tell(path: Step[], hint?: string): void {
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
    report(diagnostic('zero-time-loop', first.rule.span, { path: words }, { related, ...(hint && { hint }) }));
  }
}

/** The moves out of a stage that can be part of a round. */
function stepsFrom(ir: Ir, flow: Flow, stage: Stage): readonly Step[] {
  if (stage.final !== undefined) return [];
  return stage.rules.flatMap((rule): Step[] => {
    const to = targetOf(flow, stage, rule);
    return to !== undefined && canGoRound(ir, rule) ? [{ from: stage.name, to, rule }] : [];
  });
}

/** A condition that starts anew with every move is in no such round, whatever the others are. */
const canGoRound = (ir: Ir, rule: Rule): boolean =>
  staysAsItIs(ir, rule, untouched) && (rule.condition === undefined || valueAtStart(ir, rule.condition) !== false);

/**
 * The moves of `anytime`: they hold in the stage that they lead to as well. A `when` turns only once; what has no
 * condition is told as always true.
 */
function stepsBackIn(ir: Ir, flow: Flow): readonly Step[] {
  return flow.anytime.flatMap((rule): Step[] => {
    const { move, trigger, condition } = rule;
    const stage = move !== undefined && 'to' in move ? flow.stages[move.to] : undefined;
    if (stage === undefined || condition === undefined || trigger.kind !== 'holds') return [];
    if (targetOf(flow, stage, rule) === undefined) return [];
    return canGoRound(ir, rule) ? [{ from: stage.name, to: stage.name, rule }] : [];
  });
}

/** Where a rule leads at once; undefined where it waits, or ends. */
export function targetOf(flow: Flow, stage: Stage, { move, trigger }: Rule): string | undefined {
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
  const ends = endsOf(ir, flow, path, memory);
  if ([...path.map(({ rule }) => rule), ...ends].some((rule) => !staysAsItIs(ir, rule, touched))) return false;
  const without = ends.flatMap(({ condition }) => (condition === undefined ? [] : failing(condition)));
  const conditions = [...path.flatMap(({ rule }) => rule.condition ?? []), ...settled.values(), ...without];
  return holdTogether(ir, flow, conditions, memory) !== undefined;
}

/** Every `when` on the way that would end the round, as it changes what is asked. */
function endsOf(ir: Ir, flow: Flow, path: readonly Step[], memory: AnalysisMemory): readonly Rule[] {
  const own = path.map(({ rule }) => rule);
  const asked = own.flatMap(({ condition }) => condition ?? []);
  return path.flatMap(({ to }) => {
    const stage = flow.stages[to];
    const turning = stage === undefined ? [] : turningIn(flow, stage, memory);
    return turning.filter((rule) => !own.includes(rule) && asked.some((condition) => undoes(ir, rule, condition)));
  });
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
