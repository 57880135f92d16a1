/**
 * Workspaces: making one, listing them, and finding the one that a host name means.
 *
 * Making and listing are for whoever runs the machine, with the connections of the tables' owner.
 */
import { Refusal } from '../control.ts';
import { addAudit } from './audit.ts';
import { cleanText } from './clean-text.ts';
import type { Store } from './store.ts';
import { mustBeWorkspace } from './stores.ts';

const nameLengthMax = 200;
/** Workspaces told in one answer. */
const listedMax = 1_000;
const hostName = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

export type WorkspaceSummary = {
  id: string;
  name: string;
  /** The host name under which the server shows it; null: the server's own. */
  host: string | null;
  createdAt: number;
  programs: number;
  active: number;
};

/** Makes a workspace. Refuses a name or host that is taken, or cannot be one. */
export async function createWorkspace(
  store: Store,
  given: { id: string; name?: string; host?: string; by: string },
): Promise<void> {
  const id = mustBeWorkspace(given.id);
  const name = cleanText(given.name ?? '')
    .trim()
    .slice(0, nameLengthMax);
  const host = given.host?.toLowerCase().replace(/\.$/, '') ?? null;
  if (host !== null && (!hostName.test(host) || /^[0-9.]+$/.test(host)))
    throw new Refusal('malformed', `“${host.slice(0, 100)}” is not a host name; one is clinic.example.org.`);
  await store.queue.begin(async (tx) => {
    const [taken] = await tx<{ id: string }[]>`select id from workspaces where id = ${id} or host = ${host} limit 1`;
    if (taken !== undefined) {
      throw new Refusal(
        'malformed',
        taken.id === id
          ? `There is a workspace ${id} already.`
          : `The host ${host} shows the workspace ${taken.id} already.`,
      );
    }
    await tx`insert into workspaces (id, name, host) values (${id}, ${name === '' ? id : name}, ${host})`;
    await addAudit({ ...store, workspace: id }, tx, {
      actor: given.by,
      action: 'create-workspace',
      target: 'workspace',
      details: { host },
    });
  });
}

/** All workspaces, by their ids. */
export async function listWorkspaces(store: Store): Promise<WorkspaceSummary[]> {
  const rows = await store.queue<(Omit<WorkspaceSummary, 'createdAt'> & { created_at: Date })[]>`
    select w.id, w.name, w.host, w.created_at,
      (select count(*)::int from programs p where p.workspace_id = w.id) as programs,
      (select count(*)::int from enrollments e where e.workspace_id = w.id and e.status = 'active') as active
    from workspaces w order by w.id limit ${listedMax}`;
  return rows.map(({ created_at, ...row }) => ({ ...row, createdAt: created_at.getTime() }));
}

/** The workspace with this host name; null where there is none. */
export async function workspaceOfHost(store: Store, host: string): Promise<string | null> {
  const [row] = await store.sql<{ id: string | null }[]>`select workspace_of_host(${host}) as id`;
  return row?.id ?? null;
}

/** The address that people use, under the host name of this workspace. */
export async function addressOf({ sql, workspace }: Store, home: string): Promise<string> {
  const [row] = await sql<{ host: string | null }[]>`select host from workspaces where id = ${workspace}`;
  if (row?.host == null) return home;
  const url = new URL(home);
  url.hostname = row.host;
  return url.href.replace(/\/+$/, '');
}
