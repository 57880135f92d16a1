/**
 * Writes `docs/grammar.md`, the grammar in EBNF, from the parser itself: `node docs/grammar.ts`.
 *
 * The parser takes in more than the language is, in order to say what is wrong with it: what nobody
 * knows, reserved words as names, the spellings of other languages. Those are left out here, and the
 * few words that only the parser's conditions know are put in. Each such change must find its place,
 * so that a change of the grammar cannot leave one behind.
 */
import { writeFileSync } from 'node:fs';
import { RegimenGrammar } from '../language/grammar.ts';

/** What Chevrotain tells about a rule. */
type Production = {
  type: string;
  name?: string;
  label?: string;
  definition?: Production[];
};

/** Rules that exist for mistakes only. */
const forMistakes = new Set(['unknown', 'block', 'reservedName']);

/** Rule → what its text says, and what is true of the language. */
const corrections: Record<string, [says: string, is: string][]> = {
  file: [[` | "}"`, '']],
  type: [[` | "yes" "or" "no" | NAME`, '']],
  numberType: [['unit? NAME?', 'unit? "from"?']],
  rangeSign: [['"to" | "-"', '"to"']],
  choiceSign: [['"|" | "," | "/" | "or"', '"|"']],
  assignment: [['("=" | ":" | "to")', '"="']],
  entryField: [['(":" | "=")', '":"']],
  onRule: [['("where" | "when")', '"where"']],
  commandRule: [['("," | "or")', '","']],
  window: [['"in" NAME? "last"', '"in" "the"? "last"']],
  quietItem: [['"quiet" NAME? TIME', '"quiet" "from"? TIME']],
  budgetItem: [['(NAME | "per")', '("a" | "per")']],
  period: [['| NAME |', '| "weekday" |']],
  nudgeItem: [['(NAME | NUMBER ("times" | "time")?)', '("once" | "twice" | NUMBER ("times" | "time")?)']],
  // A comma between actions is read past, and nobody needs it.
  body: [['(bodyItem | ",")*', 'bodyItem*']],
  dated: [['"on"? moment', '("on" moment | "day" NUMBER ("at"? TIME)?)']],
  deed: [['recorded', 'NAME (entry | plainValue)']],
  wholeCount: [['(NUMBER | "no") NAME', '(NUMBER | "no") counted']],
  countExpectation: [['("nudges" | "messages" | "reviews")', 'counted']],
  expectStep: [['("," "and"? | "and")', '"," "and"?']],
  clause: [['("of" "silence" | "silence" | "without" NAME)', '("of" "silence" | "without" NAME)']],
  action: [['(TEXT | "after" DURATION)?', 'TEXT?']],
  stageItem: [['rule | action', 'rule | action | escalation']],
};

const additions = [
  // In a stage, and nowhere else, an escalation can wait.
  'escalation ::= "escalate" "to" NAME "after" DURATION',
  'plainValue ::= "-"? NUMBER | DURATION | TIME | DATE | "yes" | "no"',
  'counted ::= "nudges" | "nudge" | "messages" | "reviews" | "review"',
];

const classes: [name: string, about: string][] = [
  ['NAME', 'a word of letters, digits and `_`, beginning with a letter: `run_no`'],
  ['TEXT', 'a text in double quotes, with holes: `"Week {week}"`; `hole` stands between its braces'],
  ['NUMBER', '`3`, `0.5`'],
  ['DURATION', '`14 days`, `2h`, `30 min`'],
  ['TIME', '`18:00`'],
  ['DATE', '`2026-01-05`'],
  ['WEEKDAY', '`mon` to `sun`, short or in full'],
  ['MONEY', '`$0.40`'],
  ['COMPARISON', '`=`, `!=`, `<`, `<=`, `>`, `>=`'],
  ['OPERATOR', '`and`, `or`, a comparison, `+`, `-`, `*`, `/`, `else`'],
];

/** Every rule as a line of EBNF in the notation of the W3C, each after the one that first names it. */
export function grammarRules(): string[] {
  const productions = new RegimenGrammar({ validate: false }).getSerializedGastProductions() as Production[];
  const byName = new Map(productions.map((production) => [production.name ?? '', production]));
  const lines: string[] = [];
  const seen = new Set<string>();
  const visit = (name: string) => {
    const production = byName.get(name);
    if (seen.has(name) || production === undefined) return;
    seen.add(name);
    const body = correct(name, sequence(production.definition ?? []).replace(/^\((.*)\)$/, unwrap));
    lines.push(`${name} ::= ${body}`);
    for (const [, inner] of body.replace(/"[^"]*"/g, '').matchAll(/\b([a-z]\w*)/g)) visit(inner ?? '');
  };
  visit('file');
  visit('hole');
  const unused = Object.keys(corrections).filter((name) => !seen.has(name));
  if (unused.length > 0) throw new Error(`These rules are corrected and not there: ${unused.join(', ')}.`);
  return [...lines, ...additions];
}

function correct(name: string, body: string): string {
  let text = body;
  for (const [says, is] of corrections[name] ?? []) {
    if (!text.includes(says)) throw new Error(`The rule ${name} no longer says ${says}, but ${text}.`);
    text = text.replace(says, is);
  }
  return text;
}

/** Without the outer brackets, where they are a pair. */
function unwrap(whole: string, inner: string): string {
  let depth = 0;
  for (const sign of inner.replace(/"[^"]*"/g, '')) {
    depth += sign === '(' ? 1 : sign === ')' ? -1 : 0;
    if (depth < 0) return whole;
  }
  return inner;
}

function sequence(productions: readonly Production[]): string {
  return productions
    .map(show)
    .filter((part) => part !== '')
    .join(' ');
}

function show(production: Production): string {
  const { type, name = '', label, definition = [] } = production;
  switch (type) {
    case 'Terminal':
      return terminal(name, label);
    case 'NonTerminal':
      return forMistakes.has(name) ? '' : name;
    case 'Alternative':
      return sequence(definition);
    case 'Alternation': {
      const choices = [...new Set(definition.map(show).filter((choice) => choice !== ''))];
      return choices.length < 2 ? choices.join('') : `(${choices.join(' | ')})`;
    }
    case 'Option':
      return repeated(definition, '?');
    case 'Repetition':
      return repeated(definition, '*');
    default:
      throw new Error(`The grammar has a ${type}, which this page cannot show yet.`);
  }
}

function repeated(definition: readonly Production[], sign: string): string {
  const inner = sequence(definition);
  if (inner === '') return '';
  const single =
    /^("[^"]*"|\w+)$/.test(inner) || (inner.startsWith('(') && unwrap(inner, inner.slice(1, -1)) !== inner);
  return `${single ? inner : `(${inner})`}${sign}`;
}

function terminal(name: string, label = name): string {
  const word = /^`(.*)`$/.exec(label)?.[1];
  const known = terminals[name];
  if (word === undefined && known === undefined)
    throw new Error(`The token ${name} has no name on this page: ${label}.`);
  return known ?? `"${word}"`;
}

/** Tokens that stand for many words. */
const terminals: Record<string, string> = {
  Name: 'NAME',
  Word: 'NAME',
  Text: 'TEXT',
  NumberToken: 'NUMBER',
  Duration: 'DURATION',
  Time: 'TIME',
  DateToken: 'DATE',
  Weekday: 'WEEKDAY',
  Money: 'MONEY',
  CompareOperator: 'COMPARISON',
  BinaryOperator: 'OPERATOR',
};

/** The page as the text of its file. */
export function grammarPage(): string {
  const rules = grammarRules().map((rule) => wrapRule(rule));
  return `<!-- Made by docs/grammar.ts from the parser. Change the grammar there. -->

# The grammar

What the parser reads, in the EBNF of the W3C: \`?\` may be left out, \`*\` comes any number of times, \`|\` is
a choice, words in quotes stand as they are. What each line means is told in [the language](language.md).
White space and line breaks mean nothing, except that each row of a table is a line; \`//\` begins a comment.
Where \`when\` begins a line and braces follow, it is a rule of its own, and otherwise part of the line before.
A transition has each of its clauses at most once, and a comparison no second one beside it.
A unit is written without spaces: \`mg/dL\`.

${['```ebnf', rules.join('\n'), '```'].join('\n')}

| word | stands for |
| --- | --- |
${classes.map(([name, about]) => `| ${name} | ${about.replaceAll('|', '\\|')} |`).join('\n')}

Operators bind in this order, loosest first: \`or\`, \`and\`, \`not\`, comparisons and \`is\`, \`else\`, \`+\` and \`-\`,
\`*\` and \`/\`, \`-\` before a value.
`;
}

const columnsMax = 110;

/** A long rule goes on below its own \`::=\`. */
function wrapRule(rule: string): string {
  const indent = ' '.repeat(rule.indexOf('::=') + 4);
  const lines: string[] = [];
  let line = '';
  for (const word of rule.split(/ (?=(?:[^"]*"[^"]*")*[^"]*$)/)) {
    if (line.length + word.length + 1 > columnsMax) {
      lines.push(line);
      line = indent + word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}

if (import.meta.main) writeFileSync(new URL('grammar.md', import.meta.url), grammarPage());
