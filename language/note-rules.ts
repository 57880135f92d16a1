/**
 * The rules of the grammar as plain data: tokens, rules, choices with their conditions.
 *
 * A rule's body is run once with the parser's methods replaced by ones that note what is called. What
 * follows from it for rules: their bodies do nothing but call the parser's methods; what has to be
 * done while reading stands in an `ACTION`. `read-sound.ts` reads texts by what is noted here, and
 * `foresee.ts` finds out which way the tokens ahead allow. Nothing here needs the parser to have
 * analyzed itself, which takes longer than reading most texts.
 */
import type { TokenType } from 'chevrotain';
import { passesOn } from './cst.ts';

/**
 * A rule, as one set of arguments makes it. Its items are noted when it is first needed (`itemsOf`): few texts need
 * all.
 */
export type Rule = {
  name: string;
  role: Role | undefined;
  /** Whether what was read without a mistake is kept for the next reading. */
  isKept: boolean;
  /** Whether it leaves no node where it only passes on what another rule read. */
  passesOn: boolean;
  items: readonly Item[] | undefined;
  note: () => readonly Item[];
};

export const itemsOf = (rule: Rule): readonly Item[] => rule.items ?? rule.note();

/** Rules that are read in a way of their own: stages, and what holds them. */
export type Role = 'stage' | 'holder';
const roles: ReadonlyMap<string, Role> = new Map([
  ['stageDeclaration', 'stage'],
  ['programDeclaration', 'holder'],
  ['fragmentDeclaration', 'holder'],
  ['trackDeclaration', 'holder'],
  ['listDeclaration', 'holder'],
]);

const kept: ReadonlySet<string> = new Set([
  'programItem',
  'flowItem',
  'importDeclaration',
  'fragmentDeclaration',
  'scenarioDeclaration',
]);

export type Item =
  | { kind: 'token'; type: TokenType; fits: Uint8Array; key: string }
  | { kind: 'rule'; rule: Rule; key: string }
  | Chosen
  | { kind: 'action'; run: () => unknown };

/**
 * One of several ways, or none, one or several times the same: then the choice has one way, to go on. `gates` are the
 * conditions of the ways.
 */
export type Chosen = {
  kind: 'choice';
  choice: Choice;
  gates: (Gate | undefined)[];
  /** Whether one way has to be taken, and whether ways may be taken again and again. */
  isNeeded: boolean;
  isRepeated: boolean;
};

export type Gate = () => boolean;

/**
 * Where tokens decide. `ways` are the items to choose from; `after`, for a repeat, what else could come in its rule.
 */
export type Choice = {
  /** The parser's method and the occurrence, as the rule calls it: `OR2`. */
  method: string;
  ways: readonly (readonly Item[])[];
  after: Rest | undefined;
  isRepeat: boolean;
  /** Tokens to look at: 1 or 2. */
  ahead: number;
  /** What was found out so far. */
  begins: Known;
};

/**
 * Which ways the tokens ahead allow, found out the first time those tokens come. `further` by type of
 * the next token, where the first ones leave it open.
 */
export type Known = { allowed: number[] | undefined; further: (Known | undefined)[] };

/** Items from `index` on, and then `next`: never empty itself. */
export type Rest = { items: readonly Item[]; index: number; next: Rest | undefined };

/** A rule as the parser has it. */
export type Called = { ruleName: string; originalGrammarAction: (...args: unknown[]) => unknown };

type Options = { ARGS?: unknown[]; LABEL?: string } | undefined;
type Body = (() => unknown) | { GATE?: Gate; DEF: () => unknown; MAX_LOOKAHEAD?: number };
type Alternatives = { GATE?: Gate; ALT: () => unknown }[];

const occurrences = ['', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

/**
 * Gives the rules of a grammar as data, each noted once. `ahead` is how far its choices look. The parser reads
 * nothing any more: its methods now note.
 */
export function ruleNotes(parser: Record<string, unknown>, ahead: number): (called: Called) => Rule {
  const rules = new Map<string, Rule>();
  const accepted = new Map<TokenType, Uint8Array>();
  let items: Item[] = [];

  const ruleOf = (called: Called, args: unknown[]): Rule => {
    const name = called.ruleName;
    const id = args.length === 0 ? name : `${name} ${JSON.stringify(args)}`;
    const known = rules.get(id);
    if (known !== undefined) return known;
    const rule: Rule = {
      name,
      role: roles.get(name),
      isKept: kept.has(name),
      passesOn: passesOn(name),
      items: undefined,
      note: () => {
        items = [];
        called.originalGrammarAction.apply(parser, args);
        noteAfter(items, undefined);
        rule.items = items;
        return items;
      },
    };
    rules.set(id, rule);
    return rule;
  };
  const within = (run: () => unknown): Item[] => {
    const outer = items;
    items = [];
    run.call(parser);
    const inner = items;
    items = outer;
    return inner;
  };
  const choiceOf = (method: string, ways: readonly Item[][], isRepeat: boolean, looks: number | undefined): Choice => {
    const begins: Known = { allowed: undefined, further: [] };
    return { method, ways, after: undefined, isRepeat, ahead: looks ?? ahead, begins };
  };
  const repeat = (method: string, isNeeded: boolean, isRepeated: boolean) => (body: Body) => {
    const [gate, run, looks] =
      typeof body === 'function' ? [undefined, body, undefined] : [body.GATE, body.DEF, body.MAX_LOOKAHEAD];
    const choice = choiceOf(method, [within(run)], true, looks);
    items.push({ kind: 'choice', choice, gates: [gate], isNeeded, isRepeated });
  };
  const consume = (type: TokenType, options: Options) =>
    items.push({ kind: 'token', type, fits: fitsOf(type, accepted), key: options?.LABEL ?? type.name });
  const subrule = (called: Called, options: Options) =>
    items.push({ kind: 'rule', rule: ruleOf(called, options?.ARGS ?? []), key: options?.LABEL ?? called.ruleName });
  const or = (method: string) => (given: Alternatives | { DEF: Alternatives; MAX_LOOKAHEAD?: number }) => {
    const [list, looks] = Array.isArray(given) ? [given, undefined] : [given.DEF, given.MAX_LOOKAHEAD];
    const ways = list.map(({ ALT }) => within(ALT));
    const gates = list.map(({ GATE }) => GATE);
    const choice = choiceOf(method, ways, false, looks);
    items.push({ kind: 'choice', choice, gates, isNeeded: true, isRepeated: false });
  };
  const noting: Record<string, unknown> = { ACTION: (run: () => unknown) => items.push({ kind: 'action', run }) };
  for (const suffix of occurrences) {
    noting[`CONSUME${suffix}`] = consume;
    noting[`SUBRULE${suffix}`] = subrule;
    noting[`OPTION${suffix}`] = repeat(`OPTION${suffix}`, false, false);
    noting[`MANY${suffix}`] = repeat(`MANY${suffix}`, false, true);
    noting[`AT_LEAST_ONE${suffix}`] = repeat(`AT_LEAST_ONE${suffix}`, true, true);
    noting[`OR${suffix}`] = or(`OR${suffix}`);
  }

  Object.assign(parser, noting);
  return (called) => ruleOf(called, []);
}

/** What is left of `items` from `index` on, before `next`. */
export const restOf = (items: readonly Item[], index: number, next: Rest | undefined): Rest | undefined =>
  index < items.length ? { items, index, next } : next;

/** Notes for every repeat what could come behind it in the same rule. */
function noteAfter(items: readonly Item[], next: Rest | undefined): void {
  for (const [index, item] of items.entries()) {
    if (item.kind !== 'choice') continue;
    const after = restOf(items, index + 1, next);
    if (item.choice.isRepeat) item.choice.after = after;
    for (const way of item.choice.ways) noteAfter(way, after);
  }
}

/** By index of a token's type: whether it may stand where `type` is wanted. */
function fitsOf(type: TokenType, accepted: Map<TokenType, Uint8Array>): Uint8Array {
  const known = accepted.get(type);
  if (known) return known;
  const indexes = [type.tokenTypeIdx ?? 0, ...(type.categoryMatches ?? [])];
  const fits = new Uint8Array(Math.max(...indexes) + 1);
  for (const index of indexes) fits[index] = 1;
  accepted.set(type, fits);
  return fits;
}
