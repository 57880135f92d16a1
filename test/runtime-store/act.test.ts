/**
 * What programs want of roles and services, and what those do: it waits as an item until it is done,
 * a deed that is refused leaves nothing behind, and the state stays the fold of its inputs.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Control, RoleDeed } from '../../runtime/control.ts';
import { setClock } from '../../runtime/store/clock.ts';
import { createControl } from '../../runtime/store/control.ts';
import { rebuild } from '../../runtime/store/rebuild.ts';
import type { Store } from '../../runtime/store/store.ts';
import { sweep } from '../../runtime/store/sweep.ts';
import { withDatabase } from '../support/database.ts';
import { refusal } from '../support/refusal.ts';
import { day, hour, monday } from './story.ts';

const test = suite('act');
const boss = 'boss@acme.com';

const source = `program ward "Ward" {
  enroll   anyone verified
  timezone theirs else "UTC"
  roles    nurse, doctor
  services billing
  ladder   urgent { nurse for 1h then doctor }
  data {
    dose : number units 0 to 20 = 10   doctor may set
    left : number?
    fbg  : series number               nurse may record
  }
  list tasks by title "Tasks" { data { title : text  done : yes/no = no  nurse may set } }
  stage on "On" {
    command "up"    { propose dose = dose + 2 approved by doctor within 1 day else escalate to nurse }
    command "alarm" { escalate to urgent "Come." }
    command "count" { ask nurse "How many pills are left?" (number) as left }
    command "all"   { tell nurse "Hello nurse." send report to doctor "All well." call billing charge { amount: 9 } }
    leave as lost after 90 days
  }
}`;

async function story(store: Store) {
  const control = createControl(store);
  await control.publish({ source, path: 'ward.regimen', by: 'test' });
  const { id: person } = await control.personByEmail('ada@acme.com', { name: 'Ada', zone: 'UTC' });
  const { id: enrollment } = await control.enroll({ person, program: 'ward', by: 'operator' });
  let said = 0;
  return {
    control,
    enrollment,
    says: (text: string) => control.receive({ person, program: 'ward', channel: 'web', id: `m${++said}`, text }),
    acts: (id: string, role: string, deed: RoleDeed) => control.act({ enrollment, id, role, deed }),
    data: async () => (await control.enrollment(enrollment)).facts.data,
  };
}

const open = async (control: Control) =>
  (await control.openItems()).map(({ kind, to, text }) => `${kind} for ${to}: ${text}`).sort();

test('nothing a program wants of others is lost: each becomes an item', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, says, enrollment } = await story(store);
    for (const word of ['up', 'alarm', 'count', 'all']) await says(word);
    assert.equal(await open(control), [
      'call for billing: billing: charge',
      'document for doctor: All well.',
      'escalation for nurse: Come.',
      'message for nurse: Hello nurse.',
      'proposal for doctor: dose = 12 units',
      'question for nurse: How many pills are left?',
    ]);
    const call = (await control.openItems()).find((item) => item.kind === 'call');
    assert.equal(call?.details, { service: 'billing', action: 'charge', fields: { amount: 9 } });
    assert.ok((await rebuild(store, enrollment)).equal);
  }));

test('decided, answered, acknowledged: the item is closed and the program goes on', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, says, acts, data, enrollment } = await story(store);
    for (const word of ['up', 'alarm', 'count']) await says(word);
    const { proposals, roleQuestions, climbs } = (await control.enrollment(enrollment)).facts;
    const decision: RoleDeed = { kind: 'decide', proposal: proposals[0]?.id ?? '', approve: true, value: 13 };
    assert.match(await refusal(acts('d0', 'nurse', decision)), /for doctor to decide, not for nurse/);
    assert.equal(await acts('d1', 'doctor', decision), { fresh: true });
    assert.equal(await acts('d1', 'doctor', decision), { fresh: false });
    await acts('a1', 'nurse', { kind: 'answer', question: roleQuestions[0]?.id ?? '', value: '5' });
    await acts('k1', 'doctor', { kind: 'acknowledge', climb: climbs[0]?.id ?? '' });
    assert.equal(await open(control), []);
    const { dose, left } = await data();
    assert.equal([dose, left], [13, 5]);
    assert.ok((await rebuild(store, enrollment)).equal);
  }));

test('operators decide, answer and see on the items themselves; done twice changes nothing', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, says, data, enrollment } = await story(store);
    for (const word of ['up', 'alarm', 'count']) await says(word);
    const items = await control.openItems();
    const id = (kind: string) => items.find((item) => item.kind === kind)?.id ?? '';
    assert.match(await refusal(control.decideItem(id('question'), { approve: true }, boss)), /is not about a proposal/);
    assert.match(await refusal(control.answerItem(id('question'), 'some', boss)), /not an answer/);
    for (let time = 0; time < 2; time += 1) {
      await control.decideItem(id('proposal'), { approve: true }, boss);
      await control.answerItem(id('question'), '7', boss);
      await control.closeItem(id('escalation'), 'boss@acme.com');
    }
    assert.equal(await open(control), []);
    const { dose, left } = await data();
    assert.equal([dose, left], [12, 7]);
    await setClock(store, monday + 3 * day);
    await sweep(store);
    assert.equal(await open(control), [], 'it climbs no further');
    assert.ok((await rebuild(store, enrollment)).equal);
  }));

test('nobody decides, nobody comes: it lapses, and it climbs', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, says, enrollment } = await story(store);
    await says('up');
    await says('alarm');
    await setClock(store, monday + 2 * hour);
    await sweep(store);
    assert.equal(await open(control), [
      'escalation for doctor: Come.',
      'escalation for nurse: Come.',
      'proposal for doctor: dose = 12 units',
    ]);
    await setClock(store, monday + 25 * hour);
    await sweep(store);
    assert.equal(await open(control), [
      'escalation for doctor: Come.',
      'escalation for nurse: Come.',
      'escalation for nurse: Nobody has decided: dose = 12 units',
    ]);
    const first = (await control.openItems()).find((item) => item.details.climb !== undefined);
    await control.closeItem(first?.id ?? '', 'boss@acme.com');
    assert.equal(await open(control), ['escalation for nurse: Nobody has decided: dose = 12 units']);
    assert.ok((await rebuild(store, enrollment)).equal);
  }));

test('roles set, add, record and correct what they may; what they may not leaves nothing behind', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, acts, enrollment } = await story(store);
    await acts('s1', 'doctor', { kind: 'set', field: 'dose', value: 8 });
    await acts('l1', 'nurse', { kind: 'add', list: 'tasks', fields: { title: 'Scale' } });
    await acts('s2', 'nurse', { kind: 'set', field: 'done', value: true, item: { list: 'tasks', item: 'Scale' } });
    await acts('r1', 'nurse', { kind: 'record', series: 'fbg', fields: { value: 90 } });
    const entry = (await control.enrollment(enrollment)).facts.series.fbg?.[0]?.id ?? '';
    await acts('c1', 'nurse', { kind: 'correct', series: 'fbg', entry, fields: { value: 95 } });
    const before = await control.timeline(enrollment);
    assert.match(
      await refusal(acts('x1', 'nurse', { kind: 'set', field: 'dose', value: 9 })),
      /nurse may not set dose/,
    );
    assert.match(await refusal(acts('x2', 'doctor', { kind: 'set', field: 'dose', value: 99 })), /between 0 and 20/);
    assert.match(
      await refusal(acts('x3', 'doctor', { kind: 'record', series: 'fbg', fields: { value: 1 } })),
      /doctor may not record fbg/,
    );
    assert.equal(await control.timeline(enrollment), before);
    const { data, lists, series } = (await control.enrollment(enrollment)).facts;
    assert.equal(
      [data.dose, lists.tasks?.[0]?.fields.done, series.fbg?.map((one) => one.fields.value)],
      [8, true, [95]],
    );
    assert.ok((await rebuild(store, enrollment)).equal);
  }));

test.run();
