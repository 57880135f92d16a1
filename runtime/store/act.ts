/**
 * What roles, services and operators do to an enrollment, and to the items that wait for them.
 *
 * The program decides who may: a deed that the step refuses is thrown as a `Refusal` with its
 * reason, and then nothing of it is stored.
 */
import type { Value } from '../../compiler/ir.ts';
import { type Control, Refusal, type RoleDeed } from '../control.ts';
import type { Input } from '../inputs.ts';
import { addAudit } from './audit.ts';
import { clockNow } from './clock.ts';
import { commitIn } from './commit.ts';
import { approveAccess, checkId } from './receive.ts';
import type { Sql, Store, Tx } from './store.ts';

/** Does a deed of a role. The same id again changes nothing. */
export async function act(store: Store, given: Parameters<Control['act']>[0]): Promise<{ fresh: boolean }> {
  const input = inputOf(checkId(given.id), given.role, given.deed);
  return store.sql.begin(async (tx) => {
    const { fresh } = await bring(store, tx, given.enrollment, input);
    const { actor, role, deed } = given;
    if (fresh && actor !== undefined)
      await addAudit(store, tx, {
        actor,
        action: deed.kind,
        target: `enrollment:${given.enrollment}`,
        details: { role },
      });
    return { fresh };
  });
}

function inputOf(id: string, role: string, deed: RoleDeed): Input {
  const by = role === 'operator' || role === 'cohort' ? role : 'role';
  switch (deed.kind) {
    case 'set': {
      const { field, value, item } = deed;
      return { type: 'set', id, role, field, value, ...(item === undefined ? {} : { item }) };
    }
    case 'add':
      return { type: 'add', id, role, list: deed.list, fields: deed.fields };
    case 'record': {
      const { series, fields, occurredAt } = deed;
      return { type: 'record', id, by, role, series, fields, ...(occurredAt === undefined ? {} : { occurredAt }) };
    }
    case 'correct': {
      const { series, entry, fields } = deed;
      return { type: 'correct', id, by, role, series, entry, ...(fields === undefined ? {} : { fields }) };
    }
    case 'decide': {
      const { proposal, approve, value } = deed;
      return { type: 'decide', id, role, proposal, approve, ...(value === undefined ? {} : { value }) };
    }
    case 'answer':
      return { type: 'answer', id, role, question: deed.question, value: deed.value, channel: 'web' };
    case 'acknowledge':
      return { type: 'acknowledge', id, role, climb: deed.climb };
  }
}

async function bring(store: Store, tx: Tx, enrollment: string, input: Input): Promise<{ fresh: boolean }> {
  const { fresh, rows } = await commitIn(store, tx, { enrollment, input });
  const what = input.type === 'record' ? input.series : input.type;
  const refused = rows.find((row) => row.kind === 'refused' && row.what === what);
  if (refused?.kind === 'refused') throw new Refusal('not-allowed', refused.why);
  return { fresh };
}

type Item = { kind: string; enrollment: string | null; details: { climb?: string }; closed: boolean };

/** The item; refuses one that is not there. */
async function itemOf(store: Store, sql: Sql, id: string): Promise<Item> {
  const [item] = await sql<Item[]>`
    select kind, enrollment_id as enrollment, details, closed_at is not null as closed from operator_items
    where workspace_id = ${store.workspace} and id = ${id}`;
  if (item === undefined) throw new Refusal('unknown-item', `There is no item ${id.slice(0, 100)}.`);
  return item;
}

/** Decides a proposal, or a request for access, as an operator. Once decided, doing it again changes nothing. */
export async function decideItem(
  store: Store,
  id: string,
  { approve, value }: { approve: boolean; value?: Value },
  by: string,
): Promise<void> {
  const { kind } = await itemOf(store, store.sql, id);
  if (kind === 'access-request') return approve ? approveAccess(store, id, by) : closeItem(store, id, by);
  await store.sql.begin(async (tx) => {
    const item = await itemOf(store, tx, id);
    if (item.kind !== 'proposal' || item.enrollment === null) throw notOf(id, 'a proposal');
    if (item.closed) return;
    const deed: RoleDeed = { kind: 'decide', proposal: id, approve, ...(value === undefined ? {} : { value }) };
    await bring(store, tx, item.enrollment, inputOf(`decided:${id}`, 'operator', deed));
    await signed(store, tx, item.enrollment, id, by, approve ? 'approve' : 'refuse');
  });
}

/** Answers the question of an item as an operator. */
export async function answerItem(store: Store, id: string, value: string, by: string): Promise<void> {
  await store.sql.begin(async (tx) => {
    const item = await itemOf(store, tx, id);
    if (item.kind !== 'question' || item.enrollment === null) throw notOf(id, 'a question');
    if (item.closed) return;
    await bring(
      store,
      tx,
      item.enrollment,
      inputOf(`answered:${id}`, 'operator', { kind: 'answer', question: id, value }),
    );
    await signed(store, tx, item.enrollment, id, by, 'answer');
  });
}

/** The item is closed by what was done; here it learns by whom. */
async function signed(store: Store, tx: Tx, enrollment: string, id: string, by: string, action: string): Promise<void> {
  await addAudit(store, tx, { actor: by, action, target: `enrollment:${enrollment}`, details: { item: id } });
  await tx`
    update operator_items set closed_by = ${by} where workspace_id = ${store.workspace} and id = ${id}`;
}

/** Closes an item; an escalation that climbs is acknowledged, and climbs no further. */
export async function closeItem(store: Store, id: string, by: string): Promise<void> {
  await store.sql.begin(async (tx) => {
    const item = await itemOf(store, tx, id);
    if (item.closed) return;
    const { climb } = item.details;
    if (climb !== undefined && item.enrollment !== null) {
      const input: Input = { type: 'acknowledge', id: `acknowledged:${climb}`, climb, role: 'operator' };
      // One that has been let go (there were too many) is closed all the same.
      await commitIn(store, tx, { enrollment: item.enrollment, input });
    }
    await tx`
      update operator_items set closed_at = coalesce(closed_at, ${new Date(await clockNow(store, tx))}), closed_by = ${by}
      where workspace_id = ${store.workspace} and id = ${id}`;
    const target = item.enrollment === null ? 'workspace' : `enrollment:${item.enrollment}`;
    await addAudit(store, tx, { actor: by, action: 'close-item', target, details: { item: id } });
  });
}

const notOf = (id: string, what: string): Refusal =>
  new Refusal('malformed', `The item ${id.slice(0, 100)} is not about ${what}.`);
