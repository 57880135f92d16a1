/**
 * IR to the config of an ordinary XState machine.
 *
 * Every stage and every exit is a state. What a rule asks and does is named by its id and provided
 * by the runtime; here is only the order of precedence: what runs `anytime` comes before the
 * stage's own rules, then the order of the text.
 */
import type { Ir, Rule, Stage } from './ir.ts';
import {
  exitState,
  type MachineAction,
  type MachineConfig,
  type MachineGuard,
  type MachineState,
  type MachineTransition,
} from './machine.ts';

export function emit(ir: Ir): MachineConfig {
  const states: Record<string, MachineState> = {};
  for (const name of ir.stageOrder) {
    const stage = ir.stages[name];
    if (stage === undefined) continue;
    states[name] = stage.final === undefined ? emitStage(ir, stage) : { description: describe(stage), type: 'final' };
  }
  for (const exit of ir.exits) states[exitState(exit)] = { description: `left as ${exit}`, type: 'final' };
  return { id: ir.name, initial: ir.initial, states };
}

/** The title, with holes shown as dots: a machine holds no facts. */
function describe(stage: Stage): string {
  return stage.title.parts.map((part) => (typeof part === 'string' ? part : '…')).join('');
}

function emitStage(ir: Ir, stage: Stage): MachineState {
  const on: Record<string, MachineTransition[]> = {};
  const always: MachineTransition[] = [];
  const add = (event: string, transitions: MachineTransition[]) => {
    on[event] = [...(on[event] ?? []), ...transitions];
  };
  const anytime = ir.anytime.filter((rule) => !isAlreadyThere(rule, stage));
  for (const rule of [...anytime, ...stage.rules]) {
    const transitions = emitRule(ir, stage, rule);
    if (transitions.length === 0) continue;
    if (rule.trigger.kind === 'command') {
      for (const word of rule.trigger.words) add(`command.${word}`, transitions);
    } else if (rule.trigger.kind === 'recorded') {
      add(`recorded.${rule.trigger.series}`, transitions);
    } else {
      always.push(...transitions);
    }
  }
  return {
    description: describe(stage),
    ...(Object.keys(on).length === 0 ? {} : { on }),
    ...(always.length === 0 ? {} : { always }),
  };
}

/** `anytime { when injured { interrupt with recovery } }` has nothing to do in `recovery` itself. */
export function isAlreadyThere(rule: Rule, stage: Stage): boolean {
  return rule.move?.direction === 'interrupt' && rule.move.to === stage.name;
}

/** Moves to stages that do not exist are left out: such a program has errors and is only drawn. */
function emitRule(ir: Ir, stage: Stage, rule: Rule): MachineTransition[] {
  const take: MachineAction = { type: 'take', params: { rule: rule.id } };
  const guard: MachineGuard = { type: guardType(rule), params: { rule: rule.id } };
  const { move } = rule;
  const to = (target: string, action: MachineAction): MachineTransition[] =>
    Object.hasOwn(ir.stages, target) ? [{ guard, target, reenter: true, actions: [take, action] }] : [];
  switch (move?.direction) {
    case undefined:
      return [{ guard, actions: [take] }];
    case 'advance':
    case 'return':
      return to(move.to, { type: 'enter', params: { stage: move.to, rule: rule.id } });
    case 'restart':
      return to(stage.name, { type: 'enter', params: { stage: stage.name, rule: rule.id } });
    case 'interrupt':
      return to(move.to, { type: 'interrupt', params: { stage: move.to, rule: rule.id } });
    case 'resume':
      return interruptedBy(ir, stage.name).map((back) => ({
        guard: { type: 'resumes', params: { rule: rule.id, stage: back } },
        target: back,
        reenter: true,
        actions: [take, { type: 'resume', params: { stage: back, rule: rule.id } }],
      }));
    case 'leave':
      return [
        {
          guard,
          target: exitState(move.as),
          reenter: true,
          actions: [take, { type: 'leave', params: { as: move.as, rule: rule.id } }],
        },
      ];
  }
}

function guardType(rule: Rule): MachineGuard['type'] {
  if (rule.trigger.kind === 'holds') return 'holds';
  return rule.trigger.kind === 'becomes' ? 'turned' : 'answers';
}

/** The stages from which `interrupt with name` can have come, in the order of the text. */
export function interruptedBy(ir: Ir, name: string): string[] {
  const interrupts = (rule: Rule) => rule.move?.direction === 'interrupt' && rule.move.to === name;
  const always = ir.anytime.some(interrupts);
  return ir.stageOrder.filter((from) => {
    const stage = ir.stages[from];
    if (stage === undefined || stage.final !== undefined) return false;
    return (always && from !== name) || stage.rules.some(interrupts);
  });
}
