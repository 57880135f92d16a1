/** What the diagnostics about stages, moves and the head of a program mean. */
import type { Code } from '../diagnostics.ts';
import type { Explanation } from '../explanation.ts';

export const stages = {
  'no-stages': {
    meaning: ['A program needs at least one stage: the place where people are once they are enrolled.'],
    fails: `
      program tea "Tea for a week" {
        about "Seven cups in seven days."
      }`,
    mended: `
      program tea "Tea for a week" {
        about "Seven cups in seven days."
        stage week { skill run_coach  leave as done after 7 days }
      }`,
  },
  'starts-at-end': {
    meaning: [
      'People start in the first stage of the text, and this one is final.',
      'They would have finished before they began.',
    ],
    fails: `
      program tea "Tea for a week" {
        stage done final success { say "Well drunk." }
        stage week { skill run_coach  advance to done after 7 days }
      }`,
    mended: `
      program tea "Tea for a week" {
        stage week { skill run_coach  advance to done after 7 days }
        stage done final success { say "Well drunk." }
      }`,
    also: ['unreachable-stage'],
  },
  'unreachable-stage': {
    meaning: [
      'No way leads into this stage from the one where people start.',
      'Perhaps a transition is missing, or leads to another stage than you meant.',
    ],
    fails: `
      program tea "Tea for a week" {
        stage week { skill run_coach  leave as done after 7 days }
        stage done final success { say "Well drunk." }
      }`,
    mended: `
      program tea "Tea for a week" {
        stage week { skill run_coach  advance to done after 7 days }
        stage done final success { say "Well drunk." }
      }`,
  },
  'dead-end': {
    meaning: [
      'Whoever gets into this stage never gets on from there: only the word “stop”, or a rule in `anytime`, ends it.',
      'Give it a way on, or make it `final` if the program ends there.',
    ],
    fails: `
      program tea "Tea for a week" {
        stage week { skill run_coach  advance to rest after 7 days }
        stage rest { skill run_coach  review daily at 18:00 }
      }`,
    mended: `
      program tea "Tea for a week" {
        stage week { skill run_coach  advance to rest after 7 days }
        stage rest { skill run_coach  review daily at 18:00  leave as done after 3 days }
      }`,
    also: ['silent-for-ever'],
  },
  'silent-for-ever': {
    meaning: [
      'Everything that leads out of this stage needs the person to do something.',
      'Somebody who falls silent stays forever, goes on costing money, and nobody is told. Add a way out that time alone brings, or tell somebody with `escalate`.',
    ],
    fails: `
      program tea "Tea for a week" {
        data { cups : series { size: (small | large) }   agent may record }
        stage week {
          skill   run_coach
          advance to done when count(cups) >= 7
        }
        stage done final success { say "Well drunk." }
      }`,
    mended: `
      program tea "Tea for a week" {
        data { cups : series { size: (small | large) }   agent may record }
        stage week {
          skill   run_coach
          advance to done when count(cups) >= 7
          leave   as lost after 14 days of silence
        }
        stage done final success { say "Well drunk." }
      }`,
  },
  'paused-for-ever': {
    meaning: [
      'A pause sets the stage aside with all its timers, so what would end the stage after a silence stands still as well.',
      'Somebody who pauses and never writes again is never heard of. A rule in `anytime` goes on during a pause; or let time be a part of what the pause waits for.',
    ],
    fails: `
      program walks "Walks" {
        data { travelling : yes/no = no   agent may set }
        stage week {
          skill   run_coach
          pause   while travelling
          leave   as lost after 14 days of silence
        }
      }`,
    mended: `
      program walks "Walks" {
        data { travelling : yes/no = no   agent may set }
        anytime { leave as lost after 60 days of silence }
        stage week {
          skill   run_coach
          pause   while travelling
          leave   as lost after 14 days of silence
        }
      }`,
  },
  'zero-time-loop': {
    meaning: [
      'The moves lead around in a circle, and all their conditions can be true at once, so a person would be sent around without end.',
      'Let a move change what its condition asks about, or let time pass before it.',
      'A move in `anytime` holds in the stage that it leads to as well: leave that one out, `and stage != recovery`.',
    ],
    within: 'stage',
    fails: 'return to training when felt = hard',
    mended: 'return to training with felt = ok when felt = hard',
  },
  'always-true': {
    meaning: [
      'This condition is always true, so the line is taken at once and nobody ever stays.',
      'Perhaps the number is one off, or the range of the field already says what you ask.',
    ],
    within: 'stage',
    fails: 'advance to graduated when week >= 1',
    mended: 'advance to graduated when week >= 9',
  },
  'never-true': {
    meaning: [
      'This condition can never be true, so the line does nothing.',
      'Perhaps the range of the field rules it out, or one part of the condition contradicts another.',
      'Of a row of `bands`: what they go by never has such a value. Of a text: no row gives it.',
    ],
    within: 'stage',
    fails: 'advance to graduated when week > 8 and week < 3',
    mended: 'advance to graduated when week > 8 or week < 3',
  },
  'final-stage': {
    meaning: [
      'Who enters a final stage has finished: nothing is asked, reviewed or moved there any more.',
      'It may only say something on entry.',
    ],
    fails: `
      program tea "Tea for a week" {
        stage week { skill run_coach  advance to done after 7 days }
        stage done final success { say "Well drunk."  review weekly }
      }`,
    mended: `
      program tea "Tea for a week" {
        stage week { skill run_coach  advance to done after 7 days }
        stage done final success { say "Well drunk." }
      }`,
  },
  'interrupt-final': {
    meaning: [
      '`interrupt` promises that the person comes back to where they were, with all timers intact.',
      'From a final stage nobody comes back, so say `advance`.',
    ],
    within: 'stage',
    fails: 'when injured { interrupt with graduated }',
    mended: 'when injured { advance to graduated }',
  },
  'resume-without-interrupt': {
    meaning: [
      '`resume` leads back to the stage that was interrupted, and nothing ever interrupts with this one.',
      'Let something `interrupt` with it, or name the stage to go to with `advance to`.',
    ],
    within: 'stage',
    fails: 'resume when not injured',
    mended: 'advance to graduated when not injured',
  },
  'too-many-branches': {
    meaning: [
      'Each `when` beside another in the same braces doubles the cases that have to be told apart.',
      'Join those that exclude each other with `else when`, or look the answer up in a table, which is easier to read.',
    ],
    within: 'stage',
    fails: `
      command "today" {
        when week = 1 { say "Walk." }
        when week = 2 { say "Jog." }
        when week = 3 { say "Run." }
        when week = 4 { say "Run on." }
        when week = 5 { say "Rest." }
      }`,
    mended: `
      command "today" {
        when week <= 2 { say "Walk." } else { say "Run." }
      }`,
  },
  'after-move': {
    meaning: [
      'A move ends the braces: the person is elsewhere by then, and what follows is never done.',
      'Write it before the move.',
    ],
    within: 'stage',
    fails: 'command "enough" { leave as satisfied  say "Farewell!" }',
    mended: 'command "enough" { say "Farewell!"  leave as satisfied }',
  },
  'not-here': {
    meaning: [
      'The line is fine in itself, but has no meaning in this place.',
      'On entering a stage, for example, one cannot move on at once; and words that are the same for everybody cannot have holes.',
    ],
    within: 'stage',
    fails: 'command "week {week}" { say "Hm." }',
    mended: 'command "week" { say "You are in week {week}." }',
  },
  'duplicate-clause': {
    meaning: ['This can be said only once in its place, and it is said twice.', 'Which of the two should count?'],
    within: 'program',
    fails: `
      quiet 21:00 to 08:00
      quiet 12:00 to 14:00`,
    mended: 'quiet 21:00 to 08:00',
  },
  'records-itself': {
    meaning: [
      'A rule that begins with `on` runs for every entry of its series, also for those that the program records itself.',
      'One that records its own series would start itself again and again, so it is refused.',
    ],
    within: 'stage',
    fails: `
      on runs { record runs { completed: yes } }`,
    mended: `
      on runs where completed { say "Well done." }`,
  },
  'duplicate-command': {
    meaning: [
      'Two commands answer the same word, and only the first one ever will: what is under `anytime` comes before the stage.',
      'Capital letters, spaces around it and a period make no difference.',
    ],
    within: 'stage',
    fails: `
      command "help" { say "Write “today” for your run." }
      command "Help!" { escalate to nurse }`,
    mended: `
      command "help" { say "Write “today” for your run." }
      command "nurse" { escalate to nurse }`,
  },
  'stop-stays': {
    meaning: [
      'Whoever writes “stop” wants to be left alone, and has a right to be.',
      'A program may answer with kind words, but must let them go. If it says nothing about the word, Regimen ends the enrollment by itself.',
    ],
    within: 'stage',
    fails: 'command "stop" { say "Are you sure?" }',
    mended: 'command "stop" { say "Farewell, and come back when you like."  leave as opted_out }',
  },
  'empty-command': {
    meaning: [
      'A command is a word that people write, and nobody can write this one.',
      'It needs at least a letter or a digit.',
    ],
    within: 'stage',
    fails: 'command "…" { say "Hm." }',
    mended: 'command "more" { say "Hm." }',
  },
  'no-skill': {
    meaning: [
      'The skill tells the agent how to talk in this stage; without one it knows only the facts.',
      'Name one with `skill`, a folder in `skills` beside the program.',
    ],
    fails: `
      program tea "Tea for a week" {
        stage week { leave as done after 7 days }
      }`,
    mended: `
      program tea "Tea for a week" {
        stage week { skill run_coach  leave as done after 7 days }
      }`,
  },
  'unknown-zone': {
    meaning: [
      'Time zones are named by continent and city, such as "Europe/London" or "America/New_York".',
      'The city says when the clocks change; an offset such as UTC+1 does not.',
    ],
    within: 'program',
    fails: 'timezone theirs else "Europe/Londn"',
    mended: 'timezone theirs else "Europe/London"',
  },
  'quiet-empty': {
    meaning: [
      'The quiet hours end at the minute at which they begin, so there are none.',
      'They may go over midnight: `21:00 to 08:00`.',
    ],
    within: 'program',
    fails: 'quiet 08:00 to 08:00',
    mended: 'quiet 20:00 to 08:00',
  },
} as const satisfies Partial<Record<Code, Explanation>>;
