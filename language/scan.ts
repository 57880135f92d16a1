/**
 * Cuts a text into tokens by the patterns of their types: at each place the first type that fits wins.
 *
 * Words, numbers and the space between tokens, nearly all of a text, are read without a pattern; for
 * the rest a table says which types can begin with a character. Knows nothing of keywords, which
 * `tokens.ts` looks up. A character with which nothing begins is left out and given back.
 */
import type { IToken, TokenType } from 'chevrotain';
import type { Span } from './ast.ts';

/**
 * Types in the order in which they are tried. A type that is no word says in its `start_chars_hint` what it begins
 * with.
 */
export type Vocabulary = {
  types: readonly TokenType[];
  space: TokenType;
  word: TokenType;
  number: TokenType;
  skipped: readonly TokenType[];
};

/** `unreadable` are stretches of characters with which no token begins. */
export type Scanned = { tokens: IToken[]; unreadable: Span[] };

/** Tries one type at an offset: where the token ends, or -1. */
type Attempt = { type: TokenType; isSkipped: boolean; endOf: (text: string, offset: number) => number };

const ASCII = 128;
const [TAB, LINE_FEED, RETURN, SPACE, NINE, ZERO] = [9, 10, 13, 32, 57, 48];

/**
 * What may stand behind the digits of something that is more than a number: `14 days`, `18:00`, `0.5`, `2026-01-05`.
 */
const goesOnAs = ' \t\v\f:.-';

/**
 * Makes the function that cuts texts. Offsets and spans count from `base`; lines and columns from the beginning of the
 * text.
 */
export function scanner(vocabulary: Vocabulary): (text: string, base?: number) => Scanned {
  const { types, space, word, number, skipped } = vocabulary;
  const attempts = types.map((type) => ({ type, isSkipped: skipped.includes(type), endOf: matcherOf(type) }));
  const endOfWord = matcherOf(word);
  const beginning: Attempt[][] = Array.from({ length: ASCII }, () => []);
  const beyond: Attempt[] = [];
  for (const attempt of attempts) {
    const isWide = attempt.type === word || attempt.type === space;
    const begins = isWide ? asciiThat((character) => attempt.endOf(character, 0) > 0) : hints(attempt.type);
    for (const code of begins) beginning[code]?.push(attempt);
    if (isWide || begins.some((code) => code >= ASCII)) beyond.push(attempt);
  }
  const isWordPart = marked((code) => endOfWord(`a${String.fromCharCode(code)}`, 0) === 2);
  const isWordStart = marked((code) => beginning[code]?.length === 1 && beginning[code][0]?.type === word);
  const endsNumber = marked((code) => isWordPart[code] === 0 && !goesOnAs.includes(String.fromCharCode(code)));

  /** The end of a word of common letters, and of nothing but digits; -1 where it takes a pattern to know. */
  function plainEnd(text: string, offset: number, code: number): number {
    let end = offset;
    if (isWordStart[code] === 1) {
      do end++;
      while (isWordPart[text.charCodeAt(end)] === 1);
      return text.charCodeAt(end) >= ASCII ? -1 : end;
    }
    if (!isDigit(code)) return -1;
    do end++;
    while (isDigit(text.charCodeAt(end)));
    return end === text.length || endsNumber[text.charCodeAt(end)] === 1 ? end : -1;
  }

  return (text, base = 0) => {
    const tokens: IToken[] = [];
    const unreadable: Span[] = [];
    const { length } = text;
    // `lost`: from where on nothing could be read, or -1.
    let [offset, line, lineStart, lost] = [0, 1, 0, -1];
    const tellLost = () => {
      if (lost >= 0) unreadable.push({ start: base + lost, end: base + offset });
      lost = -1;
    };
    while (offset < length) {
      const code = text.charCodeAt(offset);
      if (code === SPACE || code === LINE_FEED || code === RETURN || code === TAB) {
        if (lost >= 0) tellLost();
        offset++;
        if (code === LINE_FEED || (code === RETURN && text.charCodeAt(offset) !== LINE_FEED)) {
          line++;
          lineStart = offset;
        }
        continue;
      }
      let end = plainEnd(text, offset, code);
      let type: TokenType | undefined = isDigit(code) ? number : word;
      let isSkipped = false;
      if (end < 0) {
        type = undefined;
        for (const attempt of code < ASCII ? (beginning[code] as Attempt[]) : beyond) {
          end = attempt.endOf(text, offset);
          if (end <= offset) continue;
          ({ type, isSkipped } = attempt);
          break;
        }
      }
      if (type === undefined) {
        if (lost < 0) lost = offset;
        offset++;
        continue;
      }
      if (lost >= 0) tellLost();
      if (!isSkipped)
        tokens.push({
          image: text.slice(offset, end),
          startOffset: base + offset,
          endOffset: base + end - 1,
          startLine: line,
          startColumn: offset - lineStart + 1,
          tokenTypeIdx: type.tokenTypeIdx as number,
          tokenType: type,
        });
      offset = end;
    }
    tellLost();
    return { tokens, unreadable };
  };
}

const isDigit = (code: number): boolean => code >= ZERO && code <= NINE;

/** A table of the ASCII characters of which something is so. */
const marked = (isSo: (code: number) => boolean): Uint8Array =>
  Uint8Array.from({ length: ASCII }, (_, code) => (isSo(code) ? 1 : 0));

const asciiThat = (isSo: (character: string) => boolean): number[] =>
  Array.from({ length: ASCII }, (_, code) => code).filter((code) => isSo(String.fromCharCode(code)));

const hints = ({ PATTERN, START_CHARS_HINT }: TokenType): number[] =>
  (typeof PATTERN === 'string' ? [PATTERN] : (START_CHARS_HINT ?? [])).map((hint) =>
    typeof hint === 'number' ? hint : hint.charCodeAt(0),
  );

function matcherOf({ PATTERN }: TokenType): Attempt['endOf'] {
  if (typeof PATTERN === 'string') {
    return (text, offset) => (text.startsWith(PATTERN, offset) ? offset + PATTERN.length : -1);
  }
  if (PATTERN instanceof RegExp) {
    const sticky = new RegExp(PATTERN.source, `${PATTERN.flags.replace('y', '')}y`);
    return (text, offset) => {
      sticky.lastIndex = offset;
      return sticky.test(text) ? sticky.lastIndex : -1;
    };
  }
  if (typeof PATTERN === 'function') {
    return (text, offset) => {
      const [image] = PATTERN(text, offset, [], {}) ?? [];
      return image === undefined ? -1 : offset + image.length;
    };
  }
  return () => -1;
}
