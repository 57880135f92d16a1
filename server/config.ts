/**
 * Environment → Config: everything that can be set from outside, checked once, at start.
 *
 * `readConfig` is pure: it takes the variables and answers with a Config or with *all* problems at
 * once, each a sentence that says which variable to set to what. Values of secret variables never
 * appear in a sentence. `loadConfig` adds the one thing that needs a disk: the cookie secret of a
 * development machine, made once and kept in the data folder. Opening the database and the port
 * is left to others.
 */
import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { Ajv, type ErrorObject } from 'ajv';
import { makeDataFolder } from '../runtime/postgres/embedded.ts';

export type Config = {
  environment: 'development' | 'production';
  host: string;
  /** 0: any free port. */
  port: number;
  /** The address people use, without a slash at the end. Null: the address the server listens on. */
  url: string | null;
  /** Absolute path of the folder for the embedded database and the development secret. */
  data: string;
  /** Null: the embedded Postgres. */
  databaseUrl: string | null;
  /** The address of the role that serves people; null: Regimen makes the role, and its address follows. */
  appDatabaseUrl: string | null;
  /** The workspace that is shown where no host name says otherwise, and that commands are about. */
  workspace: string;
  /** Where figures for Prometheus are served; null: nowhere. */
  metrics: { host: string; port: number } | null;
  /** `json`: one JSON object a line. */
  logs: 'text' | 'json';
  /** Seals the session cookie; at least 32 characters. */
  secret: string;
  /** Outside development: whether sign-in codes are written to the server's log. */
  printCodes: boolean;
  /** Lower-case emails of those who may see everybody, publish and approve. */
  operators: string[];
  /** `apiKey` null: the scripted agent talks. */
  anthropic: { apiKey: string | null; baseUrl: string; model: string; smallModel: string };
  slack: { botToken: string; signingSecret: string; apiUrl: string; program: string | null } | null;
};

/** The configuration cannot be used: `problems` has one sentence for each thing to mend. */
export class ConfigProblem extends Error {
  readonly problems: string[];
  constructor(problems: string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigProblem';
    this.problems = problems;
  }
}

type Environment = Record<string, string | undefined>;

export const secretLengthMin = 32;

/** A secret of fewer different characters than this is not random. */
const secretDistinctMin = 10;
const secretsWellKnown =
  /change.?me|password|example|default|secret.?secret|your.?secret|regimen.?secret|0123456789|abcdefgh/i;

const httpUrl = '^https?://[^\\s/?#]+(/[^\\s?#]*)?$';

/** What each variable must look like. Cross-variable rules follow in `crossProblems`. */
const schema = {
  type: 'object',
  properties: {
    REGIMEN_ENV: { enum: ['development', 'production'] },
    REGIMEN_HOST: { type: 'string', pattern: '^[A-Za-z0-9.:_-]+$' },
    REGIMEN_PORT: { type: 'integer', minimum: 0, maximum: 65535 },
    REGIMEN_URL: { type: 'string', pattern: httpUrl },
    REGIMEN_DATA: { type: 'string' },
    DATABASE_URL: { type: 'string', pattern: '^postgres(ql)?://\\S+$' },
    REGIMEN_APP_DATABASE_URL: { type: 'string', pattern: '^postgres(ql)?://[^\\s/@:]+(:[^\\s/@]*)?@\\S+$' },
    REGIMEN_WORKSPACE: { type: 'string', pattern: '^[a-z][a-z0-9_-]{0,39}$' },
    REGIMEN_METRICS_PORT: { type: 'integer', minimum: 0, maximum: 65535 },
    REGIMEN_METRICS_HOST: { type: 'string', pattern: '^[A-Za-z0-9.:_-]+$' },
    REGIMEN_LOGS: { enum: ['text', 'json'] },
    REGIMEN_SECRET: { type: 'string', minLength: secretLengthMin },
    REGIMEN_PRINT_CODES: { enum: ['yes', 'no'] },
    REGIMEN_OPERATORS: {
      type: 'string',
      pattern: '^\\s*[^\\s,@]+@[^\\s,@]+(\\s*,\\s*[^\\s,@]+@[^\\s,@]+)*\\s*,?\\s*$',
    },
    ANTHROPIC_API_KEY: { type: 'string', pattern: '^\\S+$' },
    ANTHROPIC_BASE_URL: { type: 'string', pattern: httpUrl },
    REGIMEN_MODEL: { type: 'string', pattern: '^[A-Za-z0-9._:@/-]+$' },
    REGIMEN_SMALL_MODEL: { type: 'string', pattern: '^[A-Za-z0-9._:@/-]+$' },
    SLACK_BOT_TOKEN: { type: 'string', pattern: '^xox[a-z]-\\S+$' },
    SLACK_SIGNING_SECRET: { type: 'string', pattern: '^\\S{16,}$' },
    SLACK_API_URL: { type: 'string', pattern: httpUrl },
    SLACK_PROGRAM: { type: 'string', pattern: '^[a-z][a-z0-9_]*$' },
  },
} as const;

type Variable = keyof typeof schema.properties;

/** The remedy for each variable. Those marked secret are never quoted. */
const remedies: Record<Variable, { set: string; secret?: true }> = {
  REGIMEN_ENV: { set: 'development or production' },
  REGIMEN_HOST: { set: 'the name or address to listen on, such as 127.0.0.1 or 0.0.0.0' },
  REGIMEN_PORT: { set: 'a whole number from 0 to 65535 (0 takes any free port)' },
  REGIMEN_URL: { set: 'the address people open, such as https://regimen.example.org' },
  REGIMEN_DATA: { set: 'a folder' },
  DATABASE_URL: {
    set: 'a Postgres address such as postgres://name:password@host:5432/regimen, or leave it out to use the embedded database',
    secret: true,
  },
  REGIMEN_APP_DATABASE_URL: {
    set: 'a Postgres address with the name of a role that owns nothing, such as postgres://regimen_app:password@host:5432/regimen, or leave it out to have the role made',
    secret: true,
  },
  REGIMEN_WORKSPACE: { set: 'a name of up to 40 small letters, digits, - and _, such as default' },
  REGIMEN_METRICS_PORT: {
    set: 'a whole number from 0 to 65535, other than REGIMEN_PORT, or leave it out to serve no figures',
  },
  REGIMEN_METRICS_HOST: { set: 'the name or address to serve figures on, such as 127.0.0.1' },
  REGIMEN_LOGS: { set: 'text or json' },
  REGIMEN_SECRET: {
    set: `at least ${secretLengthMin} random characters, for example the output of \`openssl rand -hex 32\``,
    secret: true,
  },
  REGIMEN_PRINT_CODES: { set: 'yes (sign-in codes are written to the server log) or no' },
  REGIMEN_OPERATORS: { set: 'emails separated by commas, such as ana@example.org, ben@example.org' },
  ANTHROPIC_API_KEY: {
    set: 'the key as Anthropic shows it, without spaces, or leave it out to use the scripted agent',
    secret: true,
  },
  ANTHROPIC_BASE_URL: { set: 'an address that begins with https:// or http://' },
  REGIMEN_MODEL: { set: 'the id of a model, such as claude-sonnet-5-5' },
  REGIMEN_SMALL_MODEL: { set: 'the id of a model, such as claude-haiku-5-5' },
  SLACK_BOT_TOKEN: { set: 'the bot token of your Slack app; it begins with xoxb-', secret: true },
  SLACK_SIGNING_SECRET: {
    set: 'the signing secret of your Slack app (Basic Information, App Credentials)',
    secret: true,
  },
  SLACK_API_URL: { set: 'an address that begins with https:// or http://' },
  SLACK_PROGRAM: { set: 'the name of a program as it stands in its file, such as couch_to_5k' },
};

const validate = new Ajv({ allErrors: true }).compile(schema);

/**
 * Checks the variables. An empty value counts as absent. `config` is null when there are problems.
 * The secret is empty when there is none and this is development: `loadConfig` then makes one.
 */
export function readConfig(environment: Environment, folder: string): { config: Config | null; problems: string[] } {
  const given = present(environment);
  const problems: string[] = [];
  const values: Record<string, unknown> = { ...given };
  for (const name of ['REGIMEN_PORT', 'REGIMEN_METRICS_PORT'] as const)
    if (given[name] !== undefined && /^\d+$/.test(given[name])) values[name] = Number(given[name]);
  if (!validate(values)) problems.push(...sentences(validate.errors ?? [], given));
  const production = given.REGIMEN_ENV === 'production';
  problems.push(...crossProblems(given, production, new Set(problems.map((problem) => problem.split(' ')[1]))));
  if (problems.length > 0) return { config: null, problems };
  const data = given.REGIMEN_DATA ?? '.regimen';
  const config: Config = {
    environment: production ? 'production' : 'development',
    host: given.REGIMEN_HOST ?? '127.0.0.1',
    port: given.REGIMEN_PORT === undefined ? 4100 : Number(given.REGIMEN_PORT),
    url: given.REGIMEN_URL?.replace(/\/+$/, '') ?? null,
    data: isAbsolute(data) ? data : resolve(folder, data),
    databaseUrl: given.DATABASE_URL ?? null,
    appDatabaseUrl: given.REGIMEN_APP_DATABASE_URL ?? null,
    workspace: given.REGIMEN_WORKSPACE ?? 'default',
    metrics:
      given.REGIMEN_METRICS_PORT === undefined
        ? null
        : { host: given.REGIMEN_METRICS_HOST ?? '127.0.0.1', port: Number(given.REGIMEN_METRICS_PORT) },
    logs: given.REGIMEN_LOGS === 'json' || (given.REGIMEN_LOGS === undefined && production) ? 'json' : 'text',
    secret: given.REGIMEN_SECRET ?? '',
    printCodes: given.REGIMEN_PRINT_CODES === 'yes',
    operators: emails(given.REGIMEN_OPERATORS),
    anthropic: {
      apiKey: given.ANTHROPIC_API_KEY ?? null,
      baseUrl: given.ANTHROPIC_BASE_URL ?? 'https://api.anthropic.com',
      model: given.REGIMEN_MODEL ?? 'claude-sonnet-5-5',
      smallModel: given.REGIMEN_SMALL_MODEL ?? 'claude-haiku-5-5',
    },
    slack:
      given.SLACK_BOT_TOKEN !== undefined && given.SLACK_SIGNING_SECRET !== undefined
        ? {
            botToken: given.SLACK_BOT_TOKEN,
            signingSecret: given.SLACK_SIGNING_SECRET,
            apiUrl: given.SLACK_API_URL ?? 'https://slack.com/api/',
            program: given.SLACK_PROGRAM ?? null,
          }
        : null,
  };
  return { config, problems: [] };
}

/**
 * The configuration of this process. `folder` is where relative paths begin.
 * Throws `ConfigProblem` with every problem at once, or with the one about an unwritable data folder.
 */
export async function loadConfig(environment: Environment, folder: string): Promise<Config> {
  const { config, problems } = readConfig(environment, folder);
  if (config === null) throw new ConfigProblem(problems);
  if (config.secret !== '') return config;
  return { ...config, secret: await developmentSecret(config.data) };
}

function present(environment: Environment): Partial<Record<Variable, string>> {
  const given: Partial<Record<Variable, string>> = {};
  for (const name of Object.keys(schema.properties) as Variable[]) {
    const value = environment[name];
    if (value !== undefined && value.trim() !== '') given[name] = value.trim();
  }
  return given;
}

function sentences(errors: ErrorObject[], given: Partial<Record<Variable, string>>): string[] {
  const wrong = new Set(errors.map((error) => error.instancePath.slice(1) as Variable));
  return [...wrong].map((name) => {
    const remedy = remedies[name];
    const now = remedy.secret ? 'What it is set to now cannot be used.' : `It is “${given[name] ?? ''}” now.`;
    return `Set ${name} to ${remedy.set}. ${now}`;
  });
}

/**
 * What is wrong with the address of a database that looks like one, or null. The libraries that connect to it must
 * agree on it.
 */
function addressProblem(name: 'DATABASE_URL' | 'REGIMEN_APP_DATABASE_URL', url: string | null): string | null {
  if (url === null) return null;
  if (/^[a-z]+:\/\/([^/?#]*@)?[^/?#@]*,[^/?#@]*([/?#]|$)/.test(url) || /[?&]host=[^&]*,/.test(url))
    return `Set ${name} to an address with one host that always leads to the primary, such as a virtual address, a proxy or the endpoint of a managed service. It names several hosts now.`;
  if (URL.canParse(url)) return null;
  return `Set ${name} to ${remedies[name].set}. What it is set to now cannot be read; in a password, signs such as # and / are written as %23 and %2F.`;
}

/**
 * Rules about more than one variable, or about what production asks for. `wrong` names variables already complained
 * about.
 */
function crossProblems(
  given: Partial<Record<Variable, string>>,
  production: boolean,
  wrong: Set<string | undefined>,
): string[] {
  const problems: string[] = [];
  for (const name of ['DATABASE_URL', 'REGIMEN_APP_DATABASE_URL'] as const) {
    const problem = wrong.has(name) ? null : addressProblem(name, given[name] ?? null);
    if (problem !== null) problems.push(problem);
  }
  const secret = given.REGIMEN_SECRET;
  if (secret === undefined && production) {
    problems.push(
      `Set REGIMEN_SECRET to ${remedies.REGIMEN_SECRET.set}. Outside development it has no default and must not be empty.`,
    );
  }
  if (secret !== undefined && !wrong.has('REGIMEN_SECRET') && production && guessable(secret)) {
    problems.push(`Set REGIMEN_SECRET to ${remedies.REGIMEN_SECRET.set}. What it is set to now is easy to guess.`);
  }
  if (production && given.REGIMEN_URL === undefined) {
    problems.push(`Set REGIMEN_URL to ${remedies.REGIMEN_URL.set}. Outside development it has no default.`);
  }
  if (production && given.REGIMEN_OPERATORS === undefined) {
    problems.push(
      `Set REGIMEN_OPERATORS to ${remedies.REGIMEN_OPERATORS.set}. Without it nobody could publish a program or approve a request.`,
    );
  }
  if (given.SLACK_BOT_TOKEN !== undefined && given.SLACK_SIGNING_SECRET === undefined) {
    problems.push(
      `Set SLACK_SIGNING_SECRET to ${remedies.SLACK_SIGNING_SECRET.set}. SLACK_BOT_TOKEN is set, and Slack needs both.`,
    );
  }
  if (given.SLACK_SIGNING_SECRET !== undefined && given.SLACK_BOT_TOKEN === undefined) {
    problems.push(
      `Set SLACK_BOT_TOKEN to ${remedies.SLACK_BOT_TOKEN.set}. SLACK_SIGNING_SECRET is set, and Slack needs both.`,
    );
  }
  return problems;
}

const guessable = (secret: string): boolean =>
  new Set(secret).size < secretDistinctMin || secretsWellKnown.test(secret);

const emails = (list: string | undefined): string[] =>
  (list ?? '')
    .split(',')
    .map((email) => email.trim().toLowerCase())
    .filter((email) => email !== '');

/** Made once and kept, so that people stay signed in over restarts. Two processes that start at once agree on one. */
async function developmentSecret(data: string): Promise<string> {
  const file = join(data, 'cookie-secret');
  try {
    await makeDataFolder(data);
    const kept = await readFile(file, 'utf8').catch((problem: NodeJS.ErrnoException) => {
      if (problem.code !== 'ENOENT') throw problem;
      return makeSecret(file);
    });
    if (kept.trim().length >= secretLengthMin) return kept.trim();
  } catch (problem) {
    const { cause } = problem as Error;
    const code = (problem as NodeJS.ErrnoException).code ?? (cause as NodeJS.ErrnoException | undefined)?.code;
    const why = code === 'EACCES' || code === 'EPERM' ? 'it belongs to another user' : (code ?? 'unknown');
    throw new ConfigProblem([`Set REGIMEN_DATA to a folder that can be written. ${data} cannot (${why}).`]);
  }
  throw new ConfigProblem([
    `Delete the file ${file}: it should hold a secret of ${secretLengthMin} characters or more, and a new one will be made.`,
  ]);
}

/**
 * Linked into place whole, so that a process that is killed here leaves no half of it. Gives what is there in the end.
 */
async function makeSecret(file: string): Promise<string> {
  const unfinished = `${file}.${randomBytes(4).toString('hex')}`;
  try {
    await writeFile(unfinished, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
    await link(unfinished, file).catch((problem: NodeJS.ErrnoException) => {
      if (problem.code !== 'EEXIST') throw problem;
    });
  } finally {
    await rm(unfinished, { force: true });
  }
  return readFile(file, 'utf8');
}
