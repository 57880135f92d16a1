/**
 * What a person wishes for, kept; and what is held for them is planned anew when it changes.
 */
import { Refusal } from '../control.ts';
import { type DeliveryPreferences, isPlain, noPreferences, preferenceProblems } from '../preferences.ts';
import { addAudit } from './audit.ts';
import { clockNow } from './clock.ts';
import { planAnew } from './outbox.ts';
import { presentPerson, readPerson } from './people.ts';
import type { Sql, Store } from './store.ts';

/** How a person wants to be written to. Throws `unknown-person`. */
export async function preferences(store: Store, person: string): Promise<DeliveryPreferences> {
  await readPerson(store, store.sql, person);
  return readPreferences(store, store.sql, person);
}

export async function readPreferences(store: Store, sql: Sql, person: string): Promise<DeliveryPreferences> {
  const [row] = await sql<{ preferences: DeliveryPreferences }[]>`
    select preferences from delivery_preferences
    where workspace_id = ${store.workspace} and person_id = ${person}`;
  return row?.preferences ?? noPreferences;
}

/**
 * Keeps what a person wishes for. Throws `malformed` with what stands in the way. `by`: the person, or who does it for
 * them.
 */
export async function setPreferences(
  store: Store,
  person: string,
  given: DeliveryPreferences,
  by: string,
): Promise<DeliveryPreferences> {
  const { channels, quiet, when, perDay } = given;
  const wished: DeliveryPreferences = { channels, quiet, when, perDay };
  const problems = preferenceProblems(wished);
  if (problems.length > 0) throw new Refusal('malformed', problems.join(' '));
  return store.sql.begin(async (tx) => {
    await presentPerson(store, tx, person);
    const at = await clockNow(store, tx);
    if (isPlain(wished)) {
      await tx`delete from delivery_preferences where workspace_id = ${store.workspace} and person_id = ${person}`;
    } else {
      await tx`
        insert into delivery_preferences (workspace_id, person_id, preferences, changed_at)
        values (${store.workspace}, ${person}, ${tx.json(wished as never)}, ${new Date(at)})
        on conflict (workspace_id, person_id) do update
          set preferences = excluded.preferences, changed_at = excluded.changed_at`;
    }
    await planAnew(store, tx, person, at);
    if (by !== person) await addAudit(store, tx, { actor: by, action: 'set-preferences', target: `person:${person}` });
    return wished;
  }) as Promise<DeliveryPreferences>;
}
