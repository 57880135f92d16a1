-- What programs want of people and systems besides the participant: words for a role, questions put to
-- it, proposals to decide, documents, calls of services. Each waits as an operator item until it is done.

alter table operator_items drop constraint operator_items_kind_check;
alter table operator_items add constraint operator_items_kind_check check (
  kind in ('escalation', 'access-request', 'failure', 'message', 'question', 'proposal', 'document', 'call')
);
alter table operator_items add column details jsonb not null default '{}';
create index operator_items_climbs on operator_items (workspace_id, (details->>'climb')) where closed_at is null;
comment on column operator_items.details is 'What acting on it needs: the open proposal''s value and deadline, a question''s options, the escalation that climbs, a document''s name, the fields of a call.';
