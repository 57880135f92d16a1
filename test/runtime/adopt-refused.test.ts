/**
 * Who cannot go over to another version, and why: what would be lost, what would not fit, what is damaged. Nobody is
 * harmed by any of it.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { outlook } from '../../runtime/adopt.ts';
import type { State } from '../../runtime/state.ts';
import { type Changed, gone, lived, text } from '../support/adoptions.ts';
import { program } from '../support/programs.ts';

type Refusal = Changed & { name: string; kind: 'needs-migrate' | 'refused'; why: RegExp; remedy: string };

const refusals: Refusal[] = [
  {
    name: 'a stage that is gone',
    change: [['walking', 'strolling']],
    lives: ['go'],
    kind: 'needs-migrate',
    why: /^The stage walking is not there any more\.$/,
    remedy: 'Write `stage walking becomes …`.',
  },
  {
    name: 'a stage that is gone, under a visit that is set aside',
    change: [['walking', 'strolling']],
    lives: ['go', 'rest'],
    kind: 'needs-migrate',
    why: /^The stage walking, which was set aside, is not there any more\.$/,
    remedy: 'Write `stage walking becomes …`.',
  },
  {
    name: 'a value out of range',
    change: [
      ['goal  : number 1 to 20', 'goal  : number 1 to 9'],
      ['clamp(g, 1, 20)', 'clamp(g, 1, 9)'],
      ['when goal > 10', 'when goal > 8'],
    ],
    lives: ['goal 12'],
    kind: 'needs-migrate',
    why: /^goal must be a number 1 to 9\.$/,
    remedy: 'Write a `set goal = …` that fits.',
  },
  {
    name: 'a value that the block sets out of range',
    change: [
      ['goal  : number 1 to 20', 'goal  : number 1 to 9'],
      ['clamp(g, 1, 20)', 'clamp(g, 1, 9)'],
      ['when goal > 10', 'when goal > 8'],
    ],
    migrate: 'set goal = count(walks) + goal',
    lives: ['goal 12'],
    kind: 'needs-migrate',
    why: /^After the block has set it, goal must be/,
    remedy: 'Write a `set goal = …` that fits.',
  },
  {
    name: 'numbers of another unit',
    change: [['dose  : number mg = 4', 'dose  : number kg = 4']],
    lives: ['go'],
    kind: 'needs-migrate',
    why: /^dose was counted in mg and is in kg\.$/,
    remedy: 'Write a `set dose = …` that fits.',
  },
  {
    name: 'a field that is gone, with a value in it',
    change: [
      ['    mood  : text?\n', ''],
      ['    command "mood" (text) as m { set mood = m }\n', ''],
    ],
    lives: ['mood fine'],
    kind: 'needs-migrate',
    why: /^mood has a value, and there is no such field any more\.$/,
    remedy: 'Write `field mood becomes …`, or `drop mood`.',
  },
  {
    name: 'a series that is gone, with entries',
    change: [['walks', 'strolls']],
    lives: ['go', 'walked 9'],
    kind: 'needs-migrate',
    why: /^There are 1 entries of walks/,
    remedy: 'Write `series walks becomes …`, or `drop walks`.',
  },
  {
    name: 'entries that lack what they must have now',
    change: [
      ['series { minutes: number }', 'series { minutes: number, hilly: yes/no }'],
      ['record walks { minutes: n }', 'record walks { minutes: n, hilly: no }'],
    ],
    lives: ['go', 'walked 9'],
    kind: 'refused',
    why: /^walks\.hilly is missing in some entries, and may not be\.$/,
    remedy: 'Give the new series, or its field, another name.',
  },
  {
    name: 'a track that runs and is gone',
    change: [['track diary', 'track journal']],
    lives: ['ouch'],
    kind: 'needs-migrate',
    why: /^The track diary runs/,
    remedy: 'Write `track diary becomes …`, or `drop diary`.',
  },
  {
    name: 'an item whose value does not fit',
    change: [['size : number 1 to 9 = 3', 'size : number 5 to 9 = 5']],
    lives: ['task Shoes'],
    kind: 'refused',
    why: /^tasks: size must be a number 5 to 9\.$/,
    remedy: 'Give the new field of the list another name than `size`.',
  },
  {
    name: 'an interruption that nothing leads back from',
    change: [
      ['    command "rest" { interrupt with resting }\n', ''],
      ['  stage intro "Hello" {', '  stage intro "Hello" {\n    command "rest" { interrupt with resting }'],
    ],
    lives: ['go', 'rest'],
    kind: 'refused',
    why: /nothing leads back from resting to walking/,
    remedy: '',
  },
  {
    name: 'a new parameter that has to be given with every enrollment',
    change: [['  data {\n    goal', '  parameters { height : number cm  per person }\n  data {\n    goal']],
    lives: ['go'],
    kind: 'refused',
    why: /^height is missing\.$/,
    remedy: 'Give `height` a first value, or write `?` after its type.',
  },
  {
    name: 'a parameter that cannot have its value any more, which no block can set',
    change: [
      ['  data {\n    goal', '  parameters { far : number 1 to 3 = 1 per person }\n  data {\n    goal'],
      ['(number) as far', '(number) as miles'],
      ['    far   : number?\n', ''],
    ],
    before: [
      ['  data {\n    goal', '  parameters { far : number 1 to 9 = 5 per person }\n  data {\n    goal'],
      ['(number) as far', '(number) as miles'],
      ['    far   : number?\n', ''],
    ],
    lives: ['go'],
    kind: 'refused',
    why: /^far must be a number 1 to 3\.$/,
    remedy: 'Give the new parameter another name than `far`.',
  },
  {
    name: 'a new field that every item has to be given, where there are items',
    change: [
      ['size : number 1 to 9 = 3', 'size : number 1 to 9 = 3  owner : text'],
      ['add tasks { title: t }', 'add tasks { title: t, owner: t }'],
    ],
    lives: ['task shoes'],
    kind: 'refused',
    why: /^tasks: owner has to be given with every item, and those that are there have none\.$/,
    remedy: 'Give `owner` a first value, or write `?` after its type.',
  },
  {
    name: 'who has finished',
    change: [],
    lives: ['stop'],
    kind: 'refused',
    why: /^The person has finished\.$/,
    remedy: '',
  },
];

const test = suite('adopt refused');

for (const one of refusals) {
  test(`refused: ${one.name}`, () => {
    const { adopted } = gone(one);
    if (adopted.ok) return assert.unreachable('it was to be refused');
    assert.match(adopted.misfit.why, one.why);
    assert.equal([adopted.misfit.kind, adopted.misfit.remedy], [one.kind, one.remedy]);
  });
}

test('a name that is gone harms nobody who has nothing of it', () => {
  const { adopted } = gone({
    change: [
      ['walks', 'strolls'],
      ['track diary', 'track journal'],
    ],
    lives: ['go'],
  });
  assert.ok(adopted.ok);
});

test('another program is no version of this one', () => {
  const { before, state, now } = lived({ change: [], lives: [] });
  const other = program(text.replace('program walk', 'program run'));
  const found = outlook({ before, after: other }, { from: 1, to: 2 }, state, now);
  assert.equal(found.ok ? '' : found.misfit.why, 'run is another program.');
});

/** What may lie in a database after something has gone wrong: each is refused, and nothing is thrown. */
const damage: [name: string, wreck: (state: State) => unknown][] = [
  ['nothing', () => null],
  ['a text', () => 'state'],
  ['an empty one', () => ({})],
  ['facts of nothing', (state) => ({ ...state, facts: null })],
  [
    'a stage that never was',
    (state) => ({ ...state, facts: { ...state.facts, visit: { ...state.facts.visit, stage: 'moon' } } }),
  ],
  [
    'a visit without its time',
    (state) => ({ ...state, facts: { ...state.facts, visit: { ...state.facts.visit, since: null } } }),
  ],
  ['a zone that is none', (state) => ({ ...state, facts: { ...state.facts, zone: 'Mars/Olympus' } })],
  [
    'a value of another type',
    (state) => ({ ...state, facts: { ...state.facts, data: { ...state.facts.data, goal: 'much' } } }),
  ],
  [
    'a field nobody declared',
    (state) => ({ ...state, facts: { ...state.facts, data: { ...state.facts.data, luck: 1 } } }),
  ],
  ['a name every object has', (state) => ({ ...state, facts: { ...state.facts, series: { constructor: [] } } })],
  ['an item without a place', (state) => ({ ...state, facts: { ...state.facts, lists: { tasks: [{ id: 'x' }] } } })],
  [
    'a question that never was',
    (state) => ({
      ...state,
      facts: { ...state.facts, waiting: [{ question: 'a/ask-9', visit: 1, thread: { kind: 'main' } }] },
    }),
  ],
];

for (const [name, wreck] of damage) {
  test(`a damaged snapshot is refused: ${name}`, () => {
    const { before, after, state, now } = lived({ change: [], lives: ['go'] });
    const found = outlook({ before, after }, { from: 1, to: 2 }, JSON.parse(JSON.stringify(wreck(state))), now);
    assert.match(found.ok ? 'it was taken' : found.misfit.why, /^The stored state is damaged: /);
  });
}

test.run();
