/**
 * The flow between stages, read from the IR: which rules apply in a stage, where they lead, and what
 * they do. A flow is the program itself, a track, or what each item of a list goes through.
 */
import { interruptedBy, isAlreadyThere } from './emit.ts';
import type { Anchor, Effect, Expr, Flow, Ir, Length, List, Rule, Stage, Text, Track } from './ir.ts';

/** A flow, what it belongs to, and its stages in the order of the text. */
export type FlowPart = {
  flow: Flow;
  kind: 'main' | 'track' | 'list';
  of: Ir | Track | List;
  stages: readonly Stage[];
};

/** Every flow of a program: its own, the tracks, the lists. */
export function flowsOf(ir: Ir): FlowPart[] {
  return [
    { flow: ir, kind: 'main', of: ir, stages: stagesIn(ir) },
    ...Object.values(ir.tracks).map((of): FlowPart => ({ flow: of, kind: 'track', of, stages: stagesIn(of) })),
    ...Object.values(ir.lists).map((of): FlowPart => ({ flow: of, kind: 'list', of, stages: stagesIn(of) })),
  ];
}

/** The stages of a flow in the order of the text. */
export function stagesIn(flow: Flow): Stage[] {
  return flow.stageOrder.flatMap((name) => flow.stages[name] ?? []);
}

/** The rules in force in a stage, in order of precedence. */
export function rulesIn(flow: Flow, stage: Stage): Rule[] {
  if (stage.final !== undefined) return [];
  return [...flow.anytime.filter((rule) => !isAlreadyThere(rule, stage)), ...stage.rules];
}

/** Every rule of a flow, once each. */
export function allRules(flow: Flow): Rule[] {
  return [...flow.anytime, ...stagesIn(flow).flatMap((stage) => stage.rules)];
}

/** Whether a rule with this id was written `pause while …`. */
export const isPause = (id: string): boolean => /\/pause-\d+$/.test(id);

/** The stages in which a `pause` of the flow is spent: nobody wrote them. */
export function pausedStages(flow: Flow): Set<string> {
  return new Set(
    allRules(flow).flatMap(({ id, move }) => (isPause(id) && move?.direction === 'interrupt' ? [move.to] : [])),
  );
}

/** The stages a rule can lead to from `from`; none where it leaves the program or does not move. */
export function destinations(flow: Flow, from: string, rule: Rule): string[] {
  const { move } = rule;
  switch (move?.direction) {
    case 'advance':
    case 'return':
    case 'interrupt':
      return Object.hasOwn(flow.stages, move.to) ? [move.to] : [];
    case 'restart':
      return [from];
    case 'resume':
      return interruptedBy(flow, from);
    default:
      return [];
  }
}

/**
 * The stages that the rules of a stage lead to. Going back to where one was interrupted leads nowhere one has not been.
 */
export function waysOn(flow: Flow, stage: Stage): readonly string[] {
  const found: string[] = [];
  for (const rule of rulesIn(flow, stage))
    if (rule.move !== undefined && rule.move.direction !== 'resume')
      for (const to of destinations(flow, stage.name, rule)) if (!found.includes(to)) found.push(to);
  return found;
}

/** Effects with those inside them: for each item, and what is done where nobody answers or decides. */
export function everyEffect(ir: Ir, effects: readonly Effect[], depth = 0): readonly Effect[] {
  if (depth > EFFECTS_DEEP_MAX || effects.length === 0) return nothing;
  if (effects.every(({ kind }) => kind !== 'each' && kind !== 'ask' && kind !== 'propose')) return effects;
  return effects.flatMap((effect) => [effect, ...everyEffect(ir, insideOf(ir, effect), depth + 1)]);
}

/** A proposal whose `else` proposes the same again is followed no further than this. */
const EFFECTS_DEEP_MAX = 20;

const nothing: readonly never[] = [];

function insideOf(ir: Ir, effect: Effect): readonly Effect[] {
  switch (effect.kind) {
    case 'each':
      return effect.effects;
    case 'ask':
      return ir.asks[effect.question]?.otherwise ?? nothing;
    case 'propose':
      return ir.proposals[effect.proposal]?.otherwise ?? nothing;
    default:
      return nothing;
  }
}

/** The expressions that stand in an effect. */
export function expressionsIn(effect: Effect): Expr[] {
  switch (effect.kind) {
    case 'set':
      return [effect.value];
    case 'propose':
      return effect.value === undefined ? [] : [effect.value];
    case 'record':
    case 'call':
    case 'add':
      return Object.values(effect.fields);
    case 'say':
      return holes(effect.text);
    case 'say-in-turn':
      return effect.texts.flatMap(holes);
    case 'escalate':
      return [...recipient(effect.to), ...(effect.text === undefined ? [] : holes(effect.text))];
    case 'tell':
    case 'output':
      return [...recipient(effect.to), ...holes(effect.text)];
    case 'each':
      return effect.where === undefined ? [] : [effect.where];
    default:
      return [];
  }
}

/** The expressions in a text with holes. */
export const holes = (text: Text): Expr[] => text.parts.filter((part) => typeof part !== 'string');
const recipient = (to: string | Expr): Expr[] => (typeof to === 'string' ? [] : [to]);
const inLength = (length: Length): Expr[] => ('op' in length ? [length] : []);
const inAnchor = (anchor: Anchor): Expr[] => (anchor.kind === 'moment' ? [anchor.of] : []);

/** The parts of an expression, one level down. */
export function children(expr: Expr): readonly Expr[] {
  switch (expr.op) {
    case 'and':
    case 'or':
    case 'compare':
    case 'arithmetic':
    case 'else':
      return [expr.left, expr.right];
    case 'field':
    case 'day':
    case 'not':
    case 'negate':
    case 'known':
      return [expr.of];
    case 'call':
      return expr.args;
    case 'lookup':
      return expr.keys;
    case 'item-of':
    case 'let-of':
      return [expr.key];
    case 'at-time':
      return [expr.date, expr.time];
    case 'choose':
      return expr.ways.flatMap((way) => (way.when === undefined ? [way.value] : [way.when, way.value]));
    case 'aggregate': {
      const { where, ofThose, window } = expr.selection;
      return [
        ...(where === undefined ? [] : [where]),
        ...(ofThose === undefined ? [] : [ofThose]),
        ...(window?.kind === 'last' ? inLength(window.duration) : []),
        ...(window?.kind === 'since' ? inAnchor(window.anchor) : []),
      ];
    }
    case 'absence':
      return [...(expr.where === undefined ? [] : [expr.where]), ...inLength(expr.duration)];
    case 'silence':
      return inLength(expr.duration);
    case 'since':
      return [...inLength(expr.duration), ...inAnchor(expr.anchor)];
    case 'text':
      return holes(expr.text);
    default:
      return nothing;
  }
}

/** Every part of an expression, and of the lets in it, each let once. */
export function everyPart(ir: Ir, expr: Expr): readonly Expr[] {
  const found: Expr[] = [];
  const open: Expr[] = [expr];
  const lets = new Set<string>();
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    found.push(part);
    if (part.op === 'let' && !lets.has(part.id)) {
      const value = ir.lets[part.id]?.value;
      lets.add(part.id);
      if (value !== undefined) open.push(value);
    }
    for (const child of children(part)) open.push(child);
  }
  return found;
}
