/**
 * An enrollment as its page shows it: graph, data, what follows, why not, and the timeline in sentences.
 *
 * Pure: a view of the control surface in, plain JSON out. Formatting times and values is left to the
 * page, which knows the reader's zone.
 */
import { drawGraph } from '../compiler/draw-graph.ts';
import { graph } from '../compiler/graph.ts';
import type { Value, ValueType } from '../compiler/ir.ts';
import type { EnrollmentSummary, EnrollmentView } from '../runtime/control.ts';
import { describe, type Tone } from '../runtime/describe.ts';
import type { Entry } from '../runtime/facts.ts';
import type { TimelineRow } from '../runtime/timeline.ts';
import type { Why } from '../runtime/why.ts';

/** The room for the graph on a wide screen, in px. */
const graphWidth = 780;
/** Entries of each series that the page shows; the count tells of the rest. */
const entriesMax = 12;

export type EnrollmentPageView = {
  enrollment: EnrollmentSummary;
  about: string;
  zone: string;
  since: number;
  visit: number;
  heardAt: number;
  /** SVG text with the present stage marked: for a page as wide as a desk's, and for a phone's. */
  graph: { wide: string; narrow: string };
  fields: { name: string; unit: string | null; value: Value; changedAt: number | null; agentMaySet: boolean }[];
  series: {
    name: string;
    singular: string;
    fields: SeriesField[];
    total: number /** Newest first. */;
    entries: Entry[];
  }[];
  lets: { name: string; value: Value }[];
  why: Why;
  question: { askedAt: number; expiresAt: number | null } | null;
  running: boolean;
  planned: { text: string; sendAt: number }[];
};

export type SeriesField = { name: string; type: ValueType; optional: boolean };

export function enrollmentPage(view: EnrollmentView): EnrollmentPageView {
  const { facts, ir, source: _source, lets, why, ...enrollment } = view;
  const visitLasts = facts.finished === null;
  const drawing = graph(ir);
  // The stage the person is in has their title: `Week 3` instead of `Week …`.
  for (const node of drawing.nodes) if (node.id === view.stage && node.kind !== 'exit') node.title = view.stageTitle;
  const draw = (width: number) => drawGraph(drawing, { current: view.stage, direction: 'TB', width });
  return {
    enrollment,
    about: ir.about,
    zone: facts.zone,
    since: facts.visit.since,
    visit: facts.visit.number,
    heardAt: facts.heardAt,
    graph: { wide: draw(graphWidth), narrow: draw(0) },
    fields: Object.values(ir.data).map((field) => ({
      name: field.name,
      unit: field.type.kind === 'number' ? (field.type.unit ?? null) : null,
      value: facts.data[field.name] ?? null,
      changedAt: facts.changedAt[field.name] ?? null,
      agentMaySet: field.agentMaySet,
    })),
    series: Object.values(ir.series).map((series) => {
      const entries = facts.series[series.name] ?? [];
      return {
        name: series.name,
        singular: series.singular,
        fields: Object.values(series.fields),
        total: entries.length,
        entries: entries.slice(-entriesMax).reverse(),
      };
    }),
    lets: Object.entries(lets).map(([name, value]) => ({ name, value })),
    why,
    question:
      visitLasts && facts.question ? { askedAt: facts.question.askedAt, expiresAt: facts.question.expiresAt } : null,
    running: visitLasts && facts.run !== null,
    planned: facts.planned.map(({ text, sendAt }) => ({ text, sendAt })),
  };
}

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
};

/** `zone` is the person's, in which the sentences write moments. */
export function shownRow(row: TimelineRow, { ir, facts }: Pick<EnrollmentView, 'ir' | 'facts'>): ShownRow {
  const { title, detail, tone } = describe(row, ir, facts.zone);
  return {
    seq: row.seq,
    at: row.at,
    cause: row.cause,
    group: groupOf(row),
    title,
    detail: detail ?? null,
    tone,
    run: runOf(row),
  };
}

const groups: Record<Exclude<TimelineRow['kind'], 'input'>, RowGroup> = {
  entered: 'progress',
  finished: 'progress',
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
  acknowledge: 'trouble',
  answer: 'conversation',
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
