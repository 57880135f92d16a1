/**
 * CST to AST: bodies and the actions in them, questions, approvals.
 *
 * An action whose needed parts could not be read is left out; its mistake is already reported.
 */
import type { Action, Approval, Ask, Assignment, Expr, Transition } from './ast.ts';
import { expressionOf, lengthOf } from './build-expressions.ts';
import * as literals from './build-literals.ts';
import { assignmentsOf, buildType, entryOf, recordedOf, reportForeign } from './build-types.ts';
import {
  type Build,
  type CstNode,
  has,
  nameAt,
  node,
  nodeSpan,
  nodes,
  nth,
  passedOn,
  present,
  token,
  tokenSpan,
  tokens,
} from './cst.ts';
import { diagnostic } from './diagnostics.ts';
import { limits } from './limits.ts';
import { reportUnknown } from './unknown.ts';

type Direction = Pick<Transition, 'direction' | 'to' | 'as'>;

/** Builds the node of the rule `direction`: where a move or a transition goes. */
export function directionOf(from: CstNode | undefined): Direction | undefined {
  const name = nameAt(from);
  if (has(from, 'resume')) return { direction: 'resume' };
  if (has(from, 'leave')) return name && { direction: 'leave', as: name };
  if (!name) return undefined;
  return { direction: has(from, 'return') ? 'return' : 'advance', to: name };
}

export function withOf(build: Build, from: CstNode): Assignment[] {
  return assignmentsOf(build, node(node(from, 'withClause'), 'assignments'));
}

/** The actions of the `index`th body of a rule. */
export function bodyOf(build: Build, parent: CstNode | undefined, index = 0): Action[] {
  const from = nth(parent, 'body', index);
  for (const unknown of nodes(from, 'unknown')) reportUnknown(build, unknown, 'body');
  return present(nodes(from, 'bodyItem').map((item) => bodyItem(build, item)));
}

/** One action, or those in braces: what follows `else` and `refused`. */
function consequenceOf(build: Build, from: CstNode | undefined): Action[] {
  const single = node(from, 'bodyItem');
  return single ? present([bodyItem(build, single)]) : bodyOf(build, from);
}

function bodyItem(build: Build, from: CstNode): Action | undefined {
  const inner = passedOn(from);
  if (!inner) return undefined;
  const after = inner.name === 'action' ? token(inner, 'after') : undefined;
  if (after) build.diagnostics.push(diagnostic('not-in-a-body', tokenSpan(after), { found: 'after' }));
  return buildAction(build, inner);
}

/** Builds the node of any rule that is an action. */
export function buildAction(build: Build, from: CstNode): Action | undefined {
  const span = nodeSpan(from);
  switch (from.name) {
    case 'condition':
      return conditional(build, from);
    case 'moveAction': {
      const direction = directionOf(node(from, 'direction'));
      return direction && { kind: 'move', ...direction, with: withOf(build, from), span };
    }
    case 'askItem':
      return buildAsk(build, from);
    case 'proposeAction': {
      const [proposed] = assignmentsOf(build, from);
      const approved = approvalOf(build, node(from, 'approval'));
      return proposed && approved && { kind: 'propose', name: proposed.name, value: proposed.value, approved, span };
    }
    case 'eachAction': {
      const list = nameAt(from);
      const when = token(from, 'when');
      if (when) reportForeign(build, when, 'where');
      const where = expressionOf(build, from);
      return list && { kind: 'each', list, ...(where && { where }), body: bodyOf(build, from), span };
    }
    default:
      return plainAction(build, from);
  }
}

/** `when a { … } else when b { … } else { … }`: each `else when` is an `if` of its own inside. */
function conditional(build: Build, from: CstNode): Action | undefined {
  const conditions = nodes(from, 'expression');
  const bodies = nodes(from, 'body');
  const count = Math.min(conditions.length, limits.levels);
  if (count < conditions.length) {
    build.diagnostics.push(diagnostic('too-deep', nodeSpan(from), { most: limits.levels }));
  }
  let otherwise = bodies.length > conditions.length ? bodyOf(build, from, bodies.length - 1) : [];
  let made: Action | undefined;
  const end = nodeSpan(from).end;
  for (let i = count - 1; i >= 0; i--) {
    const condition: Expr | undefined = expressionOf(build, from, i);
    if (!condition) continue;
    const start = i === 0 ? nodeSpan(from).start : condition.span.start;
    // biome-ignore lint/suspicious/noThenProperty: the tree's word for it; nobody awaits a tree.
    made = { kind: 'if', condition, then: bodyOf(build, from, i), otherwise, span: { start, end } };
    otherwise = [made];
  }
  return made;
}

/** Builds the node of the rule `action`. */
function plainAction(build: Build, from: CstNode): Action | undefined {
  const span = nodeSpan(from);
  const says = node(from, 'sayAction');
  if (says) return sayAction(build, says);
  const tells = node(from, 'tellAction') ?? node(from, 'callAction');
  if (tells) return tellAction(build, tells);
  const name = nameAt(from);
  const text = literals.textOf(build, from);
  if (has(from, 'set')) {
    const [assignment] = assignmentsOf(build, from);
    return assignment && { kind: 'set', name: assignment.name, value: assignment.value, span };
  }
  if (has(from, 'record')) {
    const recorded = recordedOf(build, from);
    return recorded && { kind: 'record', ...recorded, span };
  }
  if (has(from, 'restart')) return { kind: 'restart', span };
  if (!name) return undefined;
  if (has(from, 'interrupt')) return { kind: 'interrupt', with: name, span };
  if (has(from, 'escalate')) return { kind: 'escalate-now', to: name, ...(text && { text }), span };
  if (has(from, 'add')) return { kind: 'add', list: name, fields: entryOf(build, from), span };
  return has(from, 'clear') ? { kind: 'clear', name, span } : undefined;
}

/** What goes to somebody else: `tell nurse "…"`, `send report to lead "…"`, `call billing charge { … }`. */
function tellAction(build: Build, from: CstNode): Action | undefined {
  const span = nodeSpan(from);
  const [name, second] = [nameAt(from), nameAt(from, 1)];
  const text = literals.textOf(build, from);
  if (!name) return undefined;
  if (has(from, 'tell')) return text && { kind: 'tell', to: name, text, span };
  if (!second) return undefined;
  if (has(from, 'send')) return text && { kind: 'send', what: name, to: second, text, span };
  return { kind: 'call', service: name, action: second, fields: entryOf(build, from), span };
}

/** `say "…"`, `say with skill x`, `say in turn "…", "…"`. */
function sayAction(build: Build, from: CstNode): Action | undefined {
  const span = nodeSpan(from);
  const skill = nameAt(from);
  if (has(from, 'skill')) return skill && { kind: 'say-with-skill', skill, span };
  const texts = tokens(from, 'Text').map((text) => literals.buildText(build, text));
  if (has(from, 'turn')) return texts.length > 0 ? { kind: 'say-in-turn', texts, span } : undefined;
  const [text] = texts;
  const now = token(from, 'now');
  return text && { kind: 'say', text, ...(now && { now: tokenSpan(now) }), span };
}

// ------------------------------------------------------------ questions and approvals

export function buildAsk(build: Build, from: CstNode): Ask | undefined {
  const text = literals.textOf(build, from);
  const type = node(from, 'type');
  const answer = type && buildType(build, type);
  const names = [nameAt(from, 0), nameAt(from, 1)];
  const to = names.find((name) => name && text && name.span.start < text.span.start);
  const as = names.find((name) => name && name !== to);
  const { within, otherwise } = deadlineOf(build, from);
  if (!text || !answer || !as) return undefined;
  const span = nodeSpan(from);
  return { kind: 'ask', ...(to && { to }), text, answer, as, ...(within && { within }), otherwise, span };
}

/** `within 2 days else escalate to nurse`. */
function deadlineOf(build: Build, parent: CstNode): Pick<Approval, 'within' | 'otherwise'> {
  const from = node(parent, 'deadline');
  const within = lengthOf(build, from);
  return { ...(within && { within }), otherwise: consequenceOf(build, node(from, 'consequence')) };
}

/** Builds the node of the rule `approval`. */
export function approvalOf(build: Build, from: CstNode | undefined): Approval | undefined {
  const by = nameAt(from);
  if (!from || !by) return undefined;
  const refused = consequenceOf(build, node(from, 'consequence'));
  return { by, ...deadlineOf(build, from), refused, span: nodeSpan(from) };
}
