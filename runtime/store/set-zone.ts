/**
 * A person's time zone: kept with the person, and an input of each of their programs that follows it.
 */
import { randomUUID } from 'node:crypto';
import { isZone } from '../calendar.ts';
import { Refusal } from '../control.ts';
import { commit } from './commit.ts';
import { presentPerson } from './people.ts';
import { readVersion } from './programs.ts';
import type { Store } from './store.ts';

/**
 * Sets a person's time zone, and tells the programs they are in that follow it. Throws `malformed` for what is no zone,
 * `unknown-person`.
 */
export async function setZone(store: Store, person: string, zone: string): Promise<void> {
  if (!isZone(zone)) throw new Refusal('malformed', `“${zone.slice(0, 80)}” is not a time zone; one is Europe/London.`);
  await store.sql.begin(async (tx) => {
    await presentPerson(store, tx, person);
    await tx`update people set zone = ${zone} where workspace_id = ${store.workspace} and id = ${person}`;
  });
  const active = await store.sql<{ id: string; program: string; version: number; zone: string }[]>`
    select id, program, version, state->'facts'->>'zone' as zone from enrollments
    where workspace_id = ${store.workspace} and person_id = ${person} and status = 'active'`;
  for (const one of active) {
    const { ir } = await readVersion(store, store.sql, one.program, one.version);
    if (!ir.zone.theirs || one.zone === zone) continue;
    await commit(store, { enrollment: one.id, input: { type: 'zone', id: `zone:${randomUUID()}`, zone } });
  }
}
