/**
 * What the next days bring if nothing happens: reviews, nudges, messages, deadlines, moves.
 *
 * Found by stepping the enrollment forward from due moment to due moment, as time itself would, so it
 * says what will be done and not what might. Nobody says anything in it, and the agent, whose words cannot
 * be known, says nothing and changes nothing. Pure; nothing is kept.
 */
import type { Ir } from '../compiler/ir.ts';
import { addDuration, momentText } from './calendar.ts';
import { reasonText } from './describe.ts';
import { threadTitle } from './explain.ts';
import type { LoadedProgram } from './load.ts';
import type { State } from './state.ts';
import { runFinished, StepProblem, step, timeInput } from './step.ts';
import type { TimelineRow } from './timeline.ts';
import type { WhyPause } from './why.ts';
import { writeValue } from './write-value.ts';

/** The furthest that can be looked ahead. */
export const forecastDaysMax = 366;
/** Events told; what comes after them is left out, and said to be. */
export const comingMax = 200;
/** Moments worked off; a year of a busy program needs a few thousand. */
const wakesMax = 10_000;
/** Runs that follow from each other at one moment. */
const runsAtOnceMax = 20;

export type Coming = {
  /** ms. */
  at: number;
  kind: TimelineRow['kind'];
  /** `Nudge 2 of 3`, `Leaves as lost`. */
  title: string;
  /** What is said, or why. */
  detail?: string;
};

export type Forecast = {
  from: number;
  to: number;
  coming: Coming[];
  /** When what was not looked at any more begins (ms): there is more than is told; null: this is all. */
  cutAt: number | null;
  /** The next due moment after `to`; null: time alone brings nothing more. */
  nextAfter: number | null;
  /**
   * Why nothing can be told from `cutAt` on: a step could not be completed then, or all stands still; null: all could.
   */
  stuck: string | null;
};

/**
 * From `now` (ms) on for so many days in the person's zone. `around`: pauses of the program and the workspace, in
 * which nothing comes by itself; nobody knows when they end.
 */
export function forecast(
  program: LoadedProgram,
  state: State,
  now: number,
  days: number,
  around: readonly WhyPause[] = [],
): Forecast {
  if (!Number.isInteger(days) || days < 1 || days > forecastDaysMax)
    throw new RangeError(`A forecast looks 1 to ${forecastDaysMax} days ahead, not ${days}.`);
  const { zone } = state.facts;
  const to = addDuration(now, { amount: days, unit: 'days' }, zone);
  const coming: Coming[] = [];
  const [pause] = around;
  if (pause !== undefined)
    return {
      from: now,
      to,
      coming,
      cutAt: now,
      nextAfter: null,
      stuck: `The ${pause.what} is paused: ${pause.reason}`,
    };
  let here = state;
  let at = Math.max(now, state.at);
  let due: number | null = at;
  for (let wakes = 0; due !== null && due <= to; wakes += 1) {
    if (wakes >= wakesMax || coming.length >= comingMax)
      return { from: now, to, coming: coming.slice(0, comingMax), cutAt: due, nextAfter: due, stuck: null };
    at = Math.max(at, due);
    const passed = tryPass(program, here, at);
    if ('stuck' in passed) return { from: now, to, coming, cutAt: at, nextAfter: at, stuck: passed.stuck };
    here = passed.state;
    due = passed.due;
    for (const row of passed.rows) {
      const told = foretell(row, program.ir, zone);
      if (told !== null) coming.push(told);
    }
  }
  return { from: now, to, coming, cutAt: null, nextAfter: due, stuck: null };
}

type Passed = { state: State; rows: TimelineRow[]; due: number | null };

/** A program that moves people in circles is told of, as the sweep will find it. */
function tryPass(program: LoadedProgram, state: State, at: number): Passed | { stuck: string } {
  try {
    return passTime(program, state, at);
  } catch (problem) {
    if (problem instanceof StepProblem) return { stuck: problem.message };
    throw problem;
  }
}

/** Does what is due at a moment; an agent that is asked brings nothing. */
function passTime(program: LoadedProgram, state: State, at: number): Passed {
  let result = step(program, state, timeInput(state), at, state.enrollment);
  const rows = [...result.rows];
  for (let runs = 0; result.state.facts.run !== null && runs < runsAtOnceMax; runs += 1) {
    const silent = runFinished(result.state.facts.run.id, {
      says: [],
      sets: [],
      records: [],
      judgements: [],
      author: 'agent',
    });
    result = step(program, result.state, silent, at, state.enrollment);
    rows.push(...result.rows);
  }
  return { state: result.state, rows, due: result.nextDueAt };
}

/** A row that will be, in words; null for one that only the timeline needs. */
function foretell(row: TimelineRow, ir: Ir, zone: string): Coming | null {
  const words = wordsOf(row, ir, zone);
  if (words === null) return null;
  const place = row.thread ? threadTitle(ir, row.thread) : '';
  const title = place === '' ? words.title : `${place} · ${words.title}`;
  return { at: row.at, kind: row.kind, title, ...(words.detail ? { detail: words.detail } : {}) };
}

function wordsOf(row: TimelineRow, ir: Ir, zone: string): { title: string; detail?: string } | null {
  switch (row.kind) {
    case 'entered':
      return {
        title: `${goes[row.direction]} ${row.title ? `“${row.title}”` : row.stage}`,
        detail: row.because ? reasonText(ir, row.rule, row.because, row.thread) : '',
      };
    case 'finished':
      return {
        title: row.outcome === 'left' ? `Leaves as ${row.as.replaceAll('_', ' ')}` : `Finishes in ${row.as}`,
        detail: row.because ? reasonText(ir, row.rule, row.because, row.thread) : '',
      };
    case 'resumed':
      return { title: 'The pause ends' };
    case 'begun':
      return { title: `Begins: ${ir.tracks[row.track]?.title || row.track}`, detail: row.because };
    case 'set':
      return {
        title: `${row.item ? `${row.item.item}: ` : ''}${row.field} becomes ${writeValue(row.to, zone) || 'missing'}`,
      };
    case 'recorded':
      return { title: `Records: ${ir.series[row.series]?.singular ?? row.series}` };
    case 'added':
      return { title: `Adds to ${ir.lists[row.list]?.title || row.list}: ${row.item}` };
    case 'message':
      return { title: 'Says', detail: row.text };
    case 'planned':
      return { title: `Has something to say at ${momentText(row.sendAt, zone)}`, detail: row.text };
    case 'withdrawn':
      return { title: 'Leaves something unsaid', detail: row.why };
    case 'told':
      return { title: `${row.question ? 'Asks' : 'Tells'} ${row.to}`, detail: row.text };
    case 'output':
      return { title: `Writes a document for ${row.to}: ${row.name.replaceAll('_', ' ')}` };
    case 'called':
      return { title: `Calls ${row.service}: ${row.action.replaceAll('_', ' ')}` };
    case 'proposed':
      return { title: `Proposes to ${row.by}`, detail: row.what };
    case 'lapsed':
      return { title: 'A proposal lapses', detail: row.why };
    case 'reviewed':
      return { title: 'Review', detail: row.outcome === 'run' ? 'the agent looks' : 'nothing new: costs nothing' };
    case 'nudged':
      return { title: `Nudge ${row.count} of ${row.atMost}`, detail: 'in words of the agent' };
    case 'asked':
      return {
        title: 'Asks a question',
        detail: row.expiresAt === null ? '' : `an answer is expected by ${momentText(row.expiresAt, zone)}`,
      };
    case 'unanswered':
      return { title: 'The open question lapses' };
    case 'escalated':
      return { title: `Escalates to ${row.to}`, detail: row.text };
    // What only people or the agent bring does not happen here; how a rule was taken is told by what it does.
    default:
      return null;
  }
}

const goes = {
  start: 'Starts in',
  advance: 'Advances to',
  return: 'Returns to',
  restart: 'Starts again:',
  interrupt: 'Is interrupted with',
  resume: 'Resumes',
  move: 'Moves to',
} as const;
