-- What a step rewrites of an enrollment stands in no index any more, so that Postgres changes the row in its page and
-- touches nothing else. Who is due, and who has a run in hand, is found by two narrow tables beside it, in which what is
-- looked for together lies together.
--
-- `enrollments.sweep_at`, `sweep_rank` and `in_run` stay what is true. The two tables follow from them: a trigger sees to
-- that, whoever writes them, so processes of the version before go on; their own search for who is due is slower, as its
-- index is gone.

-- Nobody may write between the filling of the two tables and the triggers that keep them.
lock table enrollments in access exclusive mode;

create table due (
  workspace_id text not null,
  program text not null,
  rank smallint not null,
  at timestamptz not null,
  enrollment_id text not null,
  primary key (workspace_id, program, rank, at, enrollment_id)
);
comment on table due is 'Whom the sweep looks at, and when: one row for each enrollment with a sweep_at, found along its key. A row that is not as its enrollment says is left over, and removed by the sweep. Distributed by workspace_id.';
comment on column due.rank is 'enrollments.sweep_rank';
comment on column due.at is 'enrollments.sweep_at';

create table runs_in_hand (
  workspace_id text not null,
  enrollment_id text not null,
  primary key (workspace_id, enrollment_id)
);
comment on table runs_in_hand is 'The enrollments that are in_run. Distributed by workspace_id.';

insert into due select workspace_id, program, sweep_rank, sweep_at, id from enrollments where sweep_at is not null;
insert into runs_in_hand select workspace_id, id from enrollments where in_run;
drop index enrollments_sweep;
drop index enrollments_in_run;

-- Room for the next state beside the present one.
alter table enrollments set (fillfactor = 80);
-- Rows come and go: what is left of them must not stand long in the way of who looks for the first one.
alter table due set (autovacuum_vacuum_scale_factor = 0.05);

alter table enrollments add column listed_seq integer not null default 0;
comment on column enrollments.listed_seq is 'The row of the timeline with which the one who wrote it brought `due` up to date by itself, which is quicker for many at once. For whoever leaves this column alone, the trigger does it.';

create function list_due() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' and old.sweep_at is not null then
    delete from due where workspace_id = old.workspace_id and program = old.program and rank = old.sweep_rank
      and at = old.sweep_at and enrollment_id = old.id;
  end if;
  if tg_op <> 'DELETE' and new.sweep_at is not null then
    insert into due values (new.workspace_id, new.program, new.sweep_rank, new.sweep_at, new.id) on conflict do nothing;
  end if;
  return null;
end
$$;
create trigger enrollments_due_begins after insert on enrollments for each row
  when (new.sweep_at is not null) execute function list_due();
create trigger enrollments_due_changes after update on enrollments for each row
  when (old.listed_seq = new.listed_seq
    and (old.sweep_at, old.sweep_rank, old.program) is distinct from (new.sweep_at, new.sweep_rank, new.program))
  execute function list_due();
create trigger enrollments_due_ends after delete on enrollments for each row
  when (old.sweep_at is not null) execute function list_due();

create function list_run() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' and old.in_run then
    delete from runs_in_hand where workspace_id = old.workspace_id and enrollment_id = old.id;
  end if;
  if tg_op <> 'DELETE' and new.in_run then
    insert into runs_in_hand values (new.workspace_id, new.id) on conflict do nothing;
  end if;
  return null;
end
$$;
create trigger enrollments_run_begins after insert on enrollments for each row when (new.in_run) execute function list_run();
create trigger enrollments_run_changes after update on enrollments for each row
  when (old.in_run <> new.in_run) execute function list_run();
create trigger enrollments_run_ends after delete on enrollments for each row when (old.in_run) execute function list_run();

create or replace function workspaces_due(clock text) returns table (id text, lag_seconds double precision)
language sql stable as $$
  select w.id, extract(epoch from now.at - first.at)
  from workspaces w
  cross join lateral (select now_in(w.id, clock) as at) now
  cross join lateral (
    select min(one.at) as at
    from programs p cross join generate_series(0, 2) as rank cross join lateral (
      select d.at from due d
      where d.workspace_id = w.id and d.program = p.name and d.rank = rank.rank
      order by d.at limit 1) one
    where p.workspace_id = w.id and p.paused_at is null) first
  where w.paused_at is null and first.at <= now.at
$$;

-- The one job of a step. Its key follows from the step, which is written once, so no other job can have it: the queue need
-- not look for one to replace, which is most of what adding a job takes.
create function add_new_job(job jsonb) returns integer language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
  own text := current_setting('regimen.workspace', true);
begin
  if session_user <> current_user and (
    job->'payload'->>'workspace' is distinct from own
    or starts_with(job->>'key', (job->>'task') || ':' || own || ':') is not true
  ) then
    raise exception 'A job for another workspace was refused.' using errcode = 'insufficient_privilege';
  end if;
  perform graphile_worker.add_job(job->>'task', (job->'payload')::json, null, null, (job->>'attempts')::integer,
    job->>'key', (job->>'priority')::integer, null, 'unsafe_dedupe');
  return 1;
end
$$;
comment on function add_new_job is 'Adds a job that nobody can have added before: { task, payload, key, attempts, priority }.';
revoke execute on function add_new_job from public;
