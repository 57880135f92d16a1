/**
 * People and their accounts. A person is a verified email; channels vouch for it before they bind.
 */
import { isZone } from '../calendar.ts';
import { type Person, Refusal } from '../control.ts';
import { normalEmail } from '../email.ts';
import { cleanText } from './clean-text.ts';
import { clockNow } from './clock.ts';
import { idLengthMax } from './limits.ts';
import type { Sql, Store, Tx } from './store.ts';

const nameLengthMax = 200;

/** The person with this email, made if new. Details fill in what is not known yet. */
export async function personByEmail(
  store: Store,
  email: string,
  details: { name?: string; zone?: string } = {},
): Promise<Person> {
  const address = normalEmail(email);
  if (address === null) {
    throw new Refusal('malformed', `“${cleanText(email).trim().slice(0, 80)}” is not an email address.`);
  }
  const name = cleanText(details.name ?? '')
    .trim()
    .slice(0, nameLengthMax);
  const zone = details.zone !== undefined && isZone(details.zone) ? details.zone : null;
  const [row] = await store.sql<Person[]>`
    insert into people (workspace_id, id, email, name, zone, created_at)
    values (${store.workspace}, ${store.newId()}, ${address}, ${name}, ${zone}, ${new Date(await clockNow(store))})
    on conflict (workspace_id, email) do update
      set name = coalesce(nullif(people.name, ''), excluded.name), zone = coalesce(people.zone, excluded.zone)
    returning id, email, name, zone`;
  return row as Person;
}

/** The person with this id. */
export async function readPerson(store: Store, sql: Sql, id: string): Promise<Person> {
  const [row] = await sql<Person[]>`
    select id, email, name, zone from people where workspace_id = ${store.workspace} and id = ${id}`;
  if (row === undefined) throw unknownPerson(id);
  return row;
}

/**
 * The same of somebody who has not been erased: nothing more is written of those. Nor are they until the transaction
 * ends. Their enrollments are locked with them, and first, as in every step and by the erasure.
 * Whoever may begin an enrollment has taken `lockAdmission` before.
 */
export async function presentPerson(store: Store, tx: Tx, id: string): Promise<Person> {
  await tx`
    select 1 from enrollments where workspace_id = ${store.workspace} and person_id = ${id} order by id for update`;
  const [row] = await tx<(Person & { erased: boolean })[]>`
    select id, email, name, zone, erased_at is not null as erased from people
    where workspace_id = ${store.workspace} and id = ${id} for key share`;
  if (row === undefined) throw unknownPerson(id);
  const { erased, ...person } = row;
  if (erased) throw new Refusal('unknown-person', `The person ${id} was erased.`);
  return person;
}

const unknownPerson = (id: string) => new Refusal('unknown-person', `There is no person ${id.slice(0, 100)}.`);

/** Whether the person has been erased. Under the lock on one of their enrollments that does not change. */
export async function isErased(store: Store, sql: Sql, id: string): Promise<boolean> {
  const [row] = await sql`
    select 1 from people where workspace_id = ${store.workspace} and id = ${id} and erased_at is not null`;
  return row !== undefined;
}

/** Binds an account of a channel. An account that was another person's becomes this one's: the channel knows. */
export async function bindAccount(
  store: Store,
  { channel, account, person }: { channel: string; account: string; person: string },
): Promise<void> {
  if (account === '' || account.length > idLengthMax)
    throw new Refusal('malformed', 'The account needs an id of at most 200 characters.');
  await store.sql.begin(async (tx) => {
    await presentPerson(store, tx, person);
    await tx`
      insert into accounts (workspace_id, channel, account, person_id, created_at)
      values (${store.workspace}, ${channel}, ${account}, ${person}, ${new Date(await clockNow(store, tx))})
      on conflict (workspace_id, channel, account) do update set person_id = excluded.person_id`;
  });
}

/** Whose account this is; null when it is not bound. */
export async function personByAccount(store: Store, channel: string, account: string): Promise<Person | null> {
  const [row] = await store.sql<Person[]>`
    select p.id, p.email, p.name, p.zone from accounts a
    join people p on p.workspace_id = a.workspace_id and p.id = a.person_id
    where a.workspace_id = ${store.workspace} and a.channel = ${channel} and a.account = ${account}`;
  return row ?? null;
}

/** The channels a person has an account of, the one bound last first. */
export async function boundChannels(store: Store, person: string): Promise<string[]> {
  await readPerson(store, store.sql, person);
  const rows = await store.sql<{ channel: string }[]>`
    select channel from accounts where workspace_id = ${store.workspace} and person_id = ${person}
    group by channel order by max(created_at) desc, channel`;
  return rows.map(({ channel }) => channel);
}
