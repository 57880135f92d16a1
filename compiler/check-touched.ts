/**
 * What the actions of a body have set so far, and whether a condition behind them asks about it.
 *
 * Conditions inside braces are judged as things stood when the handler began, texts and values as they are
 * by then. Only what is set for certain counts: what stands in another condition may not have been done.
 */
import type { Action, Expr, Name, Span } from '../language/ast.ts';
import { diagnostic } from '../language/diagnostics.ts';
import type { Inference, Known, Scope } from './inference.ts';
import { type Checked, findCollection, findLet } from './symbols.ts';

/** Fields by their names, series and lists by theirs, and the first action that touched each. */
export type Touched = ReadonlyMap<string, Action>;

/** `touched`, and what this action does for certain. */
export function touchedAfter(action: Action, touched: Touched): Touched {
  const name = nameOf(action);
  return name === undefined || touched.has(name) ? touched : new Map([...touched, [name, action]]);
}

function nameOf(action: Action): string | undefined {
  switch (action.kind) {
    case 'set':
    case 'clear':
      return action.name.text;
    case 'ask':
      return action.as.text;
    case 'record':
      return `series ${action.series.text}`;
    case 'add':
      return `series ${action.list.text}`;
    default:
      return undefined;
  }
}

/** Warns where a condition asks about what the actions before it in these braces have touched. */
export function warnOfOld(cx: Inference, condition: Expr, touched: Touched): void {
  if (touched.size === 0) return;
  const asked = firstAsked(cx.checked, condition, touched, new Set());
  if (asked === undefined) return;
  const { name, span, by } = asked;
  const isAnswer = by.kind === 'ask';
  const related = [{ message: isAnswer ? 'The answer to this comes later.' : 'It is changed here.', span: by.span }];
  const details = isAnswer ? { hint: ANSWER_HINT } : {};
  cx.report(diagnostic('asks-the-old', span, { name }, { related, ...details }));
}

const ANSWER_HINT =
  'The answer is not there yet. Put the condition into a rule of the stage, which is looked at when the answer has come: `when … { … }`.';

type Asked = { name: string; span: Span; by: Action };

/** The first thing in `node`, a part of a tree, that asks about what is touched; lets are looked into. */
function firstAsked(checked: Checked, node: unknown, touched: Touched, lets: Set<string>): Asked | undefined {
  if (typeof node !== 'object' || node === null) return undefined;
  const found = 'kind' in node ? ownAsked(checked, node as Expr, touched, lets) : undefined;
  if (found !== undefined) return found;
  for (const part of Object.values(node)) {
    const inside = firstAsked(checked, part, touched, lets);
    if (inside !== undefined) return inside;
  }
  return undefined;
}

function ownAsked(checked: Checked, expr: Expr, touched: Touched, lets: Set<string>): Asked | undefined {
  const of = (name: string, id: string, span = expr.span): Asked | undefined => {
    const by = touched.get(id);
    return by && { name, span, by };
  };
  const ofSeries = ({ text, span }: Name) =>
    of(text, `series ${findCollection(checked.symbols, text)?.name ?? text}`, span);
  // A window, as in `in last 7 days`, is of kind `last` as well; what it is of is asked by the selection.
  if (expr.kind === 'last') return 'series' in expr ? ofSeries(expr.series) : undefined;
  if (expr.kind === 'last-was' || expr.kind === 'absence') return ofSeries(expr.series);
  if (expr.kind === 'selection') return ofSeries(expr.selection.series);
  if (expr.kind !== 'name') return undefined;
  const resolution = checked.resolutions.get(expr);
  const { text } = expr.name;
  if (resolution === undefined) return ofSeries(expr.name);
  if (resolution.kind === 'data') return of(text, resolution.name);
  if (resolution.kind === 'item') return of(text, resolution.field);
  if (resolution.kind !== 'let' || lets.has(resolution.id)) return undefined;
  lets.add(resolution.id);
  const value = findLet(checked.symbols, resolution.id);
  const inside = value && firstAsked(checked, value.bands ?? value.node.value, touched, lets);
  return inside && { name: text, span: expr.span, by: inside.by };
}

/** The scope of braces that come to be done later: they begin anew. */
export const laterScope = ({ atFirst: _, touched: __, ...scope }: Scope): Scope => scope;

/** The scope in which a condition inside braces is judged: what was known when the handler began. */
export const conditionScope = (scope: Scope): Scope => ({ ...scope, known: scope.atFirst ?? scope.known });

/** `atFirst` as known where a condition held, but of what was touched since then what is known by now. */
export function knownBehind({ known, touched }: Scope, atFirst: Known): Known {
  if (touched === undefined || touched.size === 0) return atFirst;
  const isTouched = (key: string) => (key.match(/\w+/g) ?? []).some((word) => touched.has(word));
  return new Map([...[...atFirst].filter(([key]) => !isTouched(key)), ...[...known].filter(([key]) => isTouched(key))]);
}
