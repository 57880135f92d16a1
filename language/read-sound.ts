/**
 * Reads sound texts into the parser's tree, several times faster than the parser does.
 *
 * There is one grammar: the rules of `RegimenGrammar`. A rule's body is run once with the parser's
 * methods replaced by ones that note what is called, which gives the rule as plain data: tokens,
 * rules, choices with their conditions. Walking the data needs no closures, no stack of rules and
 * none of what recovery takes. Where a token does not fit, reading ends without an answer, and the
 * parser reads the text again with everything it knows about mistakes. For every text that the
 * parser reads without an error both give the same tree; tests hold them to it.
 *
 * What follows from it for rules: their bodies do nothing but call the parser's methods; what has to
 * be done while reading stands in an `ACTION`.
 */
import type { CstNode, IToken, TokenType } from 'chevrotain';

/** A rule, as one set of arguments makes it. `items` are noted before it is first read. */
type Rule = { name: string; body: (...args: unknown[]) => unknown; args: unknown[]; items: Item[] | undefined };

type Item =
  | { kind: 'token'; fits: Uint8Array; key: string }
  | { kind: 'rule'; rule: Rule; key: string }
  | { kind: 'choice'; choice: Choice; alternatives: { gate: Gate | undefined; items: Item[] }[] }
  | { kind: 'repeat'; choice: Choice; gate: Gate | undefined; items: Item[]; least: 0 | 1; most: 1 | typeof Infinity }
  | { kind: 'action'; run: () => unknown };

type Gate = () => boolean;

/**
 * Which alternatives the tokens ahead allow, found out from the parser's own lookahead the first time
 * those tokens come. `further` by type of the next token, where the first ones leave it open.
 */
type Choice = {
  decide: (this: Ahead, alternatives: { GATE: Gate | undefined }[]) => unknown;
  count: number;
  begins: Known;
};
type Known = { allowed: number[] | undefined; further: (Known | undefined)[] };
type Ahead = { LA_FAST: (ahead: number) => IToken };

/** What is used of a Chevrotain 13 parser, much of it not for the public: the version is pinned, and tests compare. */
type Parser = {
  input: IToken[];
  currIdx: number;
  lookAheadFuncsCache: Choice['decide'][][];
  fullRuleNameToShort: Record<string, number>;
  LA: (ahead: number) => IToken;
} & Record<string, unknown>;

type Called = { ruleName: string; originalGrammarAction: Rule['body'] };
type Options = { ARGS?: unknown[]; LABEL?: string } | undefined;
type Body = (() => unknown) | { GATE?: Gate; DEF: () => unknown };
type Alternatives = { GATE?: Gate; ALT: () => unknown }[];

/** The parser's ways to choose, by where it keeps how it chooses: the key is this, with the occurrence in its lowest byte. */
const keys = { OR: 1 << 8, OPTION: 2 << 8, MANY: 3 << 8, AT_LEAST_ONE: 4 << 8 };
const occurrences = ['', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

/** Makes a reader of sound texts from a grammar, which must have analyzed itself. */
export function soundReader(grammar: object): (tokens: IToken[], rule: string) => CstNode | undefined {
  const parser = grammar as Parser;
  const rules = new Map<string, Rule>();
  const accepted = new Map<TokenType, Uint8Array>();
  // Kept here and not in the parser, whose fields are slow; it gets the position when it is asked something.
  let tokens: IToken[] = [];
  let position = -1;

  return (given, name) => {
    const called = parser[name] as Called;
    tokens = given;
    position = -1;
    parser.input = tokens;
    const end = parser.LA(tokens.length + 1);
    // The parser's lookahead may look past the last token.
    for (let count = 0; count < lookaheadMax; count++) tokens.push(end);
    try {
      const node = newNode(name);
      const sound = read(itemsOf(ruleOf(called, [])), node);
      return sound && position + 1 === tokens.length - lookaheadMax ? node : undefined;
    } finally {
      tokens.length -= lookaheadMax;
    }
  };

  // ------------------------------------------------------------ reading

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
          const child = newNode(item.rule.name);
          if (!read(item.rule.items as Item[], child)) return false;
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
      known = known.further[tokenTypeIdx] ?? learn(choice, known, ahead, tokenTypeIdx);
    }
    return known.allowed;
  }

  /** Asks the parser's lookahead, and notes whether it looked further than `ahead` tokens. */
  function learn(choice: Choice, known: Known, ahead: number, tokenTypeIdx: number): Known {
    let looked = 0;
    const view: Ahead = {
      LA_FAST: (count) => {
        looked = Math.max(looked, count);
        return tokens[position + count] as IToken;
      },
    };
    const allowed: number[] = [];
    for (let index = 0; index < choice.count; index++) {
      const only = Array.from({ length: choice.count }, (_, other) => ({
        GATE: other === index ? undefined : () => false,
      }));
      const answer = choice.decide.call(view, only);
      if (answer === index || answer === true) allowed.push(index);
      // Without conditions the parser's answer is the same whatever is asked.
      else if (typeof answer === 'number' && !allowed.includes(answer)) allowed.push(answer);
    }
    const learned: Known = { allowed: looked <= ahead ? allowed : undefined, further: [] };
    known.further[tokenTypeIdx] = learned;
    return learned;
  }

  // ------------------------------------------------------------ noting the rules

  function ruleOf({ ruleName, originalGrammarAction }: Called, args: unknown[]): Rule {
    const id = args.length === 0 ? ruleName : `${ruleName} ${JSON.stringify(args)}`;
    const rule = rules.get(id) ?? { name: ruleName, body: originalGrammarAction, args, items: undefined };
    rules.set(id, rule);
    return rule;
  }

  /** The rule as data. Notes it and, because the methods are then in place, all that it leads to. */
  function itemsOf(rule: Rule): Item[] {
    if (rule.items === undefined) note(rule);
    return rule.items ?? [];
  }

  /** Runs the bodies of rules with methods that note in place of those that read. */
  function note(first: Rule): void {
    const open: Rule[] = [first];
    let items: Item[] = [];
    let lookahead: Choice['decide'][] = [];
    const within = (run: () => unknown): Item[] => {
      const outer = items;
      items = [];
      run.call(parser);
      const inner = items;
      items = outer;
      return inner;
    };
    const choice = (key: number, count: number): Choice => {
      const decide = lookahead[key];
      if (decide === undefined) throw new Error('A rule cannot be noted: the parser does not know how it chooses.');
      return { decide, count, begins: { allowed: undefined, further: [] } };
    };
    const repeat = (key: number, body: Body, least: 0 | 1, most: 1 | typeof Infinity) => {
      const [gate, run] = typeof body === 'function' ? [undefined, body] : [body.GATE, body.DEF];
      items.push({ kind: 'repeat', choice: choice(key, 1), gate, items: within(run), least, most });
    };
    const noting: Record<string, unknown> = {
      ACTION: (run: () => unknown) => items.push({ kind: 'action', run }),
    };
    for (const [index, suffix] of occurrences.entries()) {
      const at = suffix === '' ? 0 : index;
      noting[`CONSUME${suffix}`] = (type: TokenType, options: Options) =>
        items.push({ kind: 'token', fits: fitsOf(type), key: options?.LABEL ?? type.name });
      noting[`SUBRULE${suffix}`] = (called: Called, options: Options) => {
        const rule = ruleOf(called, options?.ARGS ?? []);
        open.push(rule);
        items.push({ kind: 'rule', rule, key: options?.LABEL ?? called.ruleName });
      };
      noting[`OPTION${suffix}`] = (body: Body) => repeat(keys.OPTION | at, body, 0, 1);
      noting[`MANY${suffix}`] = (body: Body) => repeat(keys.MANY | at, body, 0, Number.POSITIVE_INFINITY);
      noting[`AT_LEAST_ONE${suffix}`] = (body: Body) =>
        repeat(keys.AT_LEAST_ONE | at, body, 1, Number.POSITIVE_INFINITY);
      noting[`OR${suffix}`] = (given: Alternatives | { DEF: Alternatives }) => {
        const list = Array.isArray(given) ? given : given.DEF;
        const alternatives = list.map(({ GATE, ALT }) => ({ gate: GATE, items: within(ALT) }));
        items.push({ kind: 'choice', choice: choice(keys.OR | at, alternatives.length), alternatives });
      };
    }
    Object.assign(parser, noting);
    try {
      for (let rule = open.pop(); rule !== undefined; rule = open.pop()) {
        if (rule.items !== undefined) continue;
        lookahead = parser.lookAheadFuncsCache[parser.fullRuleNameToShort[rule.name] ?? -1] ?? [];
        items = [];
        rule.body.apply(parser, rule.args);
        rule.items = items;
      }
    } finally {
      // The parser's own methods stand on its prototype and show again.
      for (const name of Object.keys(noting)) delete parser[name];
    }
  }

  /** By index of a token's type: whether it may stand where `type` is wanted. */
  function fitsOf(type: TokenType): Uint8Array {
    const known = accepted.get(type);
    if (known) return known;
    const indexes = [type.tokenTypeIdx ?? 0, ...(type.categoryMatches ?? [])];
    const fits = new Uint8Array(Math.max(...indexes) + 1);
    for (const index of indexes) fits[index] = 1;
    accepted.set(type, fits);
    return fits;
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
