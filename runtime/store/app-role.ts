/**
 * The role that serves people: it logs in by itself, owns nothing, and is held by the row policies of
 * `migrations/0009_tenancy.sql`.
 *
 * Its password follows from the owner's, so that every process that knows DATABASE_URL knows it too and
 * nothing has to be kept. Where the owner may not make roles, or has no password, an administrator makes
 * the role once and REGIMEN_APP_DATABASE_URL names it. Which workspace a connection is for is not decided here.
 */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import pg from 'pg';

/** The role's name, where no other is given by an address of its own. */
export const appRole = 'regimen_app';
const connectLimitMs = 10_000;
/** As Postgres itself does it. */
const scramRounds = 4096;

/** The role cannot be made or used; the message is a sentence that holds the SQL to run, and no password. */
export class AppRoleProblem extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'AppRoleProblem';
  }
}

/** The address with which the role logs in to the same database. */
export function appUrl(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  const owners = url.password === '' ? (url.searchParams.get('password') ?? '') : url.password;
  url.searchParams.delete('user');
  url.searchParams.delete('password');
  url.username = appRole;
  url.password = owners === '' ? '' : createHmac('sha256', owners).update('role regimen_app').digest('base64url');
  return url.href;
}

/** The name under which an address logs in. */
export function roleOf(url: string): string {
  return decodeURIComponent(new URL(url).username);
}

/**
 * Makes sure that the role can log in and has its rights. `owner` is a connection as the owner of the
 * tables. A role of another name must be there already. Throws `AppRoleProblem`.
 */
export async function ensureAppRole(owner: pg.Client, url: string): Promise<void> {
  const role = roleOf(url);
  if ((await loginProblem(url)) !== null) {
    if (role === appRole) await makeRole(owner, url);
    const problem = await loginProblem(url);
    if (problem !== null) throw new AppRoleProblem(`The role ${role} cannot log in: ${problem}. ${remedy}`);
  }
  await owner.query('select protect_workspaces($1)', [role]);
}

async function makeRole(owner: pg.Client, url: string): Promise<void> {
  const { password } = new URL(url);
  const { rows } = await owner.query('select 1 from pg_roles where rolname = $1', [appRole]);
  const verb = rows.length === 0 ? 'create' : 'alter';
  // Handed over as Postgres keeps it: the password itself must not get into a log of statements.
  const secret = password === '' ? 'null' : `'${scramVerifier(password)}'`;
  try {
    await owner.query(`${verb} role ${appRole} login password ${secret}`);
  } catch (error) {
    const code = (error as { code?: string }).code;
    // Two processes at once: the other one has done the same.
    if (code === '42710' || code === '23505' || code === 'XX000') return;
    if (code !== '42501') throw error;
    throw new AppRoleProblem(
      `The user in DATABASE_URL may not ${verb} the role ${appRole}, as which people are served. ${remedy}`,
      error,
    );
  }
}

const remedy = `As an administrator of the database run: create role ${appRole} login password '…'; then set REGIMEN_APP_DATABASE_URL to the same address as DATABASE_URL with this name and password.`;

/** Why the role cannot log in, as a line without secrets; null when it can. */
async function loginProblem(url: string): Promise<string | null> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectLimitMs });
  client.on('error', () => {});
  try {
    await client.connect();
    return null;
  } catch (error) {
    return (error as Error).message || String((error as { code?: unknown }).code);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A password as Postgres stores it (RFC 5803). */
function scramVerifier(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, scramRounds, 32, 'sha256');
  const mac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const clientKey = mac(salted, 'Client Key');
  const storedKey = createHash('sha256').update(clientKey).digest('base64');
  const serverKey = mac(salted, 'Server Key').toString('base64');
  return `SCRAM-SHA-256$${scramRounds}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}
