/**
 * Every kind of fix that a diagnostic can offer, and its title as an editor lists it.
 *
 * A fix is offered where one mending is the obvious one: its edits take the diagnostic away and bring
 * no other. What was meant is judged where the diagnostic is made; applying is left to others.
 */
import type { Span } from './ast.ts';

export const fixTitles = {
  write: 'Write `{text}`',
  'write-between': 'Write `{text}` between them',
  'write-latin': 'Write `{text}` in Latin letters',
  remove: 'Remove it',
  'leave-out': 'Leave `{text}` out',
  'leave-time-out': 'Leave the time out',
  'close-brace': 'Close it with `}`',
  'remove-brace': 'Remove this `}`',
  'may-be-missing': 'Let it be missing at first',
} as const;

export type FixKind = keyof typeof fixTitles;

export type Fix = { kind: FixKind; title: string; edits: { span: Span; text: string }[] };

/** Makes a fix. `text` fills the title; every edit puts its text in the place of its span. */
export function fixOf(kind: FixKind, text: string, ...edits: Fix['edits']): Fix {
  return { kind, title: fixTitles[kind].replace('{text}', () => text), edits };
}

/** Writes what Regimen writes in the place of a spelling from elsewhere, or nothing. */
export function foreignFix(found: string, right: string, span: Span): Fix {
  const edit = { span, text: right };
  return right === '' ? fixOf('leave-out', found, edit) : fixOf('write', right.trim(), edit);
}
