/**
 * Pauses of a whole program, and of the workspace: nothing happens in them by itself.
 *
 * The sweep, agent runs and what Regimen sends by itself look at these columns; what people say is taken
 * as ever. Paused again, the first pause stays. A person's own pause is in their state (`pause.ts`).
 */
import { Refusal } from '../control.ts';
import type { Standstill } from '../operator-control.ts';
import type { WhyPause } from '../why.ts';
import { addAudit, checkReason } from './audit.ts';
import { clockNow } from './clock.ts';
import { readVersion } from './programs.ts';
import type { Sql, Store } from './store.ts';

type Row = { paused_at: Date | null; paused_by: string | null; paused_reason: string | null };

type Pausing = { reason: string; by: string };

export async function pauseProgram(store: Store, program: string, { reason: given, by }: Pausing): Promise<Standstill> {
  const reason = checkReason(given);
  const { name } = await readVersion(store, store.sql, program);
  return store.sql.begin(async (tx) => {
    const at = new Date(await clockNow(store, tx));
    const [paused] = await tx`
      update programs set paused_at = ${at}, paused_by = ${by}, paused_reason = ${reason}
      where workspace_id = ${store.workspace} and name = ${name} and paused_at is null returning 1`;
    if (paused !== undefined)
      await addAudit(store, tx, { actor: by, action: 'pause-program', target: `program:${name}`, reason });
    return standing(await programRow(store, tx, name)) as Standstill;
  }) as Promise<Standstill>;
}

export async function resumeProgram(store: Store, program: string, by: string): Promise<void> {
  const { name } = await readVersion(store, store.sql, program);
  await store.sql.begin(async (tx) => {
    const [resumed] = await tx`
      update programs set paused_at = null, paused_by = null, paused_reason = null
      where workspace_id = ${store.workspace} and name = ${name} and paused_at is not null returning 1`;
    if (resumed !== undefined)
      await addAudit(store, tx, { actor: by, action: 'resume-program', target: `program:${name}` });
  });
}

/** Null: it is not paused. Refuses an unknown program. */
export async function programStandstill(store: Store, program: string): Promise<Standstill | null> {
  const { name } = await readVersion(store, store.sql, program);
  return standing(await programRow(store, store.sql, name));
}

export async function pauseWorkspace(store: Store, { reason: given, by }: Pausing): Promise<Standstill> {
  const reason = checkReason(given);
  return store.sql.begin(async (tx) => {
    const at = new Date(await clockNow(store, tx));
    const [paused] = await tx`
      update workspaces set paused_at = ${at}, paused_by = ${by}, paused_reason = ${reason}
      where id = ${store.workspace} and paused_at is null returning 1`;
    if (paused !== undefined)
      await addAudit(store, tx, { actor: by, action: 'pause-workspace', target: 'workspace', reason });
    return standing(await workspaceRow(store, tx)) as Standstill;
  }) as Promise<Standstill>;
}

export async function resumeWorkspace(store: Store, by: string): Promise<void> {
  await store.sql.begin(async (tx) => {
    const [resumed] = await tx`
      update workspaces set paused_at = null, paused_by = null, paused_reason = null
      where id = ${store.workspace} and paused_at is not null returning 1`;
    if (resumed !== undefined)
      await addAudit(store, tx, { actor: by, action: 'resume-workspace', target: 'workspace' });
  });
}

/** Null: it is not paused. */
export async function workspaceStandstill(store: Store): Promise<Standstill | null> {
  return standing(await workspaceRow(store, store.sql));
}

/** The pauses around everybody in a program, the widest first. */
export async function pausesAround(store: Store, sql: Sql, program: string): Promise<WhyPause[]> {
  // Asked together: the way to the database is gone once.
  const rows = await Promise.all([workspaceRow(store, sql), programRow(store, sql, program)]);
  const [ofWorkspace, ofProgram] = rows.map(standing);
  const pauses: WhyPause[] = [];
  if (ofWorkspace) pauses.push(pauseAround('workspace', ofWorkspace));
  if (ofProgram) pauses.push(pauseAround('program', ofProgram));
  return pauses;
}

const pauseAround = (what: WhyPause['what'], { at, by, reason }: Standstill): WhyPause => ({
  what,
  since: at,
  by,
  reason,
  until: null,
});

async function programRow(store: Store, sql: Sql, name: string): Promise<Row | undefined> {
  const [row] = await sql<Row[]>`
    select paused_at, paused_by, paused_reason from programs where workspace_id = ${store.workspace} and name = ${name}`;
  return row;
}

async function workspaceRow(store: Store, sql: Sql): Promise<Row | undefined> {
  const [row] = await sql<Row[]>`
    select paused_at, paused_by, paused_reason from workspaces where id = ${store.workspace}`;
  if (row === undefined) throw new Refusal('conflict', 'This workspace is not there any more.');
  return row;
}

function standing(row: Row | undefined): Standstill | null {
  if (!row?.paused_at) return null;
  return { at: row.paused_at.getTime(), by: row.paused_by ?? '', reason: row.paused_reason ?? '' };
}
