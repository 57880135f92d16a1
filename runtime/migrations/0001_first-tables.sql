-- The first tables. Every key begins with the workspace, so that tenants can be parted later by
-- policy and by shard. Moments that come from Regimen's clock are timestamptz; what a program knows
-- (the program itself, state, timeline entries) is JSON in the shapes of runtime/*.ts: `json` and not
-- `jsonb`, because jsonb would put its keys in an order of its own.

create table workspaces (
  id text primary key,
  name text not null,
  created_at timestamptz not null default now()
);
comment on table workspaces is 'Tenants. There is one, `default`, until there are more.';
insert into workspaces (id, name) values ('default', 'Default');

create table people (
  workspace_id text not null references workspaces,
  id text not null,
  email text not null check (email = lower(email)),
  name text not null,
  zone text,
  created_at timestamptz not null,
  primary key (workspace_id, id),
  unique (workspace_id, email)
);
comment on table people is 'Everybody who takes part or operates. A person is a verified email.';
comment on column people.zone is 'IANA time zone, once known.';

create table accounts (
  workspace_id text not null,
  channel text not null,
  account text not null,
  person_id text not null,
  created_at timestamptz not null,
  primary key (workspace_id, channel, account),
  foreign key (workspace_id, person_id) references people (workspace_id, id)
);
create index accounts_person on accounts (workspace_id, person_id, created_at desc);
comment on table accounts is 'A person''s accounts on channels, bound once the channel has vouched for the email.';

create table programs (
  workspace_id text not null references workspaces,
  name text not null,
  created_at timestamptz not null,
  primary key (workspace_id, name)
);
comment on table programs is 'Programs by name; what they say is in their versions.';

create table program_versions (
  workspace_id text not null,
  program text not null,
  version integer not null check (version >= 1),
  path text not null,
  source text not null,
  hash text not null,
  ir json not null,
  published_by text not null,
  published_at timestamptz not null,
  primary key (workspace_id, program, version),
  foreign key (workspace_id, program) references programs (workspace_id, name)
);
comment on table program_versions is 'Published texts. A version never changes; an enrollment stays on the one it began with.';
comment on column program_versions.hash is 'SHA-256 of the source, to know an unchanged text.';
comment on column program_versions.ir is 'The compiled program (compiler/ir.ts).';

create table enrollments (
  workspace_id text not null,
  id text not null,
  program text not null,
  version integer not null,
  person_id text not null,
  attempt integer not null check (attempt >= 1),
  status text not null check (status in ('active', 'finished')),
  stage text not null,
  state json not null,
  seq integer not null,
  next_due_at timestamptz,
  sweep_at timestamptz,
  last_reviewed_at timestamptz,
  failures integer not null default 0,
  failing text,
  created_at timestamptz not null,
  stepped_at timestamptz not null,
  finished_at timestamptz,
  primary key (workspace_id, id),
  unique (workspace_id, program, person_id, attempt),
  foreign key (workspace_id, program, version) references program_versions (workspace_id, program, version),
  foreign key (workspace_id, person_id) references people (workspace_id, id)
);
create unique index enrollments_one_active on enrollments (workspace_id, program, person_id) where status = 'active';
create index enrollments_person on enrollments (workspace_id, person_id, created_at desc);
create index enrollments_due_first on enrollments (workspace_id, sweep_at) where sweep_at is not null and last_reviewed_at is null;
create index enrollments_due on enrollments (workspace_id, sweep_at) where sweep_at is not null and last_reviewed_at is not null;
comment on table enrollments is 'One person''s way through one version of a program. The row is what a step locks.';
comment on column enrollments.state is 'runtime/state.ts; equal to the fold of the timeline.';
comment on column enrollments.seq is 'The last timeline row.';
comment on column enrollments.next_due_at is 'When time alone may change something next, as the program says.';
comment on column enrollments.sweep_at is 'When the sweep looks at it next: next_due_at, or later while it fails, or never once it waits for an operator. Not only of active ones: a last message may wait for the end of quiet hours.';
comment on column enrollments.failing is 'Why the last step by the sweep failed.';
comment on column enrollments.stepped_at is 'The moment of the last step; the next one is never earlier.';

create table timeline (
  workspace_id text not null,
  enrollment_id text not null,
  seq integer not null,
  at timestamptz not null,
  cause integer not null,
  kind text not null,
  input_id text,
  entry json not null,
  primary key (workspace_id, enrollment_id, seq),
  foreign key (workspace_id, enrollment_id) references enrollments (workspace_id, id)
);
create unique index timeline_inputs on timeline (workspace_id, enrollment_id, input_id) where input_id is not null;
comment on table timeline is 'What happened to each enrollment, in order. Rows are only ever added.';
comment on column timeline.input_id is 'Of rows that are inputs: an input whose id is here has been taken.';
comment on column timeline.entry is 'runtime/timeline.ts, without seq, at and cause.';

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'The % is append-only: rows are never changed or removed.', tg_table_name using errcode = 'restrict_violation';
end
$$;
create trigger timeline_append_only before update or delete on timeline for each row execute function refuse_change();
create trigger timeline_never_truncated before truncate on timeline for each statement execute function refuse_change();

create table messages (
  workspace_id text not null,
  position bigint not null generated always as identity,
  id text not null,
  person_id text not null,
  program text not null,
  enrollment_id text,
  direction text not null check (direction in ('in', 'out')),
  channel text,
  text text not null,
  reason text not null,
  author text not null,
  question jsonb,
  status text not null check (status in ('received', 'queued', 'sent', 'failed')),
  at timestamptz not null,
  sent_at timestamptz,
  primary key (workspace_id, position),
  unique (workspace_id, person_id, direction, id),
  foreign key (workspace_id, person_id) references people (workspace_id, id),
  foreign key (workspace_id, enrollment_id) references enrollments (workspace_id, id)
);
create index messages_conversation on messages (workspace_id, person_id, program, position);
create index messages_heard on messages (workspace_id, person_id, position desc) where direction = 'in';
create index messages_queued on messages (workspace_id, person_id, position) where status = 'queued';
comment on table messages is 'Conversations, both directions. One conversation for each person and program.';
comment on column messages.position is 'Grows over the whole database. Within one conversation it grows in the order of commits, so a reader can resume after it.';
comment on column messages.id is 'From the channel for what came in; the effect''s for what goes out.';
comment on column messages.channel is 'Where it came from; for what goes out, where it was sent.';

create table agent_runs (
  workspace_id text not null,
  id text not null,
  enrollment_id text not null,
  person_id text not null,
  program text not null,
  reason text not null,
  skill text not null,
  skill_version text not null,
  agent text not null,
  model text,
  input_tokens integer,
  output_tokens integer,
  usd numeric(12, 6) not null default 0,
  duration_ms integer,
  tool_calls jsonb not null default '[]',
  failures integer not null default 0,
  problem text,
  started_at timestamptz not null,
  finished_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, enrollment_id) references enrollments (workspace_id, id)
);
create index agent_runs_enrollment on agent_runs (workspace_id, enrollment_id, started_at desc);
create index agent_runs_spent on agent_runs (workspace_id, person_id, program, finished_at);
comment on table agent_runs is 'Every agent run: who talked, with what, at what cost.';
comment on column agent_runs.failures is 'Attempts that failed. Attempts cut short by a crash do not count.';

create table operator_items (
  workspace_id text not null,
  id text not null,
  kind text not null check (kind in ('escalation', 'access-request', 'failure')),
  enrollment_id text,
  person_id text,
  program text,
  addressee text not null,
  text text not null,
  at timestamptz not null,
  closed_at timestamptz,
  closed_by text,
  primary key (workspace_id, id)
);
create index operator_items_open on operator_items (workspace_id, at) where closed_at is null;
comment on table operator_items is 'What waits for an operator or another role.';
comment on column operator_items.id is 'Follows from what it is about, so that it is told once.';
comment on column operator_items.addressee is 'The role it is for.';

create table sessions (
  workspace_id text not null,
  id text not null,
  person_id text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, person_id) references people (workspace_id, id)
);
comment on table sessions is 'Signed-in browsers. Real time, never the development clock.';
comment on column sessions.id is 'SHA-256 of the token in the cookie; the token itself is not kept.';

create table sign_in_codes (
  workspace_id text not null references workspaces,
  id text not null,
  email text not null check (email = lower(email)),
  hash text not null,
  address_hash text not null default '',
  tries integer not null default 0,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (workspace_id, id)
);
create index sign_in_codes_email on sign_in_codes (workspace_id, email, created_at desc);
comment on table sign_in_codes is 'One-time codes. The person is made when a code is right. Real time.';
comment on column sign_in_codes.hash is 'Of the code; the code itself is not kept.';
comment on column sign_in_codes.address_hash is 'Of the network address that asked, to limit how often one may ask.';

create table channel_events (
  workspace_id text not null references workspaces,
  channel text not null,
  id text not null,
  received_at timestamptz not null default now(),
  primary key (workspace_id, channel, id)
);
comment on table channel_events is 'Events of vendors that have been taken, to know their repeats.';

create table development_clock (
  workspace_id text primary key references workspaces,
  offset_ms bigint not null default 0,
  frozen_at timestamptz
);
comment on table development_clock is 'Only used when the clock is the development clock: it can be moved forward, never back.';
comment on column development_clock.frozen_at is 'Set: the clock stands still at this moment. Null: it runs, offset_ms ahead of real time.';

create table sweeps (
  workspace_id text not null references workspaces,
  id bigint not null generated always as identity,
  at timestamptz not null,
  due integer not null,
  succeeded integer not null,
  failed jsonb not null,
  duration_ms integer not null,
  primary key (workspace_id, id)
);
comment on table sweeps is 'What each sweep that found anything did.';
comment on column sweeps.failed is 'List of { enrollment, problem }.';
