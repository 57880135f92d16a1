/**
 * Sign-in by one-time code, and sessions: what may be tried how often, and what is kept of it.
 *
 * Promises: codes and session ids are kept only as hashes; a code works once, for ten minutes, for
 * five tries, and only in the browser that asked for it; asking is limited by email and by network
 * address. Time is the machine's own and comes in as `now` (ms), because moving the development
 * clock by weeks must not sign anybody out. Delivering the code and setting cookies is left to the
 * auth plugin.
 */
import { createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import type { Sql } from 'postgres';

const minuteMs = 60_000;
export const codeLifeMs = 10 * minuteMs;
export const codeTriesMax = 5;
export const codesPerEmailMax = 5;
export const codesPerAddressMax = 30;
export const codesWindowMs = 15 * minuteMs;
export const sessionLifeMs = 30 * 24 * 60 * minuteMs;

/** Why a code could not be had or used. */
export type SignInProblem = 'too-many-codes' | 'wrong-code' | 'no-code' | 'too-many-tries';

export type SignIns = {
  /** Makes a code for this email. `browser` is the secret that the asking browser keeps in a cookie. */
  ask(input: {
    email: string;
    address: string;
    now: number;
  }): Promise<{ code: string; browser: string } | { problem: SignInProblem }>;
  /** Uses the code up. Only the browser that asked can. */
  verify(input: {
    browser: string;
    code: string;
    now: number;
  }): Promise<{ email: string } | { problem: SignInProblem; triesLeft?: number }>;
  /** The id is the cookie's content; only its hash is kept. */
  begin(person: string, now: number): Promise<string>;
  /** The person of a session that has not ended, or null. */
  find(session: string, now: number): Promise<string | null>;
  end(session: string): Promise<void>;
};

/** `secret` keys the hashes, so that a copy of the table alone gives away neither codes nor sessions. */
export function createSignIns(sql: Sql, options: { workspace: string; secret: string }): SignIns {
  const { workspace } = options;
  const hash = (purpose: string, ...parts: string[]): string =>
    createHmac('sha256', options.secret)
      .update([purpose, ...parts].join('\n'))
      .digest('hex');

  return {
    async ask({ email, address, now }) {
      const browser = randomBytes(32).toString('base64url');
      const code = String(randomInt(0, 1_000_000)).padStart(6, '0');
      const addressHash = hash('address', address);
      return sql.begin(async (sql) => {
        // One at a time for an email and for an address: two requests at once must not both count four.
        for (const key of [`email ${email}`, `address ${addressHash}`].sort())
          await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`;
        await sql`delete from sign_in_codes where workspace_id = ${workspace} and created_at < ${new Date(now - Math.max(codesWindowMs, codeLifeMs))}`;
        const [count] = await sql<{ byEmail: number; byAddress: number }[]>`
          select count(*) filter (where email = ${email})::int as "byEmail",
                 count(*) filter (where address_hash = ${addressHash})::int as "byAddress"
          from sign_in_codes where workspace_id = ${workspace} and created_at > ${new Date(now - codesWindowMs)}`;
        if (!count || count.byEmail >= codesPerEmailMax || count.byAddress >= codesPerAddressMax)
          return { problem: 'too-many-codes' as const };
        await sql`insert into sign_in_codes (workspace_id, id, email, hash, address_hash, created_at, expires_at, tries)
          values (${workspace}, ${hash('browser', browser)}, ${email}, ${hash('code', browser, code)}, ${addressHash}, ${new Date(now)}, ${new Date(now + codeLifeMs)}, 0)`;
        return { code, browser };
      });
    },

    async verify({ browser, code, now }) {
      const id = hash('browser', browser);
      // The try is counted in the same statement that looks, so that guesses sent at once are all counted.
      const [row] = await sql<{ email: string; hash: string; tries: number }[]>`
        update sign_in_codes set tries = tries + 1
        where workspace_id = ${workspace} and id = ${id} and expires_at > ${new Date(now)}
        returning email, hash, tries`;
      if (!row) return { problem: 'no-code' };
      if (row.tries > codeTriesMax) return { problem: 'too-many-tries' };
      if (!same(row.hash, hash('code', browser, code))) {
        return row.tries === codeTriesMax
          ? { problem: 'too-many-tries' }
          : { problem: 'wrong-code', triesLeft: codeTriesMax - row.tries };
      }
      // Of two right answers at once, the one that removes the row is the one that counts.
      const used = await sql`delete from sign_in_codes where workspace_id = ${workspace} and id = ${id}`;
      return used.count === 1 ? { email: row.email } : { problem: 'no-code' };
    },

    async begin(person, now) {
      const session = randomBytes(32).toString('base64url');
      await sql`delete from sessions where workspace_id = ${workspace} and expires_at < ${new Date(now)}`;
      await sql`insert into sessions (workspace_id, id, person_id, created_at, expires_at)
        values (${workspace}, ${hash('session', session)}, ${person}, ${new Date(now)}, ${new Date(now + sessionLifeMs)})`;
      return session;
    },

    async find(session, now) {
      const [row] = await sql<{ person: string }[]>`
        select person_id as person from sessions
        where workspace_id = ${workspace} and id = ${hash('session', session)} and expires_at > ${new Date(now)}`;
      return row?.person ?? null;
    },

    async end(session) {
      await sql`delete from sessions where workspace_id = ${workspace} and id = ${hash('session', session)}`;
    },
  };
}

const same = (a: string, b: string): boolean => timingSafeEqual(Buffer.from(a), Buffer.from(b));
