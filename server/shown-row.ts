/**
 * Rows of a timeline as pages show them: a sentence, what the filter knows it as, and where it happened.
 */
import type { EnrollmentView } from '../runtime/control.ts';
import { describeRow, irAt, type Tone } from '../runtime/describe.ts';
import { threadTitle } from '../runtime/explain.ts';
import { threadKey } from '../runtime/focus.ts';
import type { TimelineRow } from '../runtime/timeline.ts';

/** What the timeline's filter offers. */
export type RowGroup = 'conversation' | 'progress' | 'data' | 'agent' | 'trouble' | 'time';

export type ShownRow = {
  seq: number;
  at: number;
  cause: number;
  group: RowGroup;
  title: string;
  detail: string | null;
  tone: Tone;
  /** The agent run that the row begins or ends. */
  run: string | null;
  /** The track or item it happened in; null: the program itself. */
  thread: { key: string; title: string } | null;
};

/** `zone` is the person's, in which the sentences write moments. */
export function shownRow(row: TimelineRow, view: Pick<EnrollmentView, 'ir' | 'past' | 'facts'>): ShownRow {
  const { facts } = view;
  const ir = irAt(view, row.seq);
  const { title, detail, tone } = describeRow(row, ir, facts.zone);
  return {
    seq: row.seq,
    at: row.at,
    cause: row.cause,
    group: groupOf(row),
    title,
    detail: detail ?? null,
    tone,
    run: runOf(row),
    thread:
      row.thread === undefined || row.thread.kind === 'main'
        ? null
        : { key: threadKey(row.thread), title: threadTitle(ir, row.thread) },
  };
}

const groups: Record<Exclude<TimelineRow['kind'], 'input'>, RowGroup> = {
  entered: 'progress',
  finished: 'progress',
  paused: 'progress',
  resumed: 'progress',
  adopted: 'progress',
  reverted: 'progress',
  ruled: 'progress',
  begun: 'progress',
  added: 'progress',
  set: 'data',
  recorded: 'data',
  repeated: 'data',
  corrected: 'data',
  told: 'conversation',
  output: 'conversation',
  called: 'conversation',
  proposed: 'trouble',
  decided: 'progress',
  lapsed: 'trouble',
  acknowledged: 'trouble',
  message: 'conversation',
  planned: 'conversation',
  withdrawn: 'conversation',
  reviewed: 'time',
  nudged: 'conversation',
  held: 'conversation',
  asked: 'conversation',
  answered: 'conversation',
  unanswered: 'conversation',
  escalated: 'trouble',
  'run-started': 'agent',
  'run-void': 'agent',
  'run-failed': 'trouble',
  judged: 'agent',
  refused: 'trouble',
};

const inputGroups: Record<Extract<TimelineRow, { kind: 'input' }>['input']['type'], RowGroup> = {
  enroll: 'progress',
  message: 'conversation',
  record: 'data',
  correct: 'data',
  set: 'data',
  add: 'data',
  decide: 'progress',
  move: 'progress',
  pause: 'progress',
  resume: 'progress',
  withdraw: 'progress',
  held: 'conversation',
  unsent: 'conversation',
  adopt: 'progress',
  revert: 'progress',
  advance: 'progress',
  acknowledge: 'trouble',
  answer: 'conversation',
  told: 'conversation',
  joined: 'data',
  zone: 'data',
  time: 'time',
  'run-finished': 'agent',
  'run-failed': 'trouble',
};

const groupOf = (row: TimelineRow): RowGroup => (row.kind === 'input' ? inputGroups[row.input.type] : groups[row.kind]);

function runOf(row: TimelineRow): string | null {
  if (row.kind === 'run-started') return row.run;
  if (row.kind === 'input' && (row.input.type === 'run-finished' || row.input.type === 'run-failed'))
    return row.input.run;
  return null;
}
