/**
 * How many columns a text takes where every letter is as wide as the next: East Asian characters
 * and emoji take two columns, accents that join a letter none. For carets under source lines and for
 * the columns of the formatter.
 */
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const wide =
  /^(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|[\u3000-\u303F\uFF01-\uFF60\uFFE0-\uFFE6])/u;
const invisible = /^[\p{Mark}\p{Control}\p{Format}]+$/u;
const plain = /^[\x20-\x7E]*$/;

export function columnWidth(text: string): number {
  if (plain.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += invisible.test(segment) ? 0 : wide.test(segment) ? 2 : 1;
  return width;
}
