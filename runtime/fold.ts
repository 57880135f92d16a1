/**
 * The fold of a timeline's inputs: the state they lead to, and the rows they make, through every version on the way.
 *
 * Pure; the caller loads the versions that `versionsOf` names. What a timeline says must come out again, row by row.
 */
import { adopt, revert } from './adopt.ts';
import type { Input } from './inputs.ts';
import type { LoadedProgram } from './load.ts';
import type { State } from './state.ts';
import { StepProblem, type StepResult, step } from './step.ts';
import type { TimelineRow } from './timeline.ts';

export type Told = { input: Input; at: number };
export type Folded = {
  state: State | null;
  version: number;
  rows: TimelineRow[];
  /** The states before each adoption, by the adoption's id: where a way back leads. */
  earlier: ReadonlyMap<string, State>;
};

/** The inputs of a timeline, in order. */
export const inputsOf = (rows: readonly TimelineRow[]): Told[] =>
  rows.flatMap((row) => (row.kind === 'input' ? [{ input: row.input, at: row.at }] : []));

/**
 * The versions that a timeline goes through, those it only passes too, the first one first; `current` is the one the
 * person is on.
 */
export function versionsOf(told: readonly Told[], current: number): number[] {
  const changes = told.flatMap(({ input }) => (input.type === 'adopt' || input.type === 'revert' ? [input] : []));
  const [first] = changes;
  const ways = changes.flatMap((one) => (one.type === 'adopt' ? [...(one.via ?? []), one.to] : [one.to]));
  return first === undefined ? [current] : [first.from, ...ways];
}

export type Folding = {
  /** Takes an input. Throws `StepProblem` where it cannot be taken. */
  take(input: Input, at: number): StepResult;
  /** What an input would come to, without taking it; of one that stays in the version. */
  try(input: Input, at: number): StepResult;
  now(): Folded;
};

/** Begins a fold in the version `first`, to go on with input by input. */
export function beginFold(programs: ReadonlyMap<number, LoadedProgram>, first: number, enrollment: string): Folding {
  const programOf = (version: number): LoadedProgram => {
    const program = programs.get(version);
    if (program === undefined) throw new StepProblem(`Version ${version} is not at hand.`);
    return program;
  };
  const earlier = new Map<string, State>();
  const rows: TimelineRow[] = [];
  let state: State | null = null;
  let version = first;
  const lead = (input: Input, at: number): StepResult => {
    if (state === null || (input.type !== 'adopt' && input.type !== 'revert'))
      return step(programOf(version), state, input, at, enrollment);
    version = input.to;
    if (input.type === 'revert') {
      const before = earlier.get(input.adoption);
      if (before === undefined) throw new StepProblem('There is no adoption of that id to undo.');
      return revert(programOf(input.to), state, before, input, at);
    }
    earlier.set(input.id, state);
    const programs = { before: programOf(input.from), after: programOf(input.to), via: input.via?.map(programOf) };
    const adopted = adopt(programs, state, input, at);
    if (!adopted.ok) throw new StepProblem(adopted.misfit.why);
    return adopted.result;
  };
  return {
    take(input, at) {
      const result = lead(input, at);
      state = result.state;
      rows.push(...result.rows);
      return result;
    },
    try: (input, at) => step(programOf(version), state, input, at, enrollment),
    now: () => ({ state, version, rows, earlier }),
  };
}

/** Folds inputs, beginning in the version `first`. Throws `StepProblem` where one cannot be taken as it was. */
export function fold(
  programs: ReadonlyMap<number, LoadedProgram>,
  first: number,
  told: readonly Told[],
  enrollment: string,
): Folded {
  const folding = beginFold(programs, first, enrollment);
  for (const { input, at } of told) folding.take(input, at);
  return folding.now();
}
