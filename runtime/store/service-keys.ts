/**
 * Keys of services: made, known by their hash, listed, revoked.
 *
 * A key is 256 random bits, shown once. Only its SHA-256 is kept: with that much chance in it nothing slower
 * is needed, and it can be looked up. A key opens one workspace, with the scopes it was given.
 */
import { createHash, randomBytes } from 'node:crypto';
import { Refusal } from '../control.ts';
import { addAudit } from './audit.ts';
import { cleanText } from './clean-text.ts';
import { type Allowance, type AllowanceRow, allowanceOf, takeAllowance } from './key-allowance.ts';
import type { Store } from './store.ts';

/** What a key may be used for, in the order in which they are told. */
export const scopes = ['read', 'enroll', 'record', 'operate', 'publish'] as const;
export type Scope = (typeof scopes)[number];

export type ServiceKey = {
  id: string;
  name: string;
  scopes: Scope[];
  /** ms, real time. */
  createdAt: number;
  createdBy: string;
  expiresAt: number | null;
  lastUsedAt: number | null;
  revokedAt: number | null;
};

/** How a key begins, so that it is known for one wherever it is found. */
const prefix = 'rgm_';
const secretBytes = 32;
const nameLengthMax = 100;
/** Keys of one workspace that are not revoked. */
const keysMax = 200;
/** How exactly it is known when a key was used last. */
const usedEveryMs = 60_000;

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Makes a key. The token is nowhere else: it cannot be shown again. */
export async function createKey(
  store: Store,
  given: { name: string; scopes: string[]; expiresAt?: number; by: string },
): Promise<{ key: ServiceKey; token: string }> {
  const name = cleanText(given.name).trim();
  if (name === '' || name.length > nameLengthMax)
    throw new Refusal('malformed', `A key needs a name of 1 to ${nameLengthMax} characters: say what it is for.`);
  const unknown = given.scopes.filter((one) => !(scopes as readonly string[]).includes(one));
  if (given.scopes.length === 0 || unknown.length > 0)
    throw new Refusal(
      'malformed',
      `${unknown.length > 0 ? `There is no scope ${unknown[0]?.slice(0, 40)}.` : 'A key needs a scope.'} There are: ${scopes.join(', ')}.`,
    );
  const id = randomBytes(6).toString('hex');
  const token = prefix + randomBytes(secretBytes).toString('base64url');
  await store.sql.begin(async (tx) => {
    const [row] = await tx<{ count: number }[]>`
      select count(*)::integer as count from service_keys
      where workspace_id = ${store.workspace} and revoked_at is null`;
    if ((row?.count ?? 0) >= keysMax)
      throw new Refusal('conflict', `There are ${keysMax} keys already: revoke those that nobody uses.`);
    await tx`
      insert into service_keys (workspace_id, id, name, hash, scopes, created_by, expires_at)
      values (${store.workspace}, ${id}, ${name}, ${hashOf(token)}, ${scopes.filter((one) => given.scopes.includes(one))},
        ${given.by}, ${given.expiresAt === undefined ? null : new Date(given.expiresAt)})`;
    await addAudit(store, tx, {
      actor: given.by,
      action: 'create-key',
      target: `key:${id}`,
      details: { name, scopes: given.scopes },
    });
  });
  return { key: await readKey(store, id), token };
}

/** All keys, the newest first. */
export async function listKeys(store: Store): Promise<ServiceKey[]> {
  const rows = await store.sql<Row[]>`
    ${columns(store)} where workspace_id = ${store.workspace} order by created_at desc, id limit 1000`;
  return rows.map(keyOf);
}

async function readKey(store: Store, id: string): Promise<ServiceKey> {
  const [row] = await store.sql<Row[]>`${columns(store)} where workspace_id = ${store.workspace} and id = ${id}`;
  if (row === undefined) throw new Refusal('unknown-key', `There is no key ${id.slice(0, 100)}.`);
  return keyOf(row);
}

/** Revokes a key, from the next request on. Revoked again, nothing changes. */
export async function revokeKey(store: Store, { id, by }: { id: string; by: string }): Promise<ServiceKey> {
  await store.sql.begin(async (tx) => {
    const [revoked] = await tx`
      update service_keys set revoked_at = now()
      where workspace_id = ${store.workspace} and id = ${id} and revoked_at is null returning 1`;
    if (revoked !== undefined) await addAudit(store, tx, { actor: by, action: 'revoke-key', target: `key:${id}` });
  });
  return readKey(store, id);
}

export type FoundKey = { workspace: string; key: ServiceKey; allowance: Allowance };

/**
 * The key that a token is, with its workspace, and whether it may ask now; null for one that is unknown, expired or
 * revoked. The token alone says which workspace it opens, so the database is asked that across all of them, and
 * nothing else.
 */
export async function findKey(store: Store, token: string): Promise<FoundKey | null> {
  if (!/^rgm_[A-Za-z0-9_-]{43}$/.test(token)) return null;
  const hash = hashOf(token);
  const [of] = await store.sql<{ workspace: string | null }[]>`select workspace_of_key(${hash}) as workspace`;
  if (!of?.workspace) return null;
  const its = store.of(of.workspace);
  const [row] = await its.sql<(Row & AllowanceRow)[]>`
    with known as (
      ${columns(its)} where workspace_id = ${its.workspace} and hash = ${hash} and revoked_at is null
        and (expires_at is null or expires_at > now())),
      taken as (${takeAllowance(its, its.sql)})
    select known.*, taken.allowed, taken.left from known join taken on taken.key_id = known.id`;
  if (row === undefined) return null;
  const { allowed, left, ...found } = row;
  const key = keyOf(found);
  await noteUse(its, key);
  return { workspace: its.workspace, key, allowance: allowanceOf({ allowed, left }) };
}

async function noteUse(store: Store, { id, lastUsedAt }: ServiceKey): Promise<void> {
  if (lastUsedAt !== null && Date.now() - lastUsedAt < usedEveryMs) return;
  await store.sql`
    update service_keys set last_used_at = now()
    where workspace_id = ${store.workspace} and id = ${id}
      and (last_used_at is null or last_used_at < now() - ${usedEveryMs} * interval '1 millisecond')`;
}

type Row = {
  id: string;
  name: string;
  scopes: Scope[];
  created_at: Date;
  created_by: string;
  expires_at: Date | null;
  last_used_at: Date | null;
  revoked_at: Date | null;
};

const columns = ({ sql }: Store) => sql`
  select id, name, scopes, created_at, created_by, expires_at, last_used_at, revoked_at from service_keys`;

function keyOf({ created_at, created_by, expires_at, last_used_at, revoked_at, ...row }: Row): ServiceKey {
  return {
    ...row,
    createdAt: created_at.getTime(),
    createdBy: created_by,
    expiresAt: expires_at?.getTime() ?? null,
    lastUsedAt: last_used_at?.getTime() ?? null,
    revokedAt: revoked_at?.getTime() ?? null,
  };
}
