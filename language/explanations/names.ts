/** What the diagnostics about names mean: something is named that is not there, or that two things share. */
import type { Code } from '../diagnostics.ts';
import type { Explanation } from '../explanation.ts';

export const names = {
  'unknown-name': {
    meaning: [
      'A value is named that the program does not have: no field of `data`, no `let`.',
      'A `let` inside a stage is known in that stage only; to use it elsewhere, move it out of the stage.',
    ],
    within: 'stage',
    fails: 'advance to graduated when wek = 9',
    mended: 'advance to graduated when week = 9',
  },
  'unknown-stage': {
    meaning: [
      'A move leads to a stage that this program does not have.',
      'Name one of its stages, by the word after `stage` and not by the title in quotes.',
    ],
    within: 'stage',
    fails: 'advance to finished when week = 9',
    mended: 'advance to graduated when week = 9',
  },
  'unknown-skill': {
    meaning: [
      'A skill says how the agent talks: a folder with a `SKILL.md`, in the folder `skills` beside the program.',
      'There is none of this name. The skill `run_coach` lies in the folder `skills/run-coach`.',
    ],
    within: 'stage',
    fails: 'command "again" { say with skill run_coch }',
    mended: 'command "again" { say with skill run_coach }',
  },
  'unknown-role': {
    meaning: [
      'Somebody is to be told, in a role that the program does not declare.',
      'Nothing is lost, because the operators are told instead; but the right people may hear of it late.',
    ],
    within: 'program',
    fails: `
      anytime { command "pain" { escalate to physio "Please call." } }`,
    mended: `
      roles physio
      anytime { command "pain" { escalate to physio "Please call." } }`,
  },
  'unknown-function': {
    meaning: [
      'Only a few functions exist, and this is not the name of one.',
      'For numbers there are `min`, `max`, `round`, `floor`, `ceil`, `abs` and `clamp`; for series `count`, `sum`, `mean`, `min`, `max`, `latest` and `first`.',
    ],
    within: 'stage',
    fails: 'let pace = average(runs.minutes) else 30',
    mended: 'let pace = mean(runs.minutes) else 30',
  },
  'unknown-option': {
    meaning: [
      'The field is a choice, and this word is not among its choices.',
      'Such a condition would never be true, and nobody would notice.',
    ],
    within: 'stage',
    fails: 'command "bad" { set felt = difficult }',
    mended: 'command "bad" { set felt = hard }',
  },
  'unknown-series': {
    meaning: [
      'A series holds what comes again and again, such as runs or weights, and none has this name.',
      'If it is a field with one value, there is nothing to count in it.',
    ],
    within: 'stage',
    fails: 'leave as lost when no walks for 14 days',
    mended: 'leave as lost when no runs for 14 days',
  },
  'unknown-field': {
    meaning: [
      'The entries of this series have other fields.',
      'They are listed in braces where the series is declared under `data`.',
    ],
    within: 'stage',
    fails: 'let total = sum(runs.miles) else 0',
    mended: 'let total = sum(runs.minutes) else 0',
  },
  'unknown-table': {
    meaning: ['Square brackets look a value up in a table, and the program has no table of this name.'],
    within: 'program',
    fails: `
      data { week : number 1 to 2 = 1 }
      table workout by week {
        1  "walk"
        2  "run"
      }
      anytime { command "today" { say "{plan[week]}" } }`,
    mended: `
      data { week : number 1 to 2 = 1 }
      table workout by week {
        1  "walk"
        2  "run"
      }
      anytime { command "today" { say "{workout[week]}" } }`,
  },
  'unknown-program': {
    meaning: [
      'A scenario tells of a program by its name, the first word after `program`.',
      'The program must be in a file beside the scenario, or among the files that are checked together.',
    ],
    fails: `
      program tea "Tea for a week" {
        stage week { skill run_coach  leave as done after 7 days }
      }
      scenario "a week" of coffee {
        start mon 2026-01-05 09:00
      }`,
    mended: `
      program tea "Tea for a week" {
        stage week { skill run_coach  leave as done after 7 days }
      }
      scenario "a week" of tea {
        start mon 2026-01-05 09:00
      }`,
  },
  'unknown-exit': {
    meaning: [
      'The scenario expects that the person leaves under a name that no `leave as` of the program has.',
      'Such a scenario could never pass.',
    ],
    within: 'scenario',
    fails: `
      wait 30 days
      expect left as gone`,
    mended: `
      wait 30 days
      expect left as lost`,
  },
  'unknown-criterion': {
    meaning: [
      'In a scenario the agent judges a criterion by the very words of a `judged "…"` in the program.',
      'No condition has these words, so the judgement would reach nothing.',
    ],
    within: 'scenario',
    fails: `
      agent judges "likes running" 0.9 quoting "I love it"
      they say "I love it"`,
    mended: `
      agent judges "speaks of running as theirs" 0.9 quoting "I love it"
      they say "I love it"`,
  },
  'duplicate-name': {
    meaning: [
      'Two things have the same name, so nobody could tell which is meant.',
      'Fields, series, tables and lets share their names; so do the stages, and the choices of one field.',
    ],
    within: 'program',
    fails: `
      data {
        week  : number 1 to 9 = 1
        week  : date?
      }`,
    mended: `
      data {
        week   : number 1 to 9 = 1
        begins : date?
      }`,
  },
  'reserved-name': {
    meaning: [
      'Regimen uses this name itself, for states that every program has or for parts of the machine it becomes.',
      'Any other name will do.',
    ],
    fails: `
      program tea "Tea for a week" {
        stage left_as_lost { skill run_coach  leave as done after 7 days }
      }`,
    mended: `
      program tea "Tea for a week" {
        stage week { skill run_coach  leave as done after 7 days }
      }`,
  },
  'skill-name': {
    meaning: [
      'The name of a skill is the name of its folder too, with hyphens for underscores.',
      'So that it is the same on every machine, it has small letters, digits and single underscores only.',
    ],
    fails: `
      program tea "Tea for a week" {
        stage week { skill TeaHost  leave as done after 7 days }
      }`,
    mended: `
      program tea "Tea for a week" {
        stage week { skill run_coach  leave as done after 7 days }
      }`,
  },
  'let-cycle': {
    meaning: [
      'A `let` follows from other values, and this one would follow from itself.',
      'Define one of those in the circle without the others, or keep it in `data` and `set` it.',
    ],
    within: 'stage',
    fails: `
      let hard_week = not easy_week
      let easy_week = not hard_week`,
    mended: `
      let hard_week = count(runs where not completed, this visit) >= 2
      let easy_week = not hard_week`,
  },
} as const satisfies Partial<Record<Code, Explanation>>;
