/**
 * CST to AST: programs, their data, tables and rules. Stages are in `build-stages.ts`.
 *
 * An item whose needed parts could not be read is left out; its mistake is already reported.
 */
import type { CstNode } from 'chevrotain';
import type { Expr, Field, Name, Program, ProgramItem, Span, Table, TypeNode } from './ast.ts';
import { buildExpression, expressionOf, numberLiteral } from './build-expressions.ts';
import * as literals from './build-literals.ts';
import { buildLet, buildRule, buildStage } from './build-stages.ts';
import {
  type Build,
  has,
  nameAt,
  node,
  nodeSpan,
  nodes,
  onlyNode,
  present,
  token,
  tokenSpan,
  tokens,
  toName,
} from './cst.ts';
import { diagnostic } from './diagnostics.ts';
import { reportUnknown } from './unknown.ts';

export function buildProgram(build: Build, from: CstNode): Program {
  const span = nodeSpan(from);
  const title = literals.textOf(build, from);
  const items = nodes(from, 'programItem').map((item) => {
    const inner = onlyNode(item);
    return inner && programItem(build, inner);
  });
  return {
    kind: 'program',
    name: nameAt(from) ?? nameless(from),
    ...(title && { title }),
    items: present(items),
    span,
  };
}

/** A program or stage that lacks its name keeps its place in the tree under an empty one. */
export function nameless(from: CstNode): Name {
  const { start } = nodeSpan(from);
  return { text: '', span: { start, end: start } };
}

function programItem(build: Build, from: CstNode): ProgramItem | undefined {
  const span = nodeSpan(from);
  switch (from.name) {
    case 'aboutItem': {
      const text = literals.textOf(build, from);
      return text && { kind: 'about', text, span };
    }
    case 'enrollItem': {
      const domain = literals.textOf(build, from);
      const others = has(from, 'ask') ? 'ask' : 'refuse';
      return { kind: 'enroll', verified: has(from, 'verified'), ...(domain && { domain }), others, span };
    }
    case 'reenterItem': {
      const after = literals.durationOf(build, from);
      return { kind: 'reenter', ...(after && { after }), keeping: namesOf(from), span };
    }
    case 'timezoneItem': {
      const fallback = literals.textOf(build, from);
      return fallback && { kind: 'timezone', theirs: has(from, 'theirs'), fallback, span };
    }
    case 'quietItem': {
      const start = literals.timeOf(build, from, 0);
      const end = literals.timeOf(build, from, 1);
      return start && end && { kind: 'quiet', from: start, to: end, span };
    }
    case 'budgetItem': {
      const money = token(from, 'Money');
      return (
        money && { kind: 'budget', usd: literals.readNumber(build, money, money.image.slice(1)), per: 'month', span }
      );
    }
    case 'agentItem': {
      const name = nameAt(from);
      return name && { kind: 'agent', name, span };
    }
    case 'rolesItem':
      return { kind: 'roles', names: namesOf(from), span };
    case 'dataItem': {
      const record = node(from, 'recordType');
      return { kind: 'data', fields: record ? fieldsOf(build, record) : [], span };
    }
    case 'tableDeclaration':
      return buildTable(build, from, span);
    case 'letItem':
      return buildLet(build, from);
    case 'anytimeItem': {
      for (const unknown of nodes(from, 'unknown')) reportUnknown(build, unknown, 'anytime');
      return { kind: 'anytime', items: present(nodes(from, 'rule').map((rule) => buildRule(build, rule))), span };
    }
    case 'stageDeclaration':
      return buildStage(build, from);
    default:
      reportUnknown(build, from, 'program');
      return undefined;
  }
}

function namesOf(from: CstNode): Name[] {
  return tokens(node(from, 'names'), 'Name').map(toName);
}

// ------------------------------------------------------------ data and types

function fieldsOf(build: Build, from: CstNode): Field[] {
  for (const unknown of nodes(from, 'unknown')) reportUnknown(build, unknown, 'data');
  return present(nodes(from, 'field').map((field) => buildField(build, field)));
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
  const initial = expressionOf(build, from);
  const may = node(from, 'agentMay');
  return {
    name,
    type: built,
    optional: has(from, 'Question'),
    ...(initial && { initial }),
    ...(may && {
      agentMay: { verb: has(may, 'record') ? ('record' as const) : ('set' as const), span: nodeSpan(may) },
    }),
    span: nodeSpan(from),
  };
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
  if (has(from, 'date')) return { kind: 'date', span };
  if (has(from, 'time')) return { kind: 'time', span };
  const inner = onlyNode(from);
  if (inner?.name === 'numberType') return numberType(build, inner);
  if (inner?.name === 'recordType') return { kind: 'record', fields: fieldsOf(build, inner), span };
  if (inner?.name === 'parenthesizedType') {
    const nested = node(inner, 'type');
    if (nested) return buildType(build, nested);
    const choice = node(inner, 'choice');
    return choice && choiceType(choice);
  }
  return undefined;
}

function numberType(build: Build, from: CstNode): TypeNode {
  const unit = literals.unitOf(from);
  const bounds = nodes(from, 'bound').map((bound) => {
    const digits = token(bound, 'NumberToken');
    return digits && literals.readNumber(build, digits) * (has(bound, 'Minus') ? -1 : 1);
  });
  const [min, max] = bounds;
  return {
    kind: 'number',
    ...(unit && { unit }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    span: nodeSpan(from),
  };
}

/** `(easy | ok | hard)`; `(yes | no)` is the type `yes/no` in other words. */
function choiceType(from: CstNode): TypeNode {
  const span = nodeSpan(from);
  const options = present(
    nodes(from, 'choiceOption').map((option) => {
      const found = token(option, 'Name') ?? token(option, 'yes') ?? token(option, 'no');
      return found && toName(found);
    }),
  );
  const words = options.map((option) => option.text).toSorted();
  if (words.length === 2 && words[0] === 'no' && words[1] === 'yes') return { kind: 'yes-no', span };
  return { kind: 'choice', options, span };
}

// ------------------------------------------------------------ tables

/** Cells belong to the line they begin on; with two keys the first line names the columns. */
function buildTable(build: Build, from: CstNode, span: Span): Table | undefined {
  const name = nameAt(from);
  if (!name) return undefined;
  const keys = namesOf(from);
  const lines = new Map<number, Expr[]>();
  for (const cell of nodes(from, 'cell')) {
    const unknown = node(cell, 'unknown');
    if (unknown) reportUnknown(build, unknown, 'table');
    const line = firstLine(cell);
    const value = buildCell(build, cell);
    if (line === undefined || !value) continue;
    const cells = lines.get(line);
    if (cells) cells.push(value);
    else lines.set(line, [value]);
  }
  const grid = [...lines.values()];
  const columns = keys.length > 1 ? (grid.shift() ?? []) : [];
  const rows = grid.flatMap(([key, ...cells]) => {
    const end = cells.at(-1)?.span.end ?? key?.span.end;
    return key && end !== undefined ? [{ key, cells, span: { start: key.span.start, end } }] : [];
  });
  return { kind: 'table', name, keys, columns, rows, span };
}

function firstLine(from: CstNode): number | undefined {
  for (const [name, children] of Object.entries(from.children)) {
    const found = token(from, name);
    if (found) return found.startLine;
    const inner = children[0];
    const line = inner && 'children' in inner ? firstLine(inner) : undefined;
    if (line !== undefined) return line;
  }
  return undefined;
}

function buildCell(build: Build, from: CstNode): Expr | undefined {
  const number = node(from, 'numberWithUnit');
  if (number) {
    const value = numberLiteral(build, number);
    const minus = token(from, 'Minus');
    if (!value || !minus) return value;
    return { kind: 'negate', of: value, span: { start: tokenSpan(minus).start, end: value.span.end } };
  }
  const text = token(from, 'Text');
  if (text) return literals.buildText(build, text);
  const duration = token(from, 'Duration');
  if (duration) return literals.buildDuration(build, duration);
  const time = token(from, 'Time');
  if (time) return literals.buildTime(build, time);
  const date = token(from, 'DateToken');
  if (date) return literals.buildDate(build, date);
  const truth = token(from, 'yes') ?? token(from, 'no');
  if (truth) return { kind: 'yes-no', value: has(from, 'yes'), span: tokenSpan(truth) };
  const name = nameAt(from);
  return name && { kind: 'name', name, span: name.span };
}

/** The assignments of `with …`, `set …` and the like. */
export function assignmentsOf(build: Build, from: CstNode | undefined) {
  return present(
    [...nodes(from, 'assignment'), ...nodes(from, 'entryField')].map((child) => {
      const name = nameAt(child);
      const value = buildExpression(build, node(child, 'expression'));
      return name && value && { name, value, span: nodeSpan(child) };
    }),
  );
}
