/** What the diagnostics about people, services, parameters and scenarios with several people mean. */
import type { Code } from '../diagnostics.ts';
import type { Explanation } from '../explanation.ts';

export const people = {
  'unknown-actor': {
    meaning: [
      'Somebody is said to set or record something, and no role or service of that name is declared.',
      'Roles are people, such as a nurse; services are systems outside, such as billing.',
    ],
    within: 'program',
    fails: `
      roles nurse
      data { dose : number mg = 10   nurs may set }`,
    mended: `
      roles nurse
      data { dose : number mg = 10   nurse may set }`,
  },
  'unknown-recipient': {
    meaning: [
      'What is told or sent must reach somebody: a role, the `participant`, the `cohort`, or a field that holds a role.',
      'A ladder is climbed with `escalate to`, and a service is called with `call`.',
    ],
    within: 'stage',
    fails: 'command "tired" { tell coach "They are tired." }',
    mended: 'command "tired" { tell nurse "They are tired." }',
  },
  'unknown-service': {
    meaning: [
      'Only services that the program declares can be called, so that a reader sees at the top which systems the program reaches.',
      'The result of a call comes back as entries that the service records.',
    ],
    within: 'program',
    fails: `
      services billing
      anytime { command "pay" { call biling charge { amount: 5 } } }`,
    mended: `
      services billing
      anytime { command "pay" { call billing charge { amount: 5 } } }`,
  },
  'unknown-document': {
    meaning: [
      'The scenario expects a document that no `send` of the program names.',
      'A document has the name that follows `send`.',
    ],
    fails: `
      program tea "Tea for a week" {
        stage week { skill run_coach  send recipe to participant "Boil water."  leave as done after 7 days }
      }
      scenario "a week" of tea {
        start mon 2026-01-05 09:00
        expect sent recipes
      }`,
    mended: `
      program tea "Tea for a week" {
        stage week { skill run_coach  send recipe to participant "Boil water."  leave as done after 7 days }
      }
      scenario "a week" of tea {
        start mon 2026-01-05 09:00
        expect sent recipe
      }`,
  },
  'needs-role': {
    meaning: [
      'Questions to others and approvals are for people: a role that the program declares, or `operator`.',
      'The agent talks but decides nothing, a service has nobody to ask, and a ladder is only climbed.',
    ],
    within: 'stage',
    fails: 'command "next" { propose week = 2 approved by agent within 1 day }',
    mended: 'command "next" { propose week = 2 approved by nurse within 1 day }',
  },
  'not-for-role': {
    meaning: [
      'In the scenario somebody sets or records what the program does not let them set or record.',
      'It would be refused, so the scenario would prove nothing. What a role or service may do is written where the field or the series is declared.',
    ],
    fails: `
      program care "Care" {
        roles nurse
        data { dose : number mg = 10 }
        stage only { skill run_coach  leave as done after 7 days }
      }
      scenario "a new dose" of care {
        start mon 2026-01-05 09:00
        nurse sets dose = 12
      }`,
    mended: `
      program care "Care" {
        roles nurse
        data { dose : number mg = 10   nurse may set }
        stage only { skill run_coach  leave as done after 7 days }
      }
      scenario "a new dose" of care {
        start mon 2026-01-05 09:00
        nurse sets dose = 12
      }`,
  },
  'nothing-to-do': {
    meaning: [
      'In the scenario a role approves or answers something, but the program never asks that role.',
      'Questions name a role after `ask`, and proposals after `approved by`.',
    ],
    fails: `
      program care "Care" {
        roles nurse, lead
        stage only { skill run_coach  ask nurse "How many?" (number) as pills  leave as done after 7 days }
      }
      scenario "an answer" of care {
        start mon 2026-01-05 09:00
        lead answers 5
      }`,
    mended: `
      program care "Care" {
        roles nurse, lead
        stage only { skill run_coach  ask nurse "How many?" (number) as pills  leave as done after 7 days }
      }
      scenario "an answer" of care {
        start mon 2026-01-05 09:00
        nurse answers 5
      }`,
  },
  'ladder-rung': {
    meaning: [
      'On each rung of a ladder somebody is told, so a rung is a role or `operator`.',
      'A ladder on a ladder could go around forever and leave everybody unsure whose turn it is.',
    ],
    within: 'program',
    fails: `
      roles nurse
      ladder clinical { nurse for 4h  then clinical }`,
    mended: `
      roles nurse
      ladder clinical { nurse for 4h  then operator }`,
  },
  'ladder-stops': {
    meaning: [
      'The next rung is told when nobody acknowledged in time, and this rung does not say how long that is.',
      'So nobody after it would ever hear of it.',
    ],
    within: 'program',
    fails: `
      roles nurse
      ladder clinical { nurse  then operator }`,
    mended: `
      roles nurse
      ladder clinical { nurse for 4h  then operator }`,
  },
  'ladder-end': {
    meaning: [
      'The time on a rung says when the next one is told, and after the last rung there is none.',
      'Leave it out, or name who comes next.',
    ],
    within: 'program',
    fails: `
      roles nurse
      ladder clinical { nurse for 4h  then operator for 1 day }`,
    mended: `
      roles nurse
      ladder clinical { nurse for 4h  then operator }`,
  },
  'sets-parameter': {
    meaning: [
      'A parameter is for those who run the program: it is given at enrollment or set by an operator, and the program only reads it.',
      'What the program itself changes belongs under `data`.',
    ],
    within: 'program',
    fails: `
      parameters { target : number kg = 70 }
      anytime { command "less" { set target = 65 kg } }`,
    mended: `
      data { target : number kg = 70 }
      anytime { command "less" { set target = 65 kg } }`,
  },
  'cannot-clear': {
    meaning: [
      'To clear a field is to let it be missing again, and this one is declared as never missing.',
      'Write `?` after its type if it may be missing; otherwise set it to another value.',
    ],
    within: 'stage',
    fails: 'command "again" { clear week }',
    mended: 'command "again" { clear why }',
  },
  'unused-shared': {
    meaning: [
      'A shared series has one entry for the whole cohort: a session was held, a class was canceled.',
      'Nothing in the program hears of this one or asks about it, so recording it would do nothing.',
    ],
    within: 'program',
    fails: 'data { classes : series { held: yes/no }  shared }',
    mended: `
      data { classes : series { held: yes/no }  shared }
      anytime { on classes where held { say "Good that you came." } }`,
  },
  'shared-by-one': {
    meaning: [
      'An entry of a shared series comes from outside and is recorded once, for everybody in the cohort.',
      'What the program or the agent of one person records stays with that person, so the others would count something else.',
    ],
    within: 'program',
    fails: `
      data { classes : series { held: yes/no }  shared }
      anytime {
        on classes where not held { say "No class today." }
        command "class" { record classes { held: yes } }
      }`,
    mended: `
      data {
        classes : series { held: yes/no }  shared
        visits  : series { on_time: yes/no }
      }
      anytime {
        on classes where not held { say "No class today." }
        command "class" { record visits { on_time: yes } }
      }`,
  },
  'cohort-field': {
    meaning: [
      'People with the same value of this field are one cohort: they share the entries of shared series, and `tell cohort` writes to them.',
      'So it must be one stored value of each person, and one that people can have in common.',
    ],
    within: 'program',
    fails: `
      cohort by classes
      data { classes : series { held: yes/no }  shared }
      anytime { on classes where not held { say "No class today." } }`,
    mended: `
      cohort by group
      data {
        group   : text?
        classes : series { held: yes/no }  shared
      }
      anytime { on classes where not held { say "No class today." } }`,
  },
  'cohort-by-agent': {
    meaning: [
      'What is shared is for the people of one cohort, and a conversation is no proof of belonging there.',
      'The agent believes what it is told. Let a role set the field, or give it at enrollment.',
    ],
    within: 'program',
    fails: `
      roles nurse
      cohort by group
      data { group : text?  agent may set }
      anytime { command "away" { tell cohort "One of us is away." } }`,
    mended: `
      roles nurse
      cohort by group
      data { group : text?  nurse may set }
      anytime { command "away" { tell cohort "One of us is away." } }`,
  },
  'told-by-each': {
    meaning: [
      'Each person has a program of their own, and a time or a shared entry comes to all of them.',
      'If each then tells the cohort, ten people get ninety messages. What is for everybody is said by each one’s own program.',
    ],
    within: 'program',
    fails: `
      data { classes : series { held: yes/no }  shared }
      anytime { on classes { tell cohort "There is news of the class." } }`,
    mended: `
      data { classes : series { held: yes/no }  shared }
      anytime { on classes { say "There is news of the class." } }`,
  },
  'only-cohort-tells': {
    meaning: [
      'In a scenario, roles and services record, set, decide and answer; what the person hears is then up to the program.',
      'Only the cohort tells: that is what the program of another one of its people says with `tell cohort`.',
    ],
    fails: `
      program tea "Tea" {
        anytime { command "late" { tell cohort "One of us is late." } }
        stage brew { skill run_coach  leave as done after 1 day }
      }
      scenario "somebody is late" of tea {
        start   mon 2026-01-05 09:00
        operator tells "One of us is late."
        expect  message "late"
      }`,
    mended: `
      program tea "Tea" {
        anytime { command "late" { tell cohort "One of us is late." } }
        stage brew { skill run_coach  leave as done after 1 day }
      }
      scenario "somebody is late" of tea {
        start   mon 2026-01-05 09:00
        cohort tells "One of us is late."
        expect  message "late"
      }`,
  },
  'unused-cohort': {
    meaning: [
      'A cohort is there for what its people share: entries of shared series, and what is told to all of them.',
      'This program has neither, so the line has no effect.',
    ],
    within: 'program',
    fails: `
      cohort by group
      data { group : text? }`,
    mended: `
      cohort by group
      data { group : text? }
      anytime { command "away" { tell cohort "One of us is away." } }`,
  },
  'argument-shadows': {
    meaning: [
      'What people write after a command gets a name of its own, and this name is in use already.',
      'Inside the braces it could not be told which of the two is meant.',
    ],
    within: 'stage',
    fails: 'command "week" (number) as week { set week = clamp(week, 1, 9) }',
    mended: 'command "week" (number) as new_week { set week = clamp(new_week, 1, 9) }',
  },
} as const satisfies Partial<Record<Code, Explanation>>;
