/**
 * What came of many simulated lives, as plain numbers.
 *
 * Everything is a count, so tallies of parts of a population add up to that of the whole, in whatever
 * order they come and on however many cores they were made.
 */
import { costOf } from '../../compiler/cost.ts';
import { usualAssumptions } from '../../compiler/cost-assumptions.ts';
import type { Ir } from '../../compiler/ir.ts';
import { machineKey } from '../load.ts';
import { mainThread } from '../moment.ts';
import type { Lived, Run, Seen } from './life.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const weekMs = 7 * dayMs;
/** The month of an estimate of costs at its longest. */
const monthMs = 31 * dayMs;
/** People whose life could not go on that are told of one by one. */
const problemsToldMax = 20;

export type Counts = Record<string, number>;

export type Tally = {
  people: number;
  personas: Counts;
  /** By `stage` or `track:diary.stage`: people who were ever there, visits, and people who are there in the end. */
  reached: Counts;
  visits: Counts;
  there: Counts;
  /** `graduated (success)`, `opted_out (left)`, `still in training`. */
  outcomes: Counts;
  steps: number;
  /** Steps that time alone brought, and those of them of which nothing came. */
  wakes: number;
  idleWakes: number;
  messages: number;
  /** Messages by the hour (UTC, as a number of hours since 1970) in which they went out. */
  messagesByHour: Counts;
  /** How many weeks of a person had so many messages. */
  weeksByMessages: Counts;
  reviews: Counts;
  nudges: number;
  escalations: number;
  refusals: number;
  runs: { routine: number; answering: number };
  /** The most of one person in one month. */
  worstMonth: { runs: number; usd: number; person: number };
  problems: { person: number; problem: string }[];
  /** People whose life could not go on. */
  failed: number;
};

export function emptyTally(): Tally {
  return {
    people: 0,
    personas: {},
    reached: {},
    visits: {},
    there: {},
    outcomes: {},
    steps: 0,
    wakes: 0,
    idleWakes: 0,
    messages: 0,
    messagesByHour: {},
    weeksByMessages: {},
    reviews: {},
    nudges: 0,
    escalations: 0,
    refusals: 0,
    runs: { routine: 0, answering: 0 },
    worstMonth: { runs: 0, usd: 0, person: 0 },
    problems: [],
    failed: 0,
  };
}

const add = (counts: Counts, key: string, by = 1): void => {
  counts[key] = (counts[key] ?? 0) + by;
};

const isRoutine = ({ reason }: Run): boolean => reason === 'review' || reason === 'nudge';

/** What a usual run costs, in US dollars, by the model it uses. */
export function usdOfRuns({ routine, answering }: Tally['runs']): number {
  const { callsPerRun, tokensIn, tokensOut } = usualAssumptions;
  const each = (price: { input: number; output: number }): number =>
    (callsPerRun.typical * (tokensIn.typical * price.input + tokensOut.typical * price.output)) / 1_000_000;
  return routine * each(usualAssumptions.routine) + answering * each(usualAssumptions.answering);
}

/** Counts one life into a tally: `see` each of its steps, then `end` it. */
export function countLife(tally: Tally, person: number) {
  const visits: Counts = {};
  const runs: Run[] = [];
  const sentAt: number[] = [];
  return {
    see: ({ now, input, result, runs: started }: Seen): void => {
      tally.steps += 1;
      if (input.type === 'time') {
        tally.wakes += 1;
        if (result.rows.length === 0) tally.idleWakes += 1;
      }
      runs.push(...started);
      for (const row of result.rows) {
        if (row.kind === 'entered') {
          const flow = machineKey(row.thread ?? mainThread);
          add(visits, flow === 'main' ? row.stage : `${flow}.${row.stage}`);
        } else if (row.kind === 'message') {
          sentAt.push(now);
          add(tally.messagesByHour, String(Math.floor(now / hourMs)));
        } else if (row.kind === 'reviewed') add(tally.reviews, row.outcome);
        else if (row.kind === 'nudged') tally.nudges += 1;
        else if (row.kind === 'escalated') tally.escalations += 1;
        else if (row.kind === 'refused') tally.refusals += 1;
      }
    },
    end: ({ persona, enrolledAt, until, state, problem }: Lived): void => {
      tally.people += 1;
      add(tally.personas, persona.name);
      for (const [stage, count] of Object.entries(visits)) {
        add(tally.reached, stage);
        add(tally.visits, stage, count);
      }
      const finished = state?.facts.finished;
      const stage = state?.facts.visit.stage ?? '';
      if (!finished) add(tally.there, stage);
      add(tally.outcomes, finished ? `${finished.as} (${finished.outcome})` : `still in ${stage}`);
      tally.messages += sentAt.length;
      const weeks = Math.ceil((until - enrolledAt) / weekMs);
      for (const count of inStretches(sentAt, enrolledAt, weekMs, weeks)) add(tally.weeksByMessages, String(count));
      tally.runs.routine += runs.filter(isRoutine).length;
      tally.runs.answering += runs.filter((run) => !isRoutine(run)).length;
      for (let from = enrolledAt; from < until; from += monthMs) {
        const ofMonth = runs.filter(({ at }) => at >= from && at < from + monthMs);
        const routine = ofMonth.filter(isRoutine).length;
        const usd = usdOfRuns({ routine, answering: ofMonth.length - routine });
        tally.worstMonth = worse(tally.worstMonth, { runs: ofMonth.length, usd, person });
      }
      if (problem !== null) {
        tally.failed += 1;
        tally.problems = firstOf([...tally.problems, { person, problem }]);
      }
    },
  };
}

function inStretches(moments: readonly number[], from: number, length: number, count: number): number[] {
  const found = Array.from({ length: count }, () => 0);
  for (const at of moments) {
    const index = Math.floor((at - from) / length);
    if (index >= 0 && index < count) found[index] = (found[index] ?? 0) + 1;
  }
  return found;
}

/** The dearer month; of equally dear ones that of the person with the lower number, whoever was counted first. */
function worse(a: Tally['worstMonth'], b: Tally['worstMonth']): Tally['worstMonth'] {
  if (a.usd !== b.usd) return a.usd > b.usd ? a : b;
  if (a.runs !== b.runs) return a.runs > b.runs ? a : b;
  return a.person <= b.person ? a : b;
}

const firstOf = (problems: Tally['problems']): Tally['problems'] =>
  [...problems].sort((a, b) => a.person - b.person).slice(0, problemsToldMax);

/** The tally of two parts of a population together. */
export function together(left: Tally, right: Tally): Tally {
  const sum = (a: Counts, b: Counts): Counts => {
    const all = { ...a };
    for (const [key, value] of Object.entries(b)) add(all, key, value);
    return all;
  };
  return {
    people: left.people + right.people,
    personas: sum(left.personas, right.personas),
    reached: sum(left.reached, right.reached),
    visits: sum(left.visits, right.visits),
    there: sum(left.there, right.there),
    outcomes: sum(left.outcomes, right.outcomes),
    steps: left.steps + right.steps,
    wakes: left.wakes + right.wakes,
    idleWakes: left.idleWakes + right.idleWakes,
    messages: left.messages + right.messages,
    messagesByHour: sum(left.messagesByHour, right.messagesByHour),
    weeksByMessages: sum(left.weeksByMessages, right.weeksByMessages),
    reviews: sum(left.reviews, right.reviews),
    nudges: left.nudges + right.nudges,
    escalations: left.escalations + right.escalations,
    refusals: left.refusals + right.refusals,
    runs: {
      routine: left.runs.routine + right.runs.routine,
      answering: left.runs.answering + right.runs.answering,
    },
    worstMonth: worse(left.worstMonth, right.worstMonth),
    problems: firstOf([...left.problems, ...right.problems]),
    failed: left.failed + right.failed,
  };
}

/** The same tally with every list of counts in the order of its names: two runs then read the same. */
export function inOrder(tally: Tally): Tally {
  const sorted = (counts: Counts): Counts =>
    Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  const { personas, reached, visits, there, outcomes, messagesByHour, weeksByMessages, reviews } = tally;
  return {
    ...tally,
    personas: sorted(personas),
    reached: sorted(reached),
    visits: sorted(visits),
    there: sorted(there),
    outcomes: sorted(outcomes),
    messagesByHour: sorted(messagesByHour),
    weeksByMessages: sorted(weeksByMessages),
    reviews: sorted(reviews),
  };
}

/** The most that a month of a person may come to by the program's text: in runs, and in US dollars. */
export function boundOf(ir: Ir): { runs: number; usd: number } {
  const { runs, usd } = costOf(ir).total;
  return { runs: runs.worst, usd: usd.worst };
}
