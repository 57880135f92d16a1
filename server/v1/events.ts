/**
 * Events from outside: one, or up to 500 at a time with what becomes of each.
 */
import type { Value } from '../../compiler/ir.ts';
import { Refusal } from '../../runtime/control.ts';
import { eventsMax } from '../../runtime/store/record-events.ts';
import { operation } from './operation.ts';
import { enrollmentId, exactly, fields, list, moment, name, oneOf, programName, value } from './schemas.ts';
import { readMoment } from './validate.ts';

/** A batch of events in a roomy spelling. */
const batchBytesMax = 1024 * 1024;

const eventId = {
  type: 'string',
  pattern: '^[A-Za-z0-9_.:-]{1,100}$',
  description: 'The event’s own id, from whoever saw it happen: sent again, it is known as a repeat.',
} as const;

const eventProperties = {
  id: eventId,
  series: name('The series of the program that it belongs to.'),
  fields: fields('What the series asks for; of a plain series, `value`.'),
  occurred_at: moment('When it happened; now where absent. It may lie in the past.'),
};

type Event = { id: string; series: string; fields: Record<string, Value>; occurred_at?: string };

const when = ({ occurred_at }: Event) => (occurred_at === undefined ? {} : { occurredAt: readMoment(occurred_at) });

const recordOne = operation<Event & { enrollment: string }>({
  id: 'record_program_event',
  method: 'POST',
  path: '/v1/enrollments/{enrollment}/events',
  scope: 'record',
  summary: 'Record that something happened: an entry of one of the program’s series.',
  params: { enrollment: enrollmentId },
  body: { properties: eventProperties, required: ['id', 'series', 'fields'] },
  status: { usual: 200, fresh: 201 },
  answer: exactly({
    status: oneOf(['recorded', 'repeated'], 'Repeated: it was recorded before.'),
    id: { type: 'string' },
  }),
  async run({ control, by }, { enrollment, ...event }) {
    const { id, series, fields } = event;
    const [result] = await control.recordEvents({ events: [{ enrollment, id, series, fields, ...when(event) }], by });
    if (result === undefined || result.status === 'refused') throw refusalOf(result);
    return { body: { status: result.status, id }, fresh: result.status === 'recorded' };
  },
});

function refusalOf(result: { code: string; problem: string } | undefined): Error {
  if (result === undefined || result.code === 'internal') return new Error('An event was not taken.');
  return new Refusal(result.code as Refusal['code'], result.problem);
}

const recordMany = operation<{ events: (Event & { enrollment: string })[] }>({
  id: 'record_program_events',
  method: 'POST',
  path: '/v1/events',
  scope: 'record',
  summary: `Record up to ${eventsMax} events; a bad one spoils no other.`,
  about:
    'What becomes of each is told in the order given. Events of one enrollment are taken in that order. A batch that broke off is simply sent again.',
  body: {
    properties: {
      events: {
        ...list(exactly({ enrollment: enrollmentId, ...eventProperties }, ['occurred_at']), eventsMax),
        minItems: 1,
      },
    },
    required: ['events'],
  },
  bytesMax: batchBytesMax,
  status: { usual: 200 },
  answer: exactly({
    results: list(
      exactly(
        {
          status: oneOf(['recorded', 'repeated', 'refused'], 'What became of it.'),
          enrollment: { type: 'string' },
          id: { type: 'string' },
          code: { type: 'string', description: 'Of a refusal.' },
          detail: { type: 'string', description: 'Of a refusal: why, in a sentence.' },
        },
        ['code', 'detail'],
      ),
      eventsMax,
    ),
  }),
  async run({ control, by }, { events }) {
    const given = events.map((event) => {
      const { enrollment, id, series, fields } = event;
      return { enrollment, id, series, fields, ...when(event) };
    });
    const results = await control.recordEvents({ events: given, by });
    return {
      body: {
        results: results.map(({ status, enrollment, id, ...refused }) => ({
          status,
          enrollment,
          id,
          ...('code' in refused ? { code: refused.code, detail: refused.problem } : {}),
        })),
      },
    };
  },
});

const recordForCohort = operation<Event & { program: string; cohort?: Value }>({
  id: 'record_shared_event',
  method: 'POST',
  path: '/v1/programs/{program}/events',
  scope: 'record',
  summary: 'Record an entry of a shared series for everybody in a cohort: who takes part now, and who comes later.',
  params: { program: programName },
  body: {
    properties: {
      ...eventProperties,
      cohort: {
        ...value,
        description: 'Which cohort; left out where the program has none of its own, and only there.',
      },
    },
    required: ['id', 'series', 'fields'],
  },
  status: { usual: 200 },
  answer: exactly({
    recorded: { type: 'integer', description: 'People who have it now.' },
    again: { type: 'integer', description: 'People who had it before.' },
    refused: { type: 'integer', description: 'People whose version does not take it.' },
  }),
  async run({ control, by }, { program, cohort, ...event }) {
    const { id, series, fields } = event;
    const body = await control.recordShared({
      program,
      id: `${by}:${id}`,
      series,
      fields,
      ...(cohort === undefined ? {} : { cohort }),
      ...when(event),
    });
    return { body };
  },
});

export const eventOperations = [recordOne, recordMany, recordForCohort];
