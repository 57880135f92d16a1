/**
 * Which ways of a choice the tokens ahead allow: at most two tokens, worked out when they first come.
 *
 * The answers are those of Chevrotain's own lookahead, which works out every choice of the grammar
 * before the first token is read; a test compares the two for the whole grammar. As there, a first
 * token that begins one way alone decides by itself, and ways are followed to their own end and no
 * further: into what is behind a choice nobody looks.
 */
import type { TokenType } from 'chevrotain';
import { type Choice, type Chosen, type Item, itemsOf, type Known, type Rest, restOf } from './note-rules.ts';

/** A token that can come next, and what is left then; without a type it is the end that comes. */
type Next = { type: TokenType | undefined; fits: Uint8Array; rest: Rest | undefined };

/** The beginnings of each way of a choice, worked out when it is first asked about. */
type Beginnings = { ways: Next[][]; after: Next[] };
const beginnings = new WeakMap<Choice, Beginnings>();

const ending: Next = { type: undefined, fits: new Uint8Array(0), rest: undefined };

/**
 * What follows from `types`, the indexes of the types of the tokens ahead: `allowed` is undefined where it takes one
 * more.
 */
export function foresee(choice: Choice, types: readonly number[]): Known {
  const [first = 0, second] = types;
  const { ways, after } = beginningsOf(choice);
  const allowed: number[] = [];
  let isOpen = false;
  for (let index = 0; index < ways.length; index++) {
    const others = choice.isRepeat ? [after] : ways.filter((_, other) => other !== index);
    const answer = allows(ways[index] as Next[], others, choice.ahead, first, second);
    if (answer === undefined) isOpen = true;
    else if (answer) allowed.push(index);
  }
  return { allowed: isOpen ? undefined : allowed, further: [] };
}

function beginningsOf(choice: Choice): Beginnings {
  const known = beginnings.get(choice);
  if (known !== undefined) return known;
  const ways = choice.ways.map((items) => nextIn(restOf(items, 0, undefined)));
  const made = { ways, after: choice.isRepeat ? nextIn(choice.after) : [] };
  beginnings.set(choice, made);
  return made;
}

/** Whether tokens of these types begin a way; undefined where the second would have to be known. */
function allows(
  way: readonly Next[],
  others: readonly Next[][],
  ahead: number,
  first: number,
  second: number | undefined,
): boolean | undefined {
  let isOpen = false;
  for (const next of way) {
    if (next.type === undefined) return true;
    if (next.fits[first] !== 1) continue;
    if (ahead === 1 || next.rest === undefined || isAlone(next.type, others)) return true;
    if (second === undefined) isOpen = true;
    else if (nextIn(next.rest).some(({ type, fits }) => type === undefined || fits[second] === 1)) return true;
  }
  return isOpen ? undefined : false;
}

/** Whether no other way begins with a token that fits `type`. */
function isAlone(type: TokenType, others: readonly Next[][]): boolean {
  const indexes = [type.tokenTypeIdx ?? 0, ...(type.categoryMatches ?? [])];
  return !others.some((other) => other.some(({ fits }) => indexes.some((index) => fits[index] === 1)));
}

/** Every token that can come next, in the order of the grammar. */
function nextIn(rest: Rest | undefined): Next[] {
  const found: Next[] = [];
  follow(rest, found);
  return found;
}

function follow(from: Rest | undefined, found: Next[]): void {
  let rest = from;
  while (rest !== undefined) {
    const item = rest.items[rest.index] as Item;
    const after: Rest | undefined = restOf(rest.items, rest.index + 1, rest.next);
    switch (item.kind) {
      case 'token':
        found.push({ type: item.type, fits: item.fits, rest: after });
        return;
      case 'rule':
        rest = restOf(itemsOf(item.rule), 0, after);
        break;
      case 'choice': {
        const { ways, isRepeat } = item.choice;
        for (const way of ways) {
          const again = item.isRepeated ? repeated(item, after) : after;
          if (isRepeat || !isEmpty(way)) follow(restOf(way, 0, again), found);
        }
        if (item.isNeeded) return;
        rest = after;
        break;
      }
      case 'action':
        rest = after;
    }
  }
  found.push(ending);
}

/** The same once more or not at all, and then `next`. */
const repeated = (item: Chosen, next: Rest | undefined): Rest => ({
  items: [{ ...item, isNeeded: false }],
  index: 0,
  next,
});

const isEmpty = (items: readonly Item[]): boolean => items.every(({ kind }) => kind === 'action');
