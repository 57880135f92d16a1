/**
 * A recorded life, lived again in a program: the same words, events and results of runs at the same times.
 *
 * Time passes as the program itself wants it, so what was recorded of the passing of time is left out, and
 * so are adoptions: it is one program from the beginning. What people answered, decided or acknowledged goes
 * to what is open of the same name; what a run brought goes to the run in hand for the same reason. A run that
 * nobody answered then brings nothing. Pure.
 */
import type { Input } from './inputs.ts';
import type { LoadedProgram } from './load.ts';
import type { State } from './state.ts';
import { runFinished, StepProblem, step, timeInput } from './step.ts';
import type { TimelineRow } from './timeline.ts';

/** Moments worked off in one life; years of a busy program need some thousands. */
const wakesMax = 50_000;
/** A run that has no recorded result by then brings nothing. */
const runPatienceMs = 10 * 60_000;

export type Relived = {
  rows: TimelineRow[];
  state: State | null;
  /** Runs that nobody had answered, and answers to runs that were not asked for. */
  runsUnanswered: number;
  answersUnused: number;
  /** Why it could not be lived to its end, and when that was (ms); null: it could. */
  problem: { at: number; why: string } | null;
};

/**
 * `rows`: the whole timeline as it was recorded. It is lived to `until` (ms). `enrollment`: the spread of
 * reviews follows from it.
 */
export function relive(
  program: LoadedProgram,
  rows: readonly TimelineRow[],
  until: number,
  enrollment: string,
): Relived {
  const names = namesOf(rows);
  const life: Life = {
    program,
    enrollment,
    state: null,
    due: null,
    at: rows[0]?.at ?? until,
    wakes: 0,
    told: [],
    runsUnanswered: 0,
    answersUnused: 0,
  };
  try {
    for (const row of rows) {
      if (row.kind !== 'input' || leftOut.has(row.input.type)) continue;
      if (life.state !== null && life.state.facts.finished !== null && row.input.type !== 'acknowledge') continue;
      // What a run brought came after what was due at that moment: it may be what set the run off.
      pass(life, row.input.type === 'run-finished' || row.input.type === 'run-failed' ? row.at + 1 : row.at);
      const input = fitted(life, row.input, names);
      if (input !== null) take(life, input, row.at);
    }
    pass(life, until);
  } catch (problem) {
    if (!(problem instanceof StepProblem)) throw problem;
    return { ...resultOf(life), problem: { at: life.at, why: problem.message } };
  }
  return { ...resultOf(life), problem: null };
}

/** Time passes by itself, versions are what is tried here, and other messages would wait than did. */
const leftOut: ReadonlySet<Input['type']> = new Set(['time', 'adopt', 'revert', 'held', 'unsent']);

type Life = {
  program: LoadedProgram;
  enrollment: string;
  state: State | null;
  due: number | null;
  at: number;
  wakes: number;
  told: TimelineRow[];
  runsUnanswered: number;
  answersUnused: number;
};

const resultOf = ({ told, state, runsUnanswered, answersUnused }: Life): Omit<Relived, 'problem'> => ({
  rows: told,
  state,
  runsUnanswered,
  answersUnused,
});

function take(life: Life, input: Input, at: number): void {
  life.at = Math.max(life.at, at);
  const result = step(life.program, life.state, input, life.at, life.enrollment);
  life.state = result.state;
  life.due = result.nextDueAt;
  life.told.push(...result.rows);
}

/** Does what comes due before `to`, each at its time. */
function pass(life: Life, to: number): void {
  for (;;) {
    const { state } = life;
    if (state === null) return;
    const { run } = state.facts;
    const silentAt = run === null ? null : run.since + runPatienceMs;
    const next = Math.min(life.due ?? Number.POSITIVE_INFINITY, silentAt ?? Number.POSITIVE_INFINITY);
    if (next >= to) return;
    life.wakes += 1;
    if (life.wakes > wakesMax) throw new StepProblem(`More than ${wakesMax} moments came due in one life.`);
    if (run !== null && silentAt === next) {
      life.runsUnanswered += 1;
      take(life, runFinished(run.id, nothing), next);
    } else {
      take(life, timeInput(state), next);
    }
  }
}

const nothing = { says: [], sets: [], records: [], judgements: [], author: 'agent' as const };

/** What the ids of the recorded life stood for, in the program's own names. */
type Names = { questions: Map<string, string>; proposals: Map<string, string>; runs: Map<string, string> };

function namesOf(rows: readonly TimelineRow[]): Names {
  const names: Names = { questions: new Map(), proposals: new Map(), runs: new Map() };
  for (const row of rows) {
    if (row.kind === 'answered' || row.kind === 'unanswered') names.questions.set(row.id, row.question);
    if (row.kind === 'proposed') names.proposals.set(row.id, row.proposal);
    if (row.kind === 'run-started') names.runs.set(row.run, row.reason);
  }
  return names;
}

/** The input as it would be in this life; null where nothing is open that it could be for. */
function fitted(life: Life, input: Input, names: Names): Input | null {
  const facts = life.state?.facts;
  if (facts === undefined) return input;
  switch (input.type) {
    case 'run-finished':
    case 'run-failed': {
      const { run } = facts;
      if (run !== null && run.reason === names.runs.get(input.run)) return { ...input, run: run.id };
      life.answersUnused += 1;
      return null;
    }
    case 'answer': {
      const asked = names.questions.get(input.question);
      const open = [...(facts.question ? [facts.question] : []), ...facts.roleQuestions];
      const same = open.find((one) => one.id === input.question) ?? open.find((one) => one.question === asked);
      return same === undefined ? input : { ...input, question: same.id };
    }
    case 'decide': {
      const proposed = names.proposals.get(input.proposal);
      const same = facts.proposals.find(({ proposal }) => proposal === proposed);
      return same === undefined ? input : { ...input, proposal: same.id };
    }
    case 'acknowledge': {
      const [oldest] = facts.climbs;
      return oldest === undefined || facts.climbs.some(({ id }) => id === input.climb)
        ? input
        : { ...input, climb: oldest.id };
    }
    default:
      return input;
  }
}
