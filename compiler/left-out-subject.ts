/**
 * `felt is easy or ok`: people leave out what is asked about when they ask a second time. What to write before
 * the word that is then no name; what its choices are is told by whoever asks.
 */
import type { Span } from '../language/ast.ts';
import type { Details } from '../language/diagnostics.ts';
import { fixOf } from '../language/fixes.ts';

/** As much as stands before a word that says what it is compared with. */
const BEFORE_MAX = 200;

const asked =
  /(?<subject>[\p{L}_][\w.]*)\s+(?<operator>is not|is|!=|=)\s+\w+(?:\s+(?:or|and)\s+\w+){0,20}\s+(?<joint>or|and)\s+$/u;

/** Details for an unknown name at `span` of `text` that is one of the choices of what was asked about before it. */
export function leftOutSubject(
  text: string,
  span: Span,
  isChoice: (subject: string, word: string) => boolean,
): Details | undefined {
  const before = text.slice(Math.max(0, span.start - BEFORE_MAX), span.start);
  const { subject, operator = '', joint = '' } = asked.exec(before)?.groups ?? {};
  const word = text.slice(span.start, span.end);
  if (subject === undefined || !isChoice(subject, word)) return undefined;
  const again = `${subject} ${operator} ${word}`;
  // `is not easy or hard` means neither of them: with `or` written out it would always be true.
  const isNeither = joint === 'or' && (operator === 'is not' || operator === '!=');
  const right = isNeither ? `and ${again}` : again;
  const whole = isNeither ? { ...span, start: span.start - before.length + before.lastIndexOf(joint) } : span;
  return {
    hint: `Say once more what is asked about: \`${right}\`.`,
    fix: fixOf('write', right, { span: whole, text: right }),
  };
}
