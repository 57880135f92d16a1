-- Taking a person out. Timelines are append-only for everybody; this function alone may put another timeline in
-- the place of one: the same life without its person (runtime/erase.ts), which is its fold as before.

create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  -- Only the owner of the tables may change rows at all, and only inside the function below.
  if tg_op = 'DELETE' and tg_table_name = 'timeline'
    and current_setting('regimen.erasing', true) = pg_current_xact_id()::text || ':' || old.enrollment_id then
    return old;
  end if;
  raise exception 'The % is append-only: rows are never changed or removed.', tg_table_name using errcode = 'restrict_violation';
end
$$;

create function replace_timeline(workspace text, enrollment text, entries json) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  written integer;
begin
  if session_user <> current_user and workspace is distinct from current_setting('regimen.workspace', true) then
    raise exception 'A timeline of another workspace was refused.' using errcode = 'insufficient_privilege';
  end if;
  perform set_config('regimen.erasing', pg_current_xact_id()::text || ':' || enrollment, true);
  delete from timeline where workspace_id = workspace and enrollment_id = enrollment;
  perform set_config('regimen.erasing', '', true);
  insert into timeline (workspace_id, enrollment_id, seq, at, cause, kind, input_id, entry)
  select workspace, enrollment, x.seq, x.at, x.cause, x.kind, x.input_id, x.entry
  from json_to_recordset(entries) as x(
    seq integer, at timestamptz, cause integer, kind text, input_id text, entry json);
  get diagnostics written = row_count;
  return written;
end
$$;
comment on function replace_timeline is 'Puts the timeline of an erased person in the place of theirs. Gives how many rows it has.';
revoke execute on function replace_timeline from public;

alter table people add column erased_at timestamptz;
comment on column people.erased_at is 'Set: who this was is not known any more; what stays is what their programs went through.';

alter table workspaces add column retention jsonb not null default '{}';
comment on column workspaces.retention is 'Days for which it keeps { messages, runs, sweeps }, null for ever; what is not named is kept as runtime/store/retention.ts says.';
