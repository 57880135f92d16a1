/** What the diagnostics about what is easily overlooked mean: too late, left out, without effect. */
import type { Code } from '../diagnostics.ts';
import type { Explanation } from '../explanation.ts';

export const oversights = {
  'too-late': {
    meaning: [
      'Time alone ends every visit of this stage, and this waits for longer than that.',
      'A nudge after 30 days of silence has nobody to reach where people leave after 21. Parameters count as what they are at first.',
    ],
    fails: `
      program tea "Tea" {
        stage drinking {
          skill run_coach
          nudge after 30 days of silence
          leave as lost after 21 days of silence
        }
      }`,
    mended: `
      program tea "Tea" {
        stage drinking {
          skill run_coach
          nudge after 10 days of silence
          leave as lost after 21 days of silence
        }
      }`,
  },
  'passed-already': {
    meaning: [
      'An `at` waits for its moment, and one that has passed when the person enters is passed over.',
      'Every way into this stage asks that a later day has come, so the moment has always passed.',
    ],
    fails: `
      program tea "Tea" {
        parameters { begins : date = 2026-06-01  per person }
        stage waiting {
          skill run_coach
          advance to drinking when today >= begins
        }
        stage drinking {
          skill run_coach
          at begins - 1 day at 09:00 { say "Tomorrow it begins." }
          leave as done after 7 days
        }
      }`,
    mended: `
      program tea "Tea" {
        parameters { begins : date = 2026-06-01  per person }
        stage waiting {
          skill run_coach
          at begins - 1 day at 09:00 { say "Tomorrow it begins." }
          advance to drinking when today >= begins
        }
        stage drinking {
          skill run_coach
          leave as done after 7 days
        }
      }`,
  },
  'else-without-within': {
    meaning: [
      'What stands after `else` is done when the time of a question, or of a decision, is over. Without `within` there is no such time.',
      'So this looks as if somebody would be told, and nobody ever is: the question stays open, the decision is waited for.',
    ],
    fails: `
      program tea "Tea" {
        stage drinking {
          skill run_coach
          ask "How was the tea?" (good | cold) as tea, else escalate to operator
          leave as done when tea is known
          leave as lost after 21 days of silence
        }
      }`,
    mended: `
      program tea "Tea" {
        stage drinking {
          skill run_coach
          ask "How was the tea?" (good | cold) as tea, within 2 days else escalate to operator
          leave as done when tea is known
          leave as lost after 21 days of silence
        }
      }`,
  },
  'value-left-out': {
    meaning: [
      'Two transitions divide the values of one measure between them, and a single value is taken by neither.',
      'Somebody who has that value stays where they are. Where that is meant, say so by naming it on both sides: `score < 10` and `score > 10`.',
    ],
    fails: `
      program tea "Tea" {
        data { score : number 0 to 27 = 0  agent may set }
        stage asking {
          skill run_coach
          leave as well   when score <= 9
          leave as unwell when score >= 11
          leave as lost   after 21 days of silence
        }
      }`,
    mended: `
      program tea "Tea" {
        data { score : number 0 to 27 = 0  agent may set }
        stage asking {
          skill run_coach
          leave as well   when score <= 9
          leave as unwell when score >= 10
          leave as lost   after 21 days of silence
        }
      }`,
  },
  'never-reached': {
    meaning: [
      'The moment is counted from now, or from today, so it stays ahead: when the day has come, it is as far away as before.',
      'Count from something that stays where it is: the day somebody entered, or a date of theirs.',
    ],
    within: 'stage',
    fails: 'at today + 30 days at 09:00 { say "A month has passed." }',
    mended: 'at day of entered + 30 days at 09:00 { say "A month has passed." }',
  },
  'asks-the-old': {
    meaning: [
      'What stands in braces is done from top to bottom, but all conditions in them are judged as things stood when they began.',
      'So a condition behind `set` sees the old value. Ask about what the value becomes, or let a rule of the stage ask: it looks again as soon as the braces are done.',
    ],
    within: 'stage',
    fails: 'command "harder" { set week = min(week + 1, 9)  when week = 9 { say "The last week." } }',
    mended: `
      command "harder" { set week = min(week + 1, 9) }
      when week = 9 { say "The last week." }`,
  },
  'unknown-item': {
    meaning: [
      'An item is found by its name, letter by letter, and no item of this name is ever added; one with nearly the same name is.',
      'What is asked of an item that is not there is missing, so this would never be noticed.',
    ],
    fails: `
      program strength "Strength" {
        list lifts by name { data { name : text  weight : number kg = 20 } starts with { name: "squat" } }
        stage lifting {
          skill   run_coach
          advance to strong when (lifts["squad"].weight else 0 kg) >= 100 kg
          leave   as lost after 60 days of silence
        }
        stage strong final success { say "Strong." }
      }`,
    mended: `
      program strength "Strength" {
        list lifts by name { data { name : text  weight : number kg = 20 } starts with { name: "squat" } }
        stage lifting {
          skill   run_coach
          advance to strong when (lifts["squat"].weight else 0 kg) >= 100 kg
          leave   as lost after 60 days of silence
        }
        stage strong final success { say "Strong." }
      }`,
  },
  'back-at-once': {
    meaning: [
      'An interruption lasts until what stands behind `resume when` holds.',
      'Here it holds in every case in which people are interrupted, so nobody stays. Often a `not` is missing.',
    ],
    fails: `
      program walk "Walk" {
        data { injured : yes/no = no  agent may set }
        stage walking {
          skill run_coach
          interrupt with resting when injured
          leave as lost after 60 days of silence
        }
        stage resting { skill run_coach  resume when injured  leave as lost after 60 days }
      }`,
    mended: `
      program walk "Walk" {
        data { injured : yes/no = no  agent may set }
        stage walking {
          skill run_coach
          interrupt with resting when injured
          leave as lost after 60 days of silence
        }
        stage resting { skill run_coach  resume when not injured  leave as lost after 60 days }
      }`,
  },
  overtaken: {
    meaning: [
      'A move that needs approval waits until somebody decides, and the other lines of the stage go on meanwhile.',
      'Here one of them holds whenever the move is proposed, so the person is gone before anybody can say yes.',
      'Often it was meant for those who are refused: that stands behind `refused`, or behind `else` where nobody decides in time.',
    ],
    fails: `
      program tea "Tea" {
        roles lead
        data { week : number 1 to 9 = 1  ready : yes/no = no  agent may set }
        stage drinking {
          skill run_coach
          command "tea" { set week = min(week + 1, 9) }
          advance to strong when week >= 5, approved by lead
          advance to weak   when week >= 5
          leave as lost after 60 days of silence
        }
        stage weak   { skill run_coach  leave as done after 30 days }
        stage strong { skill run_coach  leave as done after 30 days }
      }`,
    mended: `
      program tea "Tea" {
        roles lead
        data { week : number 1 to 9 = 1  ready : yes/no = no  agent may set }
        stage drinking {
          skill run_coach
          command "tea" { set week = min(week + 1, 9) }
          advance to strong when week >= 5, approved by lead, refused { advance to weak }
          leave as lost after 60 days of silence
        }
        stage weak   { skill run_coach  leave as done after 30 days }
        stage strong { skill run_coach  leave as done after 30 days }
      }`,
  },
  'counts-newest': {
    meaning: [
      '`last 5 of runs where completed` is the newest five completed runs, however many others lie between them.',
      'To count them says only whether there ever were five. `of those where` asks it of the newest five, whatever they are.',
    ],
    within: 'stage',
    fails: 'advance to graduated when count(last 5 of runs where completed) >= 3',
    mended: 'advance to graduated when count(last 5 of runs, of those where completed) >= 3',
  },
  'taken-again': {
    meaning: [
      'A move into the same stage begins a new visit, and what holds then is done at once.',
      'Nothing here waits for that visit to go on, so a person goes several steps at one moment, and what the stage says on entry is said each time.',
    ],
    fails: `
      program tea "Tea" {
        data { week : number 1 to 9 = 1  ready : yes/no = no  agent may set }
        stage drinking "Week {week}" {
          skill run_coach
          advance to drinking with week = week + 1 when ready and week < 9
          leave as lost after 21 days of silence
        }
      }`,
    mended: `
      program tea "Tea" {
        data { week : number 1 to 9 = 1  ready : yes/no = no  agent may set }
        stage drinking "Week {week}" {
          skill run_coach
          advance to drinking with week = week + 1, ready = no when ready and week < 9
          leave as lost after 21 days of silence
        }
      }`,
  },
  'never-set': {
    meaning: [
      'A condition waits for this field to change. No rule, question or decision sets it to anything else than it is at first, and no role, service or agent may.',
      'Most often the words `agent may set` or `nurse may set` are missing behind its type. What differs from person to person and never changes is a parameter.',
    ],
    fails: `
      program tea "Tea" {
        data { poured : yes/no = no }
        stage waiting {
          skill run_coach
          leave as done when poured
          leave as lost after 21 days of silence
        }
      }`,
    mended: `
      program tea "Tea" {
        data { poured : yes/no = no  agent may set }
        stage waiting {
          skill run_coach
          leave as done when poured
          leave as lost after 21 days of silence
        }
      }`,
  },
  'sets-itself': {
    meaning: [
      'A field is set to its own value, which changes nothing: not even the time since it changed.',
      'Perhaps another field was meant, or the step that it should go.',
    ],
    within: 'stage',
    fails: 'command "next" { set week = week  restart stage }',
    mended: 'command "next" { set week = min(9, week + 1)  restart stage }',
  },
  'adds-twice': {
    meaning: [
      'The items of a list are told apart by one field, and adding a second item of that name changes nothing.',
      'So what this one says besides its name would be lost.',
    ],
    within: 'program',
    fails: `
      list tasks by title { data { title : text  days : number = 1 } }
      anytime { command "begin" { add tasks { title: "Laptop" }  add tasks { title: "Laptop", days: 3 } } }`,
    mended: `
      list tasks by title { data { title : text  days : number = 1 } }
      anytime { command "begin" { add tasks { title: "Laptop" }  add tasks { title: "Keys", days: 3 } } }`,
  },
  'used-twice': {
    meaning: [
      'A fragment is put where its `use` stands. A second `use` in the same place would only repeat its lines.',
      'Perhaps another fragment was meant.',
    ],
    fails: `
      fragment patience { leave as lost after 21 days of silence }
      program tea "Tea" {
        stage drinking { skill run_coach  use patience  use patience }
      }`,
    mended: `
      fragment patience { leave as lost after 21 days of silence }
      program tea "Tea" {
        stage drinking { skill run_coach  use patience }
      }`,
  },
  'sets-key': {
    meaning: [
      'An item is found by this field, as in `lifts["squat"]`. Setting it would leave an item that answers to its old name and shows a new one.',
      'A name that people see and change belongs in a field of its own.',
    ],
    within: 'program',
    fails: `
      list lifts by name {
        data { name : text }
        stage lifting { on sets { set name = "squat" }  leave as done after 30 days }
      }
      data { sets : series { done: yes/no } }`,
    mended: `
      list lifts by name {
        data { name : text  shown : text = "" }
        stage lifting { on sets { set shown = "squat" }  leave as done after 30 days }
      }
      data { sets : series { done: yes/no } }`,
  },
  'key-may-be-missing': {
    meaning: [
      '`once per id` says that a second entry with the same `id` changes nothing, so that nothing is counted twice.',
      'An entry without an `id` cannot be recognized, and would be counted each time it is told.',
    ],
    within: 'program',
    fails: 'data { payments : series { id: text?, paid: yes/no }  once per id }',
    mended: 'data { payments : series { id: text, paid: yes/no }  once per id }',
  },
} as const satisfies Partial<Record<Code, Explanation>>;
