-- What services and operators do from outside: their keys, what they changed and why, the answers that
-- repeats get again, and moves of many people at once. Moments here are real time (now()), except where a
-- comment says that they come from Regimen's clock.

create table service_keys (
  workspace_id text not null references workspaces,
  id text not null,
  name text not null,
  hash text not null,
  scopes text[] not null check (scopes <@ array['read', 'enroll', 'record', 'operate', 'publish']),
  created_at timestamptz not null default now(),
  created_by text not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  primary key (workspace_id, id)
);
create index service_keys_hash on service_keys (hash);
comment on table service_keys is 'Keys of services for /v1 and /mcp.';
comment on column service_keys.hash is 'SHA-256 of the key; the key itself is shown once and not kept.';
comment on column service_keys.last_used_at is 'To the minute: it is not written at each use.';

create table audit (
  workspace_id text not null references workspaces,
  id bigint not null generated always as identity,
  at timestamptz not null,
  actor text not null,
  action text not null,
  target text not null,
  reason text,
  details jsonb not null default '{}',
  primary key (workspace_id, id)
);
create index audit_target on audit (workspace_id, target, id);
create trigger audit_append_only before update or delete on audit for each row execute function refuse_change();
create trigger audit_never_truncated before truncate on audit for each statement execute function refuse_change();
comment on table audit is 'Who changed what, and why: one row for each change by an operator or a service. Rows are only ever added. What is recorded of people stands in their timelines.';
comment on column audit.at is 'Regimen''s clock.';
comment on column audit.actor is '`person:<id>`, `service:<key id>`, or a word such as `files` or `command`.';
comment on column audit.target is '`enrollment:<id>`, `person:<id>`, `program:<name>`, `bulk:<id>`, `key:<id>`, or `workspace`.';

create table idempotency_keys (
  workspace_id text not null references workspaces,
  service text not null,
  id text not null,
  hash text not null,
  status integer,
  answer json,
  headers jsonb,
  begun_at timestamptz not null default now(),
  primary key (workspace_id, service, id)
);
create index idempotency_keys_old on idempotency_keys (workspace_id, begun_at);
comment on table idempotency_keys is 'Answers to requests with an Idempotency-Key, given again to repeats for a day.';
comment on column idempotency_keys.hash is 'SHA-256 of method, path and body: the same key with another request is refused.';
comment on column idempotency_keys.status is 'Null while the first request is in hand.';

create table bulk_moves (
  workspace_id text not null references workspaces,
  id text not null,
  action text not null check (action in ('move', 'pause', 'resume', 'withdraw')),
  program text not null,
  parameters json not null,
  reason text not null,
  actor text not null,
  status text not null check (status in ('previewed', 'applying', 'applied', 'undoing', 'undone')),
  created_at timestamptz not null,
  applied_at timestamptz,
  applied_by text,
  undone_at timestamptz,
  undone_by text,
  primary key (workspace_id, id),
  foreign key (workspace_id, program) references programs (workspace_id, name)
);
create index bulk_moves_newest on bulk_moves (workspace_id, created_at desc);
comment on table bulk_moves is 'One deed of an operator for many people. Its preview is what is applied. Regimen''s clock.';
comment on column bulk_moves.parameters is 'Whom it was to be (the filter), and where to, with what, until when.';

create table bulk_move_people (
  workspace_id text not null,
  bulk_id text not null,
  enrollment_id text not null,
  status text not null check (status in ('ready', 'cannot', 'done', 'refused', 'undone', 'stayed')),
  stage text not null,
  outcome text not null,
  before json not null default '{}',
  seq_after integer,
  primary key (workspace_id, bulk_id, enrollment_id),
  foreign key (workspace_id, bulk_id) references bulk_moves (workspace_id, id),
  foreign key (workspace_id, enrollment_id) references enrollments (workspace_id, id)
);
create index bulk_move_people_left on bulk_move_people (workspace_id, bulk_id, status, enrollment_id);
comment on table bulk_move_people is 'What becomes of each person of a bulk move.';
comment on column bulk_move_people.status is '`ready` and `cannot` in the preview; `done` and `refused` once applied; `undone` and `stayed` once undone.';
comment on column bulk_move_people.stage is 'Where the person was.';
comment on column bulk_move_people.outcome is 'What happens, or why it cannot.';
comment on column bulk_move_people.before is 'What undoing needs: the end of the pause that was ended.';
comment on column bulk_move_people.seq_after is 'The last timeline row once it was done: whether anything has happened since.';

-- Lists by the time of enrolling, page by page; people of a program by stage.
create index enrollments_newest on enrollments (workspace_id, created_at desc, id desc);
create index enrollments_stage on enrollments (workspace_id, program, stage, id) where status = 'active';
