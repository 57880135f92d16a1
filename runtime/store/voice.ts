/**
 * The person's turn: an agent run that nobody asked for waits while another program speaks with the person.
 *
 * It stays in hand without a job until a definite moment, and gets one again then (`pauses.ts`). Which of several
 * goes first follows from what they are (`send-plan-turn.ts`), so that they never wait for each other.
 */
import type { RunInHand } from '../facts.ts';
import { runTurnAt, type WaitingRun } from '../send-plan-turn.ts';
import { otherVoices } from './outbox-around.ts';
import type { Store } from './store.ts';

type Speaker = { id: string; person: string; program: string };

/** Whether the run has to wait, and if so puts it off. */
export async function waitsForTurn(store: Store, speaker: Speaker, run: RunInHand, now: number): Promise<boolean> {
  const { id, person, program } = speaker;
  const rivals = await store.sql<{ run: RunInHand | null }[]>`
    select e.state->'facts'->'run' as run from enrollments e
    join programs p on p.workspace_id = e.workspace_id and p.name = e.program
    where e.workspace_id = ${store.workspace} and e.person_id = ${person} and e.program <> ${program}
      and e.status = 'active' and p.paused_at is null`;
  // Most people are in one program.
  if (rivals.length === 0) return false;
  const inHand = rivals.flatMap(({ run: other }): WaitingRun[] => (other === null || other.answering ? [] : [other]));
  const at = runTurnAt(run, inHand, await otherVoices(store, store.sql, person, program, now), now);
  await store.sql`
    update enrollments set run_waits_until = ${at > now ? new Date(at) : null}
    where workspace_id = ${store.workspace} and id = ${id} and in_run`;
  return at > now;
}
