/**
 * The words of the language and what they mean: for completion, hover and "did you mean".
 *
 * Each entry stands in one or more places: the list of items in which the word may begin a line,
 * or the kind of phrase it belongs to. `snippet` is what completion writes, with `${1:…}` stops.
 */

/** Where a word may stand. `clause`: inside an item; `type`: in `data`; `action`: in a body. */
export type KeywordPlace =
  | 'file'
  | 'program'
  | 'type'
  | 'anytime'
  | 'stage'
  | 'action'
  | 'clause'
  | 'expression'
  | 'scenario'
  | 'track'
  | 'list'
  | 'migrate';

export type Keyword = { word: string; where: KeywordPlace[]; doc: string; snippet: string };

/* biome-ignore-start lint/suspicious/noTemplateCurlyInString: `${1:…}` are the stops of a snippet, not template holes. */
/** Word, places, documentation, and the snippet where it is more than the word. */
const rows: [word: string, where: string, doc: string, snippet?: string][] = [
  [
    'program',
    'file',
    'A program: how things unfold for each person who enrolls.',
    'program ${1:name} "${2:Title}" {\n  $0\n}',
  ],
  [
    'scenario',
    'file',
    'A story with dates that tests a program on a virtual clock.',
    'scenario "${1:what happens}" of ${2:program} {\n  start ${3:mon 2026-01-05 09:00} in "${4:Europe/London}"\n  $0\n}',
  ],

  [
    'fragment',
    'file',
    'Items written once, for the programs and stages that `use` them.',
    'fragment ${1:name} {\n  $0\n}',
  ],
  ['import', 'file', 'Brings in fragments from another file.', 'import ${1:name} from "${2:./shared.regimen}"'],

  ['about', 'program', 'One sentence for the people who may enroll.', 'about "${1}"'],
  [
    'enroll',
    'program',
    'Who may enroll: anyone, or only verified people; others can ask or are refused.',
    'enroll anyone verified at "${1:example.com}", others ask',
  ],
  [
    'reenter',
    'program',
    'Whether and when somebody who left may come back, and which data they keep.',
    'reenter after ${1:14 days}',
  ],
  [
    'cohort',
    'program',
    'The field whose value people share who belong together: shared entries and `tell cohort` reach them.',
    'cohort by ${1:group}',
  ],
  [
    'timezone',
    'program',
    "The person's own time zone, and the one to use while it is not known.",
    'timezone theirs else "${1:Europe/London}"',
  ],
  [
    'quiet',
    'program',
    "Hours in which nobody is written to, in the person's time zone.",
    'quiet ${1:21:00} to ${2:08:00}',
  ],
  ['budget', 'program', 'The most that one person may cost in a month.', 'budget $${1:0.40} per month'],
  [
    'agent',
    'program scenario type',
    'In a program: who does the talking. In a scenario: what the agent does next.',
    'agent ${1:coach}',
  ],
  ['roles', 'program', 'The roles of other people the program turns to, such as a nurse.', 'roles ${1:nurse}'],
  [
    'services',
    'program',
    'Systems outside that may record facts and can be called, such as billing.',
    'services ${1:billing}',
  ],
  [
    'messages',
    'program',
    'How many messages a person may get of those that Regimen starts: by day, by week, and how far apart.',
    'messages at most ${1:5} per day, ${2:2h} apart',
  ],
  [
    'ladder',
    'program',
    'Who is told next while nobody acknowledges: `escalate to` its name.',
    'ladder ${1:name} { ${2:nurse} for ${3:4h} then ${4:operator} }',
  ],
  [
    'holidays',
    'program',
    'The days of a calendar that are no business days, besides its weekend.',
    'holidays ${1:name} { ${2:2026-12-25} }',
  ],
  [
    'parameters',
    'program',
    'Values that an operator sets, for all or for one person; the program only reads them.',
    'parameters {\n  ${1:target} : ${2:number = 100}\n}',
  ],
  [
    'data',
    'program list',
    'What is known about each person: fields with types and defaults.',
    'data {\n  ${1:week} : ${2:number 1 to 9 = 1}\n}',
  ],
  [
    'table',
    'program',
    'Values looked up by one key, or by two: one row on a line.',
    'table ${1:name} by ${2:key} {\n  $0\n}',
  ],
  [
    'bands',
    'program stage track list',
    'A value by the range another value lies in; the first row that fits counts.',
    'bands ${1:name} by ${2:value} {\n  at least ${3:180} : ${4:4}\n  under ${3:180} : ${5:0}\n}',
  ],
  [
    'window',
    'program stage track list expression',
    'Days from the first to the last, both included: `today in second`.',
    'window ${1:name} = ${2:first} to ${3:last}',
  ],
  [
    'track',
    'program migrate',
    'Stages that run beside the others in one enrollment.',
    'track ${1:name} "${2:Title}" {\n  $0\n}',
  ],
  [
    'list',
    'program migrate',
    'Things of a person, such as tasks, each going through stages of its own.',
    'list ${1:name} by ${2:key} "${3:Title}" {\n  data { ${2:key} : text }\n  $0\n}',
  ],
  ['starts', 'list', 'The items that are there from the beginning.', 'starts with { ${1:name}: ${2:"first"} }'],
  [
    'migrate',
    'program',
    'What becomes of people who are inside when this version takes the place of an earlier one.',
    'migrate from ${1:1} {\n  $0\n}',
  ],
  ['use', 'program stage track list', 'Puts the items of a fragment in this place.', 'use ${1:fragment}'],
  [
    'let',
    'program stage track list',
    'A value that follows from others and is always up to date.',
    'let ${1:name} = ${2:value}',
  ],
  ['anytime', 'program track list', 'Rules that hold in every stage and come before its own.', 'anytime {\n  $0\n}'],
  [
    'stage',
    'program track list migrate',
    'A part of the program that a person is in, until a transition leads on.',
    'stage ${1:name} "${2:Title}" {\n  $0\n}',
  ],

  [
    'protected',
    'program',
    'A stage that is reached only by what the agent cannot write.',
    'protected stage ${1:name} "${2:Title}" {\n  $0\n}',
  ],
  ['field', 'migrate', 'A field that has another name now.', 'field ${1:old} becomes ${2:new}'],
  ['drop', 'migrate', 'A field or series that is no longer kept.', 'drop ${1:name}'],
  ['becomes', 'clause', 'The new name of what an earlier version called otherwise.', 'becomes ${1:name}'],

  ['number', 'type', 'A number, if you like with a unit and a range: `number kg 30 to 200`.'],
  ['text', 'type', 'Words.'],
  ['yes/no', 'type', 'Yes or no.'],
  ['date', 'type', 'A day of the calendar.'],
  ['time', 'type', 'A time of day.'],
  ['moment', 'type', 'A day with a time: an instant.'],
  ['duration', 'type', 'A length of time, such as `3 days`.'],
  ['role', 'type', 'One of the roles of the program.'],
  [
    'series',
    'type migrate',
    'Entries that arrive one after the other, each with the time it happened.',
    'series { ${1:value}: ${2:number} }',
  ],
  [
    'may',
    'type',
    'Lets the agent write: `agent may set` a field, `agent may record` into a series.',
    'agent may ${1:set}',
  ],

  ['personal', 'type', 'Must not reach a group or a service unless the program says so.'],
  ['shared', 'type', 'One entry for the whole cohort.'],
  ['per', 'type', 'A parameter with a value of its own for each person: `per person`.', 'per person'],

  [
    'skill',
    'program stage',
    'The skill (a Markdown file) that tells the agent how to talk: in a stage, or in every stage that names none.',
    'skill ${1:name}',
  ],
  ['review', 'stage', 'When the agent looks at the person and speaks first.', 'review ${1:daily} at ${2:18:00}'],
  [
    'nudge',
    'stage',
    'A reminder after silence, or after a time without an entry.',
    'nudge after ${1:2 days} of silence, at most ${2:3} times',
  ],
  [
    'ask',
    'stage action',
    'A question whose answer is stored in a field.',
    'ask "${1:Question?}" (${2:yes | no}) as ${3:field}',
  ],
  ['command', 'anytime stage', 'What happens when the person writes one of these words.', 'command "${1:word}" { $0 }'],
  [
    'on',
    'anytime stage scenario',
    'In a stage: when an entry arrives in a series. In a scenario: the next such day.',
    'on ${1:series} { $0 }',
  ],
  [
    'when',
    'anytime stage action clause',
    'A condition; it is acted on at the moment it becomes true.',
    'when ${1:condition} { $0 }',
  ],
  [
    'check',
    'anytime stage',
    'What is done at set times: daily, on some days, every few hours.',
    'check ${1:daily} at ${2:07:00} { $0 }',
  ],
  ['at', 'anytime stage', 'What is done when a moment is reached.', 'at ${1:due} - ${2:1 day} at ${3:09:00} { $0 }'],
  [
    'pause',
    'anytime stage',
    'All clocks of the stage stand still as long as this is true.',
    'pause while ${1:condition}',
  ],
  ['advance', 'anytime stage action', 'Moves on to another stage.', 'advance to ${1:stage} when ${2:condition}'],
  ['return', 'anytime stage action', 'Moves back to an earlier stage.', 'return to ${1:stage} when ${2:condition}'],
  ['leave', 'anytime stage action', 'Ends the enrollment, under a name.', 'leave as ${1:name}'],
  ['resume', 'anytime stage action', 'Goes back to the stage that was interrupted.', 'resume when ${1:condition}'],
  ['escalate', 'stage action', 'Turns to a person in a role; in a stage also after a time.', 'escalate to ${1:nurse}'],
  ['say', 'stage action', 'Writes to the person: these words, or words found with a skill.', 'say "${1}"'],
  ['tell', 'stage action', 'Writes to somebody in a role, or to the cohort.', 'tell ${1:nurse} "${2}"'],
  ['send', 'stage action', 'Sends a document that has a name.', 'send ${1:report} to ${2:nurse} "${3}"'],
  [
    'call',
    'stage action',
    'Asks a service outside to do something.',
    'call ${1:service} ${2:action} { ${3:field}: ${4:value} }',
  ],
  [
    'propose',
    'stage action',
    'A new value that counts when somebody has approved it.',
    'propose ${1:field} = ${2:value} approved by ${3:clinician} within ${4:1 day} else escalate to ${5:operator}',
  ],
  ['add', 'stage action', 'Adds an item to a list.', 'add ${1:list} { ${2:field}: ${3:value} }'],
  ['clear', 'stage action', 'Makes a value missing again.', 'clear ${1:field}'],
  ['set', 'stage action migrate', 'Gives a field a new value.', 'set ${1:field} = ${2:value}'],
  ['record', 'stage action', 'Adds an entry to a series.', 'record ${1:series} { ${2:field}: ${3:value} }'],
  ['restart', 'stage action', 'Begins a new visit of the stage.', 'restart stage'],
  [
    'interrupt',
    'anytime stage action',
    'Goes to another stage, to come back with `resume`.',
    'interrupt with ${1:stage}',
  ],

  ['with', 'clause', 'What changes together with a move: `with week = week + 1`.', 'with ${1:field} = ${2:value}'],
  [
    'approved',
    'clause',
    'Who must agree before it happens, and what is done when nobody decides.',
    'approved by ${1:clinician} within ${2:1 day} else escalate to ${3:operator}',
  ],
  ['refused', 'clause', 'What is done when the answer is no.', 'refused { $0 }'],
  ['once', 'clause', 'At most one time.'],
  ['while', 'clause', 'As long as this is true: `pause while traveling`.', 'while ${1:condition}'],
  ['monthly', 'clause', 'On days of the month: `monthly on 1, 15`, `monthly on last fri`.', 'monthly on ${1:1}'],
  ['business', 'clause', 'The days that are neither weekend nor holidays.', 'business days'],
  [
    'between',
    'clause',
    'Spread evenly over a part of the day: `3 times between 09:00 and 21:00`.',
    'between ${1:09:00} and ${2:21:00}',
  ],
  ['then', 'clause', 'The next rung of a ladder.', 'then ${1:operator}'],
  ['after', 'clause', 'How long to be in the stage, or silent, before it happens.', 'after ${1:14 days}'],
  ['within', 'clause', 'How long to wait for an answer.', 'within ${1:2 days}'],
  [
    'spread',
    'clause',
    'Spreads the reviews of many people over a while, so that they do not all come at once.',
    'spread over ${1:2h}',
  ],
  ['without', 'clause', 'The series whose entries are missing.'],
  ['final', 'clause', 'A stage that ends the enrollment, as a success or a failure.', 'final ${1:success}'],
  ['daily', 'clause', 'Every day.'],
  ['weekdays', 'clause', 'Monday to Friday.'],
  ['weekly', 'clause', 'Once a week.', 'weekly on ${1:mon}'],
  ['every', 'clause', 'Every so many days.', 'every ${1:3 days}'],
  ['verified', 'clause', 'Only people whose address is known to be theirs.'],
  ['keeping', 'clause', 'Data that stays when somebody comes back.'],
  ['theirs', 'clause', "The person's own time zone."],

  ['and', 'expression', 'Both are true.'],
  ['or', 'expression', 'One of them is true, or both.'],
  ['not', 'expression', 'It is not true.'],
  ['is', 'expression', 'Equals; or asks whether a value `is set`, `is known`, `is missing`.'],
  [
    'else',
    'expression action',
    'The value where the one before is missing; the actions where the condition is not true.',
  ],
  ['yes', 'expression', 'True.'],
  ['no', 'expression', 'False; or absence: `no runs for 14 days`.', 'no ${1:series} for ${2:14 days}'],
  ['today', 'expression', 'The day it is for the person, in their time zone.'],
  ['now', 'expression', 'This moment.'],
  ['last', 'expression', 'The newest entry of a series: `last run`; or some: `last 3 of runs`.', 'last ${1:entry}'],
  ['where', 'expression', 'Only the entries for which this is true.'],
  [
    'since',
    'expression',
    'Whether so much time has passed: `14 days since last run`; in a selection, only later entries: `since dose changed`.',
  ],
  ['for', 'expression', 'How long: `no runs for 14 days`.'],
  [
    'this',
    'expression',
    'Only entries of `this visit`, `this day`, `this week`, `this month` or `this year`.',
    'this ${1:visit}',
  ],
  [
    'in',
    'expression',
    'Only entries of a while ago: `in last 7 days`; or a day in a window: `today in second`.',
    'in last ${1:7 days}',
  ],
  [
    'day',
    'expression scenario',
    'The date of a moment: `day of last run`; in a scenario a day counted from the start.',
    'day of ${1:moment}',
  ],
  [
    'judged',
    'expression',
    'What the agent judges from the conversation, with evidence, and how certain it must be.',
    'judged "${1:criterion}" at ${2:0.8}',
  ],
  ['silence', 'expression', 'Nothing heard from the person: `14 days of silence`.'],
  ['occurred', 'expression', 'When the entry at hand happened; in `on` and in `where`.'],
  [
    'those',
    'expression',
    'The entries just selected: `last 6 of sessions, of those where missed`.',
    'those where ${1:condition}',
  ],
  ['known', 'expression', 'The value is there.'],
  ['missing', 'expression', 'The value is not there.'],

  [
    'start',
    'scenario',
    'When and where the story begins, and with which data.',
    'start ${1:mon 2026-01-05 09:00} in "${2:Europe/London}"',
  ],
  [
    'each',
    'scenario action stage',
    'In a scenario: the same on the next such days, in order. In a body: something for each item of a list.',
    'each of ${1:mon, wed, fri} at ${2:07:30}  ${3}',
  ],
  ['they', 'scenario', 'What the person does: `they say "…"`, `they answer yes`.', 'they say "${1}"'],
  ['wait', 'scenario', 'Moves the clock on, by a while or until a moment.', 'wait ${1:14 days}'],
  ['told', 'clause', 'Expects that a role was told something since the expectation before.', 'told ${1:nurse} "${2}"'],
  ['expect', 'scenario', 'What must be true now.', 'expect stage ${1:stage}'],
];
/* biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above. */

/** All keywords, in the order in which the reference explains them. */
export const keywords: Keyword[] = rows.map(([word, where, doc, snippet]) => ({
  word,
  where: where.split(' ') as KeywordPlace[],
  doc,
  snippet: snippet ?? word,
}));
