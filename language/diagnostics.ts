/**
 * What Regimen has to say about a text: the shape of a diagnostic and how one is made.
 *
 * Every phase returns `{ value, diagnostics }` and never throws for bad source. The wording of
 * every code lives in `catalogue.ts`; a code that is not in it is a type error. Positions are
 * offsets until somebody prints them (`position.ts`).
 */

import type { Span } from './ast.ts';
import { type Code, catalogue } from './catalogue.ts';
import type { Fix } from './fixes.ts';

export type { Code };
export type Severity = 'error' | 'warning';

export type Diagnostic = {
  code: Code;
  severity: Severity;
  /** What is wrong, in the author's words: one sentence. */
  message: string;
  /** What to do about it: one sentence. */
  hint?: string;
  span: Span;
  related: { message: string; span: Span }[];
  /** Edits that mend it, where one mending is the obvious one. */
  fix?: Fix;
};

export type WithDiagnostics<T> = { value: T; diagnostics: Diagnostic[] };

export type Details = {
  related?: Diagnostic['related'];
  hint?: string;
  fix?: Diagnostic['fix'];
};

/**
 * Makes a diagnostic from the catalogue. `words` fill the `{holes}` of its message and hint.
 * `details.hint` replaces the catalogue's hint where the place knows better.
 */
export function diagnostic(
  code: Code,
  span: Span,
  words: Record<string, string | number> = {},
  details: Details = {},
): Diagnostic {
  const entry: { severity: Severity; message: string; hint?: string } = catalogue[code];
  const hint = details.hint ?? (entry.hint === undefined ? undefined : fill(entry.hint, words));
  return {
    code,
    severity: entry.severity,
    message: fill(entry.message, words),
    ...(hint === undefined ? {} : { hint }),
    span,
    related: details.related ?? [],
    ...(details.fix === undefined ? {} : { fix: details.fix }),
  };
}

function fill(text: string, words: Record<string, string | number>): string {
  let filled = '';
  // Between each two of its words stands the name of a hole.
  for (const [index, part] of partsOf(text).entries())
    filled += index % 2 === 0 ? part : String(words[part] ?? `{${part}}`);
  return filled;
}

/** The texts of the catalogue, cut at their holes: thousands of one kind may be told of copies of one fragment. */
const partsFound = new Map<string, readonly string[]>();

function partsOf(text: string): readonly string[] {
  let parts = partsFound.get(text);
  if (parts === undefined) {
    parts = text.split(/\{(\w+)\}/);
    partsFound.set(text, parts);
  }
  return parts;
}
