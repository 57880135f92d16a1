/**
 * Sign-in: an email, a six-digit code, a session in a cookie.
 *
 * Promises: the answer to an email is the same whoever it belongs to; the code is bound to the
 * browser that asked (by a cookie only that browser has); the session cookie is http-only, SameSite
 * Lax, sealed, and holds nothing but a random id; served by https, no other host can plant either. How often and how
 * long is decided in `sign-ins.ts`. Mail is later work: development shows and prints the code, production prints it to
 * the log only where the configuration says so, and otherwise says honestly that it cannot.
 */
import type { Plugin } from '@hapi/hapi';
import { Refusal } from '../../runtime/control.ts';
import { normalEmail } from '../../runtime/email.ts';
import { type Reader, reader } from '../access.ts';
import { clientAddress } from '../client-address.ts';
import { page } from '../page.ts';
import type { ServerParts } from '../parts.ts';
import { problem } from '../problem.ts';
import { bodyReader, readZone } from '../read-body.ts';
import { codeLifeMs, type SignInProblem, sessionLifeMs } from '../sign-ins.ts';
import { endStreamsOf } from '../streams.ts';

const readEmail = bodyReader<{ email: string }>({
  type: 'object',
  required: ['email'],
  properties: { email: { type: 'string', maxLength: 254 } },
});

const readCode = bodyReader<{ code: string; zone?: string }>({
  type: 'object',
  required: ['code'],
  properties: { code: { type: 'string', maxLength: 20 }, zone: { type: 'string', maxLength: 64 } },
});

const readZoneBody = bodyReader<{ zone: string }>({
  type: 'object',
  required: ['zone'],
  properties: { zone: { type: 'string', maxLength: 64 } },
});

const answers: Record<SignInProblem, { status: number; message: string }> = {
  'too-many-codes': { status: 429, message: 'Too many codes were asked for. Wait a quarter of an hour and try again.' },
  'wrong-code': { status: 400, message: 'That is not the code.' },
  'no-code': {
    status: 400,
    message: 'This code has run out or was used already, or another browser asked for it. Ask for a new one.',
  },
  'too-many-tries': { status: 400, message: 'That was one try too many for this code. Ask for a new one.' },
};

export const auth: Plugin<ServerParts> = {
  name: 'auth',
  dependencies: ['@hapi/cookie'],
  register(server, { config, control, signIns, log, machineNow }) {
    const development = config.environment === 'development';
    const isSecure = config.url?.startsWith('https:') ?? false;
    // Browsers take a name with this prefix from this very host only, never from a neighbor under the same domain.
    const prefix = isSecure ? '__Host-' : '';
    const sessionCookie = `${prefix}regimen_session`;
    const browserCookie = `${prefix}regimen_sign_in`;
    const deliversCodes = development || config.printCodes;

    server.auth.strategy('session', 'cookie', {
      cookie: {
        name: sessionCookie,
        password: config.secret,
        isSecure,
        isHttpOnly: true,
        isSameSite: 'Lax',
        path: '/',
        ttl: sessionLifeMs,
        clearInvalid: true,
      },
      validate: async (_request, content) => {
        const id = (content as { id?: unknown } | undefined)?.id;
        try {
          const person = typeof id === 'string' ? await signIns.find(id, machineNow()) : null;
          if (person === null) return { isValid: false };
          const credentials: Reader = { person: await control.person(person), session: id as string };
          return { isValid: true, credentials: credentials as never };
        } catch (error) {
          if (error instanceof Refusal) return { isValid: false };
          // Thrown here it would count as a wrong cookie, which is cleared: nobody must be signed out
          // because the database was away for a moment. The request ends below.
          return { isValid: true, credentials: { unavailable: true } as never };
        }
      },
    });
    server.ext('onCredentials', (request, h) => {
      if ((request.auth.credentials as { unavailable?: true } | null)?.unavailable === true) {
        throw problem(
          503,
          'unavailable',
          'The database cannot be reached just now. Try again in a moment; sending something twice does no harm.',
        );
      }
      return h.continue;
    });
    server.auth.default({ strategy: 'session', mode: 'required' });
    server.state(browserCookie, {
      password: config.secret,
      encoding: 'iron',
      isSecure,
      isHttpOnly: true,
      isSameSite: 'Lax',
      path: '/',
      ttl: codeLifeMs,
      ignoreErrors: true,
      clearInvalid: true,
    });

    server.route([
      {
        method: 'GET',
        path: '/sign-in',
        options: { auth: { mode: 'try' } },
        async handler(request, h) {
          const next = safeNext(request.query.next);
          if (request.auth.isAuthenticated) return h.redirect(next);
          const data = { next, development, deliversCodes };
          return h
            .response(await page(server.app.assets, { title: 'Sign in', script: 'sign-in', data }))
            .type('text/html');
        },
      },
      {
        method: 'POST',
        path: '/api/sign-in',
        options: { auth: false },
        async handler(request, h) {
          const email = readAddress(readEmail(request.payload).email);
          if (!deliversCodes) {
            throw problem(
              503,
              'codes-not-delivered',
              'This server cannot deliver sign-in codes yet: mail is not set up. Whoever runs it can set REGIMEN_PRINT_CODES=yes to have codes written to its log.',
            );
          }
          const asked = await signIns.ask({ email, address: clientAddress(request, config), now: machineNow() });
          if ('problem' in asked) throw signInProblem(asked.problem);
          log(`Sign-in code for ${email}: ${asked.code} (ten minutes)`);
          const answer = { email, expiresInMs: codeLifeMs, ...(development ? { developmentCode: asked.code } : {}) };
          return h.response(answer).code(202).state(browserCookie, { browser: asked.browser });
        },
      },
      {
        method: 'POST',
        path: '/api/sign-in/code',
        options: { auth: false },
        async handler(request, h) {
          const { code, zone } = readCode(request.payload);
          const digits = code.replace(/[\s-]/g, '');
          if (!/^\d{6}$/.test(digits)) throw problem(400, 'malformed', 'The code has six digits.');
          const browser = (request.state[browserCookie] as { browser?: unknown } | undefined)?.browser;
          if (typeof browser !== 'string') throw signInProblem('no-code');
          const known = zone === undefined ? undefined : readZone(zone);
          const verified = await signIns.verify({ browser, code: digits, now: machineNow() });
          if ('problem' in verified) throw signInProblem(verified.problem, verified.triesLeft);
          const person = await control.personByEmail(verified.email, known === undefined ? {} : { zone: known });
          if (known !== undefined && person.zone !== known) await control.setZone(person.id, known);
          request.cookieAuth.set({ id: await signIns.begin(person.id, machineNow()) });
          return h.response({ person: { email: person.email, name: person.name } }).unstate(browserCookie);
        },
      },
      {
        method: 'POST',
        path: '/api/sign-out',
        async handler(request, h) {
          const { session } = reader(request);
          await signIns.end(session);
          endStreamsOf(server, session);
          request.cookieAuth.clear();
          return h.response().code(204);
        },
      },
      {
        method: 'POST',
        path: '/api/zone',
        async handler(request, h) {
          const { person } = reader(request);
          const zone = readZone(readZoneBody(request.payload).zone);
          if (person.zone !== zone) await control.setZone(person.id, zone);
          return h.response().code(204);
        },
      },
    ]);
  },
};

function signInProblem(code: SignInProblem, triesLeft?: number) {
  const { status, message } = answers[code];
  const left =
    triesLeft === undefined ? '' : triesLeft === 1 ? ' You have one more try.' : ` You have ${triesLeft} more tries.`;
  return problem(status, code, message + left);
}

function readAddress(text: string): string {
  const email = normalEmail(text);
  if (email !== null) return email;
  throw problem(400, 'malformed', 'That does not look like an email address. It should read like ana@example.org.');
}

/** Any: only what follows the host is kept. */
const anyHost = 'http://regimen.invalid';

/** Only a path of this server, in characters a header may hold: never another site, never a scheme. */
export function safeNext(next: unknown): string {
  if (typeof next !== 'string' || !/^\/(?![/\\])[^\s\\]{0,500}$/.test(next)) return '/';
  const { pathname, search, hash } = new URL(anyHost + next);
  // `/./` and `/x/../` fall away: what is left may begin with the two slashes of another site.
  return pathname.startsWith('//') || pathname.startsWith('/sign-in') ? '/' : pathname + search + hash;
}
