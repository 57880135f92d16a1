-- Taking people over to another version: plans, and everybody in them. Moments are those of Regimen's clock.

create table version_plans (
  workspace_id text not null,
  id text not null,
  program text not null,
  to_version integer not null,
  status text not null check (status in ('planned', 'applying', 'applied', 'rolling-back', 'rolled-back')),
  waits boolean not null default true,
  report json not null,
  reason text,
  created_at timestamptz not null,
  created_by text not null,
  applied_at timestamptz,
  applied_by text,
  rolled_back_at timestamptz,
  rolled_back_by text,
  primary key (workspace_id, id),
  foreign key (workspace_id, program, to_version) references program_versions (workspace_id, program, version)
);
create index version_plans_program on version_plans (workspace_id, program, created_at desc, id);
create unique index version_plans_one_under_way on version_plans (workspace_id, program)
  where status in ('applying', 'rolling-back');
comment on table version_plans is 'What a version means for the people inside, as looked at once; applied and rolled back by jobs. One for each program is under way at a time.';
comment on column version_plans.report is 'runtime/version-plan.ts, VersionReport: groups with examples, and what is different.';
comment on column version_plans.waits is 'People with something in hand wait until it is over.';

create table version_plan_people (
  workspace_id text not null,
  plan_id text not null,
  enrollment_id text not null,
  from_version integer not null,
  stage text not null,
  verdict text not null check (verdict in ('same', 'adopts', 'needs-migrate', 'refused')),
  status text not null check (
    status in ('ready', 'cannot', 'waiting', 'adopted', 'failed', 'gone', 'stayed', 'returned', 'kept')
  ),
  why text,
  seq integer not null,
  primary key (workspace_id, plan_id, enrollment_id),
  foreign key (workspace_id, plan_id) references version_plans (workspace_id, id),
  foreign key (workspace_id, enrollment_id) references enrollments (workspace_id, id)
);
create index version_plan_people_status on version_plan_people (workspace_id, plan_id, status, enrollment_id);
create index version_plan_people_enrollment on version_plan_people (workspace_id, enrollment_id);
create index version_plan_people_waiting on version_plan_people (workspace_id, enrollment_id) where status = 'waiting';
comment on table version_plan_people is 'Everybody in a plan, and what has become of them. It names enrollments and holds nothing of what they said.';
comment on column version_plan_people.seq is 'The person''s last timeline row when they were looked at; once they are taken over, the row of that.';
