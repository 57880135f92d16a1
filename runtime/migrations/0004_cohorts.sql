-- People who belong together, and what they share: recorded once, and there for who comes later.

alter table enrollments add column cohort text;
create index enrollments_cohort on enrollments (workspace_id, program, cohort, id) where status = 'active';
comment on column enrollments.cohort is 'The cohort the person is in (runtime/cohort.ts), as their state says; null: none yet, or the program has none of its own.';

create table shared_entries (
  workspace_id text not null,
  program text not null,
  id text not null,
  cohort text,
  series text not null,
  fields json,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  primary key (workspace_id, program, id),
  foreign key (workspace_id, program) references programs (workspace_id, name)
);
create index shared_entries_cohort on shared_entries (workspace_id, program, cohort, occurred_at desc);
comment on table shared_entries is 'Entries of shared series. Each person of the cohort has them in their own timeline too; these are for who comes later.';
comment on column shared_entries.fields is 'As they were last put right; null: it was taken back.';
comment on column shared_entries.cohort is 'Null: everybody in the program.';
