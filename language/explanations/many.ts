/** What the diagnostics about lists, tracks, bands, windows, calendars, versions and fragments mean. */
import type { Code } from '../diagnostics.ts';
import type { Explanation } from '../explanation.ts';

/** The file that lies beside an example. */
const shared = {
  path: 'shared.regimen',
  text: 'fragment evenings { quiet 21:00 to 08:00 }\nfragment thrift { budget $1 per month }',
};

export const many = {
  'unknown-list': {
    meaning: [
      'A list holds things of one person: tasks, lifts, medicines. There is none of this name.',
      'Entries of a series are facts that stay as they are; only the items of a list are added, changed and gone through.',
    ],
    within: 'program',
    fails: `
      list tasks by title { data { title : text } }
      anytime { command "task" { add task { title: "Buy shoes" } } }`,
    mended: `
      list tasks by title { data { title : text } }
      anytime { command "task" { add tasks { title: "Buy shoes" } } }`,
  },
  'unknown-track': {
    meaning: [
      'A track is a second row of stages that runs beside the first, and there is none of this name.',
      '`stage of diary` is the stage in which somebody is in the track `diary`.',
    ],
    within: 'program',
    fails: `
      track diary { stage writing { leave as done after 30 days } }
      anytime { command "where" { say "{stage of dairy else "nowhere"}" } }`,
    mended: `
      track diary { stage writing { leave as done after 30 days } }
      anytime { command "where" { say "{stage of diary else "nowhere"}" } }`,
  },
  'list-key': {
    meaning: [
      'The field after `by` names each item, as in `lifts["squat"]`; adding a second item of that name changes nothing.',
      'So every item must have it, it must be something that can be written, and it cannot begin as the same for all.',
    ],
    within: 'program',
    fails: 'list lifts by name { data { name : text? } }',
    mended: 'list lifts by name { data { name : text } }',
  },
  'duplicate-item': {
    meaning: [
      'Two of the items that are there from the start have the same name.',
      'They would be one item, and what the second says would be lost.',
    ],
    within: 'program',
    fails: `
      list lifts by name {
        data { name : text  weight : number kg = 20 }
        starts with { name: "squat" }, { name: "squat", weight: 40 kg }
      }`,
    mended: `
      list lifts by name {
        data { name : text  weight : number kg = 20 }
        starts with { name: "squat" }, { name: "row", weight: 40 kg }
      }`,
  },
  'bands-gap': {
    meaning: [
      'There is a value that no row of the bands fits, often the one on the border of two rows.',
      'Let the rows meet, or say with `otherwise` what goes for all the rest.',
    ],
    within: 'program',
    fails: `
      data { sugar : number mg/dL = 100 }
      bands step by sugar {
        over 180  : 2
        under 180 : 0
      }`,
    mended: `
      data { sugar : number mg/dL = 100 }
      bands step by sugar {
        at least 180 : 2
        under 180    : 0
      }`,
  },
  'bands-overlap': {
    meaning: [
      'Two rows of the bands fit the same value, and only the first of them would ever count for it.',
      'Let one row end where the other begins.',
    ],
    within: 'program',
    fails: `
      data { sugar : number mg/dL = 100 }
      bands step by sugar {
        at least 180 : 4
        at least 140 : 2
        under 140    : 0
      }`,
    mended: `
      data { sugar : number mg/dL = 100 }
      bands step by sugar {
        at least 180     : 4
        140 to under 180 : 2
        under 140        : 0
      }`,
  },
  'unreachable-row': {
    meaning: ['The first row that fits counts, and `otherwise` fits everything, so no row after it ever counts.'],
    within: 'program',
    fails: `
      data { sugar : number mg/dL = 100 }
      bands step by sugar {
        otherwise    : 0
        at least 180 : 4
      }`,
    mended: `
      data { sugar : number mg/dL = 100 }
      bands step by sugar {
        at least 180 : 4
        otherwise    : 0
      }`,
  },
  'unknown-window': {
    meaning: [
      'A window is a stretch of days with a name, from a first to a last day, and there is none of this name.',
      'Its ends are `second.opens` and `second.closes`.',
    ],
    within: 'program',
    fails: `
      window second = 2026-03-01 to 2026-03-05
      anytime { when today in secnd { say "Your visit is due." } }`,
    mended: `
      window second = 2026-03-01 to 2026-03-05
      anytime { when today in second { say "Your visit is due." } }`,
  },
  'window-backwards': {
    meaning: [
      'The last day lies before the first, or the last hour before the first, so nothing ever falls in between.',
      'Write the earlier one first.',
    ],
    within: 'program',
    fails: `
      data { visit : date? }
      window second = visit + 23 days to visit + 19 days`,
    mended: `
      data { visit : date? }
      window second = visit + 19 days to visit + 23 days`,
  },
  'unknown-calendar': {
    meaning: [
      'Business days are counted around weekends and holidays, and there are no holidays of this name.',
      'After `in` comes the name of `holidays`, or a field that holds such a name.',
    ],
    within: 'program',
    fails: `
      holidays berlin { 2026-05-25 "Whit Monday" }
      let due = today + 4 business days in brlin`,
    mended: `
      holidays berlin { 2026-05-25 "Whit Monday" }
      let due = today + 4 business days in berlin`,
  },
  'which-calendar': {
    meaning: [
      'With holidays of several places it must be said in which of them business days are counted.',
      'With one it is that one, and with none the days from Monday to Friday.',
    ],
    within: 'program',
    fails: `
      holidays berlin { 2026-05-25 "Whit Monday" }
      holidays gulf, weekend fri, sat { 2026-12-02 }
      let due = today + 4 business days`,
    mended: `
      holidays berlin { 2026-05-25 "Whit Monday" }
      holidays gulf, weekend fri, sat { 2026-12-02 }
      let due = today + 4 business days in gulf`,
  },
  'holiday-twice': {
    meaning: [
      'The same day is listed twice among the holidays of one place. One of them may be meant for another day.',
    ],
    within: 'program',
    fails: 'holidays berlin { 2026-12-25 "Christmas Day"  2026-12-25 "Boxing Day" }',
    mended: 'holidays berlin { 2026-12-25 "Christmas Day"  2026-12-26 "Boxing Day" }',
  },
  'no-business-day': {
    meaning: [
      'If all seven days are the weekend, no business day ever comes, and nothing that waits for one would happen.',
    ],
    within: 'program',
    fails: 'holidays rest, weekend mon, tue, wed, thu, fri, sat, sun { 2026-12-25 }',
    mended: 'holidays rest, weekend sat, sun { 2026-12-25 }',
  },
  'migrate-unknown': {
    meaning: [
      '`migrate` leads people from an earlier version into this one, so what comes after `becomes` or `set` must be there now.',
      'The old name comes first, the new one after `becomes`.',
    ],
    within: 'program',
    fails: 'migrate from 3 { stage intro becomes intake }',
    mended: 'migrate from 3 { stage intro becomes only }',
  },
  'migrate-still-there': {
    meaning: [
      'What is renamed or dropped by `migrate` belongs to an earlier version, and this is still part of the program.',
      'People in it have nowhere to move from.',
    ],
    within: 'program',
    fails: `
      data { week : number = 1 }
      migrate from 3 { drop week }`,
    mended: `
      data { week : number = 1 }
      migrate from 3 { drop day }`,
  },
  'unknown-file': {
    meaning: [
      'The file after `from` is not there. Its path starts from the folder of the file that imports it.',
      'Here `shared.regimen` lies beside the program.',
    ],
    beside: [shared],
    fails: `
      import evenings from "./shard.regimen"
      program tea "Tea" {
        use evenings
        stage week { skill run_coach  leave as done after 7 days }
      }`,
    mended: `
      import evenings from "./shared.regimen"
      program tea "Tea" {
        use evenings
        stage week { skill run_coach  leave as done after 7 days }
      }`,
  },
  'imported-mistake': {
    meaning: [
      'A file that is imported here, or one that it imports in turn, has a mistake in its imports or in a fragment that this program uses.',
      'Until it is mended, this program cannot be run: it would be without a part of itself.',
    ],
    beside: [
      {
        path: 'shared.regimen',
        text: 'fragment greeting { anytime { command "hello" { say "Week {week}." } } }',
      },
    ],
    fails: `
      import greeting from "./shared.regimen"
      program tea "Tea for a week" {
        use greeting
        stage week { skill run_coach  leave as done after 7 days }
      }`,
    mended: `
      import greeting from "./shared.regimen"
      program tea "Tea for a week" {
        data { week : number = 1 }
        use greeting
        stage week { skill run_coach  leave as done after 7 days }
      }`,
    also: ['unknown-name'],
  },
  'import-cycle': {
    meaning: [
      'Two files import each other, directly or by way of others, so neither can be read without the other.',
      'What both need belongs in a third file. Here `noon.regimen` imports `mornings` from this file.',
    ],
    beside: [
      {
        path: 'noon.regimen',
        text: 'import mornings from "./example.regimen"\nfragment noon { use mornings }',
      },
    ],
    fails: `
      import noon from "./noon.regimen"
      fragment mornings { quiet 21:00 to 08:00 }
      program tea "Tea" {
        use noon
        stage week { skill run_coach  leave as done after 7 days }
      }`,
    mended: `
      fragment mornings { quiet 21:00 to 08:00 }
      program tea "Tea" {
        use mornings
        stage week { skill run_coach  leave as done after 7 days }
      }`,
  },
  'keeps-entries': {
    meaning: [
      'Who comes back begins with the fields of `data` that `keeping` names, and with their parameters.',
      'Entries of a series and items of a list stay with the enrollment that was.',
      'Set into a field what shall be remembered of them.',
    ],
    within: 'program',
    fails: `
      reenter after 14 days keeping weights
      data { weights : series number kg  agent may record }`,
    mended: `
      reenter after 14 days keeping best
      data {
        weights : series number kg  agent may record
        best    : number kg?
      }
      anytime { on weights { set best = max(best else value, value) } }`,
  },
  'unknown-fragment': {
    meaning: [
      'There is no fragment of this name in the file, and none is imported.',
      'A fragment is written once, with `fragment`, and put in its place with `use`.',
    ],
    fails: `
      fragment evenings { quiet 21:00 to 08:00 }
      program tea "Tea" {
        use evenings
        use evening_hours
        stage week { skill run_coach  leave as done after 7 days }
      }`,
    mended: `
      fragment evenings { quiet 21:00 to 08:00 }
      program tea "Tea" {
        use evenings
        stage week { skill run_coach  leave as done after 7 days }
      }`,
  },
  'fragment-cycle': {
    meaning: ['The fragment uses itself, directly or by way of others, and would have no end.'],
    fails: `
      fragment evenings { quiet 21:00 to 08:00  use evenings }
      program tea "Tea" {
        use evenings
        stage week { skill run_coach  leave as done after 7 days }
      }`,
    mended: `
      fragment evenings { quiet 21:00 to 08:00 }
      program tea "Tea" {
        use evenings
        stage week { skill run_coach  leave as done after 7 days }
      }`,
  },
  'too-many-uses': {
    meaning: [
      'The fragments put together come to more lines than a program can have.',
      'Usually one fragment uses another several times, and that one a third, and so on.',
    ],
    fails: {
      shown: `
      fragment a { use b  use b  use b … }
      fragment b { use c  use c  use c … }
      …
      program tea "Tea" {
        use a
        stage week { skill run_coach  leave as done after 7 days }
      }`,
      text: () =>
        `${doubling()}
program tea "Tea" { use f0  stage week { skill run_coach  leave as done after 7 days } }`,
    },
    mended: `
      fragment evenings { quiet 21:00 to 08:00 }
      program tea "Tea" {
        use evenings
        stage week { skill run_coach  leave as done after 7 days }
      }`,
  },
  'unused-fragment': {
    meaning: ['The fragment is written but nothing uses it, so nothing of it is part of the program.'],
    fails: `
      fragment evenings { quiet 21:00 to 08:00 }
      program tea "Tea" {
        stage week { skill run_coach  leave as done after 7 days }
      }`,
    mended: `
      fragment evenings { quiet 21:00 to 08:00 }
      program tea "Tea" {
        use evenings
        stage week { skill run_coach  leave as done after 7 days }
      }`,
  },
  'unused-import': {
    meaning: [
      'A fragment is imported from another file, but no `use` in this file names it.',
      'Importing alone puts nothing into the program. Here `shared.regimen` lies beside it.',
    ],
    beside: [shared],
    fails: `
      import evenings, thrift from "./shared.regimen"
      program tea "Tea" {
        use evenings
        stage week { skill run_coach  leave as done after 7 days }
      }`,
    mended: `
      import evenings, thrift from "./shared.regimen"
      program tea "Tea" {
        use evenings
        use thrift
        stage week { skill run_coach  leave as done after 7 days }
      }`,
  },
} as const satisfies Partial<Record<Code, Explanation>>;

/** Seven fragments, each of which uses the next four times. */
function doubling(): string {
  const uses = (name: string) => Array(4).fill(`use ${name}`).join('  ');
  const chain = Array.from({ length: 7 }, (_, index) => `fragment f${index} { ${uses(`f${index + 1}`)} }`);
  return [...chain, 'fragment f7 { anytime { when 3 days since enrolled { say "Hello." } } }'].join('\n');
}
