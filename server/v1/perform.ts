/**
 * One request of a service, by whichever door: its scope, what it brings, its repeat, and the answer.
 *
 * REST and MCP are two spellings of it. A change that comes with an idempotency key is done once, and its
 * answer kept; without one it is done each time it comes, though an event is known by its own id.
 */
import { createHash, randomUUID } from 'node:crypto';
import { Refusal } from '../../runtime/control.ts';
import type { Opened } from '../../runtime/store/service-desk.ts';
import { problem } from '../problem.ts';
import type { Answer, Operation } from './operation.ts';
import { reader } from './validate.ts';

export type Asked = {
  params: unknown;
  query: unknown;
  body: unknown;
  idempotencyKey?: string;
  /** The last timeline row that was seen. */
  expect?: number;
};

export type Performed = { status: number; body: unknown; headers: Record<string, string> };

/** The longest idempotency key, and what is in it. */
const keyPattern = /^[\x21-\x7e]{1,200}$/;

/** Operations that have been asked for: what they take is compiled once, when it is. */
const performers = new Map<string, Performer>();

/** Does an operation for whom a key was opened. */
export function perform(operation: Operation, opened: Opened, asked: Asked): Promise<Performed> {
  const known = performers.get(operation.id) ?? performer(operation);
  performers.set(operation.id, known);
  return known(opened, asked);
}

type Performer = (opened: Opened, asked: Asked) => Promise<Performed>;

function performer(operation: Operation): Performer {
  const { params = {}, query = {}, body } = operation;
  const readParams = reader(params, Object.keys(params));
  const readQuery = reader(query, [], { lenient: true });
  const readBody = body && reader(body.properties, body.required);
  const changes = operation.method !== 'GET';

  const run = async (opened: Opened, asked: Asked, id: string): Promise<Performed> => {
    const given = {
      ...readQuery(asked.query ?? {}),
      ...(readBody ? readBody(asked.body ?? {}) : {}),
      ...readParams(asked.params),
    };
    const context = {
      control: opened.control,
      workspace: opened.workspace,
      by: byOf(opened),
      id,
      ...(asked.expect === undefined ? {} : { expect: asked.expect }),
    };
    return performed(operation, await operation.run(context, given as never));
  };

  return async (opened, asked) => {
    requireScope(operation, opened);
    const key = changes ? asked.idempotencyKey : undefined;
    if (key === undefined) return run(opened, asked, `${byOf(opened)}:${randomUUID()}`);
    if (!keyPattern.test(key))
      throw new Refusal('malformed', 'An idempotency key has 1 to 200 visible ASCII characters, such as a UUID.');
    const hash = hashOf(operation, asked);
    // Of the request as well: when the kept answer is gone, the same key may come with another one.
    return once(opened, key, hash, () => run(opened, asked, `${byOf(opened)}:${hashText(`${key} ${hash}`)}`));
  };
}

const byOf = ({ key }: Opened): string => `service:${key.id}`;

function requireScope({ scope }: Operation, { key }: Opened): void {
  if (key.scopes.includes(scope)) return;
  throw problem(
    403,
    'missing-scope',
    `This key may not do that: it needs the scope “${scope}” and has ${key.scopes.join(', ')}.`,
  );
}

async function once(opened: Opened, key: string, hash: string, run: () => Promise<Performed>): Promise<Performed> {
  const begun = await opened.answers.begin(key, hash);
  if (begun.state === 'done') {
    const { status, answer, headers } = begun.kept;
    return { status, body: answer, headers: { ...headers, 'idempotency-replayed': 'true' } };
  }
  if (begun.state === 'in-hand') {
    const waiting = problem(409, 'in-hand', 'The first request with this Idempotency-Key is still in hand. Ask again.');
    waiting.output.headers['retry-after'] = String(Math.ceil(begun.retryAfterMs / 1000));
    throw waiting;
  }
  try {
    const answer = await run();
    await opened.answers.keep(key, hash, { status: answer.status, answer: answer.body, headers: answer.headers });
    return answer;
  } catch (error) {
    // It changed nothing, or can be done again: a repeat is a new try.
    await opened.answers.release(key, hash);
    throw error;
  }
}

function performed({ status }: Operation, { body, fresh, seq, location }: Answer): Performed {
  return {
    status: fresh === true ? (status.fresh ?? status.usual) : status.usual,
    body,
    headers: {
      ...(seq === undefined ? {} : { etag: `"${seq}"` }),
      ...(location === undefined || fresh === false ? {} : { location }),
    },
  };
}

/** Of everything that makes a request what it is. */
const hashOf = ({ id }: Operation, { params, query, body, expect }: Asked): string =>
  hashText(JSON.stringify([id, params, query, body ?? null, expect ?? null]));

const hashText = (text: string): string => createHash('sha256').update(text).digest('hex');
