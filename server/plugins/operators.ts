/**
 * What waits for an operator: decisions, questions, escalations, requests, failures, and what is to be
 * passed on to others. Operators only.
 */
import type { Plugin } from '@hapi/hapi';
import type { OperatorItem } from '../../runtime/control.ts';
import { reader, requireOperator } from '../access.ts';
import { page } from '../page.ts';
import type { ServerParts } from '../parts.ts';
import { bodyReader } from '../read-body.ts';

/** Longest answer to a question, in characters. */
const answerLengthMax = 4_000;

/** `value`: this instead of what was proposed. */
const readApproval = bodyReader<{ value?: string | number | boolean | null }>({
  type: 'object',
  additionalProperties: false,
  properties: { value: { type: ['string', 'number', 'boolean', 'null'], maxLength: answerLengthMax } },
});

const readAnswer = bodyReader<{ value: string }>({
  type: 'object',
  required: ['value'],
  additionalProperties: false,
  properties: { value: { type: 'string', minLength: 1, maxLength: answerLengthMax, pattern: '\\S' } },
});

export type OperatorsPageData = {
  person: { email: string };
  development: boolean;
  items: OperatorItem[];
  now: number;
  clockMoves: boolean;
};

export const operators: Plugin<ServerParts> = {
  name: 'operators',
  dependencies: ['auth', 'assets'],
  register(server, { config, control, clock }) {
    const development = config.environment === 'development';

    server.route([
      {
        method: 'GET',
        path: '/operators',
        async handler(request, h) {
          const { person } = reader(request);
          requireOperator(config, person);
          const data: OperatorsPageData = {
            person: { email: person.email },
            development,
            items: await control.openItems(),
            now: await clock.now(),
            clockMoves: development && clock.move !== undefined,
          };
          return h
            .response(await page(server.app.assets, { title: 'Waiting for you', script: 'operators', data }))
            .type('text/html');
        },
      },
      {
        method: 'GET',
        path: '/api/operators/items',
        async handler(request) {
          requireOperator(config, reader(request).person);
          return { items: await control.openItems() };
        },
      },
      {
        method: 'POST',
        path: '/api/operators/items/{id}/close',
        async handler(request, h) {
          const { person } = reader(request);
          requireOperator(config, person);
          await control.closeItem(String(request.params.id), person.email);
          return h.response().code(204);
        },
      },
      {
        method: 'POST',
        path: '/api/operators/items/{id}/approve',
        async handler(request, h) {
          const { person } = reader(request);
          requireOperator(config, person);
          const { value } = readApproval(request.payload ?? {});
          const other = value === undefined || value === null ? {} : { value };
          await control.decideItem(String(request.params.id), { approve: true, ...other }, person.email);
          return h.response().code(204);
        },
      },
      {
        method: 'POST',
        path: '/api/operators/items/{id}/refuse',
        async handler(request, h) {
          const { person } = reader(request);
          requireOperator(config, person);
          await control.decideItem(String(request.params.id), { approve: false }, person.email);
          return h.response().code(204);
        },
      },
      {
        method: 'POST',
        path: '/api/operators/items/{id}/answer',
        async handler(request, h) {
          const { person } = reader(request);
          requireOperator(config, person);
          const { value } = readAnswer(request.payload);
          await control.answerItem(String(request.params.id), value, person.email);
          return h.response().code(204);
        },
      },
    ]);
  },
};
