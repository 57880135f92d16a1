/**
 * Expressions of the checked tree to expressions of the IR.
 *
 * Follows what `infer` resolved; anything that was not understood becomes a missing value, so that
 * a program with mistakes can still be drawn. Nothing is reported here.
 */
import type { Anchor as AnchorNode, Expr as Node, Selection as SelectionNode, TextLiteral } from '../language/ast.ts';
import { duration, textWithoutHoles } from './constants.ts';
import { functions, isSummary, selectionOf } from './infer-series.ts';
import type { AggregateName, Anchor, Comparison, Expr, FunctionName, Ir, Selection, Text } from './ir.ts';
import { isComparison } from './narrow.ts';
import { type Checked, findSeries } from './symbols.ts';

/** Where an expression stands: what its criteria are called and what a silence in it is counted from. */
export type LowerContext = {
  checked: Checked;
  /** The stage, `anytime`, or `program` for its lets. */
  owner: string;
  scope: 'visit' | 'enrollment';
  /** Where silence is measured, if not in `scope`. */
  silenceScope?: 'stage';
  /** Filled as judged criteria are met. */
  criteria: Ir['criteria'];
  /** Nesting so far; deeper expressions than `DEPTH_MAX` are missing values. */
  depth?: number;
};

const DEPTH_MAX = 2000;

export function lowerText(cx: LowerContext, text: TextLiteral): Text {
  return { parts: text.parts.map((part) => (typeof part === 'string' ? part : lowerExpression(cx, part))) };
}

export function lowerExpression(outer: LowerContext, node: Node): Expr {
  const depth = (outer.depth ?? 0) + 1;
  if (depth > DEPTH_MAX) return missing(node);
  const cx = { ...outer, depth };
  const expr = lowerOne(cx, node);
  if (!cx.checked.unwrapped.has(node)) return expr;
  return { op: 'field', of: expr, field: 'value', span: node.span };
}

const missing = (node: Node): Expr => ({ op: 'value', value: null, span: node.span });

function lowerOne(cx: LowerContext, node: Node): Expr {
  const { span } = node;
  const lower = (of: Node) => lowerExpression(cx, of);
  const where = (of: Node | undefined) => (of === undefined ? {} : { where: lower(of) });
  switch (node.kind) {
    case 'number':
    case 'yes-no':
      return { op: 'value', value: node.value, span };
    case 'text': {
      const [only = ''] = node.parts;
      if (node.parts.length <= 1 && typeof only === 'string') return { op: 'value', value: only, span };
      return { op: 'text', text: lowerText(cx, node), span };
    }
    case 'duration':
      return { op: 'value', value: { duration: duration(node) }, span };
    case 'time':
      return { op: 'value', value: { minutes: node.minutes }, span };
    case 'date':
      return { op: 'value', value: { date: node.iso }, span };
    case 'name':
      return lowerName(cx, node);
    case 'today':
      return { op: 'today', span };
    case 'now':
      return { op: 'now', span };
    case 'member':
      return { op: 'field', of: lower(node.of), field: node.field.text, span };
    case 'lookup':
      return { op: 'lookup', table: node.table.text, keys: node.keys.map(lower), span };
    case 'call':
      return lowerCall(cx, node);
    case 'selection':
      return missing(node);
    case 'binary': {
      const left = lower(node.left);
      const right = lower(node.right);
      const { operator } = node;
      if (operator === 'and' || operator === 'or') return { op: operator, left, right, span };
      if (isComparison(operator)) return { op: 'compare', by: operator as Comparison, left, right, span };
      return { op: 'arithmetic', by: operator as '+' | '-' | '*' | '/', left, right, span };
    }
    case 'not':
      return { op: 'not', of: lower(node.of), span };
    case 'negate':
      return { op: 'negate', of: lower(node.of), span };
    case 'else':
      return { op: 'else', left: lower(node.left), right: lower(node.right), span };
    case 'is-known': {
      const known: Expr = { op: 'known', of: lower(node.of), span };
      return node.negated ? { op: 'not', of: known, span } : known;
    }
    case 'absence':
      return {
        op: 'absence',
        series: seriesName(cx, node.series.text),
        ...where(node.where),
        duration: duration(node.duration),
        scope: cx.scope,
        span,
      };
    case 'silence':
      return { op: 'silence', duration: duration(node.duration), scope: cx.silenceScope ?? cx.scope, span };
    case 'last':
      return { op: 'last', series: seriesName(cx, node.series.text), span };
    case 'last-was':
      return {
        op: 'last-was',
        series: seriesName(cx, node.series.text),
        daysAgo: node.days.map((day) => (day === 'today' ? 0 : 1)),
        span,
      };
    case 'day-of':
      return { op: 'day', of: lower(node.of), span };
    case 'since':
      return { op: 'since', duration: duration(node.duration), anchor: lowerAnchor(cx, node.anchor), span };
    case 'judged':
      return { op: 'judged', criterion: criterion(cx, textWithoutHoles(node.criterion), node.at), span };
  }
}

function lowerName(cx: LowerContext, node: Extract<Node, { kind: 'name' }>): Expr {
  const { span } = node;
  const resolution = cx.checked.resolutions.get(node);
  switch (resolution?.kind) {
    case 'data':
      return { op: 'data', name: resolution.name, span };
    case 'let':
      return { op: 'let', id: resolution.id, span };
    case 'entry':
      return { op: 'entry', field: resolution.field, span };
    case 'option':
      return { op: 'value', value: resolution.option, span };
    default:
      return missing(node);
  }
}

function lowerCall(cx: LowerContext, node: Extract<Node, { kind: 'call' }>): Expr {
  const { span } = node;
  const name = node.function.text;
  if (isSummary(node, (series) => findSeries(cx.checked.symbols, series) !== undefined)) {
    const [arg] = node.args;
    const selection = arg === undefined ? undefined : selectionOf(arg);
    if (selection === undefined) return missing(node);
    return {
      op: 'aggregate',
      by: name as AggregateName,
      selection: lowerSelection(cx, selection, name as AggregateName),
      span,
    };
  }
  if (!Object.hasOwn(functions, name)) return missing(node);
  return { op: 'call', function: name as FunctionName, args: node.args.map((arg) => lowerExpression(cx, arg)), span };
}

function lowerSelection(cx: LowerContext, node: SelectionNode, by: AggregateName): Selection {
  const series = findSeries(cx.checked.symbols, node.series.text);
  const ofValue = by === 'sum' || by === 'mean' || by === 'min' || by === 'max';
  const field = node.field?.text ?? (series?.plain && ofValue ? 'value' : undefined);
  return {
    series: series?.name ?? node.series.text,
    ...(field === undefined ? {} : { field }),
    ...(node.where === undefined ? {} : { where: lowerExpression(cx, node.where) }),
    ...(node.last === undefined ? {} : { last: node.last }),
    ...(node.window === undefined ? {} : { window: lowerWindow(node.window) }),
  };
}

function lowerWindow(window: NonNullable<SelectionNode['window']>): NonNullable<Selection['window']> {
  if (window.kind === 'visit') return { kind: 'visit' };
  if (window.kind === 'last') return { kind: 'last', duration: duration(window.duration) };
  return { kind: 'calendar', period: window.period };
}

function lowerAnchor(cx: LowerContext, anchor: AnchorNode): Anchor {
  if (anchor.kind === 'changed') return { kind: 'changed', field: anchor.field.text };
  if (anchor.kind === 'moment') return { kind: 'moment', of: lowerExpression(cx, anchor.of) };
  return { kind: anchor.kind };
}

const seriesName = (cx: LowerContext, word: string): string => findSeries(cx.checked.symbols, word)?.name ?? word;

/** The id of a judged criterion; the same words at the same confidence in one stage are one criterion. */
function criterion(cx: LowerContext, text: string, atLeast: number): string {
  const own = Object.values(cx.criteria).filter((one) => one.stage === cx.owner);
  const same = own.find((one) => one.text === text && one.atLeast === atLeast);
  if (same !== undefined) return same.id;
  const id = `${cx.owner}/criterion-${own.length + 1}`;
  cx.criteria[id] = { id, text, stage: cx.owner, atLeast };
  return id;
}
