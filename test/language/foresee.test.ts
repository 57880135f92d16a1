/**
 * The lookahead of sound reading is the parser's own: every choice of the grammar, asked of both with
 * every token that may come, and with every second one where the first leaves it open.
 */
import type { IToken } from 'chevrotain';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { foresee } from '../../language/foresee.ts';
import { RegimenGrammar } from '../../language/grammar.ts';
import { type Called, type Choice, type Item, itemsOf, type Rule, ruleNotes } from '../../language/note-rules.ts';
import { vocabulary } from '../../language/tokens.ts';

/** What Chevrotain 13 keeps of how it chooses, by rule and by method with its occurrence. */
type Analyzed = {
  lookAheadFuncsCache: ((this: { LA_FAST: (ahead: number) => IToken }, asked: unknown[]) => unknown)[][];
  fullRuleNameToShort: Record<string, number>;
  maxLookahead: number;
} & Record<string, unknown>;
const keys: Record<string, number> = { OR: 1 << 8, OPTION: 2 << 8, MANY: 3 << 8, AT_LEAST_ONE: 4 << 8 };

const grammar = new RegimenGrammar({ validate: false }).analyzed() as unknown as Analyzed;
const tokens = vocabulary.map((type) => ({ tokenType: type, tokenTypeIdx: type.tokenTypeIdx }) as IToken);

/** Every rule that a file or a hole leads to. */
function allRules(): Rule[] {
  const ruleOf = ruleNotes(grammar, grammar.maxLookahead);
  const found = new Set<Rule>();
  const visit = (items: readonly Item[]): void => {
    for (const item of items) {
      if (item.kind === 'rule') add(item.rule);
      else if (item.kind === 'choice') item.choice.ways.forEach(visit);
    }
  };
  const add = (rule: Rule): void => {
    if (found.has(rule)) return;
    found.add(rule);
    visit(itemsOf(rule));
  };
  for (const name of ['file', 'hole']) add(ruleOf(grammar[name] as Called));
  return [...found];
}

/** `hasGates`: without conditions the parser knows only the first way that the tokens allow. */
type Asked = { rule: string; choice: Choice; hasGates: boolean };

function choicesIn(rule: string, items: readonly Item[]): Asked[] {
  return items.flatMap((item) => {
    if (item.kind !== 'choice') return [];
    const inside = item.choice.ways.flatMap((way) => choicesIn(rule, way));
    const hasGates = !item.choice.isRepeat && item.gates.some((gate) => gate !== undefined);
    return [{ rule, choice: item.choice, hasGates }, ...inside];
  });
}

/** The ways that the parser's own lookahead allows, each asked about alone. */
function parsersAnswer({ rule, choice }: Asked, first: IToken, second: IToken): number[] {
  const [, name = '', occurrence = ''] = /^([A-Z_]+?)(\d?)$/.exec(choice.method) ?? [];
  const ofRule = grammar.lookAheadFuncsCache[grammar.fullRuleNameToShort[rule] ?? -1];
  const decide = ofRule?.[(keys[name] ?? 0) | Number(occurrence)];
  if (decide === undefined) throw new Error(`The parser does not know ${choice.method} of ${rule}.`);
  const view = { LA_FAST: (ahead: number) => (ahead === 1 ? first : second) };
  const allowed = new Set<number>();
  for (const index of choice.ways.keys()) {
    const only = choice.ways.map((_, other) => ({ GATE: other === index ? undefined : () => false }));
    const answer = decide.call(view, only);
    if (answer === true) allowed.add(0);
    else if (typeof answer === 'number') allowed.add(answer);
  }
  return [...allowed];
}

const placeOf = ({ rule, choice }: Asked, first: IToken, second: IToken) =>
  `${rule} ${choice.method} at ${first.tokenType.name} ${second.tokenType.name}`;

const rules = allRules();
const asked = rules.flatMap((rule) => choicesIn(rule.name, itemsOf(rule)));

test('every choice is decided as the parser decides it', () => {
  assert.ok(asked.length > 250, `only ${asked.length} choices were found`);
  let compared = 0;
  for (const one of asked) {
    for (const [index, first] of tokens.entries()) {
      const known = foresee(one.choice, [first.tokenTypeIdx]);
      const seconds = known.allowed === undefined ? tokens : [tokens[(index * 7) % tokens.length] as IToken];
      for (const second of seconds) {
        const own = known.allowed ?? foresee(one.choice, [first.tokenTypeIdx, second.tokenTypeIdx]).allowed;
        const theirs = parsersAnswer(one, first, second);
        const same = (one.hasGates ? own : own?.slice(0, 1))?.join() === theirs.join();
        if (!same)
          assert.unreachable(`${placeOf(one, first, second)}: ${own?.join()}, the parser says ${theirs.join()}`);
        compared++;
      }
    }
  }
  assert.ok(compared > asked.length * tokens.length);
});

test.run();
