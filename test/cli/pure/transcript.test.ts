/** Transcripts: every kind of step in words and in JSON, and the sentence for every kind of mistake. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readTranscript } from '../../../cli/transcript.ts';

const day = (text: string, minutes?: number) => ({
  kind: 'local',
  date: text,
  ...(minutes === undefined ? {} : { minutes }),
});

const understood: [line: string, step: object][] = [
  [
    'start 2026-01-05 09:00 Europe/London',
    { kind: 'start', moment: day('2026-01-05', 540), zone: 'Europe/London', data: {} },
  ],
  [
    'start mon 2026-01-05 09:00 in "Europe/London" at training with week = 5, why="to run"',
    {
      kind: 'start',
      moment: { ...day('2026-01-05', 540), weekday: 'mon' },
      zone: 'Europe/London',
      stage: 'training',
      data: { week: '5', why: 'to run' },
    },
  ],
  ['start 2026-01-05', { kind: 'start', moment: day('2026-01-05'), data: {} }],
  [
    '{"start":"2026-01-05 09:00","zone":"Asia/Tokyo"}',
    { kind: 'start', moment: day('2026-01-05', 540), zone: 'Asia/Tokyo', data: {} },
  ],
  ['> hi there', { kind: 'say', text: 'hi there' }],
  ['>  "quoted" stays', { kind: 'say', text: '"quoted" stays' }],
  ['say stop', { kind: 'say', text: 'stop' }],
  ['they say "two words"', { kind: 'say', text: 'two words' }],
  ['{"say": "höi 👋"}', { kind: 'say', text: 'höi 👋' }],
  ['advance 3d', { kind: 'advance', durations: [{ amount: 3, unit: 'days' }] }],
  ['/advance 90 min', { kind: 'advance', durations: [{ amount: 90, unit: 'minutes' }] }],
  [
    'wait 1 week 2 days',
    {
      kind: 'advance',
      durations: [
        { amount: 1, unit: 'weeks' },
        { amount: 2, unit: 'days' },
      ],
    },
  ],
  ['+12h', { kind: 'advance', durations: [{ amount: 12, unit: 'hours' }] }],
  ['at wed 07:30', { kind: 'until', moment: { kind: 'local', weekday: 'wed', minutes: 450 } }],
  ['until 2026-01-20 12:00', { kind: 'until', moment: day('2026-01-20', 720) }],
  ['wait until day 33 at 12:00', { kind: 'until', moment: { kind: 'local', day: 33, minutes: 720 } }],
  ['{"until": "2026-01-20T12:00:00Z"}', { kind: 'until', moment: { kind: 'exact', at: 1768910400000 } }],
  ['next', { kind: 'next' }],
  [
    'record runs completed=yes minutes=28',
    { kind: 'record', series: 'runs', fields: { completed: 'yes', minutes: '28' } },
  ],
  [
    'record runs { minutes: 28, completed: no } at 2026-01-05 07:00',
    { kind: 'record', series: 'runs', fields: { minutes: '28', completed: 'no' }, occurredAt: day('2026-01-05', 420) },
  ],
  ['record notes text="seen at noon"', { kind: 'record', series: 'notes', fields: { text: 'seen at noon' } }],
  ['record weight 81.5', { kind: 'record', series: 'weight', fields: { value: '81.5' } }],
  [
    '{"record": {"series": "runs", "fields": {"minutes": 28, "completed": true}, "occurred_at": "2026-01-05 07:00"}}',
    { kind: 'record', series: 'runs', fields: { minutes: 28, completed: true }, occurredAt: day('2026-01-05', 420) },
  ],
  ['answer yes', { kind: 'answer', value: 'yes' }],
  ['{"answer": true}', { kind: 'answer', value: 'yes' }],
  ['zone Asia/Tokyo', { kind: 'zone', zone: 'Asia/Tokyo' }],
  ['person sam@example.com', { kind: 'person', email: 'sam@example.com' }],
];

const refused: [line: string, sentence: string][] = [
  ['advnace 3d', 'I do not understand "advnace 3d". Did you mean `advance`?'],
  ['hello', 'I do not understand "hello". What a person says begins with `>`.'],
  ['>', 'there are no words after it. Write what the person says: `> hi there`.'],
  [
    'advance banana',
    '"banana" is not a length of time. Write it like `advance 3d`, `advance 2 weeks` or `advance 90 min`.',
  ],
  ['advance', '"" is not a length of time. Write it like `advance 3d`, `advance 2 weeks` or `advance 90 min`.'],
  [
    'until 2026-02-30',
    '"2026-02-30" is not a moment. Write it like `wed 07:30`, `2026-01-20 12:00` or `day 33 at 12:00`.',
  ],
  [
    'until tue 2026-01-05',
    '"tue 2026-01-05" is not a moment. Write it like `wed 07:30`, `2026-01-20 12:00` or `day 33 at 12:00`.',
  ],
  ['at 25:00', '"25:00" is not a moment. Write it like `wed 07:30`, `2026-01-20 12:00` or `day 33 at 12:00`.'],
  ['start 09:00', 'start needs a date: `start 2026-01-05 09:00 Europe/London`.'],
  ['start 2026-01-05 Europe/Londn', 'I know no time zone "Europe/Londn". Write it like `Europe/London`.'],
  ['record', 'it does not say what to record. Write it like `record runs completed=yes minutes=28`.'],
  [
    'record runs completed=yes oops',
    'I do not understand "oops". Write fields like `minutes=28 completed=yes`, and texts with spaces in double quotes.',
  ],
  ['answer', 'the answer is missing. Write it behind: `answer yes`.'],
  ['person sam', '"sam" is not an email address. Write it like `person sam@example.com`.'],
  ['{"sya": "hi"}', 'I know no step "sya". Did you mean "say"?'],
  ['{"say": "hi", "advance": "3d"}', '"advance" cannot stand beside "say". One line is one step.'],
  ['{"say": 1, "', 'this is not valid JSON. One step is one line, like {"say": "hi there"}.'],
  [
    '{"record": {"series": "runs", "feilds": {}}}',
    '"feilds" is unknown here. A record has "series", "fields" and perhaps "occurred_at".',
  ],
];

const test = suite('transcripts');

for (const [line, step] of understood) {
  test(`understands ${line}`, () => {
    const { steps, problems } = readTranscript(line);
    assert.equal(problems, []);
    assert.equal(steps, [{ ...step, place: 'line 1' }]);
  });
}

for (const [line, message] of refused) {
  test(`refuses ${line}`, () => {
    const { steps, problems } = readTranscript(`# a comment\n\n${line}\r\n`);
    assert.equal(steps, []);
    assert.equal(problems, [{ place: 'line 3', message }]);
  });
}

test('tells every problem at once, in the order of the text', () => {
  const { steps, problems } = readTranscript('> hi\nstart 2026-01-05\noops\n> bye');
  assert.equal(
    steps.map(({ place }) => place),
    ['line 1', 'line 4'],
  );
  assert.equal(
    problems.map(({ place }) => place),
    ['line 2', 'line 3'],
  );
});

test('reads a JSON list and counts its items', () => {
  const { steps, problems } = readTranscript('[\n {"say": "hi"},\n {"advance": "soon"}\n]');
  assert.equal(steps, [{ kind: 'say', text: 'hi', place: 'item 1' }]);
  assert.is(problems[0]?.place, 'item 2');
});

test('an empty transcript is a problem', () => {
  assert.is(readTranscript('# nothing\n').problems.length, 1);
});

test('a moment may stand beside what is said then', () => {
  const { steps, problems } = readTranscript('{"at": "wed 07:30", "say": "hi"}');
  assert.equal(problems, []);
  assert.equal(
    steps.map(({ kind }) => kind),
    ['until', 'say'],
  );
});

test.run();
