/** `regimen replay` and `regimen backtest` through their real door: recorded people on a real Postgres. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createControl } from '../../runtime/store/control.ts';
import { folderWith, regimen } from '../support/command.ts';
import { withDatabase } from '../support/database.ts';

const walk = `program walk "Walk" {
  timezone "UTC"
  data { walks : series { minutes: number min } }
  stage walking "Walking" {
    skill coach
    advance to done when count(walks) >= 2
    leave as lost after 14 days of silence
  }
  stage done final success "Done" { say "Well done." }
}
`;

const test = suite('replay and backtest');
const root = folderWith({
  'same.regimen': walk,
  'easier.regimen': walk.replace('count(walks) >= 2', 'count(walks) >= 1'),
  'other.regimen': walk.replace('program walk', 'program swim'),
  'broken.regimen': walk.replace('advance to done', 'advance to dnoe'),
});
test.after(() => root.remove());

test('five people: rebuilt, and lived again in a changed text', () =>
  withDatabase(async (database) => {
    const store = await database.open({ clock: 'development' });
    const control = createControl(store);
    await control.publish({ source: walk, path: 'walk.regimen', by: 'test' });
    const ids: string[] = [];
    for (let one = 0; one < 5; one++) {
      const person = await control.personByEmail(`p${one}@example.org`, { zone: 'UTC' });
      const { id } = await control.enroll({ person: person.id, program: 'walk', by: 'operator' });
      ids.push(id);
      // Nobody, one walk, two walks: some have finished, some would have.
      for (let times = 0; times < one % 3; times++)
        await control.record({
          enrollment: id,
          id: `w${times}`,
          series: 'walks',
          fields: { minutes: 9 },
          by: 'service',
        });
    }
    const run = (...args: string[]) => regimen(args, { cwd: root.path, env: { DATABASE_URL: database.url } });

    const whole = await run('replay', '--all');
    assert.is(whole.err, '');
    assert.match(whole.out, /^5 enrollments, \d+ rows: every one is what its timeline says\.\n$/);
    assert.is(whole.code, 0);
    assert.match((await run('replay', ids[0] ?? '')).out, /^1 enrollment, /);
    assert.match((await run('replay', '--all', '--since', '2199-01-01')).out, /^0 enrollments/);

    const same = await run('backtest', 'same.regimen', '--fail-on-divergence');
    assert.is(same.out, 'walk: 5 enrollments lived again, 5 the same.\n');
    assert.is(same.code, 0);
    const easier = await run('backtest', 'easier.regimen');
    assert.is(easier.code, 0);
    assert.match(easier.out, /^walk: 5 enrollments lived again, 2 the same\.\n/);
    assert.match(easier.out, /was: {3}nothing then\n {2}would: Advanced to “Done”/);
    assert.match(easier.out, /done: 1 → 3\n/);
    assert.match(easier.out, /in walking: 4 → 2\n/);
    assert.is((await run('backtest', 'easier.regimen', '--fail-on-divergence')).code, 1);
    const json = JSON.parse((await run('backtest', 'easier.regimen', '--sample', '3', '--json')).out);
    assert.is(json.lived, 3);

    // A damaged snapshot, and one beyond reading: named, and the others are looked at all the same.
    await store.queue`update enrollments set state = jsonb_set(state::jsonb, '{facts,heardAt}', '7')::json where id = ${ids[1] ?? ''}`;
    await store.queue`update enrollments set version = 1, state = '{}'::json where id = ${ids[2] ?? ''}`;
    const damaged = await run('replay', '--all', '--json');
    assert.is(damaged.code, 1);
    const report = JSON.parse(damaged.out);
    assert.is(report.looked, 5);
    assert.equal(
      report.differing.map(({ enrollment }: { enrollment: string }) => enrollment).sort(),
      [ids[1], ids[2]].sort(),
    );
    assert.match((await run('replay', '--all')).out, /differs {2}walk .*\n {9}The stored state is not the fold/);
  }));

test('what is asked wrongly is told, with the remedy', () =>
  withDatabase(async (database) => {
    const run = (...args: string[]) => regimen(args, { cwd: root.path, env: { DATABASE_URL: database.url } });
    const cases: [string[], RegExp, number][] = [
      [['replay'], /Name one enrollment by its id, or look at every one with --all/, 2],
      [['replay', 'x', '--all'], /Name one enrollment by its id/, 2],
      [['replay', 'x', '--since', '2026-01-01'], /--program and --since go with --all/, 2],
      [['replay', '--all', '--since', 'soon'], /--since takes a date/, 2],
      [['replay', 'unknown'], /There is no enrollment unknown/, 1],
      [['backtest'], /Which text is to be tried/, 2],
      [['backtest', 'broken.regimen'], /dnoe/, 1],
      [['backtest', 'nowhere.regimen'], /nowhere\.regimen/, 2],
    ];
    for (const [args, told, code] of cases) {
      const ran = await run(...args);
      assert.match(ran.err, told, args.join(' '));
      assert.is(ran.code, code, args.join(' '));
    }
    assert.match((await run('backtest', 'other.regimen')).out, /Nobody has been in swim/);
  }));

test.run();
