/**
 * One id from what came in to what goes out: a message's id goes with every job that follows from it, into
 * every line that is logged on the way.
 *
 * It goes along by itself: through calls in this process, and in the payload of jobs between processes.
 * Where work is set off by nothing from outside (time), the job's own key is its origin. With it goes the
 * trace of OpenTelemetry, where a process has one: spans go to whatever was registered before Regimen was
 * loaded, and nowhere without. No work depends on any of it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { context, propagation, SpanStatusCode, trace } from '@opentelemetry/api';
import type { TaskList } from 'graphile-worker';

/** What a job carries: the id, and the trace in the form of the W3C. */
type Carried = { origin?: string; traceparent?: string };

const current = new AsyncLocalStorage<string>();

/** The origin of the work in hand. */
export function originNow(): string | undefined {
  return current.getStore();
}

/** Does work under an origin, unless it is part of other work already. */
export function withOrigin<T>(origin: string, work: () => T): T {
  return current.getStore() === undefined ? current.run(origin, work) : work();
}

/** Does work that is for many at once, and so has no origin: each job that follows from it is its own. */
export function withoutOrigin<T>(work: () => T): T {
  return current.exit(work);
}

/** What the payload of a job is to carry. */
export function carry(): Carried {
  const carried: Carried = {};
  const origin = current.getStore();
  if (origin !== undefined) carried.origin = origin;
  propagation.inject(context.active(), carried);
  return carried;
}

/** The same tasks, each going on with what its job carries, in a span of its own. */
export function carryingOn(tasks: TaskList): TaskList {
  return Object.fromEntries(
    Object.entries(tasks).map(([name, task]) => [
      name,
      (payload, helpers) => {
        const { origin = helpers.job.key ?? helpers.job.id, ...rest } = payload as Carried & { workspace?: string };
        return context.with(propagation.extract(context.active(), rest), () =>
          current.run(origin, () =>
            inSpan(`job ${name}`, { 'regimen.workspace': rest.workspace ?? '' }, async () => {
              await task?.(payload, helpers);
            }),
          ),
        );
      },
    ]),
  );
}

/** Does work in a span of its own; what goes wrong in it is marked there and thrown. */
export function inSpan<T>(name: string, attributes: Record<string, string>, work: () => Promise<T>): Promise<T> {
  const origin = current.getStore();
  const told = { ...attributes, ...(origin === undefined ? {} : { 'regimen.origin': origin }) };
  return trace.getTracer('regimen').startActiveSpan(name, { attributes: told }, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}
