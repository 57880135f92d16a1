/**
 * The page's side of the language worker: asks, and hands back only answers that are still true.
 *
 * Of each kind of question at most one is with the worker and at most one waits; a newer question
 * replaces the waiting one. That keeps typing fast however slow the machine is, and bounds the
 * queue. An answer is `null` when it is stale: something newer was asked, the text has changed
 * since, or the worker was given up. Completions alone outlive a change of the text, because the
 * list on the screen narrows itself by what is typed. Nothing here throws or rejects.
 */
import type { Answers, Question, QuestionKind, Request, Response } from './protocol.ts';

/** As much of a `Worker` as is needed, so that tests can stand in for it. */
export type Port = {
  post(request: Request): void;
  /** Called once, before anything is posted. */
  listen(answered: (response: Response) => void, broken: (reason: string) => void): void;
  stop(): void;
};

export type LanguageClient = {
  /** Tells which version of the text is on the screen; older answers are dropped from now on. */
  setVersion(version: number): void;
  ask<Kind extends QuestionKind>(question: Extract<Question, { kind: Kind }>): Promise<Answers[Kind] | null>;
  stop(): void;
};

/** A check takes milliseconds; after this long the worker is taken for hung and started anew. */
export const answerMsMax = 10_000;
/** Restarts without one good answer in between, before giving up. */
export const restartsMax = 3;

type Pending = { request: Request; resolve: (value: never) => void; timer?: ReturnType<typeof setTimeout> };

/**
 * @param start makes a worker; called again when one breaks or hangs
 * @param trouble told, in a sentence for people, when checking has stopped for good; told `null` when it works again
 */
export function createLanguageClient(start: () => Port, trouble: (sentence: string | null) => void): LanguageClient {
  let port: Port | null = null;
  let nextId = 1;
  let version = 0;
  let restarts = 0;
  let stopped = false;
  let troubled = false;
  const asked = new Map<QuestionKind, Pending>();
  const waiting = new Map<QuestionKind, Pending>();

  function answer(pending: Pending, value: unknown) {
    clearTimeout(pending.timer);
    // The caller's promise was typed by the kind of its question; the worker answers in kind.
    pending.resolve(value as never);
  }

  function tell(sentence: string | null) {
    if (sentence === null && !troubled) return;
    troubled = sentence !== null;
    trouble(sentence);
  }

  function send(pending: Pending) {
    port ??= connect();
    pending.timer = setTimeout(() => restart(`no answer within ${answerMsMax / 1000} seconds`), answerMsMax);
    asked.set(pending.request.question.kind, pending);
    port.post(pending.request);
  }

  function connect(): Port {
    const made = start();
    made.listen(
      (response) => made === port && receive(response),
      (reason) => made === port && restart(reason),
    );
    return made;
  }

  function receive(response: Response) {
    for (const [kind, pending] of asked) {
      if (pending.request.id !== response.id) continue;
      asked.delete(kind);
      const next = waiting.get(kind);
      waiting.delete(kind);
      if (response.ok) {
        restarts = 0;
        tell(null);
      } else {
        tell(`Checking failed on this text: ${response.problem}. Your text is safe; change it to try again.`);
      }
      const current = response.ok && (kind === 'complete' || (next === undefined && response.version === version));
      answer(pending, current ? response.value : null);
      if (next !== undefined) send(next);
      return;
    }
  }

  function restart(reason: string) {
    port?.stop();
    port = null;
    const lost = [...asked.values()];
    const next = [...waiting.values()];
    asked.clear();
    waiting.clear();
    restarts += 1;
    if (stopped || restarts > restartsMax) {
      for (const pending of [...lost, ...next]) answer(pending, null);
      if (!stopped) tell(`Checking has stopped (${reason}). Your text is safe; reload the page to check it again.`);
      return;
    }
    // Only the newest question of a kind matters; a lost one is asked again when nothing newer waits.
    for (const pending of lost) {
      clearTimeout(pending.timer);
      if (next.some((newer) => newer.request.question.kind === pending.request.question.kind)) answer(pending, null);
      else next.push(pending);
    }
    for (const pending of next) send(pending);
  }

  return {
    setVersion(next) {
      version = next;
    },
    ask(question) {
      return new Promise((resolve) => {
        if (stopped || restarts > restartsMax) return resolve(null);
        const pending: Pending = { request: { id: nextId++, version, question }, resolve };
        if (!asked.has(question.kind)) return send(pending);
        const replaced = waiting.get(question.kind);
        waiting.set(question.kind, pending);
        if (replaced !== undefined) answer(replaced, null);
      });
    },
    stop() {
      stopped = true;
      restart('the page is closing');
    },
  };
}
