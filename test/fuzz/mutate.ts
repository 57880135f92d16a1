/**
 * Broken inputs made from sound ones: what hands, merges, disks and enemies do to a text.
 *
 * Everything follows from the random numbers it is given. A mutation changes text, never meaning on
 * purpose; most results have mistakes, some are sound.
 */
import { Buffer } from 'node:buffer';
import type { Chance } from '../../runtime/population/chance.ts';
import type { Source } from './sources.ts';

type Mutation = (text: string, random: Chance, source: Source, all: readonly Source[]) => string;

const pieces = [
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  '"',
  '{"',
  '"}',
  "'",
  '\\',
  ',',
  ':',
  '|',
  '.',
  '?',
  '-',
  '+',
  '/',
  '*',
  '=',
  '==',
  '!=',
  '<=',
  '>',
  '!',
  ';',
  '#',
  '//',
  '/*',
  '$',
  '$1',
  '%',
  '@',
  '&&',
  '||',
  '\n',
  '\r\n',
  '\r',
  '\t',
  '\0',
  ' ',
  '--- expected',
  '<<<<<<< HEAD\n',
  '=======\n',
  '>>>>>>> theirs\n',
];
/** A byte-order mark, direction marks, look-alikes, lone halves, joined and combining signs, separators. */
const unicode = [
  '\ufeff',
  '\u202e',
  '\u2066',
  '\u200f',
  '\u200b',
  '\u00a0',
  '\u00ad',
  '\u0430',
  '\u03bf',
  '\uff5b',
  '\uff02',
  '\u201c',
  '\u2019',
  '\u2013',
  '\u2028',
  '\u2029',
  '\u0085',
  '\ud800',
  '\udc00',
  '🏃',
  '👩‍⚕️',
  'é',
  'e\u0301',
  'ß',
  'İ',
  '中',
  '١',
  '½',
  '\uffff',
];
const words = [
  'program',
  'stage',
  'data',
  'when',
  'advance',
  'to',
  'leave',
  'as',
  'no',
  'last',
  'where',
  'series',
  'scenario',
  'expect',
  'and',
  'or',
  'not',
  'else',
  'is',
  'in',
  'for',
  'each',
  'review',
  'ask',
  'say',
  'command',
  'let',
  'table',
  'anytime',
  'resume',
  'restart',
  'final',
  'track',
  'list',
  'window',
  'bands',
  'parameters',
  'propose',
  'check',
  'constructor',
  '__proto__',
  'toString',
  'hasOwnProperty',
];
const numbers = [
  '0',
  '-1',
  '1e9',
  '999999999999999999999',
  '0.0000001',
  '1/0',
  '00',
  '1.',
  '.5',
  '24:00',
  '99:99',
  '2026-02-30',
  '9999-12-31',
  '0 days',
  '999999999 years',
  '$0',
  '1e309',
];
const nests = [
  '(',
  '{',
  '[',
  'not ',
  '- ',
  '"{',
  'when x { ',
  'a else ',
  '1 + ',
  'series of ',
  'day of ',
  'no x where ',
  'stage s { ',
  'program p { ',
];

const at = (text: string, random: Chance) => random.upTo(text.length + 1);
const put = (text: string, place: number, piece: string, skip = 0) =>
  text.slice(0, place) + piece + text.slice(place + skip);
const linesOf = (text: string) => text.split('\n');

const mutations: Mutation[] = [
  (text, random) => put(text, at(text, random), random.pick(pieces)),
  (text, random) => put(text, at(text, random), '', 1 + random.upTo(random.happens(0.2) ? 200 : 12)),
  (text, random) => text.slice(0, at(text, random)),
  (text, random) =>
    random.happens(0.3) ? text.slice(at(text, random)) : put(text, at(text, random), random.pick(words)),
  (text, random) => put(text, at(text, random), String.fromCharCode(random.upTo(random.happens(0.5) ? 128 : 65536)), 1),
  (text, random) => put(text, at(text, random), random.pick(unicode), random.upTo(2)),
  replaceToken,
  swapTokens,
  dropToken,
  duplicate,
  swapLines,
  dropLines,
  braces,
  braces,
  nest,
  splice,
  misspell,
  number,
  bytes,
  lineEnds,
];

/** A text with one to six things wrong, and the first place where it differs from its source. */
export function mutate(source: Source, random: Chance, all: readonly Source[]): { text: string; from: number } {
  let { text } = source;
  for (let changes = 1 + (random.happens(0.5) ? 0 : random.upTo(6)); changes > 0; changes--) {
    text = random.pick(mutations)(text, random, source, all);
  }
  if (text.length > lengthMax) text = text.slice(0, lengthMax);
  let from = 0;
  while (from < text.length && from < source.text.length && text[from] === source.text[from]) from++;
  return { text, from };
}

/** Longer ones only take longer. */
const lengthMax = 60_000;

function replaceToken(text: string, random: Chance, source: Source, all: readonly Source[]): string {
  const one = random.pick(source.tokens);
  const other = random.pick(random.happens(0.7) ? source.tokens : random.pick(all).tokens);
  return one === undefined || other === undefined ? text : put(text, one.start, other.image, one.end - one.start);
}

function swapTokens(text: string, random: Chance, source: Source): string {
  const [a, b] = [random.pick(source.tokens), random.pick(source.tokens)].sort(
    (x, y) => (x?.start ?? 0) - (y?.start ?? 0),
  );
  if (a === undefined || b === undefined || a === b) return text;
  return text.slice(0, a.start) + b.image + text.slice(a.end, b.start) + a.image + text.slice(b.end);
}

function dropToken(text: string, random: Chance, source: Source): string {
  const one = random.pick(source.tokens);
  return one === undefined ? text : put(text, one.start, '', one.end - one.start);
}

function duplicate(text: string, random: Chance): string {
  const start = at(text, random);
  const piece = text.slice(start, start + 1 + random.upTo(random.happens(0.2) ? 2000 : 80));
  return put(text, random.happens(0.5) ? start : at(text, random), piece.repeat(1 + random.upTo(3)));
}

function swapLines(text: string, random: Chance): string {
  const lines = linesOf(text);
  const [a, b] = [random.upTo(lines.length), random.upTo(lines.length)];
  [lines[a], lines[b]] = [lines[b] ?? '', lines[a] ?? ''];
  return lines.join('\n');
}

function dropLines(text: string, random: Chance): string {
  const lines = linesOf(text);
  lines.splice(random.upTo(lines.length), 1 + random.upTo(3));
  return lines.join('\n');
}

/** Takes a brace away, doubles it or makes it another one. */
function braces(text: string, random: Chance): string {
  const places = [...text.matchAll(/[{}()[\]"]/g)].map((found) => found.index);
  if (places.length === 0) return `${text}}`;
  const place = random.pick(places);
  return put(text, place, random.pick(['', '', '', '{{', '}}', '{', '}', '(', ')', '"', '} }', '}\n}']), 1);
}

function nest(text: string, random: Chance): string {
  return put(text, at(text, random), random.pick(nests).repeat(1 + random.upTo(random.happens(0.1) ? 1500 : 30)));
}

function splice(text: string, random: Chance, _source: Source, all: readonly Source[]): string {
  const other = random.pick(all).text;
  const start = random.upTo(other.length);
  return put(
    text,
    at(text, random),
    other.slice(start, start + random.upTo(400)),
    random.happens(0.5) ? random.upTo(200) : 0,
  );
}

/** A letter of a word lost, doubled or out of place. */
function misspell(text: string, random: Chance, source: Source): string {
  const one = random.pick(source.tokens.filter(({ image }) => /^[a-z]{3,}/.test(image)));
  if (one === undefined) return text;
  const place = one.start + random.upTo(one.image.length - 1);
  const [a = '', b = ''] = [text[place], text[place + 1]];
  return put(text, place, random.pick([b + a, a, a + a + b, a.toUpperCase() + b]), 2);
}

function number(text: string, random: Chance, source: Source): string {
  const one = random.pick(source.tokens.filter(({ image }) => /^[\d$]/.test(image)));
  return one === undefined ? text : put(text, one.start, random.pick(numbers), one.end - one.start);
}

/** Bits flipped on the way, read as UTF-8 again. */
function bytes(text: string, random: Chance): string {
  const data = Buffer.from(text, 'utf8');
  for (let flips = 1 + random.upTo(4); flips > 0 && data.length > 0; flips--) {
    const place = random.upTo(data.length);
    data[place] = (data[place] ?? 0) ^ (1 << random.upTo(8));
  }
  return data.toString('utf8');
}

function lineEnds(text: string, random: Chance): string {
  return text.replaceAll('\n', random.pick(['\r\n', '\r', '\n\n', ' ', '\n\t', '\u2028']));
}
