/**
 * CST to AST: stages, rules, transitions and the actions in bodies.
 */
import type { CstNode } from 'chevrotain';
import type { Action, Ask, Assignment, Cadence, Expr, Let, Rule, Stage, StageItem, Transition } from './ast.ts';
import { expressionOf } from './build-expressions.ts';
import * as literals from './build-literals.ts';
import { assignmentsOf, buildType, declaredName, recordedOf, reportForeign } from './build-types.ts';
import {
  type Build,
  covering,
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
} from './cst.ts';
import { diagnostic } from './diagnostics.ts';
import { limits } from './limits.ts';
import { quoted } from './tokens.ts';
import { reportUnknown } from './unknown.ts';

export function buildStage(build: Build, from: CstNode): Stage {
  const title = literals.textOf(build, from);
  const finality = node(from, 'finality');
  const outcome = has(finality, 'success') ? 'success' : has(finality, 'failure') ? 'failure' : undefined;
  const items = nodes(from, 'stageItem').map((item) => {
    const inner = onlyNode(item);
    return inner && stageItem(build, inner);
  });
  return {
    kind: 'stage',
    name: nameAt(from) ?? literals.nameless(from, title),
    ...(title && { title }),
    ...(finality && { final: { ...(outcome && { outcome }), span: nodeSpan(finality) } }),
    items: present(items),
    span: nodeSpan(from),
  };
}

function stageItem(build: Build, from: CstNode): StageItem | undefined {
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
      const after = literals.durationOf(build, from);
      const without = nameAt(from);
      const count = token(from, 'NumberToken');
      const word = token(from, 'Word')?.image;
      const atMost = count ? literals.readCount(build, count) : word === 'once' ? 1 : word === 'twice' ? 2 : undefined;
      return after && { kind: 'nudge', after, ...(without && { without }), ...(atMost && { atMost }), span };
    }
    case 'askItem':
      return buildAsk(build, from);
    case 'letItem':
      return buildLet(build, from);
    case 'rule':
      return buildRule(build, from);
    case 'action': {
      const after = literals.durationOf(build, from);
      const to = nameAt(from);
      if (after && to) return { kind: 'escalate', to, after, span };
      return buildAction(build, from);
    }
    default:
      reportUnknown(build, from, 'stage');
      return undefined;
  }
}

/** `let done = count(runs where completed)`. */
export function buildLet(build: Build, from: CstNode): Let | undefined {
  const name = declaredName(build, from);
  const value = expressionOf(build, from);
  return name && value && { kind: 'let', name, value, span: nodeSpan(from) };
}

function cadenceOf(build: Build, from: CstNode | undefined): Cadence | undefined {
  if (!from) return undefined;
  const time = literals.timeOf(build, from);
  const rest = { ...(time && { at: time }), span: nodeSpan(from) };
  const days = literals.weekdaysOf(node(from, 'days'));
  if (has(from, 'daily')) return { kind: 'daily', days: [], ...rest };
  if (has(from, 'weekdays')) return { kind: 'weekdays', days: ['mon', 'tue', 'wed', 'thu', 'fri'], ...rest };
  if (has(from, 'weekly')) return { kind: 'weekly', days, ...rest };
  const period = node(from, 'period');
  if (period) return { ...periodOf(build, period), ...rest };
  return days.length > 0 ? { kind: 'weekdays', days, ...rest } : undefined;
}

/** `every day`, `every weekday`, `every week on mon` and `every mon, wed` are cadences that have names of their own. */
function periodOf(build: Build, from: CstNode): Pick<Cadence, 'kind' | 'days' | 'every'> {
  const days = nodes(from, 'days').flatMap((list) => literals.weekdaysOf(list));
  if (has(from, 'day')) return { kind: 'daily', days: [] };
  if (has(from, 'week')) return { kind: 'weekly', days };
  if (has(from, 'Word')) return { kind: 'weekdays', days: ['mon', 'tue', 'wed', 'thu', 'fri'] };
  if (!has(from, 'Duration')) return { kind: 'weekdays', days };
  const on = token(from, 'on');
  if (on) build.diagnostics.push(diagnostic('period-on-weekday', { start: on.startOffset, end: nodeSpan(from).end }));
  return { kind: 'every', days: [], every: wholeDays(build, from) };
}

/** The days in `every 3 days` or `every 2 weeks`. */
function wholeDays(build: Build, from: CstNode): number {
  const duration = literals.durationOf(build, from);
  if (!duration) return 1;
  const days = duration.unit === 'weeks' ? duration.amount * 7 : duration.amount;
  const known = duration.unit === 'days' || duration.unit === 'weeks';
  if (known && Number.isInteger(days) && days >= 1) return days;
  const found = build.text.slice(duration.span.start, duration.span.end);
  build.diagnostics.push(diagnostic('not-whole-days', duration.span, { found: quoted(found) }));
  return 1;
}

function buildAsk(build: Build, from: CstNode): Ask | undefined {
  const text = literals.textOf(build, from);
  const type = node(from, 'type');
  const answer = type && buildType(build, type);
  const as = nameAt(from);
  const within = literals.durationOf(build, from);
  const single = node(from, 'bodyItem');
  const otherwise = single ? present([bodyItem(build, single)]) : bodyOf(build, from);
  if (!text || !answer || !as) return undefined;
  return { kind: 'ask', text, answer, as, ...(within && { within }), otherwise, span: nodeSpan(from) };
}

// ------------------------------------------------------------ rules

/** Builds the node of the rule `rule`: a command, `on`, `when` or a transition. */
export function buildRule(build: Build, from: CstNode): Rule | undefined {
  const inner = onlyNode(from);
  if (!inner) return undefined;
  const span = nodeSpan(inner);
  switch (inner.name) {
    case 'commandRule': {
      const words = tokens(inner, 'Text').map((text) => literals.buildText(build, text));
      return { kind: 'command', words, body: bodyOf(build, inner), span };
    }
    case 'onRule': {
      const series = nameAt(inner);
      const where = expressionOf(build, inner);
      const when = token(inner, 'when');
      if (when) reportForeign(build, when, 'where');
      return series && { kind: 'on', series, ...(where && { where }), body: bodyOf(build, inner), span };
    }
    case 'whenRule': {
      const condition = expressionOf(build, inner);
      return condition && { kind: 'when', condition, body: bodyOf(build, inner), span };
    }
    case 'moveRule': {
      // Shorter for `when … { restart stage }`.
      const condition = expressionOf(build, inner);
      const name = nameAt(inner);
      const move: Action | undefined = has(inner, 'restart')
        ? { kind: 'restart', span }
        : name && { kind: 'interrupt', with: name, span };
      return condition && move && { kind: 'when', condition, body: [move], span };
    }
    default:
      return buildTransition(build, inner);
  }
}

type Direction = Pick<Transition, 'direction' | 'to' | 'as'>;

function directionOf(from: CstNode | undefined): Direction | undefined {
  const name = nameAt(from);
  if (has(from, 'resume')) return { direction: 'resume' };
  if (has(from, 'leave')) return name && { direction: 'leave', as: name };
  if (!name) return undefined;
  return { direction: has(from, 'return') ? 'return' : 'advance', to: name };
}

function buildTransition(build: Build, from: CstNode): Transition | undefined {
  const direction = directionOf(node(from, 'direction'));
  if (!direction) return undefined;
  const made: Transition = { kind: 'transition', ...direction, with: [], span: nodeSpan(from) };
  const seen = new Set<string>();
  let absent: Expr | undefined;
  for (const clause of nodes(from, 'clause')) {
    const word = has(clause, 'withClause') ? 'with' : has(clause, 'when') ? 'when' : 'after';
    if (seen.has(word)) {
      build.diagnostics.push(diagnostic('clause-twice', nodeSpan(clause), { clause: word }));
      continue;
    }
    seen.add(word);
    if (word === 'with') made.with = withOf(build, clause);
    const condition = word === 'when' && expressionOf(build, clause);
    if (condition) made.when = condition;
    const duration = word === 'after' ? literals.durationOf(build, clause) : undefined;
    const series = nameAt(clause);
    if (duration && series) absent = { kind: 'absence', series, duration, span: nodeSpan(clause) };
    else if (duration) made.after = { duration, silence: has(clause, 'silence'), span: nodeSpan(clause) };
  }
  // `after 14 days without runs` is `when no runs for 14 days`, in the words of `nudge`.
  if (absent) made.when = made.when ? both(made.when, absent) : absent;
  return made;
}

const both = (left: Expr, right: Expr): Expr => ({
  kind: 'binary',
  operator: 'and',
  left,
  right,
  span: covering(left.span, right.span),
});

function withOf(build: Build, from: CstNode): Assignment[] {
  return assignmentsOf(build, node(node(from, 'withClause'), 'assignments'));
}

// ------------------------------------------------------------ bodies

/** The actions of the `index`th body of a rule. */
function bodyOf(build: Build, parent: CstNode, index = 0): Action[] {
  const from = nodes(parent, 'body')[index];
  for (const unknown of nodes(from, 'unknown')) reportUnknown(build, unknown, 'body');
  return present(nodes(from, 'bodyItem').map((item) => bodyItem(build, item)));
}

function bodyItem(build: Build, from: CstNode): Action | undefined {
  const inner = onlyNode(from);
  if (!inner) return undefined;
  if (inner.name === 'condition') return conditional(build, inner);
  if (inner.name === 'move') {
    const direction = directionOf(node(inner, 'direction'));
    return direction && { kind: 'move', ...direction, with: withOf(build, inner), span: nodeSpan(inner) };
  }
  const after = token(inner, 'after');
  if (after) build.diagnostics.push(diagnostic('not-in-a-body', tokenSpan(after), { found: 'after' }));
  return buildAction(build, inner);
}

/** `when a { … } else when b { … } else { … }`: each `else when` is an `if` of its own inside. */
function conditional(build: Build, from: CstNode): Action | undefined {
  const conditions = nodes(from, 'expression');
  const bodies = nodes(from, 'body');
  const count = Math.min(conditions.length, limits.nesting);
  if (count < conditions.length) {
    build.diagnostics.push(diagnostic('too-deep', nodeSpan(from), { most: limits.nesting }));
  }
  let otherwise = bodies.length > conditions.length ? bodyOf(build, from, bodies.length - 1) : [];
  let made: Action | undefined;
  const end = nodeSpan(from).end;
  for (let i = count - 1; i >= 0; i--) {
    const condition = expressionOf(build, from, i);
    if (!condition) continue;
    const start = i === 0 ? nodeSpan(from).start : condition.span.start;
    // biome-ignore lint/suspicious/noThenProperty: the tree's word for it; nobody awaits a tree.
    made = { kind: 'if', condition, then: bodyOf(build, from, i), otherwise, span: { start, end } };
    otherwise = [made];
  }
  return made;
}

/** Builds the node of the rule `action`. */
function buildAction(build: Build, from: CstNode): Action | undefined {
  const span = nodeSpan(from);
  const name = nameAt(from);
  if (has(from, 'say')) {
    if (has(from, 'skill')) return name && { kind: 'say-with-skill', skill: name, span };
    const text = literals.textOf(build, from);
    return text && { kind: 'say', text, span };
  }
  if (has(from, 'set')) {
    const [assignment] = assignmentsOf(build, from);
    return assignment && { kind: 'set', name: assignment.name, value: assignment.value, span };
  }
  if (has(from, 'record')) {
    const recorded = recordedOf(build, from);
    return recorded && { kind: 'record', ...recorded, span };
  }
  if (has(from, 'restart')) return { kind: 'restart', span };
  if (has(from, 'interrupt')) return name && { kind: 'interrupt', with: name, span };
  if (has(from, 'escalate')) {
    const text = literals.textOf(build, from);
    return name && { kind: 'escalate-now', to: name, ...(text && { text }), span };
  }
  return undefined;
}
