/**
 * Lets a flow's XState machine take what is enabled, from a stage, with a moment as its context.
 *
 * XState's `transition()` is made for any machine: parallel regions, history, actors, delays. For each
 * transition it makes sets of the states left and entered, copies of the snapshot, an actor. The machine
 * of a flow has none of that: it is in one state at a time, every transition stays there or goes to
 * another, and every action leads from a moment to a moment. So what XState has made of the config (of
 * each state the transitions in their order, their guards, actions and targets) is followed here
 * directly. What comes out is what `transition()` gives, which a test holds over random lives; XState is
 * pinned to the version tried.
 */
import type { AnyStateMachine } from 'xstate';
import type { MachineAction } from '../compiler/machine.ts';
import type { MachineEvent, Moment } from './moment.ts';
import type { ReadyRule } from './rules.ts';
import { type Action, actions, type Guard, guards, type Params } from './taking.ts';

/** Transitions in one step. A program that needs more moves people in circles. */
export const transitionsMax = 100;

/** What is asked of a machine when nothing in particular has happened. */
const timeEvent = { type: 'time', answers: {} } as unknown as MachineEvent;

/** A transition: when it is enabled, what it does, and where it leads (null: it stays). */
type Way = {
  ready: ReadyRule;
  guard: Guard;
  params: Params;
  acts: { act: Action; params: Params }[];
  to: Node | null;
};

/** A state of a machine, which XState calls a node: what answers events there, and what is looked at without one. */
type Node = { isFinal: boolean; answers: Map<string, Way[]>; always: Way[] };

/** The nodes of a flow's machine, by their names: its stages and exits. */
export type Nodes = ReadonlyMap<string, Node>;

/** More transitions than a step may take; the message is the round, `a → b → a`, or the stage it goes on in. */
export class CirclesProblem extends Error {}

/** The moment after everything that `event` (null: only conditions) sets off. In a final stage nothing does. */
export function takeTransitions(nodes: Nodes, stage: string, start: Moment, given: MachineEvent | null): Moment {
  const event = given ?? timeEvent;
  let node = nodes.get(stage);
  if (node === undefined) throw new RangeError(`The machine has no state ${stage}.`);
  let moment = start;
  const take = ({ ready, acts, to }: Way): void => {
    for (const { act, params } of acts) moment = act(moment, ready, event, params);
    node = to ?? node;
  };
  const answer = node.isFinal ? undefined : enabled(node.answers.get(event.type), moment, event);
  if (answer !== undefined) take(answer);
  for (let taken = 0; !node.isFinal; taken += 1) {
    if (taken >= transitionsMax) throw new CirclesProblem(lastRound(moment));
    const next = enabled(node.always, moment, event);
    if (next === undefined) break;
    take(next);
  }
  return moment;
}

/** From the stage that was entered last back to where it was entered before. */
function lastRound({ log, facts }: Moment): string {
  const entered = log.flatMap((row) => (row.kind === 'entered' ? [row.stage] : []));
  const last = entered.at(-1) ?? facts.visit.stage;
  const before = entered.lastIndexOf(last, -2);
  return before < 0 ? last : entered.slice(before).join(' → ');
}

function enabled(ways: readonly Way[] | undefined, moment: Moment, event: MachineEvent): Way | undefined {
  if (ways === undefined) return undefined;
  for (const way of ways) if (way.guard(moment, way.ready, event, way.params)) return way;
  return undefined;
}

/** What XState has made of the config of one flow. `rules` are those of the program, by id. */
export function nodesOf(machine: AnyStateMachine, rules: Record<string, ReadyRule>): Nodes {
  const made = Object.values(machine.root.states);
  const nodes = new Map(made.map(({ key, type }): [string, Node] => [key, emptyNode(type === 'final')]));
  for (const { id, key, states, invoke, always, transitions } of made) {
    const node = nodes.get(key);
    if (node === undefined || Object.keys(states).length > 0 || invoke.length > 0)
      throw new RangeError(`${id} is no state of a flow: it has something inside.`);
    const wayOf = ({ guard, actions: named, target }: Transition): Way => {
      const { type, params } = guard as unknown as { type: keyof typeof guards; params: Params };
      const ready = rules[params.rule ?? ''];
      if (ready === undefined) throw new RangeError(`A transition of ${id} has no rule.`);
      const acts = (named as unknown as MachineAction[]).map((action) => ({
        act: actions[action.type],
        params: action.params,
      }));
      const [to] = target ?? [];
      return { ready, guard: guards[type], params, acts, to: nodes.get(to?.key ?? '') ?? null };
    };
    node.always.push(...(always ?? []).map(wayOf));
    for (const [type, taken] of transitions) if (type !== '') node.answers.set(type, taken.map(wayOf));
  }
  return nodes;
}

type Transition = NonNullable<AnyStateMachine['root']['always']>[number];

const emptyNode = (isFinal: boolean): Node => ({ isFinal, answers: new Map(), always: [] });
