/**
 * Events of services, many at a time: what becomes of each is told, and a bad one spoils no other.
 *
 * Events of one enrollment are taken in the order given, each in a transaction of its own. An event that is sent
 * again under its id is known as a repeat, so a batch that broke off is simply sent again.
 */
import { Refusal } from '../control.ts';
import type { EventResult, EventToRecord } from '../operator-control.ts';
import { problemOf } from './problem.ts';
import { record } from './record.ts';
import type { Store } from './store.ts';

/** Events in one call. */
export const eventsMax = 500;
/** Enrollments worked on at once. */
const atOnceMax = 4;

/** Records each; the results are in the order of the events. */
export async function recordEvents(
  store: Store,
  { events, by }: { events: EventToRecord[]; by: string },
): Promise<EventResult[]> {
  if (events.length > eventsMax)
    throw new Refusal('too-large', `At most ${eventsMax} events are taken at once; these are ${events.length}.`);
  const results: EventResult[] = new Array(events.length);
  const queues = [...Map.groupBy(events.entries(), ([, { enrollment }]) => enrollment).values()];
  const work = async (): Promise<void> => {
    for (let queue = queues.shift(); queue !== undefined; queue = queues.shift())
      for (const [index, event] of queue) results[index] = await recordOne(store, event, by);
  };
  await Promise.all(Array.from({ length: Math.min(atOnceMax, queues.length) }, work));
  return results;
}

async function recordOne(store: Store, event: EventToRecord, by: string): Promise<EventResult> {
  const { enrollment, id } = event;
  try {
    // An id means once for each sender: two services may count alike.
    const { fresh } = await record(store, { ...event, id: `${by}:${id}`, by: 'service' });
    return { status: fresh ? 'recorded' : 'repeated', enrollment, id };
  } catch (error) {
    if (error instanceof Refusal)
      return { status: 'refused', enrollment, id, code: error.code, problem: error.message };
    store.log(`An event of enrollment ${enrollment.slice(0, 100)} was not taken: ${problemOf(error)}`);
    const problem = 'Something went wrong on our side. Send it again; sending it twice does no harm.';
    return { status: 'refused', enrollment, id, code: 'internal', problem };
  }
}
