-- A process that hears a message and does runs answers by itself, without a job: what a job is for, that somebody else
-- goes on when the process dies, follows from these columns.
--
-- Processes of the version before know nothing of them. They find a run without a job and give it one, so as long as
-- both are there some runs are done twice; a run counts once.

alter table enrollments add column answered_by text, add column answered_run text;
comment on column enrollments.answered_by is 'Who does the run `answered_run` without a job: the life of a process, an advisory lock on which shows that it lasts. It says nothing once another run is in hand, or none.';
