-- What the sweep needs to serve many: a place in the order of work, a sign of runs in hand, and pauses.

alter table workspaces add column paused_at timestamptz;
alter table workspaces add column paused_by text;
alter table workspaces add column paused_reason text;
comment on column workspaces.paused_at is 'Set: nothing happens by itself to anybody in the workspace, and no agent speaks. What people say is kept.';

alter table programs add column paused_at timestamptz;
alter table programs add column paused_by text;
alter table programs add column paused_reason text;
comment on column programs.paused_at is 'As for a workspace, for the people in one program.';

alter table enrollments add column sweep_rank smallint not null default 0 check (sweep_rank between 0 and 2);
alter table enrollments add column in_run boolean not null default false;
comment on column enrollments.sweep_rank is 'Whom the sweep takes first: 0 never reviewed, 1 reviewed before; 2 waits until the workspace has room for the agent run that its next step starts.';
comment on column enrollments.in_run is 'An agent run is in hand: it counts towards those of its workspace.';
update enrollments set sweep_rank = case when last_reviewed_at is null then 0 else 1 end,
  in_run = (state->'facts'->>'run') is not null;

-- One walk along this index finds who is due in a program, in order; a paused program is not walked at all.
create index enrollments_sweep on enrollments (workspace_id, program, sweep_rank, sweep_at) where sweep_at is not null;
create index enrollments_in_run on enrollments (workspace_id, id) where in_run;
drop index enrollments_due_first;
drop index enrollments_due;

-- The lookups of people begin with the person, as their pages do; one index serves both, and a step has one less to write.
create unique index enrollments_attempts on enrollments (workspace_id, person_id, program, attempt);
alter table enrollments drop constraint enrollments_workspace_id_program_person_id_attempt_key;
drop index enrollments_person;

-- Rows are added by steps alone, which hold the lock on their enrollment: looking it up again for
-- every row took longer than adding the row.
alter table timeline drop constraint timeline_workspace_id_enrollment_id_fkey;
comment on column timeline.input_id is 'Of inputs that come from outside: one whose id is here has been taken. Null for the time, which follows from seq.';

alter table sweeps add column waiting integer not null default 0;
comment on column sweeps.waiting is 'How many of those due wait until there is room for their agent runs.';
comment on column sweeps.failed is 'List of { enrollment, problem }, the first few.';

-- Which workspaces have something to do by now, and since when. `clock` is the store's: machine, development or virtual.
create function workspaces_due(clock text) returns table (id text, lag_seconds double precision)
language sql stable as $$
  select w.id, extract(epoch from now.at - first.at)
  from workspaces w
  left join development_clock c on c.workspace_id = w.id
  cross join lateral (select case clock
    when 'machine' then clock_timestamp()
    when 'development' then clock_timestamp() + coalesce(c.offset_ms, 0) * interval '1 millisecond'
    else coalesce(c.frozen_at, clock_timestamp() + coalesce(c.offset_ms, 0) * interval '1 millisecond') end as at) now
  cross join lateral (
    select min(one.at) as at
    from programs p cross join generate_series(0, 2) as rank cross join lateral (
      select e.sweep_at as at from enrollments e
      where e.workspace_id = w.id and e.program = p.name and e.sweep_rank = rank and e.sweep_at is not null
      order by e.sweep_at limit 1) one
    where p.workspace_id = w.id and p.paused_at is null) first
  where w.paused_at is null and first.at <= now.at
$$;
comment on function workspaces_due is 'For the worker, which serves all workspaces; it looks as far as whoever asks may look.';

create function all_or_nothing(written bigint, wanted integer) returns void language plpgsql as $$
begin
  if written <> wanted then
    raise exception 'Written onto % of % states: somebody else was quicker.', written, wanted using errcode = 'RG409';
  end if;
end
$$;
comment on function all_or_nothing is 'Ends the statement that writes steps when one of them was not taken from the state that is there.';
