/** The machine: accepted by stock XState, plain JSON, and in the right order of precedence. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createMachine, initialTransition, setup, transition } from 'xstate';
import { emit, emitAll, emitFlow } from '../../compiler/emit.ts';
import { exitState, type MachineConfig, type MachineTransition } from '../../compiler/machine.ts';
import { irOf } from './support.ts';

const sample = readFileSync(new URL('../language/cases/couch_to_5k.regimen', import.meta.url), 'utf8');

const small = `program p {
  data { sick : yes/no = no  runs : series number }
  anytime {
    command "stop" { leave as off }
    when sick { interrupt with rest }
    on runs { say "Noted." }
    leave as lost after 90 days of silence
  }
  stage a {
    skill s
    command "Next week!", "go" { advance to b }
    on runs where value > 3 { restart stage }
    return to a when no runs for 3 days
    leave as bored after 9 days
  }
  stage b {
    skill s
    command "go" { interrupt with rest }
    advance to over after 3 days
  }
  stage rest { skill s  resume when not sick  command "back" { resume }  leave as lost after 30 days }
  stage over final success { }
}`;

test('stock createMachine accepts the machine of the sample', () => {
  const config = emit(irOf(sample));
  const machine = createMachine(config as Parameters<typeof createMachine>[0]);
  assert.equal(Object.keys(machine.states).sort(), [...Object.keys(config.states)].sort());
  assert.equal(JSON.parse(JSON.stringify(config)), config);
});

const ruleOf = ({ guard }: MachineTransition): string | undefined =>
  guard !== undefined && 'rule' in guard.params ? guard.params.rule : undefined;

/** The rules tried for an event, in order: `rule → target`. */
const tried = (config: MachineConfig, state: string, event: string) =>
  (event === '' ? config.states[state]?.always : config.states[state]?.on?.[event])?.map(
    (one) => `${ruleOf(one)} → ${one.target ?? 'stays'}`,
  );

const orders: [state: string, event: string, rules: string[] | undefined][] = [
  ['a', 'command.stop', ['anytime/command-1 → left_as_off']],
  ['a', 'command.next_week', ['a/command-1 → b']],
  ['a', 'command.go', ['a/command-1 → b']],
  ['a', 'recorded.runs', ['anytime/on-1 → stays', 'a/on-1 → a']],
  ['a', '', ['anytime/when-1 → rest', 'anytime/leave-1 → left_as_lost', 'a/return-1 → a', 'a/leave-1 → left_as_bored']],
  // Nobody is interrupted with the stage they are in.
  [
    'rest',
    '',
    ['anytime/leave-1 → left_as_lost', 'rest/resume-1 → a', 'rest/resume-1 → b', 'rest/leave-1 → left_as_lost'],
  ],
  ['rest', 'command.back', ['rest/resume-2 → a', 'rest/resume-2 → b']],
  ['over', '', undefined],
];

test('what holds anytime comes first, then the order of the text', () => {
  const config = emit(irOf(small));
  // `resume` in a command's body is counted with the commands.
  for (const [state, event, rules] of orders) {
    const expected = rules?.map((rule) => rule.replace('rest/resume-2', 'rest/command-1'));
    assert.equal(tried(config, state, event), expected, `${state} ${event}`);
  }
});

test('each kind of move has its actions', () => {
  const config = emit(irOf(small));
  const all = Object.values(config.states).flatMap((state) => [
    ...(state.always ?? []),
    ...Object.values(state.on ?? {}).flat(),
  ]);
  for (const one of all) {
    const [take, second] = one.actions;
    assert.equal(take, { type: 'take', params: { rule: ruleOf(one) } });
    assert.is(one.target === undefined, second === undefined);
    if (one.target !== undefined) assert.is(one.reenter, true);
    if (second?.type === 'leave') assert.is(one.target, exitState(second.params.as ?? ''));
    else if (second !== undefined) assert.is(one.target, second.params.stage);
  }
  const kinds = new Set(all.map((one) => one.actions[1]?.type));
  assert.equal([...kinds].map(String).sort(), ['enter', 'interrupt', 'leave', 'resume', 'undefined']);
});

test('with guards and actions, XState takes the moves', () => {
  const taken: string[] = [];
  const machine = setup({
    guards: {
      holds: () => false,
      turned: () => false,
      resumes: () => false,
      answers: (_: unknown, params: { rule: string }) =>
        params.rule === 'a/command-1' || params.rule === 'anytime/command-1',
    } as never,
    actions: { take: () => {}, enter: () => {}, leave: () => {}, interrupt: () => {}, resume: () => {} } as never,
  }).createMachine(emit(irOf(small)) as never);
  const [start] = initialTransition(machine);
  assert.is(start.value, 'a');
  const [next, actions] = transition(machine, start, { type: 'command.go' } as never);
  for (const action of actions) taken.push(`${action.type} ${JSON.stringify(action.params)}`);
  assert.is(next.value, 'b');
  assert.equal(taken, ['take {"rule":"a/command-1"}', 'enter {"stage":"b","rule":"a/command-1"}']);
  const [left] = transition(machine, next, { type: 'command.stop' } as never);
  assert.is(left.value, 'left_as_off');
  assert.is(left.status, 'done');
});

const wide = `program p {
  roles lead
  data { asleep : yes/no = no  level : number = 0  sets : series { lift: text } }
  track diary "Diary" when level > 3 {
    anytime { command "enough" { leave as tired } }
    stage morning { check daily at 09:00 { when asleep { say "Up!" } else { say "Hello." } }  advance to over when level > 5 }
    stage over final { }
  }
  track waiting { stage only { at today + 1 day at 09:00 { set level = level + 1 } } }
  list lifts by name {
    data { name : text  weight : number = 20 }
    stage lifting { on sets where lift = name { set weight = weight + 1 }  advance to heavy when weight > 100 }
    stage heavy final { }
  }
  stage a {
    skill s
    pause while asleep
    advance to b when level > 1, approved by lead, refused { set level = 0 }
    leave as lost after 90 days
  }
  stage b final { }
}`;

test('tracks run beside the program until somebody leaves or the program is over', () => {
  const ir = irOf(wide);
  const config = emit(ir);
  const guards = {
    begins: () => true,
    holds: () => false,
    turned: () => false,
    answers: () => true,
    resumes: () => false,
  };
  const actions = { take: () => {}, enter: () => {}, leave: () => {}, interrupt: () => {}, resume: () => {} };
  const machine = setup({ guards: guards as never, actions: actions as never }).createMachine(config as never);
  const [start] = initialTransition(machine);
  assert.equal(start.value, { running: { program: 'a', diary: 'morning', waiting: 'only' } });
  const send = (state: typeof start, type: string) => transition(machine, state, { type } as never)[0];
  assert.is(send(start, 'command.enough').value, 'left_as_tired');
  const over = send(start, 'decided.a/advance-1.yes');
  assert.is(over.value, 'finished');
  assert.is(over.status, 'done');
  const heard = send(start, 'decided.a/advance-1.no');
  assert.equal(heard.value, start.value);
  assert.equal(JSON.parse(JSON.stringify(config)), config);
});

test('a track without a condition begins at once, another waits', () => {
  const regions = emit(irOf(wide)).states.running?.states;
  assert.is(regions?.waiting?.initial, 'only');
  assert.is(regions?.diary?.initial, 'waiting');
  assert.equal(regions?.diary?.states?.waiting?.always?.[0]?.guard, { type: 'begins', params: { track: 'diary' } });
});

test('each list has a machine of its own, and each flow can be one', () => {
  const ir = irOf(wide);
  const { program, lists } = emitAll(ir);
  assert.equal(program, emit(ir));
  assert.equal(Object.keys(lists), ['lifts']);
  for (const config of [...Object.values(lists), ...[ir, ...Object.values(ir.tracks)].map(emitFlow)]) {
    createMachine(config as Parameters<typeof createMachine>[0]);
  }
  assert.equal(tried(emitFlow(ir), 'a', 'decided.a/advance-1.yes'), ['a/advance-1.approved → b']);
  assert.equal(Object.keys(lists.lifts?.states ?? {}), ['lifting', 'heavy']);
});

test('the ways through one check answer one event', () => {
  const { diary, waiting } = irOf(wide).tracks;
  assert.ok(diary && waiting);
  assert.equal(tried(emitFlow(diary), 'morning', 'check.diary.morning/check-1'), [
    'diary.morning/check-1 → stays',
    'diary.morning/check-1.else → stays',
  ]);
  assert.equal(tried(emitFlow(waiting), 'only', 'reached.waiting.only/at-1'), ['waiting.only/at-1 → stays']);
});

test('a pause is an interruption that ends by itself', () => {
  const config = emitFlow(irOf(wide));
  assert.equal(tried(config, 'a', '')?.slice(0, 1), ['a/pause-1 → paused']);
  assert.equal(tried(config, 'paused', '')?.slice(0, 1), ['paused/resume-1 → a']);
});

test.run();
