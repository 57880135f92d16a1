/**
 * Entries of a shared series: recorded once, and an entry for everybody who takes part in the program.
 *
 * Each enrollment takes it in a transaction of its own, under an id that follows from the caller's: what
 * is interrupted is finished by sending it again, and nobody gets it twice.
 */
import { conformFields, occurredProblem } from '../conform.ts';
import { type Control, Refusal } from '../control.ts';
import { act } from './act.ts';
import { cleanText } from './clean-text.ts';
import { clockNow } from './clock.ts';
import { readVersion } from './programs.ts';
import { checkId } from './receive.ts';
import type { Store } from './store.ts';

/** Enrollments read at once. */
const pageSize = 200;
/** People of one cohort. */
const cohortMax = 20_000;

/** Records for everybody who is in the program now. Refused where the newest version has no such shared series. */
export async function recordShared(
  store: Store,
  given: Parameters<Control['recordShared']>[0],
): ReturnType<Control['recordShared']> {
  const id = `cohort:${checkId(given.id)}`;
  const { ir } = await readVersion(store, store.sql, given.program);
  const series = Object.hasOwn(ir.series, given.series) ? ir.series[given.series] : undefined;
  if (series === undefined || !series.shared) {
    const shared = Object.values(ir.series).flatMap((one) => (one.shared ? [one.name] : []));
    throw new Refusal(
      'malformed',
      `${ir.title} has no shared series ${given.series.slice(0, 100)}. There are: ${shared.join(', ') || 'none'}.`,
    );
  }
  const conformed = conformFields(series, cleanText(given.fields), ir.zone.fallback);
  if (!conformed.ok) throw new Refusal('malformed', conformed.problems.join(' '));
  const occurredAt = given.occurredAt ?? (await clockNow(store));
  const untimely = occurredProblem(occurredAt, await clockNow(store));
  if (untimely !== undefined) throw new Refusal('malformed', untimely);

  const deed = { kind: 'record', series: series.name, fields: conformed.fields, occurredAt } as const;
  const done = { recorded: 0, again: 0, refused: 0 };
  for (let after = '', seen = 0; seen < cohortMax; ) {
    const page = await store.sql<{ id: string }[]>`
      select id from enrollments
      where workspace_id = ${store.workspace} and program = ${ir.name} and status = 'active' and id > ${after}
      order by id limit ${pageSize}`;
    for (const { id: enrollment } of page) {
      try {
        const { fresh } = await act(store, { enrollment, id, role: 'cohort', deed });
        done[fresh ? 'recorded' : 'again'] += 1;
      } catch (error) {
        // People on an older version may know no such series; the others get it all the same.
        if (!(error instanceof Refusal)) throw error;
        done.refused += 1;
      }
    }
    seen += page.length;
    after = page.at(-1)?.id ?? after;
    if (page.length < pageSize) break;
  }
  return done;
}
