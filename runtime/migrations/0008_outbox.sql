-- One voice for a person: what waits before it is sent, and how somebody wants to be written to.

create table delivery_preferences (
  workspace_id text not null,
  person_id text not null,
  preferences jsonb not null,
  changed_at timestamptz not null,
  primary key (workspace_id, person_id),
  foreign key (workspace_id, person_id) references people (workspace_id, id)
);
comment on table delivery_preferences is 'How a person wants to be written to, over all programs; no row: as the programs do. Distributed by workspace_id.';
comment on column delivery_preferences.preferences is 'As in runtime/preferences.ts.';

alter table messages drop constraint messages_status_check;
alter table messages add constraint messages_status_check
  check (status in ('received', 'held', 'queued', 'sending', 'sent', 'failed', 'withdrawn', 'in-app')) not valid;
comment on column messages.status is 'Of what goes out: held (waits for its time), queued (leaves in its turn), sending (handed to the channel, no answer yet), sent, failed, withdrawn (its reason is gone), in-app (shown in the web chat only). Of what came in: received.';

alter table messages add column unasked boolean not null default false;
alter table messages add column visit integer;
alter table messages add column lapses text check (lapses in ('heard', 'moved'));
alter table messages add column send_at timestamptz;
alter table messages add column ready_at timestamptz;
alter table messages add column why text[] not null default '{}';
alter table messages add column hidden boolean not null default false;
alter table messages add column shown_at timestamptz;
alter table messages add column tries integer not null default 0;
alter table messages add column failures integer not null default 0;
alter table messages add column sender text;
alter table messages add column sending_since timestamptz;
alter table messages add column digest text;
alter table messages add column template text;
comment on column messages.unasked is 'Regimen began it: it may be held back, and may lapse. An answer never is.';
comment on column messages.visit is 'Of what is unasked: the number of the visit it was written in.';
comment on column messages.lapses is 'It is withdrawn, if it has not been sent, once the person has spoken (heard) or gone on (moved).';
comment on column messages.send_at is 'Of what is held: when it is looked at again; null: when the pause ends.';
comment on column messages.ready_at is 'Of what was held: since when only other programs stand in its way. Nobody waits for them for long.';
comment on column messages.why is 'Why it is held, was withdrawn or is shown in the web chat only, in sentences.';
comment on column messages.hidden is 'Not part of the conversation until it is sent; then it gets a new position.';
comment on column messages.shown_at is 'When it became part of the conversation, where that was after it was written.';
comment on column messages.tries is 'How often it was handed to a channel.';
comment on column messages.failures is 'How often a channel failed with it. What a crash or a lost database cut short does not count.';
comment on column messages.sender is 'The job that sends it, or tried to last.';
comment on column messages.sending_since is 'Of what is being sent: since when, by the machine''s clock.';
comment on column messages.template is 'The form of the channel by which it was, or is being, sent; null: as it is.';
comment on column messages.digest is 'The message with which it was, or is being, sent; its own id where it went alone.';

create index messages_held on messages (workspace_id, send_at) where status = 'held';
create index messages_paused on messages (workspace_id, program) where status = 'held' and send_at is null;
create index messages_held_for on messages (workspace_id, enrollment_id) where status = 'held';
create index messages_open on messages (workspace_id, person_id, position) where status in ('held', 'queued', 'sending');
create index messages_unasked on messages (workspace_id, person_id, sent_at) where unasked and status = 'sent';
drop index messages_queued;

alter table enrollments add column run_waits_until timestamptz;
comment on column enrollments.run_waits_until is 'The agent run in hand has no job until then: the person is spoken with by another program.';

-- The moment of a workspace. `clock` is the store's: machine, development or virtual.
create function now_in(workspace text, clock text) returns timestamptz language sql stable as $$
  select case clock
    when 'machine' then clock_timestamp()
    when 'development' then clock_timestamp() + coalesce(c.offset_ms, 0) * interval '1 millisecond'
    else coalesce(c.frozen_at, clock_timestamp() + coalesce(c.offset_ms, 0) * interval '1 millisecond') end
  from (select workspace as workspace_id) here left join development_clock c using (workspace_id)
$$;
comment on function now_in is 'What time it is in a workspace, for whoever looks over several.';
