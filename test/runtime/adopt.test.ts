/**
 * Going over to another version, thing by thing: each case changes a small program, lets somebody live in the old
 * one, and says what they find in the new one.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { adopt, outlook } from '../../runtime/adopt.ts';
import { checkState } from '../../runtime/check-state.ts';
import type { State } from '../../runtime/state.ts';
import { type StepResult, step, timeInput } from '../../runtime/step.ts';
import type { TimelineRow } from '../../runtime/timeline.ts';
import { type Changed, day, gone, hour, kinds, lived, text } from '../support/adoptions.ts';
import { life } from '../support/life.ts';
import { program } from '../support/programs.ts';

type Case = Changed & {
  name: string;
  finds: (found: {
    state: State;
    rows: TimelineRow[];
    effects: StepResult['effects'];
    nextDueAt: number | null;
    now: number;
  }) => void;
};
const cases: Case[] = [
  {
    name: 'a stage has another name: the visit goes on, and what was due in it comes when it would have come',
    change: [['walking', 'strolling']],
    migrate: 'stage walking becomes strolling',
    lives: ['go', 2 * day],
    finds({ state, rows, nextDueAt }) {
      assert.equal([state.stage, state.facts.visit.number], ['strolling', 2]);
      assert.equal(kinds(rows), ['input', 'adopted']);
      assert.is(nextDueAt, Date.parse('2026-01-08T08:00:00Z'));
    },
  },
  {
    name: 'rules before others shift their numbers, and nobody hears twice for it',
    change: [
      [
        '    check daily at 08:00 { tell',
        '    check daily at 06:00 { tell nurse "Early." }\n    check daily at 08:00 { tell',
      ],
    ],
    lives: ['go', day + 30 * 60_000],
    finds({ state, rows }) {
      assert.equal(kinds(rows), ['input', 'adopted']);
      assert.is(state.facts.visit.done['walking/check-2'], Date.parse('2026-01-06T08:00:00Z'));
    },
  },
  {
    name: 'a check of an hour that is behind waits for the next day',
    change: [['check daily at 08:00', 'check daily at 09:00']],
    lives: ['go', day],
    finds({ rows, nextDueAt }) {
      assert.equal(kinds(rows), ['input', 'adopted']);
      assert.is(nextDueAt, Date.parse('2026-01-07T09:00:00Z'));
    },
  },
  {
    name: 'a `when` that holds already has been seen',
    change: [['when goal > 10 {', 'when goal > 2 {']],
    lives: ['go'],
    finds({ state, rows }) {
      assert.equal(kinds(rows), ['input', 'adopted']);
      assert.is(state.facts.holding['walking/when-1'], true);
    },
  },
  {
    name: 'a condition of `advance` that holds is taken at once',
    change: [['count(walks this visit) >= 9', 'count(walks this visit) >= 2']],
    lives: ['go', 'walked 30', 'walked 40'],
    finds({ state, rows, effects }) {
      assert.is(state.facts.finished?.as, 'done');
      assert.equal(kinds(rows), ['input', 'adopted', 'entered', 'message', 'finished']);
      assert.equal(
        effects.map(({ type }) => type),
        ['deliver'],
      );
    },
  },
  {
    name: 'an escalation that is over by the new rule is told at once',
    change: [['after 30 days\n', 'after 2 days\n']],
    lives: ['go', 3 * day],
    finds({ rows }) {
      assert.equal(kinds(rows), ['input', 'adopted', 'escalated']);
    },
  },
  {
    name: 'fields and series under other names, values set, the rest let go',
    change: [
      ['goal  : number 1 to 20 = 5', 'goal  : number 1 to 9 = 5'],
      ['clamp(g, 1, 20)', 'clamp(g, 1, 9)'],
      ['mood  : text?', 'feeling : text?\n    shoes : text?'],
      ['set mood', 'set feeling'],
      ['walks', 'strolls'],
      ['    slept : yes/no?\n', ''],
      ['    command "night" { ask "Did you sleep?" (yes | no) as slept }\n', ''],
    ],
    migrate:
      'field mood becomes feeling  series walks becomes strolls  drop slept  set goal = min(goal, 9)  set shoes = "worn"',
    lives: ['go', 'mood fine', 'goal 12', 'walked 30'],
    finds({ state, rows, now }) {
      const { data, changedAt, series } = state.facts;
      assert.equal(data, { goal: 9, dose: 4, feeling: 'fine', shoes: 'worn', far: null, hurt: false });
      assert.equal([series.strolls?.length, series.walks], [1, undefined]);
      assert.is(changedAt.goal, now);
      assert.equal(kinds(rows), ['input', 'adopted', 'set', 'set']);
    },
  },
  {
    name: 'an open question goes on under its new words, and its answer counts',
    change: [['ask "Did you sleep?" (yes | no)', 'ask "Did you sleep well?" (yes | no)']],
    lives: ['go', 'night'],
    finds({ state, rows }) {
      assert.equal(kinds(rows), ['input', 'adopted']);
      assert.is(state.facts.question?.question, 'walking/command-1.ask-1');
    },
  },
  {
    name: 'an open question that is not asked any more is withdrawn',
    change: [['    command "night" { ask "Did you sleep?" (yes | no) as slept }\n', '']],
    lives: ['go', 'night'],
    finds({ state, rows }) {
      assert.equal(kinds(rows), ['input', 'adopted', 'withdrawn']);
      assert.is(state.facts.question, null);
    },
  },
  {
    name: 'a new question of the stage is asked',
    change: [['stage walking "Walking" {', 'stage walking "Walking" {\n    ask "Any shoes?" (yes | no) as slept']],
    lives: ['go'],
    finds({ state, rows }) {
      assert.equal(kinds(rows), ['input', 'adopted', 'asked', 'message']);
      assert.is(state.facts.question?.question, 'walking/ask-1');
    },
  },
  {
    name: 'a question put to another role is withdrawn',
    change: [
      ['roles nurse', 'roles nurse, coach'],
      ['ask nurse "How far?"', 'ask coach "How far?"'],
    ],
    lives: ['go', 'ask nurse'],
    finds({ state, rows }) {
      assert.equal(kinds(rows), ['input', 'adopted', 'withdrawn']);
      assert.equal(state.facts.roleQuestions, []);
    },
  },
  {
    name: 'what is proposed stays proposed while the new version proposes it to the same',
    change: [['"alarm"', '"help"']],
    lives: ['go', 'more'],
    finds({ state }) {
      assert.is(state.facts.proposals.length, 1);
    },
  },
  {
    name: 'a proposal that does not fit any more lapses',
    change: [
      ['goal  : number 1 to 20', 'goal  : number 1 to 8'],
      ['clamp(g, 1, 20)', 'clamp(g, 1, 8)'],
      ['propose goal = 9', 'propose goal = 8'],
      ['when goal > 10 {', 'when goal > 7 {'],
    ],
    lives: ['go', 'more'],
    finds({ state, rows }) {
      assert.equal(kinds(rows), ['input', 'adopted', 'lapsed']);
      assert.equal(state.facts.proposals, []);
    },
  },
  {
    name: 'a proposal in another unit lapses: who approves it has read the old one',
    before: [['propose goal = 9', 'propose dose = 9']],
    change: [
      ['propose goal = 9', 'propose dose = 9'],
      ['dose  : number mg = 4', 'dose  : number ug = 4000'],
    ],
    migrate: 'set dose = dose * 1000',
    lives: ['go', 'more'],
    finds({ state, rows }) {
      assert.equal(kinds(rows), ['input', 'adopted', 'set', 'lapsed']);
      assert.ok(rows.some((row) => row.kind === 'lapsed' && row.why === 'Version 2 counts it in another unit.'));
      assert.equal(state.facts.proposals, []);
    },
  },
  {
    name: 'an open question that counts in another unit is withdrawn and asked anew',
    before: [['stage walking "Walking" {', 'stage walking "Walking" {\n    ask "How many mg?" (number mg) as pills']],
    change: [['stage walking "Walking" {', 'stage walking "Walking" {\n    ask "How many ug?" (number ug) as pills']],
    lives: ['go'],
    finds({ state, rows }) {
      assert.equal(kinds(rows), ['input', 'adopted', 'withdrawn', 'asked', 'message']);
      assert.ok(rows.some((row) => row.kind === 'message' && row.text === 'How many ug?'));
      assert.is(state.facts.question?.question, 'walking/ask-1');
      assert.equal(state.facts.waiting, []);
    },
  },
  {
    name: 'a question to a role that counts in another unit is put to it anew',
    before: [
      ['(number) as far', '(number km) as far'],
      ['far   : number?', 'far   : number km?'],
    ],
    change: [
      ['(number) as far', '(number m) as far'],
      ['far   : number?', 'far   : number m?'],
    ],
    lives: ['go', 'ask nurse'],
    finds({ state, rows }) {
      assert.equal(kinds(rows), ['input', 'adopted', 'withdrawn', 'asked', 'told']);
      assert.is(state.facts.roleQuestions.length, 1);
    },
  },
  {
    name: 'an escalation that climbs goes on by the new rungs',
    change: [['nurse for 2h then operator', 'nurse for 9h then operator']],
    lives: ['go', 'alarm', 3 * hour - 2 * hour],
    finds({ state, nextDueAt, now }) {
      assert.is(state.facts.climbs.length, 1);
      assert.is(nextDueAt, now + 8 * hour);
    },
  },
  {
    name: 'a visit that is set aside is there to come back to, under its new name',
    change: [['walking', 'strolling']],
    migrate: 'stage walking becomes strolling',
    lives: ['go', 'rest'],
    finds({ state }) {
      assert.equal([state.stage, state.facts.interrupted[0]?.stage], ['resting', 'strolling']);
    },
  },
  {
    name: 'tracks and lists under other names keep their places and items',
    change: [
      ['track diary', 'track journal'],
      ['list tasks', 'list chores'],
      ['add tasks', 'add chores'],
    ],
    migrate: 'track diary becomes journal  list tasks becomes chores',
    lives: ['ouch', 'task Shoes', day],
    finds({ state, rows }) {
      assert.equal(kinds(rows), ['input', 'adopted']);
      assert.is(state.facts.tracks.journal?.visit.stage, 'notes');
      assert.equal(
        state.facts.lists.chores?.map(({ id }) => id),
        ['Shoes'],
      );
      assert.is(
        state.facts.lists.chores?.[0]?.thread.visit.done['chores.open/check-1'],
        Date.parse('2026-01-06T09:30:00Z'),
      );
    },
  },
  {
    name: 'a new track begins for who fulfils its condition',
    change: [
      [
        '  list tasks',
        '  track care "Care" when hurt { stage look "Look" { command "fine" { set hurt = no } } }\n  list tasks',
      ],
    ],
    lives: ['ouch'],
    finds({ state, rows }) {
      assert.equal(kinds(rows), ['input', 'adopted', 'begun', 'entered']);
      assert.is(state.facts.tracks.care?.visit.stage, 'look');
    },
  },
  {
    name: 'led to a final stage, somebody finishes there and hears its words',
    change: [
      ['  stage resting "Resting" {', '  stage over final "Over" { say "That was it." }\n  stage resting "Resting" {'],
      ['command "go" { advance to walking }', 'command "go" { advance to over }'],
      ['"walked" (number) as n { record', '"walked" (number) as n { advance to over record'],
    ],
    migrate: 'stage walking becomes over',
    lives: ['go'],
    finds({ state, rows }) {
      assert.equal([state.stage, state.facts.finished?.as], ['over', 'over']);
      assert.equal(kinds(rows), ['input', 'adopted', 'entered', 'message', 'finished']);
    },
  },
];

const test = suite('adopt');

for (const one of cases) {
  test(one.name, () => {
    const { after, now, adopted } = gone(one);
    assert.ok(adopted.ok, adopted.ok ? '' : adopted.misfit.why);
    const { state, rows, effects, nextDueAt } = adopted.result;
    assert.equal(checkState(after.ir, JSON.parse(JSON.stringify(state))), []);
    one.finds({ state, rows, effects, nextDueAt, now });
  });
}

test('a run in hand is begun again with the new version, and answers as it would have', () => {
  const talking = text.replace('stage intro "Hello" {', 'stage intro "Hello" {\n    skill coach');
  const [before, after] = [program(talking), program(talking.replace('Hello', 'Welcome'))];
  const now = Date.parse('2026-01-05T09:00:00Z');
  const enrolled = step(before, null, { type: 'enroll', id: 'enroll', zone: 'UTC', by: 'person' }, now, 'e1');
  const spoken = step(before, enrolled.state, { type: 'message', id: 'm1', text: 'Hi', channel: 'web' }, now, 'e1');
  const old = spoken.state.facts.run;
  assert.is(old?.answering, true);
  assert.equal(outlook({ before, after }, { from: 1, to: 2 }, spoken.state, now), {
    ok: true,
    isSaid: false,
    isAtRest: false,
  });
  const over = adopt({ before, after }, spoken.state, { type: 'adopt', id: 'over', from: 1, to: 2, by: 'ann' }, now);
  assert.ok(over.ok);
  const { rows, state, effects } = over.result;
  assert.equal(kinds(rows), ['input', 'adopted', 'run-void', 'run-started']);
  assert.equal(
    [state.facts.run?.answering, state.facts.run?.reason, state.facts.run?.id === old?.id],
    [true, 'reply', false],
  );
  assert.equal(
    effects.map(({ type }) => type),
    ['run'],
  );
});

test('while it is paused for somebody they are not at rest, and keep the pause where they are taken over all the same', () => {
  const { before, after, state, now } = lived({ change: [['"Walk?"', '"Please walk."']], lives: ['go'] });
  const paused = step(before, state, { type: 'pause', id: 'p', reason: 'Ill', by: 'person:ann' }, now, 'e1').state;
  assert.equal(outlook({ before, after }, { from: 1, to: 2 }, paused, now + 3 * day), {
    ok: true,
    isSaid: false,
    isAtRest: false,
  });
  const over = adopt(
    { before, after },
    paused,
    { type: 'adopt', id: 'over', from: 1, to: 2, by: 'ann' },
    now + 3 * day,
  );
  assert.ok(over.ok);
  assert.equal(kinds(over.result.rows), ['input', 'adopted']);
  assert.is(over.result.state.facts.paused?.reason, 'Ill');
});

test('two stages become one: what was done in either is not done again', () => {
  const both = text.replace(
    '  stage intro "Hello" {',
    '  stage intro "Hello" {\n    check daily at 08:00 { tell nurse "Walk?" }',
  );
  const one = text
    .replace(/ {2}stage intro "Hello" \{[^}]*\}[^}]*\}\n/, '')
    .replace('  data {', '  migrate from 1 { stage intro becomes walking }\n  data {');
  const [before, after] = [program(both), program(one)];
  for (const words of [[], ['go']]) {
    const person = life(both);
    for (const word of words) person.says(word);
    person.passes(day);
    const over = adopt(
      { before, after },
      person.state(),
      { type: 'adopt', id: 'o', from: 1, to: 2, by: 'a' },
      person.now(),
    );
    assert.ok(over.ok);
    const { state, rows, nextDueAt } = over.result;
    assert.equal(kinds(rows), ['input', 'adopted']);
    assert.equal([state.stage, nextDueAt], ['walking', Date.parse('2026-01-07T08:00:00Z')]);
    assert.is(state.facts.visit.done['walking/check-1'], Date.parse('2026-01-06T08:00:00Z'));
  }
});

test('nothing is lost when time has not been looked at: what is due is done first, by whoever asks', () => {
  const { before, after, state } = lived({ change: [['"Walk?"', '"Please walk."']], lives: ['go'] });
  const later = state.at + day;
  const passed = step(before, state, timeInput(state), later, 'e1');
  const over = adopt({ before, after }, passed.state, { type: 'adopt', id: 'over', from: 1, to: 2, by: 'ann' }, later);
  assert.ok(over.ok);
  assert.equal(kinds(passed.rows), ['input', 'ruled', 'told']);
  assert.equal(kinds(over.result.rows), ['input', 'adopted']);
});

test.run();
