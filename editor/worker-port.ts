/**
 * A real Web Worker as a `Port`: the one place where the page meets the worker's address.
 */
import type { Port } from './language-client.ts';
import type { Project, Response, Told } from './protocol.ts';

/** A worker that knows the project; one that is started anew is told again. */
export function startLanguageWorker(project: Project): Port {
  const worker = new Worker('/assets/language-worker.js', { type: 'module', name: 'regimen language' });
  worker.postMessage({ project } satisfies Told);
  return {
    post: (request) => worker.postMessage(request),
    listen(answered, broken) {
      worker.addEventListener('message', (event: MessageEvent<Response>) => answered(event.data));
      worker.addEventListener('error', (event) => broken(event.message || 'the language worker could not be loaded'));
      worker.addEventListener('messageerror', () => broken('an answer could not be read'));
    },
    stop: () => worker.terminate(),
  };
}
