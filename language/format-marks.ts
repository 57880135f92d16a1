/**
 * What the formatter must know of a text besides its tokens, found on the CST: where tokens touch,
 * where a line may break, where columns stand, which braces hold which items.
 *
 * Marks are keyed by the offset of a token. Nothing here decides how a line looks: that is
 * `format-lines.ts`. A construct without a mark is printed with single spaces, so a new rule of the
 * grammar is formatted soundly, if plainly, before it is known here.
 */
import type { IToken } from 'chevrotain';
import { type CstNode, has, isNode, node, nodeSpan, nodes, onlyNode, token, tokens } from './cst.ts';

export type BlockKind =
  | 'file'
  | 'program'
  | 'flow'
  | 'data'
  | 'record'
  | 'table'
  | 'bands'
  | 'ladder'
  | 'holidays'
  | 'migrate'
  | 'anytime'
  | 'stage'
  | 'body'
  | 'entry'
  | 'scenario';

/** Where a column may begin: before the token that carries it. */
export type Stop = 'colon' | 'mark' | 'equals' | 'with' | 'when' | 'body' | 'deed' | 'cell';

/** How gladly a line breaks before a token: 1 before a clause, 2 inside one. */
export type BreakLevel = 1 | 2;

/** Offsets of the first character and behind the last; `name` is the rule that says what it is. */
export type MarkedItem = { start: number; end: number; name: string; padded: boolean };
/** `close` is the offset of the closing brace; -1 for the file, which has none. `hasHeading`: a table of two keys. */
export type MarkedBlock = { kind: BlockKind; close: number; items: MarkedItem[]; hasHeading: boolean };

export type Marks = {
  /** By the offset of the opening brace; -1 for the file. */
  blocks: Map<number, MarkedBlock>;
  /** Commas that say nothing and are written anew where the style has them. */
  dropped: Set<number>;
  /** Tokens before which the style has a comma. */
  commaBefore: Set<number>;
  /** Tokens that stand apart from the one before although their kind touches it. */
  apart: Set<number>;
  gluedBefore: Set<number>;
  gluedAfter: Set<number>;
  breakBefore: Map<number, BreakLevel>;
  breakAfter: Map<number, BreakLevel>;
  stops: Map<number, Stop>;
  /** Each `else` between the bodies of a `when`. */
  branches: Set<number>;
};

export function findMarks(tree: CstNode): Marks {
  const marks: Marks = {
    blocks: new Map(),
    dropped: new Set(),
    commaBefore: new Set(),
    apart: new Set(),
    gluedBefore: new Set(),
    gluedAfter: new Set(),
    breakBefore: new Map(),
    breakAfter: new Map(),
    stops: new Map(),
    branches: new Set(),
  };
  const declarations = inOrder([
    ...nodes(tree, 'importDeclaration'),
    ...nodes(tree, 'fragmentDeclaration'),
    ...nodes(tree, 'programDeclaration'),
    ...nodes(tree, 'scenarioDeclaration'),
  ]);
  const items = declarations.map((child) => markedItem(child, child.name, false));
  marks.blocks.set(-1, { kind: 'file', close: -1, items, hasHeading: false });
  visit(marks, tree);
  return marks;
}

function visit(marks: Marks, from: CstNode): void {
  markers[from.name]?.(marks, from);
  for (const part of from.parts) if (typeof part !== 'string' && isNode(part)) visit(marks, part);
}

/**
 * Words with which a type or a value may go on. Roles may be called so, too: `= birth, at may set` has its comma,
 * because `birth at may` would be a moment.
 */
const joints = new Set(['at', 'changed', 'from', 'in', 'of']);

const markers: Record<string, (marks: Marks, from: CstNode) => void> = {
  programDeclaration: (marks, from) => block(marks, from, 'program', nodes(from, 'programItem')),
  fragmentDeclaration: (marks, from) => {
    const items = [...nodes(from, 'programItem'), ...nodes(from, 'stageItem')];
    block(marks, from, node(from, 'programItem') ? 'program' : 'stage', inOrder(items));
  },
  trackDeclaration: (marks, from) => {
    breakExpressions(marks, from);
    at(token(from, 'when'), (offset) => marks.breakBefore.set(offset, 1));
    block(marks, from, 'flow', nodes(from, 'flowItem'));
  },
  listDeclaration: (marks, from) => {
    const items = [...nodes(from, 'dataItem'), ...nodes(from, 'startsWith'), ...nodes(from, 'flowItem')];
    block(marks, from, 'flow', inOrder(items));
  },
  stageDeclaration: (marks, from) => block(marks, from, 'stage', nodes(from, 'stageItem')),
  anytimeItem: (marks, from) => block(marks, from, 'anytime', nodes(from, 'rule')),
  scenarioDeclaration: (marks, from) => block(marks, from, 'scenario', nodes(from, 'step')),
  tableDeclaration: table,
  dataItem: data,
  parametersItem: data,
  recordType: (marks, from) => {
    // The record of `data` is known already, from above.
    if (!marks.blocks.has(nodeSpan(from).start)) block(marks, from, 'record', nodes(from, 'fieldLine'));
    drop(marks, from);
  },
  entry: (marks, from) => {
    block(marks, from, 'entry', nodes(from, 'entryField'));
    drop(marks, from);
  },
  body: (marks, from) => {
    block(marks, from, 'body', nodes(from, 'bodyItem'));
    drop(marks, from);
  },

  bandsItem: (marks, from) => {
    block(marks, from, 'bands', nodes(from, 'band'));
    drop(marks, from);
  },
  ladderDeclaration: (marks, from) => block(marks, from, 'ladder', nodes(from, 'rung')),
  holidaysDeclaration: (marks, from) => {
    block(marks, from, 'holidays', nodes(from, 'holiday'));
    drop(marks, from);
    at(token(from, 'weekend'), (offset) => marks.commaBefore.add(offset));
  },
  migrateItem: (marks, from) => {
    block(marks, from, 'migrate', nodes(from, 'migration'));
    drop(marks, from);
  },
  startsWith: (marks, from) => breakAfterCommas(marks, from, 1),

  fieldLine: (marks, from) => {
    drop(marks, from);
    at(token(from, 'Colon'), (offset) => marks.stops.set(offset, 'colon'));
    for (const mark of nodes(from, 'mark')) {
      marks.stops.set(nodeSpan(mark).start, 'mark');
      if (joints.has(firstToken(mark)?.image ?? '')) commaBeforeNode(marks, mark);
    }
  },
  band: (marks, from) =>
    at(token(from, 'Colon'), (offset) => {
      marks.stops.set(offset, 'colon');
      marks.apart.add(offset);
    }),
  letItem: (marks, from) => {
    at(token(from, 'Equals'), (offset) => marks.stops.set(offset, 'equals'));
    breakExpressions(marks, from);
  },
  windowItem: (marks, from) => {
    at(token(from, 'Equals'), (offset) => marks.stops.set(offset, 'equals'));
    at(token(from, 'to'), (offset) => marks.breakBefore.set(offset, 1));
    breakExpressions(marks, from);
  },
  messagesItem: (marks, from) => {
    for (const limit of nodes(from, 'messageLimit').slice(1)) marks.breakBefore.set(nodeSpan(limit).start, 1);
  },
  spaced: (marks, from) => {
    drop(marks, from);
    commaBeforeNode(marks, node(from, 'amount'));
  },
  reviewItem: (marks, from) => {
    drop(marks, from);
    at(token(from, 'spread'), (offset) => marks.commaBefore.add(offset));
  },
  nudgeItem: (marks, from) => {
    drop(marks, from);
    commaBeforeNode(marks, node(from, 'atMost'));
  },
  judgement: (marks, from) => {
    drop(marks, from);
    commaBeforeNode(marks, node(from, 'atMost'));
  },
  askItem: (marks, from) => {
    const type = node(from, 'type');
    if (type) marks.breakBefore.set(nodeSpan(type).start, 1);
    at(token(node(from, 'deadline'), 'within'), (offset) => marks.commaBefore.add(offset));
  },
  deadline: (marks, from) => {
    drop(marks, from);
    for (const word of ['within', 'else']) at(token(from, word), (offset) => marks.breakBefore.set(offset, 2));
  },
  approval: (marks, from) => {
    drop(marks, from);
    marks.breakBefore.set(nodeSpan(from).start, 1);
    at(token(from, 'refused'), (offset) => {
      marks.commaBefore.add(offset);
      marks.breakBefore.set(offset, 2);
    });
  },
  proposeAction: (marks, from) => {
    drop(marks, from);
    for (const assignment of nodes(from, 'assignment')) breakExpressions(marks, assignment);
  },
  sayAction: (marks, from) => breakAfterCommas(marks, from, 1),

  commandRule: (marks, from) => {
    breakAfterCommas(marks, from, 2);
    bodyStop(marks, from);
  },
  onRule: rule,
  whenRule: rule,
  atRule: rule,
  checkRule: bodyStop,
  eachAction: rule,
  pauseRule: breakExpressions,
  onceMark: (marks, from) => {
    drop(marks, from);
    at(token(from, 'once'), (offset) => marks.commaBefore.add(offset));
  },
  moveRule: breakExpressions,
  transition: (marks, from) => {
    for (const clause of nodes(from, 'clause')) {
      const { start } = nodeSpan(clause);
      marks.breakBefore.set(start, 1);
      if (has(clause, 'withClause')) marks.stops.set(start, 'with');
      if (has(clause, 'when')) marks.stops.set(start, 'when');
      breakExpressions(marks, clause);
      const approval = node(clause, 'approval');
      if (!approval) continue;
      // The break belongs to the word: its comma is written anew.
      drop(marks, clause);
      commaBeforeNode(marks, approval);
    }
  },
  condition: (marks, from) => {
    rule(marks, from);
    for (const word of tokens(from, 'else')) marks.branches.add(word.startOffset);
  },
  assignments: (marks, from) => breakAfterCommas(marks, from, 2),

  names: (marks, from) => {
    for (const sign of nodes(from, 'listSign')) breakAfterCommas(marks, sign, 2);
  },
  choiceSign: (marks, from) => marks.breakBefore.set(nodeSpan(from).start, 2),
  operand: minus,
  bound: minus,
  unit: (marks, from) => {
    for (const slash of tokens(from, 'Slash')) glue(marks, slash.startOffset);
  },
  reference: (marks, from) => {
    at(token(from, 'LeftParen'), (offset) => marks.gluedBefore.add(offset));
    at(token(from, 'LeftBracket'), (offset) => marks.gluedBefore.add(offset));
  },

  dated: deedStop,
  eachStep: (marks, from) => {
    deedStop(marks, from);
    drop(marks, from);
    at(token(from, 'NumberToken'), (offset) => marks.commaBefore.add(offset));
  },
  expectStep: (marks, from) => {
    breakAfterCommas(marks, from, 1);
    for (const word of tokens(from, 'and')) marks.breakBefore.set(word.startOffset, 1);
    for (const expectation of nodes(from, 'expectation')) breakExpressions(marks, expectation);
  },
  roleDeed: (marks, from) => at(token(from, 'LeftBracket'), (offset) => marks.gluedBefore.add(offset)),
  judgesDeed: (marks, from) => {
    at(token(from, 'quoting'), (offset) => marks.breakBefore.set(offset, 1));
    breakAfterCommas(marks, from, 2);
  },
};

// ------------------------------------------------------------ blocks

/** The items whose first word is padded, so that what follows it stands in a column. */
const paddedItems: Partial<Record<BlockKind, readonly string[]>> = {
  program: [
    'aboutItem',
    'enrollItem',
    'reenterItem',
    'cohortItem',
    'timezoneItem',
    'quietItem',
    'budgetItem',
    'agentItem',
    'skillItem',
    'rolesItem',
    'servicesItem',
    'messagesItem',
    'useItem',
  ],
  stage: ['skillItem', 'reviewItem', 'nudgeItem', 'askItem', 'action', 'transition', 'moveRule', 'useItem'],
  anytime: ['commandRule', 'transition', 'moveRule'],
  scenario: ['startStep', 'waitStep', 'expectStep'],
};

function block(marks: Marks, from: CstNode, kind: BlockKind, items: CstNode[]): void {
  const [open, close] = [token(from, 'LeftBrace'), token(from, 'RightBrace')];
  if (!open || !close) return;
  const made = items.map((item) => {
    const inner = innermost(item);
    // `wait until day 3` is a phrase of its own: padding would part it.
    const padded = paddedItems[kind]?.includes(inner.name) === true && !has(inner, 'until');
    return markedItem(item, inner.name, padded);
  });
  marks.blocks.set(open.startOffset, { kind, close: close.startOffset, items: made, hasHeading: false });
}

/** A step down from `stageItem`, `rule` and the like, to the rule that says what an item is. */
function innermost(item: CstNode): CstNode {
  let inner = item;
  while (['programItem', 'stageItem', 'flowItem', 'rule', 'bodyItem', 'step'].includes(inner.name)) {
    const next = onlyNode(inner);
    if (!next) break;
    inner = next;
  }
  return inner;
}

function markedItem(from: CstNode, name: string, padded: boolean): MarkedItem {
  return { ...nodeSpan(from), name, padded };
}

/** A row is what begins on one line, as for whoever builds the tree. */
function table(marks: Marks, from: CstNode): void {
  const [open, close] = [token(from, 'LeftBrace'), token(from, 'RightBrace')];
  if (!open || !close) return;
  const rows = new Map<number, MarkedItem>();
  for (const cell of nodes(from, 'cell')) {
    drop(marks, cell);
    minus(marks, cell);
    const first = firstToken(cell);
    if (!first || has(cell, 'Comma')) continue;
    const line = first.startLine ?? 0;
    const { start, end } = nodeSpan(cell);
    const row = rows.get(line);
    if (row) {
      marks.stops.set(start, 'cell');
      row.end = end;
    } else rows.set(line, { start, end, name: 'row', padded: false });
  }
  const hasHeading = tokens(node(from, 'names'), 'Name').length > 1;
  marks.blocks.set(open.startOffset, {
    kind: 'table',
    close: close.startOffset,
    items: [...rows.values()],
    hasHeading,
  });
}

/** What the author wrote under several rules, as it stands in the text. */
const inOrder = (from: CstNode[]) => from.sort((a, b) => nodeSpan(a).start - nodeSpan(b).start);

function data(marks: Marks, from: CstNode): void {
  const record = node(from, 'recordType');
  if (record) block(marks, record, 'data', nodes(record, 'fieldLine'));
}

function firstToken(from: CstNode): IToken | undefined {
  for (const part of from.parts) {
    const found = typeof part === 'string' ? undefined : isNode(part) ? firstToken(part) : part;
    if (found) return found;
  }
  return undefined;
}

// ------------------------------------------------------------ marks that many rules share

function at(found: IToken | undefined, mark: (offset: number) => void): void {
  if (found) mark(found.startOffset);
}

function drop(marks: Marks, from: CstNode): void {
  for (const comma of tokens(from, 'Comma')) marks.dropped.add(comma.startOffset);
}

function glue(marks: Marks, offset: number): void {
  marks.gluedBefore.add(offset);
  marks.gluedAfter.add(offset);
}

/** A sign before a number or an operand touches it. */
function minus(marks: Marks, from: CstNode): void {
  for (const sign of [...tokens(from, 'Minus'), ...tokens(from, 'Plus')]) marks.gluedAfter.add(sign.startOffset);
}

function commaBeforeNode(marks: Marks, of: CstNode | undefined): void {
  if (of) marks.commaBefore.add(nodeSpan(of).start);
}

function breakAfterCommas(marks: Marks, from: CstNode, level: BreakLevel): void {
  for (const comma of tokens(from, 'Comma')) marks.breakAfter.set(comma.startOffset, level);
}

/** A condition may break before its `and`, `or` and `else`, outside of brackets. */
function breakExpressions(marks: Marks, from: CstNode): void {
  for (const expression of nodes(from, 'expression')) {
    for (const operator of tokens(expression, 'BinaryOperator')) {
      if (/^\w/.test(operator.image)) marks.breakBefore.set(operator.startOffset, 2);
    }
  }
}

function bodyStop(marks: Marks, from: CstNode): void {
  for (const body of nodes(from, 'body')) marks.stops.set(nodeSpan(body).start, 'body');
}

function rule(marks: Marks, from: CstNode): void {
  breakExpressions(marks, from);
  bodyStop(marks, from);
}

function deedStop(marks: Marks, from: CstNode): void {
  const deed = node(from, 'deed');
  if (deed) marks.stops.set(nodeSpan(deed).start, 'deed');
}
