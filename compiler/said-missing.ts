/**
 * How people say that a value is missing where Regimen says `why is missing`: `why = null`, `why != missing`,
 * `why is mising`, `set why = null`. What to write instead, where what they meant is plain.
 */
import type { Span } from '../language/ast.ts';
import type { Details } from '../language/diagnostics.ts';
import { fixOf } from '../language/fixes.ts';
import { nearest } from '../language/nearest.ts';
import { didYouMean } from '../language/suggest.ts';

const present: ReadonlySet<string> = new Set(['known', 'set']);
/** What other languages call a value that is missing, and what it is called here. */
export const absent: ReadonlySet<string> = new Set([
  'missing',
  'null',
  'nil',
  'none',
  'nothing',
  'empty',
  'undefined',
  'unknown',
  'unset',
]);

/** As much as stands before a name that says what it is for. */
const BEFORE_MAX = 80;

const isTest = /\b(?<operator>is not|is)\s+$/;
const comparison = /(?:\b(?:when|where|while|and|or|not)\s+|\()[\w.]+\s*(?<operator>!=|=)\s*$/;
const setting = /\bset\s+(?<field>\w+)\s*=\s*$/;

/** Details for an unknown name at `span` of `text`; nothing where it does not ask whether something is there. */
export function saidMissing(text: string, span: Span): Details | undefined {
  const name = text.slice(span.start, span.end);
  const before = text.slice(Math.max(0, span.start - BEFORE_MAX), span.start);
  const field = absent.has(name) ? setting.exec(before)?.groups?.field : undefined;
  if (field !== undefined) return instead(`clear ${field}`, span, before.search(setting) - before.length);
  const operator = (isTest.exec(before) ?? comparison.exec(before))?.groups?.operator;
  if (operator === undefined) return undefined;
  if (!present.has(name) && !absent.has(name)) {
    const near = operator.startsWith('is') ? nearest(name, [...present, 'missing']) : undefined;
    return near === undefined ? undefined : didYouMean(near, span);
  }
  const isDenied = operator === '!=' || operator === 'is not';
  const right = present.has(name) === isDenied ? 'is missing' : 'is known';
  const at = before.lastIndexOf(operator);
  return instead(right, span, at - before.length, /\s/.test(before[at - 1] ?? '') ? '' : ' ');
}

/**
 * Writes `right`, behind `blank`, in the place of the name and of what stands before it from `offset` on, a negative
 * number.
 */
function instead(right: string, span: Span, offset: number, blank = ''): Details {
  const whole = { ...span, start: span.start + offset };
  return { hint: `Write \`${right}\`.`, fix: fixOf('write', right, { span: whole, text: `${blank}${right}` }) };
}
