/**
 * Why, and why not, for one person at one moment: see `why.ts` for the shapes.
 *
 * For every transition of the stage: its clauses, whether each holds, the values in it, and when
 * time alone would make it true. Nothing is taken and nothing changes.
 */
import type { Expr, Ir, Rule, Value } from '../compiler/ir.ts';
import { nextDue } from './duties.ts';
import { evaluate, fillText, holds } from './evaluate.ts';
import type { Env } from './evaluate-types.ts';
import type { LoadedProgram } from './load.ts';
import type { Moment } from './moment.ts';
import { rulesToTake } from './moment.ts';
import type { State } from './state.ts';
import { interruptionsMax } from './visit.ts';
import type { Why, WhyClause, WhyTransition } from './why.ts';

/** Looks ahead at most this many changes of a condition for the moment it becomes true. */
const changesAheadMax = 400;

export function why(program: LoadedProgram, state: State, now: number): Why {
  const { facts } = state;
  const env: Env = { ir: program.ir, facts, now };
  const rules = facts.finished ? [] : rulesToTake(program.ir, facts.visit.stage).filter((rule) => rule.move);
  const moment = { ir: program.ir, enrollment: state.enrollment, facts, now } as Moment;
  return {
    stage: facts.visit.stage,
    transitions: rules.map((rule) => whyTransition(program, rule, env)),
    next: nextDue(moment),
  };
}

/** The values of the program's lets and the stage's, by name; null is missing. */
export function letsInScope(program: LoadedProgram, state: State, now: number): Record<string, Value> {
  const env: Env = { ir: program.ir, facts: state.facts, now };
  const values: Record<string, Value> = {};
  for (const one of Object.values(program.ir.lets)) {
    const scope = one.id.includes('/') ? one.id.slice(0, one.id.indexOf('/')) : undefined;
    if (scope === undefined || scope === state.facts.visit.stage) values[one.name] = evaluate(one.value, env).value;
  }
  return values;
}

function whyTransition(program: LoadedProgram, rule: Rule, env: Env): WhyTransition {
  const clauses: WhyClause[] = [];
  if (rule.trigger.kind === 'command') {
    const words = rule.trigger.words.map((word) => `“${word.replaceAll('_', ' ')}”`).join(' or ');
    clauses.push({ source: `the person says ${words}`, holds: false, values: [], holdsAt: null });
  }
  if (rule.trigger.kind === 'recorded') {
    clauses.push({
      source: `${program.ir.series[rule.trigger.series]?.singular ?? rule.trigger.series} is recorded`,
      holds: false,
      values: [],
      holdsAt: null,
    });
  }
  const inTheWay = (source: string) => clauses.push({ source, holds: false, values: [], holdsAt: null });
  if (rule.move?.direction === 'resume' && env.facts.interrupted.length === 0) inTheWay('a stage was interrupted');
  if (rule.move?.direction === 'interrupt' && env.facts.interrupted.length >= interruptionsMax)
    inTheWay(`fewer than ${interruptionsMax} interruptions are inside each other`);
  if (env.facts.holding[rule.id] && holds(rule.condition, env).holds) inTheWay('it has turned true anew');
  if (rule.condition) for (const clause of conjuncts(rule.condition)) clauses.push(whyClause(program, clause, env));
  const by = { holds: 'facts', becomes: 'facts', command: 'command', recorded: 'entry' } as const;
  return {
    rule: rule.id,
    move: moveText(rule),
    title: moveTitle(rule, env),
    by: by[rule.trigger.kind],
    holds: clauses.every((clause) => clause.holds),
    clauses,
  };
}

function whyClause(program: LoadedProgram, clause: Expr, env: Env): WhyClause {
  const result = holds(clause, env);
  const quote = (expr: Expr) => program.source.slice(expr.span.start, expr.span.end).replace(/\s+/g, ' ');
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
    case 'let':
    case 'last':
    case 'aggregate':
    case 'lookup':
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
    default:
      return [];
  }
}

function nameOf(expr: Expr, ir: Ir): string | undefined {
  if (expr.op === 'data') return expr.name;
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
function moveTitle(rule: Rule, env: Env): string {
  const { move } = rule;
  if (!move) return 'Stay';
  const stageTitle = (name: string): string => {
    const stage = env.ir.stages[name];
    if (!stage) return name;
    let data = env.facts.data;
    for (const effect of rule.effects) {
      if (effect.kind !== 'set') continue;
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
