/**
 * Words whose misspelling is only noticed at another token: a weekday, where reading stops behind it, and a
 * unit of time, where reading stops at the number before it.
 *
 * Asked by `messages.ts` for every syntax error; says nothing where the token found is the one to blame.
 */
import type { IToken } from 'chevrotain';
import type { Span } from './ast.ts';
import type { Details } from './diagnostics.ts';
import { nearest } from './nearest.ts';
import { didYouMean } from './suggest.ts';
import { dayNames, NumberToken, Word } from './tokens.ts';

/** The word at fault, what was expected in its place, and what was meant by it. */
export type Misspelled = { span: Span; expected: string; word: string; details: Details };

/** Units of time as lengths are usually written with them. */
export const timeUnits: readonly string[] = [
  'min',
  'minutes',
  'hour',
  'hours',
  'day',
  'days',
  'week',
  'weeks',
  'month',
  'months',
  'year',
  'years',
];

/** As much of a text as is looked at for the word behind a number. */
const AHEAD_MAX = 64;

/** `expected` is the phrase for what the grammar wanted at `token`. */
export function misspelled(
  expected: string,
  token: IToken,
  previous: IToken | undefined,
  text: string,
): Misspelled | undefined {
  if (expected === '`times`' && previous?.tokenType === Word) {
    const span = { start: previous.startOffset, end: previous.startOffset + previous.image.length };
    return dayMeant(span, previous.image);
  }
  const end = token.startOffset + token.image.length;
  const [behind = '', word = ''] = /^ *(\p{L}+)/u.exec(text.slice(end, end + AHEAD_MAX)) ?? [];
  const whole = { start: token.startOffset, end: end + behind.length };
  const last = { start: whole.end - word.length, end: whole.end };
  if (token.image === 'on' && previous?.image === 'weekly' && token.startLine === previous.startLine)
    return word === '' ? undefined : dayMeant(last, word, whole);
  const meant = expected.startsWith('a length of time') && token.tokenType === NumberToken && nearest(word, timeUnits);
  if (typeof meant !== 'string') return undefined;
  return { span: whole, expected, word: text.slice(whole.start, whole.end), details: didYouMean(meant, last) };
}

function dayMeant(span: Span, word: string, whole = span): Misspelled {
  const meant = nearest(word, dayNames);
  const details = meant === undefined ? { hint: `The days are ${days}.` } : didYouMean(meant, span);
  return { span: whole, expected: 'a day such as `mon`', word, details };
}

const days = dayNames
  .slice(0, 7)
  .map((day) => `\`${day}\``)
  .join(', ');
