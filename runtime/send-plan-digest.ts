/**
 * A digest: what several programs have to say, as one message.
 *
 * Programs come in the order of their first message, under their titles; within each, messages are in
 * the order in which they were written. Nothing is left out or cut.
 */

export type DigestPart = { program: string; title: string; text: string };

/** Messages in one digest; what is more comes in the next. */
export const digestPartsMax = 50;

/** The text of a digest. One program needs no title. */
export function mergeDigest(parts: readonly DigestPart[]): string {
  const byProgram = new Map<string, DigestPart[]>();
  for (const part of parts) byProgram.set(part.program, [...(byProgram.get(part.program) ?? []), part]);
  const texts = [...byProgram.values()].map((own) => own.map(({ text }) => text).join('\n\n'));
  if (texts.length === 1) return texts[0] ?? '';
  return [...byProgram.values()].map((own, index) => `${own[0]?.title}:\n${texts[index]}`).join('\n\n');
}
