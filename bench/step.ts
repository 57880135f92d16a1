/**
 * How fast one step is, on one core: whole simulated lives in Couch to 5K, told again from their inputs.
 *
 * The lives are made beforehand (`runtime/population/`), so what is measured is `step` alone: people who
 * write, record, answer and fall silent, agent runs that come back, and time. Beside it, on the same
 * states, XState's own public `transition()` from a stored snapshot, which is what a machine alone costs.
 * Reckoned in the processor's time: what others do on the machine meanwhile does not count.
 */
import { readFileSync } from 'node:fs';
import { transition } from 'xstate';
import { compile } from '../compiler/compile.ts';
import type { Input } from '../runtime/inputs.ts';
import { type LoadedProgram, load } from '../runtime/load.ts';
import { momentOf } from '../runtime/moment.ts';
import { enrollmentOf, liveThrough } from '../runtime/population/life.ts';
import type { State } from '../runtime/state.ts';
import { step } from '../runtime/step.ts';
import { interleave, median, processorMs, rounded } from './measure.ts';
import type { Figure } from './report.ts';

export const stepsPerSecond = 200_000;

const PEOPLE = 60;
const DAYS = 90;
const ROUNDS = 25;
/** Rounds until the code is as fast as it gets: about a million steps, a minute of a busy worker. */
const WARM = 150;

type Happening = { input: Input; now: number };
type Life = { enrollment: string; happenings: Happening[] };

export async function benchStep(scale: number): Promise<Figure[]> {
  const program = readProgram('couch_to_5k');
  const lives = Array.from({ length: PEOPLE }, (_, index) => recordLife(program, index + 1));
  const steps = lives.reduce((sum, { happenings }) => sum + happenings.length, 0);
  const rounds = Math.max(5, Math.ceil(ROUNDS * scale));
  // One after the other: taking turns, each would spoil the code that was made quick for the other.
  const measure = async (run: () => void): Promise<number> => {
    const [measured] = await interleave([{ name: '', run }], rounds, WARM, processorMs);
    return median(measured?.ms ?? []);
  };
  const perSecond = (steps / (await measure(() => retell(program, lives)))) * 1000;
  const resting = lives.flatMap((life) => statesOf(program, life));
  const machineAlone = (resting.length / (await measure(() => askMachine(program, resting)))) * 1000;
  return [
    {
      name: 'step, on one core',
      value: rounded(perSecond),
      unit: 'a second',
      limit: { at: 'least', value: stepsPerSecond },
      note: `${steps.toLocaleString('en')} steps of ${PEOPLE} people in ${DAYS} days of Couch to 5K: ${mixOf(lives)}`,
    },
    {
      name: 'step over transition()',
      value: rounded(perSecond / machineAlone),
      unit: '×',
      limit: { at: 'least', value: 1 },
      note: `XState’s public transition() of the same machine from a stored snapshot: ${rounded(machineAlone).toLocaleString('en')} a second`,
    },
  ];
}

export function readProgram(name: string): LoadedProgram {
  const text = readFileSync(new URL(`../programs/${name}.regimen`, import.meta.url), 'utf8');
  const ir = compile([{ path: `${name}.regimen`, text }]).programs[0]?.ir;
  if (!ir) throw new Error(`${name} does not compile.`);
  return load(ir, text);
}

function recordLife(program: LoadedProgram, person: number): Life {
  // As it comes from a database: one flat text, not put together anew for every step.
  const life: Life = { enrollment: Buffer.from(enrollmentOf(person)).toString(), happenings: [] };
  liveThrough({ program, seed: 1, person, start: '2026-01-05', days: DAYS }, ({ input, now }) => {
    life.happenings.push({ input, now });
  });
  return life;
}

/** The states a life goes through while it lasts. */
function statesOf(program: LoadedProgram, { enrollment, happenings }: Life): State[] {
  const states: State[] = [];
  let state: State | null = null;
  for (const { input, now } of happenings) {
    state = step(program, state, input, now, enrollment).state;
    if (state.facts.finished === null) states.push(state);
  }
  return states;
}

/** Every life from its first input to its last: each step goes on from the state of the one before. */
function retell(program: LoadedProgram, lives: readonly Life[]): void {
  for (const { enrollment, happenings } of lives) {
    let state: State | null = null;
    for (const { input, now } of happenings) state = step(program, state, input, now, enrollment).state;
  }
}

/** The machine alone, at each of those states: restored, and asked whether anything follows. */
function askMachine({ ir, machine }: LoadedProgram, states: readonly State[]): void {
  for (const { stage, facts, at, enrollment } of states) {
    const moment = momentOf(ir, facts, at, { enrollment });
    const snapshot = machine.resolveState({ value: stage, context: { moment } });
    transition(machine, snapshot, { type: 'time', answers: {} });
  }
}

/** `61% time, 20% message, …` */
function mixOf(lives: readonly Life[]): string {
  const counts = new Map<string, number>();
  for (const { happenings } of lives)
    for (const { input } of happenings) counts.set(input.type, (counts.get(input.type) ?? 0) + 1);
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([type, count]) => `${Math.round((count / all) * 100)}% ${type}`)
    .join(', ');
}
