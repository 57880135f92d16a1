/**
 * One shape for every error: `{ error: { code, message } }` for programs, a calm page for browsers.
 *
 * Also the place for the headers every answer carries. A `Refusal` of the control surface keeps its
 * sentence; a mistake of ours is logged and answered with a sentence that gives nothing away.
 */
import { type Boom, boomify, isBoom } from '@hapi/boom';
import type { Request, ResponseObject, ResponseToolkit, Server } from '@hapi/hapi';
import { Refusal } from '../runtime/control.ts';
import { isPassing } from '../runtime/store/problem.ts';
import { errorPage } from './page.ts';
import type { ServerParts } from './parts.ts';
import { refusalStatus } from './refusals.ts';
import { isServiceDoor } from './service-auth.ts';
import { problemDetails, problemType, type Told } from './v1/problem-details.ts';

// Monaco's editor adds style elements and starts its workers from blobs; nothing needs eval.
const contentSecurityPolicy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const safeHeaders: Record<string, string> = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
};

/** Stable code and sentence for errors that come from the framework. */
const known: Record<number, { code: string; title: string; message: string }> = {
  400: {
    code: 'malformed',
    title: 'That request cannot be read',
    message: 'The request cannot be read. Send JSON in the form this address asks for.',
  },
  401: {
    code: 'signed-out',
    title: 'Please sign in',
    message: 'You are not signed in, or your session has ended. Sign in and try again.',
  },
  403: { code: 'not-allowed', title: 'That is not open to you', message: 'You may not do this.' },
  404: {
    code: 'not-found',
    title: 'There is nothing here',
    message: 'There is no page at this address. It may have been moved, or the link is incomplete.',
  },
  413: { code: 'too-large', title: 'That is too large', message: 'What you sent is too large.' },
  415: {
    code: 'not-json',
    title: 'That request cannot be read',
    message: 'Send the request as JSON, with the header “content-type: application/json”.',
  },
  429: {
    code: 'too-many',
    title: 'That was too often',
    message: 'That was too often. Wait a few minutes and try again.',
  },
  500: {
    code: 'internal',
    title: 'Something went wrong here',
    message: 'Something went wrong on our side. Try again in a moment; sending something twice does no harm.',
  },
};

export function answerErrors(server: Server, { config, log }: ServerParts): void {
  server.ext('onPreResponse', async (request, h) => {
    const response = request.response;
    if (!isError(response)) {
      for (const [name, value] of Object.entries(safeHeaders)) response.header(name, value);
      if (config.url?.startsWith('https:')) response.header('strict-transport-security', 'max-age=31536000');
      if (response.headers['cache-control'] === undefined) response.header('cache-control', 'no-store');
      return h.continue;
    }
    const error = describeError(response);
    // Sentences of our own are told to whoever asked; only the unexpected is for the log.
    if (error.status >= 500 && !error.expected)
      log(`${request.method.toUpperCase()} ${request.path} failed: ${response.stack ?? response.message}`);
    const answer = await answerTo(request, h, error);
    for (const [name, value] of Object.entries(safeHeaders)) answer.header(name, value);
    for (const [name, value] of Object.entries(response.output.headers)) {
      // A browser would ask for a password.
      const hidden = name.toLowerCase() === 'www-authenticate' && !isServiceDoor(request.path);
      if (!hidden && value !== undefined) answer.header(name, String(value));
    }
    return answer.header('cache-control', 'no-store');
  });
}

/** Postgres's words for a text it does not take: `character_not_in_repertoire`, `untranslatable_character`. */
const unstorable = new Set<unknown>(['22021', '22P05']);

type Described = Told & { expected: boolean };

/** What is told of an error: our own sentences as they are, of everything else nothing that gives anything away. */
export function describeError(thrown: unknown): Described {
  const error = (isBoom(thrown) || thrown instanceof Refusal ? thrown : boomify(toError(thrown))) as Boom & {
    code?: unknown;
    data?: unknown;
  };
  if (error instanceof Refusal) {
    const status = refusalStatus[error.code];
    return {
      status,
      code: error.code,
      title: known[status]?.title ?? 'That cannot be done',
      message: error.message,
      details: error.details,
      expected: true,
    };
  }
  if (unstorable.has(error.code)) {
    return {
      status: 400,
      code: 'malformed',
      title: 'That request cannot be read',
      message: 'The request holds a character that cannot be stored, such as NUL. Send it without.',
      expected: true,
    };
  }
  if (isPassing(error)) {
    const message =
      'The database cannot be reached just now. Try again in a moment; sending something twice does no harm.';
    return { status: 503, code: 'unavailable', title: 'Not just now', message, expected: true };
  }
  const status = error.output.statusCode;
  const standard = known[status] ?? known[status >= 500 ? 500 : 400];
  const { code, title, message } = standard as NonNullable<typeof standard>;
  const own = error.data as { code?: string } | null | undefined;
  // Sentences of our own doors carry a code; the framework's wording is replaced.
  if (own?.code) return { status, code: own.code, title, message: error.message, expected: true };
  return { status, code, title, message: status === 403 ? error.message : message, expected: false };
}

async function answerTo(request: Request, h: ResponseToolkit, error: Described): Promise<ResponseObject> {
  if (isServiceDoor(request.path))
    return h.response(problemDetails(error, request.path)).type(problemType).code(error.status);
  if (!wantsPage(request))
    return h.response({ error: { code: error.code, message: error.message } }).code(error.status);
  if (error.status === 401)
    return h.redirect(`/sign-in?next=${encodeURIComponent(request.url.pathname + request.url.search)}`);
  try {
    return h
      .response(await errorPage(request.server.app.assets, error))
      .type('text/html')
      .code(error.status);
  } catch {
    // The page's own design could not be bundled: the sentence matters more than its looks.
    return h.response(`${error.title}. ${error.message}`).type('text/plain').code(error.status);
  }
}

const toError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

const wantsPage = (request: Request): boolean =>
  request.method === 'get' &&
  !/^\/(api|assets)\//.test(request.path) &&
  /\btext\/html\b/.test(String(request.headers.accept ?? ''));

const isError = (response: Request['response']): response is Boom => 'isBoom' in response && response.isBoom;
