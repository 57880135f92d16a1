/**
 * The browser's side of the API: JSON out, JSON or a sentence back.
 *
 * A failure is an `ApiProblem` whose message can be shown as it is. Being signed out leads to the
 * sign-in page and back here.
 */
export type ApiProblem = { code: string; message: string; status: number };

/** A request that takes longer than this has failed. Moving the clock by weeks is the longest. */
const answerWithinMs = 120_000;

export const isApiProblem = (error: unknown): error is ApiProblem =>
  typeof error === 'object' && error !== null && 'code' in error && 'status' in error;

/** Status 0: the server was not reached, and trying again later may help. */
export async function call<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      signal: AbortSignal.timeout(answerWithinMs),
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  } catch {
    throw {
      code: 'offline',
      status: 0,
      message: 'The server cannot be reached. Check your connection and try again.',
    } satisfies ApiProblem;
  }
  if (response.status === 204) return undefined as T;
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return answer as T;
  const error = (answer as { error?: { code?: string; message?: string } } | null)?.error;
  throw {
    code: error?.code ?? 'internal',
    status: response.status,
    message: error?.message ?? 'Something went wrong. Try again in a moment.',
  } satisfies ApiProblem;
}

export const sentenceOf = (error: unknown): string =>
  isApiProblem(error) ? error.message : 'Something went wrong. Load the page again.';

/** To the sign-in page, and back to this one afterwards. */
export function goToSignIn(): void {
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
}

/** An id nobody else has, also where the page is not served securely (`randomUUID` is missing there). */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
