/**
 * Lets a flow's XState machine take what is enabled, from a stage, with a moment as its context.
 *
 * XState's `transition()` makes an actor, with a system of its own, for each call; that costs five times
 * the transition itself. Here one idle actor's scope serves a machine for good: nothing is ever sent to
 * it, and no program has actions that would touch it (they are all `assign`). What comes out is what
 * `transition()` gives, which a test holds over random lives; XState is pinned to the version tried.
 */
import { type AnyMachineSnapshot, type AnyStateMachine, createActor } from 'xstate';
import type { MachineEvent, Moment } from './moment.ts';

/** What is asked of a machine when nothing in particular has happened. */
const timeEvent = { type: 'time', answers: {} } as const;

type Scope = Parameters<AnyStateMachine['transition']>[2];

/** Of one machine: the scope, and its snapshot in each stage without the context. */
type Prepared = { scope: Scope; inStage: Map<string, AnyMachineSnapshot> };

const preparedFor = new WeakMap<AnyStateMachine, Prepared>();

/** The moment after everything that `event` (null: only conditions) sets off. In a final stage nothing does. */
export function takeTransitions(
  machine: AnyStateMachine,
  stage: string,
  moment: Moment,
  event: MachineEvent | null,
): Moment {
  const { scope, inStage } = prepare(machine);
  let resting = inStage.get(stage);
  if (!resting) {
    resting = machine.resolveState({ value: stage, context: {} }) as AnyMachineSnapshot;
    inStage.set(stage, resting);
  }
  if (resting.status !== 'active') return moment;
  const next = machine.transition({ ...resting, context: { moment } }, event ?? timeEvent, scope);
  return (next.context as { moment: Moment }).moment;
}

function prepare(machine: AnyStateMachine): Prepared {
  const known = preparedFor.get(machine);
  if (known) return known;
  const self = createActor(machine);
  const nothing = (): void => {};
  const scope: Scope = {
    self,
    id: '',
    sessionId: '',
    logger: nothing,
    defer: nothing,
    emit: nothing,
    stopChild: nothing,
    actionExecutor: nothing,
    system: self.system,
  };
  const prepared = { scope, inStage: new Map<string, AnyMachineSnapshot>() };
  preparedFor.set(machine, prepared);
  return prepared;
}
