/**
 * Moves from a stage into itself that are taken several times at one moment: `advance to training with week = week + 1
 * when done and week < 9` goes through all the weeks at once, for nothing in it waits for the next visit.
 *
 * What a move sets is put into its condition, and values are looked for with which it holds before and after. Told only
 * where sums of fields are all there is to it, and never where a count or the clock brings the steps one by one:
 * `when count(runs) >= 3 * week`. Moves that never end are told in `zero-time-loops.ts`.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { type AnalysisMemory, tell } from '../analysis-memory.ts';
import { children, everyPart, rulesIn } from '../flow.ts';
import type { Effect, Expr, Flow, Ir, Rule, Stage } from '../ir.ts';
import { atStart, countsTheVisit, failing, holdTogether } from '../start-of-visit.ts';
import type { Report } from '../symbols.ts';
import { changes, staysAsItIs, touches, turningIn, undoes, untouched } from '../touched.ts';
import type { Analysis } from './question.ts';
import { targetOf } from './zero-time-loops.ts';

/** Values named in one sentence. */
const SHOWN_MAX = 3;

export const takenAgain: Analysis = (ir, report, { flows, memory }) => {
  for (const { flow, stages } of flows)
    for (const stage of stages)
      tell(memory, stage, takenAgain, report, (found) => lookIn(ir, flow, stage, memory, found));
};

function lookIn(ir: Ir, flow: Flow, stage: Stage, memory: AnalysisMemory, report: Report): void {
  for (const rule of stage.rules) {
    const { condition } = rule;
    if (condition === undefined || targetOf(flow, stage, rule) !== stage.name || !staysAsItIs(ir, rule, untouched))
      continue;
    const before = atStart(ir, condition);
    const effects = [...rule.effects, ...stage.entry];
    const others = {
      moves: movesBefore(flow, stage, rule),
      undoing: turningIn(flow, stage, memory).filter((one) => one !== rule && undoes(ir, one, before)),
    };
    const values = firstOf(settingsOf(effects), ({ fields, given }) => {
      const after = afterwards(ir, before, effects, fields);
      const free = after && freeOf(ir, others, effects, fields);
      return free && holdTogether(ir, flow, [before, ...given, after, ...free], memory);
    });
    if (values === undefined) continue;
    report(diagnostic('taken-again', rule.span, { witness: values.slice(0, SHOWN_MAX).join(' and ') }));
  }
}

function firstOf<One, Found>(all: readonly One[], look: (one: One) => Found | undefined): Found | undefined {
  for (const one of all) {
    const found = look(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

// ---------------------------------------------------------------- after the move

/** What fields are set to, told by what the fields were before; and what was so before, for it to come to that. */
type Settings = { fields: ReadonlyMap<string, Expr>; given: readonly Expr[] };

/** Settings with more ways to come out are not looked at. */
const SETTINGS_MAX = 8;

/**
 * The condition as it is once the effects are done, asked of the values before; undefined where that cannot be told.
 */
function afterwards(ir: Ir, condition: Expr, effects: readonly Effect[], fields: Settings['fields']): Expr | undefined {
  if (!isSteps(ir, condition, fields)) return undefined;
  const touched = { ...touches(ir, effects), fields: new Set<string>() };
  for (const part of everyPart(ir, condition)) {
    if (changes(part, touched) || (part.op === 'aggregate' && countsTheVisit(part.selection))) return undefined;
    if (part.op === 'since' && part.anchor.kind === 'changed' && fields.has(part.anchor.field)) return undefined;
  }
  return withFields(condition, fields);
}

/** The ways in which the fields can be set; none where one of them is set to what is no sum, or is an item's. */
function settingsOf(effects: readonly Effect[]): readonly Settings[] {
  let all: Settings[] = [{ fields: new Map(), given: [] }];
  for (const effect of effects) {
    if (effect.kind !== 'set') continue;
    const ways = effect.item ? [] : sumsOf(effect.value);
    all = all.flatMap(({ fields, given }) =>
      ways.map((way) => ({
        fields: new Map(fields).set(effect.field, withFields(way.value, fields)),
        given: [...given, ...way.given.map((one) => withFields(one, fields))],
      })),
    );
    if (all.length > SETTINGS_MAX) return [];
  }
  return all;
}

/** A value as sums: of the two in `max(1, week - 1)` each, where it is the larger one. */
function sumsOf(value: Expr): { value: Expr; given: Expr[] }[] {
  if (isSum(value)) return [{ value, given: [] }];
  if (value.op !== 'call' || (value.function !== 'max' && value.function !== 'min')) return [];
  const [left, right, third] = value.args;
  if (left === undefined || right === undefined || third !== undefined || !isSum(left) || !isSum(right)) return [];
  const { span } = value;
  const by = value.function === 'max' ? '>=' : '<=';
  return [
    { value: left, given: [{ op: 'compare', by, left, right, span }] },
    { value: right, given: [{ op: 'compare', by, left: right, right: left, span }] },
  ];
}

/** Numbers and fields, added and taken away, and times a number. */
function isSum(expr: Expr): boolean {
  switch (expr.op) {
    case 'value':
      return expr.value !== null;
    case 'data':
    case 'today':
    case 'now':
      return true;
    case 'negate':
      return isSum(expr.of);
    case 'arithmetic':
      return isSum(expr.left) && isSum(expr.right) && isLinear(expr);
    default:
      return false;
  }
}

const isLinear = ({ by, left, right }: Extract<Expr, { op: 'arithmetic' }>): boolean =>
  by === '+' || by === '-' || right.op === 'value' || (by === '*' && left.op === 'value');

/**
 * Whether the condition asks about what the move sets, sees it only in sums, and does not measure it against something
 * that grows by itself: then each step waits for its own.
 */
function isSteps(ir: Ir, condition: Expr, fields: Settings['fields']): boolean {
  const isSeen = (expr: Expr): boolean => {
    if (!asksOf(ir, expr, fields)) return true;
    if (!seenThrough.has(expr.op) || (expr.op === 'arithmetic' && !isLinear(expr))) return false;
    if (expr.op === 'compare' && everyPart(ir, expr).some(grows)) return false;
    return children(expr).every(isSeen);
  };
  const isStepped = ({ op, ...part }: Expr): boolean => {
    const field = op === 'data' && 'name' in part ? fields.get(part.name) : undefined;
    return field !== undefined && field.op !== 'value';
  };
  return isSeen(condition) && everyPart(ir, condition).some(isStepped);
}

const asksOf = (ir: Ir, expr: Expr, fields: Settings['fields']): boolean =>
  everyPart(ir, expr).some((part) => part.op === 'data' && fields.has(part.name));

const seenThrough: ReadonlySet<Expr['op']> = new Set(['data', 'and', 'or', 'not', 'compare', 'arithmetic', 'negate']);

const grows = ({ op }: Expr): boolean =>
  op === 'aggregate' || op === 'field' || op === 'today' || op === 'now' || op === 'entered' || op === 'enrolled';

function withFields(expr: Expr, fields: Settings['fields']): Expr {
  if (expr.op === 'data') return fields.get(expr.name) ?? expr;
  switch (expr.op) {
    case 'and':
    case 'or':
    case 'compare':
    case 'arithmetic':
      return { ...expr, left: withFields(expr.left, fields), right: withFields(expr.right, fields) };
    case 'not':
    case 'negate':
      return { ...expr, of: withFields(expr.of, fields) };
    default:
      return expr;
  }
}

// ---------------------------------------------------------------- what comes between

/** The moves that are taken first where they hold as well. */
function movesBefore(flow: Flow, stage: Stage, rule: Rule): readonly Rule[] {
  const rules = rulesIn(flow, stage);
  const isAtOnce = ({ trigger, move }: Rule) =>
    move !== undefined && (trigger.kind === 'holds' || trigger.kind === 'becomes');
  return rules.slice(0, rules.indexOf(rule)).filter(isAtOnce);
}

type Others = { moves: readonly Rule[]; undoing: readonly Rule[] };

/**
 * That none of the others holds, neither before nor after the fields are set; undefined where that cannot be told. Of a
 * move that does not ask about the fields nothing need be said: it did not hold before.
 */
function freeOf(
  ir: Ir,
  { moves, undoing }: Others,
  effects: readonly Effect[],
  fields: Settings['fields'],
): Expr[] | undefined {
  const free: Expr[] = [];
  for (const rule of [...moves, ...undoing]) {
    const before = rule.condition && atStart(ir, rule.condition);
    if (before === undefined) continue;
    if (asksOf(ir, before, fields)) {
      const after = afterwards(ir, before, effects, fields);
      if (after === undefined) return undefined;
      free.push(failing(before), failing(after));
    } else if (undoing.includes(rule)) free.push(failing(before));
  }
  return free;
}
