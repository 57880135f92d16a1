/**
 * Syntax errors in the author's words.
 *
 * Chevrotain asks for a message while it parses; `expectedPhrases` answers with a phrase for what
 * was expected, and `syntaxDiagnostic` makes the sentence, the place, the "did you mean" and the
 * fix from it afterwards, when the tokens around the error are known.
 */
import type { IParserErrorMessageProvider, IRecognitionException, IToken, TokenType } from 'chevrotain';
import type { Span } from './ast.ts';
import { type Diagnostic, diagnostic } from './diagnostics.ts';
import { misspelled } from './misspelled.ts';
import { helpFor } from './remedies.ts';
import { joined } from './suggest.ts';
import { Name, quoted, reservedWords, Text } from './tokens.ts';

/** More alternatives than this are a wall of words: the rule's own phrase is used instead. */
const ALTERNATIVES_MAX = 6;

/** What a name after this word names. */
const nameAfter: Record<string, string> = {
  program: 'a name for the program',
  stage: 'a name for the stage',
  table: 'a name for the table',
  let: 'a name for the value',
  skill: 'the name of a skill',
  agent: 'the name of the agent',
  roles: 'the name of a role',
  keeping: 'the name of a field to keep',
  by: 'the name of a key',
  on: 'the name of a series',
  record: 'the name of a series',
  without: 'the name of a series',
  last: 'the name of a series',
  no: 'the name of a series',
  set: 'the name of a field',
  with: 'the name of a field',
  Dot: 'the name of a field',
  of: 'the name of a program',
  as: 'a name',
  tell: 'a role, or `participant`',
  send: 'a name for what is sent',
  call: 'the name of a service',
  add: 'the name of a list',
  each: 'the name of a list',
  clear: 'the name of a field',
  propose: 'the name of a field',
  use: 'the name of a fragment',
  import: 'the name of a fragment',
  fragment: 'a name for the fragment',
  track: 'a name for the track',
  list: 'a name for the list',
  ladder: 'a name for the ladder',
  holidays: 'a name for the holidays',
  window: 'a name for the window',
  bands: 'a name for the bands',
  services: 'the name of a service',
  in: 'a name',
};

/** What a whole rule reads, where listing its first words would not help. */
const rulePhrase: Record<string, string> = {
  primary: 'a value or a condition',
  isTest: 'a value, `set`, `known` or `missing`',
  anchor: '`enrolled`, `entered`, `… changed` or a moment such as `last run`',
  type: 'a type such as `number`, `text`, `yes/no`, `date` or `(easy | hard)`',
  parenthesizedType: 'the choices, such as `easy | hard`, or a type',
  cadence: '`daily`, `weekdays`, `weekly`, `every 3 days`, `monthly on 1` or days such as `mon, wed`',
  clockTime: 'a time such as `18:00`',
  length: 'a length of time such as `14 days` or `2h`',
  consequence: 'an action such as `escalate to nurse`, or several in braces',
  pauseRule: '`while`',
  messageLimit: 'a limit such as `5 per day`, `20 per week` or `2h apart`',
  migration: '`stage … becomes …`, `drop` or `set`',
  bandFit: 'the values of the row, such as `at least 180`, `80 to under 140` or `otherwise`',
  monthDays: 'days of the month such as `1, 15`, `last` or `second thu`',
  sayAction: 'a text in double quotes, `with skill` or `in turn`',
  roleDeed: '`records`, `sets`, `answers`, `approves` or another deed',
  bodyItem: 'an action such as `say`, `set` or `advance to`',
  cell: 'a value for the table',
  recorded: 'an entry such as `{ completed: yes }`',
  expectation: 'what to expect, such as `stage training` or `week = 2`',
  storyMoment: 'a day such as `mon`, `2026-01-05` or `day 3`',
  deed: 'what happens, such as `they say "…"` or `runs { … }`',
  agentDeed: '`says`, `sets` or `judges`',
};

/** The message provider for the parser: it answers with what was expected, as a phrase. */
export const expectedPhrases: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected, previous, ruleName }) => phraseOf(expected, previous, ruleName),
  buildNotAllInputParsedMessage: ({ ruleName }) =>
    ruleName === 'hole' ? 'the end of the value, `}`,' : 'a `program` or a `scenario`',
  buildNoViableAltMessage: ({ expectedPathsPerAlt, previous, ruleName }) =>
    rulePhrase[ruleName] ?? listOf(firstTypes(expectedPathsPerAlt.flat()), previous, ruleName),
  buildEarlyExitMessage: ({ expectedIterationPaths, previous, ruleName }) =>
    rulePhrase[ruleName] ?? listOf(firstTypes(expectedIterationPaths), previous, ruleName),
};

function firstTypes(paths: TokenType[][]): TokenType[] {
  return [...new Set(paths.flatMap((path) => path.slice(0, 1)))];
}

function phraseOf(type: TokenType, previous: IToken | undefined, ruleName: string): string {
  if (type === Name) {
    const before = previous?.tokenType.name ?? '';
    if (before === 'to') return ruleName === 'action' ? 'the name of a role' : 'the name of a stage';
    if (before === 'with') return ruleName === 'action' ? 'the name of a stage' : 'the name of a field';
    if (before === 'skill') return 'the name of a skill';
    return nameAfter[before] ?? 'a name';
  }
  return type.LABEL ?? type.name;
}

function listOf(types: TokenType[], previous: IToken | undefined, ruleName: string): string {
  const phrases = types.slice(0, ALTERNATIVES_MAX).map((type) => phraseOf(type, previous, ruleName));
  if (types.length > ALTERNATIVES_MAX) phrases.push('something else that fits');
  return joined(phrases, 'or');
}

/**
 * The diagnostic for a syntax error. `tokens` are those that were parsed (to find the place before
 * the end of the file), `text` is the source they came from.
 */
export function syntaxDiagnostic(error: IRecognitionException, tokens: IToken[], text: string): Diagnostic {
  const token = error.token;
  const previous = previousOf(tokens, token);
  const ended = token.tokenType.name === 'EOF';
  // What a line lacks at its end is told there, and not at the healthy line below.
  const lineEnded = !ended && previous !== undefined && token.startLine !== previous.startLine;
  const span: Span =
    ended || lineEnded
      ? { start: previous ? previous.startOffset : 0, end: previous ? spanEnd(previous) : Math.min(1, text.length) }
      : { start: token.startOffset, end: spanEnd(token) };
  const expected = error.message;
  const words = { expected, found: ended ? 'the end' : lineEnded ? 'the end of the line' : foundPhrase(token) };
  if (isReserved(token) && !lineEnded && /^(a|the) name/.test(expected)) {
    return diagnostic('reserved-word', span, { word: token.image });
  }
  const blamed = misspelled(expected, token, previous, text);
  if (blamed !== undefined) {
    const { span: place, details } = blamed;
    return diagnostic('unexpected-text', place, { expected: blamed.expected, found: quoted(blamed.word) }, details);
  }
  return diagnostic(
    'unexpected-text',
    span,
    words,
    helpFor({ error, expected, token, span, previous, lineEnded, text }),
  );
}

/** The token before the one at fault, or the last one where the file has ended. */
function previousOf(tokens: IToken[], token: IToken): IToken | undefined {
  const index = tokens.indexOf(token);
  return index < 0 ? tokens.at(-1) : tokens[index - 1];
}

const spanEnd = (token: IToken) => token.startOffset + token.image.length;

const isReserved = (token: IToken) => (reservedWords as readonly string[]).includes(token.tokenType.name);

function foundPhrase(token: IToken): string {
  return token.tokenType === Text ? `the text ${quoted(token.image)}` : quoted(token.image);
}
