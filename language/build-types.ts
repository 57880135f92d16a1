/**
 * CST to AST: fields, their types, and the assignments and entries that fill them.
 *
 * Spellings that can only mean one thing (`string`, `1-9`, `(a, b)`) are read as what is meant and
 * reported with a fix.
 */
import type { IToken } from 'chevrotain';
import type { Assignment, Expr, Field, Name, Span, TypeNode } from './ast.ts';
import { buildExpression, expressionOf } from './build-expressions.ts';
import * as literals from './build-literals.ts';
import {
  type Build,
  type CstNode,
  covering,
  has,
  nameAt,
  node,
  nodeSpan,
  nodes,
  nth,
  onlyNode,
  present,
  token,
  tokenSpan,
  tokens,
  toName,
} from './cst.ts';
import { diagnostic } from './diagnostics.ts';
import { foreignFix } from './fixes.ts';
import { foreignTypes } from './grammar-types.ts';
import { quoted } from './tokens.ts';
import { reportUnknown } from './unknown.ts';

export function fieldsOf(build: Build, from: CstNode): Field[] {
  for (const unknown of nodes(from, 'unknown')) reportUnknown(build, unknown, 'data');
  return present(nodes(from, 'fieldLine').map((field) => buildField(build, field)));
}

/** The name a declaration gives, or the reserved word it tried to give. */
export function declaredName(build: Build, from: CstNode): Name | undefined {
  const name = nameAt(from);
  const reserved = node(from, 'reservedName');
  if (name || !reserved) return name;
  const span = nodeSpan(reserved);
  const text = build.text.slice(span.start, span.end);
  build.diagnostics.push(diagnostic('reserved-word', span, { word: text }));
  return { text, span };
}

function buildField(build: Build, from: CstNode): Field | undefined {
  const name = declaredName(build, from);
  const type = node(from, 'type');
  const built = type && buildType(build, type);
  if (!name || !built) return undefined;
  const initial = inUnit(built, expressionOf(build, from), build.text);
  return {
    name,
    type: built,
    optional: has(from, 'Question'),
    ...(initial && { initial }),
    ...marksOf(build, from),
    span: nodeSpan(from),
  };
}

type FieldMarks = Pick<Field, 'agentMay' | 'othersMay' | 'personal' | 'shared' | 'perPerson' | 'oncePer'>;

/** `agent may set`, `nurse, lead may record`, `personal`, `shared`, `per person`, `once per id`, in any order. */
function marksOf(build: Build, from: CstNode): FieldMarks {
  const marks: FieldMarks = {};
  for (const mark of nodes(from, 'mark')) {
    const span = nodeSpan(mark);
    const may = node(mark, 'mayMark');
    if (may) mayOf(build, may, marks);
    else if (has(mark, 'personal')) marks.personal = once(build, marks.personal, span);
    else if (has(mark, 'shared')) marks.shared = once(build, marks.shared, span);
    else if (has(mark, 'once')) oncePerOf(build, mark, marks);
    else if (has(mark, 'person')) marks.perPerson = once(build, marks.perPerson, span);
  }
  return marks;
}

/** `once per id`: the field whose values come once. */
function oncePerOf(build: Build, mark: CstNode, marks: FieldMarks): void {
  const field = nameAt(mark);
  if (field === undefined) return;
  once(build, marks.oncePer?.span, nodeSpan(mark));
  marks.oncePer ??= field;
}

/** Who may write: the agent stands by itself, because other rules hold for it. */
function mayOf(build: Build, from: CstNode, marks: FieldMarks): void {
  const span = nodeSpan(from);
  const verb = has(from, 'record') ? 'record' : 'set';
  const who = tokens(node(from, 'names'), 'Name').map(toName);
  const others = who.filter(({ text }) => text !== 'agent');
  if (others.length < who.length) marks.agentMay = { verb, span: once(build, marks.agentMay?.span, span) };
  if (others.length > 0) {
    const before = marks.othersMay;
    if (before && before.verb !== verb) once(build, before.span, span);
    else
      marks.othersMay = {
        who: [...(before?.who ?? []), ...others],
        verb,
        span: before ? covering(before.span, span) : span,
      };
  }
}

/** The place of a mark; a second one like it is reported. */
function once(build: Build, before: Span | undefined, span: Span): Span {
  if (before)
    build.diagnostics.push(diagnostic('duplicate-clause', span, { clause: build.text.slice(span.start, span.end) }));
  return before ?? span;
}

/** `number min = 30 min`: what looks like a length of time is a number with its unit. */
function inUnit(type: TypeNode, value: Expr | undefined, text: string): Expr | undefined {
  if (type.kind !== 'number' || !type.unit || value?.kind !== 'duration') return value;
  const { span, amount } = value;
  const word = text.slice(span.start, span.end).replace(/^[\d.]+ ?/, '');
  return {
    kind: 'number',
    value: amount,
    unit: { text: word, span: { start: span.end - word.length, end: span.end } },
    span,
  };
}

/** The names of fields whose type could not be read: whoever uses them makes no second mistake. */
export function unreadOf(from: CstNode): Name[] {
  const lines = nodes(from, 'unknown').map((line) => token(line, 'AnyToken'));
  const fields = nodes(from, 'fieldLine').filter((field) => {
    const type = node(field, 'type');
    return !type || type.parts.length === 0 || type.recoveredNode === true;
  });
  return [...present(lines).map(toName), ...present(fields.map((field) => nameAt(field)))];
}

/** Reports a spelling that was read as what is meant: `right` is what Regimen writes. */
export function reportForeign(build: Build, found: IToken, right: string, span = tokenSpan(found)): void {
  const remedy = right === '' ? 'Leave it out.' : `Write ${quoted(right.trim())} instead.`;
  const words = { found: `${quoted(build.text.slice(span.start, span.end))} here`, remedy };
  const fix = foreignFix(build.text.slice(span.start, span.end), right, span);
  build.diagnostics.push(diagnostic('foreign-spelling', span, words, { fix }));
}

/** Builds the node of the rule `type`. */
export function buildType(build: Build, from: CstNode): TypeNode | undefined {
  const span = nodeSpan(from);
  if (has(from, 'series')) {
    const inner = node(from, 'type');
    const of = inner && buildType(build, inner);
    return of && { kind: 'series', of, span };
  }
  if (has(from, 'text')) return { kind: 'text', span };
  if (has(from, 'YesNo')) return { kind: 'yes-no', span };
  const yes = token(from, 'yes');
  if (yes) {
    reportForeign(build, yes, 'yes/no', span);
    return { kind: 'yes-no', span };
  }
  const foreign = token(from, 'Word');
  if (foreign) return foreignType(build, foreign);
  if (has(from, 'date')) return { kind: 'date', span };
  if (has(from, 'time')) return { kind: 'time', span };
  for (const kind of ['moment', 'duration', 'role'] as const) if (has(from, kind)) return { kind, span };
  // The rule of a command's argument is in brackets already.
  const inner = from.name === 'parenthesizedType' ? from : onlyNode(from);
  if (inner?.name === 'numberType') return numberType(build, inner);
  if (inner?.name === 'recordType') return { kind: 'record', fields: fieldsOf(build, inner), span };
  if (inner?.name === 'parenthesizedType') {
    const nested = node(inner, 'type');
    const choice = node(inner, 'choice');
    const made = nested ? buildType(build, nested) : choice && choiceType(build, choice);
    // With its parentheses: what is put behind a type goes behind them.
    return made && { ...made, span };
  }
  return undefined;
}

function foreignType(build: Build, found: IToken): TypeNode {
  const right = foreignTypes.get(found.image) ?? 'text';
  reportForeign(build, found, right);
  const span = tokenSpan(found);
  if (right === 'yes/no') return { kind: 'yes-no', span };
  return { kind: right === 'number' || right === 'moment' || right === 'duration' ? right : 'text', span };
}

/** `number kg`, `number kg 1 to 9`, `number 1 to 9 kg`: the unit stands before the range or behind it. */
function numberType(build: Build, from: CstNode): TypeNode {
  const written = nodes(from, 'bound').map((bound) => boundOf(build, bound));
  const unit = literals.unitOf(from) ?? written.find((bound) => bound?.unit)?.unit;
  const bounds = written.map((bound) => bound?.value);
  reportRangeSign(build, from);
  const [min, max] = bounds;
  return {
    kind: 'number',
    ...(unit && { unit }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    span: nodeSpan(from),
  };
}

function boundOf(build: Build, from: CstNode): { value: number; unit?: Name } | undefined {
  const sign = has(from, 'Minus') ? -1 : 1;
  const digits = token(from, 'NumberToken');
  if (digits) return { value: literals.readNumber(build, digits) * sign };
  const measured = token(from, 'Duration');
  if (!measured) return undefined;
  const word = measured.image.replace(/^[\d.]+ ?/, '');
  const { end } = tokenSpan(measured);
  return {
    value: literals.readNumber(build, measured, measured.image.slice(0, -word.length).trim()) * sign,
    unit: { text: word, span: { start: end - word.length, end } },
  };
}

/** `1-9` and `21:00-08:00` in place of `1 to 9`. */
export function reportRangeSign(build: Build, from: CstNode): void {
  const minus = token(node(from, 'rangeSign'), 'Minus');
  if (minus) reportForeign(build, minus, ' to ');
}

/** `(easy | ok | hard)`; `(yes | no)` is the type `yes/no` in other words. */
function choiceType(build: Build, from: CstNode): TypeNode {
  for (const sign of nodes(from, 'choiceSign')) {
    const wrong = token(sign, 'Comma') ?? token(sign, 'Slash') ?? token(sign, 'or');
    if (wrong) reportForeign(build, wrong, build.text[wrong.startOffset - 1] === ' ' ? '|' : ' |');
  }
  const span = nodeSpan(from);
  const options = present(
    nodes(from, 'choiceOption').map((option) => {
      const found = token(option, 'Name') ?? token(option, 'yes') ?? token(option, 'no');
      return found && toName(found);
    }),
  );
  const isYesNo = options.length === 2 && ['yes', 'no'].every((word) => options.some(({ text }) => text === word));
  if (isYesNo) return { kind: 'yes-no', span };
  return { kind: 'choice', options, span };
}

/** The assignments of `with …`, `set …` and the like. */
export function assignmentsOf(build: Build, from: CstNode | undefined): Assignment[] {
  return present(
    [...nodes(from, 'assignment'), ...nodes(from, 'entryField')].map((child) => {
      const name = declaredName(build, child);
      const value = buildExpression(build, node(child, 'expression'));
      const right = child.name === 'entryField' ? ':' : '=';
      const wrong = token(child, 'to') ?? token(child, right === ':' ? 'Equals' : 'Colon');
      if (wrong) reportForeign(build, wrong, right === '=' && build.text[wrong.startOffset - 1] !== ' ' ? ' =' : right);
      return name && value && { name, value, span: nodeSpan(child) };
    }),
  );
}

/** The fields of a rule's entry: `{ amount: fee, cycle: cycle }`. */
export function entryOf(build: Build, parent: CstNode | undefined, index = 0): Assignment[] {
  return assignmentsOf(build, nth(parent, 'entry', index));
}

/** The names in a list: `nurse, lead and manager`. */
export function namesOf(parent: CstNode | undefined): Name[] {
  return tokens(node(parent, 'names'), 'Name').map(toName);
}

/** What `record` or a deed records: the entry's fields, or the one value of a plain series. */
export function recordedOf(build: Build, parent: CstNode): { series: Name; fields: Assignment[] } | undefined {
  const from = node(parent, 'recorded');
  const series = nameAt(from);
  if (!from || !series) return undefined;
  const value = expressionOf(build, from);
  if (!value) return { series, fields: assignmentsOf(build, node(from, 'entry')) };
  return { series, fields: [plainField(value)] };
}

/** The one field of an entry of a plain series. */
export const plainField = (value: Expr): Assignment => ({
  name: { text: 'value', span: value.span },
  value,
  span: value.span,
});
