/**
 * Where a rule takes the person, in words: as the program has it, and for people. Pure.
 */
import type { Rule } from '../compiler/ir.ts';
import { evaluate, fillText } from './evaluate.ts';
import { envOf, type Moment } from './moment.ts';

/** `advance to graduated`, `leave as lost`. */
export function moveText(rule: Rule): string {
  const move = rule.move;
  if (!move) return 'stay';
  switch (move.direction) {
    case 'advance':
    case 'return':
      return `${move.direction} to ${move.to}`;
    case 'interrupt':
      return `interrupt with ${move.to}`;
    case 'leave':
      return `leave as ${move.as}`;
    case 'restart':
      return 'restart stage';
    case 'resume':
      return 'resume';
  }
}

/** `Advance to “Week 2”`: the title as it would read after what the rule sets. */
export function moveTitle(rule: Rule, moment: Moment): string {
  const { move } = rule;
  if (!move) return 'Stay';
  const env = envOf(moment);
  const stageTitle = (name: string): string => {
    const stage = moment.flow.stages[name];
    if (!stage) return name;
    let data = env.facts.data;
    for (const effect of rule.effects) {
      if (effect.kind !== 'set' || effect.item) continue;
      data = { ...data, [effect.field]: evaluate(effect.value, { ...env, facts: { ...env.facts, data } }).value };
    }
    return fillText(stage.title, { ...env, facts: { ...env.facts, data } }).text || name;
  };
  switch (move.direction) {
    case 'advance':
      return `Advance to “${stageTitle(move.to)}”`;
    case 'return':
      return `Return to “${stageTitle(move.to)}”`;
    case 'interrupt':
      return `Interrupt with “${stageTitle(move.to)}”`;
    case 'leave':
      return `Leave as ${move.as.replaceAll('_', ' ')}`;
    case 'restart':
      return `Start “${stageTitle(env.facts.visit.stage)}” again`;
    case 'resume':
      return env.facts.interrupted.length === 0
        ? 'Go back to where it was'
        : `Go back to “${stageTitle(env.facts.interrupted.at(-1)?.stage ?? '')}”`;
  }
}
