/**
 * CST to AST: programs, fragments and imports; tables, ladders, holidays, migrations. Data are in
 * `build-types.ts`, stages and what holds them in `build-stages.ts`.
 *
 * An item whose needed parts could not be read is left out; its mistake is already reported.
 */
import type {
  Expr,
  Fragment,
  Holidays,
  Import,
  Ladder,
  Migrate,
  Program,
  ProgramItem,
  Span,
  StageItem,
  Table,
} from './ast.ts';
import { lengthOf, numberLiteral } from './build-expressions.ts';
import * as literals from './build-literals.ts';
import {
  buildAnytime,
  buildBands,
  buildLet,
  buildList,
  buildStage,
  buildTrack,
  buildWindow,
  stageItem,
  usesOf,
} from './build-stages.ts';
import { assignmentsOf, fieldsOf, namesOf, reportForeign, reportRangeSign, unreadOf } from './build-types.ts';
import {
  type Build,
  type CstNode,
  has,
  nameAt,
  node,
  nodeSpan,
  nodes,
  onlyNode,
  onlyToken,
  present,
  token,
  tokenSpan,
} from './cst.ts';
import { diagnostic } from './diagnostics.ts';
import { fixOf } from './fixes.ts';
import { itemOf } from './kept-items.ts';
import { quoted } from './tokens.ts';
import { reportUnknown } from './unknown.ts';

export function buildProgram(build: Build, from: CstNode): Program {
  const span = nodeSpan(from);
  const title = literals.textOf(build, from);
  return {
    kind: 'program',
    name: nameAt(from) ?? literals.nameless(from, title),
    ...(title && { title }),
    items: nodes(from, 'programItem').flatMap((item) => programItem(build, item)),
    span,
  };
}

export function buildFragment(build: Build, from: CstNode): Fragment {
  const items = [...nodes(from, 'programItem'), ...nodes(from, 'stageItem')]
    .sort((one, other) => nodeSpan(one).start - nodeSpan(other).start)
    .flatMap((item): (ProgramItem | StageItem)[] =>
      item.name === 'programItem' ? programItem(build, item) : stageItem(build, item),
    );
  return { kind: 'fragment', name: nameAt(from) ?? literals.nameless(from, undefined), items, span: nodeSpan(from) };
}

export function buildImport(build: Build, from: CstNode): Import | undefined {
  const file = literals.textOf(build, from);
  return file && { kind: 'import', names: namesOf(from), from: file, span: nodeSpan(from) };
}

const programItem = (build: Build, item: CstNode): ProgramItem[] => itemOf(build, item, () => readItem(build, item));

function readItem(build: Build, item: CstNode): ProgramItem[] {
  const inner = onlyNode(item);
  if (!inner) return [];
  return inner.name === 'useItem' ? usesOf(inner) : present([singleItem(build, inner)]);
}

function singleItem(build: Build, from: CstNode): ProgramItem | undefined {
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
      const after = lengthOf(build, from);
      return { kind: 'reenter', ...(after && { after }), keeping: namesOf(from), span };
    }
    case 'cohortItem': {
      const by = nameAt(from);
      return by && { kind: 'cohort', by, span };
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
    case 'skillItem': {
      const name = nameAt(from);
      return name && { kind: 'skill', name, span };
    }
    case 'rolesItem':
      return { kind: 'roles', names: namesOf(from), span };
    case 'servicesItem':
      return { kind: 'services', names: namesOf(from), span };
    case 'messagesItem':
      return messagesItem(build, from);
    case 'ladderDeclaration':
      return buildLadder(build, from);
    case 'holidaysDeclaration':
      return buildHolidays(build, from);
    case 'migrateItem':
      return buildMigrate(build, from);
    case 'parametersItem':
    case 'dataItem': {
      const record = node(from, 'recordType');
      const unread = record ? unreadOf(record) : [];
      return {
        kind: from.name === 'dataItem' ? 'data' : 'parameters',
        fields: record ? fieldsOf(build, record) : [],
        ...(unread.length > 0 && { unread }),
        span,
      };
    }
    case 'tableDeclaration':
      return buildTable(build, from, span);
    case 'letItem':
      return buildLet(build, from);
    case 'bandsItem':
      return buildBands(build, from);
    case 'windowItem':
      return buildWindow(build, from);
    case 'anytimeItem':
      return buildAnytime(build, from);
    case 'stageDeclaration':
      return buildStage(build, from);
    case 'trackDeclaration':
      return buildTrack(build, from);
    case 'listDeclaration':
      return buildList(build, from);
    default:
      reportUnknown(build, from, 'program');
      return undefined;
  }
}

/** `messages at most 5 per day, 20 per week, 2h apart`. */
function messagesItem(build: Build, from: CstNode): ProgramItem {
  const made: ProgramItem = { kind: 'messages', span: nodeSpan(from) };
  const seen = new Set<string>();
  for (const limit of nodes(from, 'messageLimit')) {
    const number = token(limit, 'NumberToken');
    const apart = literals.durationOf(build, limit);
    const least = token(limit, 'least');
    if (number && least) reportForeign(build, least, 'most');
    const clause = apart ? 'apart' : has(limit, 'day') ? 'per day' : 'per week';
    if (seen.has(clause)) build.diagnostics.push(diagnostic('duplicate-clause', nodeSpan(limit), { clause }));
    else if (apart) made.apart = apart;
    else if (number) made[clause === 'per day' ? 'perDay' : 'perWeek'] = literals.readCount(build, number);
    seen.add(clause);
  }
  return made;
}

function buildLadder(build: Build, from: CstNode): Ladder | undefined {
  const unread = nodes(from, 'unknown').map(nodeSpan);
  for (const unknown of nodes(from, 'unknown')) reportUnknown(build, unknown, 'ladder');
  const name = nameAt(from);
  const rungs = nodes(from, 'rung').flatMap((rung, index) => {
    const to = nameAt(rung);
    const length = lengthOf(build, rung);
    // What comes behind words that could not be read may be no rung at all.
    if (!unread.some(({ start }) => start < nodeSpan(rung).start)) reportJoint(build, rung, index === 0);
    return to ? [{ to, ...(length && { for: length }), span: nodeSpan(rung) }] : [];
  });
  return name && { kind: 'ladder', name, rungs, span: nodeSpan(from) };
}

/** Each rung but the first begins with `then`. */
function reportJoint(build: Build, rung: CstNode, isFirst: boolean): void {
  const [then, comma] = [token(rung, 'then'), token(rung, 'Comma')];
  const name = nameAt(rung);
  if (isFirst) {
    const extra = then ?? comma;
    if (extra) reportForeign(build, extra, '');
  } else if (comma) reportForeign(build, comma, ' then');
  else if (!then && name) {
    const span = { start: name.span.start, end: name.span.start };
    const fix = fixOf('write-between', 'then', { span, text: 'then ' });
    const found = `${quoted(name.text)} here without \`then\` before it`;
    build.diagnostics.push(diagnostic('foreign-spelling', name.span, { found, remedy: `${fix.title}.` }, { fix }));
  }
}

function buildHolidays(build: Build, from: CstNode): Holidays | undefined {
  for (const unknown of nodes(from, 'unknown')) reportUnknown(build, unknown, 'holidays');
  const name = nameAt(from);
  const days = nodes(from, 'holiday').flatMap((holiday) => {
    const date = token(holiday, 'DateToken');
    const title = literals.textOf(build, holiday);
    return date ? [{ date: literals.buildDate(build, date), ...(title && { title }), span: nodeSpan(holiday) }] : [];
  });
  const weekend = literals.weekdaysOf(node(from, 'days'));
  return name && { kind: 'holidays', name, weekend, days, span: nodeSpan(from) };
}

const migrated = ['stage', 'field', 'series', 'list', 'track'] as const;

function buildMigrate(build: Build, from: CstNode): Migrate | undefined {
  for (const unknown of nodes(from, 'unknown')) reportUnknown(build, unknown, 'migrate');
  const version = token(from, 'NumberToken');
  const steps = nodes(from, 'migration').map((step): Migrate['steps'][number] | undefined => {
    const span = nodeSpan(step);
    const [old, renamed] = [nameAt(step), nameAt(step, 1)];
    if (has(step, 'drop')) return old && { kind: 'drop', name: old, span };
    const [assignment] = assignmentsOf(build, step);
    if (assignment) return { kind: 'set', name: assignment.name, value: assignment.value, span };
    const what = migrated.find((word) => has(step, word));
    return what && old && renamed && { kind: 'becomes', what, old, new: renamed, span };
  });
  if (!version) return undefined;
  return { kind: 'migrate', from: literals.readCount(build, version), steps: present(steps), span: nodeSpan(from) };
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
  const line = onlyToken(from)?.token.startLine;
  const inner = onlyNode(from);
  return line ?? (inner && firstLine(inner));
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
  const length = node(from, 'writtenLength');
  if (length) return literals.buildWrittenLength(build, length);
  const time = token(from, 'Time');
  if (time) return literals.buildTime(build, time);
  const date = token(from, 'DateToken');
  if (date) return literals.buildDate(build, date);
  const truth = token(from, 'yes') ?? token(from, 'no');
  if (truth) return { kind: 'yes-no', value: has(from, 'yes'), span: tokenSpan(truth) };
  const name = nameAt(from);
  return name && { kind: 'name', name, span: name.span };
}
