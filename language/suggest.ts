/**
 * Suggestions: the keywords a phrase quotes, and “did you mean” with the edit that writes it.
 */
import type { Span } from './ast.ts';
import type { Details } from './diagnostics.ts';
import { fixOf } from './fixes.ts';

/** The keywords in a phrase such as "`when` or `after`". */
export const keywordsIn = (phrase: string) => [...phrase.matchAll(/`(\p{L}+)`/gu)].map((match) => match[1] ?? '');

/** "Did you mean `when`?", with the edit that writes it. */
export function didYouMean(meant: string, span: Span): Details {
  return {
    hint: `Did you mean \`${meant}\`?`,
    fix: fixOf('write', meant, { span, text: meant }),
  };
}
