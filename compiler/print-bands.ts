/**
 * The ways of a choice back to rows of bounds, where all of them ask about one value.
 *
 * A part of `print.ts`. Rows of bounds may not overlap and rows of conditions may: where numbers lie in
 * two rows, the conditions are kept as they are.
 */
import type { Comparison, Expr, ValueType } from './ir.ts';
import { declaredOf, type Options, optionsOf, type PrintContext, printExpression } from './print-expressions.ts';

type Bound = { by: Comparison; value: Expr };
/** What a row asks of the value: bounds (none for `otherwise`), or that it is missing. */
type Row = { bounds: Bound[]; missing?: true };

const words: Partial<Record<Comparison, string>> = {
  '>=': 'at least',
  '>': 'over',
  '<=': 'at most',
  '<': 'under',
  '=': '',
};

/** The value and the rows in words; undefined where the ways ask of several values, or overlap. */
export function bandsBy(
  cx: PrintContext,
  ways: readonly { when?: Expr }[],
): { by: string; rows: string[] } | undefined {
  const subject = ways.flatMap(({ when }) => subjectOf(when) ?? [])[0];
  if (subject === undefined) return undefined;
  const by = printExpression(cx, subject);
  const isSubject = (expr: Expr) => printExpression(cx, expr) === by;
  const rows = ways.map(({ when }) => rowOf(when, isSubject));
  const known = rows.filter((row) => row !== undefined);
  const declared = declaredOf(cx, subject);
  if (known.length < rows.length || overlap(known) || leavesGap(known, declared)) return undefined;
  return { by, rows: known.map((row) => printRow(cx, row, optionsOf(declaredOf(cx, subject)))) };
}

function subjectOf(when: Expr | undefined): Expr | undefined {
  if (when?.op === 'and') return subjectOf(when.left);
  if (when?.op === 'not') return when.of.op === 'known' ? when.of.of : undefined;
  return when?.op === 'compare' ? when.left : undefined;
}

function rowOf(when: Expr | undefined, isSubject: (expr: Expr) => boolean): Row | undefined {
  if (when === undefined) return { bounds: [] };
  if (when.op === 'not' && when.of.op === 'known' && isSubject(when.of.of)) return { bounds: [], missing: true };
  if (when.op === 'compare') {
    return isSubject(when.left) && words[when.by] !== undefined
      ? { bounds: [{ by: when.by, value: when.right }] }
      : undefined;
  }
  if (when.op !== 'and') return undefined;
  const [above, below] = [rowOf(when.left, isSubject), rowOf(when.right, isSubject)];
  const bounds = [...(above?.bounds ?? []), ...(below?.bounds ?? [])];
  const [from, to] = bounds;
  if (bounds.length !== 2 || !from || !to || !from.by.startsWith('>') || !to.by.startsWith('<')) return undefined;
  return { bounds };
}

/** Whether a value of the declared type fits no row: options without a row, numbers below or above all of them. */
function leavesGap(rows: readonly Row[], declared: ValueType | undefined): boolean {
  if (rows.some(({ bounds, missing }) => bounds.length === 0 && !missing)) return false;
  if (declared?.kind === 'choice') {
    const named = rows.flatMap(({ bounds }) => bounds.map(({ value }) => (value.op === 'value' ? value.value : null)));
    return declared.options.length === 0 || declared.options.some((option) => !named.includes(option));
  }
  const spans = rows.flatMap(({ bounds }) => spanOf(bounds) ?? []).sort((a, b) => a.from - b.from || a.to - b.to);
  const [first] = spans;
  const last = spans.at(-1);
  if (first === undefined || last === undefined || declared?.kind !== 'number') return false;
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = declared;
  return first.from > min || last.to < max;
}

/** Whether two rows share numbers. Bounds that are not numbers are taken to be apart. */
function overlap(rows: readonly Row[]): boolean {
  const spans = rows.flatMap(({ bounds }) => spanOf(bounds) ?? []).sort((a, b) => a.from - b.from || a.to - b.to);
  return spans.some((span, index) => {
    const next = spans[index + 1];
    return next !== undefined && (next.from < span.to || (next.from === span.to && span.closed && next.open));
  });
}

/** `closed`: the upper end belongs to it; `open`: the lower one does. */
function spanOf(bounds: readonly Bound[]): { from: number; to: number; closed: boolean; open: boolean } | undefined {
  if (bounds.length === 0) return undefined;
  const span = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY, closed: false, open: false };
  for (const { by, value } of bounds) {
    const number = numberOf(value);
    if (number === undefined) return undefined;
    if (by !== '<' && by !== '<=') Object.assign(span, { from: number, open: by !== '>' });
    if (by !== '>' && by !== '>=') Object.assign(span, { to: number, closed: by !== '<' });
  }
  return span;
}

function numberOf(expr: Expr): number | undefined {
  if (expr.op === 'negate') {
    const of = numberOf(expr.of);
    return of === undefined ? undefined : -of;
  }
  return expr.op === 'value' && typeof expr.value === 'number' ? expr.value : undefined;
}

function printRow(cx: PrintContext, { bounds, missing }: Row, options: Options): string {
  if (missing) return 'missing';
  const [first, second] = bounds;
  if (first === undefined) return 'otherwise';
  const [from, to] = [first, second].map((bound) => (bound ? printExpression(cx, bound.value, 6, options) : ''));
  if (second === undefined) return `${words[first.by]} ${from}`.trim();
  return `${first.by === '>' ? 'over ' : ''}${from} to ${second.by === '<' ? 'under ' : ''}${to}`;
}
