/**
 * A pooler between Regimen and Postgres: one that refuses the setting a workspace is named by, and one that drops it.
 *
 * What stands between is a stand-in that speaks the beginning of Postgres's protocol as PgBouncer does; the database
 * behind it is a real one. See https://www.postgresql.org/docs/current/protocol-message-formats.html.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { appUrl } from '../../runtime/store/app-role.ts';
import { openStores } from '../../runtime/store/stores.ts';
import { withDatabase } from '../support/database.ts';

const setting = 'regimen.workspace';

/** Calls `answer` with each client and its startup message, which begins with its length and the protocol's version. */
async function between<T>(answer: (client: Socket, startup: Buffer) => void, work: (port: number) => Promise<T>) {
  const clients = new Set<Socket>();
  const server: Server = createServer((client) => {
    clients.add(client);
    client.on('error', () => {});
    client.once('data', (startup) => answer(client, startup as Buffer));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    return await work((server.address() as AddressInfo).port);
  } finally {
    for (const client of clients) client.destroy();
    await new Promise((closed) => server.close(closed));
  }
}

/** An ErrorResponse: severity, code and sentence. */
function refusal(sentence: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C08P01\0M${sentence}\0\0`);
  const head = Buffer.from('E\0\0\0\0');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

/** The startup message without one of its settings. */
function without(name: string, startup: Buffer): Buffer {
  const words = startup.subarray(8).toString().split('\0');
  const at = words.indexOf(name);
  const left = Buffer.from((at < 0 ? words : words.toSpliced(at, 2)).join('\0'));
  const head = Buffer.from(startup.subarray(0, 8));
  head.writeInt32BE(left.length + 8, 0);
  return Buffer.concat([head, left]);
}

const on = (url: string, port: number): string => {
  const moved = new URL(url);
  moved.port = String(port);
  return moved.href;
};

/** What stops the stores from opening through what listens at `port`. */
async function problemThrough(url: string, port: number): Promise<string> {
  try {
    const stores = await openStores({ databaseUrl: url, appUrl: on(appUrl(url), port), clock: 'virtual' });
    await stores.close();
    return 'opened';
  } catch (error) {
    return (error as Error).message;
  }
}

test('a pooler that refuses the setting is named, with what it said', () =>
  withDatabase(({ url }) =>
    between(
      (client) => client.end(refusal(`unsupported startup parameter: ${setting}`)),
      async (port) => {
        const problem = await problemThrough(url, port);
        assert.match(problem, 'such as PgBouncer');
        assert.match(problem, 'Connect to Postgres directly.');
        assert.match(problem, `It said: unsupported startup parameter: ${setting}.`);
      },
    ),
  ));

const relays: { name: string; change: (startup: Buffer) => Buffer; problem: RegExp }[] = [
  {
    name: 'drops the setting',
    change: (startup) => without(setting, startup),
    problem: /such as PgBouncer.*directly\.$/,
  },
  { name: 'changes nothing', change: (startup) => startup, problem: /^opened$/ },
];

for (const { name, change, problem } of relays) {
  test(`something between that ${name}`, () =>
    withDatabase(({ url }) =>
      between(
        (client, startup) => {
          const server = connect(Number(new URL(url).port), '127.0.0.1', () => {
            server.write(change(startup));
            client.pipe(server).pipe(client);
          });
          server.on('error', () => client.destroy());
          client.on('close', () => server.destroy());
        },
        async (port) => assert.match(await problemThrough(url, port), problem),
      ),
    ));
}

test.run();
