-- Of which earlier versions a version speaks: people go through the blocks of the versions in between.
create function migrate_blocks(ir json) returns integer[] language sql immutable parallel safe as $$
  select coalesce(array_agg(key::integer order by key::integer), '{}')
  from json_object_keys(coalesce(ir->'migrations', '{}')) as key
$$;
comment on function migrate_blocks is 'The versions that the `migrate` blocks of a program lead from.';
alter table program_versions add column blocks integer[] not null generated always as (migrate_blocks(ir)) stored;
comment on column program_versions.blocks is 'The earlier versions that its `migrate` blocks speak of.';

-- Messages that wait for the end of a pause: who is paused themselves is told apart, and not looked at each second.
alter table messages add column until_resumed boolean not null default false;
comment on column messages.until_resumed is 'Of what is held without a time: it waits for the end of the person''s own pause, which adds a job. Otherwise for that of the program or workspace.';
create index messages_until_resumed on messages (workspace_id, enrollment_id) where status = 'held' and until_resumed;
create index messages_standstill on messages (workspace_id, program)
  where status = 'held' and send_at is null and not until_resumed;
comment on index messages_paused is 'For workers of before 0012; a later migration drops it.';

-- Jobs are replaced by their key: it has to name the workspace, too, so that nobody's job is replaced by another's.
create or replace function add_workspace_jobs(jobs jsonb) returns integer language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
  added integer;
  own text := current_setting('regimen.workspace', true);
begin
  if session_user <> current_user and exists (
    select 1 from jsonb_array_elements(jobs) as j
    where j->'payload'->>'workspace' is distinct from own
      or starts_with(j->>'key', (j->>'task') || ':' || own || ':') is not true
  ) then
    raise exception 'A job for another workspace was refused.' using errcode = 'insufficient_privilege';
  end if;
  select count(*) into added from graphile_worker.add_jobs(array(
    select (x.task, x.payload, x.queue, now() + x.after_ms * interval '1 millisecond', x.attempts, x.key, x.priority, null)::graphile_worker.job_spec
    from jsonb_to_recordset(jobs) as x(
      task text, payload json, queue text, key text, attempts smallint, priority smallint, after_ms integer)));
  return added;
end
$$;

-- Enrollments that the sweep failed with: a few, found without looking at the others.
create index enrollments_failing on enrollments (workspace_id, id) where failures > 0;

create unlogged table key_allowances (
  workspace_id text not null,
  key_id text not null,
  requests_left double precision not null,
  allowed boolean not null,
  at timestamptz not null,
  primary key (workspace_id, key_id)
);
comment on table key_allowances is 'How often each service key may still ask, for all servers together. Unlogged: empty after a crash and on a standby, and then every key may ask as often as ever. Distributed by workspace_id.';
comment on column key_allowances.allowed is 'Whether the last request was.';
