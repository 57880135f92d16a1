/**
 * Text to tokens: the first phase.
 *
 * Everything the author can write is a token, including the wrong things people bring from other
 * languages (`==`, `&&`, single quotes): those count as what was meant and get a diagnostic with
 * a fix, so that the parser sees a healthy file. Keywords are found after lexing, by looking the
 * word up: one pattern reads all words, and nearly every keyword also serves as a name.
 * Newlines are not tokens; the few rules that depend on lines compare `startLine`.
 */
import {
  createToken,
  createTokenInstance,
  EOF,
  type IToken,
  type ITokenConfig,
  Lexer,
  type TokenType,
} from 'chevrotain';
import type { Span } from './ast.ts';
import { type Details, type Diagnostic, diagnostic, type WithDiagnostics } from './diagnostics.ts';
import { fixOf, foreignFix } from './fixes.ts';
import { invisibleName } from './invisible.ts';
import { scanner } from './scan.ts';
import { scanText } from './texts.ts';

/** Words that always belong to the language; a name can not be one of these. */
export const reservedWords = [
  'and',
  'or',
  'not',
  'else',
  'when',
  'where',
  'with',
  'is',
  'was',
  'since',
  'yes',
  'no',
  'today',
  'now',
  'last',
] as const;

/** Words with a meaning in their place, and free to be names elsewhere. */
export const softWords = [
  'program',
  'about',
  'enroll',
  'anyone',
  'verified',
  'others',
  'refuse',
  'reenter',
  'cohort',
  'keeping',
  'timezone',
  'theirs',
  'quiet',
  'budget',
  'per',
  'agent',
  'roles',
  'data',
  'may',
  'table',
  'by',
  'let',
  'anytime',
  'stage',
  'final',
  'success',
  'failure',
  'skill',
  'review',
  'daily',
  'weekdays',
  'weekly',
  'every',
  'spread',
  'over',
  'nudge',
  'of',
  'silence',
  'without',
  'at',
  'most',
  'times',
  'ask',
  'as',
  'within',
  'on',
  'command',
  'advance',
  'return',
  'leave',
  'resume',
  'to',
  'after',
  'escalate',
  'say',
  'set',
  'record',
  'restart',
  'interrupt',
  'number',
  'text',
  'date',
  'time',
  'series',
  'known',
  'missing',
  'in',
  'this',
  'visit',
  'day',
  'week',
  'month',
  'for',
  'changed',
  'enrolled',
  'entered',
  'yesterday',
  'judged',
  'scenario',
  'start',
  'each',
  'they',
  'answer',
  'says',
  'sets',
  'judges',
  'quoting',
  'wait',
  'until',
  'expect',
  'left',
  'escalated',
  'nudges',
  'messages',
  'reviews',
  'message',
  'between',
  'import',
  'from',
  'fragment',
  'use',
  'parameters',
  'person',
  'personal',
  'shared',
  'services',
  'ladder',
  'then',
  'holidays',
  'weekend',
  'apart',
  'window',
  'bands',
  'least',
  'more',
  'less',
  'than',
  'under',
  'otherwise',
  'track',
  'list',
  'starts',
  'migrate',
  'becomes',
  'drop',
  'field',
  'protected',
  'moment',
  'duration',
  'role',
  'business',
  'monthly',
  'once',
  'check',
  'pause',
  'while',
  'approved',
  'refused',
  'propose',
  'tell',
  'send',
  'call',
  'add',
  'clear',
  'turn',
  'those',
  'occurred',
  'escalations',
  'proposals',
  'proposal',
  'records',
  'corrects',
  'correct',
  'retracts',
  'retract',
  'adds',
  'approves',
  'refuses',
  'answers',
  'acknowledges',
  'tells',
  'move',
  'told',
  'sent',
  'called',
  'proposed',
  'asked',
] as const;

export type KeywordWord = (typeof reservedWords)[number] | (typeof softWords)[number];

const types: TokenType[] = [];

/**
 * A token type whose categories are only noted: `categorize` tells them, all at once. Told one by one, each would
 * have counted again what they hold, which takes longer than reading a short text.
 */
function noted({ categories = [], ...config }: ITokenConfig & { categories?: TokenType[] }): TokenType {
  const type = createToken(config);
  type.CATEGORIES = categories;
  types.push(type);
  return type;
}

/** Lets each category know the types that are of it, by way of other categories, too. */
function categorize(): void {
  const holders = (type: TokenType): TokenType[] =>
    (type.CATEGORIES ?? []).flatMap((category) => [category, ...holders(category)]);
  for (const type of types) {
    for (const category of new Set(holders(type))) {
      category.isParent = true;
      category.categoryMatches?.push(type.tokenTypeIdx ?? 0);
      if (category.categoryMatchesMap) category.categoryMatchesMap[type.tokenTypeIdx ?? 0] = true;
    }
  }
}

const abstract = (name: string, label: string, categories: TokenType[] = []) =>
  noted({ name, label, pattern: Lexer.NA, categories });

/** Everything but braces: what error productions may skip. */
export const AnyToken = abstract('AnyToken', 'anything');
/** What an author may choose as a name: a plain word or a soft keyword. */
export const Name = abstract('Name', 'a name', [AnyToken]);
/** All that may stand between two operands; which binds tighter is decided when building the AST. */
export const BinaryOperator = abstract('BinaryOperator', 'an operator', [AnyToken]);
export const CompareOperator = abstract('CompareOperator', 'a comparison', [BinaryOperator, AnyToken]);
export const AddOperator = abstract('AddOperator', '`+` or `-`', [BinaryOperator, AnyToken]);
export const MultiplyOperator = abstract('MultiplyOperator', '`*` or `/`', [BinaryOperator, AnyToken]);

const symbol = (name: string, pattern: string, categories: TokenType[] = [AnyToken]) =>
  noted({ name, label: `\`${pattern}\``, pattern, categories });

export const LeftBrace = symbol('LeftBrace', '{', []);
export const RightBrace = symbol('RightBrace', '}', []);
export const LeftParen = symbol('LeftParen', '(');
export const RightParen = symbol('RightParen', ')');
export const LeftBracket = symbol('LeftBracket', '[');
export const RightBracket = symbol('RightBracket', ']');
export const Comma = symbol('Comma', ',');
export const Colon = symbol('Colon', ':');
export const Dot = symbol('Dot', '.');
export const Question = symbol('Question', '?');
export const Pipe = symbol('Pipe', '|');
export const Equals = symbol('Equals', '=', [CompareOperator]);
const NotEquals = symbol('NotEquals', '!=', [CompareOperator]);
const AtMost = symbol('AtMost', '<=', [CompareOperator]);
const AtLeast = symbol('AtLeast', '>=', [CompareOperator]);
const Less = symbol('Less', '<', [CompareOperator]);
const More = symbol('More', '>', [CompareOperator]);
export const Plus = symbol('Plus', '+', [AddOperator]);
export const Minus = symbol('Minus', '-', [AddOperator]);
const Times = symbol('Times', '*', [MultiplyOperator]);
export const Slash = symbol('Slash', '/', [MultiplyOperator]);

// Letters of most scripts; written as ranges, which every engine reads fast.
const LETTER = 'A-Za-z_\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u1FFF\\u2C00-\\u2FEF\\u3040-\\uD7FF';
const WORD_END = `(?![0-9${LETTER}])`;

/** What a pattern may begin with, character by character: where nothing else stands it is not tried. */
const beginning = (characters: string) => ({ start_chars_hint: [...characters] });
const DIGITS = '0123456789';

const literal = (name: string, label: string, pattern: RegExp, begins = DIGITS) =>
  noted({ name, label, pattern, categories: [AnyToken], ...beginning(begins) });

/** Whatever space stands there: from elsewhere come some that do not break. */
const SPACE = '[^\\S\\r\\n]';

/** A unit word is at most one space away from the number: in tables, two spaces part cells. */
export const Duration = literal(
  'Duration',
  'a length of time such as `14 days` or `2h`',
  new RegExp(
    `\\d+(\\.\\d+)?(h|d|w|${SPACE}?(min|mins|minutes?|hrs?|hours?|((business|working)${SPACE})?days?|wks?|weeks?|months?|years?))${WORD_END}`,
  ),
);
export const Time = literal('Time', 'a time such as `18:00`', /\d{1,2}:\d\d(?!\d)/);
const TwelveHourTime = noted({
  name: 'TwelveHourTime',
  pattern: new RegExp(`\\d{1,2}(:\\d\\d)? ?(am|pm|AM|PM)${WORD_END}`),
  categories: [Time, AnyToken],
  ...beginning(DIGITS),
});
export const DateToken = literal('DateToken', 'a date such as `2026-01-05`', /\d{4}-\d\d-\d\d(?!\d)/);
export const Money = literal('Money', 'an amount such as `$0.40`', /\$\d+(\.\d+)?/, '$');
export const NumberToken = literal('NumberToken', 'a number', /\d+(\.\d+)?/);
export const YesNo = literal('YesNo', '`yes/no`', new RegExp(`yes/no${WORD_END}`), 'y');
export const Text = noted({
  name: 'Text',
  label: 'a text in double quotes',
  pattern: (source: string, offset: number) => {
    return [source.slice(offset, scanText(source, offset).end)] as [string];
  },
  ...beginning('"'),
  categories: [AnyToken],
});
export const Word = noted({
  name: 'Word',
  label: 'a name',
  pattern: new RegExp(`[${LETTER}][0-9${LETTER}]*`),
  categories: [Name, AnyToken],
});
export const Weekday = abstract('Weekday', 'a day such as `mon`', [Name, AnyToken]);

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const longDays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** The days of the week as they may be written, the short ones first. */
export const dayNames: readonly string[] = [...weekdays, ...longDays];

/** The words among the operators. */
const joining: string[] = ['and', 'or', 'else'];

/** The token type of each keyword: `keyword.advance`. */
export const keyword = Object.fromEntries([
  ...reservedWords.map((word) => [
    word,
    abstract(word, `\`${word}\``, joining.includes(word) ? [BinaryOperator, AnyToken] : [AnyToken]),
  ]),
  ...softWords.map((word) => [word, abstract(word, `\`${word}\``, [Name, AnyToken])]),
]) as Record<KeywordWord, TokenType>;

/** Spellings from elsewhere: the token they stand for and what Regimen writes. */
const foreign = new Map<TokenType, (image: string) => string>();
function foreignSpelling(
  name: string,
  [begins, pattern]: readonly [string, RegExp],
  categories: TokenType[],
  write: (image: string) => string,
) {
  const type = noted({ name, pattern, categories: [...categories, AnyToken], ...beginning(begins) });
  foreign.set(type, write);
  return type;
}
const foreignSpellings = [
  foreignSpelling('DoubleEquals', ['=', /===?/], [CompareOperator, Equals], () => '='),
  foreignSpelling('StrictNotEquals', ['!<≠', /!==|<>|≠/], [CompareOperator], () => '!='),
  foreignSpelling('AtMostSign', ['≤=', /≤|=</], [CompareOperator], () => '<='),
  foreignSpelling('AtLeastSign', ['≥=', /≥|=>/], [CompareOperator], () => '>='),
  foreignSpelling('Ampersands', ['&', /&&?/], [keyword.and], () => 'and'),
  foreignSpelling('Bars', ['|', /\|\|/], [keyword.or], () => 'or'),
  foreignSpelling('Exclamation', ['!', /!/], [keyword.not], () => 'not '),
  foreignSpelling(
    'SingleQuoted',
    ["'“”", /'[^'"\r\n]*'|[“”][^“”"\r\n]*[“”]/],
    [Text],
    (image) => `"${image.slice(1, -1)}"`,
  ),
];
const skippedSpellings = [
  foreignSpelling('Semicolon', [';', /;/], [], () => ''),
  foreignSpelling('HashComment', ['#', /#[^\r\n]*/], [], (image) => `//${image.slice(1)}`),
];
foreign.set(TwelveHourTime, twentyFourHours);

/** What a word is that is no name; `right` is what Regimen writes in its place. */
const words = new Map<string, { type: TokenType; right?: string }>(
  Object.entries(keyword).map(([word, type]) => [word, { type }]),
);
for (const day of dayNames) {
  words.set(day, { type: Weekday });
  words.set(day.charAt(0).toUpperCase() + day.slice(1), { type: Weekday });
}
words.set('true', { type: keyword.yes, right: 'yes' });
words.set('false', { type: keyword.no, right: 'no' });

const WhiteSpace = noted({ name: 'WhiteSpace', pattern: /\s/ });
const Comment = noted({ name: 'Comment', pattern: /\/\/[^\r\n]*/, ...beginning('/') });

const lexed = [
  WhiteSpace,
  Comment,
  Text,
  TwelveHourTime,
  DateToken,
  Time,
  Duration,
  NumberToken,
  Money,
  YesNo,
  Word,
  ...foreignSpellings,
  ...skippedSpellings,
  NotEquals,
  AtMost,
  AtLeast,
  Less,
  More,
  Equals,
  Plus,
  Minus,
  Times,
  Slash,
  LeftBrace,
  RightBrace,
  LeftParen,
  RightParen,
  LeftBracket,
  RightBracket,
  Comma,
  Colon,
  Dot,
  Question,
  Pipe,
];
// The first type that fits is taken. The spellings from elsewhere (`==`) stand before what they begin with (`=`);
// `!` alone is the last, behind `!=`.
const inOrder = [...lexed.filter((type) => type !== foreignByName('Exclamation')), foreignByName('Exclamation')];

categorize();

/** Every token type the parser may meet. */
export const vocabulary: TokenType[] = [
  AnyToken,
  Name,
  BinaryOperator,
  CompareOperator,
  AddOperator,
  MultiplyOperator,
  Weekday,
  ...Object.values(keyword),
  ...lexed,
];

/** What stands behind the last token of every text. */
export const endOfFile = createTokenInstance(EOF, '', -1, -1, -1, -1, -1, -1);

/** By index of their types: which tokens need a second look; nearly none do. */
const isForeign: boolean[] = [];

const scan = scanner({
  types: inOrder,
  space: WhiteSpace,
  word: Word,
  number: NumberToken,
  skipped: [WhiteSpace, Comment],
});
for (const type of foreign.keys()) isForeign[type.tokenTypeIdx ?? 0] = true;

/**
 * Cuts a text, or the stretch of it from `start` to `end`, into tokens. Offsets always count from
 * the beginning of the text. Unreadable characters are left out and reported.
 */
export function tokenize(text: string, start = 0, end = text.length): WithDiagnostics<IToken[]> {
  const whole = start === 0 && end === text.length;
  const scanned = scan(whole ? text : text.slice(start, end), start);
  const diagnostics = scanned.unreadable.map((span) => unreadable(text, span));
  for (const token of scanned.tokens) {
    let right: string | undefined;
    if (token.tokenType === Word) {
      const known = words.get(token.image);
      if (known === undefined) continue;
      token.tokenType = known.type;
      token.tokenTypeIdx = known.type.tokenTypeIdx as number;
      right = known.right;
    } else if (isForeign[token.tokenTypeIdx] === true) right = foreign.get(token.tokenType)?.(token.image);
    if (right !== undefined) diagnostics.push(foreignSpelled(token, right));
  }
  // Only what has been told of is ever left out.
  const isRead = ({ tokenType }: IToken) => !skippedSpellings.includes(tokenType);
  return { value: diagnostics.length > 0 ? scanned.tokens.filter(isRead) : scanned.tokens, diagnostics };
}

function foreignSpelled({ image, startOffset }: IToken, right: string): Diagnostic {
  const span = { start: startOffset, end: startOffset + image.length };
  const remedy = right === '' ? 'Leave it out: a new line is enough.' : `Write ${quoted(right.trim())} instead.`;
  const words = { found: quoted(image), remedy };
  return diagnostic('foreign-spelling', span, words, { fix: foreignFix(image, right, span) });
}

/** What is no token. An invisible character is told by its name, and can only be taken out. */
function unreadable(text: string, span: Span): Diagnostic {
  const name = invisibleName(text.charAt(span.start));
  if (name === undefined) {
    const found = text.slice(span.start, span.end);
    return diagnostic('unknown-character', span, { found: quoted(found) }, remedyFor(found, text, span));
  }
  const details = { hint: 'Remove it.', fix: fixOf('remove', '', { span, text: '' }) };
  return diagnostic('unknown-character', span, { found: `the invisible character ${name}` }, details);
}

function remedyFor(found: string, text: string, span: Span): Details {
  if (found === '%') return percent(text, span);
  const amount = amountBeside(text, span);
  if (amount === undefined) return {};
  const plain = plainAmount(text.slice(amount.start, amount.end).trim());
  if (plain === undefined) return {};
  const right = `$${plain}`;
  if (found !== '$') return { hint: `Amounts are in dollars: \`${right}\`.` };
  const whole = { start: amount.start, end: span.end };
  return {
    hint: `The sign stands before the amount: \`${right}\`.`,
    fix: fixOf('write', right, { span: whole, text: right }),
  };
}

/** The amount, and perhaps a blank, beside the sign of a currency that is unreadable. */
export function amountBeside(text: string, { start, end }: Span): Span | undefined {
  if (!/[$€£]/.test(text.charAt(start))) return undefined;
  const [before] = /\d+(?:[.,]\d+)* ?$/.exec(text.slice(Math.max(0, start - AMOUNT_MAX), start)) ?? [];
  if (before !== undefined) return { start: start - before.length, end: start };
  const [after] = /^ ?\d+(?:[.,]\d+)*/.exec(text.slice(end, end + AMOUNT_MAX)) ?? [];
  return after === undefined ? undefined : { start: end, end: end + after.length };
}

/** `1,000` and `1,000.50` without the commas between thousands; `12,5` with a point. */
function plainAmount(written: string): string | undefined {
  if (/^\d{1,3}(,\d{3})+(\.\d+)?$/.test(written)) return written.replaceAll(',', '');
  return /^\d+([.,]\d+)?$/.test(written) ? written.replace(',', '.') : undefined;
}

/** As much of a line as is looked at for an amount. */
const AMOUNT_MAX = 20;

/** `15%` is a share, `week % 2` a remainder. */
function percent(text: string, { start, end }: Span): { hint: string } {
  const isRemainder =
    /[\w)\]] *$/.test(text.slice(Math.max(0, start - 40), start)) && /^ *[\w(]/.test(text.slice(end, end + 40));
  return isRemainder
    ? { hint: 'The remainder is a function: `mod(week, 2)`. A percentage is a unit, written as a word: `15 percent`.' }
    : { hint: 'Write the word: `number percent`, `15 percent`. It is a unit like any other.' };
}

/** A piece of source as messages show it: in backticks, on one line, not too long. */
export function quoted(source: string): string {
  const line = source.replace(/\s+/g, ' ');
  return `\`${line.length > 40 ? `${line.slice(0, 37)}...` : line}\``;
}

function foreignByName(name: string): TokenType {
  const type = foreignSpellings.find((candidate) => candidate.name === name);
  if (!type) throw new Error(`No foreign spelling is called ${name}.`);
  return type;
}

/** `6pm` → `18:00`. */
export function twentyFourHours(image: string): string {
  const [, hour = '0', minute = '00', half = 'am'] = /^(\d+)(?::(\d\d))? ?([ap]m)$/i.exec(image) ?? [];
  const hours = (Number(hour) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  return `${String(hours).padStart(2, '0')}:${minute}`;
}
