/**
 * Reads sound texts into the parser's tree, several times faster than the parser does.
 *
 * There is one grammar: the rules of `RegimenGrammar`, noted as plain data by `note-rules.ts`. Walking the
 * data needs no closures, no stack of rules and none of what recovery takes, and it needs no parser that
 * has analyzed itself. Where a token does not fit, reading ends without an answer, and the parser reads
 * the text again with everything it knows about mistakes; a stage of a program alone, where the mistakes
 * are all in it. For every text that the parser reads without an error both give the same tree; tests hold
 * them to it.
 */
import type { CstNode, IToken } from 'chevrotain';
import { foresee } from './foresee.ts';
import { knownStage, noteSoundStage, type ReadingMemory } from './kept-stages.ts';
import type { MendedStage } from './mend-stage.ts';
import { type Called, type Choice, type Gate, type Item, type Known, type Rule, ruleNotes } from './note-rules.ts';

/** What is used of a Chevrotain 13 parser, some of it not for the public: the version is pinned, and tests compare. */
type Parser = {
  tokVector: IToken[];
  tokVectorLength: number;
  currIdx: number;
  maxLookahead: number;
  LA: (ahead: number) => IToken;
} & Record<string, unknown>;

/** What helps with a file: stages that are known, and a way to read one with mistakes (its program begins at `program`). */
export type Helpers = {
  memory?: ReadingMemory | undefined;
  mend?: (tokens: IToken[], program: number, first: number) => MendedStage | undefined;
};

/** Makes a reader of sound texts from a grammar, whether or not it has analyzed itself. */
export function soundReader(
  grammar: object,
): (tokens: IToken[], rule: string, helpers?: Helpers) => CstNode | undefined {
  const parser = grammar as Parser;
  const ruleOf = ruleNotes(parser, parser.maxLookahead);
  // Kept here and not in the parser, whose fields are slow; it gets the position when it is asked something.
  let tokens: IToken[] = [];
  let position = -1;
  let helpers: Helpers = {};
  /** The declaration of stages that is being read, and where it begins. */
  let holder = { name: '', first: 0 };

  return (given, name, help = {}) => {
    const { items } = ruleOf(parser[name] as Called);
    tokens = given;
    helpers = help;
    holder = { name: '', first: 0 };
    position = -1;
    const count = tokens.length;
    show(count);
    const end = parser.LA(count + 1);
    // The parser's lookahead may look past the last token.
    for (let more = 0; more < lookaheadMax; more++) tokens.push(end);
    try {
      const node = newNode(name);
      const sound = read(items, node);
      return sound && position + 1 === count ? node : undefined;
    } finally {
      tokens.length = count;
    }
  };

  /** Lets the conditions of the grammar see the tokens that are read. */
  function show(count: number): void {
    parser.tokVector = tokens;
    parser.tokVectorLength = count;
    parser.currIdx = position;
  }

  function read(items: Item[], node: CstNode): boolean {
    for (let index = 0; index < items.length; index++) {
      const item = items[index] as Item;
      switch (item.kind) {
        case 'token': {
          const token = tokens[position + 1] as IToken;
          if (item.fits[token.tokenTypeIdx] !== 1) return false;
          position++;
          add(node, item.key, token);
          extend(node, token.startOffset, token.endOffset as number);
          break;
        }
        case 'rule': {
          const child = item.rule.role === 'stage' ? readStage(item.rule) : readRule(item.rule);
          if (child === undefined) return false;
          add(node, item.key, child);
          const location = child.location as { startOffset: number; endOffset: number };
          extend(node, location.startOffset, location.endOffset);
          break;
        }
        case 'choice': {
          const chosen = choose(item);
          if (chosen === undefined || !read(chosen, node)) return false;
          break;
        }
        case 'repeat': {
          let times = 0;
          while (times < item.most && goesOn(item)) {
            const before = position;
            if (!read(item.items, node)) return false;
            times++;
            if (position === before) break;
          }
          if (times < item.least) return false;
          break;
        }
        case 'action':
          parser.currIdx = position;
          item.run.call(parser);
      }
    }
    return true;
  }

  function readRule(rule: Rule): CstNode | undefined {
    const node = newNode(rule.name);
    if (rule.role !== 'holder') return read(rule.items, node) ? node : undefined;
    const outer = holder;
    holder = { name: rule.name, first: position + 1 };
    const isSound = read(rule.items, node);
    holder = outer;
    return isSound ? node : undefined;
  }

  /** A stage that was read before is passed over; one with mistakes is left to the parser. */
  function readStage(rule: Rule): CstNode | undefined {
    const { memory, mend } = helpers;
    const first = position + 1;
    const known = memory && knownStage(memory, tokens, first);
    if (known !== undefined) {
      position += known.count;
      return known.node;
    }
    const node = readRule(rule);
    if (node !== undefined) {
      if (memory !== undefined) noteSoundStage(memory, node, tokens.slice(first, position + 1));
      return node;
    }
    const count = tokens.length - lookaheadMax;
    const mended =
      holder.name === 'programDeclaration' ? mend?.(tokens.slice(0, count), holder.first, first) : undefined;
    if (mended === undefined) return undefined;
    position = first + mended.count - 1;
    show(count);
    return mended.node;
  }

  function choose({ choice, alternatives }: Extract<Item, { kind: 'choice' }>): Item[] | undefined {
    const allowed = allowedBy(choice);
    for (let index = 0; index < allowed.length; index++) {
      const alternative = alternatives[allowed[index] as number];
      if (alternative === undefined) return undefined;
      if (alternative.gate === undefined || opens(alternative.gate)) return alternative.items;
    }
    return undefined;
  }

  function goesOn({ choice, gate }: Extract<Item, { kind: 'repeat' }>): boolean {
    return (gate === undefined || opens(gate)) && allowedBy(choice).length > 0;
  }

  function opens(gate: Gate): boolean {
    parser.currIdx = position;
    return gate.call(parser);
  }

  function allowedBy(choice: Choice): number[] {
    let known = choice.begins;
    for (let ahead = 1; known.allowed === undefined; ahead++) {
      const { tokenTypeIdx } = tokens[position + ahead] as IToken;
      known = known.further[tokenTypeIdx] ?? learn(choice, known, ahead);
    }
    return known.allowed;
  }

  /** Works out what the tokens up to `ahead` allow, and notes it. */
  function learn(choice: Choice, known: Known, ahead: number): Known {
    const types = tokens.slice(position + 1, position + 1 + ahead).map((token) => token.tokenTypeIdx);
    const learned = foresee(choice, types);
    known.further[types[ahead - 1] as number] = learned;
    return learned;
  }
}

/** Tokens that the lookahead may look at beyond the end. */
const lookaheadMax = 4;

const newNode = (name: string): CstNode => ({
  name,
  children: {},
  location: { startOffset: -1, endOffset: -1 } as NonNullable<CstNode['location']>,
});

function add(node: CstNode, key: string, element: CstNode | IToken): void {
  const { children } = node;
  const list = children[key];
  if (list === undefined) children[key] = [element];
  else list.push(element);
}

function extend(node: CstNode, start: number, end: number): void {
  const location = node.location as { startOffset: number; endOffset: number };
  if (location.startOffset === -1) {
    location.startOffset = start;
    location.endOffset = end;
  } else if (location.endOffset < end) location.endOffset = end;
}
