/** `docs/api.md` is true: its examples are run in order, its answers come, its tables are the ones of the sources. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { refusalStatus } from '../../server/refusals.ts';
import { operations } from '../../server/v1/operations.ts';
import { withServer } from '../support/server.ts';
import { newService } from '../support/service.ts';

const docs = suite('docs/api.md');

const page = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
const run = promisify(execFile);

type Example = { command: string; answer: unknown };

const examples = [...page.matchAll(/```sh\n([\s\S]*?)```\n+```json\n([\s\S]*?)```/g)].map(
  ([, command = '', answer = '']): Example => ({ command, answer: JSON.parse(answer) }),
);

/** Whether everything that is shown is so; `…` stands for anything that follows. */
function shows(shown: unknown, actual: unknown, place: string): void {
  if (typeof shown === 'string' && shown.endsWith('…')) {
    assert.ok(String(actual).startsWith(shown.slice(0, -1)), `${place}: ${String(actual)}`);
  } else if (typeof shown === 'object' && shown !== null) {
    if (Array.isArray(shown)) assert.ok((actual as unknown[]).length >= shown.length, place);
    for (const [name, value] of Object.entries(shown))
      shows(value, (actual as Record<string, unknown> | undefined)?.[name], `${place}.${name}`);
  } else {
    assert.equal(actual, shown, place);
  }
}

docs('every example is answered as the page shows', () =>
  withServer({}, async (server) => {
    assert.is(examples.length, [...page.matchAll(/```sh\n/g)].length, 'each has an answer');
    const { token } = await newService(server);
    const env: Record<string, string> = { PATH: process.env.PATH ?? '', REGIMEN: server.url, KEY: token };
    for (const { command, answer } of examples) {
      const { stdout } = await run('bash', ['-c', command.replaceAll('curl ', 'curl -sS ')], { env });
      const body = JSON.parse(stdout);
      shows(answer, body, `${command}\n${stdout.slice(0, 2000)}\n`);
      if (/v1\/enrollments" /.test(command)) env.ENROLLMENT = body.id;
      if (/v1\/bulk-moves" /.test(command)) env.BULK = body.id;
    }
  }),
);

docs('the table of operations is the table of operations', () => {
  const told = (page.split('<!-- operations -->')[1] ?? '').split('\n').filter((line) => line.startsWith('| `'));
  const are = operations.map(
    ({ id, method, path, scope, summary }) => `| \`${id}\` | \`${method} ${path}\` | ${scope} | ${summary} |`,
  );
  assert.equal(told, are, 'node docs/api.ts writes it');
});

docs('every code of a refusal stands beside its status', () => {
  const rows = [...page.matchAll(/^\| (\d{3})(?:, \d{3})? \| (.*) \|$/gm)];
  for (const [code, status] of Object.entries(refusalStatus)) {
    const [, , codes = ''] = rows.find(([, told]) => told === String(status)) ?? [];
    assert.ok(codes.includes(`\`${code}\``), `${code} is ${status}`);
  }
});

docs.run();
