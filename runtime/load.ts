/**
 * Loads a program: its IR, and the XState machines whose guards and actions are bound to it.
 *
 * There is one machine for each flow: the program's own, each track's and each list's. Their
 * configs come from the compiler and are plain JSON; here their named guards and actions get their
 * meaning, as pure functions over the moment that is the machine's context. Loading costs a
 * fraction of a millisecond to a few; callers keep a loaded program for each version.
 */
import { type AnyStateMachine, assign, createMachine } from 'xstate';
import { emitFlow } from '../compiler/emit.ts';
import type { Flow, Ir, Rule } from '../compiler/ir.ts';
import type { Span } from '../language/ast.ts';
import { holds } from './evaluate.ts';
import type { ThreadId } from './facts.ts';
import type { MachineEvent, Moment } from './moment.ts';
import { envOf, handlerOf, isAnytime, isSpent, markDone, note, rulesAt, withFacts } from './moment.ts';
import { perform } from './perform.ts';
import { enter, interrupt, leave, mayInterrupt, resume } from './visit.ts';

/** Transitions in one step. A program that needs more moves people in circles. */
export const transitionsMax = 100;

export type LoadedProgram = {
  ir: Ir;
  /** The text of the program's own file, and of those it imports, by the path that spans name. */
  source: string;
  imported: ReadonlyMap<string, string>;
  /** Of the program's own flow. */
  machine: AnyStateMachine;
  /** Of every flow: `main`, `track:<name>`, `list:<name>`. */
  machines: Record<string, AnyStateMachine>;
  /** Of every flow, by id. */
  rules: Record<string, Rule>;
};

type Context = { moment: Moment };
type Params = { rule?: string; stage?: string; as?: string };

/** `source` is the program's text, from which *why* quotes the author's words; `imports` are the files it imports. */
export function load(ir: Ir, source: string, imports: readonly { path: string; text: string }[] = []): LoadedProgram {
  const flows: [string, Flow][] = [
    ['main', ir],
    ...Object.values(ir.tracks).map((track): [string, Flow] => [`track:${track.name}`, track]),
    ...Object.values(ir.lists).map((list): [string, Flow] => [`list:${list.name}`, list]),
  ];
  const rules: Record<string, Rule> = {};
  for (const [, flow] of flows) {
    for (const rule of [...flow.anytime, ...Object.values(flow.stages).flatMap((stage) => stage.rules)])
      rules[rule.id] = rule;
  }
  const parts = meaningOf(rules);
  const machines = Object.fromEntries(
    flows.filter(([, flow]) => flow.stageOrder.length > 0).map(([key, flow]) => [key, machineOf(flow, parts)]),
  );
  const imported = new Map(imports.map(({ path, text }) => [path, text]));
  return { ir, source, imported, machine: machines.main as AnyStateMachine, machines, rules };
}

/** The author's words at a place, one blank apart. */
export function wordsAt({ source, imported }: LoadedProgram, span: Span): string {
  const text = span.file === undefined ? source : (imported.get(span.file) ?? '');
  return text.slice(span.start, span.end).replace(/\s+/g, ' ');
}

/** The key of a thread's machine. */
export function machineKey(thread: ThreadId): string {
  if (thread.kind === 'main') return 'main';
  return thread.kind === 'track' ? `track:${thread.track}` : `list:${thread.list}`;
}

function machineOf(flow: Flow, { guards, actions }: ReturnType<typeof meaningOf>): AnyStateMachine {
  // XState's types cannot follow a config that is only known when a program is loaded.
  const config = { ...emitFlow(flow), options: { maxIterations: transitionsMax } };
  return createMachine(config as never, { guards, actions } as never) as unknown as AnyStateMachine;
}

/** What the named guards and actions mean, for all rules of a program. */
function meaningOf(rules: Record<string, Rule>) {
  const ruleOf = (params: Params): Rule | undefined => (params.rule === undefined ? undefined : rules[params.rule]);

  /** An action is a function from moment to moment. */
  const action = (act: (moment: Moment, rule: Rule | undefined, params: Params, event: MachineEvent) => Moment) =>
    assign(({ context, event }: { context: Context; event: unknown }, params: Params) => ({
      moment: act(context.moment, ruleOf(params), params, event as MachineEvent),
    }));
  const guard =
    (test: (moment: Moment, rule: Rule, event: MachineEvent, params: Params) => boolean) =>
    ({ context, event }: { context: Partial<Context>; event: MachineEvent }, params: Params): boolean => {
      const rule = ruleOf(params);
      // XState tries a machine once, without a moment, whenever it makes an actor.
      if (context.moment === undefined) return false;
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
    take: action((moment, rule, _, event) => (rule ? take(moment, rule, event) : moment)),
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
    leave: action((moment, rule, params) => leave(moment, params.as ?? 'left', { rule })),
  };
  return { guards, actions };
}

/**
 * Handlers of what has just happened come before conditions: a third run is first answered as the
 * third run of its week, and then earns the next one.
 */
const isAtRest = (moment: Moment): boolean => moment.events.length === 0;

/** What a `becomes` rule waits for holds and did not when last looked at, and its way is the one to take. */
function hasTurned(moment: Moment, rule: Rule): boolean {
  return isTurning(moment, rule) && holds(rule.condition, envOf(moment)).holds;
}

/** Whether nothing but a way's own condition may stand between a `becomes` rule and its being taken. */
const isTurning = (moment: Moment, rule: Rule): boolean =>
  isAtRest(moment) && moment.facts.holding[handlerOf(rule.id)] === undefined && !isSpent(moment, rule);

/**
 * A handler that has turned and finds none of its ways open has had its turn: what would open one later
 * is not what it waits for.
 */
export function turnIdle(moment: Moment): Moment {
  const rules = rulesAt(moment.flow, moment.facts.visit.stage).conditional;
  if (!rules.some(({ trigger }) => trigger.kind === 'becomes' && trigger.of !== undefined)) return moment;
  const env = envOf(moment);
  return rules.reduce((now, rule) => {
    const { trigger } = rule;
    if (trigger.kind !== 'becomes' || trigger.of === undefined || !isTurning(now, rule)) return now;
    const handler = handlerOf(rule.id);
    const isOpen = (way: Rule) => handlerOf(way.id) === handler && holds(way.condition, env).holds;
    if (!holds(trigger.of, env).holds || rules.some(isOpen)) return now;
    return hold(now, rule);
  }, moment);
}

/** Remembers that what a `becomes` rule waits for holds, and where it happens once that it has. */
function hold(moment: Moment, { id, trigger }: Rule): Moment {
  const handler = handlerOf(id);
  const held = withFacts(moment, { holding: { ...moment.facts.holding, [handler]: true } });
  return trigger.kind === 'becomes' && trigger.once ? markDone(held, handler) : held;
}

function isTriggered(moment: Moment, rule: Rule, event: MachineEvent): boolean {
  if (rule.trigger.kind === 'holds') return isAtRest(moment) && holds(rule.condition, envOf(moment)).holds;
  if (rule.trigger.kind === 'becomes') return hasTurned(moment, rule);
  return event.answers[rule.id] === true;
}

/** Whether a condition of the stage at hand would set off a rule: only then the machine is asked. */
export function hasSomethingToTake(moment: Moment): boolean {
  const env = envOf(moment);
  return rulesAt(moment.flow, moment.facts.visit.stage).conditional.some((rule) => {
    if (rule.trigger.kind === 'becomes' && !isTurning(moment, rule)) return false;
    return isAtRest(moment) && holds(rule.condition, env).holds;
  });
}

/** Performs a rule's effects. A rule that moves is told of by the entry it leads to; one that does not, here. */
function take(moment: Moment, rule: Rule, event: MachineEvent): Moment {
  const { trigger } = rule;
  const noted = rule.move ? moment : note(moment, { kind: 'ruled', rule: rule.id, because: rule.source });
  const prompting = prompts.has(trigger.kind) && !isAnytime(handlerOf(rule.id));
  if (trigger.kind === 'becomes') {
    return { ...perform({ ...hold(noted, rule), prompting }, rule.effects, 'say'), prompting: false };
  }
  if (trigger.kind === 'holds') return perform(noted, rule.effects, 'say');
  const { occasion: before } = noted;
  const done = perform(
    { ...noted, occasion: event.occasion ?? null, prompting },
    rule.effects,
    trigger.kind === 'command' ? 'command' : 'say',
  );
  return { ...done, occasion: before, prompting: false };
}

/** What sets off rules that turn to the person by themselves: a condition, a cadence, a moment. */
const prompts = new Set<Rule['trigger']['kind']>(['becomes', 'cadence', 'reached']);
