/**
 * Why, and why not, for one person at one moment: see `why.ts` for the shapes.
 *
 * For every transition of the stage, in the program's own flow, its tracks and the items of its
 * lists: its clauses, whether each holds, the values in it, and when time alone would make it true.
 * Nothing is taken and nothing changes.
 */

import { handlerOf } from '../compiler/emit.ts';
import type { Expr, Ir, Rule, Value } from '../compiler/ir.ts';
import { momentText } from './calendar.ts';
import { nextDue } from './duties.ts';
import type { Env } from './evaluate.ts';
import { evaluate, fillText, holds } from './evaluate.ts';
import type { ThreadId } from './facts.ts';
import { flowOf, focus, threadsOf } from './focus.ts';
import { type LoadedProgram, wordsAt } from './load.ts';
import { envOf, lastDone, type Moment, mainThread, momentOf } from './moment.ts';
import { isAnytime, rulesToTake } from './rules.ts';
import type { State } from './state.ts';
import { reachesAt } from './timed-rules.ts';
import { interruptionsMax } from './visit.ts';
import type { Why, WhyClause, WhyThread, WhyTransition } from './why.ts';

/** Looks ahead at most this many changes of a condition for the moment it becomes true. */
const changesAheadMax = 400;
/** Tracks and items that are told of. */
export const whyThreadsMax = 50;

export function why(program: LoadedProgram, state: State, now: number): Why {
  const moment = momentOf(program.ir, state.facts, now, { enrollment: state.enrollment });
  const others = threadsOf(moment).filter((thread) => thread.kind !== 'main');
  return {
    stage: state.facts.visit.stage,
    transitions: state.facts.finished ? [] : transitionsOf(program, moment),
    threads: others.slice(0, whyThreadsMax).map((thread) => whyThread(program, focus(moment, thread), thread)),
    next: nextDue(moment),
  };
}

function whyThread(program: LoadedProgram, moment: Moment, thread: ThreadId): WhyThread {
  const { stage } = moment.facts.visit;
  const declared = moment.flow.stages[stage];
  return {
    thread,
    title: threadTitle(program.ir, thread),
    stage,
    stageTitle: (declared && fillText(declared.title, envOf(moment)).text) || stage,
    transitions: transitionsOf(program, moment),
  };
}

/** `Diary`, `Lifts: squat`; the program's own has none. */
export function threadTitle(ir: Ir, thread: ThreadId): string {
  if (thread.kind === 'main') return '';
  if (thread.kind === 'track') return ir.tracks[thread.track]?.title || thread.track;
  return `${ir.lists[thread.list]?.title || thread.list}: ${thread.item}`;
}

const transitionsOf = (program: LoadedProgram, moment: Moment): WhyTransition[] =>
  rulesToTake(moment.flow, moment.facts.visit.stage)
    .filter((rule) => rule.move)
    .map((rule) => whyTransition(program, rule, moment));

/** The values of the lets a thread sees, by name: the program's, its flow's and its stage's. Null is missing. */
export function letsInScope(
  program: LoadedProgram,
  state: State,
  now: number,
  thread: ThreadId = mainThread,
): Record<string, Value> {
  const moment = focus(momentOf(program.ir, state.facts, now, { enrollment: state.enrollment }), thread);
  const env = envOf(moment);
  const { stage } = moment.facts.visit;
  const flow = flowOf(program.ir, thread);
  const scopes = flow === program.ir ? [stage] : [`${flow?.name}.`, `${flow?.name}.${stage}`];
  const values: Record<string, Value> = {};
  for (const one of Object.values(program.ir.lets)) {
    const scope = one.id.includes('/') ? one.id.slice(0, one.id.indexOf('/')) : undefined;
    if (scope === undefined || scopes.includes(scope)) values[one.name] = evaluate(one.value, env).value;
  }
  return values;
}

const triggeredBy = {
  holds: 'facts',
  becomes: 'facts',
  command: 'command',
  recorded: 'entry',
  cadence: 'moment',
  reached: 'moment',
  decided: 'decision',
} as const;

function whyTransition(program: LoadedProgram, rule: Rule, moment: Moment): WhyTransition {
  const env = envOf(moment);
  const clauses: WhyClause[] = [];
  const inTheWay = (source: string) => clauses.push({ source, holds: false, values: [], holdsAt: null });
  const { paused } = moment.facts;
  if (paused) clauses.push({ source: 'the pause is over', holds: false, values: [], holdsAt: paused.until });
  const event = eventText(program, rule, moment);
  if (event !== undefined) inTheWay(event);
  if (rule.move?.direction === 'resume' && env.facts.interrupted.length === 0) inTheWay('a stage was interrupted');
  if (rule.move?.direction === 'interrupt' && env.facts.interrupted.length >= interruptionsMax)
    inTheWay(`fewer than ${interruptionsMax} interruptions are inside each other`);
  const handler = handlerOf(rule.id);
  const turning = rule.trigger.kind === 'becomes' ? (rule.trigger.of ?? rule.condition) : undefined;
  if (env.facts.holding[handler] && holds(turning, env).holds) inTheWay('it has turned true anew');
  if (rule.trigger.kind === 'becomes' && rule.trigger.once && lastDone(moment, handler) !== undefined)
    inTheWay(`it has not happened yet in this ${isAnytime(handler) ? 'enrollment' : 'visit'}`);
  // What stands in the way so far is nothing that time takes away by itself.
  const timeAlone = clauses.length === 0 && rule.condition !== undefined;
  if (rule.condition) for (const clause of conjuncts(rule.condition)) clauses.push(whyClause(program, clause, env));
  const isTrue = clauses.every((clause) => clause.holds);
  return {
    rule: rule.id,
    move: moveText(rule),
    title: moveTitle(rule, moment),
    by: triggeredBy[rule.trigger.kind],
    holds: isTrue,
    holdsAt: timeAlone && !isTrue && rule.condition ? holdsAt(rule.condition, env) : null,
    clauses,
  };
}

/** What must happen first, in words; undefined where conditions alone decide. */
function eventText({ ir }: LoadedProgram, rule: Rule, moment: Moment): string | undefined {
  const { trigger } = rule;
  switch (trigger.kind) {
    case 'command':
      return `the person says ${trigger.words.map((word) => `“${word.replaceAll('_', ' ')}”`).join(' or ')}`;
    case 'recorded':
      return `${ir.series[trigger.series]?.singular ?? trigger.series} is recorded`;
    case 'cadence':
      return 'the time of the check comes';
    case 'reached': {
      const at = reachesAt(moment, rule);
      return at === null ? 'its moment comes' : `${momentText(at, moment.facts.zone)} is reached`;
    }
    case 'decided': {
      const by = ir.proposals[trigger.proposal]?.by ?? 'somebody';
      return `${by} ${trigger.approved ? 'approves' : 'refuses'}`;
    }
    default:
      return undefined;
  }
}

function whyClause(program: LoadedProgram, clause: Expr, env: Env): WhyClause {
  const result = holds(clause, env);
  const quote = (expr: Expr) => wordsAt(program, expr.span);
  const values = leaves(clause).map((leaf) => ({
    source: nameOf(leaf, env.ir) ?? quote(leaf),
    value: evaluate(leaf, env).value,
  }));
  return {
    source: quote(clause),
    holds: result.holds,
    values: values.filter((value, index) => values.findIndex((one) => one.source === value.source) === index),
    holdsAt: result.holds ? null : holdsAt(clause, env),
  };
}

/** When time alone makes a condition true, if it does within the changes looked at. */
function holdsAt(condition: Expr, env: Env): number | null {
  let at = env.now;
  for (let change = 0; change < changesAheadMax; change += 1) {
    const result = holds(condition, { ...env, now: at });
    if (result.holds) return at;
    if (!Number.isFinite(result.until)) return null;
    at = Math.max(result.until, at + 1);
  }
  return null;
}

/** The named values a condition rests on, for people. */
export function explainCondition(condition: Expr, env: Env): { name: string; value: Value }[] {
  return leaves(condition).flatMap((leaf) => {
    const name = nameOf(leaf, env.ir);
    return name === undefined ? [] : [{ name, value: evaluate(leaf, env).value }];
  });
}

function conjuncts(expr: Expr): Expr[] {
  return expr.op === 'and' ? [...conjuncts(expr.left), ...conjuncts(expr.right)] : [expr];
}

/** The parts of a clause whose values explain it. */
function leaves(expr: Expr): Expr[] {
  switch (expr.op) {
    case 'data':
    case 'item':
    case 'let':
    case 'last':
    case 'aggregate':
    case 'lookup':
    case 'stage':
    case 'item-of':
    case 'let-of':
      return [expr];
    case 'last-was':
    case 'absence':
      return [{ op: 'last', series: expr.series, span: expr.span }];
    case 'since':
      return expr.anchor.kind === 'moment' ? leaves(expr.anchor.of) : [];
    case 'and':
    case 'or':
    case 'compare':
    case 'arithmetic':
    case 'else':
      return [...leaves(expr.left), ...leaves(expr.right)];
    case 'not':
    case 'negate':
    case 'known':
    case 'field':
    case 'day':
      return leaves(expr.of);
    case 'call':
      return expr.args.flatMap(leaves);
    case 'choose':
      return expr.ways.flatMap(({ when, value }) => [...(when ? leaves(when) : []), ...leaves(value)]);
    case 'at-time':
      return [...leaves(expr.date), ...leaves(expr.time)];
    default:
      return [];
  }
}

function nameOf(expr: Expr, ir: Ir): string | undefined {
  if (expr.op === 'data') return expr.name;
  if (expr.op === 'item') return expr.field;
  if (expr.op === 'stage') return 'stage';
  if (expr.op === 'let') return expr.id.slice(expr.id.indexOf('/') + 1);
  if (expr.op === 'last') return `last ${ir.series[expr.series]?.singular ?? expr.series}`;
  return undefined;
}

/** `advance to graduated`, `leave as lost`. */
function moveText(rule: Rule): string {
  const move = rule.move;
  if (!move) return 'stay';
  switch (move.direction) {
    case 'advance':
    case 'return':
      return `${move.direction} to ${move.to}`;
    case 'interrupt':
      return `interrupt with ${move.to}`;
    case 'leave':
      return `leave as ${move.as}`;
    case 'restart':
      return 'restart stage';
    case 'resume':
      return 'resume';
  }
}

/** `Advance to “Week 2”`: the title as it would read after what the rule sets. */
function moveTitle(rule: Rule, moment: Moment): string {
  const { move } = rule;
  if (!move) return 'Stay';
  const env = envOf(moment);
  const stageTitle = (name: string): string => {
    const stage = moment.flow.stages[name];
    if (!stage) return name;
    let data = env.facts.data;
    for (const effect of rule.effects) {
      if (effect.kind !== 'set' || effect.item) continue;
      data = { ...data, [effect.field]: evaluate(effect.value, { ...env, facts: { ...env.facts, data } }).value };
    }
    return fillText(stage.title, { ...env, facts: { ...env.facts, data } }).text || name;
  };
  switch (move.direction) {
    case 'advance':
      return `Advance to “${stageTitle(move.to)}”`;
    case 'return':
      return `Return to “${stageTitle(move.to)}”`;
    case 'interrupt':
      return `Interrupt with “${stageTitle(move.to)}”`;
    case 'leave':
      return `Leave as ${move.as.replaceAll('_', ' ')}`;
    case 'restart':
      return `Start “${stageTitle(env.facts.visit.stage)}” again`;
    case 'resume':
      return 'Go back to where it was';
  }
}
