/** The agent's tools: only what the program allows, as strict schemas; and how commands are spelled. */
import { Ajv } from 'ajv';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commandWord } from '../../compiler/normalize-command.ts';
import { agentTools } from '../../compiler/tools.ts';
import { irOf } from './support.ts';

const ir = irOf(`program p {
  data {
    week  : number 1 to 9 = 1
    why   : text?                        agent may set
    kilos : number kg 30 to 200?         agent may set
    felt  : (easy | hard)?               agent may set
    born  : date?                        agent may set
    wakes : time?                        agent may set
    sure  : yes/no = no                  agent may set
    runs  : series { minutes: number min, felt: (easy | hard)? }  agent may record
    falls : series number
  }
  let keen = judged "wants it" at 0.8
  stage a { skill s  advance to b when keen and judged "has shoes" at 0.5  leave as lost after 3 days }
  stage b { skill s  leave as lost after 3 days }
}`);

const ajv = new Ajv({ strict: true, allowUnionTypes: true, formats: { date: true, 'date-time': true } });
const accepts = (stage: string, name: string, input: unknown): boolean => {
  const tool = agentTools(ir, stage).find((one) => one.name === name);
  assert.ok(tool, name);
  return ajv.compile(tool.input_schema)(input);
};

test('each stage offers what it allows, in a fixed order', () => {
  assert.equal(
    agentTools(ir, 'a').map((tool) => tool.name),
    ['say', 'why_not', 'what_next', 'set_data', 'record_runs', 'judge'],
  );
  assert.equal(
    agentTools(ir, 'b').map((tool) => tool.name),
    ['say', 'why_not', 'what_next', 'set_data', 'record_runs'],
  );
  assert.equal(agentTools(ir, 'a'), agentTools(ir, 'a'));
});

test('schemas are strict: all required, nothing else, what may be left out is nullable', () => {
  for (const { name, input_schema } of agentTools(ir, 'a')) {
    assert.is(input_schema.additionalProperties, false, name);
    assert.equal(input_schema.required, Object.keys(input_schema.properties), name);
  }
});

const nothing = { why: null, kilos: null, felt: null, born: null, wakes: null, sure: null };
const judgement = { criterion: 'a/criterion-1', holds: true, confidence: 0.9, quotes: ['I want it'] };
const inputs: [tool: string, input: unknown, accepted: boolean][] = [
  ['say', { text: 'Hello.' }, true],
  ['say', { text: '' }, false],
  ['say', { text: 'Hello.', to: 'all' }, false],
  ['set_data', nothing, true],
  ['set_data', { ...nothing, why: 'To be fit', kilos: 80, felt: 'easy', wakes: '06:30', sure: true }, true],
  ['set_data', { ...nothing, kilos: 300 }, false],
  ['set_data', { ...nothing, felt: 'terrible' }, false],
  ['set_data', { ...nothing, wakes: '25:00' }, false],
  ['set_data', { ...nothing, week: 9 }, false],
  ['set_data', { why: 'To be fit' }, false],
  ['record_runs', { minutes: 20, felt: null, occurred_at: null }, true],
  ['record_runs', { minutes: null, felt: null, occurred_at: null }, false],
  ['judge', { ...judgement, criterion: 'program/criterion-1' }, true],
  ['judge', { ...judgement, criterion: 'b/criterion-1' }, false],
  ['judge', { ...judgement, confidence: 1.2 }, false],
  ['judge', { ...judgement, quotes: [] }, false],
];

for (const [tool, input, accepted] of inputs) {
  test(`${tool} ${accepted ? 'takes' : 'refuses'} ${JSON.stringify(input)}`, () => {
    assert.is(accepts('a', tool, input), accepted);
  });
}

const wide = irOf(`program p {
  roles nurse
  data {
    met  : moment?     agent may set
    rest : duration?   agent may set
    dose : number = 1  nurse may set
    on_diary : yes/no = no
    fbg  : series number   nurse may record
  }
  track diary when on_diary {
    anytime { leave as done when judged "is fed up" at 0.9 }
    stage day { advance to night when judged "is tired" at 0.7 }
    stage night final { }
  }
  stage day { skill s  leave as lost after 3 days }
}`);

test('a stage of a track has the judgements of the track, and nothing of the stage that is called the same', () => {
  const criteria = (flow?: (typeof wide.tracks)[string]) =>
    agentTools(wide, 'day', flow).find(({ name }) => name === 'judge')?.input_schema.properties.criterion?.enum;
  assert.equal(criteria(wide.tracks.diary), ['diary.anytime/criterion-1', 'diary.day/criterion-1']);
  assert.is(criteria(), undefined);
});

test('what only roles may write is no tool of the agent', () => {
  const tools = agentTools(wide, 'day');
  assert.equal(
    tools.map(({ name, input_schema }) => [name, Object.keys(input_schema.properties)]),
    [
      ['say', ['text']],
      ['why_not', []],
      ['what_next', []],
      ['set_data', ['met', 'rest']],
    ],
  );
});

const lengths: [value: unknown, accepted: boolean][] = [
  [{ met: '2026-01-05T09:00:00Z', rest: '3 days' }, true],
  [{ met: null, rest: '1 week' }, true],
  [{ met: null, rest: '4 business days' }, true],
  [{ met: null, rest: 'soon' }, false],
  [{ met: 5, rest: null }, false],
];
for (const [value, accepted] of lengths) {
  test(`a moment and a length: ${JSON.stringify(value)}`, () => {
    const tool = agentTools(wide, 'day').find(({ name }) => name === 'set_data');
    assert.ok(tool);
    assert.is(ajv.compile(tool.input_schema)(value), accepted);
  });
}

const spellings: [text: string, word: string][] = [
  ['workout', 'workout'],
  ['  “Workout”! ', 'workout'],
  ['Next   week', 'next_week'],
  ['too hard…', 'too_hard'],
  ['I’m back', "i'm_back"],
  ["I'm back", "i'm_back"],
  ['ＳＴＯＰ', 'stop'],
  ['¿Qué?', 'qué'],
  ['!?', ''],
  ['', ''],
  ['x'.repeat(300), ''],
];

for (const [text, word] of spellings) {
  test(`the command ${JSON.stringify(text.slice(0, 20))} is ${JSON.stringify(word)}`, () =>
    assert.is(commandWord(text), word));
}

test.run();
