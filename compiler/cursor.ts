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
  | 'anytime'
  | 'stage'
  | 'action'
  | 'scenario'
  | 'entry'
  | 'hole';

export type Cursor = {
  block: Block;
  /** The name of the stage the cursor is in. */
  stage?: string;
  /** Words and signs of the item so far, without the word being typed. Texts are `""`. */
  words: string[];
  /** The series of the enclosing `on series { … }` or of the entry being written. */
  series?: string;
  /** Nothing but the word being typed stands before it on its line. */
  lineStart: boolean;
  /** The word being typed, with what follows of it. */
  replace: Span;
};

type Frame = { block: Block; stage?: string; series?: string; tokens: Token[]; closes: '}' | '"' };
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

const inherit = (frame: Frame): Pick<Frame, 'stage' | 'series'> => ({
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
      return make(near('scenario', 4) ? 'scenario' : 'program');
    case 'program': {
      if (head.at(-1) === 'data') return make('data');
      if (head.at(-1) === 'anytime') return make('anytime');
      const stage = head.lastIndexOf('stage');
      const table = head.lastIndexOf('table');
      if (table > stage && !head.slice(table).includes('}')) return make('table');
      const name = head[stage + 1];
      return stage < 0 || name === undefined ? make('stage') : make('stage', { stage: name });
    }
    case 'data':
    case 'record':
      return make('record');
    case 'scenario':
      return make('entry', { series: head.at(-1) ?? '' });
    default: {
      const words = itemWords(frame, false);
      if (words.at(-2) === 'record') return make('entry', { series: words.at(-1) ?? '' });
      return words[0] === 'on' && words[1] !== undefined ? make('action', { series: words[1] }) : make('action');
    }
  }
}

const placeOf: Partial<Record<Block, KeywordPlace>> = {
  file: 'file',
  program: 'program',
  anytime: 'anytime',
  stage: 'stage',
  action: 'action',
  scenario: 'scenario',
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
  const place = placeOf[block];
  if (place === undefined) return texts;
  const begins = new Set(keywords.filter((one) => one.where.includes(place)).map((one) => one.word));
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
