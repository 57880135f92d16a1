/**
 * What a peer is: something else that reads and validates a text, of the same size as ours.
 */

/**
 * A peer at work on its text. `validate` does the whole of its work once, warm, and throws where it finds a mistake.
 */
export type Peer = {
  name: string;
  version: string;
  /** What it validates and how, for the table's reader. */
  does: string;
  text: string;
  lines: number;
  validate: () => void | Promise<void>;
};

/** Lines of a text; a last line end begins no further line. */
export const lineCount = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);

/**
 * Tells whether a peer really validates: it must accept its text and refuse the same text with a
 * mistake in the meaning (never a mere syntax error). Throws a sentence where it does not.
 */
export async function assertValidates(good: Peer, bad: Peer): Promise<void> {
  await good.validate();
  let refused = false;
  try {
    await bad.validate();
  } catch {
    refused = true;
  }
  if (!refused) throw new Error(`${good.name} accepted a text with a mistake in it, so its figure would mean nothing.`);
}
