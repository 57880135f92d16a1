/**
 * What waits for an operator: escalations, access requests, failures. Operators only.
 */
import type { Plugin } from '@hapi/hapi';
import type { OperatorItem } from '../../runtime/control.ts';
import { reader, requireOperator } from '../access.ts';
import { page } from '../page.ts';
import type { ServerParts } from '../parts.ts';
import { problem } from '../problem.ts';

/** Longest answer to a question, in characters. */
const answerLengthMax = 1_000;

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
          const id = String(request.params.id);
          const item = (await control.openItems()).find((one) => one.id === id);
          if (item?.kind === 'proposal') await control.decideItem(id, true);
          else await control.approveAccess(id, person.email);
          return h.response().code(204);
        },
      },
      {
        method: 'POST',
        path: '/api/operators/items/{id}/refuse',
        async handler(request, h) {
          requireOperator(config, reader(request).person);
          await control.decideItem(String(request.params.id), false);
          return h.response().code(204);
        },
      },
      {
        method: 'POST',
        path: '/api/operators/items/{id}/answer',
        async handler(request, h) {
          requireOperator(config, reader(request).person);
          await control.answerItem(String(request.params.id), readValue(request.payload));
          return h.response().code(204);
        },
      },
    ]);
  },
};

function readValue(payload: unknown): string {
  const value = typeof payload === 'object' && payload !== null && 'value' in payload ? payload.value : undefined;
  if (typeof value === 'string' && value.trim() !== '' && value.length <= answerLengthMax) return value;
  throw problem(400, 'malformed', `“value” must be the answer, a text of 1 to ${answerLengthMax} characters.`);
}
