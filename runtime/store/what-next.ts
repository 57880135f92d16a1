/**
 * What the next days bring to an enrollment, from its state as it is stored. Nothing is changed.
 */
import { type Control, Refusal } from '../control.ts';
import { forecast, forecastDaysMax } from '../forecast.ts';
import type { State } from '../state.ts';
import { clockNow } from './clock.ts';
import { unknownEnrollment } from './commit.ts';
import { pausesAround } from './holds.ts';
import { loadVersion } from './programs.ts';
import type { Store } from './store.ts';

export async function whatNext(store: Store, id: string, days: number): ReturnType<Control['whatNext']> {
  checkDays(days);
  const [row] = await store.sql<{ program: string; version: number; state: State }[]>`
    select program, version, state from enrollments where workspace_id = ${store.workspace} and id = ${id}`;
  if (row === undefined) throw unknownEnrollment(id);
  const program = await loadVersion(store, store.sql, row.program, row.version);
  const around = await pausesAround(store, store.sql, row.program);
  return { ...forecast(program, row.state, await clockNow(store), days, around), zone: row.state.facts.zone };
}

/** Refuses to look further ahead than is worked out. */
export function checkDays(days: number): void {
  if (!Number.isInteger(days) || days < 1 || days > forecastDaysMax)
    throw new Refusal('malformed', `Ask for 1 to ${forecastDaysMax} days.`);
}
