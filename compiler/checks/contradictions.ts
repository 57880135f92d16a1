/**
 * Conditions whose parts rule each other out, or leave nothing out.
 *
 * A comparison that is decided by itself is told where types are; here it takes two of them. Both are
 * named. What a selection chooses, and what it then asks of those, are two parts as well. Where more than two are needed to see it, nothing is said.
 */
import type { Span } from '../../language/ast.ts';
import { type Diagnostic, diagnostic } from '../../language/diagnostics.ts';
import { limits } from '../../language/limits.ts';
import { type AnalysisMemory, findingsOf, remember } from '../analysis-memory.ts';
import { children, everyEffect, expressionsIn, type FlowPart } from '../flow.ts';
import type { Effect, Expr, Ir, Rule, Selection, Track } from '../ir.ts';
import { type Place, placeIn, placeWith } from '../place.ts';
import { canFail, canHold, contradiction, failingOf, holdingOf } from '../possible.ts';
import { type PrintContext, printExpression } from '../print-expressions.ts';
import type { Report } from '../symbols.ts';
import { plus, sumOf } from '../terms.ts';
import { type Atom, lookAt, type Way, waysOf } from '../ways.ts';
import type { Analysis } from './question.ts';

export const contradictions: Analysis = (ir, report, { flows, isTold, memory }) => {
  const asked = flows.flatMap((part) => askedIn(ir, part, memory));
  if (asked.every(({ isSound }) => isSound)) return;
  const seen = new Map<string | undefined, Set<number>>();
  for (const { conditions } of asked) {
    for (const { span, found } of conditions) {
      // One part that is decided by itself was told where types are.
      if (!isFirst(span, seen) || isTold(span)) continue;
      for (const one of found) report(one);
    }
  }
};

/** Whether nothing was seen here before: what a fragment or a body says may stand in the IR several times. */
function isFirst({ start, end, file }: Span, seen: Map<string | undefined, Set<number>>): boolean {
  const inFile = seen.get(file) ?? new Set();
  seen.set(file, inFile);
  const id = start * limits.textLength + end;
  const isNew = !inFile.has(id);
  inFile.add(id);
  return isNew;
}

/** The conditions of some part of the program, and what was found in each; `isSound`: nothing in any. */
type Asked = { conditions: Condition[]; isSound: boolean };
type Condition = { span: Span; found: readonly Diagnostic[] };

/** Where a condition stands, for the words that print it. */
type Within = { part: FlowPart } & Pick<PrintContext, 'entry' | 'list'>;

/** What was found in each condition of a flow that has parts, and in each comparison: the last of the text first. */
function askedIn(ir: Ir, part: FlowPart, memory: AnalysisMemory): readonly Asked[] {
  const own = part.kind === 'list' ? ir.lists[part.flow.name] : undefined;
  const here: Within = own === undefined ? { part } : { part, list: own };
  const stages = part.stages.toReversed();
  const begins = part.kind === 'track' ? (part.of as Track).when : undefined;
  const lets = part.kind === 'main' ? Object.values(ir.lets).reverse() : [];
  const ofRules = (rules: readonly Rule[]) => ask((into) => askRules(ir, rules, here, into));
  const ofEntry = (effects: readonly Effect[]) => ask((into) => askEffects(ir, effects, here, into));
  const ofExpression = (expr: Expr) => ask((into) => askAll(ir, expr, here, into));
  return [
    ...stages.map((stage) => remember(memory, stage, askEffects, () => ofEntry(stage.entry))),
    ...stages.map((stage) => remember(memory, stage, askRules, () => ofRules(stage.rules))),
    ...part.flow.anytime.toReversed().map((rule) => remember(memory, rule, askRules, () => ofRules([rule]))),
    ...(begins === undefined ? [] : [ofExpression(begins)]),
    ...lets.map((one) => remember(memory, one, askAll, () => ofExpression(one.value))),
  ];
}

function ask(about: (into: Asked) => void): Asked {
  const asked: Asked = { conditions: [], isSound: true };
  about(asked);
  return asked;
}

function askRules(ir: Ir, rules: readonly Rule[], here: Within, into: Asked): void {
  for (const { trigger, condition, effects } of rules.toReversed()) {
    const entry = trigger.kind === 'recorded' ? ir.series[trigger.series] : undefined;
    const within = entry === undefined ? here : { ...here, entry };
    askEffects(ir, effects, within, into);
    if (condition !== undefined) askAll(ir, condition, within, into);
  }
}

function askEffects(ir: Ir, effects: readonly Effect[], within: Within, into: Asked): void {
  const all = everyEffect(ir, effects);
  for (let index = all.length - 1; index >= 0; index -= 1)
    askEach(ir, expressionsIn(all[index] as Effect), within, into);
}

/** Asks about an expression and all that is inside of it. */
function askAll(ir: Ir, expr: Expr, within: Within, into: Asked): void {
  if (expr.op === 'compare' || expr.op === 'and' || expr.op === 'or') {
    const found = isSound(ir, expr, within) ? nothing : findingsOf((report) => look(ir, expr, within, report));
    if (found.length > 0) into.isSound = false;
    into.conditions.push({ span: expr.span, found });
  }
  const inside = children(expr);
  if (inside.length === 0) return;
  const selected = selectedIn(ir, expr, within);
  if (expr.op === 'aggregate') askSelection(ir, expr.selection, selected, into);
  askEach(ir, inside, selected, into);
}

/** `streak(runs where not completed, of those where completed)`: both are asked of each entry, and one is left out. */
function askSelection(ir: Ir, { where, ofThose }: Selection, selected: Within, into: Asked): void {
  if (where === undefined || ofThose === undefined) return;
  const span = { ...where.span, end: ofThose.span.end };
  const both: Joined = { op: 'and', left: where, right: ofThose, span };
  if (isSound(ir, both, selected)) return;
  const hint = 'None is ever counted: take one of the two conditions out, or change it.';
  const found = findingsOf((report) => look(ir, both, selected, report)).map((one) => ({ ...one, hint }));
  if (found.length > 0) into.isSound = false;
  into.conditions.push({ span, found });
}

function askEach(ir: Ir, exprs: readonly Expr[], within: Within, into: Asked): void {
  for (let index = exprs.length - 1; index >= 0; index -= 1) askAll(ir, exprs[index] as Expr, within, into);
}

const nothing: readonly Diagnostic[] = [];

function selectedIn(ir: Ir, expr: Expr, within: Within): Within {
  const name = expr.op === 'aggregate' ? expr.selection.series : expr.op === 'absence' ? expr.series : undefined;
  if (name === undefined) return within;
  const list = expr.op === 'aggregate' && expr.selection.list ? ir.lists[name] : undefined;
  const series = ir.series[name];
  return { ...within, ...(list === undefined ? {} : { list }), ...(series === undefined ? {} : { entry: series }) };
}

const placeOf = (ir: Ir, { part, list }: Within): Place => placeWith(placeIn(ir, part), list);

type Comparing = Extract<Expr, { op: 'compare' }>;
type Joined = Extract<Expr, { op: 'and' | 'or' }>;

/** Whether there is nothing to be said: `and` can hold, `or` can fail, one side of a comparison is plain. */
function isSound(ir: Ir, expr: Comparing | Joined, within: Within): boolean {
  if (expr.op === 'compare') return (expr.left.op === 'value') !== (expr.right.op === 'value');
  const seen = lookAt(placeOf(ir, within), expr);
  return expr.op === 'and' ? canHold(seen) : canFail(seen);
}

function look(ir: Ir, expr: Comparing | Joined, within: Within, report: Report): void {
  if (expr.op === 'compare') lookAtSides(ir, expr, within, report);
  else lookAtParts(ir, expr, within, report);
}

function lookAtParts(ir: Ir, expr: Joined, within: Within, report: Report): void {
  // What two parts of a part show is told there, and not of everything around it as well.
  if ([expr.left, expr.right].some((side) => side.op === expr.op && !isSound(ir, side, within))) return;
  const print = ({ expr: asked, denied }: Atom) => {
    const { part, ...context } = within;
    const words = printExpression({ ir, flow: part.flow, ...context }, asked);
    return denied ? `not (${words})` : words;
  };
  const seen = lookAt(placeOf(ir, within), expr);
  const ways = holdingOf(seen);
  const pair = pairIn((expr.op === 'and' ? ways : failingOf(seen)) ?? []);
  if (pair === undefined) return;
  const [first, second] = pair;
  if (expr.op === 'and') {
    const why = `: \`${print(second)}\` rules out \`${print(first)}\``;
    report(diagnostic('never-true', expr.span, { why }, { related: partsOf(first, second) }));
    return;
  }
  // What may be missing fails all the same.
  if (ways === undefined || ways.flat().some((atom) => mayBeMissing(ir, atom))) return;
  const [one, other] = [print({ ...first, denied: !first.denied }), print({ ...second, denied: !second.denied })];
  const why = `: when \`${one}\` is not true, \`${other}\` is`;
  report(diagnostic('always-true', expr.span, { why }, { related: partsOf(first, second) }));
}

/** `today > today + 30 days`: what is asked about stands on both sides, and falls out. */
function lookAtSides(ir: Ir, expr: Comparing, { part }: Within, report: Report): void {
  const place = placeIn(ir, part);
  const ways = waysOf(place, expr);
  // Something that is asked about is left.
  if (ways?.[0]?.[0]?.kind === 'sum') return;
  const [left, right] = [sumOf(place, expr.left), sumOf(place, expr.right)];
  const [first] = left.terms;
  if (first === undefined || plus(left, right, -1).terms.length > 0) return;
  const why = `: both sides hang on \`${first.term.name}\`, and on nothing else`;
  if (ways?.length === 0) report(diagnostic('never-true', expr.span, { why }));
  else if (!left.terms.some(({ term }) => term.maybeMissing)) report(diagnostic('always-true', expr.span, { why }));
}

/** The two that contradict each other; all ways must fail by two written in the text, none by one alone. */
function pairIn(ways: readonly Way[]): [Atom, Atom] | undefined {
  let found: [Atom, Atom] | undefined;
  for (const way of ways) {
    const pair = contradiction(way);
    if (pair === undefined) return undefined;
    found ??= pair;
  }
  return found;
}

function mayBeMissing(ir: Ir, atom: Atom): boolean {
  if (atom.kind === 'known') return false;
  if (atom.kind === 'word' && Object.hasOwn(ir.data, atom.key)) return ir.data[atom.key]?.optional ?? true;
  if (atom.kind === 'word') return atom.expr.op !== 'judged' && atom.expr.op !== 'last-was';
  return atom.sum.terms.some(({ term }) => term.maybeMissing);
}

const partsOf = (first: Atom, second: Atom) =>
  [first, second].map(({ span }, index) => ({
    message: index === 0 ? 'This is one part.' : 'This is the other.',
    span,
  }));
