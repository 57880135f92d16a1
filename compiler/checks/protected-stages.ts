/**
 * Protected stages: every way in needs something that the agent cannot write.
 *
 * That is somebody's approval, a fact that only people or services write, the person's own command or
 * answer, or a judgement (which must quote). Facts the agent may write do not count, nor do those that
 * rules set because of them. Time takes nobody anywhere by the agent's doing, so time alone is no way around.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { allRules, destinations, everyEffect, everyPart, rulesIn } from '../flow.ts';
import type { Effect, Expr, Ir, Rule } from '../ir.ts';
import { OPERATOR } from '../names.ts';
import { type Place, placeIn } from '../place.ts';
import { isPossible } from '../possible.ts';
import { type Atom, waysOf } from '../ways.ts';
import type { Analysis, AnalysisContext } from './question.ts';

/** What the agent can bring about, by `data name` or `series name`, with the sentence that says how. */
type Tainted = Map<string, string>;

export const protectedStages: Analysis = (ir, report, context) => {
  const { flows } = context;
  if (!flows.some(({ stages }) => stages.some((stage) => stage.protected))) return;
  const tainted = taint(ir, context);
  const role = ir.roles.find((one) => one !== OPERATOR) ?? OPERATOR;
  for (const part of flows) {
    for (const from of part.stages) {
      for (const rule of rulesIn(part.flow, from)) {
        const [to] = rule.move?.direction === 'resume' ? [] : destinations(part.flow, from.name, rule);
        const stage = to === undefined ? undefined : part.flow.stages[to];
        if (stage === undefined || !stage.protected || stage.name === from.name) continue;
        const way = wayAround(placeIn(ir, part, from.name), rule, tainted);
        if (way === undefined) continue;
        const related = [{ message: 'This is the protected stage.', span: context.nameOf(part, stage.name) }];
        const words = { stage: stage.name, way: `it needs nothing but ${way}`, role };
        report(diagnostic('unprotected', rule.span, words, { related }));
      }
    }
  }
};

/** What the agent could write so that a rule is taken, and needs nothing else; undefined where it could not. */
function wayAround(place: Place, rule: Rule, tainted: Tainted): string | undefined {
  const { trigger, condition } = rule;
  if (trigger.kind === 'decided' || trigger.kind === 'command') return undefined;
  const heard = trigger.kind === 'recorded' ? tainted.get(`series ${trigger.series}`) : undefined;
  if (trigger.kind === 'recorded' && heard === undefined) return undefined;
  const ways = waysOf(place, condition);
  if (ways === undefined) return heard;
  for (const way of ways) {
    if (!isPossible(way)) continue;
    const sorts = way.map((atom) => sortOf(place.ir, atom, tainted));
    if (sorts.some((sort) => sort === 'safe')) continue;
    const how = sorts.find((sort) => typeof sort === 'object');
    const said = how?.how ?? heard;
    if (said !== undefined) return said;
  }
  return undefined;
}

/** `safe`: the agent cannot make it hold. `open`: it says nothing of anybody, such as time. */
type Sort = 'safe' | 'open' | { how: string };

function sortOf(ir: Ir, atom: Atom, tainted: Tainted): Sort {
  let sort: Sort = 'open';
  for (const part of everyPart(ir, atom.expr)) {
    if (part.op === 'judged' || part.op === 'argument') return 'safe';
    const fact = factOf(part);
    if (fact === undefined) continue;
    const how = tainted.get(fact);
    if (how !== undefined) return { how };
    const isFixed = part.op === 'data' && ir.data[part.name]?.parameter !== undefined;
    if (!isFixed) sort = 'safe';
  }
  return sort;
}

function factOf(part: Expr): string | undefined {
  switch (part.op) {
    case 'data':
      return `data ${part.name}`;
    case 'item':
      return `item ${part.field}`;
    case 'aggregate':
      return part.selection.list ? undefined : `series ${part.selection.series}`;
    case 'last':
    case 'last-was':
    case 'absence':
      return `series ${part.series}`;
    default:
      return undefined;
  }
}

/** Everything the agent may write, and what rules write because of that alone. */
function taint(ir: Ir, { flows }: AnalysisContext): Tainted {
  const tainted: Tainted = new Map();
  for (const field of Object.values(ir.data))
    if (field.agentMaySet) tainted.set(`data ${field.name}`, `\`${field.name}\`, which the agent may set`);
  for (const list of Object.values(ir.lists))
    for (const field of Object.values(list.fields))
      if (field.agentMaySet) tainted.set(`item ${field.name}`, `\`${field.name}\`, which the agent may set`);
  for (const series of Object.values(ir.series))
    if (series.agentMayRecord) tainted.set(`series ${series.name}`, `\`${series.name}\`, which the agent may record`);
  const rules = flows.flatMap((part) => allRules(part.flow).map((rule) => ({ part, rule })));
  for (let before = -1; before < tainted.size; ) {
    before = tainted.size;
    for (const { part, rule } of rules) {
      const way = wayAround(placeIn(ir, part), rule, tainted);
      for (const effect of everyEffect(ir, rule.effects)) {
        if (effect.kind !== 'set' && effect.kind !== 'record') continue;
        const [name, fact] = writtenBy(effect);
        if (tainted.has(fact)) continue;
        const ofValue = effect.kind === 'set' && rule.trigger.kind !== 'command';
        const own = way ?? (ofValue ? valueTaint(ir, effect.value, tainted) : undefined);
        if (own !== undefined) tainted.set(fact, `\`${name}\`, which a rule writes because of ${own}`);
      }
    }
  }
  return tainted;
}

/** The name of what an effect writes, and the fact it is. */
function writtenBy(effect: Extract<Effect, { kind: 'set' | 'record' }>): [name: string, fact: string] {
  if (effect.kind === 'record') return [effect.series, `series ${effect.series}`];
  return [effect.field, `${effect.item ? 'item' : 'data'} ${effect.field}`];
}

function valueTaint(ir: Ir, value: Expr, tainted: Tainted): string | undefined {
  for (const part of everyPart(ir, value)) {
    const fact = factOf(part);
    const how = fact === undefined ? undefined : tainted.get(fact);
    if (how !== undefined) return how;
  }
  return undefined;
}
