/**
 * A real Web Worker as a `Port`: the one place where the page meets the worker's address.
 */
import type { Port } from './language-client.ts';
import type { Response } from './protocol.ts';

export function startLanguageWorker(): Port {
  const worker = new Worker('/assets/language-worker.js', { type: 'module', name: 'regimen language' });
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
