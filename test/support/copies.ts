/**
 * Copies of one enrollment with its whole timeline, each a person of its own: they can be rebuilt. Ids of what is in
 * hand begin with the enrollment's, and are the copy's own in the copy.
 */
import type { Store } from '../../runtime/store/store.ts';

/** Makes so many copies; gives their ids. */
export async function copyEnrollment(store: Store, enrollment: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, index) => `${enrollment}-copy-${index + 1}`);
  await store.sql.begin(async (tx) => {
    await tx`
      insert into people (workspace_id, id, email, name, zone, created_at)
      select p.workspace_id, x.id, x.id || '@example.com', p.name, p.zone, p.created_at
      from enrollments e join people p on p.workspace_id = e.workspace_id and p.id = e.person_id,
        unnest(${ids}::text[]) as x(id)
      where e.workspace_id = ${store.workspace} and e.id = ${enrollment}`;
    await tx`
      insert into enrollments
      select (jsonb_populate_record(e, jsonb_build_object('id', x.id, 'person_id', x.id,
        'state', replace(replace(e.state::text, ${`"${enrollment}"`}, '"' || x.id || '"'),
          ${`"${enrollment}:`}, '"' || x.id || ':')::jsonb))).*
      from enrollments e, unnest(${ids}::text[]) as x(id)
      where e.workspace_id = ${store.workspace} and e.id = ${enrollment}`;
    await tx`
      insert into timeline (workspace_id, enrollment_id, seq, at, cause, kind, input_id, entry)
      select t.workspace_id, x.id, t.seq, t.at, t.cause, t.kind, t.input_id, replace(t.entry::text, ${enrollment}, x.id)::json
      from timeline t, unnest(${ids}::text[]) as x(id)
      where t.workspace_id = ${store.workspace} and t.enrollment_id = ${enrollment}`;
  });
  return ids;
}

/** From now on the database takes no row of this enrollment's timeline any more. */
export async function refuseOne({ sql }: Store, enrollment: string): Promise<void> {
  await sql.unsafe(`
    create function refuse_one() returns trigger language plpgsql as $$
    begin
      if new.enrollment_id = '${enrollment}' then
        raise exception 'Not this one.' using errcode = 'check_violation';
      end if;
      return new;
    end $$;
    create trigger refuse_one before insert on timeline for each row execute function refuse_one();`);
}
