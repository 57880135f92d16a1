/**
 * `fetch` for vendors' clients, whose answers may only be so large: those read them whole, however much comes.
 */

/** A `fetch` whose answers fail, and are let go of, beyond so many bytes (as they are after unpacking). */
export function boundedFetch(bytesMax: number): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (response.body === null) return response;
    let bytes = 0;
    const counting = new TransformStream<Uint8Array, Uint8Array>({
      transform(part, controller) {
        bytes += part.byteLength;
        if (bytes > bytesMax) controller.error(new Error(`The answer is larger than ${bytesMax} bytes.`));
        else controller.enqueue(part);
      },
    });
    const { status, statusText, headers } = response;
    return new Response(response.body.pipeThrough(counting), { status, statusText, headers });
  };
}
