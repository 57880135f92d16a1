/**
 * How many terminal columns a text takes, so that carets stand under what they mean: tabs go to the
 * next stop, East Asian characters and emoji take two columns, accents that join a letter none.
 */
const tabColumns = 4;
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

/** Tabs as spaces up to the next stop. Control characters, which could steer the terminal, are shown as `�`. */
export function spreadTabs(text: string): string {
  let out = '';
  let column = 0;
  for (const { segment } of graphemes.segment(text)) {
    const shown =
      segment === '\t'
        ? ' '.repeat(tabColumns - (column % tabColumns))
        : /^\p{Control}+$/u.test(segment)
          ? '�'
          : segment;
    out += shown;
    column += columnWidth(shown);
  }
  return out;
}
