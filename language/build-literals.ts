/**
 * Tokens to literals: texts with their holes, durations, times, dates, numbers, weekdays.
 *
 * Values that can be read but can not exist (`25:00`, `2026-02-30`) are reported here and kept as
 * something near, so that no second mistake follows from the first.
 */
import type { IToken } from 'chevrotain';
import type {
  DateLiteral,
  DurationLiteral,
  DurationUnit,
  Expr,
  Name,
  TextLiteral,
  TimeLiteral,
  Weekday,
} from './ast.ts';
import { buildExpression } from './build-expressions.ts';
import { type Build, type CstNode, nameAt, node, nodeSpan, token, tokenSpan, tokens } from './cst.ts';
import { diagnostic } from './diagnostics.ts';
import { fixOf } from './fixes.ts';
import { readTokens } from './grammar.ts';
import { limits } from './limits.ts';
import { syntaxDiagnostic } from './messages.ts';
import { nestingDiagnostic } from './nesting.ts';
import { didYouMean } from './suggest.ts';
import { readText, scanText } from './texts.ts';
import { quoted, tokenize, twentyFourHours } from './tokens.ts';

const NUMBER_MAX = 1_000_000_000_000;
const MINUTES_PER_DAY = 24 * 60;

export function buildText(build: Build, from: IToken): TextLiteral {
  const span = tokenSpan(from);
  const doubleQuoted = from.image.startsWith('"');
  // Single and curly quotes hold no holes: they are already reported as a foreign spelling.
  if (!doubleQuoted) return { kind: 'text', parts: [from.image.slice(1, -1)], span };
  const closed = scanText(build.text, span.start).closed;
  if (!closed) build.diagnostics.push(diagnostic('unclosed-text', span, {}, tooLong(build.text, span.start)));
  const parts: (string | Expr)[] = [];
  for (const piece of readText(build.text, span.start, span.end, closed)) {
    const place = { start: piece.start, end: piece.end };
    if (piece.kind === 'words') {
      parts.push(piece.text);
    } else if (piece.kind === 'unclosed-hole') {
      build.diagnostics.push(diagnostic('unclosed-hole', { start: piece.start, end: piece.start + 1 }));
    } else if (piece.kind === 'unknown-escape') {
      const found = build.text.slice(piece.start, piece.end);
      build.diagnostics.push(diagnostic('unknown-escape', place, { found }));
    } else {
      const hole = buildHole(build, piece.start, piece.end);
      if (hole) parts.push(hole);
    }
  }
  return { kind: 'text', parts: parts.length === 0 ? [''] : parts, span };
}

/** One that goes on beyond the limit of a text, on the same line, was not forgotten to be closed. */
function tooLong(text: string, start: number): { hint?: string } {
  const most = limits.textLiteralLength;
  const isLong = text.length - start > most && !text.slice(start, start + most).includes('\n');
  return isLong ? { hint: `A text may have up to ${most} characters. Split it into several.` } : {};
}

/** Reads the expression of a hole; its offsets count in the whole file. */
function buildHole(build: Build, start: number, end: number): Expr | undefined {
  const braces = { start: start - 1, end: end + 1 };
  const lexed = tokenize(build.text, start, end);
  build.diagnostics.push(...lexed.diagnostics);
  if (lexed.value.length === 0) {
    if (lexed.diagnostics.length === 0) build.diagnostics.push(diagnostic('empty-hole', braces));
    return undefined;
  }
  const tooDeep = nestingDiagnostic(lexed.value);
  if (tooDeep) {
    build.diagnostics.push(tooDeep.diagnostic);
    return undefined;
  }
  const { tree, errors } = readTokens(lexed.value, 'hole');
  const error = errors[0];
  if (error) build.diagnostics.push(syntaxDiagnostic(error, lexed.value, build.text));
  return buildExpression(build, node(tree, 'expression'));
}

export function textOf(build: Build, parent: CstNode | undefined): TextLiteral | undefined {
  const from = token(parent, 'Text');
  return from && buildText(build, from);
}

/** By the first letters of the word; the longer ones first. */
const units: [string, DurationUnit][] = [
  ['business', 'business-days'],
  ['working', 'business-days'],
  ['mo', 'months'],
  ['m', 'minutes'],
  ['h', 'hours'],
  ['d', 'days'],
  ['w', 'weeks'],
  ['y', 'years'],
];

export function buildDuration(build: Build, from: IToken): DurationLiteral {
  const [, amount = '0', word = 'd'] = /^([\d.]+)\s?(\w+(?:\s\w+)?)$/.exec(from.image) ?? [];
  const unit = units.find(([letters]) => word.startsWith(letters))?.[1] ?? 'days';
  const span = tokenSpan(from);
  const calendar = unit !== 'minutes' && unit !== 'hours';
  if (calendar && amount.includes('.'))
    build.diagnostics.push(diagnostic('part-of-a-day', span, { found: quoted(from.image) }));
  if (word.startsWith('working')) reportWorking(build, from);
  return { kind: 'duration', amount: readNumber(build, from, amount), unit, span };
}

/** `4 working days`: read as business days, and reported. */
function reportWorking(build: Build, from: IToken): void {
  const start = from.startOffset + from.image.indexOf('working');
  const span = { start, end: start + 'working'.length };
  const remedy = 'Write `business` instead.';
  const fix = fixOf('write', 'business', { span, text: 'business' });
  build.diagnostics.push(diagnostic('foreign-spelling', span, { found: '`working` days', remedy }, { fix }));
}

/** Builds the node of the rule `writtenLength`. */
export function buildWrittenLength(build: Build, from: CstNode): DurationLiteral | undefined {
  const duration = durationOf(build, from);
  const calendar = nameAt(from);
  if (!duration || !calendar) return duration;
  return { ...duration, calendar, span: nodeSpan(from) };
}

export function durationOf(build: Build, parent: CstNode | undefined): DurationLiteral | undefined {
  const from = token(parent, 'Duration');
  return from && buildDuration(build, from);
}

export function buildTime(build: Build, from: IToken): TimeLiteral {
  const image = /m$/i.test(from.image) ? twentyFourHours(from.image) : from.image;
  const [hours = 0, minutes = 0] = image.split(':').map(Number);
  const total = hours * 60 + minutes;
  if (minutes > 59 || total >= MINUTES_PER_DAY) {
    build.diagnostics.push(diagnostic('impossible-time', tokenSpan(from), { found: quoted(from.image) }));
  }
  return { kind: 'time', minutes: total % MINUTES_PER_DAY, span: tokenSpan(from) };
}

export function timeOf(build: Build, parent: CstNode | undefined, index = 0): TimeLiteral | undefined {
  const from = tokens(parent, 'Time')[index];
  return from && buildTime(build, from);
}

export function buildDate(build: Build, from: IToken): DateLiteral {
  const [year = 0, month = 0, day = 0] = from.image.split('-').map(Number);
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  const length = lengths[month - 1] ?? 0;
  if (length > 0 && day >= 1 && day <= length) return { kind: 'date', iso: from.image, span: tokenSpan(from) };
  build.diagnostics.push(diagnostic('impossible-date', tokenSpan(from), { found: quoted(from.image) }));
  const pad = (part: number) => String(part).padStart(2, '0');
  const near = `${from.image.slice(0, 4)}-${pad(length > 0 ? month : 1)}-${pad(Math.max(1, Math.min(day, length || 1)))}`;
  return { kind: 'date', iso: near, span: tokenSpan(from) };
}

/** A number the token holds, or the part of its image that is one. */
export function readNumber(build: Build, from: IToken, image = from.image): number {
  const value = Number(image);
  if (value <= NUMBER_MAX) return value;
  build.diagnostics.push(diagnostic('number-too-large', tokenSpan(from), { found: quoted(from.image) }));
  return NUMBER_MAX;
}

/** A count: a whole number from 1. */
export function readCount(build: Build, from: IToken): number {
  const value = readNumber(build, from);
  if (Number.isInteger(value) && value >= 1) return value;
  build.diagnostics.push(diagnostic('not-whole', tokenSpan(from), { found: quoted(from.image) }));
  return Math.max(1, Math.round(value));
}

/** A smaller one may as well be tenths: `8` is 0.08, or 0.8. */
const PERCENTAGE_LEAST = 10;

/** `0.8`: between 0 and 1. */
export function readConfidence(build: Build, from: IToken): number {
  const value = Number(from.image);
  if (value <= 1) return value;
  const { start, end } = tokenSpan(from);
  // Behind a percentage may stand its sign, which goes with it.
  const whole = { start, end: build.text[end] === '%' ? end + 1 : end };
  const isPercentage = Number.isInteger(value) && value >= PERCENTAGE_LEAST && value <= 100;
  const details = isPercentage ? didYouMean(String(value / 100), whole) : {};
  build.diagnostics.push(diagnostic('not-a-confidence', { start, end }, { found: quoted(from.image) }, details));
  return 1;
}

/** `kg`, `mg/dL`. */
export function unitOf(parent: CstNode | undefined): Name | undefined {
  const unit = node(parent, 'unit');
  if (!unit || !token(unit, 'Word')) return undefined;
  const text = [...tokens(unit, 'Word'), ...tokens(unit, 'Name')].map((word) => word.image).join('/');
  return { text, span: nodeSpan(unit) };
}

/** `mon, wed, fri` in the order written. */
export function weekdaysOf(parent: CstNode | undefined): Weekday[] {
  return tokens(parent, 'Weekday').map((from) => from.image.slice(0, 3).toLowerCase() as Weekday);
}

/**
 * A program or stage that lacks its name keeps its place in the tree: under its title where that is
 * a single word (`stage "recovery"`), so that nothing else seems wrong, or under an empty one.
 */
export function nameless(from: CstNode, title: TextLiteral | undefined): Name {
  const [word] = title?.parts ?? [];
  if (title && typeof word === 'string' && /^[\p{L}_][\p{L}\d_]*$/u.test(word)) return { text: word, span: title.span };
  const { start } = nodeSpan(from);
  return { text: '', span: { start, end: start } };
}
