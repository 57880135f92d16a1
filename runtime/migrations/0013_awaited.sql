-- Whom a plan of versions waits for. Something happens to a few of them at a time: their turn comes with the step that
-- brings it about, and nobody looks at all the others.
--
-- Triggers see to that, whoever writes, so processes of the version before go on: what they find in `ready` they take over
-- as ever, and whom they let wait is awaited here, too.

alter table enrollments add column awaited boolean not null default false;
comment on column enrollments.awaited is 'A plan of versions waits until something has happened to this person (version_plan_people, waiting). False as soon as it has.';

create function await_person() returns trigger language plpgsql as $$
begin
  update enrollments set awaited = true
    where workspace_id = new.workspace_id and id = new.enrollment_id and not awaited;
  return null;
end
$$;
create trigger version_plan_people_begin_waiting after insert on version_plan_people for each row
  when (new.status = 'waiting') execute function await_person();
create trigger version_plan_people_wait after update on version_plan_people for each row
  when (new.status = 'waiting') execute function await_person();

create function bring_turn() returns trigger language plpgsql as $$
begin
  -- Who holds a row is ending the waiting: a step does not stand in line for them. Should they not, the next step does.
  with theirs as materialized (
    select plan_id from version_plan_people
    where workspace_id = new.workspace_id and enrollment_id = new.id and status = 'waiting' for update skip locked)
  update version_plan_people p set status = 'ready' from theirs
    where p.workspace_id = new.workspace_id and p.plan_id = theirs.plan_id and p.enrollment_id = new.id;
  update enrollments set awaited = false where workspace_id = new.workspace_id and id = new.id and not exists (
    select from version_plan_people
    where workspace_id = new.workspace_id and enrollment_id = new.id and status = 'waiting');
  return null;
end
$$;
create trigger enrollments_turn_comes after update on enrollments for each row
  when (old.awaited and new.awaited and (old.seq, old.status) is distinct from (new.seq, new.status))
  execute function bring_turn();

update version_plan_people p set status = 'ready' from enrollments e
  where p.status = 'waiting' and e.workspace_id = p.workspace_id and e.id = p.enrollment_id
    and (e.seq <> p.seq or e.status <> 'active');
update enrollments e set awaited = true from version_plan_people p
  where p.status = 'waiting' and e.workspace_id = p.workspace_id and e.id = p.enrollment_id;

-- Workers of before 0012 looked along it.
drop index messages_paused;
