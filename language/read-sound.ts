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
import type { IToken } from 'chevrotain';
import { type CstNode, isNode, type Part } from './cst.ts';
import { foresee } from './foresee.ts';
import { knownItem, noteSoundItem, type ReadingMemory } from './kept-items.ts';
import type { MendedStage } from './mend-stage.ts';
import {
  type Called,
  type Choice,
  type Chosen,
  type Item,
  itemsOf,
  type Known,
  type Rule,
  ruleNotes,
} from './note-rules.ts';
import { endOfFile } from './tokens.ts';

/** What is used of a Chevrotain 13 parser, some of it not for the public: the version is pinned, and tests compare. */
type Parser = { maxLookahead: number; LA: (ahead: number) => IToken } & Record<string, unknown>;

/**
 * What helps with a file: items that are known, and a way to read one with mistakes (its program begins at `program`).
 */
export type Helpers = {
  memory?: ReadingMemory | undefined;
  mend?: (tokens: IToken[], program: number, first: number) => MendedStage | undefined;
};

/** Makes a reader of sound texts from a grammar that nobody else reads with; it need not have analyzed itself. */
export function soundReader(
  grammar: object,
): (tokens: IToken[], rule: string, helpers?: Helpers) => CstNode | undefined {
  const parser = grammar as Parser;
  const ruleOf = ruleNotes(parser, parser.maxLookahead);
  // The conditions of the grammar look at tokens here and not in the parser, whose fields are slow.
  parser.LA = look;
  let tokens: IToken[] = [];
  let position = -1;
  /** The last token that was looked at. */
  let farthest = -1;
  let mended = 0;
  /** The parts of the nodes that are being read, one behind the other, and how many there are. */
  const parts: CstNode['parts'] = [];
  let count = 0;
  let helpers: Helpers = {};
  /** The declaration of stages that is being read, and where it begins. */
  let holder = { name: '', first: 0 };

  return (given, name, help = {}) => {
    const rule = ruleOf(parser[name] as Called);
    tokens = given;
    helpers = help;
    holder = { name: '', first: 0 };
    position = -1;
    farthest = -1;
    mended = 0;
    count = 0;
    try {
      const node = readRule(rule);
      return position + 1 === given.length ? node : undefined;
    } finally {
      parts.length = 0;
    }
  };

  function look(ahead: number): IToken {
    const at = position + ahead;
    if (at > farthest) farthest = at;
    return tokens[at] ?? endOfFile;
  }

  function read(items: readonly Item[]): boolean {
    for (let index = 0; index < items.length; index++) {
      const item = items[index] as Item;
      switch (item.kind) {
        case 'token': {
          const token = tokens[position + 1] ?? endOfFile;
          if (item.fits[token.tokenTypeIdx] !== 1) return false;
          position++;
          parts[count++] = item.key;
          parts[count++] = token;
          break;
        }
        case 'rule': {
          const child = readAny(item.rule);
          if (child === undefined) return false;
          parts[count++] = item.key;
          parts[count++] = child;
          break;
        }
        case 'choice': {
          let way = choose(item);
          if (way === undefined && item.isNeeded) return false;
          while (way !== undefined) {
            const before = position;
            if (!read(way)) return false;
            way = item.isRepeated && position > before ? choose(item) : undefined;
          }
          break;
        }
        case 'action':
          item.run();
      }
    }
    return true;
  }

  function readRule(rule: Rule): CstNode | undefined {
    const first = position + 1;
    const begin = count;
    const outer = holder;
    if (rule.role === 'holder') holder = { name: rule.name, first };
    const isSound = read(itemsOf(rule));
    holder = outer;
    const end = count;
    count = begin;
    if (!isSound) return undefined;
    if (rule.passesOn && end - begin === 2) {
      const only = parts[begin + 1] as Part;
      if (isNode(only)) return only;
    }
    const isEmpty = position < first;
    const start = isEmpty ? -1 : (tokens[first] as IToken).startOffset;
    const behind = isEmpty ? 0 : ((tokens[position] as IToken).endOffset as number) + 1;
    return { name: rule.name, parts: parts.slice(begin, end), start, end: behind, noted: undefined };
  }

  function readAny(rule: Rule): CstNode | undefined {
    if (rule.isKept && helpers.memory !== undefined) return readKept(rule, helpers.memory);
    return rule.role === 'stage' ? readStage(rule) : readRule(rule);
  }

  /** An item that was read before is passed over. */
  function readKept(rule: Rule, memory: ReadingMemory): CstNode | undefined {
    const first = position + 1;
    const known = knownItem(memory, rule.name, tokens, first);
    if (known !== undefined) {
      position += known.count;
      farthest = Math.max(farthest, position + known.ahead);
      return known.node;
    }
    const [seen, mistakes] = [farthest, mended];
    farthest = position;
    const node = readRule(rule);
    if (node !== undefined && mended === mistakes) noteSoundItem(node, tokens, first, position + 1, farthest + 1);
    farthest = Math.max(farthest, seen);
    return node;
  }

  /** A stage with mistakes is left to the parser. */
  function readStage(rule: Rule): CstNode | undefined {
    const first = position + 1;
    const node = readRule(rule);
    if (node !== undefined || holder.name !== 'programDeclaration') return node;
    const stage = helpers.mend?.(tokens, holder.first, first);
    if (stage === undefined) return undefined;
    mended++;
    position = first + stage.count - 1;
    return stage.node;
  }

  /** The first way that the tokens ahead and its condition allow. */
  function choose({ choice, gates }: Chosen): readonly Item[] | undefined {
    const allowed = allowedBy(choice);
    for (let index = 0; index < allowed.length; index++) {
      const way = allowed[index] as number;
      const gate = gates[way];
      if (gate === undefined || gate()) return choice.ways[way];
    }
    return undefined;
  }

  function allowedBy(choice: Choice): number[] {
    let known = choice.begins;
    for (let ahead = 1; known.allowed === undefined; ahead++) {
      if (position + ahead > farthest) farthest = position + ahead;
      const { tokenTypeIdx } = tokens[position + ahead] ?? endOfFile;
      known = known.further[tokenTypeIdx] ?? learn(choice, known, ahead);
    }
    return known.allowed;
  }

  /** Works out what the tokens up to `ahead` allow, and notes it. */
  function learn(choice: Choice, known: Known, ahead: number): Known {
    const types = Array.from({ length: ahead }, (_, index) => (tokens[position + 1 + index] ?? endOfFile).tokenTypeIdx);
    const learned = foresee(choice, types);
    known.further[types[ahead - 1] as number] = learned;
    return learned;
  }
}
