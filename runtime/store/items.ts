/**
 * What waits for operators and roles, as rows: added by steps and by whatever else needs somebody to
 * look, closed by what follows in the program.
 */
import type { OperatorItemDetails, OperatorItemKind } from '../control.ts';
import type { Effect } from '../inputs.ts';
import { isoOf } from './moments.ts';
import type { Stepped } from './stepped.ts';
import type { Sql, Store, Tx } from './store.ts';

export type NewItem = {
  /** Follows from what it is about: the same again adds nothing. */
  id: string;
  kind: OperatorItemKind;
  enrollment: string | null;
  person: string | null;
  program: string | null;
  to: string;
  text: string;
  /** ms. */
  at: number;
  details?: OperatorItemDetails;
  /** It waits for nobody any more: what asked for it also ended it. */
  closed?: { at: number; by: string };
};

/** Adds something for an operator to look at. True when it was new. */
export async function addOperatorItem(store: Store, tx: Tx, item: NewItem): Promise<boolean> {
  return (await addOperatorItems(store, tx, [item])) > 0;
}

/** Adds what operators or roles are to look at. Gives how many were new. */
export async function addOperatorItems(store: Store, tx: Tx, items: readonly NewItem[]): Promise<number> {
  if (items.length === 0) return 0;
  return (await tx`${insertItems(store, tx, items)}`).count;
}

/** The insert of items; the same again adds nothing. */
export function insertItems(store: Store, sql: Sql, items: readonly NewItem[]) {
  const rows = items.map(({ closed, details = {}, ...item }) => ({
    ...item,
    details,
    at: isoOf(item.at),
    closed_at: isoOf(closed?.at ?? null),
    closed_by: closed?.by ?? null,
  }));
  return sql`
    insert into operator_items (workspace_id, id, kind, enrollment_id, person_id, program, addressee, text, at, details,
      closed_at, closed_by)
    select ${store.workspace}, x.id, x.kind, x.enrollment, x.person, x.program, x."to", x.text, x.at, x.details,
      x.closed_at, x.closed_by
    from jsonb_to_recordset(${sql.json(rows as never)}) as x(id text, kind text, enrollment text, person text,
      program text, "to" text, text text, at timestamptz, details jsonb, closed_at timestamptz, closed_by text)
    on conflict do nothing`;
}

/** What a step asks somebody to look at, or to do outside; closed where the same step has closed it. */
export function itemsOf({ enrollment, result, at }: Stepped, closings: readonly Closed[]): NewItem[] {
  return result.effects.flatMap((effect): NewItem[] => {
    const item = itemOf(effect);
    if (item === null) return [];
    const { id, person, program } = enrollment;
    const closed = closings.find(
      (one) => one.id === effect.id || (one.climb !== null && one.climb === item.details?.climb),
    );
    return [
      { ...item, id: effect.id, enrollment: id, person, program, at, ...(closed === undefined ? {} : { closed }) },
    ];
  });
}

type ItemOf = { kind: OperatorItemKind; to: string; text: string; details?: OperatorItemDetails };

/** What somebody must look at, or do outside, because of an effect; null where the effect is for the person. */
function itemOf(effect: Effect): ItemOf | null {
  switch (effect.type) {
    case 'escalate': {
      const { to, text, climb } = effect;
      return { kind: 'escalation', to, text, ...(climb === undefined ? {} : { details: { climb } }) };
    }
    case 'tell': {
      const { to, text, question } = effect;
      if (question === undefined) return { kind: 'message', to, text };
      return { kind: 'question', to, text, details: { options: question.options } };
    }
    case 'propose':
      return { kind: 'proposal', to: effect.by, text: effect.what, details: { expiresAt: effect.expiresAt } };
    case 'output':
      return { kind: 'document', to: effect.to, text: effect.text, details: { name: effect.name } };
    case 'call': {
      const { service, action, fields } = effect;
      return { kind: 'call', to: service, text: `${service}: ${action}`, details: { service, action, fields } };
    }
    default:
      return null;
  }
}

export type Closed = { id: string; climb: string | null; by: string; at: number };

/** What a step has closed: decided, answered, acknowledged or lapsed, it waits no longer. */
export function closedBy({ result, at }: Stepped): Closed[] {
  return result.rows.flatMap((row): Closed[] => {
    if (row.kind === 'decided') return [{ id: row.id, climb: null, by: row.role, at }];
    if (row.kind === 'acknowledged') return [{ id: row.climb, climb: row.climb, by: row.role, at }];
    if (row.kind === 'lapsed' || row.kind === 'withdrawn' || row.kind === 'answered' || row.kind === 'unanswered')
      return [{ id: row.id, climb: null, by: 'program', at }];
    return [];
  });
}

/** The update that closes items. */
export function closeItems(store: Store, sql: Sql, closed: readonly Closed[]) {
  const rows = closed.map((one) => ({ ...one, at: isoOf(one.at) }));
  return sql`
    update operator_items i set closed_at = x.at, closed_by = x.by
    from jsonb_to_recordset(${sql.json(rows as never)}) as x(id text, climb text, by text, at timestamptz)
    where i.workspace_id = ${store.workspace} and i.closed_at is null and (i.id = x.id or i.details->>'climb' = x.climb)`;
}
