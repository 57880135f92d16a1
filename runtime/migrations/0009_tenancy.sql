-- Workspaces kept apart by the database itself: what runs programs connects as a role that owns nothing and
-- is held by row policies. Which workspace a connection is for is a setting it begins with, `regimen.workspace`;
-- without the setting it sees no rows at all.
--
-- The owner of the tables is deliberately not held by them (no `force row level security`): migrations that
-- fill a new column would silently change nothing. Only migrations, the queue and the functions below run as
-- the owner; a process that would serve people as the owner refuses to start (runtime/store/stores.ts).

alter table workspaces add column host text unique check (host = lower(host));
comment on column workspaces.host is 'The host name under which the server shows this workspace; the others get the server''s own.';

create function protect_workspaces(app text) returns void language plpgsql as $$
declare
  one record;
begin
  for one in
    select c.oid, c.oid::regclass as name, c.relrowsecurity as held, c.relname,
      case when c.relname = 'workspaces' then 'id' else 'workspace_id' end as key,
      exists (select 1 from pg_trigger t where t.tgrelid = c.oid and t.tgfoid = 'refuse_change'::regproc) as only_grows
    from pg_class c
    where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
      and (c.relname = 'workspaces' or exists (
        select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id' and not a.attisdropped))
    order by c.relname
  loop
    if not exists (select 1 from pg_policy p where p.polrelid = one.oid and p.polname = 'workspace') then
      execute format(
        'create policy workspace on %s using (%I = current_setting(''regimen.workspace'', true)) '
        'with check (%I = current_setting(''regimen.workspace'', true))', one.name, one.key, one.key);
    end if;
    if not one.held then
      execute format('alter table %s enable row level security', one.name);
    end if;
    if one.relname = 'workspaces' then
      execute format('grant select, update (paused_at, paused_by, paused_reason) on %s to %I', one.name, app);
    elsif one.only_grows then
      execute format('grant select, insert on %s to %I', one.name, app);
    else
      execute format('grant select, insert, update, delete on %s to %I', one.name, app);
    end if;
  end loop;
  execute format('grant select on migrations to %I', app);
  execute format('grant usage on schema %I to %I', current_schema(), app);
  for one in
    select p.oid::regprocedure as name from pg_proc p
    where p.pronamespace = current_schema()::regnamespace and p.prosecdef
  loop
    execute format('grant execute on function %s to %I', one.name, app);
  end loop;
end
$$;
comment on function protect_workspaces is 'Gives every table with a workspace its policy, and the role `app` what it may do: its own rows, and the functions that run with the rights of the owner. Run after each migration.';
revoke execute on function protect_workspaces from public;

-- The queue's tables are the owner's. The role may add jobs, and only for its own workspace; the owner for any.
create function add_workspace_jobs(jobs jsonb) returns integer language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
  added integer;
begin
  if session_user <> current_user and exists (
    select 1 from jsonb_array_elements(jobs) as j
    where j->'payload'->>'workspace' is distinct from current_setting('regimen.workspace', true)
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
comment on function add_workspace_jobs is 'Adds jobs to the queue: list of { task, payload, queue?, key, attempts, priority, after_ms? }.';
revoke execute on function add_workspace_jobs from public;

-- What has to be known before it is known which workspace is meant. Gives no more than the workspace's id.
create function workspace_of_host(asked text) returns text language sql stable security definer
set search_path = public, pg_temp as $$
  select id from workspaces where host = lower(asked)
$$;
revoke execute on function workspace_of_host from public;

create function workspace_of_key(key_hash text) returns text language plpgsql stable security definer
set search_path = public, pg_temp as $$
begin
  return (select workspace_id from service_keys where hash = key_hash and revoked_at is null limit 1);
end
$$;
comment on function workspace_of_key is 'The workspace of the service key with this hash, unless it has been revoked.';
revoke execute on function workspace_of_key from public;
