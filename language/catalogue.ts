/**
 * Every diagnostic Regimen can give: its code, how grave it is, and its words.
 *
 * The message says what is wrong in the author's words, the hint says what to do. Codes are
 * stable: tools and people refer to them. `{holes}` are filled by `diagnostic()`.
 */
import { analysisWords } from './catalogue-analyses.ts';
import { meanings } from './catalogue-meaning.ts';
import { oversightWords } from './catalogue-oversights.ts';

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
    message: 'There is an invisible character here, {found}: the text may not say what it seems to say.',
    hint: 'Remove it.',
  },
  'confusable-name': {
    severity: 'warning',
    message: '`{name}` has a letter in it that only looks like `{latin}`: it is `{letter}` ({number}).',
    hint: 'Type the name again, in the letters of one alphabet.',
  },
  'unclosed-text': {
    severity: 'error',
    message: 'This text is not closed.',
    hint: 'Put a double quote at its end, on the same line.',
  },
  'unclosed-hole': {
    severity: 'error',
    message: 'This `{` in the text is not closed.',
    hint: 'Close it with `}`, or write `\\{` for a brace that people should see.',
  },
  'empty-hole': {
    severity: 'error',
    message: 'There is nothing between these braces.',
    hint: 'Write a value between them, such as `{week}`.',
  },
  'unknown-escape': {
    severity: 'error',
    message: 'I do not know `{found}` in a text.',
    hint: 'A backslash comes before `"`, `n`, `{`, `}` or another backslash. Leave it out, or write it twice: `\\\\`.',
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
    message: '`{word}` is a word of the language and cannot be a name.',
    hint: 'Choose another word, for example `{word}_`.',
  },
  'unclosed-brace': {
    severity: 'error',
    message: 'This `{` is never closed.',
    hint: 'Add a `}` where it should end.',
  },
  'extra-brace': {
    severity: 'error',
    message: 'This `}` closes nothing.',
    hint: 'Remove it, or add the `{` that is missing before it.',
  },
  'impossible-time': {
    severity: 'error',
    message: '{found} is not a time of day.',
    hint: 'Times go from `00:00` to `23:59`.',
  },
  'impossible-date': {
    severity: 'error',
    message: '{found} is not in the calendar.',
    hint: 'Check the month and the day. Dates are written year first: `2026-01-05`.',
  },
  'number-too-large': {
    severity: 'error',
    message: 'The number {found} is too large.',
    hint: 'Numbers go up to 1,000,000,000,000.',
  },
  'not-a-rhythm': {
    severity: 'error',
    message: 'Nothing can be repeated every {found}.',
    hint: 'Write minutes, hours, days, weeks or months, such as `every 4h` or `every 3 months`; or `business days`.',
  },
  'period-on-weekday': {
    severity: 'error',
    message: 'Only whole weeks can be counted from a day of the week.',
    hint: 'Leave the day out, or write `weekly on mon at 18:00` or `every 2 weeks on mon at 18:00`.',
  },
  'period-on-month-day': {
    severity: 'error',
    message: 'Only whole months can be counted from a day of the month.',
    hint: 'Write `monthly on 1`, or `every 3 months on 1`.',
  },
  'no-such-day': {
    severity: 'error',
    message: 'A month has no day {found}.',
    hint: 'Write days from 1 to 31 or `last`, or a weekday such as `second thu` or `last fri`.',
  },
  'part-of-a-day': {
    severity: 'error',
    message: '{found} is not a whole number of days, and days are counted by the calendar.',
    hint: 'Write whole days, or hours: `36 hours`.',
  },
  'not-whole': {
    severity: 'error',
    message: '{found} does not fit here: only whole numbers from 1 up do.',
    hint: 'Write a whole number, such as `1` or `3`.',
  },
  'chained-comparison': {
    severity: 'error',
    message: 'Only two values can be compared at a time.',
    hint: 'Join them with `and`: `1 < week and week < 9`.',
  },
  'clause-twice': {
    severity: 'error',
    message: 'This line has `{clause}` twice.',
    hint: 'Keep one of them. Two conditions are joined with `and`.',
  },
  'not-in-a-body': {
    severity: 'error',
    message: '`{found}` cannot be used inside these braces.',
    hint: 'Move this line out of them, into the stage itself.',
  },
  'not-a-selection': {
    severity: 'error',
    message: 'Only a series can be followed by `where`, `this …` or `in last …`.',
    hint: 'Name a series, or one of its fields, before it: `runs where completed`, `runs.minutes in last 7 days`.',
  },
  'not-a-confidence': {
    severity: 'error',
    message: 'How sure the agent must be lies between 0 and 1, so {found} does not fit.',
    hint: 'Write a number between 0 and 1, such as `0.8`.',
  },
  'nothing-here': {
    severity: 'warning',
    message: 'There is nothing to read in this file{but}.',
    hint: 'Begin a program, `program walks "Walks" { … }`, or a scenario, `scenario "a good week" of walks { … }`.',
  },
  'too-long': {
    severity: 'error',
    message: 'This file has {length} characters; I read up to {most}.',
    hint: 'Split the program into several files.',
  },
  'too-deep': {
    severity: 'error',
    message: 'This is nested more than {most} levels deep, and I stopped reading it here.',
    hint: 'Give a part of it a name with `let`, and use the name here.',
  },
  'gave-up': {
    severity: 'error',
    message: 'I stopped reading here, after {most} places I could not make sense of.',
    hint: 'Fix the first ones and check again.',
  },
  'too-many-mistakes': {
    severity: 'error',
    message: 'There are {more} more mistakes; I list the first {most}.',
    hint: 'Fix these first: many of the others will go with them.',
  },

  // Meaning: names
  'unknown-name': {
    severity: 'error',
    message: 'I do not know `{name}`.',
    hint: 'Add it under `data`, or say what it is: `let {name} = …`.',
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
  'unknown-function': {
    severity: 'error',
    message: 'There is no function `{name}`.',
    hint: 'The functions are {known}.',
  },
  'unknown-option': {
    severity: 'error',
    message: '`{name}` is not one of the choices {of}.',
    hint: 'They are: {options}.',
  },
  'unknown-series': {
    severity: 'error',
    message: 'There is no series `{name}`.',
    hint: 'Add it under `data`: `{name} : series { … }`.',
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
  'unknown-program': {
    severity: 'error',
    message: 'There is no program `{name}` in these files.',
    hint: 'After `of`, write the name that follows the word `program`.',
  },
  'unknown-exit': {
    severity: 'error',
    message: 'Nobody leaves as `{name}` in this program.',
    hint: 'People leave as {known}.',
  },
  'unknown-criterion': {
    severity: 'error',
    message: 'The program never asks the agent to judge “{text}”.',
    hint: 'Write the words of one of its `judged "…"` conditions.',
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
    message: '`{name}` depends on itself.',
    hint: 'Define it without a value that is made from it.',
  },

  // Meaning: types and values
  'wrong-type': { severity: 'error', message: 'This is {found}, but {expected}.' },
  'not-comparable': {
    severity: 'error',
    message: '{left} cannot be compared {how}.',
    hint: 'Compare two values of the same kind.',
  },
  'unit-mismatch': {
    severity: 'error',
    message: 'The units differ: {left} and {right}.',
    hint: 'Use the same unit for both, or multiply one by a number to convert it.',
  },
  'maybe-missing': {
    severity: 'error',
    message: '{what} may be missing here, and missing is not zero.',
    hint: 'Say what then, `{name} else …`, or ask first whether `{name} is known`.',
  },
  'maybe-blank': {
    severity: 'warning',
    message: '{what} may be missing, and would then be left blank in this text.',
    hint: 'Say what to write then: `{{name} else "…"}`.',
  },
  'out-of-range': {
    severity: 'error',
    message: '{value} is outside the range of {of}, which is {range}.',
    hint: 'Write a value in that range.',
  },
  'may-leave-range': {
    severity: 'warning',
    message: 'This can become {value}, but {of} is {range}.',
    hint: 'Keep it in range with `min(…)`, `max(…)` or `clamp(…)`, or with a condition.',
  },
  'empty-range': { severity: 'error', message: 'The range {range} is empty.', hint: 'Write the smaller number first.' },
  'needs-value': {
    severity: 'error',
    message: '`{name}` has no value to begin with.',
    hint: 'Give it one with `= …`, or write `?` after its type if it may be missing.',
  },
  'not-constant': {
    severity: 'error',
    message: 'Only a plain value fits here.',
    hint: 'Write the value itself, without names and without calculating.',
  },
  'nested-type': {
    severity: 'error',
    message: '{what} cannot be part of {of}.',
    hint: 'Use a number, a text, yes/no, a date, a time or a choice.',
  },
  'bad-arguments': {
    severity: 'error',
    message: '`{name}` takes {takes}, but here it has {found}.',
    hint: 'For example: `{example}`.',
  },
  'needs-aggregate': {
    severity: 'error',
    message: '`{name}` is {kind}, not one value.',
    hint: 'Say what you want to know of it: `count(…)`, `sum(…)`, `mean(…)` or `latest(…)`.',
  },
  'wrong-weekday': { severity: 'error', message: '{date} is not a {weekday}, but a {actual}.' },
  'answer-needs-field': {
    severity: 'error',
    message: 'An answer is one value, but `{name}` is {kind}.',
    hint: 'Write another name after `as`. A rule can then record it: `record {name} { … }`.',
  },
  'answer-beside-field': {
    severity: 'warning',
    message: 'The answer goes into a new field `{name}`, and `{near}` stays as it is.',
    hint: 'Did you mean `{near}`? Otherwise declare `{name}` under `data`.',
  },
  'not-for-agent': {
    severity: 'error',
    message: 'The agent may not {verb} `{name}`.',
    hint: 'If it may, write `agent may {verb}` where `{name}` is declared.',
  },
  'needless-mark': {
    severity: 'error',
    message: '`{mark}` does not fit `{name}`, which is {kind}.',
    hint: 'Write `may set` for a field, and `may record` for a series.',
  },

  'incomplete-entry': {
    severity: 'error',
    message: 'An {entry} of `{series}` needs {missing} too.',
    hint: 'Add it here, or write `?` after its type where it is declared.',
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
  'no-such-key': {
    severity: 'error',
    message: 'The table `{table}` has no {what} for {key}.',
    hint: 'It has some for {keys}.',
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
    message: 'Nobody can get to the stage `{name}`.',
    hint: 'Add a way in: `advance to {name} when …`.',
  },
  'dead-end': {
    severity: 'error',
    message: 'The stage `{name}` has no way out.',
    hint: 'Add an `advance`, `return` or `leave`, or make the stage `final`.',
  },
  'silent-for-ever': {
    severity: 'warning',
    message: 'Somebody who never answers stays in `{name}` forever, and nobody is told.',
    hint: 'Add a way out that time alone brings, `leave as lost after 21 days of silence`, or let somebody know: `escalate to operator after 30 days`.',
  },
  'paused-for-ever': {
    severity: 'warning',
    message: 'Somebody who never answers can stay paused forever, and nobody is told.',
    hint: 'Let silence end it from anywhere, `anytime { leave as lost after 60 days of silence }`, or let time end the pause: `pause while travelling and not 30 days since travelling changed`.',
  },
  'zero-time-loop': {
    severity: 'warning',
    message: 'This can go around forever without any time passing: {path}.',
    hint: 'Let one of the moves wait, `after 1 day`, or change what its condition asks about.',
  },
  'always-true': {
    severity: 'warning',
    message: 'This is always true{why}.',
    hint: 'Leave it out, or check what it is compared with.',
  },
  'never-true': {
    severity: 'warning',
    message: 'This can never be true{why}.',
    hint: 'Check what it is compared with, or remove the line.',
  },
  'final-stage': {
    severity: 'error',
    message: 'A final stage has no {what}: people there have finished.',
    hint: 'Remove it, or take the word `final` away.',
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
    message: 'Together, the conditions in these braces make more than {limit} different cases.',
    hint: 'Join those that exclude each other with `else when`, or look the answer up in a `table`.',
  },
  'after-move': {
    severity: 'warning',
    message: 'This never happens: the person has moved on by then.',
    hint: 'Write it before the move.',
  },
  'not-here': { severity: 'error', message: '{what} does not belong here.', hint: '{remedy}' },
  'duplicate-clause': { severity: 'error', message: '`{clause}` is said twice.', hint: 'Keep one of them.' },
  'duplicate-command': {
    severity: 'warning',
    message: 'The command “{word}” is answered twice; the first answer wins.',
    hint: 'Use another word for one of them.',
  },
  'records-itself': {
    severity: 'error',
    message: 'This rule about `{name}` records `{name}` again, and would start itself forever.',
    hint: 'Record another series, or set a field.',
  },
  'stop-stays': {
    severity: 'error',
    message: 'Whoever says “stop” must be let go, but this command keeps them.',
    hint: 'Add `leave as opted_out` inside its braces, or remove it: without it, Regimen ends the enrollment.',
  },
  'empty-command': {
    severity: 'error',
    message: 'A command needs a word that people can write.',
    hint: 'Write at least one letter or digit between the quotes.',
  },
  'no-skill': {
    severity: 'warning',
    message: 'The stage `{name}` has no skill, so the agent does not know how to talk there.',
    hint: 'Add one to the stage, `skill coach`, or one to the program for all its stages.',
  },
  'unknown-zone': {
    severity: 'error',
    message: 'There is no time zone “{zone}”.',
    hint: 'Write a region and a city, such as "Europe/London".',
  },
  'quiet-empty': {
    severity: 'error',
    message: 'These quiet hours are empty: they end when they begin.',
    hint: 'Write another end, such as `quiet 21:00 to 08:00`.',
  },

  // Meaning: scenarios
  'scenario-backwards': {
    severity: 'error',
    message: 'This is earlier than the step above it, where it is already {now}.',
    hint: 'Put the steps in the order of time.',
  },
  'start-lacks': {
    severity: 'error',
    message: '`{name}` has to be given with every enrollment, and this start does not give it.',
    hint: 'Write it with the start: `start … with {name} = …`.',
  },
  'scenario-start': {
    severity: 'error',
    message: '{problem}',
    hint: 'Begin the scenario with one `start mon 2026-01-05 09:00`.',
  },

  ...meanings,
  ...analysisWords,
  ...oversightWords,
} as const satisfies Record<string, { severity: 'error' | 'warning'; message: string; hint?: string }>;

export type Code = keyof typeof catalogue;
