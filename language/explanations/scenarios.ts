/** What the diagnostics about scenarios mean, and the one about skills beside a program. */
import type { Code } from '../diagnostics.ts';
import type { Explanation } from '../explanation.ts';

export const scenarios = {
  'scenario-backwards': {
    meaning: [
      'A scenario is told in the order of time, and this step lies before the ones above it.',
      '`day 1` is the day of the start; `wait` moves on from the step before.',
    ],
    within: 'scenario',
    fails: `
      day 5 at 09:00 runs { completed: yes }
      day 3 at 09:00 runs { completed: yes }`,
    mended: `
      day 3 at 09:00 runs { completed: yes }
      day 5 at 09:00 runs { completed: yes }`,
  },
  'start-lacks': {
    meaning: [
      'A parameter `per person` without a first value has to be given with every enrollment, so a story has to give it too.',
      'Write it behind `with`, or give the parameter a first value.',
    ],
    fails: `
      program trip "Trip" {
        parameters { begins : date  per person }
        stage waiting { skill run_coach  leave as done when today > begins }
      }
      scenario "the day after" of trip {
        start  mon 2026-01-05 09:00
        wait   2 days
        expect left as done
      }`,
    mended: `
      program trip "Trip" {
        parameters { begins : date  per person }
        stage waiting { skill run_coach  leave as done when today > begins }
      }
      scenario "the day after" of trip {
        start  mon 2026-01-05 09:00 with begins = 2026-01-06
        wait   2 days
        expect left as done
      }`,
  },
  'scenario-start': {
    meaning: [
      'A scenario begins with one `start`, which says on which day and at which time it begins.',
      'All other days are counted from there.',
    ],
    fails: `
      program tea "Tea for a week" {
        stage week { skill run_coach  leave as done after 7 days }
      }
      scenario "a week" of tea {
        wait 7 days
        expect left as done
      }`,
    mended: `
      program tea "Tea for a week" {
        stage week { skill run_coach  leave as done after 7 days }
      }
      scenario "a week" of tea {
        start mon 2026-01-05 09:00
        wait 7 days
        expect left as done
      }`,
  },
} as const satisfies Partial<Record<Code, Explanation>>;

/** Not a mistake of a program: the command gives it for the files of a skill. */
export const skillFile: Explanation = {
  meaning: [
    'A skill is a folder with a `SKILL.md`, which begins with its name and a description between two lines of three hyphens, and perhaps a `scripted.yaml` beside it.',
    'Something in one of these files is missing, misspelled or not allowed. A skill that is half understood would be half followed, so none of it is used.',
  ],
  within: 'skill',
  fails: `
      ---
      name: run-coach
      descripton: Talks about runs.
      ---
      Be brief, and be glad with them.`,
  mended: `
      ---
      name: run-coach
      description: Talks about runs.
      ---
      Be brief, and be glad with them.`,
};
