/** What the diagnostics about a program as a whole mean: lines in each other's way, load, cost, trust. */
import type { Code } from '../diagnostics.ts';
import type { Explanation } from '../explanation.ts';

export const analyses = {
  'never-taken': {
    meaning: [
      'Order of text is order of precedence: of the lines that hold, the first is taken.',
      'An earlier line holds in every case in which this one does, so this one never gets its turn. Put the special case first.',
    ],
    within: 'stage',
    fails: `
    return  to training with week = 1 when week >= 3
    advance to graduated              when week >= 9`,
    mended: `
    advance to graduated              when week >= 9
    return  to training with week = 1 when week >= 3`,
  },
  'both-hold': {
    meaning: [
      'Two transitions ask about the same things and can hold at once; the message shows values for which they do.',
      'The one that stands first is taken then, which may not be what you mean. Give the boundary to one of them, or rule the other out.',
      'Nothing is said where a special case stands before the general one, or where two lines have nothing to do with each other.',
    ],
    within: 'stage',
    fails: `
    advance to graduated  when week >= 5
    leave   as too_early  when week <= 5`,
    mended: `
    advance to graduated  when week >= 5
    leave   as too_early  when week < 5`,
  },
  'same-moment': {
    meaning: [
      'Two timers run out at the same moment and both move the person, so the second never does anything then.',
      'A time since entering and a time of silence are the same for somebody who never says a word.',
    ],
    within: 'stage',
    fails: `
    advance to graduated after 21 days`,
    mended: `
    advance to graduated after 28 days`,
  },
  'too-many-messages': {
    meaning: [
      'In this stage more can come due than `messages at most` lets through: checks, reviews, nudges, and what tracks bring.',
      'What is held back waits for the next day or week, where more is due already.',
    ],
    fails: `
      program water "Water" {
        messages at most 2 per day
        stage drinking {
          skill run_coach
          check daily, 6 times between 09:00 and 21:00 { say "Drink a glass of water." }
          leave as done after 7 days
        }
      }`,
    mended: `
      program water "Water" {
        messages at most 6 per day
        stage drinking {
          skill run_coach
          check daily, 6 times between 09:00 and 21:00 { say "Drink a glass of water." }
          leave as done after 7 days
        }
      }`,
  },
  'always-quiet': {
    meaning: [
      'All times of this line lie in the quiet hours, in which Regimen says nothing by itself.',
      'So its words always wait for the morning. Choose the time at which they shall be read.',
    ],
    fails: `
      program sleep "Sleep well" {
        quiet 21:00 to 08:00
        stage nights {
          skill run_coach
          check daily at 07:00 { say "How was the night?" }
          leave as done after 7 days
        }
      }`,
    mended: `
      program sleep "Sleep well" {
        quiet 21:00 to 08:00
        stage nights {
          skill run_coach
          check daily at 08:30 { say "How was the night?" }
          leave as done after 7 days
        }
      }`,
  },
  'answer-by-night': {
    meaning: [
      'The question is asked just before the quiet hours, and the time for an answer ends in them.',
      'Hardly anybody would be awake to answer. Ask earlier, or let the time reach into the next day.',
    ],
    fails: `
      program sleep "Sleep well" {
        quiet 21:00 to 08:00
        stage nights {
          skill run_coach
          check daily at 20:45 { ask "Are you in bed?" (yes | no) as in_bed, within 3h }
          leave as done after 7 days
        }
      }`,
    mended: `
      program sleep "Sleep well" {
        quiet 21:00 to 08:00
        stage nights {
          skill run_coach
          check daily at 20:45 { ask "Are you in bed?" (yes | no) as in_bed, within 14h }
          leave as done after 7 days
        }
      }`,
  },
  'over-budget': {
    meaning: [
      'A usual month of a usual person costs more than the `budget` says: what the agent is asked to do in reviews, nudges and answers adds up.',
      'What a usual person does, and what a model costs, is shown by `regimen cost`.',
    ],
    fails: `
      program tea "Tea for a week" {
        budget $0.01 per month
        stage week { skill run_coach  review daily at 18:00  leave as done after 7 days }
      }`,
    mended: `
      program tea "Tea for a week" {
        budget $0.40 per month
        stage week { skill run_coach  review daily at 18:00  leave as done after 7 days }
      }`,
  },
  unprotected: {
    meaning: [
      'A `protected` stage is entered only through something that the agent cannot write: an approval, what a role or a service tells, the person’s own word, or a judgement with quotes.',
      'The way that is named needs nothing but what the agent may write, perhaps through a rule that writes on its behalf.',
    ],
    fails: `
      program care "Care" {
        roles nurse
        data { better : yes/no = no   agent may set }
        stage treated {
          skill run_coach
          advance to discharged when better
          leave as lost after 21 days of silence
        }
        protected stage discharged final success { say "All the best." }
      }`,
    mended: `
      program care "Care" {
        roles nurse
        data { better : yes/no = no   agent may set }
        stage treated {
          skill run_coach
          advance to discharged when better, approved by nurse
          leave as lost after 21 days of silence
        }
        protected stage discharged final success { say "All the best." }
      }`,
  },
  'personal-leak': {
    meaning: [
      'A fact that is marked `personal` must not reach a group or a system outside, and here it would.',
      'The message names the way it takes, through lets and through fields that are set from it.',
    ],
    fails: `
      program care "Care" {
        services sms
        data { phone : text?   personal }
        stage only {
          skill run_coach
          command "hello" { call sms greet { to: phone else "nobody" } }
          leave as done after 7 days
        }
      }`,
    mended: `
      program care "Care" {
        services sms
        data { phone : text?   personal }
        stage only {
          skill run_coach
          command "hello" { call sms greet { words: "Hello" } }
          leave as done after 7 days
        }
      }`,
  },
  'skill-oversteps': {
    meaning: [
      'The skill tells the agent to do something that the program does not let it do, so nothing would come of it.',
      'Either the program lets the agent do it (`agent may set`, `agent may record`), or the skill should not speak of it.',
    ],
    fails: `
      program care "Care" {
        data { mood : text? }
        stage only { skill run_coach  leave as done after 7 days }
      }`,
    mended: `
      program care "Care" {
        data { mood : text?   agent may set }
        stage only { skill run_coach  leave as done after 7 days }
      }`,
  },
} satisfies Partial<Record<Code, Explanation>>;
