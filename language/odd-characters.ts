/**
 * Characters that deceive the eye: invisible ones, ones that turn the order of a line around, and
 * letters of one alphabet that look like those of another.
 *
 * Such a text may say something else than its readers see, so each is a warning with its place. What
 * cannot be read at all is left to `tokens.ts`.
 */
import type { IToken } from 'chevrotain';
import { type Diagnostic, diagnostic } from './diagnostics.ts';
import { fixOf } from './fixes.ts';
import { invisibleName, numbered } from './invisible.ts';
import { limits } from './limits.ts';
import { Word } from './tokens.ts';

/**
 * Those that nobody needs in a text or a comment. Joiners and marks of direction belong to the
 * writing of some languages and to emoji, and stay.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const needless = /[\u0000-\u0008\u000E-\u001F\u007F\u00AD\u200B\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/g;

/** Letters of other alphabets, each followed by the Latin one it looks like. */
const lookalikes = new Map(
  ('аaеeоoрpсcуyхxіiѕsјjһhԁdԛqԝwАAВBЕEКKМMНHОOРPСCТTХXІIЅSЈJУY' + 'αaνvοoρpιiκkυuΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧX')
    .match(/../gu)
    ?.map((pair) => [pair.charAt(0), pair.charAt(1)]),
);
const anyLookalike = /[\u0370-\u03FF\u0400-\u052F]/;
const anyOdd = new RegExp(`${needless.source}|${anyLookalike.source}`);

/** Whether a text holds a character of which there may be something to say; of nearly all texts there is nothing. */
export const mayBeOdd = (text: string): boolean => anyOdd.test(text);

/** Warnings for a text and the tokens read from it. What the reader has already reported is not told twice. */
export function oddCharacters(text: string, tokens: IToken[], reported: Diagnostic[]): Diagnostic[] {
  const found: Diagnostic[] = [];
  const told = reported.map(({ span }) => span).sort((a, b) => a.start - b.start);
  let next = 0;
  for (const { index } of text.matchAll(needless)) {
    while (next < told.length && (told[next]?.end ?? 0) <= index) next++;
    const isTold = (told[next]?.start ?? Infinity) <= index;
    // The mark at the beginning of a file says how it is encoded.
    if (index > 0 && !isTold) found.push(hiddenCharacter(text, index));
    if (found.length >= limits.diagnostics) break;
  }
  if (!anyLookalike.test(text)) return found;
  const words = new Set(tokens.map(({ image }) => image));
  for (const token of tokens) {
    if (token.tokenType !== Word || !anyLookalike.test(token.image)) continue;
    const warning = confusableName(token, words);
    if (warning) found.push(warning);
  }
  return found;
}

function hiddenCharacter(text: string, index: number): Diagnostic {
  const span = { start: index, end: index + 1 };
  const character = text.charAt(index);
  const fix = fixOf('remove', '', { span, text: '' });
  const words = { found: invisibleName(character) ?? numbered(character) };
  return diagnostic('hidden-character', span, words, { fix });
}

/** A name with letters of two alphabets, or one that looks like another word of the file. */
function confusableName(token: IToken, words: Set<string>): Diagnostic | undefined {
  const letters = [...token.image];
  const strange = letters.find((letter) => lookalikes.has(letter));
  const latin = letters.map((letter) => lookalikes.get(letter) ?? letter).join('');
  if (strange === undefined || !/^[\w\u00C0-\u024F]+$/.test(latin)) return undefined;
  const mixed = letters.some((letter) => /[A-Za-z]/.test(letter));
  if (!mixed && !words.has(latin)) return undefined;
  const span = { start: token.startOffset, end: token.startOffset + token.image.length };
  const fix = fixOf('write-latin', latin, { span, text: latin });
  const told = { name: token.image, letter: strange, number: numbered(strange), latin: lookalikes.get(strange) ?? '' };
  return diagnostic('confusable-name', span, told, { fix });
}
