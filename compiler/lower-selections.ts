/**
 * What is counted, summed up and looked back at: selections from series and lists, windows, anchors.
 *
 * A part of `lower-expressions.ts`, which it calls for the expressions inside.
 */
import type { Anchor as AnchorNode, Expr as Node, Selection as SelectionNode } from '../language/ast.ts';
import { selectionOf } from './infer-series.ts';
import type { AggregateName, Anchor, Expr, Selection } from './ir.ts';
import { type LowerContext, lowerExpression, lowerLength } from './lower-expressions.ts';
import { findCollection, findSeries } from './symbols.ts';

/** A plain series is meant by its values where values are summed up. */
const ofValues: ReadonlySet<string> = new Set<AggregateName>(['sum', 'mean', 'min', 'max']);

/** `count(runs where …)`; undefined where the argument selects nothing. */
export function lowerSummary(cx: LowerContext, node: Extract<Node, { kind: 'call' }>): Expr | undefined {
  const by = node.function.text as AggregateName;
  const [arg] = node.args;
  const selected = arg === undefined ? undefined : selectionOf(arg);
  if (selected === undefined) return undefined;
  return { op: 'aggregate', by, selection: lowerSelection(cx, selected, by), span: node.span };
}

function lowerSelection(cx: LowerContext, node: SelectionNode, by: AggregateName): Selection {
  const collection = findCollection(cx.checked.symbols, node.series.text);
  const field = node.field?.text ?? (collection?.plain && ofValues.has(by) ? 'value' : undefined);
  return {
    series: collection?.name ?? node.series.text,
    ...(collection?.list ? { list: true } : {}),
    ...(field === undefined ? {} : { field }),
    ...(node.where === undefined ? {} : { where: lowerExpression(cx, node.where) }),
    ...(node.last === undefined ? {} : { last: node.last }),
    ...(node.window === undefined ? {} : { window: lowerWindow(cx, node.window) }),
    ...(node.ofThose === undefined ? {} : { ofThose: lowerExpression(cx, node.ofThose) }),
  };
}

function lowerWindow(cx: LowerContext, window: NonNullable<SelectionNode['window']>): NonNullable<Selection['window']> {
  switch (window.kind) {
    case 'visit':
      return { kind: 'visit' };
    case 'last':
      return { kind: 'last', duration: lowerLength(cx, window.duration) };
    case 'calendar':
      return { kind: 'calendar', period: window.period };
    case 'since':
      return { kind: 'since', anchor: lowerAnchor(cx, window.anchor) };
  }
}

export function lowerAnchor(cx: LowerContext, anchor: AnchorNode): Anchor {
  if (anchor.kind === 'changed') return { kind: 'changed', field: anchor.field.text };
  if (anchor.kind === 'moment') return { kind: 'moment', of: lowerExpression(cx, anchor.of) };
  return { kind: anchor.kind };
}

/** The series a word means: its own name, or that of one entry. */
export const seriesName = (cx: LowerContext, word: string): string =>
  findSeries(cx.checked.symbols, word)?.name ?? word;
