/**
 * The Web Worker in which texts are checked: wires messages to `answer` and does nothing else.
 */
import { answer, know } from './answer.ts';
import type { Response, Told } from './protocol.ts';

/** The worker's own global scope; the DOM types call it a window. */
const scope = globalThis as unknown as {
  addEventListener(type: 'message', listener: (event: MessageEvent<Told>) => void): void;
  postMessage(response: Response): void;
};

scope.addEventListener('message', async ({ data }) => {
  if ('project' in data) know(data.project);
  else scope.postMessage(await answer(data));
});
