/**
 * Every diagnostic Regimen can give: its code, how grave it is, and its words.
 *
 * The message says what is wrong in the author's words, the hint says what to do. Codes are
 * stable: tools and people refer to them. `{holes}` are filled by `diagnostic()`.
 */
import { analysisWords } from './catalogue-analyses.ts';
import { meanings } from './catalogue-meaning.ts';

export const catalogue = {
  // Reading
  'unexpected-text': {
    severity: 'error',
    message: 'I expected {expected} here, but found {found}.',
  },
  'unknown-character': {
    severity: 'error',
    message: 'I cannot read {found}.',
    hint: 'Remove it, or put it inside a text in double quotes.',
  },
  'hidden-character': {
    severity: 'warning',
    message: 'An invisible character stands here, {found}: the text may say something else than it shows.',
    hint: 'Remove it.',
  },
  'confusable-name': {
    severity: 'warning',
    message: '`{name}` holds a letter that only looks like a Latin `{latin}`: `{letter}` ({number}).',
    hint: 'Write the name in the letters of one alphabet.',
  },
  'unclosed-text': {
    severity: 'error',
    message: 'This text is not closed.',
    hint: 'End it with a double quote on the same line.',
  },
  'unclosed-hole': {
    severity: 'error',
    message: 'This `{` in the text is not closed.',
    hint: 'End it with `}`, or write `\\{` for a brace that is said.',
  },
  'empty-hole': {
    severity: 'error',
    message: 'There is nothing between these braces.',
    hint: 'Write a value, such as `{week}`.',
  },
  'unknown-escape': {
    severity: 'error',
    message: 'I do not know `{found}` in a text.',
    hint: 'After a backslash may stand `"`, `\\`, `n`, `{` or `}`.',
  },
  'foreign-spelling': {
    severity: 'error',
    message: 'Regimen does not write {found}.',
    hint: '{remedy}',
  },
  'unknown-word': {
    severity: 'error',
    message: 'I do not know {found} {place}.',
    hint: '{expected}',
  },
  'reserved-word': {
    severity: 'error',
    message: '`{word}` belongs to the language and can not be a name.',
    hint: 'Choose another word, for example `{word}_`.',
  },
  'unclosed-brace': {
    severity: 'error',
    message: 'This `{` is never closed.',
    hint: 'Add a `}` where its block ends.',
  },
  'extra-brace': {
    severity: 'error',
    message: 'This `}` closes nothing.',
    hint: 'Remove it, or look for a `{` that is missing before it.',
  },
  'impossible-time': {
    severity: 'error',
    message: '{found} is not a time of day.',
    hint: 'Times go from `00:00` to `23:59`.',
  },
  'impossible-date': {
    severity: 'error',
    message: '{found} is not in the calendar.',
    hint: 'Write year, month and day: `2026-01-05`.',
  },
  'number-too-large': {
    severity: 'error',
    message: 'The number {found} is too large.',
    hint: 'Numbers go up to 1,000,000,000,000.',
  },
  'not-a-rhythm': {
    severity: 'error',
    message: 'Nothing can come every {found}.',
    hint: 'Write minutes, hours, days or weeks, such as `every 4h` or `every 2 weeks`; or `monthly on 1`, `business days`.',
  },
  'period-on-weekday': {
    severity: 'error',
    message: 'Only weeks can be counted from one day of the week to the next.',
    hint: 'Leave the day out, or write `weekly on mon at 18:00` or `every 2 weeks on mon at 18:00`.',
  },
  'no-such-day': {
    severity: 'error',
    message: 'A month has no day {found}.',
    hint: 'Write days from 1 to 31 or `last`, or a weekday such as `second thu` or `last fri`.',
  },
  'part-of-a-day': {
    severity: 'error',
    message: '{found} is no whole number of days, and days are counted in the calendar.',
    hint: 'Write hours, such as `36 hours`, or a smaller unit, such as `10 days`.',
  },
  'not-whole': {
    severity: 'error',
    message: '{found} must be a whole number here.',
    hint: 'Write a number without a fraction, 1 or more.',
  },
  'chained-comparison': {
    severity: 'error',
    message: 'Two comparisons follow each other here.',
    hint: 'Join them with `and`: `1 < week and week < 9`.',
  },
  'clause-twice': {
    severity: 'error',
    message: 'This transition has `{clause}` twice.',
    hint: 'Keep one; join conditions with `and`.',
  },
  'not-in-a-body': {
    severity: 'error',
    message: '`{found}` can not stand inside braces.',
    hint: 'Put this line into the stage itself.',
  },
  'not-a-selection': {
    severity: 'error',
    message: 'Only a series can be followed by `where`, `this …` or `in last …`.',
    hint: 'Name a series, or one of its fields, before it: `runs where completed`, `runs.minutes in last 7 days`.',
  },
  'not-a-confidence': {
    severity: 'error',
    message: 'A judgement lies between 0 and 1, not at {found}.',
    hint: 'Write, for example, `0.8`.',
  },
  'too-long': {
    severity: 'error',
    message: 'This file has {length} characters; I read up to {most}.',
    hint: 'Split the program into several files.',
  },
  'too-deep': {
    severity: 'error',
    message: 'This is nested more than {most} levels deep, and I stopped reading it here.',
    hint: 'Give parts of it a name with `let`, or split it.',
  },
  'gave-up': {
    severity: 'error',
    message: 'I stopped reading here, after {most} places I could not make sense of.',
    hint: 'Mend the first ones and try again.',
  },
  'too-many-mistakes': {
    severity: 'error',
    message: 'There are {more} more mistakes; I list the first {most}.',
    hint: 'Mend these first: the others are often their echo.',
  },

  // Meaning: names
  'unknown-name': {
    severity: 'error',
    message: 'I do not know `{name}`.',
    hint: 'Declare it under `data`, or as a `let`.',
  },
  'unknown-stage': { severity: 'error', message: 'There is no stage `{name}`.', hint: 'Name a stage of this program.' },
  'unknown-skill': {
    severity: 'error',
    message: 'There is no skill `{name}`.',
    hint: 'Add a folder `{folder}` with a `SKILL.md` among the skills, or name another skill.',
  },
  'unknown-role': {
    severity: 'warning',
    message: 'No role `{name}` is declared, so the operators will get this.',
    hint: 'Declare it: `roles {name}`.',
  },
  'unknown-function': { severity: 'error', message: 'There is no function `{name}`.', hint: 'There are {known}.' },
  'unknown-option': {
    severity: 'error',
    message: '`{name}` is not one of the choices {of}.',
    hint: 'They are: {options}.',
  },
  'unknown-series': {
    severity: 'error',
    message: 'There is no series `{name}`.',
    hint: 'Declare it under `data`, as a `series`.',
  },
  'unknown-field': {
    severity: 'error',
    message: 'An {entry} of `{series}` has no `{name}`.',
    hint: 'It has {known}.',
  },
  'unknown-table': {
    severity: 'error',
    message: 'There is no table `{name}`.',
    hint: 'Declare it: `table {name} by … { … }`.',
  },
  'unknown-program': { severity: 'error', message: 'There is no program `{name}` in these files.' },
  'unknown-exit': {
    severity: 'error',
    message: 'Nobody leaves as `{name}` in this program.',
    hint: 'People leave as {known}.',
  },
  'unknown-criterion': {
    severity: 'error',
    message: 'The program judges nothing like “{text}”.',
    hint: 'Use the words of one of its `judged "…"` conditions.',
  },
  'duplicate-name': { severity: 'error', message: 'The name `{name}` is used twice.', hint: 'Rename one of them.' },
  'reserved-name': {
    severity: 'error',
    message: '`{name}` is a name Regimen keeps for itself.',
    hint: 'Choose another name.',
  },
  'skill-name': {
    severity: 'error',
    message: '`{name}` cannot be the name of a skill.',
    hint: 'Use small letters, digits and single underscores, at most 64 characters.',
  },
  'let-cycle': {
    severity: 'error',
    message: '`{name}` is defined by way of itself.',
    hint: 'Write one of them without the other.',
  },

  // Meaning: types and values
  'wrong-type': { severity: 'error', message: 'This is {found}, but {expected}.' },
  'not-comparable': {
    severity: 'error',
    message: '{left} cannot be compared {how}.',
    hint: 'Compare two values of one kind.',
  },
  'unit-mismatch': {
    severity: 'error',
    message: 'The units differ: {left} and {right}.',
    hint: 'Keep both in one unit, or convert one by multiplying.',
  },
  'maybe-missing': {
    severity: 'error',
    message: '{what} may be missing here, and missing is not zero.',
    hint: 'Say what then: `{name} else …`, or ask first: `{name} is known and …`.',
  },
  'maybe-blank': {
    severity: 'warning',
    message: '{what} may be missing, and would then be left blank in this text.',
    hint: 'Say what then: `{{name} else "…"}`.',
  },
  'out-of-range': { severity: 'error', message: '{value} is outside the range of {of}, which is {range}.' },
  'may-leave-range': {
    severity: 'warning',
    message: 'This can come to {value}, but {of} is {range}.',
    hint: 'Limit it with `min(…)` or `max(…)`, or let the condition rule it out.',
  },
  'empty-range': { severity: 'error', message: 'The range {range} is empty.', hint: 'Write the smaller number first.' },
  'needs-value': {
    severity: 'error',
    message: '`{name}` has no value to begin with.',
    hint: 'Give it one with `= …`, or write `?` after its type if it may be missing.',
  },
  'not-constant': {
    severity: 'error',
    message: 'Only a plain value can stand here.',
    hint: 'Write the value itself, without names or sums.',
  },
  'nested-type': {
    severity: 'error',
    message: '{what} cannot be part of {of}.',
    hint: 'Use a number, a text, yes/no, a date, a time or a choice.',
  },
  'bad-arguments': { severity: 'error', message: '`{name}` takes {takes}, but here it has {found}.' },
  'needs-aggregate': {
    severity: 'error',
    message: '`{name}` is {kind}, not one value.',
    hint: 'Say what you want of it: `count(…)`, `sum(…)`, `mean(…)`, `latest(…)`.',
  },
  'wrong-weekday': { severity: 'error', message: '{date} is not a {weekday}, but a {actual}.' },
  'answer-needs-field': {
    severity: 'error',
    message: 'An answer is one value, but `{name}` is {kind}.',
    hint: 'Write another name after `as`; a `when` or a `command` can record it.',
  },
  'answer-beside-field': {
    severity: 'warning',
    message: 'The answer goes into a new field `{name}`, and `{near}` stays as it is.',
    hint: 'Did you mean `{near}`? Otherwise declare `{name}` under `data`.',
  },
  'not-for-agent': {
    severity: 'error',
    message: 'The agent may not {verb} `{name}`.',
    hint: 'Mark it `agent may {verb}` if it may.',
  },
  'needless-mark': {
    severity: 'error',
    message: '`{mark}` does not fit `{name}`, which is {kind}.',
    hint: 'Fields are `set`, series are `record`ed.',
  },

  'incomplete-entry': {
    severity: 'error',
    message: 'An {entry} of `{series}` needs {missing} too.',
    hint: 'Give it, or write `?` after its type where it is declared.',
  },

  // Meaning: tables
  'table-shape': {
    severity: 'error',
    message: '{problem}',
    hint: 'Write one row to a line, with one value for each column.',
  },
  'table-gap': {
    severity: 'warning',
    message: 'The table `{table}` has no {what} for {key} {missing}.',
    hint: 'Add what is missing, or narrow the range of `{key}`.',
  },
  'table-duplicate-row': {
    severity: 'error',
    message: 'The table `{table}` has two {what}s for {value}.',
    hint: 'Remove one of them.',
  },

  // Meaning: stages and moves
  'no-stages': {
    severity: 'error',
    message: 'The {what} `{name}` has no stages.',
    hint: 'Add the stage where people start: `stage welcome { … }`.',
  },
  'starts-at-end': {
    severity: 'error',
    message: 'People would start in `{name}`, which is final.',
    hint: 'Put the stage where people start first.',
  },
  'unreachable-stage': {
    severity: 'warning',
    message: 'Nobody can get into the stage `{name}`.',
    hint: 'Add a way in: `advance to {name} when …`.',
  },
  'dead-end': {
    severity: 'error',
    message: 'The stage `{name}` has no way out.',
    hint: 'Add an `advance`, `return` or `leave`, or make the stage `final`.',
  },
  'silent-for-ever': {
    severity: 'warning',
    message: 'Somebody who never answers stays in `{name}` for ever, and nobody is told.',
    hint: 'Add a way out that time alone brings: `leave as lost after 21 days of silence`.',
  },
  'zero-time-loop': {
    severity: 'warning',
    message: 'This can go round for ever without any time passing: {path}.',
    hint: 'Let the move change something its condition asks about, or wait: `after 1 day`.',
  },
  'always-true': { severity: 'warning', message: 'This always holds{why}.' },
  'never-true': { severity: 'warning', message: 'This can never hold{why}.' },
  'final-stage': {
    severity: 'error',
    message: 'A final stage has no {what}: people there have finished.',
    hint: 'Remove it, or make the stage not final.',
  },
  'interrupt-final': {
    severity: 'error',
    message: '`{name}` is final, so nobody could come back from it.',
    hint: 'Use `advance to {name}` instead.',
  },
  'resume-without-interrupt': {
    severity: 'error',
    message: 'Nothing interrupts with `{name}`, so there is nothing to resume.',
    hint: 'Add `interrupt with {name}` where people should come from, or use `advance to …`.',
  },
  'too-many-branches': {
    severity: 'error',
    message: 'These branches come to more than {limit} different cases.',
    hint: 'Split them into several rules.',
  },
  'after-move': {
    severity: 'warning',
    message: 'This never happens: the person has moved on by then.',
    hint: 'Write it before the move.',
  },
  'not-here': { severity: 'error', message: '{what} cannot stand here.', hint: '{remedy}' },
  'duplicate-clause': { severity: 'error', message: '`{clause}` is said twice.', hint: 'Keep one of them.' },
  'duplicate-command': {
    severity: 'warning',
    message: 'The command “{word}” is answered twice; the first answer wins.',
    hint: 'Use another word for one of them.',
  },
  'records-itself': {
    severity: 'error',
    message: 'This handler for `{name}` records `{name}` again, which would call it for ever.',
    hint: 'Record another series, or set a field.',
  },
  'stop-stays': {
    severity: 'error',
    message: 'Whoever says “stop” must be let go, and this handler keeps them.',
    hint: 'Add `leave as opted_out` to it, or leave the word to Regimen, which ends the enrollment.',
  },
  'empty-command': { severity: 'error', message: 'A command needs a word that people can write.' },
  'no-skill': {
    severity: 'warning',
    message: 'The stage `{name}` has no skill, so the agent does not know how to talk there.',
    hint: 'Add `skill …`.',
  },
  'unknown-zone': {
    severity: 'error',
    message: 'There is no time zone “{zone}”.',
    hint: 'Use an IANA name like "Europe/London".',
  },
  'quiet-empty': { severity: 'error', message: 'These quiet hours are empty: they end when they begin.' },

  // Meaning: scenarios
  'scenario-backwards': {
    severity: 'error',
    message: 'This lies before what the scenario tells above, where it is {now} by then.',
    hint: 'Tell the steps in the order of time.',
  },
  'scenario-start': {
    severity: 'error',
    message: '{problem}',
    hint: 'Begin the scenario with one `start mon 2026-01-05 09:00`.',
  },

  ...meanings,
  ...analysisWords,
} as const satisfies Record<string, { severity: 'error' | 'warning'; message: string; hint?: string }>;

export type Code = keyof typeof catalogue;
