/**
 * The configuration: every sentence as a case, all problems at once, and secrets never in a sentence.
 */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigProblem, loadConfig, readConfig } from '../../server/config.ts';

const good = 'b7e0c52f9d134a86e1f7302c94d8ab65';
const production = {
  REGIMEN_ENV: 'production',
  REGIMEN_URL: 'https://regimen.example.org',
  REGIMEN_OPERATORS: 'ana@example.org',
  REGIMEN_SECRET: good,
};

/** What is set over a configuration that is right → the only problem. */
const cases: [name: string, environment: Record<string, string>, problem: RegExp][] = [
  [
    'a word as port',
    { REGIMEN_PORT: 'http' },
    /^Set REGIMEN_PORT to a whole number from 0 to 65535.* It is “http” now\.$/,
  ],
  ['a port too high', { REGIMEN_PORT: '70000' }, /^Set REGIMEN_PORT .*“70000”/],
  ['a negative port', { REGIMEN_PORT: '-1' }, /^Set REGIMEN_PORT .*“-1”/],
  [
    'an unknown environment',
    { REGIMEN_ENV: 'staging' },
    /^Set REGIMEN_ENV to development or production\. It is “staging” now\.$/,
  ],
  [
    'an address without a scheme',
    { REGIMEN_URL: 'regimen.example.org' },
    /^Set REGIMEN_URL to the address people open/,
  ],
  [
    'a database of another kind',
    { DATABASE_URL: 'mysql://name:hunter22@host/db' },
    /^Set DATABASE_URL to a Postgres address/,
  ],
  [
    'an operator who is no email',
    { REGIMEN_OPERATORS: 'ana' },
    /^Set REGIMEN_OPERATORS to emails separated by commas.*“ana”/,
  ],
  [
    'a short secret in development',
    { REGIMEN_SECRET: 'hunter22' },
    /^Set REGIMEN_SECRET to at least 32 random characters/,
  ],
  [
    'a short secret in production',
    { ...production, REGIMEN_SECRET: 'hunter22' },
    /^Set REGIMEN_SECRET to at least 32 random characters/,
  ],
  ['no secret in production', { ...production, REGIMEN_SECRET: '' }, /^Set REGIMEN_SECRET .* must not be empty\.$/],
  [
    'a secret of one letter',
    { ...production, REGIMEN_SECRET: 'h'.repeat(40) },
    /^Set REGIMEN_SECRET .* easy to guess\.$/,
  ],
  [
    'a well-known secret',
    { ...production, REGIMEN_SECRET: 'hunter22-changeme-hunter22-abcxyz-0' },
    /^Set REGIMEN_SECRET .* easy to guess\.$/,
  ],
  [
    'no address in production',
    { ...production, REGIMEN_URL: '' },
    /^Set REGIMEN_URL .* Outside development it has no default\.$/,
  ],
  [
    'no operator in production',
    { ...production, REGIMEN_OPERATORS: ' ' },
    /^Set REGIMEN_OPERATORS .* nobody could publish/,
  ],
  ['half of Slack', { SLACK_BOT_TOKEN: 'xoxb-hunter22' }, /^Set SLACK_SIGNING_SECRET .* Slack needs both\.$/],
  [
    'the other half of Slack',
    { SLACK_SIGNING_SECRET: 'hunter22hunter22' },
    /^Set SLACK_BOT_TOKEN .* Slack needs both\.$/,
  ],
  [
    'a token of another kind',
    { SLACK_BOT_TOKEN: 'hunter22', SLACK_SIGNING_SECRET: good },
    /^Set SLACK_BOT_TOKEN to the bot token/,
  ],
  [
    'a key with a space',
    { ANTHROPIC_API_KEY: 'hunter22 hunter22' },
    /^Set ANTHROPIC_API_KEY to the key as Anthropic shows it/,
  ],
  [
    'neither yes nor no',
    { REGIMEN_PRINT_CODES: 'true' },
    /^Set REGIMEN_PRINT_CODES to yes .* or no\. It is “true” now\.$/,
  ],
  [
    'an address without a role',
    { REGIMEN_APP_DATABASE_URL: 'postgres://host/db?password=hunter22' },
    /^Set REGIMEN_APP_DATABASE_URL to a Postgres address with the name of a role/,
  ],
  [
    'a database of two hosts',
    { DATABASE_URL: 'postgres://name:hunter22@one:5432,two:5432/db?target_session_attrs=read-write' },
    /^Set DATABASE_URL to an address with one host that always leads to the primary/,
  ],
  [
    'a role at two hosts without ports',
    { REGIMEN_APP_DATABASE_URL: 'postgres://name:hunter22@one,two/db' },
    /^Set REGIMEN_APP_DATABASE_URL to an address with one host/,
  ],
  [
    'two hosts as a parameter',
    { DATABASE_URL: 'postgres:///db?user=name&password=hunter22&host=one,two' },
    /^Set DATABASE_URL to an address with one host/,
  ],
  [
    'a password that breaks the address',
    { DATABASE_URL: 'postgres://name:hunter22#@host/db' },
    /^Set DATABASE_URL to a Postgres address .* cannot be read; in a password/,
  ],
  ['a workspace with capitals', { REGIMEN_WORKSPACE: 'Clinic' }, /^Set REGIMEN_WORKSPACE to a name .*“Clinic”/],
  ['a port for figures that is none', { REGIMEN_METRICS_PORT: '70000' }, /^Set REGIMEN_METRICS_PORT .*“70000”/],
  ['logs of another kind', { REGIMEN_LOGS: 'xml' }, /^Set REGIMEN_LOGS to text or json\. It is “xml” now\.$/],
  ['a program with capitals', { SLACK_PROGRAM: 'Couch' }, /^Set SLACK_PROGRAM to the name of a program/],
];

const sentences = suite('configuration sentences');
for (const [name, environment, problem] of cases) {
  sentences(name, () => {
    const { config, problems } = readConfig(environment, '/srv');
    assert.is(config, null);
    assert.is(problems.length, 1, problems.join('\n'));
    assert.match(problems[0] ?? '', problem);
    assert.not.match(problems.join(), /hunter22/, 'A secret stands in the sentence.');
  });
}
sentences.run();

const reading = suite('configuration');

reading('a comma in the password of a database is no second host', () => {
  const url = 'postgres://name:hun,ter22@host/db';
  assert.is(readConfig({ DATABASE_URL: url }, '/srv').config?.databaseUrl, url);
});

reading('nothing set is development with its defaults', () => {
  const { config } = readConfig({}, '/srv/app');
  assert.equal(config, {
    environment: 'development',
    host: '127.0.0.1',
    port: 4100,
    url: null,
    data: '/srv/app/.regimen',
    databaseUrl: null,
    appDatabaseUrl: null,
    workspace: 'default',
    metrics: null,
    logs: 'text',
    secret: '',
    printCodes: false,
    operators: [],
    anthropic: {
      apiKey: null,
      baseUrl: 'https://api.anthropic.com',
      model: 'claude-sonnet-5-5',
      smallModel: 'claude-haiku-5-5',
    },
    slack: null,
  });
});

reading('an empty value counts as absent', () => {
  const empty = { REGIMEN_PORT: '', DATABASE_URL: ' ', ANTHROPIC_API_KEY: '', SLACK_BOT_TOKEN: '', REGIMEN_SECRET: '' };
  assert.equal(readConfig(empty, '/srv'), readConfig({}, '/srv'));
});

reading('all problems come at once', () => {
  const { problems } = readConfig(
    { REGIMEN_PORT: 'x', REGIMEN_ENV: 'production', REGIMEN_SECRET: 'short', REGIMEN_PRINT_CODES: 'maybe' },
    '/srv',
  );
  const named = problems.map((problem) => problem.split(' ')[1]).sort();
  assert.equal(named, ['REGIMEN_OPERATORS', 'REGIMEN_PORT', 'REGIMEN_PRINT_CODES', 'REGIMEN_SECRET', 'REGIMEN_URL']);
});

reading('values are read as they are meant', () => {
  const { config } = readConfig(
    {
      ...production,
      REGIMEN_PORT: '0',
      REGIMEN_URL: 'https://regimen.example.org/',
      REGIMEN_OPERATORS: ' Ana@Example.org , ben@example.org,',
      REGIMEN_DATA: '/var/lib/regimen',
    },
    '/srv',
  );
  assert.is(config?.port, 0);
  assert.is(config?.url, 'https://regimen.example.org');
  assert.equal(config?.operators, ['ana@example.org', 'ben@example.org']);
  assert.is(config?.data, '/var/lib/regimen');
});

reading('the development secret is made once, kept, and readable by its owner alone', async () => {
  await withFolder(async (folder) => {
    const [first, second] = await Promise.all([loadConfig({}, folder), loadConfig({}, folder)]);
    const third = await loadConfig({}, folder);
    assert.ok(first.secret.length >= 32);
    assert.is(first.secret, second.secret);
    assert.is(first.secret, third.secret);
    const file = join(folder, '.regimen', 'cookie-secret');
    assert.is((await stat(file)).mode & 0o777, 0o600);
    assert.is((await readFile(file, 'utf8')).trim(), first.secret);
  });
});

reading('a data folder that cannot be written is one sentence', async () => {
  await withFolder(async (folder) => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    try {
      await loadConfig({ REGIMEN_DATA: join(file, 'below') }, folder);
      assert.unreachable('It was taken.');
    } catch (error) {
      assert.instance(error, ConfigProblem);
      assert.match((error as Error).message, /^Set REGIMEN_DATA to a folder that can be written\. .*\(ENOTDIR\)\.$/);
    }
  });
});

reading.run();

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'regimen-config-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
