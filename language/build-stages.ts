/**
 * CST to AST: stages and what holds them (`anytime`, tracks, lists), and the values named in them.
 */
import type { Band, Bands, Expr, FlowItem, Let, List, Rule, Stage, StageItem, Track, Use, Window } from './ast.ts';
import { buildAction } from './build-actions.ts';
import { atMostOf, expressionOf, lengthOf } from './build-expressions.ts';
import * as literals from './build-literals.ts';
import { buildRule, cadenceOf } from './build-rules.ts';
import { assignmentsOf, declaredName, fieldsOf, namesOf, reportForeign, unreadOf } from './build-types.ts';
import {
  type Build,
  type CstNode,
  has,
  nameAt,
  node,
  nodeSpan,
  nodes,
  onlyNode,
  passedOn,
  present,
  token,
  tokenSpan,
  tokens,
} from './cst.ts';
import { diagnostic } from './diagnostics.ts';
import { fixOf } from './fixes.ts';
import { itemOf } from './kept-items.ts';
import { reportUnknown } from './unknown.ts';

export function buildStage(build: Build, from: CstNode): Stage {
  const title = literals.textOf(build, from);
  const finality = node(from, 'finality');
  const outcome = has(finality, 'success') ? 'success' : has(finality, 'failure') ? 'failure' : undefined;
  const guarded = token(from, 'protected');
  return {
    kind: 'stage',
    name: nameAt(from) ?? literals.nameless(from, title),
    ...(title && { title }),
    ...(finality && { final: { ...(outcome && { outcome }), span: nodeSpan(finality) } }),
    ...(guarded && { protected: tokenSpan(guarded) }),
    items: nodes(from, 'stageItem').flatMap((item) => stageItem(build, item)),
    span: nodeSpan(from),
  };
}

/** Builds the node of the rule `stageItem`. Most are one item; `use a, b` is two. */
export function stageItem(build: Build, item: CstNode): StageItem[] {
  const inner = passedOn(item);
  if (!inner) return [];
  if (inner.name === 'useItem') return usesOf(inner);
  return present([singleItem(build, inner)]);
}

function singleItem(build: Build, from: CstNode): StageItem | undefined {
  const span = nodeSpan(from);
  switch (from.name) {
    case 'skillItem': {
      const name = nameAt(from);
      return name && { kind: 'skill', name, span };
    }
    case 'reviewItem': {
      const cadence = cadenceOf(build, node(from, 'cadence'));
      const spread = literals.durationOf(build, from);
      return cadence && { kind: 'review', cadence, ...(spread && { spread }), span };
    }
    case 'nudgeItem': {
      const after = lengthOf(build, from);
      const without = nameAt(from);
      const atMost = atMostOf(build, from);
      return after && { kind: 'nudge', after, ...(without && { without }), ...(atMost && { atMost }), span };
    }
    case 'letItem':
      return buildLet(build, from);
    case 'bandsItem':
      return buildBands(build, from);
    case 'windowItem':
      return buildWindow(build, from);
    case 'rule':
      return buildRule(build, from);
    case 'action': {
      const after = has(from, 'after') ? lengthOf(build, from) : undefined;
      const to = nameAt(from);
      if (after && to) return { kind: 'escalate', to, after, span };
      return buildAction(build, from);
    }
    case 'unknown':
      reportUnknown(build, from, 'stage');
      return undefined;
    default:
      return buildAction(build, from);
  }
}

/** `use quiet_nights`; several names are several items. */
export function usesOf(from: CstNode): Use[] {
  const names = namesOf(from);
  return names.map((name) => ({ kind: 'use', name, span: names.length === 1 ? nodeSpan(from) : name.span }));
}

// ------------------------------------------------------------ values

/** `let done = count(runs where completed)`. */
export function buildLet(build: Build, from: CstNode): Let | undefined {
  const name = declaredName(build, from);
  const value = expressionOf(build, from);
  return name && value && { kind: 'let', name, value, span: nodeSpan(from) };
}

export function buildWindow(build: Build, from: CstNode): Window | undefined {
  const name = nameAt(from);
  const [start, end] = [expressionOf(build, from, 0), expressionOf(build, from, 1)];
  return name && start && end && { kind: 'window', name, from: start, to: end, span: nodeSpan(from) };
}

export function buildBands(build: Build, from: CstNode): Bands | undefined {
  for (const unknown of nodes(from, 'unknown')) reportUnknown(build, unknown, 'bands');
  const name = nameAt(from);
  const by = expressionOf(build, from);
  const rows = present(nodes(from, 'band').map((row) => buildBand(build, row)));
  return name && { kind: 'bands', name, ...(by && { by }), rows, span: nodeSpan(from) };
}

function buildBand(build: Build, from: CstNode): Band | undefined {
  const of = node(from, 'bandFit');
  const fits = of && fitOf(build, of);
  const value = expressionOf(build, from);
  return fits && value && { fits, value, span: nodeSpan(from) };
}

function fitOf(build: Build, from: CstNode): Band['fits'] | undefined {
  if (has(from, 'missing')) return { kind: 'missing' };
  const other = token(from, 'else');
  if (other) reportForeign(build, other, 'otherwise');
  if (other || has(from, 'otherwise')) return { kind: 'otherwise' };
  const value = expressionOf(build, from);
  if (!value) return undefined;
  if (has(from, 'when')) return { kind: 'when', condition: value };
  if (has(from, 'CompareOperator')) return bySign(build, from, value);
  if (has(from, 'at')) return has(from, 'most') ? upTo(value, true) : fromOn(value, true);
  if (has(from, 'more')) return fromOn(value, false);
  if (has(from, 'less') || has(from, 'under')) return upTo(value, false);
  const over = has(from, 'over');
  const end = node(from, 'upTo');
  const to = expressionOf(build, end);
  if (!to) return over ? fromOn(value, false) : { kind: 'is', value };
  return {
    kind: 'range',
    from: { value, inclusive: !over },
    to: { value: to, inclusive: !has(end, 'under') },
  };
}

const fromOn = (value: Expr, inclusive: boolean): Band['fits'] => ({ kind: 'range', from: { value, inclusive } });
const upTo = (value: Expr, inclusive: boolean): Band['fits'] => ({ kind: 'range', to: { value, inclusive } });

/** What a row means that begins with a sign, and how Regimen writes it. */
const signs: Record<string, { words: string; fits: (value: Expr) => Band['fits'] }> = {
  '>=': { words: 'at least', fits: (value) => fromOn(value, true) },
  '>': { words: 'over', fits: (value) => fromOn(value, false) },
  '<=': { words: 'at most', fits: (value) => upTo(value, true) },
  '<': { words: 'under', fits: (value) => upTo(value, false) },
};

function bySign(build: Build, from: CstNode, value: Expr): Band['fits'] {
  const sign = token(from, 'CompareOperator');
  const known = signs[sign?.image ?? ''];
  if (sign && known)
    reportForeign(
      build,
      sign,
      build.text[sign.startOffset + sign.image.length] === ' ' ? known.words : `${known.words} `,
    );
  else if (sign) reportForeign(build, sign, '');
  return known ? known.fits(value) : { kind: 'is', value };
}

// ------------------------------------------------------------ what holds stages

export function buildAnytime(build: Build, from: CstNode): { kind: 'anytime'; items: Rule[]; span: Stage['span'] } {
  for (const unknown of nodes(from, 'unknown')) reportUnknown(build, unknown, 'anytime');
  return {
    kind: 'anytime',
    items: present(nodes(from, 'rule').map((rule) => buildRule(build, rule))),
    span: nodeSpan(from),
  };
}

export function buildTrack(build: Build, from: CstNode): Track {
  const title = literals.textOf(build, from);
  const when = expressionOf(build, from);
  return {
    kind: 'track',
    name: nameAt(from) ?? literals.nameless(from, title),
    ...(title && { title }),
    ...(when && { when }),
    items: nodes(from, 'flowItem').flatMap((item) => itemOf(build, item, () => flowItem(build, item, 'track'))),
    span: nodeSpan(from),
  };
}

export function buildList(build: Build, from: CstNode): List {
  const title = literals.textOf(build, from);
  const key = has(from, 'by') ? nameAt(from, 1) : undefined;
  const records = nodes(from, 'dataItem').flatMap((data) => node(data, 'recordType') ?? []);
  const unread = records.flatMap((record) => unreadOf(record));
  return {
    kind: 'list',
    name: nameAt(from) ?? literals.nameless(from, title),
    ...(title && { title }),
    ...(key && { key }),
    fields: records.flatMap((record) => fieldsOf(build, record)),
    ...(unread.length > 0 && { unread }),
    starts: nodes(from, 'startsWith').flatMap((starts) => startsOf(build, starts)),
    items: nodes(from, 'flowItem').flatMap((item) => itemOf(build, item, () => flowItem(build, item, 'list'))),
    span: nodeSpan(from),
  };
}

/** The items of `starts with`, with a comma between any two. */
function startsOf(build: Build, from: CstNode): List['starts'] {
  const commas = tokens(from, 'Comma').map((comma) => comma.startOffset);
  const written = nodes(from, 'entry').filter((entry) => has(entry, 'LeftBrace'));
  return written.map((entry, index, entries) => {
    const span = nodeSpan(entry);
    const before = entries[index - 1];
    // Behind an item that is not closed, something else is missing than a comma.
    const end = before && has(before, 'RightBrace') ? nodeSpan(before).end : undefined;
    if (end !== undefined && !commas.some((at) => at >= end && at < span.start)) {
      const fix = fixOf('write-between', ',', { span: { start: end, end }, text: ',' });
      const words = { found: 'two items without a comma', remedy: `${fix.title}.` };
      build.diagnostics.push(
        diagnostic('foreign-spelling', { start: span.start, end: span.start + 1 }, words, { fix }),
      );
    }
    return { fields: assignmentsOf(build, entry), span };
  });
}

function flowItem(build: Build, item: CstNode, place: 'track' | 'list'): FlowItem[] {
  const inner = onlyNode(item);
  if (!inner) return [];
  switch (inner.name) {
    case 'letItem':
      return present([buildLet(build, inner)]);
    case 'bandsItem':
      return present([buildBands(build, inner)]);
    case 'windowItem':
      return present([buildWindow(build, inner)]);
    case 'anytimeItem':
      return [buildAnytime(build, inner)];
    case 'stageDeclaration':
      return [buildStage(build, inner)];
    case 'useItem':
      return usesOf(inner);
    default:
      reportUnknown(build, inner, place);
      return [];
  }
}
