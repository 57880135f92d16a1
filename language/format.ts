/**
 * The one style of Regimen: text in, the same program beautifully set out.
 *
 * There are no options. Words, their order and all comments stay; blanks, line ends, optional commas
 * and columns are Regimen's. What comes out is read again before it is handed back: where its tree or
 * its comments were not those of the text, the text stays as it was and the problem says so. A text
 * with mistakes in its grammar is left alone, because nobody can know what it means.
 */
import type { SourceFile, Span } from './ast.ts';
import type { Code } from './diagnostics.ts';
import { printLine } from './format-columns.ts';
import { layOut } from './format-lines.ts';
import { findMarks } from './format-marks.ts';
import { commentsOf, readLayout } from './format-tokens.ts';
import { readTokens } from './grammar.ts';
import { parse } from './parse.ts';
import { tokenize } from './tokens.ts';

/** Why a text was left as it is: a sentence, what to do, and the place (offsets in UTF-16 code units). */
export type FormatProblem = { code: Code | 'not-proven'; message: string; hint?: string; span: Span };

export type Formatted = { text: string; changed: boolean } | { problem: FormatProblem };

/**
 * Formats a `.regimen` or `.scenario` text. Lines end with LF, the last one too; a byte-order mark
 * is left out. Never throws.
 */
export function format(text: string): Formatted {
  const before = parse(text);
  const mistake = before.diagnostics.find(({ severity }) => severity === 'error');
  if (mistake) {
    const { code, message, hint, span } = mistake;
    return { problem: { code, message, ...(hint !== undefined && { hint }), span } };
  }
  try {
    const formatted = print(text);
    if (formatted !== text && !sameMeaning(text, before.value, formatted)) return { problem: unproven };
    return { text: formatted, changed: formatted !== text };
  } catch (error) {
    // A host with a small stack may not hold a text that is nested as deep as is allowed.
    if (!(error instanceof RangeError)) throw error;
    return { problem: unproven };
  }
}

const unproven: FormatProblem = {
  code: 'not-proven',
  message: 'Formatting would have changed what this text means, so it stays as it is.',
  hint: 'This is a mistake in Regimen: please report it, with the text.',
  span: { start: 0, end: 0 },
};

function print(text: string): string {
  const raw = tokenize(text).value;
  const { tree } = readTokens(raw, 'file');
  if (!tree) return text;
  const { tokens, file } = readLayout(text, raw, findMarks(tree));
  let printed = '';
  for (const line of layOut(tokens, file)) printed += `${line.blankBefore ? '\n' : ''}${printLine(line)}\n`;
  return printed;
}

/** Whether the result reads as the text did: the same tree but for its places, and the same comments. */
function sameMeaning(text: string, tree: SourceFile, formatted: string): boolean {
  const after = parse(formatted);
  if (after.diagnostics.some(({ severity }) => severity === 'error')) return false;
  if (withoutSpans(tree) !== withoutSpans(after.value)) return false;
  return sortedComments(text) === sortedComments(formatted);
}

/** The tree as text without its places; that a mark such as `once` is there counts, where it is does not. */
const withoutSpans = (tree: SourceFile) =>
  JSON.stringify(tree, (key, value) => (key === 'span' ? undefined : isPlace(value) ? true : value));

const isPlace = (value: unknown) =>
  typeof value === 'object' && value !== null && 'start' in value && 'end' in value && Object.keys(value).length === 2;

const sortedComments = (text: string) => commentsOf(text, tokenize(text).value).sort().join('\n');
