/**
 * An enrollment as its page shows it: graph, data, lists, what waits for others, what follows and why not.
 * Its timeline is `shown-row.ts`'s.
 *
 * Pure: a view of the control surface in, plain JSON out. Formatting times and values is left to the
 * page, which knows the reader's zone.
 */
import { drawGraph } from '../compiler/draw-graph.ts';
import { graph } from '../compiler/graph.ts';
import type { List, Stage, Track, Value, ValueType } from '../compiler/ir.ts';
import type { EnrollmentSummary, EnrollmentView } from '../runtime/control.ts';
import type { Entry, ThreadId } from '../runtime/facts.ts';
import { sameThread } from '../runtime/focus.ts';
import type { Coming, Forecast } from '../runtime/forecast.ts';
import type { Waiting } from '../runtime/waiting.ts';
import type { Why } from '../runtime/why.ts';

/** The room for the graph on a wide screen, in px. */
const graphWidth = 780;
/** Entries of each series that the page shows; the count tells of the rest. */
const entriesMax = 12;
/** Things to come that the page shows. */
const comingMax = 60;
/** Items of each list that the page shows. */
const itemsMax = 100;

export type EnrollmentPageView = {
  enrollment: EnrollmentSummary;
  about: string;
  zone: string;
  since: number;
  visit: number;
  heardAt: number;
  /** SVG text with the present stages marked: for a page as wide as a desk's, and for a phone's. */
  graph: { wide: string; narrow: string };
  fields: ShownField[];
  series: {
    name: string;
    singular: string;
    fields: SeriesField[];
    /** One entry for everybody in the program. */
    shared: boolean;
    total: number;
    /** Newest first. */
    entries: Entry[];
  }[];
  tracks: ShownTrack[];
  lists: ShownList[];
  lets: { name: string; value: Value }[];
  why: Why;
  waiting: Waiting[];
  question: { askedAt: number; expiresAt: number | null } | null;
  running: boolean;
  /** An operator lets the program stand still for the person; `until` (ms): it goes on by itself. */
  paused: { reason: string; until: number | null } | null;
  planned: { text: string; sendAt: number }[];
  /** What the next days bring if nothing happens; `more`: and more than is told here. */
  ahead: { coming: Coming[]; more: boolean };
};

export type SeriesField = { name: string; type: ValueType; optional: boolean };

export type ShownField = SeriesField & {
  unit: string | null;
  value: Value;
  changedAt: number | null;
  agentMaySet: boolean;
  /** Roles and services that may set it, besides operators. */
  setBy: string[];
  parameter: boolean;
};

/** `stageTitle` null: it has not begun. */
export type ShownTrack = {
  name: string;
  title: string;
  stageTitle: string | null;
  since: number | null;
  ended: boolean;
};

export type ShownList = {
  name: string;
  title: string;
  singular: string;
  /** The field that an item is known by. */
  key: string | null;
  /** `preset`: the program has a value for it, so that it need not be told when an item is added. */
  fields: (SeriesField & { preset: boolean })[];
  /** How many there are; `items` are the newest of them, in the order they were added. */
  total: number;
  /** `stageTitle` null: items of this list go through no stages. */
  items: { id: string; fields: Record<string, Value>; stageTitle: string | null; ended: boolean }[];
};

function aheadOf(ahead: Forecast | null): EnrollmentPageView['ahead'] {
  if (ahead === null) return { coming: [], more: false };
  const { coming, cutAt } = ahead;
  return { coming: coming.slice(0, comingMax), more: cutAt !== null || coming.length > comingMax };
}

/** With what lies ahead, where the view was asked for with that. */
export function enrollmentPage(view: EnrollmentView): EnrollmentPageView {
  const { facts, ir, source: _source, lets, why, waiting, ahead, seq: _seq, cohort: _cohort, ...enrollment } = view;
  const visitLasts = facts.finished === null;
  return {
    enrollment,
    about: ir.about,
    zone: facts.zone,
    since: facts.visit.since,
    visit: facts.visit.number,
    heardAt: facts.heardAt,
    graph: drawStages(view),
    fields: Object.values(ir.data).map(({ name, type, optional, agentMaySet, maySet, parameter }) => ({
      name,
      type,
      optional,
      unit: type.kind === 'number' ? (type.unit ?? null) : null,
      value: facts.data[name] ?? null,
      changedAt: facts.changedAt[name] ?? null,
      agentMaySet,
      setBy: maySet,
      parameter: parameter !== undefined,
    })),
    series: Object.values(ir.series).map((series) => {
      const entries = facts.series[series.name] ?? [];
      return {
        name: series.name,
        singular: series.singular,
        fields: Object.values(series.fields),
        shared: series.shared,
        total: entries.length,
        entries: entries.slice(-entriesMax).reverse(),
      };
    }),
    tracks: Object.values(ir.tracks).map((track) => shownTrack(view, track)),
    lists: Object.values(ir.lists).map((list) => shownList(view, list)),
    lets: Object.entries(lets).map(([name, value]) => ({ name, value })),
    why,
    waiting,
    question:
      visitLasts && facts.question ? { askedAt: facts.question.askedAt, expiresAt: facts.question.expiresAt } : null,
    running: visitLasts && facts.run !== null,
    paused: visitLasts && facts.paused ? { reason: facts.paused.reason, until: facts.paused.until } : null,
    planned: facts.planned.map(({ text, sendAt }) => ({ text, sendAt })),
    ahead: aheadOf(ahead),
  };
}

/**
 * The graph with every place marked where the person, a track or an item is; a list's stages say how many are there.
 */
function drawStages(view: EnrollmentView): EnrollmentPageView['graph'] {
  const { facts, ir } = view;
  const drawing = graph(ir);
  const titles = new Map<string, string>([[view.stage, view.stageTitle]]);
  const counts = new Map<string, number>();
  for (const [name, { visit, finished }] of Object.entries(facts.tracks)) {
    if (!finished) titles.set(`${name}.${visit.stage}`, runningTitle(view, { kind: 'track', track: name }) ?? '');
  }
  for (const { name, stageOrder } of Object.values(ir.lists)) {
    for (const { thread } of stageOrder.length === 0 ? [] : (facts.lists[name] ?? [])) {
      const id = `${name}.${thread.visit.stage}`;
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  }
  for (const node of drawing.nodes) {
    // The stage the person is in has their title: `Week 3` instead of `Week …`.
    if (node.kind !== 'exit') node.title = titles.get(node.id) || node.title;
    const count = counts.get(node.id);
    if (count !== undefined) node.title = `${node.title} (${count})`;
  }
  const alsoCurrent = [...titles.keys(), ...counts.keys()];
  const draw = (width: number) => drawGraph(drawing, { current: view.stage, alsoCurrent, direction: 'TB', width });
  return { wide: draw(graphWidth), narrow: draw(0) };
}

function shownTrack(view: EnrollmentView, { name, title, stages }: Track): ShownTrack {
  const thread = view.facts.tracks[name];
  const shown = { name, title: title || name };
  if (thread === undefined) return { ...shown, stageTitle: null, since: null, ended: false };
  const { visit, finished } = thread;
  const running = finished ? undefined : runningTitle(view, { kind: 'track', track: name });
  return {
    ...shown,
    stageTitle: running ?? plainTitle(stages[visit.stage], visit.stage),
    since: visit.since,
    ended: finished !== null,
  };
}

function shownList(view: EnrollmentView, list: List): ShownList {
  const { name, title, singular, key, fields, stages, stageOrder } = list;
  const items = view.facts.lists[name] ?? [];
  return {
    name,
    title: title || name,
    singular,
    key: key ?? null,
    fields: Object.values(fields).map(({ name, type, optional, initial }) => ({
      name,
      type,
      optional,
      preset: initial !== null,
    })),
    total: items.length,
    items: items.slice(-itemsMax).map(({ id, fields, thread: { visit, finished } }) => ({
      id,
      fields,
      stageTitle:
        stageOrder.length === 0
          ? null
          : ((finished ? undefined : runningTitle(view, { kind: 'item', list: name, item: id })) ??
            plainTitle(stages[visit.stage], visit.stage)),
      ended: finished !== null,
    })),
  };
}

/** The title of the stage a thread is in as it reads now; undefined where it is not told of. */
function runningTitle({ why }: EnrollmentView, thread: ThreadId): string | undefined {
  return why.threads.find((one) => sameThread(one.thread, thread))?.stageTitle;
}

/** The title with each hole as `…`: of a place that is over, or one of very many. */
function plainTitle(stage: Stage | undefined, name: string): string {
  const text = stage?.title.parts.map((part) => (typeof part === 'string' ? part : '…')).join('') ?? '';
  return text.trim() || name.replaceAll('_', ' ');
}
