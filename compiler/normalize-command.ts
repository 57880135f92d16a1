/**
 * The one spelling of a command: what people write is compared in this form.
 *
 * Used by `emit` for the names of events and by the runtime for incoming messages, so the two
 * cannot drift apart.
 */

/** Longer messages are never commands; keeps the work on any message small. */
const COMMAND_LENGTH_MAX = 200;

/** `  “Workout”! ` → `workout`, `Next week` → `next_week`. Empty when nothing is left, or when the text is too long. */
export function commandWord(text: string): string {
  if (text.length > COMMAND_LENGTH_MAX) return '';
  if (/^[a-z0-9]+$/.test(text)) return text;
  // Most texts are plain: without Unicode there is less to look at, and the same comes out.
  if (/^[ -~]*$/.test(text)) {
    return text
      .toLowerCase()
      .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
      .replaceAll(/ +/g, '_');
  }
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      // Telephones write a curly apostrophe, programs mostly a straight one.
      .replace(/[‘’]/g, "'")
      .replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '')
      .replace(/\s+/g, '_')
  );
}
