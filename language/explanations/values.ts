/** What the diagnostics about types, values and tables mean. */
import type { Code } from '../diagnostics.ts';
import type { Explanation } from '../explanation.ts';

export const values = {
  'wrong-type': {
    meaning: [
      'A value of another kind is needed here: a text where a number belongs, or a number where a condition does.',
      'The message names both kinds.',
    ],
    within: 'stage',
    fails: 'command "three" { set week = "3" }',
    mended: 'command "three" { set week = 3 }',
  },
  'not-comparable': {
    meaning: [
      'These two values are of different kinds, or of a kind that has no order, such as a text.',
      'A moment has a day and a time of day, a date only a day: `day of …` gives the day of a moment.',
    ],
    within: 'stage',
    fails: 'advance to graduated when why > "health"',
    mended: 'advance to graduated when why = "health"',
  },
  'unit-mismatch': {
    meaning: [
      'Kilograms and pounds do not add, and minutes do not compare with kilograms.',
      'Use the same unit for both, or convert one: multiply it by a number without a unit. Regimen cannot know which you mean, and a wrong dose is worse than a question.',
    ],
    within: 'program',
    fails: `
      data {
        start_weight : number kg = 80
        goal         : number lb = 160
      }
      let to_lose = start_weight - goal`,
    mended: `
      data {
        start_weight : number kg = 80
        goal         : number kg = 73
      }
      let to_lose = start_weight - goal`,
  },
  'maybe-missing': {
    meaning: [
      'The value may not be known yet, and an unknown value is neither zero nor small.',
      'Say what to take instead with `else`, or ask first whether it is known.',
    ],
    within: 'stage',
    fails: 'advance to graduated when weight < 70',
    mended: 'advance to graduated when weight is known and weight < 70',
  },
  'maybe-blank': {
    meaning: [
      'A text is said with a value that may not be known yet, and the person would read a gap.',
      'Say with `else` what to write then, or ask first whether it is known.',
    ],
    within: 'stage',
    fails: 'command "why" { say "You run because {why}." }',
    mended: 'command "why" { say "You run because {why else "you want to"}." }',
  },
  'out-of-range': {
    meaning: [
      'The field has a range, and this value lies outside it.',
      'A condition with it would never be true, and setting it would break the promise that the range makes.',
    ],
    within: 'stage',
    fails: 'command "start over" { set week = 0 }',
    mended: 'command "start over" { set week = 1 }',
  },
  'may-leave-range': {
    meaning: [
      'The result can be outside the range of the field: after week 9 would come 10.',
      'Limit it with `min(…)`, `max(…)` or `clamp(…)`, or let a condition rule that out.',
    ],
    within: 'stage',
    fails: 'command "next" { set week = week + 1 }',
    mended: 'command "next" { set week = min(9, week + 1) }',
  },
  'empty-range': {
    meaning: ['The range goes from a larger number to a smaller one, so no value lies in it.'],
    within: 'program',
    fails: 'data { level : number 9 to 1 = 1 }',
    mended: 'data { level : number 1 to 9 = 1 }',
  },
  'needs-value': {
    meaning: [
      'The field has to have a value from the first moment, and none is given.',
      'Either give it one, or write `?` after its type: then it is missing until somebody sets it, and conditions have to allow for that.',
      'A value that everybody has to be enrolled with is a parameter: `parameters { begins : date  per person }`.',
    ],
    within: 'program',
    fails: 'data { weight : number kg }',
    mended: 'data { weight : number kg? }',
  },
  'not-constant': {
    meaning: [
      'Here a value must stand that is the same for everybody and always: no names, no sums.',
      'Values that follow from others belong in a `let`.',
    ],
    within: 'program',
    fails: 'data { begins : date = today }',
    mended: 'data { begins : date = 2026-01-05 }',
  },
  'nested-type': {
    meaning: [
      'An entry of a series is a row of plain values, and a field holds one plain value.',
      'What has rows of its own becomes a series of its own.',
    ],
    within: 'program',
    fails: 'data { days : series { meals: series text, slept: number h } }',
    mended: `
      data {
        days  : series { slept: number h }
        meals : series text
      }`,
  },
  'bad-arguments': {
    meaning: ['The function takes another number of values, or other ones, than stand in its brackets.'],
    within: 'stage',
    fails: 'let next_week = clamp(week + 1)',
    mended: 'let next_week = clamp(week + 1, 1, 9)',
  },
  'needs-aggregate': {
    meaning: [
      'A series is many entries, and one value is needed.',
      'Say which: how many (`count`), the newest (`latest`, or `last run`), their `sum` or `mean`.',
    ],
    within: 'stage',
    fails: 'advance to graduated when runs >= 3',
    mended: 'advance to graduated when count(runs) >= 3',
  },
  'wrong-weekday': {
    meaning: [
      'The date falls on another day of the week than the one written before it.',
      'One of the two is a mistake, and only you can know which.',
    ],
    fails: `
      program tea "Tea for a week" {
        stage week { skill run_coach  leave as done after 7 days }
      }
      scenario "a week" of tea {
        start tue 2026-01-05 09:00
      }`,
    mended: `
      program tea "Tea for a week" {
        stage week { skill run_coach  leave as done after 7 days }
      }
      scenario "a week" of tea {
        start mon 2026-01-05 09:00
      }`,
  },
  'answer-needs-field': {
    meaning: [
      'The name after `as` is where the answer is kept, and an answer is one value.',
      'Let it go into a field; a `when` can then record an entry from it.',
    ],
    within: 'stage',
    fails: 'ask "How many minutes did you run?" (number min) as runs',
    mended: 'ask "How many minutes did you run?" (number min) as minutes_run',
  },
  'answer-beside-field': {
    meaning: [
      'An answer may go into a new field, which the question declares.',
      'Here a field of nearly the same name exists already, and would stay as it is.',
    ],
    within: 'stage',
    fails: 'ask "Are you injured?" (yes | no) as injurd',
    mended: 'ask "Are you injured?" (yes | no) as injured',
  },
  'not-for-agent': {
    meaning: [
      'In this scenario the agent does what the program does not allow it.',
      'The agent changes only what is marked `agent may set` or `agent may record`; everything else is for rules, answers and commands.',
    ],
    within: 'scenario',
    fails: `
      agent sets week = 4
      they say "I am in week four"`,
    mended: `
      agent sets why = "to feel well"
      they say "I want to feel well"`,
  },
  'needless-mark': {
    meaning: [
      'A field has one value, which is set; a series has entries, which are recorded.',
      'The mark is for the other of the two.',
    ],
    within: 'program',
    fails: 'data { why : text?   agent may record }',
    mended: 'data { why : text?   agent may set }',
  },
  'incomplete-entry': {
    meaning: [
      'An entry is recorded without a field that every entry of this series has.',
      'Give the value, or write `?` after the type of the field if it may be missing.',
    ],
    within: 'stage',
    fails: 'command "ran" { record runs { minutes: 30 } }',
    mended: 'command "ran" { record runs { minutes: 30, completed: yes } }',
  },

  'table-shape': {
    meaning: [
      'A table is read line by line: the key first, then one value for each column.',
      'This one has a row that is too short or too long, no rows at all, or more than two keys.',
    ],
    within: 'program',
    fails: `
      data { week : number 1 to 2 = 1 }
      table workout by week, run_no {
             1       2
        1    "walk"  "run"
        2    "run"
      }`,
    mended: `
      data { week : number 1 to 2 = 1 }
      table workout by week, run_no {
             1       2
        1    "walk"  "run"
        2    "run"   "run far"
      }`,
  },
  'table-gap': {
    meaning: [
      'The key can take values for which the table has no row (or no column).',
      'Somebody will get there one day, and the value will be missing then.',
    ],
    within: 'program',
    fails: `
      data { week : number 1 to 3 = 1 }
      table workout by week {
        1  "walk"
        3  "run far"
      }`,
    mended: `
      data { week : number 1 to 3 = 1 }
      table workout by week {
        1  "walk"
        2  "run"
        3  "run far"
      }`,
  },
  'no-such-key': {
    meaning: [
      'A value is looked up for a key that is written out, and the table has no row (or no column) for it.',
      'Nobody would ever get a value. Where a table has two keys, the one of the rows comes first.',
    ],
    within: 'program',
    fails: `
      table dose by age, reserve {
                  "low"    "high"
        "young"   225 iu   150 iu
        "older"   300 iu   225 iu
      }
      let first_dose = dose["low", "young"]`,
    mended: `
      table dose by age, reserve {
                  "low"    "high"
        "young"   225 iu   150 iu
        "older"   300 iu   225 iu
      }
      let first_dose = dose["young", "low"]`,
  },
  'table-duplicate-row': {
    meaning: ['Two rows (or columns) of the table are for the same value, so it says two things about it.'],
    within: 'program',
    fails: `
      data { week : number 1 to 2 = 1 }
      table workout by week {
        1  "walk"
        1  "stroll"
        2  "run"
      }`,
    mended: `
      data { week : number 1 to 2 = 1 }
      table workout by week {
        1  "walk"
        2  "run"
      }`,
  },
} as const satisfies Partial<Record<Code, Explanation>>;
