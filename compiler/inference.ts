/**
 * What the parts of type inference hand to each other: the context, the scope and what is known.
 *
 * `infer.ts` builds the context; the files `infer-*.ts` each know one family of expressions and
 * call back through `cx.infer`, so that none of them needs `infer.ts`.
 */
import type { Expr, Span } from '../language/ast.ts';
import { type Diagnostic, diagnostic } from '../language/diagnostics.ts';
import type { Touched } from './check-touched.ts';
import {
  type Checked,
  type Collection,
  type FlowSymbol,
  type LetSymbol,
  type ListSymbol,
  type Report,
  type StageSymbol,
  standsFor,
} from './symbols.ts';
import { describeType, howToWrite, type NumberType, type Type, unknownType } from './value-types.ts';

/** The type of an expression, and whether its value may be missing. */
export type Inferred = { type: Type; maybe: boolean };

/**
 * What has been asked before this place and therefore holds here, by the author's words for the
 * expression: it is not missing (`present`), and a number lies between `min` and `max`.
 */
export type Known = ReadonlyMap<string, KnownFact>;
export type KnownFact = { present: boolean; min?: number; max?: number };
export const nothingKnown: Known = new Map();

export type Scope = {
  /** The track or list whose lets are visible; absent: the program's own flow. */
  flow?: FlowSymbol;
  /** The stage whose lets are visible. */
  stage?: StageSymbol;
  /** The series (or list) whose entry is at hand: inside `where`, and in an `on` rule. */
  entryOf?: Collection;
  /** The list whose item is at hand: in its flow, and in `each`. */
  item?: ListSymbol;
  /** In `each`: the item at hand is not the one whose flow this is, even where both are of one list. */
  each?: true;
  /** What follows the word of the command at hand. */
  argument?: { name: string; type: Type };
  /**
   * In a `let` a calculation with a missing value is missing itself, and whoever uses the let says
   * what then. In the hole of a `text` too, and any kind of value can be shown there.
   */
  place?: 'let' | 'text';
  known: Known;
  /** Inside braces: what was known when they began. Their conditions are judged as things stood then. */
  atFirst?: Known;
  /** Inside braces: what the actions so far have changed. */
  touched?: Touched;
};

export type Inference = {
  checked: Checked;
  report: Report;
  infer(expr: Expr, scope: Scope, expected?: Type): Inferred;
  /** Infers `expr`, which must be yes or no. A missing condition does not hold. */
  condition(expr: Expr, scope: Scope): { maybe: boolean };
  /** Infers a condition, and tells what is known where it holds. */
  knownWhere(expr: Expr, scope: Scope): Known;
  /** `second.opens`: what is found there is a let. */
  windowEnd(expr: Expr, end: LetSymbol, scope: Scope): Inferred;
  /** Runs `ask` without reporting anything. */
  quietly<Result>(ask: () => Result): Result;
};

export const mistaken: Inferred = { type: unknownType, maybe: false };

/** Of this type, and never missing. */
export const sure = (type: Type): Inferred => ({ type, maybe: false });

/** What a let is, after what was asked before the place that names it. */
export type InferLet = (symbol: LetSymbol, known: Known) => Inferred;

/** What is known about an expression is known under these words for it. */
export function wordsOf(checked: Pick<Checked, 'text' | 'texts'>, expr: Expr): string {
  const { span } = expr;
  // Most are names, which need not be cut out of the text.
  const isName = expr.kind === 'name' && expr.name.text.length === span.end - span.start;
  return isName ? expr.name.text : words(checked, span);
}

/** The text that a place is in: the file's own, or an imported one. */
export const sourceOf = ({ text, texts }: Pick<Checked, 'text' | 'texts'>, { file }: Span): string =>
  file === undefined ? text : (texts.get(file) ?? '');

/** The author's words for a place, white space folded. */
export function words(checked: Pick<Checked, 'text' | 'texts'>, span: Span): string {
  const found = sourceOf(checked, span).slice(span.start, span.end);
  // Asked for every name and condition there is; nearly all have their words one blank apart already.
  return /[^\S ]| {2}|^ | $/.test(found) ? found.replace(/ \s+|[^\S ]\s*/g, ' ').trim() : found;
}

/** Words short enough to be quoted in a message. */
export function quoted(checked: Checked, span: Span): string {
  const text = words(checked, span);
  return `\`${text.length > 60 ? `${text.slice(0, 57)}…` : text}\``;
}

/** Reports a value that may be missing where one is needed. */
export function needPresent(cx: Inference, expr: Expr, found: Inferred): void {
  if (!found.maybe || found.type.kind === 'unknown') return;
  const name = words(cx.checked, expr.span);
  const divisor = expr.kind === 'binary' && expr.operator === '/' ? words(cx.checked, expr.right.span) : undefined;
  const hint = `Divided by zero it is missing. Ask first whether \`${divisor} > 0\`, or say what then, \`${name} else …\`.`;
  const details = divisor === undefined ? {} : { hint };
  cx.report(diagnostic('maybe-missing', expr.span, { what: quoted(cx.checked, expr.span), name }, details));
}

/** Infers a value that must be of one kind; entries of plain series stand for their value. */
export function inferKind<Kind extends Type['kind']>(
  cx: Inference,
  expr: Expr,
  scope: Scope,
  expected: string,
  ...kinds: Kind[]
): { type: Extract<Type, { kind: Kind }> | undefined; maybe: boolean } {
  const found = unwrap(cx, expr, cx.infer(expr, scope));
  if ((kinds as string[]).includes(found.type.kind)) {
    return { type: found.type as Extract<Type, { kind: Kind }>, maybe: found.maybe };
  }
  if (found.type.kind !== 'unknown') cx.report(wrongType(expr, found.type, expected));
  return { type: undefined, maybe: false };
}

export function wrongType(expr: Expr, found: Type, expected: string): Diagnostic {
  const hint = howToWrite(expected);
  const said = { found: describeType(found), expected: `${expected} is needed here` };
  return diagnostic('wrong-type', expr.span, said, hint === undefined ? {} : { hint });
}

/** An entry of a plain series, used as a value, is its value. */
export function unwrap(cx: Inference, expr: Expr, found: Inferred): Inferred {
  if (found.type.kind !== 'entry') return found;
  const series = cx.checked.symbols.series.get(found.type.series);
  const value = series?.plain ? series.fields.get('value') : undefined;
  if (value === undefined) return found;
  standsFor(cx.checked, expr, { unwrapped: true });
  return { type: value.type, maybe: found.maybe };
}

export const isNumber = (type: Type | undefined): type is NumberType => type?.kind === 'number';
