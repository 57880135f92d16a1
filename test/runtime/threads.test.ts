/**
 * Tracks, items, roles, proposals and ladders, looked at step by step: what is refused and why, what
 * is bounded, whose agent speaks, and that a state is always the fold of its inputs.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describe } from '../../runtime/describe.ts';
import { letsInScope, why } from '../../runtime/explain.ts';
import type { Input } from '../../runtime/inputs.ts';
import { itemsMax } from '../../runtime/items.ts';
import { runContext, skillOf } from '../../runtime/run-context.ts';
import { step } from '../../runtime/step.ts';
import type { TimelineRow } from '../../runtime/timeline.ts';
import { life } from '../support/life.ts';

const hour = 60 * 60_000;
const day = 24 * hour;

const text = `program ward "Ward" {
  timezone theirs else "UTC"
  roles nurse, doctor
  services lab
  ladder urgent { nurse for 1h then doctor }
  parameters { target : number = 100  step_ : number = 2 per person }
  data {
    dose  : number units 0 to 20 = 10   doctor may set
    extra : number units = 50
    ill   : yes/no = no                 agent, nurse may set
    notes : text?                       agent may set
    fbg   : series number               lab may record
    visits_ : series { what: text }
    talks : series { topic: text }      shared
  }
  track illness "Illness" when ill {
    let count_ = count(fbg this visit)
    stage sick "Sick" {
      skill nursing
      review daily at 18:00
      advance to well when judged "feels better" at 0.8, at most 2 times else no
      advance to well after 20 days
    }
    stage well final "Well" { say "Well." }
  }
  list beds by name "Beds" {
    data { name : text  clean : yes/no = no  nurse may set  stays : number = 0 }
    stage used "{name}" { skill cleaning  when clean { set stays = stays + 1 }  advance to gone when stays >= 3 }
    stage gone final "Gone" { say "{name} is gone." }
  }
  stage home "Home" {
    skill talking
    review daily at 18:00
    command "dose" { propose dose = 30 - dose approved by doctor within 2 days, refused { say "No." } }
    command "much" { propose dose = dose + extra approved by doctor }
    command "call" { escalate to urgent "Come." }
    command "bed" (text) as which { add beds { name: which } }
    command "pills" { ask nurse "How many?" (number) as fbg }
    leave as lost after 300 days
  }
}`;

const refusals = (rows: TimelineRow[]) => rows.flatMap((row) => (row.kind === 'refused' ? [row.why] : []));
const kinds = (rows: TimelineRow[]) => rows.map((row) => row.kind);

function ward() {
  const one = life(text);
  type Deed = Input extends infer Each ? (Each extends Input ? Omit<Each, 'id'> : never) : never;
  return { ...one, does: (deed: Deed) => one.take({ ...deed, id: one.id() } as Input) };
}

const refused: [string, Parameters<ReturnType<typeof ward>['does']>[0], RegExp][] = [
  [
    'a field nobody may set',
    { type: 'set', field: 'notes', value: 'x', role: 'nurse' },
    /nurse may not set notes; operator may/,
  ],
  [
    'a field of another role',
    { type: 'set', field: 'dose', value: 5, role: 'nurse' },
    /nurse may not set dose; doctor, operator may/,
  ],
  [
    'a value out of range',
    { type: 'set', field: 'dose', value: 50, role: 'doctor' },
    /dose must be between 0 and 20, not 50/,
  ],
  ['a parameter', { type: 'set', field: 'target', value: 5, role: 'doctor' }, /parameter: only an operator/],
  [
    'a field that is not there',
    { type: 'set', field: '__proto__', value: 5, role: 'doctor' },
    /no field called __proto__/,
  ],
  [
    'an item that is not there',
    { type: 'set', field: 'clean', value: true, item: { list: 'beds', item: '9' }, role: 'nurse' },
    /There is no bed 9/,
  ],
  [
    'a list that is not there',
    { type: 'add', list: 'constructor', fields: {}, role: 'nurse' },
    /no list called constructor/,
  ],
  [
    'a field no item has',
    { type: 'add', list: 'beds', fields: { colour: 'red' }, role: 'nurse' },
    /has no field colour; it has name, clean, stays/,
  ],
  ['an item without its key', { type: 'add', list: 'beds', fields: {}, role: 'nurse' }, /name cannot be missing/],
  ['a role nobody declared', { type: 'add', list: 'beds', fields: { name: 'a' }, role: 'cook' }, /no role cook here/],
  [
    'a series of another service',
    { type: 'record', series: 'fbg', fields: { value: 1 }, by: 'role', role: 'nurse' },
    /nurse may not record fbg; lab, operator may/,
  ],
  [
    'a series the cohort does not share',
    { type: 'record', series: 'fbg', fields: { value: 1 }, by: 'cohort' },
    /not shared/,
  ],
  [
    'a correction of nothing',
    { type: 'correct', series: 'fbg', entry: 'none', by: 'operator' },
    /There is no such fbg/,
  ],
  [
    'a decision nobody waits for',
    { type: 'decide', proposal: 'none', approve: true, role: 'doctor' },
    /not waiting for a decision/,
  ],
  ['an escalation that is not there', { type: 'acknowledge', climb: 'none', role: 'nurse' }, /not open any more/],
  [
    'an answer to no question',
    { type: 'answer', question: 'none', value: '5', channel: 'web', role: 'nurse' },
    /no longer open/,
  ],
];
for (const [what, deed, reason] of refused) {
  test(`refused, and nothing changes: ${what}`, () => {
    const one = ward();
    const before = JSON.stringify(one.state().facts);
    const rows = one.does(deed);
    assert.equal(kinds(rows), ['input', 'refused']);
    assert.match(refusals(rows)[0] ?? '', reason);
    assert.is(JSON.stringify(one.state().facts), before);
  });
}

test('an operator may what any role may, and parameters', () => {
  const one = ward();
  one.does({ type: 'set', field: 'target', value: 90, role: 'operator' });
  one.does({ type: 'set', field: 'dose', value: 12, role: 'operator' });
  one.does({ type: 'record', series: 'fbg', fields: { value: 7 }, by: 'operator', role: 'operator' });
  const { data, series } = one.state().facts;
  assert.equal([data.target, data.dose, series.fbg?.length], [90, 12, 1]);
});

test('parameters are given at enrollment', () => {
  assert.is(life(text, undefined, { data: { step_: 4 } }).state().facts.data.step_, 4);
});

test('a list has room for so many items and no more; the same key is the same item', () => {
  const one = ward();
  for (let bed = 0; bed < itemsMax; bed += 1)
    one.does({ type: 'add', list: 'beds', fields: { name: `b${bed}` }, role: 'nurse' });
  assert.equal(refusals(one.says('bed one more')), [`Beds has ${itemsMax} items already: there is no room for more.`]);
  assert.equal(kinds(one.does({ type: 'add', list: 'beds', fields: { name: 'B7' }, role: 'nurse' })), ['input']);
  assert.is(one.state().facts.lists.beds?.length, itemsMax);
});

test('all items of a full list go on in one step', () => {
  const one = life(
    text.replace('when clean { set stays = stays + 1 }', 'check daily at 10:00 { set stays = stays + 3 }'),
  );
  for (let bed = 0; bed < itemsMax; bed += 1)
    one.take({ type: 'add', id: `a${bed}`, list: 'beds', fields: { name: `b${bed}` }, role: 'nurse' });
  const started = performance.now();
  one.sleeps(2 * hour);
  assert.ok(one.state().facts.lists.beds?.every((item) => item.thread.finished?.as === 'gone'));
  assert.ok(performance.now() - started < 20_000, 'within a bounded time');
});

test('rows say in which thread they happened, and sentences name it', () => {
  const one = ward();
  one.says('bed Window');
  const rows = one.does({ type: 'set', field: 'ill', value: true, role: 'nurse' });
  const begun = rows.filter((row) => row.kind === 'begun' || row.kind === 'entered');
  assert.equal(
    begun.map((row) => [row.kind, row.thread]),
    [
      ['begun', undefined],
      ['entered', { kind: 'track', track: 'illness' }],
    ],
  );
  assert.is(describe(begun[1] as TimelineRow, one.program.ir, 'UTC').title, 'Illness · Started in “Sick”');
  const { threads } = why(one.program, one.state(), one.now());
  assert.equal(
    threads.map(({ title, stageTitle }) => [title, stageTitle]),
    [
      ['Illness', 'Sick'],
      ['Beds: Window', 'Window'],
    ],
  );
  assert.is(threads[0]?.transitions[0]?.move, 'advance to well');
});

test('the agent of a track sees its stage, its lets and what may still be judged; reviews wait for each other', () => {
  const one = ward();
  one.does({ type: 'set', field: 'ill', value: true, role: 'nurse' });
  one.passes(9 * hour);
  assert.is(one.state().facts.run?.thread.kind, 'main');
  one.brings({ says: ['How are you?'] });
  const run = one.state().facts.run;
  assert.equal(run?.thread, { kind: 'track', track: 'illness' });
  if (!run) return;
  assert.is(skillOf(one.program, one.state(), run), 'nursing');
  const skill = { name: 'nursing', description: '', body: '', version: 'none' };
  const context = runContext(one.program, one.state(), [], skill, run, one.now());
  assert.is(context.facts.visit.stage, 'sick');
  assert.ok(context.ir.stages.sick);
  assert.ok('count_' in context.lets);
  assert.is(context.criteria.length, 1);
  assert.not('count_' in letsInScope(one.program, one.state(), one.now()));
});

test('a criterion is judged so many times in a visit, then the program’s answer stands', () => {
  const one = ward();
  one.does({ type: 'set', field: 'ill', value: true, role: 'nurse' });
  one.says('I feel better');
  const [criterion] = Object.keys(one.program.ir.criteria);
  const judgements = [{ criterion: criterion ?? '', holds: false, confidence: 0.9, quotes: [] }];
  const inTrack = () => {
    for (let waits = 0; waits < 6 && one.state().facts.run?.thread.kind !== 'track'; waits += 1) {
      if (one.state().facts.run) one.brings({});
      else {
        one.record('visits_', { what: 'again' } as never);
        one.passes(day);
      }
    }
  };
  for (let time = 0; time < 2; time += 1) {
    inTrack();
    one.brings({ judgements });
  }
  inTrack();
  const run = one.state().facts.run;
  assert.ok(run);
  if (!run) return;
  const skill = { name: 'nursing', description: '', body: '', version: 'none' };
  assert.equal(runContext(one.program, one.state(), [], skill, run, one.now()).criteria, []);
  const rows = one.brings({
    judgements: [{ criterion: criterion ?? '', holds: true, confidence: 0.9, quotes: ['feel better'] }],
  });
  const judged = rows.find((row) => row.kind === 'judged');
  assert.ok(judged?.kind === 'judged' && !judged.counts && /as often as the program lets it/.test(judged.why ?? ''));
  assert.is(one.state().facts.tracks.illness?.visit.stage, 'sick');
});

test('what would not fit is not proposed, and only whom it is for may decide', () => {
  const one = ward();
  assert.equal(refusals(one.says('much')), ['It was not proposed: dose must be between 0 and 20, not 60.']);
  one.says('dose');
  const [open] = one.state().facts.proposals;
  assert.is(open?.value, 20);
  const decide = (role: string, value?: number) =>
    one.does({
      type: 'decide',
      proposal: open?.id ?? '',
      approve: true,
      role,
      ...(value === undefined ? {} : { value }),
    });
  assert.match(refusals(decide('nurse'))[0] ?? '', /for doctor to decide, not for nurse/);
  assert.match(refusals(decide('doctor', 99))[0] ?? '', /between 0 and 20/);
  assert.is(one.state().facts.proposals.length, 1);
  decide('doctor', 15);
  assert.is(one.state().facts.data.dose, 15);
  assert.is(one.state().facts.proposals.length, 0);
});

test('only the ladder may acknowledge; repeated, it is no longer open', () => {
  const one = ward();
  one.says('call');
  const [climb] = one.state().facts.climbs;
  assert.match(
    refusals(one.does({ type: 'acknowledge', climb: climb?.id ?? '', role: 'lab' }))[0] ?? '',
    /does not lead to lab/,
  );
  assert.equal(kinds(one.does({ type: 'acknowledge', climb: climb?.id ?? '', role: 'doctor' })), [
    'input',
    'acknowledged',
  ]);
  assert.is(one.passes(2 * day).filter((row) => row.kind === 'escalated').length, 0);
});

test('a role’s answer is not a word of the person: no run, no sign of life', () => {
  const one = ward();
  one.says('pills');
  const heard = one.state().facts.heardAt;
  const [open] = one.state().facts.roleQuestions;
  one.skips(hour);
  const answer = (value: string, role: string) =>
    one.does({ type: 'answer', question: open?.id ?? '', value, channel: 'web', role });
  assert.match(refusals(answer('5', 'doctor'))[0] ?? '', /put to nurse, not to doctor/);
  assert.match(refusals(answer('some', 'nurse'))[0] ?? '', /not an answer/);
  const rows = answer('5', 'nurse');
  assert.equal(kinds(rows), ['input', 'answered', 'recorded']);
  assert.is(one.state().facts.series.fbg?.[0]?.fields.value, 5);
  assert.is(one.state().facts.heardAt, heard);
});

test('a state that was stored before there were threads goes on', () => {
  const one = life(
    `program old "Old" { timezone theirs else "UTC" data { runs : series { ok: yes/no } }
    stage a { skill plain ask "Ready?" (yes | no) as ready when last run was today { say "Today." } leave as lost after 9 days }
  }`.replace('data {', 'data { ready : yes/no?'),
  );
  one.record('runs', { ok: true });
  one.says('hello');
  const state = structuredClone(one.state());
  const { done, waiting, roleQuestions, proposals, climbs, lists, tracks, turns, wroteAt, ...before } = state.facts;
  assert.ok(done && waiting && roleQuestions && proposals && climbs && lists && tracks && turns && wroteAt);
  for (const entry of before.series.runs ?? []) delete (entry as { day?: string }).day;
  delete (before.run as { thread?: unknown }).thread;
  delete (before.question as { thread?: unknown }).thread;
  const old = { ...state, facts: before as typeof state.facts };
  const given = { type: 'message', id: 'm', text: 'yes', channel: 'web' } as const;
  const at = one.now() + hour;
  assert.equal(why(one.program, old, at), why(one.program, one.state(), at));
  assert.equal(step(one.program, old, given, at, 'e1').state, step(one.program, one.state(), given, at, 'e1').state);
});

test('the state is the fold of its inputs, and repeating a step gives the same', () => {
  const one = ward();
  one.does({ type: 'set', field: 'ill', value: true, role: 'nurse' });
  one.says('bed A');
  one.says('bed B');
  for (let round = 0; round < 3; round += 1) {
    one.does({ type: 'set', field: 'clean', value: true, item: { list: 'beds', item: 'A' }, role: 'nurse' });
    one.does({ type: 'set', field: 'clean', value: false, item: { list: 'beds', item: 'A' }, role: 'nurse' });
  }
  one.says('dose');
  one.says('call');
  one.passes(30 * day);
  assert.is(one.state().facts.lists.beds?.[0]?.thread.finished?.as, 'gone');
  assert.is(one.state().facts.tracks.illness?.finished?.as, 'well');
  assert.equal(one.folded(), one.state());
  const before = JSON.stringify(one.state());
  const given = { type: 'time', id: 'again' } as const;
  assert.equal(
    step(one.program, one.state(), given, one.now() + day, 'e1'),
    step(one.program, one.state(), given, one.now() + day, 'e1'),
  );
  assert.is(JSON.stringify(one.state()), before);
});

test.run();
