/**
 * Conditions whose parts rule each other out, or leave nothing out.
 *
 * A comparison that is decided by itself is told where types are; here it takes two of them. Both are
 * named. Where more than two are needed to see it, nothing is said.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { limits } from '../../language/limits.ts';
import { allRules, children, everyEffect, expressionsIn, type FlowPart, stagesIn } from '../flow.ts';
import type { Expr, Ir, List, Rule, Track } from '../ir.ts';
import { type Atom, contradiction, isPossible, waysOf } from '../possible.ts';
import { type PrintContext, printExpression } from '../print-expressions.ts';
import type { Report } from '../symbols.ts';
import { type Place, plus, sumOf } from '../terms.ts';
import { placeIn } from './both-hold.ts';
import type { Analysis } from './question.ts';

export const contradictions: Analysis = (ir, report, { flows, isTold }) => {
  const seen = new Map<string | undefined, Set<number>>();
  for (const part of flows) {
    const places = new Map<List | undefined, Place>();
    const placeOf = (list: List | undefined): Place => {
      const place = places.get(list) ?? { ...placeIn(ir, part), list };
      places.set(list, place);
      return place;
    };
    const usual = placeIn(ir, part);
    for (const [expr, context] of conditionsIn(ir, part)) {
      const { start, end, file } = expr.span;
      const inFile = seen.get(file) ?? new Set();
      seen.set(file, inFile);
      const id = start * limits.textLength + end;
      if (inFile.has(id)) continue;
      inFile.add(id);
      // One part that is decided by itself was told where types are.
      if (isTold(expr.span)) continue;
      if (expr.op === 'compare') lookAtSides(usual, expr, report);
      else look(placeOf(context.list), part, expr, context, report);
    }
  }
};

/** What a condition is asked about, for its words. */
type Within = Pick<PrintContext, 'entry' | 'list'>;

/** Every condition of a flow that has parts, and every comparison: of rules, of yes/no lets, of selections. */
function* conditionsIn(ir: Ir, part: FlowPart): Generator<[Expr, Within]> {
  const own = part.kind === 'list' ? ir.lists[part.flow.name] : undefined;
  const here: Within = own === undefined ? {} : { list: own };
  const open: [Expr, Within][] = [];
  const lets = part.kind === 'main' ? Object.values(ir.lets) : [];
  for (const { value } of lets) open.push([value, here]);
  const begins = part.kind === 'track' ? (part.of as Track).when : undefined;
  if (begins !== undefined) open.push([begins, here]);
  for (const rule of allRules(part.flow)) {
    const within = withinRule(ir, rule, here);
    if (rule.condition !== undefined) open.push([rule.condition, within]);
    for (const effect of everyEffect(ir, rule.effects))
      for (const expr of expressionsIn(effect)) open.push([expr, within]);
  }
  for (const { entry } of stagesIn(part.flow))
    for (const effect of everyEffect(ir, entry)) for (const expr of expressionsIn(effect)) open.push([expr, here]);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [expr, within] = next;
    if (expr.op === 'and' || expr.op === 'or' || expr.op === 'compare') yield [expr, within];
    const inside = selectedIn(ir, expr, within);
    for (const child of children(expr)) open.push([child, inside]);
  }
}

function withinRule(ir: Ir, { trigger }: Rule, here: Within): Within {
  const series = trigger.kind === 'recorded' ? ir.series[trigger.series] : undefined;
  return series === undefined ? here : { ...here, entry: series };
}

function selectedIn(ir: Ir, expr: Expr, within: Within): Within {
  const name = expr.op === 'aggregate' ? expr.selection.series : expr.op === 'absence' ? expr.series : undefined;
  if (name === undefined) return within;
  const list = expr.op === 'aggregate' && expr.selection.list ? ir.lists[name] : undefined;
  const series = ir.series[name];
  return { ...within, ...(list === undefined ? {} : { list }), ...(series === undefined ? {} : { entry: series }) };
}

function look(place: Place, part: FlowPart, expr: Expr, within: Within, report: Report): void {
  const { ir } = place;
  const print = ({ expr: asked, denied }: Atom) => {
    const words = printExpression({ ir, flow: part.flow, ...within }, asked);
    return denied ? `not (${words})` : words;
  };
  const ways = waysOf(place, expr);
  if (expr.op === 'and' && ways !== undefined && !ways.some(isPossible)) {
    const pair = pairIn(ways);
    if (pair === undefined) return;
    const [first, second] = pair;
    const why = `: \`${print(second)}\` rules out \`${print(first)}\``;
    report(diagnostic('never-true', expr.span, { why }, { related: partsOf(first, second) }));
    return;
  }
  const failing = waysOf(place, expr, false);
  if (expr.op !== 'or' || failing === undefined || failing.some(isPossible)) return;
  const pair = pairIn(failing);
  // What may be missing fails all the same.
  if (pair === undefined || ways === undefined || ways.flat().some((atom) => mayBeMissing(ir, atom))) return;
  const [first, second] = pair;
  const [one, other] = [print({ ...first, denied: !first.denied }), print({ ...second, denied: !second.denied })];
  const why = `: when \`${one}\` is not true, \`${other}\` is`;
  report(diagnostic('always-true', expr.span, { why }, { related: partsOf(first, second) }));
}

/** `today > today + 30 days`: what is asked about stands on both sides, and falls out. */
function lookAtSides(place: Place, expr: Extract<Expr, { op: 'compare' }>, report: Report): void {
  const ways = waysOf(place, expr);
  // Something that is asked about is left.
  if (ways?.[0]?.[0]?.kind === 'sum') return;
  const [left, right] = [sumOf(place, expr.left), sumOf(place, expr.right)];
  const terms = [...left.terms.values()].map(({ term }) => term);
  const [first] = terms;
  if (first === undefined || plus(left, right, -1).terms.size > 0) return;
  const why = `: both sides hang on \`${first.name}\`, and on nothing else`;
  if (ways?.length === 0) report(diagnostic('never-true', expr.span, { why }));
  else if (!terms.some((term) => term.maybeMissing)) report(diagnostic('always-true', expr.span, { why }));
}

/** The two that contradict each other; all ways must fail by two written in the text, none by one alone. */
function pairIn(ways: readonly Atom[][]): [Atom, Atom] | undefined {
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
  return [...atom.sum.terms.values()].some(({ term }) => term.maybeMissing);
}

const partsOf = (first: Atom, second: Atom) =>
  [first, second].map(({ span }, index) => ({
    message: index === 0 ? 'This is one part.' : 'This is the other.',
    span,
  }));
