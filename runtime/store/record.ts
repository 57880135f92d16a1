/**
 * Records an event for an enrollment: checked against the program before it may enter the timeline.
 */
import { nearest } from '../../language/nearest.ts';
import { conformFields, occurredProblem } from '../conform.ts';
import { type Control, Refusal } from '../control.ts';
import { cleanText } from './clean-text.ts';
import { clockNow } from './clock.ts';
import { commitIn, lockEnrollments, unknownEnrollment } from './commit.ts';
import { loadVersion } from './programs.ts';
import { checkId } from './receive.ts';
import type { Store } from './store.ts';

/** Takes an event. The same id again changes nothing. Refuses with a sentence that names the field. */
export async function record(store: Store, given: Parameters<Control['record']>[0]): Promise<{ fresh: boolean }> {
  const id = checkId(given.id);
  return store.sql.begin(async (tx) => {
    const [enrollment] = await lockEnrollments(store, tx, [given.enrollment]);
    if (enrollment === undefined) throw unknownEnrollment(given.enrollment);
    const [seen] = await tx`
      select 1 from timeline
      where workspace_id = ${store.workspace} and enrollment_id = ${enrollment.id} and input_id = ${id}`;
    if (seen !== undefined) return { fresh: false };
    const { ir } = await loadVersion(store, tx, enrollment.program, enrollment.version);
    if (enrollment.state.facts.finished !== null) {
      throw new Refusal('finished', `This enrollment in ${ir.title} has finished: nothing more can be recorded.`);
    }
    const series = Object.hasOwn(ir.series, given.series) ? ir.series[given.series] : undefined;
    if (series === undefined) {
      const names = Object.keys(ir.series);
      const close = nearest(given.series, names);
      const hint = close !== undefined ? `Did you mean ${close}?` : `There are: ${names.join(', ') || 'none'}.`;
      throw new Refusal('malformed', `${ir.title} has no series ${given.series.slice(0, 100)}. ${hint}`);
    }
    const conformed = conformFields(series, cleanText(given.fields), enrollment.state.facts.zone);
    if (!conformed.ok) throw new Refusal('malformed', conformed.problems.join(' '));
    const now = await clockNow(store, tx);
    const { occurredAt } = given;
    const untimely = occurredAt === undefined ? undefined : occurredProblem(occurredAt, now);
    if (untimely !== undefined) throw new Refusal('malformed', untimely);
    const { fresh } = await commitIn(store, tx, {
      enrollment: enrollment.id,
      input: {
        type: 'record',
        id,
        series: series.name,
        fields: conformed.fields,
        ...(occurredAt === undefined ? {} : { occurredAt }),
        by: given.by,
      },
    });
    return { fresh };
  });
}
