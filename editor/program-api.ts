/**
 * The page's calls to the server about programs. Every failure comes back as a sentence for people;
 * nothing throws.
 */
import type { Diagnostic } from '../language/diagnostics.ts';
import type { VersionReport } from '../runtime/version-plan.ts';

/** A program as it is published; `version` 0 and an empty source when it is not published yet. */
export type PublishedProgram = { name: string; version: number; source: string };

/** `diagnostics` are there when the server found mistakes in the text. */
export type Failure = { ok: false; status: number; message: string; diagnostics?: Diagnostic[] };
export type Result<T> = { ok: true; value: T } | Failure;

/** A call that takes longer is given up; publishing again is harmless, for the same text changes nothing. */
const callMsMax = 20_000;

/** The newest version of a program. */
export const readProgram = (name: string) => call<PublishedProgram>('GET', `/api/programs/${encodeURIComponent(name)}`);

/** What a text would mean for the people inside, were it published. */
export const previewProgram = (name: string, source: string) =>
  call<VersionReport>('POST', `/api/programs/${encodeURIComponent(name)}/preview`, { source });

/**
 * Publishes a text as the next version. `people`: whether those inside stay on theirs, or go over as soon as they can.
 * `fresh` is false when the newest version has the same text.
 */
export const publishProgram = (name: string, source: string, people: 'stay' | 'adopt') =>
  call<{ name: string; version: number; fresh: boolean }>(
    'POST',
    `/api/programs/${encodeURIComponent(name)}/versions`,
    { source, people },
  );

async function call<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Result<T>> {
  let response: globalThis.Response;
  try {
    response = await fetch(path, {
      method,
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      signal: AbortSignal.timeout(callMsMax),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    return {
      ok: false,
      status: 0,
      message: 'The server cannot be reached. Your draft is kept in this browser; try again in a moment.',
    };
  }
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return { ok: true, value: answer as T };
  const error = (answer as { error?: { message?: string; diagnostics?: Diagnostic[] } } | null)?.error;
  return {
    ok: false,
    status: response.status,
    message: error?.message ?? `The server answered with status ${response.status}.`,
    ...(error?.diagnostics === undefined ? {} : { diagnostics: error.diagnostics }),
  };
}
