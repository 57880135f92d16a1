/**
 * Loads a program: its IR, and the XState machines whose guards and actions are bound to it.
 *
 * There is one machine for each flow: the program's own, each track's and each list's. Their
 * configs come from the compiler and are plain JSON; here their named guards and actions get their
 * meaning, as pure functions over a moment. Loading takes from a fraction of a millisecond to a few; callers
 * keep a loaded program for each version.
 */
import { type AnyStateMachine, assign, createMachine } from 'xstate';
import { emitFlow } from '../compiler/emit.ts';
import type { Flow, Ir, Rule } from '../compiler/ir.ts';
import type { ThreadId } from './facts.ts';
import { interned } from './interned.ts';
import type { MachineEvent, Moment } from './moment.ts';
import { type ReadyRule, readyRule } from './rules.ts';
import { type Action, actions, type Guard, guards, type Params } from './taking.ts';
import { type Nodes, nodesOf, transitionsMax } from './transition.ts';

export type LoadedProgram = {
  ir: Ir;
  /** The text of the program's own file, and of those it imports, by the path that spans name. */
  source: string;
  imported: ReadonlyMap<string, string>;
  /** Of the program's own flow. */
  machine: AnyStateMachine;
  /** Of every flow: `main`, `track:<name>`, `list:<name>`. */
  machines: Record<string, AnyStateMachine>;
  /** The nodes of each with their transitions: what a step follows. The machines themselves are for `transition()`. */
  nodes: Record<string, Nodes>;
  /** Of every flow, by id. */
  rules: Record<string, Rule>;
};

type Context = { moment: Moment };

/** `source` is the program's text, from which *why* quotes the author's words; `imports` are the files it imports. */
export function load(
  given: Ir,
  source: string,
  imports: readonly { path: string; text: string }[] = [],
): LoadedProgram {
  const ir = interned(given);
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
  const ready = mapped(rules, readyRule);
  const parts = inXState(ready);
  const machines = Object.fromEntries(
    flows.filter(([, flow]) => flow.stageOrder.length > 0).map(([key, flow]) => [key, machineOf(flow, parts)]),
  );
  const nodes = mapped(machines, (machine) => nodesOf(machine, ready));
  const imported = new Map(imports.map(({ path, text }) => [path, text]));
  return { ir, source, imported, machine: machines.main as AnyStateMachine, machines, nodes, rules };
}

/** The key of a thread's machine. */
export function machineKey(thread: ThreadId): string {
  if (thread.kind === 'main') return 'main';
  return thread.kind === 'track' ? `track:${thread.track}` : `list:${thread.list}`;
}

function machineOf(flow: Flow, { guards, actions }: ReturnType<typeof inXState>): AnyStateMachine {
  // XState's types cannot follow a config that is only known when a program is loaded.
  const config = { ...emitFlow(flow), options: { maxIterations: transitionsMax } };
  return createMachine(config as never, { guards, actions } as never) as unknown as AnyStateMachine;
}

/**
 * The named guards and actions as XState asks for them: with the moment as its context. Nothing but the
 * public `transition()` does; a step takes the same ones (`transition.ts`).
 */
function inXState(rules: Record<string, ReadyRule>) {
  const ruleOf = ({ rule }: Params): ReadyRule | undefined => (rule === undefined ? undefined : rules[rule]);
  const guardOf =
    (test: Guard) =>
    ({ context: { moment }, event }: { context: Partial<Context>; event: MachineEvent }, params: Params): boolean => {
      const ready = ruleOf(params);
      // XState tries a machine once, without a moment, whenever it makes an actor.
      return moment !== undefined && ready !== undefined && test(moment, ready, event, params);
    };
  const actionOf = (act: Action) =>
    assign(({ context: { moment }, event }: { context: Context; event: unknown }, params: Params) => {
      const ready = ruleOf(params);
      return { moment: ready === undefined ? moment : act(moment, ready, event as MachineEvent, params) };
    });
  return { guards: mapped(guards, guardOf), actions: mapped(actions, actionOf) };
}

const mapped = <A, B>(things: Record<string, A>, map: (thing: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(things).map(([name, thing]) => [name, map(thing)]));
