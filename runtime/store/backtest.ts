/**
 * Backtest over recorded enrollments: each is read, lived twice and let go, so memory stays bounded.
 *
 * Divergences are grouped by what differs; a few enrollments of each group are named. Nothing is written.
 */
import { backtest, type Divergence, groupOf } from '../backtest.ts';
import type { LoadedProgram } from '../load.ts';
import { clockNow } from './clock.ts';
import { loadVersion } from './programs.ts';
import type { Store } from './store.ts';
import { readWholeTimeline } from './timeline-rows.ts';

/** Enrollments read for one look at the list. */
const pageSize = 200;
/** Groups told of; the rest is counted together. */
export const groupsMax = 50;
/** Enrollments named for each group. */
const examplesMax = 5;

export type BacktestReport = {
  program: string;
  /** Enrollments that were lived again. */
  lived: number;
  same: number;
  groups: { divergence: Divergence; count: number; examples: string[] }[];
  /** Divergences of groups beyond those told. */
  otherwise: number;
  /** How many ended, or stand, where: by outcome, before and after. */
  endings: Record<string, { before: number; after: number }>;
  /** Enrollments in which the changed program would have asked an agent more often than is recorded. */
  unknownWords: number;
};

export type BacktestOptions = {
  program: string;
  changed: LoadedProgram;
  /** At most so many enrollments, spread evenly over all and always the same ones. */
  sample?: number;
  /** Called after each. */
  tell?: (lived: number, of: number) => void;
};

export async function backtestAll(store: Store, options: BacktestOptions): Promise<BacktestReport> {
  const { program, changed, sample, tell } = options;
  const [counted] = await store.sql<{ count: number }[]>`
    select count(*)::integer as count from enrollments
    where workspace_id = ${store.workspace} and program = ${program}`;
  const of = Math.min(counted?.count ?? 0, sample ?? Number.POSITIVE_INFINITY);
  const now = await clockNow(store);
  const report: BacktestReport = {
    program,
    lived: 0,
    same: 0,
    groups: [],
    otherwise: 0,
    endings: {},
    unknownWords: 0,
  };
  const groups = new Map<string, BacktestReport['groups'][number]>();
  for await (const { id, version, finishedAt } of enrollmentsOf(store, program, of)) {
    const before = await loadVersion(store, store.sql, program, version);
    const recorded = await readWholeTimeline(store, store.sql, id);
    // What ended is lived to just after its end, so that time may end it in both lives.
    const until = finishedAt === null ? now : finishedAt + 1;
    const found = backtest({ recorded, enrollment: id, before, after: changed, until });
    report.lived += 1;
    if (found.runsUnanswered > 0) report.unknownWords += 1;
    ending(report, 'before', found.before);
    ending(report, 'after', found.after);
    if (found.divergence === null) report.same += 1;
    else group(groups, report, found.divergence, id);
    tell?.(report.lived, of);
  }
  report.groups = [...groups.values()].sort((a, b) => b.count - a.count);
  return report;
}

function ending(report: BacktestReport, side: 'before' | 'after', { finished, as }: { finished: boolean; as: string }) {
  const name = finished ? as : `in ${as}`;
  const counts = report.endings[name] ?? { before: 0, after: 0 };
  counts[side] += 1;
  report.endings[name] = counts;
}

function group(
  groups: Map<string, BacktestReport['groups'][number]>,
  report: BacktestReport,
  divergence: Divergence,
  enrollment: string,
): void {
  const key = groupOf(divergence);
  const known = groups.get(key);
  if (known !== undefined) {
    known.count += 1;
    if (known.examples.length < examplesMax) known.examples.push(enrollment);
  } else if (groups.size < groupsMax) {
    groups.set(key, { divergence, count: 1, examples: [enrollment] });
  } else {
    report.otherwise += 1;
  }
}

type Chosen = { id: string; version: number; finishedAt: number | null };

/** In the order of a hash of their ids: the same ones each time, and none favored by when they began. */
async function* enrollmentsOf(store: Store, program: string, most: number): AsyncGenerator<Chosen> {
  let after = '';
  for (let given = 0; given < most; ) {
    const page: { id: string; version: number; finished_at: Date | null; rank: string }[] = await store.sql`
      select id, version, finished_at, md5(id) as rank from enrollments
      where workspace_id = ${store.workspace} and program = ${program} and md5(id) > ${after}
      order by md5(id) limit ${Math.min(pageSize, most - given)}`;
    for (const { id, version, finished_at } of page) yield { id, version, finishedAt: finished_at?.getTime() ?? null };
    if (page.length === 0) return;
    given += page.length;
    after = page.at(-1)?.rank ?? '';
  }
}
