/**
 * CST to AST: expressions.
 *
 * The grammar reads operators and operands as one flat list; here what binds tighter makes a tree of it. What could not
 * be read is left out: `a + ` gives `a`, and an expression of which nothing is left is `undefined`.
 */
import type { IToken } from 'chevrotain';
import type { Anchor, BinaryOperator, Expr, Name, Selection, Span } from './ast.ts';
import * as literals from './build-literals.ts';
import {
  type Build,
  type CstNode,
  covering,
  has,
  isNode,
  nameAt,
  node,
  nodeSpan,
  nodes,
  nth,
  onlyNode,
  onlyToken,
  type Part,
  present,
  token,
  tokenSpan,
  tokens,
} from './cst.ts';
import { diagnostic } from './diagnostics.ts';
import { limits } from './limits.ts';

/** Characters within which an expression counts as one level: nearly all do, and noting each takes its time. */
const SHALLOW = 32;

/** Notes the depth of a new node. Past the limit the node is dropped for its first child. */
function grown(build: Build, made: Expr, children: Expr[]): Expr {
  if (made.span.end - made.span.start <= SHALLOW) return made;
  let depth = 1;
  for (const child of children) depth = Math.max(depth, 1 + (build.depths.get(child) ?? 1));
  const first = children[0];
  if (depth > limits.levels && first) {
    const last = build.diagnostics.at(-1);
    if (last?.code !== 'too-deep') build.diagnostics.push(diagnostic('too-deep', made.span, { most: limits.levels }));
    return first;
  }
  build.depths.set(made, depth);
  return made;
}

/** How tight operators bind; `not` stands between `and` and the comparisons. */
const OR = 1;
const AND = 2;
const NOT = 3;
const COMPARE = 4;
const AT = 5;
const ELSE = 6;
const SUM = 7;
const PRODUCT = 8;

/** `today > begins + 10 days in berlin`: who writes `in` behind a length means a calendar. */
const ALSO_IN =
  'A calendar counts business days, `10 business days in berlin`; a window is asked by itself, `and today in …`.';

/** One step of a flat expression: an operator (none before the first) and what follows it. */
type Step = {
  operator: BinaryOperator | 'else' | undefined;
  level: number;
  operand: CstNode | undefined;
  test: CstNode | undefined;
};

/** Builds the node of the rule `expression`. */
export function buildExpression(build: Build, from: CstNode | undefined): Expr | undefined {
  if (!from) return undefined;
  if (from.name !== 'expression') return denied(build, from);
  const steps: Step[] = [];
  for (let index = 0; index < from.parts.length; index += 2) {
    const part = from.parts[index + 1] as Part;
    const before = steps.at(-1);
    if (!isNode(part)) steps.push(operatorOf(part));
    else if (from.parts[index] !== 'operand') steps.push(testStep(part));
    else if (before === undefined) steps.push({ operator: undefined, level: 0, operand: part, test: undefined });
    else before.operand = part;
  }
  return climb(build, { steps, next: 0 }, OR);
}

/** An operand with its `not` and its minus signs. Most have none, and passed on what they read. */
function denied(build: Build, from: CstNode): Expr | undefined {
  if (from.name !== 'operand') return withFields(build, from);
  return prefixed(build, signed(build, from), tokens(from, 'not'), 'not');
}

type Cursor = { steps: Step[]; next: number };

/** Reads steps as long as they bind at least as tight as `level`. Its recursion is as deep as there are levels. */
function climb(build: Build, cursor: Cursor, level: number): Expr | undefined {
  let left = operandAt(build, cursor, level);
  while (cursor.next < cursor.steps.length) {
    const step = cursor.steps[cursor.next];
    if (!step || step.level < level) break;
    if (step.level === ELSE) {
      left = fallback(build, cursor, left);
    } else if (step.level === AT) {
      cursor.next++;
      left = left && step.test && atTime(build, left, step.test);
    } else if (step.level === COMPARE) {
      left = comparison(build, cursor, left);
      const second = cursor.steps[cursor.next];
      if (second?.level !== COMPARE) continue;
      const hint = second.test?.name === 'inWindow' ? { hint: ALSO_IN } : {};
      const start = left?.span.start ?? 0;
      while (cursor.steps[cursor.next]?.level === COMPARE) comparison(build, cursor, undefined);
      build.diagnostics.push(
        diagnostic('chained-comparison', { start, end: endOf(cursor.steps[cursor.next - 1], start) }, {}, hint),
      );
    } else {
      left = joinedBy(build, left, climb(build, cursor, step.level + 1), step.operator);
    }
  }
  return left;
}

/** The operand of the step at the cursor, with its `not` and `-`. */
function operandAt(build: Build, cursor: Cursor, level: number): Expr | undefined {
  const from = cursor.steps[cursor.next]?.operand;
  if (!from) {
    cursor.next++;
    return undefined;
  }
  const nots = from.name === 'operand' ? tokens(from, 'not') : [];
  if (nots.length === 0 || level > COMPARE) {
    cursor.next++;
    return denied(build, from);
  }
  // `not a = b` denies the comparison: read it as if its `not` were not there, then add it.
  const step = cursor.steps[cursor.next];
  if (step) step.operand = { ...from, parts: from.parts.slice(2 * nots.length) };
  return prefixed(build, climb(build, cursor, Math.max(NOT + 1, level)), nots, 'not');
}

function joinedBy(
  build: Build,
  left: Expr | undefined,
  right: Expr | undefined,
  operator: Step['operator'],
): Expr | undefined {
  if (!left || !right || !operator || operator === 'else') return left ?? right;
  const span = covering(left.span, right.span);
  return grown(build, { kind: 'binary', operator, left, right, span }, [left, right]);
}

function comparison(build: Build, cursor: Cursor, left: Expr | undefined): Expr | undefined {
  const step = cursor.steps[cursor.next];
  if (step?.test && !step.operand) {
    cursor.next++;
    if (!left) return undefined;
    return step.test.name === 'inWindow' ? inWindow(build, left, step.test) : knownTest(build, left, step.test);
  }
  return joinedBy(build, left, climb(build, cursor, COMPARE + 1), step?.operator);
}

/** `a else b else c`: the first that is there, so it groups to the right. */
function fallback(build: Build, cursor: Cursor, first: Expr | undefined): Expr | undefined {
  const parts = [first];
  while (cursor.steps[cursor.next]?.level === ELSE) parts.push(climb(build, cursor, ELSE + 1));
  return present(parts).reduceRight<Expr | undefined>((right, left) => {
    if (!right) return left;
    return grown(build, { kind: 'else', left, right, span: covering(left.span, right.span) }, [left, right]);
  }, undefined);
}

function endOf(step: Step | undefined, start: number): number {
  const last = step?.operand ?? step?.test;
  return last ? Math.max(start, nodeSpan(last).end) : start;
}

function operatorOf(from: IToken): Step {
  const step = (operator: Step['operator'], level: number): Step => ({
    operator,
    level,
    operand: undefined,
    test: undefined,
  });
  switch (from.image) {
    case 'else':
      return step('else', ELSE);
    case 'or':
    case '||':
      return step('or', OR);
    case 'and':
    case '&':
    case '&&':
      return step('and', AND);
    case '+':
    case '-':
      return step(from.image, SUM);
    case '*':
    case '/':
      return step(from.image, PRODUCT);
    default:
      return step(compareOperator(from), COMPARE);
  }
}

/** `felt is hard` is a comparison; `why is set` has no operand. */
function testStep(from: CstNode): Step {
  if (from.name === 'atTime') return { operator: undefined, level: AT, operand: undefined, test: from };
  if (from.name === 'inWindow') return { operator: undefined, level: COMPARE, operand: undefined, test: from };
  const operator = has(from, 'not') ? '!=' : '=';
  return { operator, level: COMPARE, operand: node(from, 'operand'), test: from };
}

/** `due at 09:00`. */
function atTime(build: Build, date: Expr, from: CstNode): Expr {
  const time = plainOf(build, node(from, 'clockTime'));
  if (!time) return date;
  return grown(build, { kind: 'at-time', date, time, span: covering(date.span, time.span) }, [date, time]);
}

/** `today in second`. */
function inWindow(build: Build, of: Expr, from: CstNode): Expr {
  const window = nameAt(from);
  if (!window) return of;
  return grown(build, { kind: 'in-window', of, window, span: covering(of.span, window.span) }, [of]);
}

/** `why is not set`. */
function knownTest(build: Build, of: Expr, from: CstNode): Expr {
  if (!has(from, 'missing') && !has(from, 'set') && !has(from, 'known')) return of;
  const span = covering(of.span, nodeSpan(from));
  return grown(build, { kind: 'is-known', of, negated: has(from, 'not') !== has(from, 'missing'), span }, [of]);
}

/** The expression of a rule that holds one. */
export function expressionOf(build: Build, parent: CstNode | undefined, index = 0): Expr | undefined {
  return buildExpression(build, nth(parent, 'expression', index));
}

function prefixed(build: Build, of: Expr | undefined, prefixes: IToken[], kind: 'not' | 'negate'): Expr | undefined {
  let result = of;
  for (const prefix of prefixes.length > 1 ? prefixes.toReversed() : prefixes) {
    if (!result) return undefined;
    const span = covering(tokenSpan(prefix), result.span);
    const made = grown(build, { kind, of: result, span }, [result]);
    if (made === result) return result;
    result = made;
  }
  return result;
}

export function compareOperator(from: IToken): BinaryOperator {
  switch (from.image) {
    case '<':
    case '>':
    case '<=':
    case '>=':
    case '!=':
      return from.image;
    case '≤':
    case '=<':
      return '<=';
    case '≥':
    case '=>':
      return '>=';
    case '!==':
    case '<>':
    case '≠':
      return '!=';
    default:
      return '=';
  }
}

/** An operand with its minus signs. A plus sign says nothing. */
function signed(build: Build, from: CstNode): Expr | undefined {
  return prefixed(build, lasting(build, from, postfixOf(build, from)), tokens(from, 'Minus'), 'negate');
}

/** `14 days of silence`, `gap since last run`. */
function lasting(build: Build, from: CstNode, duration: Expr | undefined): Expr | undefined {
  if (!duration) return undefined;
  const silence = token(from, 'silence');
  if (silence) {
    return grown(build, { kind: 'silence', duration, span: covering(duration.span, tokenSpan(silence)) }, [duration]);
  }
  const of = node(from, 'anchor');
  const anchor = of && anchorOf(build, of);
  if (!anchor) return duration;
  const children = anchor.kind === 'moment' ? [duration, anchor.of] : [duration];
  return grown(build, { kind: 'since', duration, anchor, span: covering(duration.span, anchor.span) }, children);
}

/** A length of time, from the rule `length` inside `parent`. */
export function lengthOf(build: Build, parent: CstNode | undefined): Expr | undefined {
  return plainOf(build, node(parent, 'length'));
}

/** Builds the node of a rule for a plain value: `length`, `clockTime` or `amount`. */
export function plainOf(build: Build, from: CstNode | undefined): Expr | undefined {
  if (!from) return undefined;
  const time = literals.timeOf(build, from);
  if (time) return time;
  const digits = token(from, 'NumberToken');
  if (digits) return { kind: 'number', value: literals.readNumber(build, digits), span: tokenSpan(digits) };
  const inner = plainRules.has(from.name) ? onlyNode(from) : from;
  return inner && phrase(build, inner);
}

const plainRules = new Set(['length', 'clockTime', 'amount']);

function postfixOf(build: Build, parent: CstNode | undefined): Expr | undefined {
  const from = node(parent, 'postfix');
  return from && withFields(build, from);
}

/** A `postfix`, a `primary`, or what they passed on. */
function withFields(build: Build, from: CstNode): Expr | undefined {
  if (from.name === 'primary') return primary(build, from);
  if (from.name !== 'postfix') return phrase(build, from);
  const of = node(from, 'primary');
  return membersOf(build, of && withFields(build, of), tokens(from, 'Name'));
}

function membersOf(build: Build, of: Expr | undefined, fields: IToken[]): Expr | undefined {
  let result = of;
  for (const field of fields) {
    if (!result) return undefined;
    const span = covering(result.span, tokenSpan(field));
    result = grown(build, { kind: 'member', of: result, field: { text: field.image, span: tokenSpan(field) }, span }, [
      result,
    ]);
  }
  return result;
}

function primary(build: Build, from: CstNode): Expr | undefined {
  const inner = onlyNode(from);
  if (inner) return phrase(build, inner);
  const value = onlyToken(from);
  if (value === undefined) return undefined;
  const { name, token } = value;
  if (name === 'Text') return literals.buildText(build, token);
  if (name === 'Time') return literals.buildTime(build, token);
  if (name === 'DateToken') return literals.buildDate(build, token);
  const span = tokenSpan(token);
  if (name === 'yes' || name === 'no') return { kind: 'yes-no', value: name === 'yes', span };
  if (name === 'today' || name === 'now' || name === 'occurred' || name === 'enrolled' || name === 'entered')
    return { kind: name, span };
  return undefined;
}

function phrase(build: Build, from: CstNode): Expr | undefined {
  const span = nodeSpan(from);
  switch (from.name) {
    case 'numberWithUnit':
      return numberLiteral(build, from);
    case 'group':
      return expressionOf(build, from);
    case 'reference':
      return reference(build, from, span);
    case 'writtenLength':
      return literals.buildWrittenLength(build, from);
    case 'namedValue': {
      const of = node(from, 'reference');
      return membersOf(build, of && phrase(build, of), tokens(from, 'Name'));
    }
    case 'stageOf': {
      const track = nameAt(from);
      return { kind: 'stage-of', ...(track && { track }), span };
    }
    case 'newest':
      return newest(build, from, span);
    case 'absence': {
      const series = nameAt(from);
      const duration = lengthOf(build, from);
      const where = expressionOf(build, from);
      if (!series || !duration) return undefined;
      const made: Expr = { kind: 'absence', series, ...(where && { where }), duration, span };
      return grown(build, made, where ? [duration, where] : [duration]);
    }
    case 'dayOf': {
      const of = postfixOf(build, from);
      return of && grown(build, { kind: 'day-of', of, span }, [of]);
    }
    case 'judgement':
      return judgement(build, from, span);
    default:
      return undefined;
  }
}

/** `judged "…" at 0.8, at most 5 times else no`. */
function judgement(build: Build, from: CstNode, span: Span): Expr | undefined {
  const criterion = literals.textOf(build, from);
  const at = token(from, 'NumberToken');
  if (!criterion || !at) return undefined;
  const atMost = atMostOf(build, from);
  const otherwise = postfixOf(build, from);
  const made: Expr = {
    kind: 'judged',
    criterion,
    at: literals.readConfidence(build, at),
    ...(atMost !== undefined && { atMost }),
    ...(otherwise && { otherwise }),
    span,
  };
  return grown(build, made, otherwise ? [otherwise] : []);
}

/** The number in `at most 3 times`, `at most once`. */
export function atMostOf(build: Build, parent: CstNode): number | undefined {
  const from = node(parent, 'atMost');
  const count = token(from, 'NumberToken');
  if (count) return literals.readCount(build, count);
  if (has(from, 'once')) return 1;
  return has(from, 'Word') ? 2 : undefined;
}

export function numberLiteral(build: Build, from: CstNode): Expr | undefined {
  const digits = token(from, 'NumberToken');
  const unit = literals.unitOf(from);
  return (
    digits && { kind: 'number', value: literals.readNumber(build, digits), ...(unit && { unit }), span: nodeSpan(from) }
  );
}

function reference(build: Build, from: CstNode, span: Span): Expr | undefined {
  const name = nameAt(from);
  if (!name) return undefined;
  if (from.parts.length === 2) return { kind: 'name', name, span };
  if (has(from, 'LeftParen')) {
    const args = todayAsWindow(name, present(nodes(from, 'argument').map((child) => argument(build, child))));
    return grown(build, { kind: 'call', function: name, args, span }, args);
  }
  if (has(from, 'LeftBracket')) {
    const keys = present(nodes(from, 'expression').map((child) => buildExpression(build, child)));
    return grown(build, { kind: 'lookup', table: name, keys, span }, keys);
  }
  return { kind: 'name', name, span };
}

/** Functions that ask something of a series. */
const summaries = new Set(['count', 'sum', 'mean', 'latest', 'first', 'streak', 'days', 'gap']);

/** `count(runs, today)` is `count(runs today)`, as `count(runs, this visit)` may have its comma too. */
function todayAsWindow({ text }: Name, args: Expr[]): Expr[] {
  const [subject, today, ...more] = args;
  if (!subject || today?.kind !== 'today' || more.length > 0 || !summaries.has(text)) return args;
  const selection = selectionOf(subject);
  if (!selection || selection.window) return args;
  const span = covering(subject.span, today.span);
  const window = { kind: 'calendar', period: 'day', span: today.span } as const;
  return [{ kind: 'selection', selection: { ...selection, window, span }, span }];
}

/** An argument of a call: an expression, or one narrowed to a selection by `where` or a window. */
function argument(build: Build, from: CstNode): Expr | undefined {
  const subject = expressionOf(build, from, 0);
  const where = expressionOf(build, from, 1);
  const [selected, ...more] = nodes(from, 'selected');
  for (const second of more) {
    const clause = build.text.slice(nodeSpan(second).start, nodeSpan(second).end);
    build.diagnostics.push(diagnostic('duplicate-clause', nodeSpan(second), { clause }));
  }
  const window = windowOf(build, selected);
  const ofThose = expressionOf(build, node(from, 'ofThose'));
  if (!subject || (!where && !window && !ofThose)) return subject;
  const selection = selectionOf(subject);
  if (!selection) {
    build.diagnostics.push(diagnostic('not-a-selection', subject.span));
    return subject;
  }
  const span = nodeSpan(from);
  const narrowed: Selection = {
    ...selection,
    ...(where && { where }),
    ...(window && { window }),
    ...(ofThose && { ofThose }),
    span,
  };
  return grown(build, { kind: 'selection', selection: narrowed, span }, present([where, ofThose]));
}

/** `runs`, `runs.minutes` and `last 3 of runs` can be narrowed further. */
function selectionOf(subject: Expr): Selection | undefined {
  const { span } = subject;
  if (subject.kind === 'name') return { series: subject.name, span };
  if (subject.kind === 'member' && subject.of.kind === 'name')
    return { series: subject.of.name, field: subject.field, span };
  if (subject.kind === 'selection') return subject.selection;
  return undefined;
}

function windowOf(build: Build, from: CstNode | undefined): Selection['window'] {
  if (!from) return undefined;
  const span = nodeSpan(from);
  if (has(from, 'visit')) return { kind: 'visit', span };
  if (has(from, 'week')) return { kind: 'calendar', period: 'week', span };
  if (has(from, 'month')) return { kind: 'calendar', period: 'month', span };
  if (has(from, 'day') || has(from, 'today')) return { kind: 'calendar', period: 'day', span };
  if (has(from, 'since')) {
    const of = node(from, 'anchor');
    const anchor = of && anchorOf(build, of);
    return anchor && { kind: 'since', anchor, span };
  }
  const duration = lengthOf(build, from);
  if (duration) return { kind: 'last', duration, span };
  return has(from, 'this') && has(from, 'Word') ? { kind: 'calendar', period: 'year', span } : undefined;
}

function anchorOf(build: Build, from: CstNode): Anchor | undefined {
  const span = nodeSpan(from);
  if (has(from, 'enrolled')) return { kind: 'enrolled', span };
  if (has(from, 'entered')) return { kind: 'entered', span };
  const field = nameAt(from);
  if (field) return { kind: 'changed', field, span };
  const day = postfixOf(build, from);
  const time = node(from, 'atTime');
  const of = day && time ? atTime(build, day, time) : day;
  return of && { kind: 'moment', of, span };
}

/** `last run`, `last run was today`, `last 3 of fbg`. */
function newest(build: Build, from: CstNode, span: Span): Expr | undefined {
  const series = nameAt(from);
  if (!series) return undefined;
  const count = token(from, 'NumberToken');
  if (count) {
    const field = nameAt(from, 1);
    const last = literals.readCount(build, count);
    return { kind: 'selection', selection: { series, ...(field && { field }), last, span }, span };
  }
  if (!has(from, 'was')) return { kind: 'last', series, span };
  const days = nodes(from, 'recentDay').map((day) => (has(day, 'yesterday') ? 'yesterday' : 'today'));
  return { kind: 'last-was', series, days, span };
}
