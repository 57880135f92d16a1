/**
 * Cohorts on the durable store: a session is recorded once and counts for each of its people, also for who
 * comes later; what is told to the cohort reaches the others once, by day, and nobody else.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Value } from '../../compiler/ir.ts';
import type { Control } from '../../runtime/control.ts';
import { advance, drain } from '../../runtime/store/advance.ts';
import { setClock } from '../../runtime/store/clock.ts';
import { tellCohort } from '../../runtime/store/cohort.ts';
import { createControl } from '../../runtime/store/control.ts';
import { cohortBatchMax } from '../../runtime/store/limits.ts';
import { rebuild } from '../../runtime/store/rebuild.ts';
import type { Store } from '../../runtime/store/store.ts';
import { type TestDatabase, withDatabase } from '../support/database.ts';
import { refusal } from '../support/refusal.ts';
import { agentOf, day, hour, monday, nothing, withWorker } from './story.ts';

const test = suite('cohort');

const source = `program choir "Choir" {
  enroll   anyone verified
  timezone theirs else "UTC"
  quiet    21:00 to 08:00
  roles    lead
  cohort by voice
  data {
    voice      : text?     lead may set
    rehearsals : series { held: yes/no, piece: text? }  shared
  }
  let held = count(rehearsals where held)
  anytime {
    on rehearsals where not held { say "No rehearsal." }
    command "ill"    { tell cohort "One {voice} is ill." }
    command "sheets" { send sheets to cohort "Bars 1 to 40." }
  }
  stage learning "Learning" {
    advance to singing when held >= 2
    leave as lost after 90 days
  }
  stage singing "Singing" { leave as done after 90 days }
}`;

/** People by their names, in the program. */
type Choir = Awaited<ReturnType<typeof choirOf>>;

async function choirOf(store: Store) {
  const control = createControl(store);
  await control.publish({ source, path: 'choir.regimen', by: 'test' });
  const people: Record<string, { person: string; enrollment: string }> = {};
  let said = 0;
  const one = (name: string) => {
    const found = people[name];
    if (found === undefined) throw new Error(`${name} is nobody here`);
    return found;
  };
  return {
    control,
    store,
    async joins(name: string, voice?: string, zone = 'UTC') {
      const { id: person } = await control.personByEmail(`${name}@acme.com`, { name, zone });
      const data: Record<string, Value> = voice === undefined ? {} : { voice };
      const { id } = await control.enroll({ person, program: 'choir', data, by: 'operator' });
      people[name] = { person, enrollment: id };
      return id;
    },
    says: (name: string, text: string) =>
      control.receive({ person: one(name).person, program: 'choir', channel: 'web', id: `m${++said}`, text }),
    sets: (name: string, voice: string | null) =>
      control.act({
        enrollment: one(name).enrollment,
        id: `set${++said}`,
        role: 'lead',
        deed: { kind: 'set', field: 'voice', value: voice },
      }),
    records: (id: string, cohort: string | undefined, fields: Record<string, Value> = { held: true }, at?: number) =>
      control.recordShared({
        program: 'choir',
        id,
        ...(cohort === undefined ? {} : { cohort }),
        series: 'rehearsals',
        fields,
        ...(at === undefined ? {} : { occurredAt: at }),
      }),
    heard: async (name: string) =>
      (await control.conversation({ person: one(name).person, program: 'choir', after: 0, limit: 100 }))
        .filter(({ direction }) => direction === 'out')
        .map(({ text }) => text),
    count: async (name: string) =>
      (await control.enrollment(one(name).enrollment)).facts.series.rehearsals?.length ?? 0,
    stage: async (name: string) => (await control.enrollment(one(name).enrollment)).stage,
    /** The state of everybody is the fold of what they were told. */
    async fold() {
      for (const [name, { enrollment }] of Object.entries(people)) {
        assert.equal((await rebuild(store, enrollment)).differences, [], name);
      }
    },
  };
}

const withChoir = (work: (choir: Choir, store: Store) => Promise<void>, startAt = monday) =>
  withDatabase(async (database: TestDatabase) => {
    const store = await database.open({ startAt });
    await withWorker(store, { agent: agentOf(() => nothing) }, async () => work(await choirOf(store), store));
  });

test('a session is recorded once, for the people of its cohort and nobody else', () =>
  withChoir(async (choir) => {
    await choir.joins('ana', 'alto');
    await choir.joins('ben', ' Alto ');
    await choir.joins('cleo', 'bass');
    await choir.joins('dana');
    assert.equal(await choir.records('r1', 'alto'), { recorded: 2, again: 0, refused: 0 });
    assert.equal(await choir.records('r1', 'alto'), { recorded: 0, again: 2, refused: 0 });
    assert.equal(await choir.records('r2', 'ALTO', { held: false }), { recorded: 2, again: 0, refused: 0 });
    const counts = await Promise.all(['ana', 'ben', 'cleo', 'dana'].map(choir.count));
    assert.equal(counts, [2, 2, 0, 0]);
    assert.equal(await choir.heard('ana'), ['No rehearsal.']);
    assert.equal(await choir.heard('cleo'), []);
    await choir.fold();
  }));

test('which cohort is meant must be said, and fit', () =>
  withChoir(async (choir) => {
    await choir.joins('ana', 'alto');
    await choir.joins('cleo', 'bass');
    assert.match(await refusal(choir.records('r1', undefined)), /a cohort for each voice.*in: alto, bass\./);
    assert.match(await refusal(choir.records('r1', '  ')), /say which one it is/);
    await choir.records('r1', 'alto');
    assert.match(await refusal(choir.records('r1', 'bass')), /id belongs to another shared entry/);
    assert.equal(await choir.records('r2', 'tenor'), { recorded: 0, again: 0, refused: 0 });
    await choir.control.publish({
      source:
        'program all "All" { data { talks : series { held: yes/no }  shared } stage a { when count(talks) > 1 { say "Two." } leave as done after 9 days } }',
      path: 'all.regimen',
      by: 'test',
    });
    const talk = { program: 'all', id: 't1', cohort: 'alto', series: 'talks', fields: { held: true } };
    assert.match(await refusal(choir.control.recordShared(talk)), /has no cohorts: leave the cohort out/);
  }));

test('who comes late is given what was shared before, and is not told it as news', () =>
  withChoir(async (choir, store) => {
    await choir.records('r1', 'alto');
    await choir.records('r2', 'alto', { held: false });
    await choir.records('r3', 'bass');
    await setClock(store, monday + 7 * day);
    // At enrollment …
    await choir.joins('ana', 'alto');
    assert.is(await choir.count('ana'), 2);
    // … and when their cohort becomes known.
    await choir.joins('ben');
    assert.is(await choir.count('ben'), 0);
    await choir.sets('ben', 'alto');
    await drain(store);
    assert.is(await choir.count('ben'), 2);
    const [entry] = (await choir.control.enrollment(await idOf(choir, 'ben'))).facts.series.rehearsals ?? [];
    assert.equal([entry?.at, entry?.recordedAt, entry?.id], [monday, monday + 7 * day, 'cohort:r1']);
    for (const name of ['ana', 'ben']) {
      assert.equal(await choir.heard(name), [], 'no news');
      assert.is(await choir.stage(name), 'learning');
    }
    // Sent again after they have come, it is theirs already.
    assert.equal(await choir.records('r1', 'alto'), { recorded: 2, again: 0, refused: 0 });
    assert.equal([await choir.count('ana'), await choir.count('ben')], [2, 2]);
    // What was shared counts at once: with one more, both are ready.
    await choir.records('r4', 'alto');
    assert.equal([await choir.stage('ana'), await choir.stage('ben')], ['singing', 'singing']);
    await choir.fold();
  }));

test('who enrolls while a session is recorded has it once all the same', () =>
  withChoir(async (choir) => {
    const names = Array.from({ length: 24 }, (_, index) => `p${index}`);
    const joining = names.map((name) => choir.joins(name, 'alto'));
    await Promise.all([...joining, choir.records('r1', 'alto'), choir.records('r2', 'alto')]);
    assert.equal(
      await Promise.all(names.map(choir.count)),
      names.map(() => 2),
    );
    await choir.fold();
  }));

test('who changes the cohort keeps what they have, and takes what the new one shares from then on', () =>
  withChoir(async (choir, store) => {
    await choir.joins('ana', 'alto');
    await choir.joins('cleo', 'bass');
    await choir.records('r1', 'alto');
    await choir.records('r2', 'bass', { held: true, piece: 'Ave' });
    await choir.sets('ana', 'bass');
    await drain(store);
    assert.is(await choir.count('ana'), 1);
    assert.equal(await choir.records('r3', 'bass'), { recorded: 2, again: 0, refused: 0 });
    assert.equal(await choir.records('r4', 'alto'), { recorded: 0, again: 0, refused: 0 });
    assert.is(await choir.count('ana'), 2);
    await choir.sets('ana', null);
    assert.equal(await choir.records('r5', 'bass'), { recorded: 1, again: 0, refused: 0 });
    await choir.fold();
  }));

test('a shared entry is put right, or taken back, for everybody who has it and for who comes later', () =>
  withChoir(async (choir, store) => {
    await choir.joins('ana', 'alto');
    await choir.joins('ben', 'alto');
    await choir.joins('cleo', 'bass');
    await choir.records('r1', 'alto', { held: true, piece: 'Ave' });
    await choir.records('r2', 'alto');
    await choir.sets('ben', 'bass');
    const corrects = (id: string, entry: string, fields?: Record<string, Value>) =>
      choir.control.correctShared({ program: 'choir', id, entry, ...(fields === undefined ? {} : { fields }) });
    assert.equal(await corrects('c1', 'cohort:r1', { held: false }), { corrected: 2, again: 0, refused: 0 });
    assert.equal(await corrects('c1', 'cohort:r1', { held: false }), { corrected: 0, again: 2, refused: 0 });
    assert.equal(await corrects('c2', 'cohort:r2'), { corrected: 2, again: 0, refused: 0 });
    assert.equal(await choir.records('r2', 'alto'), { recorded: 0, again: 0, refused: 0 }, 'it stays taken back');
    await choir.joins('eve', 'alto');
    await drain(store);
    for (const name of ['ana', 'ben', 'eve']) {
      const entries = (await choir.control.enrollment(await idOf(choir, name))).facts.series.rehearsals ?? [];
      assert.equal(
        entries.map(({ id, fields }) => [id, fields]),
        [['cohort:r1', { held: false, piece: null }]],
        name,
      );
      assert.equal(await choir.heard(name), [], 'what follows is judged anew, and nothing is news');
    }
    assert.is(await choir.count('cleo'), 0);
    assert.match(await refusal(corrects('c3', 'r1')), /no shared entry r1/);
    assert.match(await refusal(corrects('c4', 'cohort:r1', { held: 'perhaps' })), /held/);
    await choir.fold();
  }));

test('what is told to the cohort reaches the others of it, once, and not whoever comes later', () =>
  withChoir(async (choir, store) => {
    for (const [name, voice] of [
      ['ana', 'alto'],
      ['ben', 'alto'],
      ['cleo', 'bass'],
    ] as const)
      await choir.joins(name, voice);
    await choir.says('ana', 'ill');
    await drain(store);
    assert.equal(await choir.heard('ben'), ['One alto is ill.']);
    assert.equal([await choir.heard('ana'), await choir.heard('cleo')], [[], []]);
    assert.equal(await choir.control.openItems(), [], 'nothing for an operator to pass on');
    await choir.says('ana', 'sheets');
    await drain(store);
    assert.equal(await choir.heard('ben'), ['One alto is ill.', 'Bars 1 to 40.']);
    // The same job once more, as after a crash, and with somebody who was not there.
    await setClock(store, monday + hour);
    await choir.joins('eve', 'alto');
    const [row] = await choir.control
      .timeline(await idOf(choir, 'ana'))
      .then((rows) => rows.filter((one) => one.kind === 'told'));
    const effect = row?.kind === 'told' ? row.id : '';
    const job = {
      workspace: store.workspace,
      program: 'choir',
      teller: await idOf(choir, 'ana'),
      effect,
      cohort: 'alto',
    };
    await tellCohort(store, { ...job, text: 'One alto is ill.', at: monday, after: '' });
    assert.equal([(await choir.heard('ben')).length, (await choir.heard('eve')).length], [2, 0]);
    await choir.fold();
  }));

test('it waits for each one’s morning, and somebody without a cohort tells nobody', () =>
  withChoir(async (choir, store) => {
    await choir.joins('ana', 'alto');
    await choir.joins('ben', 'alto', 'Asia/Tokyo');
    await choir.joins('dana');
    // 14:00 in London is 23:00 in Tokyo.
    await setClock(store, monday + 5 * hour);
    await choir.says('ana', 'ill');
    await choir.says('dana', 'ill');
    await drain(store);
    assert.equal([await choir.heard('ben'), await choir.heard('ana')], [[], []]);
    const refused = (await choir.control.timeline(await idOf(choir, 'dana'))).filter(({ kind }) => kind === 'refused');
    assert.match(JSON.stringify(refused), /voice is not known yet/);
    await advance(store, monday + day);
    assert.equal(await choir.heard('ben'), ['One alto is ill.']);
    const [said] = await store.sql<{ at: Date }[]>`select at from messages where text = 'One alto is ill.'`;
    assert.is(said?.at.getTime(), monday + 14 * hour, '08:00 in Tokyo');
    await choir.fold();
  }));

test('a cohort larger than a batch is told to the last', () =>
  withChoir(async (choir, store) => {
    const names = Array.from({ length: cohortBatchMax + 2 }, (_, index) => `p${index}`);
    for (const name of names) await choir.joins(name, 'alto');
    await choir.says('p7', 'ill');
    await drain(store);
    const [told] = await store.sql<{ people: number; messages: number }[]>`
      select count(distinct person_id)::integer as people, count(*)::integer as messages
      from messages where direction = 'out' and text = 'One alto is ill.'`;
    assert.equal({ ...told }, { people: names.length - 1, messages: names.length - 1 });
  }));

async function idOf({ control }: { control: Control }, name: string): Promise<string> {
  const { id: person } = await control.personByEmail(`${name}@acme.com`);
  const [found] = await control.enrollments({ person, limit: 1 });
  return found?.id ?? '';
}

test.run();
