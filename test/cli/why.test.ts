/** `regimen why` through its real door: a person on a real Postgres, asked about from another process. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createControl } from '../../runtime/store/control.ts';
import { regimen } from '../support/command.ts';
import { withDatabase } from '../support/database.ts';

const walk = `program walk "Walk" {
  timezone theirs else "Europe/London"
  data { walks : series { minutes: number min } }
  stage walking "Walking" {
    skill coach
    nudge after 2 days without walks, at most 1 times
    advance to done when count(walks) >= 2 and 1 day since entered
    leave as lost after 14 days of silence
  }
  stage done final success "Done" { say "Well done." }
}
`;
const second = walk.replace('program walk "Walk"', 'program swim "Swim"');

const test = suite('why');

test('why not, clause by clause, and the next days; by id, by email, as JSON', () =>
  withDatabase(async (database) => {
    const store = await database.open({ clock: 'development' });
    const control = createControl(store);
    await control.publish({ source: walk, path: 'walk.regimen', by: 'test' });
    const ada = await control.personByEmail('ada@example.org', { name: 'Ada', zone: 'Asia/Kathmandu' });
    const { id } = await control.enroll({ person: ada.id, program: 'walk', by: 'operator' });
    await control.record({ enrollment: id, id: 'w1', series: 'walks', fields: { minutes: 20 }, by: 'service' });
    const why = (...args: string[]) => regimen(['why', ...args], { env: { DATABASE_URL: database.url } });

    const told = await why('Ada@example.org', '--days', '20');
    assert.is(told.err, '');
    assert.is(told.code, 0);
    assert.match(told.out, /^Ada · Walk, version 1 · Walking\nNow .* in Asia\/Kathmandu\. Enrollment /);
    assert.match(
      told.out,
      /Advance to “Done” · not yet\n {2}✗ count\(walks\) >= 2 · count\(walks\) is 1\n {2}✗ 1 day since entered · .*true from /,
    );
    assert.match(told.out, /Leave as lost · by time alone on /);
    assert.match(told.out, /\nThe next 20 days, if nothing happens\n/);
    assert.match(told.out, /Nudge 1 of 1 · in words of the agent\n[\s\S]*Leaves as lost/);

    const json = await why(id, '--json');
    assert.is(json.code, 0);
    const { stage, why: found, ahead } = JSON.parse(json.out);
    assert.is(stage, 'walking');
    const advance = found.transitions.find(({ move }: { move: string }) => move === 'advance to done');
    assert.equal(
      advance.clauses.map(({ holds }: { holds: boolean }) => holds),
      [false, false],
    );
    assert.is(advance.holdsAt, null);
    assert.equal(
      ahead.coming.map(({ kind }: { kind: string }) => kind),
      ['nudged'],
    );

    await control.publish({ source: second, path: 'swim.regimen', by: 'test' });
    await control.enroll({ person: ada.id, program: 'swim', by: 'operator' });
    const unclear = await why('ada@example.org');
    assert.is(unclear.code, 2);
    assert.match(unclear.err, /in several programs: .*walk.*Say which with --program/);
    assert.is((await why('ada@example.org', '--program', 'swim', '--days', '0')).code, 0);
    assert.match((await why('bob@example.org')).err, /bob@example\.org is not in any program/);
    assert.match((await why('no-such-id')).err, /There is no enrollment no-such-id/);
    assert.match((await why(id, '--days', 'many')).err, /--days takes a whole number/);
    assert.match((await why(id, '--days', '999')).err, /Ask for 1 to 366 days/);
    assert.match((await why()).err, /Name an enrollment by its id/);
  }));

test.run();
