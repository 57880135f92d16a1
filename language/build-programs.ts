/**
 * CST to AST: programs, their head, tables and `anytime`. Data are in `build-types.ts`, stages in
 * `build-stages.ts`.
 *
 * An item whose needed parts could not be read is left out; its mistake is already reported.
 */
import type { CstNode } from 'chevrotain';
import type { Expr, Name, Program, ProgramItem, Span, Table } from './ast.ts';
import { numberLiteral } from './build-expressions.ts';
import * as literals from './build-literals.ts';
import { buildLet, buildRule, buildStage } from './build-stages.ts';
import { fieldsOf, reportRangeSign, unreadOf } from './build-types.ts';
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
    name: nameAt(from) ?? literals.nameless(from, title),
    ...(title && { title }),
    items: present(items),
    span,
  };
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
      reportRangeSign(build, from);
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
      const unread = record ? unreadOf(record) : [];
      return {
        kind: 'data',
        fields: record ? fieldsOf(build, record) : [],
        ...(unread.length > 0 && { unread }),
        span,
      };
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
