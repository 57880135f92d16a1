/**
 * The texts that an expression can come to, where bands, a table or a `let` give nothing but written ones; and what
 * to say of a text that is none of them.
 *
 * Goes by what the names in it were found to mean, so the expression has been inferred before.
 */
import type { Bands, Expr, Table } from '../language/ast.ts';
import type { Details } from '../language/diagnostics.ts';
import { nearest } from '../language/nearest.ts';
import { didYouMean, joined } from '../language/suggest.ts';
import { plainText } from './constants.ts';
import { words } from './inference.ts';
import { quote } from './print-expressions.ts';
import type { Checked } from './symbols.ts';

/** With more texts than this, it is not known what is given: they could not be named. */
const TEXTS_MAX = 20;
/** As much of a text as a hint shows. */
const NAMED_LENGTH_MAX = 30;

/** Why `text` is never what `of` comes to, and what it comes to; undefined where it may be, or where it is not known. */
export function neverGiven(checked: Checked, of: Expr, text: Expr): { why: string; details: Details } | undefined {
  const word = text.kind === 'text' ? plainText(text) : undefined;
  if (word === undefined || of.kind === 'text') return undefined;
  const given = textsGiven(checked, of);
  // Texts are compared without case.
  if (given === undefined || given.length === 0 || given.some((one) => one.toLowerCase() === word.toLowerCase()))
    return undefined;
  const why = `: \`${words(checked, of.span)}\` is never ${words(checked, text.span)}`;
  const near = nearest(word, given);
  if (near !== undefined) return { why, details: didYouMean(quote(near), text.span) };
  return { why, details: { hint: `It is ${joined(given.map(shortened), 'or')}.` } };
}

function shortened(text: string): string {
  return quote(text.length > NAMED_LENGTH_MAX ? `${text.slice(0, NAMED_LENGTH_MAX)}…` : text);
}

/** Every text that `expr` can come to, each once; undefined where some are not written out. */
function textsGiven(checked: Checked, expr: Expr): readonly string[] | undefined {
  const texts = new Set<string>();
  return isAllWritten(checked, expr, texts, new Set()) && texts.size <= TEXTS_MAX ? [...texts] : undefined;
}

/** Puts the texts of `expr` `into` the others; whether all are written out. Lets that were `seen` are in it already. */
function isAllWritten(checked: Checked, expr: Expr, into: Set<string>, seen: Set<string>): boolean {
  const inside = (one: Expr): boolean => isAllWritten(checked, one, into, seen);
  if (into.size > TEXTS_MAX) return false;
  switch (expr.kind) {
    case 'text': {
      const text = plainText(expr);
      if (text !== undefined) into.add(text);
      return text !== undefined;
    }
    case 'else':
      return inside(expr.left) && inside(expr.right);
    case 'name': {
      const meant = checked.resolutions.get(expr);
      const found = meant?.kind === 'let' ? checked.symbols.letsById.get(meant.id) : undefined;
      if (found === undefined) return false;
      if (seen.has(found.id)) return true;
      seen.add(found.id);
      return found.bands === undefined ? inside(found.node.value) : valuesOf(found.bands).every(inside);
    }
    case 'lookup': {
      const { tables, lists } = checked.symbols;
      const table = lists.has(expr.table.text) ? undefined : tables.get(expr.table.text);
      return table !== undefined && cellsOf(table.node).every(inside);
    }
    default:
      return false;
  }
}

const valuesOf = ({ rows }: Bands): Expr[] => rows.map(({ value }) => value);
const cellsOf = ({ rows }: Table): Expr[] => rows.flatMap(({ cells }) => cells);
