/**
 * A service that asks at `/v1` with a key of its own. Every answer is held against what the operation publishes.
 */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import * as assert from 'uvu/assert';
import { createKey } from '../../runtime/store/service-keys.ts';
import type { Operation } from '../../server/v1/operation.ts';
import { operations } from '../../server/v1/operations.ts';
import { problemSchema } from '../../server/v1/problem-details.ts';
import type { TestServer } from './server.ts';

export type Given = {
  params?: Record<string, string>;
  query?: Record<string, string | number | boolean>;
  body?: unknown;
  headers?: Record<string, string>;
};

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape; the schema has checked them.
export type ServiceAnswer = { status: number; body: any; headers: Headers };

export type Service = {
  token: string;
  id: string;
  /** Asks for an operation by its id. */
  ask(operation: string, given?: Given): Promise<ServiceAnswer>;
  /** Asks for anything. */
  fetch(path: string, init?: RequestInit): Promise<ServiceAnswer>;
};

/** The operations that were asked for in this process. */
export const asked = new Set<string>();

const ajv = new Ajv2020({
  allowUnionTypes: true,
  formats: { 'date-time': (text: string) => !Number.isNaN(Date.parse(text)) },
});
const checks = new Map<string, ValidateFunction>(operations.map(({ id, answer }) => [id, ajv.compile(answer)]));
const isProblem = ajv.compile(problemSchema);

export const allScopes = ['read', 'enroll', 'record', 'operate', 'publish'];

/** A service with a key of this server's workspace, or of another one. */
export async function newService(
  server: Pick<TestServer, 'url' | 'engine'>,
  scopes: string[] = allScopes,
  workspace?: string,
): Promise<Service> {
  const store = workspace === undefined ? server.engine.store : server.engine.store.of(workspace);
  const { key, token } = await createKey(store, { name: 'test', scopes, by: 'test' });
  const fetchIt: Service['fetch'] = async (path, init = {}) => {
    const response = await fetch(server.url + path, {
      ...init,
      headers: {
        authorization: `Bearer ${token}`,
        connection: 'close',
        ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(init.headers as Record<string, string>),
      },
    });
    const text = await response.text();
    const json = (response.headers.get('content-type') ?? '').includes('json') && text !== '';
    return { status: response.status, body: json ? JSON.parse(text) : text, headers: response.headers };
  };
  return {
    token,
    id: key.id,
    fetch: fetchIt,
    async ask(id, { params = {}, query = {}, body, headers = {} } = {}) {
      const operation = operations.find((one) => one.id === id) as Operation;
      const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
      const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
      const answer = await fetchIt(`${path}${search.size === 0 ? '' : `?${search}`}`, {
        method: operation.method,
        headers,
        ...(operation.method === 'GET' ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body ?? {}) }),
      });
      check(operation, answer);
      return answer;
    },
  };
}

function check({ id, status }: Operation, answer: ServiceAnswer): void {
  if (answer.status === 304) return;
  const validate = answer.status < 400 ? checks.get(id) : isProblem;
  if (answer.status < 400) {
    assert.ok([status.usual, status.fresh].includes(answer.status), `${id} answered ${answer.status}`);
    asked.add(id);
  } else {
    assert.match(answer.headers.get('content-type') ?? '', 'application/problem+json');
    assert.is(answer.body.status, answer.status);
  }
  const fits = validate?.(answer.body);
  assert.ok(
    fits,
    `${id} answered ${answer.status}: ${ajv.errorsText(validate?.errors)}\n${JSON.stringify(answer.body, null, 1).slice(0, 1500)}`,
  );
}
