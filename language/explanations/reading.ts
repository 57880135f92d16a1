/** What the diagnostics of reading mean: texts in which the words do not come together to a program. */
import type { Code } from '../diagnostics.ts';
import type { Explanation } from '../explanation.ts';
import { limits } from '../limits.ts';

export const reading = {
  'unexpected-text': {
    meaning: [
      'The line begins well, but then comes something that does not fit.',
      'The message says what I expected; the mark is under the first word that does not fit.',
      'Often a small word such as `to`, `as` or `at` is missing just before it.',
    ],
    within: 'stage',
    fails: 'review dialy at 18:00',
    mended: 'review daily at 18:00',
  },
  'unknown-character': {
    meaning: [
      'There is a sign here that means nothing in Regimen.',
      'Inside a text in double quotes every sign is fine, emoji and all; outside it only words, numbers and a few signs are.',
    ],
    within: 'stage',
    fails: '☂ say "Rain today?"',
    mended: 'say "☂ Rain today?"',
  },
  'hidden-character': {
    meaning: [
      'Some characters show nothing, and some turn the order of a line around on the screen.',
      'With them a program could do something other than its readers see, so I show you where they are.',
    ],
    within: 'stage',
    fails: 'say "Rest \u202Ea day\u202C between runs."',
    mended: 'say "Rest a day between runs."',
  },
  'confusable-name': {
    meaning: [
      'Two names can look alike and be different: the Cyrillic `а` and the Latin `a` are two letters.',
      'A name of mixed letters is usually a slip of the keyboard, and it is never the name you see.',
    ],
    within: 'stage',
    fails: 'let d\u043Ene_twice = done * 2',
    mended: 'let done_twice = done * 2',
  },
  'unclosed-text': {
    meaning: [
      'A text begins with a double quote and has to end with one on the same line.',
      'Without the closing quote I cannot tell where what is said ends and the program goes on.',
    ],
    within: 'stage',
    fails: 'say "See you on Monday!',
    mended: 'say "See you on Monday!"',
  },
  'unclosed-hole': {
    meaning: [
      'A `{` in a text opens a hole that is filled with a value when it is said, and this one is not closed.',
      'If you mean the brace itself, write `\\{`.',
    ],
    within: 'stage',
    fails: 'say "Welcome to week {week!"',
    mended: 'say "Welcome to week {week}!"',
  },
  'empty-hole': {
    meaning: [
      'The braces in a text hold the value that is said in their place, and these hold nothing.',
      'Write a value between them, or leave them out.',
    ],
    within: 'stage',
    fails: 'say "Welcome to week {}!"',
    mended: 'say "Welcome to week {week}!"',
  },
  'unknown-escape': {
    meaning: [
      'A backslash in a text makes the next sign special: `\\"` is a quote, `\\n` a new line, `\\{` a brace that is said, and `\\\\` a backslash.',
      'No other sign can follow it.',
    ],
    within: 'stage',
    fails: String.raw`say "Rest \- you have earned it."`,
    mended: 'say "Rest - you have earned it."',
  },
  'foreign-spelling': {
    meaning: [
      'I know what is meant, but it is the spelling of another language.',
      'Regimen has one way to write each thing, so that everybody on a team can read every program.',
    ],
    within: 'stage',
    fails: 'advance to graduated when week == 9 && done >= 3',
    mended: 'advance to graduated when week = 9 and done >= 3',
  },
  'unknown-word': {
    meaning: [
      'A line begins with a word that is not one of the words that can stand here.',
      'It may be mistyped, or belong to another place: `review` belongs in a stage, `data` in the program.',
    ],
    within: 'stage',
    fails: 'remind after 2 days of silence',
    mended: 'nudge after 2 days of silence',
  },
  'reserved-word': {
    meaning: [
      'Some words, such as `when`, `last` and `and`, are part of the language.',
      'If a field had such a name, a condition could be read in two ways.',
    ],
    within: 'program',
    fails: `
      data {
        last : date?
      }`,
    mended: `
      data {
        last_visit : date?
      }`,
  },
  'unclosed-brace': {
    meaning: [
      'Each `{` that opens a block needs a `}` that closes it, and this one has none.',
      'I look at how the lines are indented to guess where the block was meant to end.',
    ],
    fails: `
      program tea "Tea for a week" {
        stage week {
          skill run_coach
          command "tea" { say "A cup, well drunk."
          leave as lost after 14 days of silence
        }
      }`,
    mended: `
      program tea "Tea for a week" {
        stage week {
          skill run_coach
          command "tea" { say "A cup, well drunk." }
          leave as lost after 14 days of silence
        }
      }`,
  },
  'extra-brace': {
    meaning: [
      'This `}` closes nothing: every block above it is closed already.',
      'Either it is one too many, or a `{` is missing before it.',
    ],
    fails: `
      program tea "Tea for a week" {
        stage week {
          skill run_coach
          command "tea" { say "A cup, well drunk." } }
          leave as lost after 14 days of silence
        }
      }`,
    mended: `
      program tea "Tea for a week" {
        stage week {
          skill run_coach
          command "tea" { say "A cup, well drunk." }
          leave as lost after 14 days of silence
        }
      }`,
  },
  'impossible-time': {
    meaning: [
      'A time of day has hours from 00 to 23 and minutes from 00 to 59.',
      'Midnight is `00:00`, whether the day begins or ends.',
    ],
    within: 'program',
    fails: 'quiet 21:00 to 24:00',
    mended: 'quiet 21:00 to 00:00',
  },
  'impossible-date': {
    meaning: [
      'There is no such day in the calendar.',
      'Dates are written as year, month and day, so that nobody can mistake the day for the month.',
    ],
    within: 'stage',
    fails: 'leave as season_over when today >= 2026-02-30',
    mended: 'leave as season_over when today >= 2026-02-28',
  },
  'number-too-large': {
    meaning: [
      'Numbers go up to a trillion: beyond that, sums would no longer be exact.',
      'A number this large is usually a slip of the finger.',
    ],
    within: 'program',
    fails: `
      data {
        steps : number 0 to 99999999999999999 = 0
      }`,
    mended: `
      data {
        steps : number 0 to 100000 = 0
      }`,
  },
  'not-a-rhythm': {
    meaning: [
      'A rhythm is counted in minutes, hours, days, weeks or months.',
      'Business days have one of their own: `business days` is each of them, and `business days in berlin` leaves the holidays out.',
    ],
    within: 'stage',
    fails: 'review every 2 business days at 18:00',
    mended: 'review business days at 18:00',
  },
  'period-on-weekday': {
    meaning: [
      '`every 3 days` is counted from the day on which the person entered the stage, so it comes to another day of the week each time.',
      'Choose either the rhythm or the day; weeks can have both: `every 2 weeks on mon`.',
    ],
    within: 'stage',
    fails: 'review every 3 days on mon at 18:00',
    mended: 'review every 3 days at 18:00',
  },
  'period-on-month-day': {
    meaning: [
      '`every 10 days` is counted from the day the person entered the stage, so it cannot fall on the first of a month as well.',
      'Days of the month go with months: `monthly on 1`, or `every 3 months on 1`.',
    ],
    within: 'stage',
    fails: 'review every 10 days on 1 at 18:00',
    mended: 'review monthly on 1, 11, 21 at 18:00',
  },
  'no-such-day': {
    meaning: [
      'Months have days from 1 to 31, and at most five of each weekday.',
      'The last day, whichever number it has, is `last`; the last Friday is `last fri`.',
    ],
    within: 'stage',
    fails: 'review monthly on 32 at 18:00',
    mended: 'review monthly on last at 18:00',
  },
  'part-of-a-day': {
    meaning: [
      'Days, weeks and months are counted in the calendar: a day can have 23 or 25 hours when the clocks change.',
      'Half a day is therefore said in hours, which are exact.',
    ],
    within: 'stage',
    fails: 'leave as gone after 1.5 days',
    mended: 'leave as gone after 36 hours',
  },
  'not-whole': {
    meaning: ['Something is counted here, and one cannot count to a half or to nothing.', 'Write 1, 2, 3 and so on.'],
    within: 'stage',
    fails: 'nudge after 2 days of silence, at most 0 times',
    mended: 'nudge after 2 days of silence, at most 3 times',
  },
  'chained-comparison': {
    meaning: [
      'In mathematics one writes `1 < week < 9`, but each comparison here has two sides only.',
      'Say both and join them with `and`.',
    ],
    within: 'stage',
    fails: 'advance to graduated when 1 < week < 9',
    mended: 'advance to graduated when 1 < week and week < 9',
  },
  'clause-twice': {
    meaning: [
      'A transition has at most one `when`, one `after` and one `with`.',
      'Two conditions that must both hold are joined with `and`; two that each suffice become two transitions.',
    ],
    within: 'stage',
    fails: 'advance to graduated when week = 9 when done >= 3',
    mended: 'advance to graduated when week = 9 and done >= 3',
  },
  'not-in-a-body': {
    meaning: [
      'What is in braces happens at once, one thing after another.',
      'A line that waits (`after 2 days`) or that applies as long as the stage does belongs in the stage itself.',
    ],
    within: 'stage',
    fails: 'command "help" { escalate to nurse after 2 days }',
    mended: 'escalate to nurse after 2 days',
  },
  'not-a-selection': {
    meaning: [
      '`where`, `this visit` and `in last 7 days` choose among the entries of a series.',
      'What comes before them is not a series, so there is nothing to choose from.',
    ],
    within: 'stage',
    fails: 'advance to graduated when count(week + 1 in last 7 days) >= 3',
    mended: 'advance to graduated when count(runs in last 7 days) >= 3',
    also: ['bad-arguments'],
  },
  'not-a-confidence': {
    meaning: [
      'The agent says how sure it is of a judgement with a number from 0 (not at all) to 1 (certain).',
      'Eighty percent is `0.8`.',
    ],
    within: 'stage',
    fails: 'advance to graduated when judged "speaks of running as theirs" at 80',
    mended: 'advance to graduated when judged "speaks of running as theirs" at 0.8',
  },
  'nothing-here': {
    meaning: [
      'The file says nothing: it is empty, or there are only comments in it.',
      'Perhaps it was saved too early, or everything in it was commented out.',
    ],
    fails: `
      // program tea "Tea for a week" {
      //   stage week { leave as done after 7 days }
      // }`,
    mended: `
      program tea "Tea for a week" {
        stage week { skill run_coach  leave as done after 7 days }
      }`,
  },
  'too-long': {
    meaning: [
      'The file is longer than any program that people could read.',
      'It may hold something else than a program, such as data that were pasted in.',
    ],
    fails: {
      shown: `
      program tea "Tea for a week" {
        about "cup cup cup …"
      }`,
      text: () => `program tea "Tea for a week" {\n  about "${'cup '.repeat(limits.textLength / 4)}"\n}`,
    },
    mended: `
      program tea "Tea for a week" {
        about "Seven cups in seven days."
        stage week { skill run_coach  leave as done after 7 days }
      }`,
  },
  'too-deep': {
    meaning: [
      'There are parentheses in parentheses in parentheses, deeper than anybody could follow.',
      'Give the inner parts names with `let`: the program becomes readable, and I can read it too.',
    ],
    within: 'stage',
    fails: {
      shown: 'let score = ((((…1…))))',
      text: () => `let score = ${'('.repeat(limits.nesting + 1)}1${')'.repeat(limits.nesting + 1)}`,
    },
    mended: 'let score = 1',
  },
  'gave-up': {
    meaning: [
      'After so many places that make no sense, the rest would only be noise, so I stopped reading there.',
      'It is likely that this text is not a program, or that one mistake near the beginning upset all that follows.',
    ],
    fails: {
      shown: `
      program tea "Tea for a week" {
        stage week { when when when … }
      }`,
      text: () => `program tea "Tea for a week" {\n  stage week { ${'when '.repeat(2 * limits.syntaxErrors)} }\n}`,
    },
    mended: `
      program tea "Tea for a week" {
        stage week { skill run_coach  leave as done after 7 days }
      }`,
    also: ['unexpected-text'],
  },
  'too-many-mistakes': {
    meaning: [
      'There are more mistakes than anybody wants to see at once, so only the first are listed.',
      'Fix those and check again: many of the others are likely to be gone.',
    ],
    fails: {
      shown: `
      Monday
      Tuesday
      …`,
      text: () => 'Monday\nTuesday\n'.repeat(limits.diagnostics),
    },
    mended: `
      program tea "Tea for a week" {
        stage week { skill run_coach  leave as done after 7 days }
      }`,
    also: ['unknown-word'],
  },
} as const satisfies Partial<Record<Code, Explanation>>;
