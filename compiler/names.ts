/**
 * What the phases that look at names have in common: kept words, and “did you mean”.
 */
import type { Name, Span } from '../language/ast.ts';
import { type Details, type Diagnostic, diagnostic } from '../language/diagnostics.ts';
import { type Fix, fixOf } from '../language/fixes.ts';
import { nearest } from '../language/nearest.ts';
import { didYouMean } from '../language/suggest.ts';

/** The role that always exists. */
export const OPERATOR = 'operator';

/** The person, as somebody a document can be for, and everybody in the cohort. */
export const PARTICIPANT = 'participant';
export const COHORT = 'cohort';

/** Words for people that no role, service or ladder can take. */
export const peopleWords: ReadonlySet<string> = new Set([PARTICIPANT, COHORT, 'agent', 'they', 'program']);

/** To whom something can go instead, where one of those words stands in the place of a role. */
export function insteadOfPerson(word: string, isEscalation: boolean): Details {
  if (!peopleWords.has(word)) return {};
  if (isEscalation)
    return { hint: 'Somebody else sees to an escalation: write `escalate to operator`, or name a role.' };
  return { hint: 'Write to the person with `say "…"`, or tell a role: `tell operator "…"`.' };
}

/** Words that every object of the host language answers to: they could not be looked up safely. */
export const isReserved = (word: string): boolean => word in {};

/** A fix that puts one word in the place of another. */
export const replaceWith = (word: string, span: Span): Fix => fixOf('write', word, { span, text: word });

/** “Did you mean”, with its fix, where one of `known` is near; otherwise `details`. */
export function meant(name: Name, known: Iterable<string>, details: Details = {}): Details {
  const near = nearest(name.text, known);
  return near === undefined ? details : didYouMean(near, name.span);
}

/** Names in a row, in back quotes: `a`, `b`; or `otherwise` where there are none. */
export function listed(names: Iterable<string>, otherwise: string): string {
  const all = [...names].map((name) => `\`${name}\``);
  return all.length === 0 ? otherwise : all.join(', ');
}

export const usedTwice = (name: Name, before: Name): Diagnostic =>
  diagnostic(
    'duplicate-name',
    name.span,
    { name: name.text },
    { related: [{ message: 'It is used here first.', span: before.span }] },
  );
