/**
 * The Web Worker in which texts are checked: wires messages to `answer` and does nothing else.
 */
import { answer } from './answer.ts';
import type { Request, Response } from './protocol.ts';

/** The worker's own global scope; the DOM types call it a window. */
const scope = globalThis as unknown as {
  addEventListener(type: 'message', listener: (event: MessageEvent<Request>) => void): void;
  postMessage(response: Response): void;
};

scope.addEventListener('message', async (event) => scope.postMessage(await answer(event.data)));
