/**
 * Loads a program: its IR, and the XState machine whose guards and actions are bound to it.
 *
 * The machine config comes from the compiler and is plain JSON; here its named guards and actions
 * get their meaning, as pure functions over the moment that is the machine's context. Loading
 * costs a fraction of a millisecond to a few; callers keep a loaded program for each version.
 */
import { type AnyStateMachine, assign, createMachine } from 'xstate';
import { emit } from '../compiler/emit.ts';
import type { Ir, Rule } from '../compiler/ir.ts';
import { holds } from './evaluate.ts';
import type { MachineEvent, Moment } from './moment.ts';
import { envOf, note, perform, withFacts } from './moment.ts';
import { enter, interrupt, leave, mayInterrupt, resume } from './visit.ts';

/** Transitions in one step. A program that needs more moves people in circles. */
export const transitionsMax = 100;

export type LoadedProgram = { ir: Ir; source: string; machine: AnyStateMachine; rules: Record<string, Rule> };

type Context = { moment: Moment };
type Params = { rule?: string; stage?: string; as?: string };

/** `source` is the program's text, from which *why* quotes the author's words. */
export function load(ir: Ir, source: string): LoadedProgram {
  const rules: Record<string, Rule> = {};
  for (const rule of [...ir.anytime, ...Object.values(ir.stages).flatMap((stage) => stage.rules)])
    rules[rule.id] = rule;
  const ruleOf = (params: Params): Rule | undefined => (params.rule === undefined ? undefined : rules[params.rule]);

  /** An action is a function from moment to moment. */
  const action = (act: (moment: Moment, rule: Rule | undefined, params: Params) => Moment) =>
    assign(({ context }: { context: Context }, params: Params) => ({
      moment: act(context.moment, ruleOf(params), params),
    }));
  const guard =
    (test: (moment: Moment, rule: Rule, event: MachineEvent, params: Params) => boolean) =>
    ({ context, event }: { context: Context; event: MachineEvent }, params: Params): boolean => {
      const rule = ruleOf(params);
      if (rule === undefined || (rule.move?.direction === 'interrupt' && !mayInterrupt(context.moment))) return false;
      return test(context.moment, rule, event, params);
    };

  const guards = {
    holds: guard((moment, rule) => isAtRest(moment) && holds(rule.condition, envOf(moment)).holds),
    turned: guard((moment, rule) => hasTurned(moment, rule)),
    answers: guard((_, rule, event) => event.answers[rule.id] === true),
    resumes: guard(
      (moment, rule, event, params) =>
        moment.facts.interrupted.at(-1)?.stage === params.stage && isTriggered(moment, rule, event),
    ),
  };
  const actions = {
    take: action((moment, rule) => (rule ? take(moment, rule) : moment)),
    enter: action((moment, rule, params) => {
      const direction = rule?.move?.direction;
      const entering =
        direction === 'advance' || direction === 'return' || direction === 'restart' ? direction : 'advance';
      return enter(moment, params.stage ?? moment.facts.visit.stage, {
        direction: entering,
        ...(rule ? { rule } : {}),
      });
    }),
    interrupt: action((moment, rule, params) =>
      rule && params.stage !== undefined ? interrupt(moment, params.stage, rule) : moment,
    ),
    resume: action((moment, rule) => (rule ? resume(moment, rule) : moment)),
    leave: action((moment, rule, params) => leave(moment, params.as ?? 'left', rule)),
  };
  // XState's types cannot follow a config that is only known when a program is loaded.
  const config = { ...emit(ir), options: { maxIterations: transitionsMax } };
  const machine = createMachine(config as never, { guards, actions } as never) as unknown as AnyStateMachine;
  return { ir, source, machine, rules };
}

/**
 * Handlers of what has just happened come before conditions: a third run is first answered as the
 * third run of its week, and then earns the next one.
 */
const isAtRest = (moment: Moment): boolean => moment.events.length === 0;

/** The condition of a `becomes` rule holds and did not when last looked at. */
function hasTurned(moment: Moment, rule: Rule): boolean {
  return isAtRest(moment) && moment.facts.holding[rule.id] === undefined && holds(rule.condition, envOf(moment)).holds;
}

function isTriggered(moment: Moment, rule: Rule, event: MachineEvent): boolean {
  if (rule.trigger.kind === 'holds') return isAtRest(moment) && holds(rule.condition, envOf(moment)).holds;
  if (rule.trigger.kind === 'becomes') return hasTurned(moment, rule);
  return event.answers[rule.id] === true;
}

/** Performs a rule's effects. A rule that moves is told of by the entry it leads to; one that does not, here. */
function take(moment: Moment, rule: Rule): Moment {
  const held =
    rule.trigger.kind === 'becomes'
      ? withFacts(moment, { holding: { ...moment.facts.holding, [rule.id]: true } })
      : moment;
  const noted = rule.move ? held : note(held, { kind: 'ruled', rule: rule.id, because: rule.source });
  return perform(noted, rule.effects, rule.trigger.kind === 'command' ? 'command' : 'say');
}
