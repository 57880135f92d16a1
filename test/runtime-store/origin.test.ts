/**
 * One id, and one trace where somebody has set one up, from a message through its answer to the delivery.
 * The tracer, propagator and context here are as small as OpenTelemetry allows: no SDK is needed.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, context, propagation, ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { drain } from '../../runtime/store/advance.ts';
import type { Noted } from '../../runtime/store/notes.ts';
import { inSpan, originNow, withOrigin } from '../../runtime/store/origin.ts';
import { withDatabase } from '../support/database.ts';
import { begin, monday, withWorker } from './story.ts';

type Seen = { name: string; traceId: string; ended: boolean; failed: boolean };

/** Registers a tracer that keeps what it sees. */
function listenToTraces(): Seen[] {
  const seen: Seen[] = [];
  const store = new AsyncLocalStorage<Context>();
  context.setGlobalContextManager({
    active: () => store.getStore() ?? ROOT_CONTEXT,
    with: (there, work, self, ...args) => store.run(there, () => work.call(self as never, ...args)),
    bind: (_there, target) => target,
    enable() {
      return this;
    },
    disable() {
      return this;
    },
  });
  propagation.setGlobalPropagator({
    fields: () => ['traceparent'],
    inject: (there, carrier) => {
      const id = trace.getSpanContext(there)?.traceId;
      if (id !== undefined) Object.assign(carrier as object, { traceparent: id });
    },
    extract: (there, carrier) => {
      const { traceparent } = carrier as { traceparent?: string };
      if (traceparent === undefined) return there;
      return trace.setSpanContext(there, { traceId: traceparent, spanId: 'remote', traceFlags: 1 });
    },
  });
  const startActiveSpan = (name: string, _options: unknown, work: (span: Span) => unknown) => {
    const parent = trace.getSpanContext(context.active())?.traceId;
    const one: Seen = { name, traceId: parent ?? `trace-${seen.length}`, ended: false, failed: false };
    seen.push(one);
    const span = {
      spanContext: () => ({ traceId: one.traceId, spanId: 'own', traceFlags: 1 }),
      setStatus: () => {
        one.failed = true;
      },
      end: () => {
        one.ended = true;
      },
    } as unknown as Span;
    return context.with(trace.setSpan(context.active(), span), () => work(span));
  };
  trace.setGlobalTracerProvider({ getTracer: () => ({ startActiveSpan }) } as never);
  return seen;
}

test('a message, its run and its delivery have one origin and one trace', () =>
  withDatabase(async (database) => {
    const seen = listenToTraces();
    const notes: Noted[] = [];
    const store = await database.open({ startAt: monday, note: (told) => notes.push(told) });
    const { control, person } = await begin(store);
    await withWorker(store, {}, async () => {
      await drain(store);
      seen.length = 0;
      notes.length = 0;
      await inSpan('request', {}, () =>
        control.receive({ person, program: 'walking', channel: 'web', id: 'm1', text: 'Hello there' }),
      );
      await drain(store);
    });
    const kinds = notes.filter((told) => told.origin === 'm1').map(({ kind }) => kind);
    for (const kind of ['input', 'run', 'delivery']) assert.ok(kinds.includes(kind as never), `${kind} in ${kinds}`);
    const request = seen.find(({ name }) => name === 'request');
    const names = seen.filter(({ traceId }) => traceId === request?.traceId).map(({ name }) => name);
    for (const name of ['step', 'answer', 'job deliver']) assert.ok(names.includes(name), `${name} in ${names}`);
    assert.ok(seen.every(({ ended }) => ended));
    assert.not.match(JSON.stringify(notes), /Hello there/);
  }));

test('what is part of other work keeps its origin, and what fails is marked', async () => {
  const seen = listenToTraces();
  assert.is(
    withOrigin('first', () => withOrigin('second', originNow)),
    'first',
  );
  assert.is(originNow(), undefined);
  const answer = await inSpan('breaks', {}, () => Promise.reject(new Error('no'))).catch(
    (error: Error) => error.message,
  );
  assert.is(answer, 'no');
  assert.ok(seen.every(({ failed, ended }) => failed && ended));
});

test.after(() => {
  trace.disable();
  context.disable();
  propagation.disable();
});

test.run();
