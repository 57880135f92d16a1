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
  to: Place | null;
};

/** A state: what answers events there, and what is looked at without one. */
type Place = { isFinal: boolean; answers: Map<string, Way[]>; always: Way[] };

/** The states of a flow's machine, by their names. */
export type Places = ReadonlyMap<string, Place>;

/** More transitions than a step may take. */
export class CirclesProblem extends Error {}

/** The moment after everything that `event` (null: only conditions) sets off. In a final stage nothing does. */
export function takeTransitions(places: Places, stage: string, start: Moment, given: MachineEvent | null): Moment {
  const event = given ?? timeEvent;
  let place = places.get(stage);
  if (place === undefined) throw new RangeError(`The machine has no state ${stage}.`);
  let moment = start;
  const take = ({ ready, acts, to }: Way): void => {
    for (const { act, params } of acts) moment = act(moment, ready, event, params);
    place = to ?? place;
  };
  const answer = place.isFinal ? undefined : enabled(place.answers.get(event.type), moment, event);
  if (answer !== undefined) take(answer);
  for (let taken = 0; !place.isFinal; taken += 1) {
    if (taken >= transitionsMax) throw new CirclesProblem(`More than ${transitionsMax} transitions in one step.`);
    const next = enabled(place.always, moment, event);
    if (next === undefined) break;
    take(next);
  }
  return moment;
}

function enabled(ways: readonly Way[] | undefined, moment: Moment, event: MachineEvent): Way | undefined {
  if (ways === undefined) return undefined;
  for (const way of ways) if (way.guard(moment, way.ready, event, way.params)) return way;
  return undefined;
}

/** What XState has made of the config of one flow. `rules` are those of the program, by id. */
export function placesOf(machine: AnyStateMachine, rules: Record<string, ReadyRule>): Places {
  const nodes = Object.values(machine.root.states);
  const places = new Map(nodes.map((node): [string, Place] => [node.key, emptyPlace(node.type === 'final')]));
  for (const node of nodes) {
    const place = places.get(node.key);
    if (place === undefined || Object.keys(node.states).length > 0 || node.invoke.length > 0)
      throw new RangeError(`${node.id} is no state of a flow: it has something inside.`);
    const wayOf = ({ guard, actions: named, target }: Transition): Way => {
      const { type, params } = guard as unknown as { type: keyof typeof guards; params: Params };
      const ready = rules[params.rule ?? ''];
      if (ready === undefined) throw new RangeError(`A transition of ${node.id} has no rule.`);
      const acts = (named as unknown as MachineAction[]).map((action) => ({
        act: actions[action.type],
        params: action.params,
      }));
      const [to] = target ?? [];
      return { ready, guard: guards[type], params, acts, to: places.get(to?.key ?? '') ?? null };
    };
    place.always.push(...(node.always ?? []).map(wayOf));
    for (const [type, transitions] of node.transitions)
      if (type !== '') place.answers.set(type, transitions.map(wayOf));
  }
  return places;
}

type Transition = NonNullable<AnyStateMachine['root']['always']>[number];

const emptyPlace = (isFinal: boolean): Place => ({ isFinal, answers: new Map(), always: [] });
