/**
 * Parts of what messages say: several phrases as one, the keywords a phrase quotes, “did you mean” with the edit that
 * writes it, and what was meant by a text that its own quotes cut in two.
 */
import type { Span } from './ast.ts';
import type { Details } from './diagnostics.ts';
import { fixOf } from './fixes.ts';

/** `a, b or c`. */
export function joined(phrases: string[], conjunction: 'and' | 'or'): string {
  if (phrases.length < 2) return phrases[0] ?? '';
  return `${phrases.slice(0, -1).join(', ')} ${conjunction} ${phrases.at(-1)}`;
}

/** The keywords in a phrase such as "`when` or `after`". */
export const keywordsIn = (phrase: string) => [...phrase.matchAll(/`(\p{L}+)`/gu)].map((match) => match[1] ?? '');

/** "Did you mean `when`?", with the edit that writes it. */
export function didYouMean(meant: string, span: Span): Details {
  return {
    hint: `Did you mean \`${meant}\`?`,
    fix: fixOf('write', meant, { span, text: meant }),
  };
}

/** As much of a line as is looked at for the quotes of a text. */
const LINE_MAX = 400;

/** `"Think of a "safe" place."`: the text ended before `safe`, where reading stopped; nothing where it is otherwise. */
export function quotesInside(text: string, { start }: Span): Details | undefined {
  const [inner] =
    text[start - 1] === '"' ? (/^[^"\n]+(?="[^"\n]*")/.exec(text.slice(start, start + LINE_MAX)) ?? []) : [];
  if (inner === undefined || /^\s|\s$/.test(inner)) return undefined;
  const right = `\\"${inner}\\"`;
  const whole = { start: start - 1, end: start + inner.length + 1 };
  return {
    hint: `The text ends before this. Quotes inside a text have a backslash: \`${right}\`.`,
    fix: fixOf('write', right, { span: whole, text: right }),
  };
}
