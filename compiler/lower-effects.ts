/**
 * Actions to the IR's effects, with the questions and proposals that they bring along.
 *
 * What has an id of its own (a question, a proposal, words said in turn) is called after the body it
 * stands in: `training/check-1.ask-1`. The same words twice in one body are one question, so that it
 * does not matter on how many ways through a body it is met. Moves are left to `lower-bodies.ts`.
 */
import type { Action, Approval, Ask, Assignment, Name, TextLiteral } from '../language/ast.ts';
import { declaredType } from './bind-fields.ts';
import { words } from './inference.ts';
import type { Effect, Expr, Ir, Proposal, Question, Recipient, Rule } from './ir.ts';
import { type LowerContext, listAtHand, lowerExpression, lowerLength, lowerText } from './lower-expressions.ts';
import { seriesName } from './lower-selections.ts';
import { COHORT, OPERATOR, PARTICIPANT } from './names.ts';

/** Where actions stand: besides what expressions need, what the actions add to the program. */
export type BodyContext = LowerContext & {
  asks: Ir['asks'];
  proposals: Ir['proposals'];
  /** An id for something of this body; the same thing is given the same id. */
  idFor: (kind: 'ask' | 'propose' | 'say', thing: unknown) => string;
  /** Lowers the body of a `decided` rule and keeps it for the place behind the present rule. */
  decided: (
    id: string,
    trigger: Extract<Rule['trigger'], { kind: 'decided' }>,
    body: readonly Action[],
    source: string,
  ) => void;
};

/** People and groups that are no roles of a program. */
const everywhere: ReadonlySet<string> = new Set([OPERATOR, PARTICIPANT, COHORT]);

/** Ids `base.ask-1`, `base.ask-2`, … counted by kind; spans and quoted words make no difference. */
export function idsWithin(base: string): BodyContext['idFor'] {
  // Most bodies have nothing with an id of its own.
  let given: Map<string, string> | undefined;
  const counts = { ask: 0, propose: 0, say: 0 };
  return (kind, thing) => {
    given ??= new Map();
    const key = `${kind} ${JSON.stringify(thing, (name, value) => (name === 'span' || name === 'source' ? undefined : value))}`;
    const before = given.get(key);
    if (before !== undefined) return before;
    const id = `${base}.${kind}-${++counts[kind]}`;
    given.set(key, id);
    return id;
  };
}

export function lowerAssignments(cx: BodyContext, assignments: readonly Assignment[]): Effect[] {
  return assignments.map(({ name, value }) => set(cx, name, lowerExpression(cx, value)));
}

function set(cx: BodyContext, { text: field }: Name, value: Expr): Effect {
  return { kind: 'set', field, value, ...(isOfItem(cx, field) ? { item: true as const } : {}) };
}

const isOfItem = (cx: LowerContext, field: string): boolean => listAtHand(cx)?.fields.has(field) ?? false;

const fieldsOf = (cx: LowerContext, fields: readonly Assignment[]): Record<string, Expr> =>
  Object.fromEntries(fields.map(({ name, value }) => [name.text, lowerExpression(cx, value)]));

/** What an action does besides moving. */
export function lowerEffects(cx: BodyContext, action: Action): Effect[] {
  const text = (of: TextLiteral | undefined) => (of === undefined ? {} : { text: lowerText(cx, of) });
  switch (action.kind) {
    case 'say':
      return [{ kind: 'say', text: lowerText(cx, action.text), ...(action.now === undefined ? {} : { now: true }) }];
    case 'say-in-turn': {
      const texts = action.texts.map((one) => lowerText(cx, one));
      return [{ kind: 'say-in-turn', id: cx.idFor('say', texts), texts }];
    }
    case 'say-with-skill':
      return [{ kind: 'say-with-skill', skill: action.skill.text }];
    case 'tell':
      return [{ kind: 'tell', to: recipient(cx, action.to), text: lowerText(cx, action.text) }];
    case 'send':
      return [
        { kind: 'output', name: action.what.text, to: recipient(cx, action.to), text: lowerText(cx, action.text) },
      ];
    case 'call': {
      const { service, action: name, fields } = action;
      return [{ kind: 'call', service: service.text, action: name.text, fields: fieldsOf(cx, fields) }];
    }
    case 'set':
      return lowerAssignments(cx, [action]);
    case 'clear':
      return [set(cx, action.name, { op: 'value', value: null, span: action.span })];
    case 'move':
      return lowerAssignments(cx, action.with);
    case 'record':
      return [{ kind: 'record', series: seriesName(cx, action.series.text), fields: fieldsOf(cx, action.fields) }];
    case 'add':
      return [{ kind: 'add', list: action.list.text, fields: fieldsOf(cx, action.fields) }];
    case 'each': {
      const list = cx.checked.symbols.lists.get(action.list.text);
      const within: BodyContext = list === undefined ? cx : { ...cx, each: list };
      const where = action.where === undefined ? {} : { where: lowerExpression(within, action.where) };
      const effects = action.body.flatMap((one) => lowerEffects(within, one));
      return [{ kind: 'each', list: action.list.text, ...where, effects }];
    }
    case 'escalate-now':
      return [{ kind: 'escalate', to: recipient(cx, action.to), ...text(action.text) }];
    case 'ask': {
      const question = lowerQuestion(cx, action);
      const id = cx.idFor('ask', question);
      cx.asks[id] = { id, ...question };
      return [{ kind: 'ask', question: id }];
    }
    case 'propose':
      return [propose(cx, action)];
    default:
      return [];
  }
}

export function lowerQuestion(cx: BodyContext, node: Ask): Omit<Question, 'id'> {
  const { symbols } = cx.checked;
  const as = node.as.text;
  return {
    text: lowerText(cx, node.text),
    type: declaredType(node.answer, 'an answer', () => {}, symbols.roles),
    field: symbols.fields.has(as) || isOfItem(cx, as) ? as : seriesName(cx, as),
    ...(node.to === undefined || node.to.text === PARTICIPANT ? {} : { to: node.to.text }),
    ...(node.within === undefined ? {} : { within: lowerLength(cx, node.within) }),
    otherwise: node.otherwise.flatMap((action) => lowerEffects(cx, action)),
    span: node.span,
  };
}

function propose(cx: BodyContext, node: Extract<Action, { kind: 'propose' }>): Effect {
  const value = lowerExpression(cx, node.value);
  const source = words(cx.checked, { ...node.name.span, end: node.value.span.end });
  const proposal = lowerProposal(cx, node.approved, source, node.name.text);
  const id = cx.idFor('propose', { proposal, value, refused: node.approved.refused });
  const isNew = cx.proposals[id] === undefined;
  cx.proposals[id] = { id, ...proposal };
  if (isNew) refusal(cx, id, node.approved, source);
  return { kind: 'propose', proposal: id, value };
}

/** `field` is absent for a move. */
export function lowerProposal(
  cx: BodyContext,
  { by, within, otherwise, span }: Approval,
  source: string,
  field?: string,
): Omit<Proposal, 'id'> {
  return {
    by: by.text,
    ...(within === undefined ? {} : { within: lowerLength(cx, within) }),
    otherwise: otherwise.flatMap((action) => lowerEffects(cx, action)),
    ...(field === undefined ? {} : { field }),
    source,
    span,
  };
}

/** What is done when the answer is no. */
export function refusal(cx: BodyContext, proposal: string, { refused }: Approval, source: string): void {
  const trigger = { kind: 'decided', proposal, approved: false } as const;
  if (refused.length > 0) cx.decided(`${proposal}.refused`, trigger, refused, source);
}

/** A role, `participant`, `cohort` or a ladder by name; any other name is a field or a let that holds a role. */
function recipient(cx: LowerContext, { text: name, span }: Name): Recipient {
  const { roles, ladders, fields, letsById } = cx.checked.symbols;
  if (everywhere.has(name) || roles.has(name) || ladders.has(name)) return name;
  if (isOfItem(cx, name)) return { op: 'item', field: name, span };
  const prefix = cx.flow === undefined || cx.flow.prefix === '' ? '' : `${cx.flow.prefix}/`;
  const id = [`${cx.owner}/${name}`, `${prefix}${name}`, name].find((one) => letsById.has(one));
  if (id !== undefined) return { op: 'let', id, span };
  // A name that means nothing was reported; it stays a word, so that the program can be drawn.
  return fields.has(name) ? { op: 'data', name, span } : name;
}
