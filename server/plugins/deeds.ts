/**
 * What operators do to an enrollment, for themselves or on behalf of a role or a service of the program:
 * setting, adding, correcting, deciding, answering, acknowledging; and recording for everybody at once.
 *
 * Every deed goes through the program as an input: what the program does not let the role do is refused
 * with its reason, and nothing is stored. A deed sent twice under one id is done once.
 */
import type { Plugin, Request, ResponseToolkit, ServerRoute } from '@hapi/hapi';
import type { Value } from '../../compiler/ir.ts';
import type { RoleDeed } from '../../runtime/control.ts';
import { reader, requireOperator, visibleEnrollment } from '../access.ts';
import type { ServerParts } from '../parts.ts';
import { bodyReader, eventIdSchema, readInstant } from '../read-body.ts';

/** Names of fields, lists and roles, and ids of items, entries, questions: nothing of ours is longer. */
const name = { type: 'string', minLength: 1, maxLength: 300 } as const;
/** As it is written in a form, or as JSON has it; what type it must be is the program's to say. */
const value = { type: ['string', 'number', 'boolean', 'null'], maxLength: 4_000 } as const;
const fields = { type: 'object', maxProperties: 50, additionalProperties: value } as const;

type Body = { id: string; role?: string };
type Fields = Record<string, Value>;

/** A route's body, and what it means. */
function deed<T>(
  properties: Record<string, object>,
  optional: string[],
  mean: (body: T) => RoleDeed,
): (payload: unknown) => Body & { deed: RoleDeed } {
  const read = bodyReader<Body & T>({
    type: 'object',
    required: ['id', ...Object.keys(properties).filter((one) => !optional.includes(one))],
    additionalProperties: false,
    properties: { id: eventIdSchema, role: name, ...properties },
  });
  return (payload) => {
    const body = read(payload);
    return { id: body.id, ...(body.role === undefined ? {} : { role: body.role }), deed: mean(body) };
  };
}

const deeds: Record<string, (payload: unknown) => Body & { deed: RoleDeed }> = {
  data: deed<{ field: string; value: Value; item?: { list: string; item: string } }>(
    {
      field: name,
      value,
      item: {
        type: 'object',
        required: ['list', 'item'],
        additionalProperties: false,
        properties: { list: name, item: name },
      },
    },
    ['item'],
    ({ field, value, item }) => ({ kind: 'set', field, value, ...(item === undefined ? {} : { item }) }),
  ),
  items: deed<{ list: string; fields: Fields }>({ list: name, fields }, [], ({ list, fields }) => ({
    kind: 'add',
    list,
    fields,
  })),
  corrections: deed<{ series: string; entry: string; fields?: Fields }>(
    { series: name, entry: name, fields },
    ['fields'],
    ({ series, entry, fields }) => ({ kind: 'correct', series, entry, ...(fields === undefined ? {} : { fields }) }),
  ),
  decisions: deed<{ proposal: string; approve: boolean; value?: Value }>(
    { proposal: name, approve: { type: 'boolean' }, value },
    ['value'],
    ({ proposal, approve, value }) => ({
      kind: 'decide',
      proposal,
      approve,
      ...(value === undefined || value === null ? {} : { value }),
    }),
  ),
  answers: deed<{ question: string; value: string }>(
    { question: name, value: { type: 'string', minLength: 1, maxLength: 4_000, pattern: '\\S' } },
    [],
    ({ question, value }) => ({ kind: 'answer', question, value }),
  ),
  acknowledgements: deed<{ climb: string }>({ climb: name }, [], ({ climb }) => ({ kind: 'acknowledge', climb })),
};

/** An entry of a shared series, for everybody in the cohort. */
const readEntry = bodyReader<{ id: string; cohort?: Value; series: string; fields: Fields; occurred_at?: string }>({
  type: 'object',
  required: ['id', 'series', 'fields'],
  additionalProperties: false,
  properties: {
    id: eventIdSchema,
    cohort: value,
    series: name,
    fields,
    occurred_at: { type: 'string', maxLength: 80 },
  },
});

/** A shared entry that was wrong, or (without fields) never happened. */
const readCorrection = bodyReader<{ id: string; entry: string; fields?: Fields }>({
  type: 'object',
  required: ['id', 'entry'],
  additionalProperties: false,
  properties: { id: eventIdSchema, entry: name, fields },
});

export const deedsDoor: Plugin<ServerParts> = {
  name: 'deeds',
  dependencies: ['auth'],
  register(server, { config, control }) {
    const route = ([path, read]: [string, (typeof deeds)[string]]): ServerRoute => ({
      method: 'POST',
      path: `/api/enrollments/{id}/${path}`,
      async handler(request: Request, h: ResponseToolkit) {
        const { person } = reader(request);
        const { id } = await visibleEnrollment({ control, config, person, id: String(request.params.id) });
        requireOperator(config, person);
        const { id: given, role, deed } = read(request.payload);
        const { fresh } = await control.act({
          enrollment: id,
          id: `web:${person.id}:${given}`,
          role: role ?? 'operator',
          actor: `person:${person.id}`,
          deed,
        });
        return h.response({ fresh }).code(fresh ? 201 : 200);
      },
    });
    server.route(Object.entries(deeds).map(route));
    server.route({
      method: 'POST',
      path: '/api/programs/{name}/entries',
      async handler(request: Request, h: ResponseToolkit) {
        const { person } = reader(request);
        requireOperator(config, person);
        const { id, cohort, series, fields, occurred_at } = readEntry(request.payload);
        const done = await control.recordShared({
          program: String(request.params.name),
          id: `web:${person.id}:${id}`,
          ...(cohort === undefined ? {} : { cohort }),
          series,
          fields,
          ...(occurred_at === undefined ? {} : { occurredAt: readInstant(occurred_at) }),
        });
        return h.response(done).code(done.recorded > 0 ? 201 : 200);
      },
    });
    server.route({
      method: 'POST',
      path: '/api/programs/{name}/corrections',
      async handler(request: Request, h: ResponseToolkit) {
        const { person } = reader(request);
        requireOperator(config, person);
        const { id, entry, fields } = readCorrection(request.payload);
        const done = await control.correctShared({
          program: String(request.params.name),
          id: `web:${person.id}:${id}`,
          entry,
          ...(fields === undefined ? {} : { fields }),
        });
        return h.response(done).code(done.corrected > 0 ? 201 : 200);
      },
    });
  },
};
