/**
 * Source lines as a terminal shows them, so that carets stand under what they mean.
 */
import { columnWidth } from '../language/column-width.ts';

const tabColumns = 4;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

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
