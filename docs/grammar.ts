/**
 * Writes `docs/grammar.md` and the pictures in `docs/grammar/`, the grammar in EBNF and as railroad
 * diagrams, from the parser itself: `node docs/grammar.ts`.
 *
 * The parser takes in more than the language is, in order to say what is wrong with it: what nobody
 * knows, reserved words as names, the spellings of other languages. Those are left out here, and the
 * few words that only the parser's conditions know are put in. Each such change must find its place,
 * so that a change of the grammar cannot leave one behind.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { RegimenGrammar } from '../language/grammar.ts';
import { readGrammar } from './ebnf.ts';
import { drawRules } from './railroad.ts';

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
  rangeSign: [['"to" | "-"', '"to"']],
  choiceSign: [['"|" | "," | "/" | "or"', '"|"']],
  assignment: [['("=" | ":" | "to")', '"="']],
  entryField: [['(":" | "=")', '":"']],
  onRule: [['("where" | "when")', '"where"']],
  eachAction: [['("where" | "when")', '"where"']],
  pauseRule: [['("while" | "when")', '"while"']],
  commandRule: [['("," | "or")', '","']],
  selected: [
    ['"month" | NAME', '"month" | "year"'],
    ['"in" NAME? "last"', '"in" "the"? "last"'],
  ],
  writtenLength: [['DURATION ("in" NAME)?', 'DURATION | BUSINESS_DAYS ("in" NAME)?']],
  budgetItem: [['(NAME | "per")', '("a" | "per")']],
  messageLimit: [
    [
      '("at" ("most" | "least"))? (NUMBER (NAME | "per") ("day" | "week") | DURATION "apart")',
      '("at" "most")? NUMBER ("a" | "per") ("day" | "week") | ("at" "least")? DURATION "apart"',
    ],
  ],
  period: [['| NAME |', '| "weekday" |']],
  monthDays: [['(NAME | "last") WEEKDAY', '("first" | "second" | "third" | "fourth" | "fifth" | "last") WEEKDAY']],
  businessDays: [['(NAME | "day")', '("days" | "day")']],
  atMost: [['| NAME |', '| "twice" |']],
  ladderDeclaration: [['rung*', '(rung ("then" rung)*)?']],
  rung: [['("then" | ",")? ', '']],
  startsWith: [['(","? entry)*', '("," entry)*']],
  bandFit: [[' | "else" | COMPARISON expression', '']],
  // A comma between actions is read past, and nobody needs it.
  body: [['(bodyItem | ",")*', 'bodyItem*']],
  migrateItem: [['(migration | ",")*', 'migration*']],
  dated: [['"on"? storyMoment', '("on" storyMoment | "day" NUMBER ("at"? TIME)?)']],
  recorded: [['(entry | expression)', '(entry | plainValue)']],
  wholeCount: [['(NUMBER | "no") NAME', '(NUMBER | "no") counted']],
  countExpectation: [['("nudges" | "messages" | "reviews" | "escalations" | "proposals")', 'counts']],
  expectStep: [['("," "and"? | "and")', '"," "and"?']],
  eventExpectation: [[' | "proposal" | "proposals"', ' | "proposal"']],
  clause: [['("of" "silence" | "silence" | "without" NAME)', '("of" "silence" | "without" NAME)']],
  action: [
    ['(TEXT | "after" length)?', 'TEXT?'],
    ['"record" recorded', '"record" (recorded | NAME recordedName)'],
  ],
  correction: [['(expression | entry)', '(entry | plainValue)']],
  stageItem: [['rule | action', 'rule | action | escalation']],
};

const additions = [
  // In a stage, and nowhere else, an escalation can wait.
  'escalation ::= "escalate" "to" NAME "after" length',
  'plainValue ::= "-"? NUMBER | DURATION | TIME | DATE | "yes" | "no"',
  // What begins with another word would be the next action.
  'recordedName ::= (NAME | "(" expression ")") (OPERATOR expression)?',
  'counts ::= "nudges" | "messages" | "reviews" | "escalations" | "proposals"',
  'counted ::= counts | "nudge" | "review" | "escalation" | "proposal"',
];

const classes: [name: string, about: string][] = [
  ['NAME', 'a word of letters, digits and `_`, beginning with a letter: `run_no`'],
  ['TEXT', 'a text in double quotes, with holes: `"Week {week}"`; `hole` stands between its braces'],
  ['NUMBER', '`3`, `0.5`'],
  ['DURATION', '`14 days`, `2h`, `30 min`'],
  ['BUSINESS_DAYS', '`4 business days`; stands for a DURATION too'],
  ['TIME', '`18:00`'],
  ['DATE', '`2026-01-05`'],
  ['WEEKDAY', '`mon` to `sun`, short or in full'],
  ['MONEY', '`$0.40`'],
  ['COMPARISON', '`=`, `!=`, `<`, `<=`, `>`, `>=`'],
  ['OPERATOR', '`and`, `or`, a comparison, `+`, `-`, `*`, `/`, `else`'],
];

/** Every rule as a line of EBNF in the notation of the W3C, each after the one that first names it. */
export function grammarRules(): string[] {
  const productions = new RegimenGrammar({ validate: false }).analyzed().getSerializedGastProductions() as Production[];
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

/** The rules of the page, by what they are about, in the order in which they are told. */
const families: { title: string; file: string; about: string; rules: string }[] = [
  {
    title: 'Files and programs',
    file: 'programs',
    about: 'A file holds programs and scenarios, and fragments that programs share.',
    rules: `file importDeclaration fragmentDeclaration programDeclaration programItem aboutItem enrollItem reenterItem
      cohortItem timezoneItem quietItem budgetItem agentItem rolesItem servicesItem messagesItem messageLimit ladderDeclaration rung
      holidaysDeclaration holiday migrateItem migration useItem`,
  },
  {
    title: 'Data',
    file: 'data',
    about: 'What is known, what an operator sets, and the types of both.',
    rules: `dataItem parametersItem recordType fieldLine mark mayMark type numberType bound rangeSign parenthesizedType
      choice choiceOption choiceSign`,
  },
  {
    title: 'Named values',
    file: 'values',
    about: 'Values that follow from others.',
    rules: 'letItem tableDeclaration cell bandsItem band bandFit upTo windowItem',
  },
  {
    title: 'Stages, tracks and lists',
    file: 'stages',
    about: 'Where people are, and what stands there.',
    rules: `stageDeclaration finality stageItem skillItem reviewItem nudgeItem escalation anytimeItem trackDeclaration
      listDeclaration startsWith flowItem`,
  },
  {
    title: 'Rules',
    file: 'rules',
    about: 'What makes something happen, and when.',
    rules: `rule commandRule onRule whenRule onceMark checkRule atRule pauseRule moveRule transition clause cadence period
      monthDays monthDay businessDays days timesOfDay spaced`,
  },
  {
    title: 'Actions',
    file: 'actions',
    about: 'What is done.',
    rules: `body bodyItem moveAction direction withClause condition action sayAction tellAction callAction recorded
      recordedName plainValue eachAction proposeAction approval askItem deadline consequence assignments assignment entry entryField`,
  },
  {
    title: 'Expressions',
    file: 'expressions',
    about: 'Values and conditions.',
    rules: `expression operand postfix primary isTest atTime inWindow anchor numberWithUnit unit writtenLength length
      clockTime amount namedValue group reference argument selected ofThose absence newest recentDay dayOf stageOf
      judgement atMost hole`,
  },
  {
    title: 'Scenarios',
    file: 'scenarios',
    about: 'Stories that test a program.',
    rules: `scenarioDeclaration step startStep storyMoment eachStep dated waitStep deed happening theyDeed agentDeed
      judgesDeed roleDeed correction retraction expectStep expectation eventExpectation notStage countExpectation
      escalatedExpectation wholeCount countedWithin counts counted noMessage`,
  },
  { title: 'Small parts', file: 'parts', about: 'What many rules share.', rules: 'names listSign' },
];

type Family = { title: string; file: string; about: string; rules: { name: string; text: string }[] };

/** The families with their rules. Throws where a rule has no family, or a family a rule that is not there. */
export function grammarFamilies(): Family[] {
  const all = new Map(grammarRules().map((rule) => [rule.slice(0, rule.indexOf(' ')), rule]));
  const told = families.map(({ rules, ...rest }) => ({
    ...rest,
    rules: rules.split(/\s+/).map((name) => {
      const text = all.get(name);
      if (text === undefined) throw new Error(`There is no rule ${name}.`);
      all.delete(name);
      return { name, text };
    }),
  }));
  if (all.size > 0) throw new Error(`These rules have no family: ${[...all.keys()].join(', ')}.`);
  return told;
}

/** The pictures of the families, by the name of their file in `docs/grammar/`. */
export function grammarPictures(): Map<string, string> {
  return new Map(
    grammarFamilies().map(({ title, file, rules }) => {
      const parts = readGrammar(rules.map(({ text }) => text));
      return [
        `${file}.svg`,
        drawRules(
          `Grammar: ${title}`,
          [...parts].map(([name, part]) => ({ name, part })),
        ),
      ];
    }),
  );
}

/** The page as the text of its file. */
export function grammarPage(): string {
  const sections = grammarFamilies().map(({ title, file, about, rules }) =>
    [
      `## ${title}`,
      about,
      `![${title}, drawn: the same rules as below](grammar/${file}.svg)`,
      ['```ebnf', ...rules.map(({ text }) => wrapRule(text)), '```'].join('\n'),
    ].join('\n\n'),
  );
  return `<!-- Made by docs/grammar.ts from the parser. Change the grammar there. -->

# The grammar

What the parser reads, in the EBNF of the W3C and drawn: \`?\` may be left out, \`*\` comes any number of times, \`|\` is
a choice, words in quotes stand as they are. In the pictures, every way along the lines from the left to the right is
a sentence. What each line means is told in [the language](language.md).

White space and line breaks mean nothing, except that each row of a table is a line; \`//\` begins a comment.
Where \`when\` begins a line and braces follow, it is a rule of its own, and otherwise part of the line before.
A transition has each of its clauses at most once, and a comparison no second one beside it.
A unit is written without spaces: \`mg/dL\`. Each row of bands is a line, or is parted from the next by a comma.
\`at\` that begins a line begins a rule. What is selected from in brackets ends before \`since\`, unless a written
length stands before it; and \`at\` with a name begins the stage of a \`start\`.

| word | stands for |
| --- | --- |
${classes.map(([name, about]) => `| ${name} | ${about.replaceAll('|', '\\|')} |`).join('\n')}

Operators bind in this order, loosest first: \`or\`, \`and\`, \`not\`, comparisons, \`is\` and \`in\`, \`at\`, \`else\`, \`+\` and
\`-\`, \`*\` and \`/\`, \`-\` before a value.

${sections.join('\n\n')}
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

if (import.meta.main) {
  writeFileSync(new URL('grammar.md', import.meta.url), grammarPage());
  mkdirSync(new URL('grammar/', import.meta.url), { recursive: true });
  for (const [file, picture] of grammarPictures()) writeFileSync(new URL(`grammar/${file}`, import.meta.url), picture);
}
