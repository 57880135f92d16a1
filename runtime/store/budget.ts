/**
 * A person's budget in a program: what the model may cost in a calendar month of theirs.
 *
 * A spent budget degrades and never stops: the scripted agent speaks, and an operator is told once
 * a month. Runs in flight may carry the sum a little over; they are not known before they end.
 */
import type { Ir } from '../../compiler/ir.ts';
import { calendarPeriod } from '../calendar.ts';
import type { State } from '../state.ts';
import { addOperatorItem } from './items.ts';
import type { Store } from './store.ts';

/** Whether this month's money is spent; tells an operator the first time it is. */
export async function budgetIsSpent(
  store: Store,
  enrollment: { id: string; person: string; program: string; state: State; ir: Ir },
  now: number,
): Promise<boolean> {
  const { budget } = enrollment.ir;
  if (budget === undefined) return false;
  const { start } = calendarPeriod(now, 'month', enrollment.state.facts.zone);
  const [row] = await store.sql<{ usd: number }[]>`
    select coalesce(sum(usd), 0)::float8 as usd from agent_runs
    where workspace_id = ${store.workspace} and person_id = ${enrollment.person} and program = ${enrollment.program}
      and finished_at >= ${new Date(start)}`;
  const usd = row?.usd ?? 0;
  if (usd < budget.usdPerMonth) return false;
  await store.sql.begin((tx) =>
    addOperatorItem(store, tx, {
      id: `budget:${enrollment.program}:${enrollment.person}:${start}`,
      kind: 'failure',
      enrollment: enrollment.id,
      person: enrollment.person,
      program: enrollment.program,
      to: 'operator',
      text: `The month's budget of $${budget.usdPerMonth.toFixed(2)} is spent ($${usd.toFixed(2)}); the scripted agent speaks until the next month.`,
      at: now,
    }),
  );
  return true;
}
