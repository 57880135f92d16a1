/**
 * The clock of a running Regimen, over HTTP.
 */
import { CommandProblem } from './command.ts';

/** Moving by months does everything that is due on the way. */
const answerLimitMs = 300_000;

/**
 * Reads the clock, or moves it when `move` is given; resolves with what it shows then, in ms.
 * Throws `CommandProblem`, with the server's own sentence where it refuses.
 */
export async function askClock(url: string, move?: { to: string }): Promise<number> {
  if (!URL.canParse(url))
    throw new CommandProblem(`${JSON.stringify(url)} is not an address. Write it like http://127.0.0.1:4100.`);
  const path = move === undefined ? '/api/clock' : '/api/clock/advance';
  let response: Response;
  try {
    response = await fetch(new URL(path, url), {
      signal: AbortSignal.timeout(answerLimitMs),
      ...(move === undefined
        ? {}
        : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(move) }),
    });
  } catch (error) {
    throw new CommandProblem(
      `Regimen does not answer at ${url} (${(error as Error).name === 'TimeoutError' ? 'it took too long' : 'no connection'}).`,
    );
  }
  const answer = (await response.json().catch(() => null)) as { now?: number; error?: { message?: string } } | null;
  if (answer?.now === undefined)
    throw new CommandProblem(
      answer?.error?.message ?? `${url} has no development clock: it answered with ${response.status}.`,
    );
  return answer.now;
}
