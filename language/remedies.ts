/**
 * Remedies for syntax errors: what to write instead, where the mistake is one that people make.
 *
 * Asked by `messages.ts` once the place of the error is known; says nothing where a guess would
 * only mislead. Misspelled words go first, then what the letters themselves show (quotes, numbers in words,
 * `n += 1`), then the phrase at hand, then the kind of value.
 */
import type { IRecognitionException, IToken } from 'chevrotain';
import type { Span } from './ast.ts';
import type { Details } from './diagnostics.ts';
import { fixOf } from './fixes.ts';
import { nearest } from './nearest.ts';
import { didYouMean, keywordsIn, quotesInside } from './suggest.ts';
import { Colon, Comma, dayNames, keyword as k, LeftBrace, Minus, Text, Word } from './tokens.ts';
import { BY_CASE, phrasingFor, THEN, TWO_DECIDE } from './unknown.ts';

/** An error, what was expected there (a phrase), the token found and the one before it. */
export type Mistake = {
  error: IRecognitionException;
  expected: string;
  token: IToken;
  span: Span;
  previous: IToken | undefined;
  /** The line of `previous` ended before `token`: `span` is the place of `previous`. */
  lineEnded: boolean;
  text: string;
};

/** As much of a line as a remedy repeats. */
const REST_MAX = 80;

export function helpFor(mistake: Mistake): Details {
  const { expected, token, span, lineEnded } = mistake;
  if (lineEnded) return byPhrase(mistake) ?? byValue(mistake) ?? {};
  const isDay = token.tokenType === Word && /^(cadence|period)$/.test(mistake.error.context.ruleStack.at(-1) ?? '');
  const meant = nearest(token.image, [...keywordsIn(expected), ...(isDay ? dayNames : [])]);
  if (meant !== undefined && /^\p{L}/u.test(token.image)) return didYouMean(meant, span);
  return (
    quotesInside(mistake.text, span) ??
    inDigits(mistake) ??
    counted(mistake) ??
    calculated(mistake) ??
    daysOnly(mistake) ??
    byPhrase(mistake) ??
    byName(mistake) ??
    missingWord(mistake) ??
    byValue(mistake) ??
    {}
  );
}

/** By the rule that was being read and the word found in it. */
function byPhrase({ error, expected, token, previous, lineEnded, span, text }: Mistake): Details | undefined {
  const stack = error.context.ruleStack;
  const rule = stack.at(-1) ?? '';
  const after = previous?.tokenType;
  if (token.image === 'then' && expected === '`{`') {
    const hint = `${THEN} \`when … { say "…" }\`.`;
    const braces = /^then\s*\{/.test(text.slice(span.start, span.start + 64));
    return braces ? { hint, fix: fixOf('leave-out', 'then', { span: widened(text, span), text: '' }) } : { hint };
  }
  if (token.image === 'if' && after === k.else) {
    return { hint: 'Write `else when … { … }`.', fix: fixOf('write', 'when', { span, text: 'when' }) };
  }
  if (token.tokenType === k.when && /^[=(,:]$/.test(previous?.image ?? '')) return { hint: BY_CASE };
  if (expected === '`within`' && after === Comma && stack.includes('approval')) return { hint: TWO_DECIDE };
  if (token.image === 'mod' && expected === '`{`') return { hint: 'The remainder is a function: `mod(week, 2)`.' };
  if (rule === 'tellAction' && after === k.tell) {
    return { hint: 'Say who is told: `tell nurse "…"`. The person is written to with `say "…"`.' };
  }
  if (rule === 'tellAction' && (after === k.send || expected === '`to`')) {
    return { hint: 'Write what is sent and to whom: `send report to nurse "…"`.' };
  }
  if (rule === 'stageDeclaration' && expected === '`{`' && lineEnded) {
    return { hint: 'A stage has braces, even when it does nothing: `stage closed final { }`.' };
  }
  if (expected === '`approved`' && stack.includes('proposeAction')) {
    return { hint: 'Say who decides: `propose dose = 14 approved by clinician`. If nobody has to, write `set`.' };
  }
  if (expected === '`{`' && /^(when|if)$/.test(token.image) && stack.some((one) => /^(check|at)Rule$/.test(one))) {
    return { hint: 'The condition stands in the braces: `check daily at 07:00 { when … { say "…" } }`.' };
  }
  if (rule === 'onRule' && /^\d{4}-/.test(token.image)) {
    return { hint: `Ask whether the day has come: \`when today >= ${token.image}\`.` };
  }
  if (rule === 'atRule' || (rule === 'checkRule' && expected === '`{`')) {
    return { hint: 'Write in braces what happens then: `check daily at 07:00 { say "…" }`.' };
  }
  if (token.tokenType === Colon && !lineEnded && previous && after !== Word && !stack.includes('band')) {
    const remedy = `Leave the colon out: \`${previous.image} …\`.`;
    return { hint: remedy, fix: fixOf('leave-out', ':', { span, text: '' }) };
  }
  if (token.tokenType === LeftBrace && stack.includes('transition')) {
    return { hint: 'A move has no braces. Leave them out, or begin a rule on a new line: `when … { … }`.' };
  }
  if (
    expected === '`{`' &&
    /^(after|before)$/.test(token.image) &&
    /\b(days?|weeks?|months?|hours?|\d+ ?h|min) $/.test(text.slice(0, span.start))
  ) {
    const sign = token.image === 'after' ? '+' : '-';
    const remedy = stack.includes('atRule')
      ? `at begins ${sign} 10 days at 09:00`
      : `when today >= begins ${sign} 10 days`;
    return { hint: `Count from the date: \`${remedy}\`.` };
  }
  if (expected === '`{`' && previous?.image === ')' && /^(this|in|since)$/.test(token.image)) {
    return { hint: 'What is chosen among the entries stands inside the parentheses: `count(runs, this month)`.' };
  }
  if (expected === '`{`' && rule === 'body' && stack.includes('condition')) {
    return { hint: 'Inside braces a condition comes first: `when … { advance to … }`.' };
  }
  if (token.tokenType === k.after && rule === 'body') {
    return { hint: 'Inside braces there is no `after`. Put this line into the stage itself.' };
  }
  if (stack.includes('dated') && previous?.image === 'expect') {
    const rest = text.slice(previous.startOffset, previous.startOffset + REST_MAX).split('\n', 1)[0];
    return { hint: `Go there first: \`wait until day 6 at 09:00\`, and on the next line \`${rest?.trim()}\`.` };
  }
  if (expected === '`{`' && stack.includes('whenRule')) {
    if (token.image === 'changed') {
      const field = previous?.image ?? 'dose';
      return {
        hint: `Compare it with what it was: \`when ${field} != ${field}_before { set ${field}_before = ${field} … }\`.`,
      };
    }
    if (token.tokenType === k.where) return { hint: 'To act on each new entry, write `on`: `on runs where … { … }`.' };
    const phrasing = phrasingFor(token.image);
    if (phrasing !== undefined) return { hint: phrasing };
    return { hint: 'Put the condition first, and in braces what happens then: `when … { say "…" }`.' };
  }
  if (rule === 'reference' && token.tokenType === k.last) {
    return { hint: 'Write `in` before it: `count(runs in last 7 days)`.' };
  }
  if (rule === 'nudgeItem' && after === k.nudge) {
    return { hint: 'Write `nudge after 4 days without runs`, or `nudge after 2 days of silence`.' };
  }
  if (rule === 'direction' && after === k.leave) {
    return { hint: 'Say under which name they leave: `leave as lost after 21 days of silence`.' };
  }
  if (rule === 'timezoneItem' && after === k.theirs) {
    return { hint: 'Say which zone to use while theirs is not known: `timezone theirs else "Europe/London"`.' };
  }
  if (rule === 'enrollItem' && after === k.enroll) {
    const fix = fixOf('write', 'anyone', { span, text: 'anyone' });
    const hint = 'Write `enroll anyone`, or `enroll anyone verified, others ask`.';
    return token.tokenType === Word && !lineEnded ? { hint, fix } : { hint };
  }
  if (
    token.tokenType === Word &&
    (rule === 'monthDays' || (rule === 'cadence' && /days of the month/.test(expected)))
  ) {
    return {
      hint: `A day that a name holds is asked for: \`check daily at 09:00 { when day_of_month(today) = ${token.image} { … } }\`.`,
    };
  }
  if (rule === 'recorded' && token.image === 'of') {
    return { hint: 'When it occurred comes behind it: `runs { completed: yes } of day 23 at 08:00`.' };
  }
  if (token.image === 'apart') return { hint: 'Say how long between two of them: `2h apart`.' };
  if (previous?.image === 'this' && /\bin\s+this\s*$/.test(text.slice(0, span.start))) {
    return { hint: `Leave \`in\` out: \`this ${token.image}\`.` };
  }
  const [parted, hours] = /^(\d+) h\b/.exec(text.slice(span.start, span.start + REST_MAX)) ?? [];
  if (parted !== undefined && expected.startsWith('a length of time')) {
    return { hint: `Write \`${hours}h\` or \`${hours} hours\`.` };
  }
  if (rule === 'judgement' && expected === '`at`') {
    return { hint: 'Say how sure the agent must be, between 0 and 1: `judged "…" at 0.8`.' };
  }
  if (rule === 'budgetItem') return { hint: 'Write it in dollars: `budget $0.40 per month`.' };
  if (rule === 'expectation' && after === k.left)
    return { hint: 'Write `left as lost`, or `stage …` of a final stage.' };
  if (expected.startsWith('a type') && token.image === 'optional') {
    return { hint: 'If it may be missing, write `?` after its type: `date?`.' };
  }
  if (expected.startsWith('a type') && /^\w+ *\|/.test(text.slice(span.start, span.start + 64)))
    return { hint: 'Put choices in parentheses: `(easy | ok | hard)`.' };
  return undefined;
}

const numberWords = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/** `at most three times`: numbers have digits. */
function inDigits({ expected, token, span }: Mistake): Details | undefined {
  const number = /\ba number\b/.test(expected) ? numberWords.indexOf(token.image) : -1;
  if (number < 0) return undefined;
  return { hint: `Write \`${number}\`.`, fix: fixOf('write', String(number), { span, text: String(number) }) };
}

/** `n += 1`, `n++`: what is set is named twice. */
function counted({ token, previous, span, text }: Mistake): Details | undefined {
  const [found, sign] = /^(?:([-+*/])=|(?:\+\+|--))/.exec(text.slice(span.start, span.start + 2)) ?? [];
  if (found === undefined || previous?.tokenType !== Word || token.startLine !== previous.startLine) return undefined;
  const right = `= ${previous.image} ${sign ?? `${token.image} 1`}`;
  const apart = text[span.start - 1] === ' ' ? right : ` ${right}`;
  const fix = fixOf('write', right, { span: { start: span.start, end: span.start + found.length }, text: apart });
  return { hint: `Write \`${previous.image} ${right}${sign === undefined ? '' : ' …'}\`.`, fix };
}

/** `- 14 days`, `* 2`: an operator, and what is added, with its unit where that is one of time. */
const addend = /^[-+*/]\s*[\w.]+(?: (?:min|minutes?|h|hours?|(?:business )?days?|weeks?|months?|years?)\b)?/;

/** `since begins - 14 days`, `daily at wakes - 30 min`: where a name can stand, a sum needs parentheses. */
function calculated({ token, span, text }: Mistake): Details | undefined {
  if (!/^[-+*/]$/.test(token.image)) return undefined;
  const before = /\b(since|after|within|for|last|apart|times|at)\s+([\w.]+)\s*$/.exec(text.slice(0, span.start));
  const [, word = '', name = ''] = before ?? [];
  if (before === null) return undefined;
  const [rest = ''] = addend.exec(text.slice(span.start, span.start + REST_MAX)) ?? [];
  if (word === 'at')
    return { hint: `A moment of each day is a rule of its own: \`at today at ${name} ${rest} { … }\`.` };
  return { hint: `Put what is calculated in parentheses: \`${word} (${name} ${rest})\`.` };
}

/** A shorter word is no misspelled day. */
const DAY_LEAST = 4;

/** `review on monday`, `check each tuesday`: days stand alone. */
function daysOnly({ error, token, span, text }: Mistake): Details | undefined {
  if (error.context.ruleStack.at(-1) !== 'cadence' || (token.tokenType !== k.on && token.tokenType !== k.each))
    return undefined;
  const [phrase = '', word = ''] = /^\w+[ \t]+(\p{L}+)/u.exec(text.slice(span.start, span.start + REST_MAX)) ?? [];
  const day = dayNames.find((one) => one === word) ?? (word.length < DAY_LEAST ? undefined : nearest(word, dayNames));
  if (day === undefined)
    return { hint: `Leave \`${token.image}\` out, and name the days: \`review mon, wed at 18:00\`.` };
  const whole = { start: span.start, end: span.start + phrase.length };
  return { hint: `Days stand alone: \`${day}\`.`, fix: fixOf('write', day, { span: whole, text: day }) };
}

/** A word with the blanks before it. */
const widened = (text: string, { start, end }: Span): Span => ({ start: text.slice(0, start).trimEnd().length, end });

/** Rules that give something a name. */
const declaring = new Set([
  'stageDeclaration',
  'programDeclaration',
  'fragmentDeclaration',
  'trackDeclaration',
  'listDeclaration',
  'ladderDeclaration',
  'holidaysDeclaration',
  'tableDeclaration',
  'bandsItem',
  'windowItem',
  'letItem',
]);

/** Names of two words, with a hyphen or in quotes. */
function byName({ error, token, previous, text, span }: Mistake): Details | undefined {
  const rule = error.context.ruleStack.at(-1) ?? '';
  const declares = declaring.has(rule);
  if (!declares || !previous) return undefined;
  if (token.tokenType === Text && rule !== 'letItem') {
    const word = token.image.slice(1, -1).trim().replace(/\W+/g, '_').toLowerCase();
    const titled = /^(program|stage|track|list)$/.test(previous.image) ? ` ${token.image}` : '';
    return { hint: `The name comes first, one word without quotes: \`${previous.image} ${word}${titled}\`.` };
  }
  const joint = token.tokenType === Minus ? /^-[\w-]*/ : token.tokenType === Word ? /^\w+/ : undefined;
  const rest = joint?.exec(text.slice(token.startOffset, token.startOffset + 64))?.[0];
  if (rest === undefined || previous.startLine !== token.startLine) return undefined;
  const name = `${previous.image}_${rest.replace(/^-/, '').replaceAll('-', '_')}`;
  const whole = { start: previous.startOffset, end: span.start + rest.length };
  const hint = `A name is one word, with underscores: \`${name}\`.`;
  // Where more words follow, how many belong to the name is not known.
  const isWhole = /^\s*([{"=]|by\b|when\b|final\b)/.test(text.slice(whole.end, whole.end + 64));
  if (!isWhole) return { hint };
  return {
    hint,
    fix: fixOf('write', name, { span: whole, text: name }),
  };
}

/** One small word is missing before a name: `advance graduated`, `escalate nurse "…"`, `approved lead`. */
function missingWord({ expected, token, span, text }: Mistake): Details | undefined {
  const [, word] = /^`(to|as|of|with|over|by)`$/.exec(expected) ?? [];
  if (word === undefined || token.tokenType !== Word) return undefined;
  const goesOn = /^\w+\s*(?:[\n},"]|when\b|after\b|with\b|within\b|else\b|$)/.test(
    text.slice(span.start, span.start + 128),
  );
  if (!goesOn) {
    const fix = fixOf('write', word, { span, text: word });
    return { hint: `Write \`${word}\` in place of \`${token.image}\`.`, fix };
  }
  const right = `${word} ${token.image}`;
  const before = { start: span.start, end: span.start };
  return { hint: `Write \`${right}\`.`, fix: fixOf('write', right, { span: before, text: `${word} ` }) };
}

function byValue({ expected }: Mistake): Details | undefined {
  if (expected.startsWith('a text')) return { hint: 'Put texts in double quotes: "Like this."' };
  if (expected.startsWith('a time')) return { hint: 'Write times with hours and minutes: `07:30`, `18:00`.' };
  if (expected.startsWith('a length of time')) {
    return { hint: 'Write a number and a unit: `30 min`, `2 hours`, `14 days`, `1 week`.' };
  }
  return undefined;
}
