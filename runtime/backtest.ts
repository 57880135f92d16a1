/**
 * Backtest: whose way would have been another, had a changed program been in force from the beginning.
 *
 * A recorded life is lived twice (`relive.ts`), in the version the person is on and in the changed program, by
 * the same rules, so that what differs comes from the change and not from when a sweep happened to look. What
 * is compared is what somebody would notice: places, words, questions, facts, escalations; not ids, rule
 * numbers and row numbers. Pure.
 */
import type { Ir } from '../compiler/ir.ts';
import { describe } from './describe.ts';
import type { LoadedProgram } from './load.ts';
import { type Relived, relive } from './relive.ts';
import type { TimelineEntry, TimelineRow } from './timeline.ts';

/** What one side does at the first moment at which they differ; at most this many things are told. */
const toldMax = 5;

export type Divergence = {
  /** ms. */
  at: number;
  /** The kind of thing that differs first: `entered`, `message`. */
  kind: TimelineRow['kind'] | 'problem';
  /** What happened, and what would have happened; in words, empty where nothing. */
  before: string[];
  after: string[];
};

export type Backtested = {
  /** Null: nothing that somebody would notice. */
  divergence: Divergence | null;
  /** How it ended, or the stage it stands in. */
  before: Ending;
  after: Ending;
  /** Runs of the changed program that nothing was recorded for: it would have said more than is known here. */
  runsUnanswered: number;
};

export type Ending = { finished: boolean; as: string };

export function backtest(input: {
  recorded: readonly TimelineRow[];
  enrollment: string;
  /** The version the person is on, and the changed program. */
  before: LoadedProgram;
  after: LoadedProgram;
  /** ms; how far both are lived. */
  until: number;
}): Backtested {
  const { recorded, enrollment, before, after, until } = input;
  const first = relive(before, recorded, until, enrollment);
  const second = relive(after, recorded, until, enrollment);
  return {
    divergence: diverge(first, before.ir, second, after.ir),
    before: endingOf(first),
    after: endingOf(second),
    runsUnanswered: Math.max(0, second.runsUnanswered - first.runsUnanswered),
  };
}

/**
 * `Recorded as it was: Advanced to “Week 2”` and the like belong together in a report: what differs, without whom and
 * when.
 */
export function groupOf({ kind, before, after }: Divergence): string {
  return JSON.stringify([kind, before[0] ?? '', after[0] ?? '']);
}

function diverge(first: Relived, ir: Ir, second: Relived, changed: Ir): Divergence | null {
  const was = first.rows.filter(noticed);
  const would = second.rows.filter(noticed);
  const length = Math.max(was.length, would.length);
  const index = Array.from({ length }, (_, at) => at).find((at) => !alike(was[at], would[at]));
  const earliest = problemAt(first, second);
  if (index === undefined) return earliest;
  const at = Math.min(was[index]?.at ?? Number.POSITIVE_INFINITY, would[index]?.at ?? Number.POSITIVE_INFINITY);
  if (earliest !== null && earliest.at < at) return earliest;
  const told = (rows: readonly TimelineRow[], from: Ir, zone: string) =>
    rows
      .slice(index)
      .filter((row) => row.at === at)
      .slice(0, toldMax)
      .map((row) => wordsOf(row, from, zone));
  const zone = (second.state ?? first.state)?.facts.zone ?? 'UTC';
  const kind = (would[index]?.at === at ? would[index] : was[index])?.kind ?? 'entered';
  return { at, kind, before: told(was, ir, zone), after: told(would, changed, zone) };
}

/** A life that cannot be lived to its end differs there, unless both cannot for one reason. */
function problemAt(first: Relived, second: Relived): Divergence | null {
  const [was, would] = [first.problem, second.problem];
  if (was?.why === would?.why) return null;
  const at = Math.min(was?.at ?? Number.POSITIVE_INFINITY, would?.at ?? Number.POSITIVE_INFINITY);
  return { at, kind: 'problem', before: was ? [was.why] : [], after: would ? [would.why] : [] };
}

/** What only explains, or is about the work of an agent, is nobody's to notice. */
const unnoticed: ReadonlySet<TimelineRow['kind']> = new Set([
  'input',
  'ruled',
  'run-started',
  'run-void',
  'run-failed',
  'adopted',
  'reverted',
]);

const noticed = ({ kind }: TimelineRow): boolean => !unnoticed.has(kind);

/** Ids, and the numbers of rules and visits, are another program's own business. */
const ownBusiness = [
  'seq',
  'cause',
  'id',
  'rule',
  'because',
  'visit',
  'nudge',
  'climb',
  'run',
  'entry',
  'title',
] as const;

function alike(a: TimelineRow | undefined, b: TimelineRow | undefined): boolean {
  return a !== undefined && b !== undefined && JSON.stringify(bare(a)) === JSON.stringify(bare(b));
}

function bare(row: TimelineRow): Partial<TimelineEntry> {
  const rest: Record<string, unknown> = { ...row };
  for (const name of ownBusiness) delete rest[name];
  // The answer buttons of a message name the question by its id.
  if (row.kind === 'message' && row.question !== undefined) rest.question = true;
  return rest as Partial<TimelineEntry>;
}

function wordsOf(row: TimelineRow, ir: Ir, zone: string): string {
  const { title, detail } = describe(row, ir, zone);
  return row.kind === 'message' || row.kind === 'told' || row.kind === 'refused' ? `${title}: ${detail ?? ''}` : title;
}

function endingOf({ state }: Relived): Ending {
  if (state === null) return { finished: false, as: '' };
  const { finished, visit } = state.facts;
  return finished === null ? { finished: false, as: visit.stage } : { finished: true, as: finished.as };
}
