/**
 * Effects, questions and approvals of the IR back to actions.
 *
 * A part of `print.ts`. What a question or a proposal of a body says is looked up by its id.
 */
import type { Effect, Flow, Move, Proposal, Question, Recipient, Rule, ValueType } from './ir.ts';
import { printType } from './print-declarations.ts';
import { itemOf, optionsOf, type PrintContext, printExpression, printLength, printText } from './print-expressions.ts';

/** Writes the body of rules with one trigger: given by `print-rules.ts`, which needs this file. */
export type PrintBody = (cx: PrintContext, rules: readonly Rule[]) => string[];

export function printEffects(cx: PrintContext, effects: readonly Effect[], body: PrintBody): string[] {
  return effects.map((effect) => printEffect(cx, effect, body));
}

function printEffect(cx: PrintContext, effect: Effect, body: PrintBody): string {
  const { ir } = cx;
  switch (effect.kind) {
    case 'set': {
      const { field, value } = effect;
      if (value.op === 'value' && value.value === null) return `clear ${field}`;
      return `set ${printAssignment(cx, effect)}`;
    }
    case 'record':
      return `record ${effect.series} ${printFields(cx, effect.fields, ir.series[effect.series])}`;
    case 'add':
      return `add ${effect.list} ${printFields(cx, effect.fields, ir.lists[effect.list])}`;
    case 'call':
      return `call ${effect.service} ${effect.action} ${printFields(cx, effect.fields, undefined)}`;
    case 'say':
      return `say ${effect.now ? 'now ' : ''}${printText(cx, effect.text)}`;
    case 'say-with-skill':
      return `say with skill ${effect.skill}`;
    case 'say-in-turn':
      return `say in turn ${effect.texts.map((text) => printText(cx, text)).join(', ')}`;
    case 'escalate':
      return `escalate to ${printRecipient(cx, effect.to)}${effect.text ? ` ${printText(cx, effect.text)}` : ''}`;
    case 'tell':
      return `tell ${printRecipient(cx, effect.to)} ${printText(cx, effect.text)}`;
    case 'output':
      return `send ${effect.name} to ${printRecipient(cx, effect.to)} ${printText(cx, effect.text)}`;
    case 'ask': {
      const question = ir.asks[effect.question];
      return question === undefined ? '' : printQuestion(cx, question, body);
    }
    case 'propose': {
      const proposal = ir.proposals[effect.proposal];
      if (proposal?.field === undefined || effect.value === undefined) return '';
      const value = printAssignment(cx, { field: proposal.field, value: effect.value });
      return `propose ${value} ${printApproval(cx, proposal, body)}`;
    }
    case 'each': {
      const within: PrintContext = { ...cx, ...itemOf(ir, effect.list) };
      const where = effect.where === undefined ? '' : ` where ${printExpression(within, effect.where)}`;
      return `each ${effect.list}${where} ${braces(printEffects(within, effect.effects, body))}`;
    }
  }
}

/** `week = week + 1`. */
export function printAssignment(
  cx: PrintContext,
  { field, value, item }: Pick<Extract<Effect, { kind: 'set' }>, 'field' | 'value' | 'item'>,
): string {
  const own = cx.list?.fields[field];
  const declared = item === undefined ? (cx.ir.data[field] ?? own) : own;
  return `${field} = ${printExpression(cx, value, 0, optionsOf(declared?.type))}`;
}

function printFields(
  cx: PrintContext,
  fields: Extract<Effect, { kind: 'record' }>['fields'],
  of: { fields: Record<string, { type: ValueType }> } | undefined,
): string {
  const inside = Object.entries(fields).map(([name, value]) => {
    return `${name}: ${printExpression(cx, value, 0, optionsOf(of?.fields[name]?.type))}`;
  });
  return inside.length === 0 ? '{ }' : `{ ${inside.join(', ')} }`;
}

const printRecipient = (cx: PrintContext, to: Recipient): string =>
  typeof to === 'string' ? to : printExpression(cx, to);

export function printQuestion(cx: PrintContext, question: Question, body: PrintBody): string {
  const { text, type, field, to, within, otherwise } = question;
  const options = printType(cx.ir, type);
  return [
    `ask${to === undefined ? '' : ` ${to}`} ${printText(cx, text)}`,
    `${options.startsWith('(') ? options : `(${options})`} as ${field}${within === undefined ? '' : ','}`,
    ...(within === undefined ? [] : [`within ${printLength(cx, within)}`]),
    ...printElse(cx, otherwise, body),
  ].join(' ');
}

/** `approved by clinician within 1 day else escalate to lead, refused { … }`. */
export function printApproval(cx: PrintContext, { id, by, within, otherwise }: Proposal, body: PrintBody): string {
  const refused = decided(cx.flow, id, false);
  return [
    `approved by ${by}`,
    ...(within === undefined ? [] : [`within ${printLength(cx, within)}`]),
    ...printElse(cx, otherwise, body),
  ]
    .join(' ')
    .concat(refused.length === 0 ? '' : `, refused ${braces(body(cx, refused))}`);
}

/** The rules that follow from a decision. */
export function decided(flow: Flow, proposal: string, approved: boolean): Rule[] {
  return [...flow.anytime, ...Object.values(flow.stages).flatMap((stage) => stage.rules)].filter(
    ({ trigger }) => trigger.kind === 'decided' && trigger.proposal === proposal && trigger.approved === approved,
  );
}

function printElse(cx: PrintContext, effects: readonly Effect[], body: PrintBody): string[] {
  if (effects.length === 0) return [];
  const actions = printEffects(cx, effects, body);
  return [`else ${actions.length === 1 ? actions[0] : braces(actions)}`];
}

/** One plain action on one line, several below each other. */
export function braces(actions: readonly string[]): string {
  const [only = ''] = actions;
  const nested = /^(when|each|check) |\n/.test(only);
  return actions.length <= 1 && !nested ? `{ ${only} }` : `{\n${actions.join('\n')}\n}`;
}

export function printMove(move: Move): string {
  switch (move.direction) {
    case 'advance':
    case 'return':
      return `${move.direction} to ${move.to}`;
    case 'interrupt':
      return `interrupt with ${move.to}`;
    case 'restart':
      return 'restart stage';
    case 'leave':
      return `leave as ${move.as}`;
    case 'resume':
      return 'resume';
  }
}
