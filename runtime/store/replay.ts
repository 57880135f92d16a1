/**
 * Replay: rebuilds enrollments from their timelines, one after the other, and tells which differ from what is stored.
 *
 * One that is damaged beyond reading is told of like the others and never stops the rest. Nothing is written.
 */
import type { TimelineRow } from '../timeline.ts';
import { problemOf } from './problem.ts';
import { rebuild } from './rebuild.ts';
import type { Store } from './store.ts';

/** Enrollments read for one look at the list. */
const pageSize = 500;
/** Enrollments told of one by one; the rest is counted. */
export const differingMax = 100;

export type Differing = {
  enrollment: string;
  program: string;
  differences: string[];
  /** The first row that differs, as it is stored and as its input gives it. */
  row: { stored: TimelineRow | null; folded: TimelineRow | null } | null;
};

export type ReplayReport = { looked: number; rows: number; differing: Differing[]; more: number };

export type ReplayOptions = {
  /** Only this enrollment, or those of this program, or those that something has happened to since (ms). */
  enrollment?: string;
  program?: string;
  since?: number;
  /** Called after each. */
  tell?: (looked: number, of: number) => void;
};

export async function replay(store: Store, options: ReplayOptions): Promise<ReplayReport> {
  const report: ReplayReport = { looked: 0, rows: 0, differing: [], more: 0 };
  const [counted] = await store.sql<{ of: number }[]>`
    select count(*)::integer as of from enrollments where ${wanted(store, options)}`;
  for await (const { id, program } of chosen(store, options)) {
    const { differing, rows } = await look(store, id, program);
    report.looked += 1;
    report.rows += rows;
    if (differing !== null && report.differing.length < differingMax) report.differing.push(differing);
    else if (differing !== null) report.more += 1;
    options.tell?.(report.looked, Math.max(report.looked, counted?.of ?? 0));
  }
  return report;
}

async function look(
  store: Store,
  enrollment: string,
  program: string,
): Promise<{ differing: Differing | null; rows: number }> {
  try {
    const { equal, differences, stored, folded, firstDifferent } = await rebuild(store, enrollment);
    const rows = stored.rows.length;
    if (equal) return { differing: null, rows };
    const row =
      firstDifferent === null
        ? null
        : { stored: stored.rows[firstDifferent] ?? null, folded: folded.rows[firstDifferent] ?? null };
    return { differing: { enrollment, program, differences, row }, rows };
  } catch (error) {
    const differences = [`It cannot be rebuilt: ${problemOf(error)}`];
    return { differing: { enrollment, program, differences, row: null }, rows: 0 };
  }
}

async function* chosen(store: Store, options: ReplayOptions): AsyncGenerator<{ id: string; program: string }> {
  let after = '';
  for (;;) {
    const page: { id: string; program: string }[] = await store.sql`
      select id, program from enrollments where ${wanted(store, options)} and id > ${after}
      order by id limit ${pageSize}`;
    yield* page;
    if (page.length < pageSize) return;
    after = page.at(-1)?.id ?? '';
  }
}

function wanted({ sql, workspace }: Store, { enrollment, program, since }: ReplayOptions) {
  return sql`workspace_id = ${workspace}
    ${enrollment === undefined ? sql`` : sql`and id = ${enrollment}`}
    ${program === undefined ? sql`` : sql`and program = ${program}`}
    ${since === undefined ? sql`` : sql`and stepped_at >= ${new Date(since)}`}`;
}
