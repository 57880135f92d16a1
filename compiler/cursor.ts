/**
 * Where in a text the cursor stands: in which block, in which item of it, after which words.
 *
 * Reads characters and braces only, so it works on any half-written text. What may come at the
 * place is decided by `complete`.
 */
import type { Span } from '../language/ast.ts';
import { type KeywordPlace, keywords } from '../language/keywords.ts';

export type Block =
  | 'file'
  | 'program'
  | 'data'
  | 'record'
  | 'table'
  | 'ladder'
  | 'holidays'
  | 'bands'
  | 'track'
  | 'list'
  | 'fragment'
  | 'migrate'
  | 'anytime'
  | 'stage'
  | 'action'
  | 'scenario'
  | 'entry'
  | 'hole';

export type Cursor = {
  block: Block;
  /** The name of the track or list the cursor is in. */
  flow?: string;
  /** The name of the stage the cursor is in. */
  stage?: string;
  /** Words and signs of the item so far, without the word being typed. Texts are `""`. */
  words: string[];
  /** The series (or list) of the enclosing `on series { … }` or of the entry being written. */
  series?: string;
  /** Nothing but the word being typed stands before it on its line. */
  lineStart: boolean;
  /** The word being typed, with what follows of it. */
  replace: Span;
};

type Frame = { block: Block; flow?: string; stage?: string; series?: string; tokens: Token[]; closes: '}' | '"' };
type Token = { text: string; lineStart: boolean };

/** Frames are kept for at most so many braces; a deeper text is not a program. */
const FRAMES_MAX = 200;

/** Undefined inside comments and texts, where nothing is to be completed. */
export function cursorAt(text: string, offset: number): Cursor | undefined {
  let start = offset;
  while (start > 0 && /\w/.test(text[start - 1] ?? '')) start--;
  let end = offset;
  while (end < text.length && /\w/.test(text[end] ?? '')) end++;

  const frames: Frame[] = [{ block: 'file', tokens: [], closes: '}' }];
  const sign = /\s+|\/\/[^\n]*|[A-Za-z_]\w*(?:\/(?:no\b|[A-Za-z]+))?|\d+(?:[.:-]\d+)*|[<>!=]=|./gsy;
  let lineStart = true;
  let at = 0;
  while (at < start) {
    const frame = frames.at(-1);
    if (frame === undefined) return undefined;
    sign.lastIndex = at;
    const found = sign.exec(text)?.[0] ?? text[at] ?? '';
    at += found.length;
    if (/^\s/.test(found)) {
      // White space may go on behind the cursor.
      if (text.slice(at - found.length, Math.min(at, start)).includes('\n')) lineStart = true;
      continue;
    }
    if (found.startsWith('//')) {
      if (at >= offset) return undefined;
      continue;
    }
    if (found === '"') {
      const next = skipText(text, at, start);
      if (next === undefined) return undefined;
      if (next.hole) frames.push(openHole(frame, lineStart));
      else frame.tokens.push({ text: '""', lineStart });
      at = next.at;
    } else if (found === '{') {
      if (frames.length >= FRAMES_MAX) return undefined;
      frames.push(openBlock(frame));
    } else if (found === '}') {
      if (frame.closes === '"') {
        frames.pop();
        const next = skipText(text, at, start);
        if (next === undefined) return undefined;
        if (next.hole) frames.push(openHole(frames.at(-1) ?? frame, lineStart));
        at = next.at;
      } else if (frames.length > 1) {
        frames.pop();
        frames.at(-1)?.tokens.push({ text: '}', lineStart: false });
      }
    } else frame.tokens.push({ text: found, lineStart });
    lineStart = false;
  }
  const frame = frames.at(-1);
  if (frame === undefined) return undefined;
  const words = frame.block === 'hole' ? frame.tokens.map((token) => token.text) : itemWords(frame, lineStart);
  return {
    block: frame.block,
    ...(frame.flow === undefined ? {} : { flow: frame.flow }),
    ...(frame.stage === undefined ? {} : { stage: frame.stage }),
    ...(frame.series === undefined ? {} : { series: frame.series }),
    words,
    lineStart,
    replace: { start, end },
  };
}

/** To the end of a text or the start of a hole in it; undefined when the cursor is in its words. */
function skipText(text: string, from: number, until: number): { at: number; hole: boolean } | undefined {
  for (let at = from; at < until; at++) {
    const character = text[at];
    if (character === '\\') at++;
    else if (character === '"') return { at: at + 1, hole: false };
    else if (character === '{') return { at: at + 1, hole: true };
    // A text that was not closed ends with its line.
    else if (character === '\n') return { at, hole: false };
  }
  return undefined;
}

function openHole(frame: Frame, lineStart: boolean): Frame {
  frame.tokens.push({ text: '""', lineStart });
  return { ...inherit(frame), block: 'hole', tokens: [], closes: '"' };
}

const inherit = (frame: Frame): Pick<Frame, 'flow' | 'stage' | 'series'> => ({
  ...(frame.flow === undefined ? {} : { flow: frame.flow }),
  ...(frame.stage === undefined ? {} : { stage: frame.stage }),
  ...(frame.series === undefined ? {} : { series: frame.series }),
});

function openBlock(frame: Frame): Frame {
  const head = frame.tokens.map((token) => token.text);
  const own = inherit(frame);
  const make = (block: Block, more: Partial<Frame> = {}): Frame => ({
    ...own,
    block,
    tokens: [],
    closes: '}',
    ...more,
  });
  const near = (word: string, within: number) => head.slice(-within).lastIndexOf(word) >= 0;
  switch (frame.block) {
    case 'file':
      return make(near('scenario', 4) ? 'scenario' : near('fragment', 2) ? 'fragment' : 'program');
    case 'program':
    case 'fragment':
    case 'track':
    case 'list': {
      const [word, name] = openerOf(frame.tokens);
      if (word === 'stage' || word === undefined) return make('stage', name === undefined ? {} : { stage: name });
      if (word === 'track' || word === 'list') return make(word, name === undefined ? {} : { flow: name });
      // `starts with { title: "…" }`
      if (word === 'starts') return make('entry', { series: frame.flow ?? '' });
      if (word === 'parameters') return make('data');
      return word === 'when' || word === 'at' || word === 'on' || word === 'check' || word === 'command'
        ? actionBlock(frame, make)
        : make(word);
    }
    case 'data':
    case 'record':
      return make('record');
    case 'scenario':
      return make('entry', { series: head.at(-1) ?? '' });
    default:
      return actionBlock(frame, make);
  }
}

type Make = (block: Block, more?: Partial<Frame>) => Frame;

function actionBlock(frame: Frame, make: Make): Frame {
  const words = itemWords(frame, false);
  const [verb, name] = words.slice(-2);
  if (verb === 'record' || verb === 'add') return make('entry', { series: name ?? '' });
  const [first, second] = words;
  return (first === 'on' || first === 'each') && second !== undefined
    ? make('action', { series: second })
    : make('action');
}

/** Words that open a block inside a program, a fragment, a track or a list. */
const openers = [
  'data',
  'parameters',
  'table',
  'ladder',
  'holidays',
  'bands',
  'track',
  'list',
  'starts',
  'migrate',
  'anytime',
  'stage',
  // In a fragment the items of a stage may stand by themselves.
  'when',
  'at',
  'on',
  'check',
  'command',
] as const;
type Opener = (typeof openers)[number];
const isOpener = (word: string): word is Opener => (openers as readonly string[]).includes(word);

/** The word that opened the block whose brace comes next, and the name behind it. */
function openerOf(tokens: readonly Token[]): [Opener | undefined, string | undefined] {
  const since = tokens.slice(tokens.findLastIndex((token) => token.text === '}') + 1);
  // `protected stage` begins a line too. On one line a name may look like a word that opens.
  const begins = (token: Token, index: number) =>
    isOpener(token.text) && (token.lineStart || index === 0 || since[index - 1]?.text === 'protected');
  const line = since.findLastIndex(begins);
  const index = line >= 0 ? line : since.findLastIndex((token) => isOpener(token.text));
  const word = since[index]?.text;
  return word !== undefined && isOpener(word) ? [word, since[index + 1]?.text] : [undefined, undefined];
}

/** Which items may stand in a block. */
export const placesOf: Partial<Record<Block, KeywordPlace[]>> = {
  file: ['file'],
  program: ['program'],
  fragment: ['program', 'stage'],
  track: ['track'],
  list: ['list'],
  migrate: ['migrate'],
  anytime: ['anytime'],
  stage: ['stage'],
  action: ['action'],
  scenario: ['scenario'],
};

/** The words of the item the cursor is in: from the last word that begins an item here. */
function itemWords(frame: Frame, atLineStart: boolean): string[] {
  const { block, tokens } = frame;
  const texts = tokens.map((token) => token.text);
  if (block === 'data' || block === 'record') {
    const line = tokens.findLastIndex((token) => token.lineStart);
    const comma = block === 'record' ? texts.lastIndexOf(',') + 1 : 0;
    return atLineStart ? [] : texts.slice(Math.max(0, line, comma));
  }
  const places = placesOf[block];
  if (places === undefined) return texts;
  const here = keywords.filter((one) => places.some((place) => one.where.includes(place)));
  const begins = new Set(here.map((one) => one.word));
  for (let index = tokens.length - 1; index >= 0; index--) {
    const token = tokens[index];
    if (token === undefined || !begins.has(token.text)) continue;
    if (token.lineStart || index === 0 || startsInLine(texts, index)) return texts.slice(index);
  }
  return texts.slice(texts.lastIndexOf('}') + 1);
}

/** In the middle of a line some words begin an item, and some only continue one. */
function startsInLine(texts: string[], index: number): boolean {
  const before = texts[index - 1] ?? '';
  const word = texts[index] ?? '';
  if (['may', 'else', 'to', 'with', 'as', 'by', 'of', 'is', 'not', ',', '=', 'on', 'at'].includes(before)) return false;
  return !['when', 'on', 'day', 'let', 'agent', 'else'].includes(word);
}
