/**
 * What a step comes to in the database, row by row, worked out as soon as it is taken.
 *
 * Nothing here asks the database. What is kept of a step until it is written are texts: the states of a whole batch
 * need not be in memory at once.
 */
import type { State } from '../state.ts';
import type { TimelineRow } from '../timeline.ts';
import { type Closed, closedBy, itemsOf, type NewItem } from './items.ts';
import { jobsOf, type QueueJob } from './jobs.ts';
import { type MessageRow, messagesOf } from './messages.ts';
import { isoOf } from './moments.ts';
import { bearsOnHeld } from './outbox.ts';
import type { Stepped } from './stepped.ts';

export type StepRows = {
  enrollment: Stepped['enrollment'];
  /** ms; the moment of the step. */
  at: number;
  state: StateRow;
  timeline: TimelineLine[];
  messages: MessageRow[];
  /** What is held for the person is looked at again. */
  looksAgain: boolean;
  items: NewItem[];
  closed: Closed[];
  jobs: QueueJob[];
  startsRun: boolean;
};

/** Columns of `enrollments`; moments as Postgres reads them. */
export type StateRow = {
  /** The number of the timeline's last row, after the step and before it. */
  seq: number;
  before: number;
  json: string;
  stage: string;
  cohort: string | null;
  inRun: boolean;
  nextDueAt: string | null;
  lastReviewedAt: string | null;
  finishedAt: string | null;
};

/** A row of `timeline`; the moment as Postgres reads it. */
export type TimelineLine = {
  seq: number;
  at: string;
  cause: number;
  kind: TimelineRow['kind'];
  inputId: string | null;
  json: string;
};

/** The rows of one step. */
export function rowsOf(workspace: string, stepped: Stepped): StepRows {
  const { enrollment, result, at } = stepped;
  const { state, rows, effects } = result;
  const { facts } = state;
  const closed = closedBy(stepped);
  return {
    enrollment,
    at,
    state: {
      seq: state.seq,
      before: state.seq - rows.length,
      json: JSON.stringify(changingLast(state)),
      stage: state.stage,
      cohort: result.cohort,
      inRun: facts.run !== null,
      nextDueAt: isoOf(result.nextDueAt),
      lastReviewedAt: isoOf(facts.review.lastAt),
      finishedAt: isoOf(facts.finished?.at ?? null),
    },
    timeline: rows.map(lineOf),
    messages: messagesOf(stepped),
    looksAgain: rows.length > 0 && bearsOnHeld(stepped),
    items: itemsOf(stepped, closed),
    closed,
    jobs: jobsOf(workspace, stepped),
    startsRun: effects.some(({ type }) => type === 'run'),
  };
}

/**
 * What each step changes stands last, and most of the facts before it: of a row that is rewritten in its page Postgres
 * logs what lies between the first and the last byte that are others.
 */
const changingLast = ({ enrollment, stage, facts, at, seq }: State): State => ({ enrollment, stage, facts, at, seq });

function lineOf(row: TimelineRow): TimelineLine {
  const { seq, at, cause, ...entry } = row;
  return { seq, at: isoOf(at), cause, kind: row.kind, inputId: inputIdOf(row), json: JSON.stringify(entry) };
}

/**
 * The id by which a repeat of the input is known. The time has none: it follows from the row's number, which is
 * taken once, and no id from outside may ever stand in its way.
 */
function inputIdOf(row: TimelineRow): string | null {
  return row.kind === 'input' && row.input.type !== 'time' ? row.input.id : null;
}
