/** `regimen plan FILE`: everybody who is inside, taken over and back, from the terminal. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createControl } from '../../runtime/store/control.ts';
import type { VersionPlan } from '../../runtime/version-plan.ts';
import { folderWith, regimen } from '../support/command.ts';
import { copyEnrollment } from '../support/copies.ts';
import { withDatabase } from '../support/database.ts';

const first = `program walk "Walk" {
  timezone "UTC"
  data { goal : number 1 to 20 = 5 }
  anytime { command "goal" (number) as g { set goal = clamp(g, 1, 20) } }
  stage walking "Walking" {
    command "enough" { advance to done }
    leave as lost after 300 days of silence
  }
  stage done final success "Done" { say "Well done." }
}
`;
const narrow = first.replace('1 to 20', '1 to 9').replace('clamp(g, 1, 20)', 'clamp(g, 1, 9)');
const said = narrow.replace('  data {', '  migrate from 1 { set goal = min(goal, 9) }\n  data {');
const later = narrow
  .replace('1 to 9', '1 to 12')
  .replace('  data {', '  migrate from 2 { set goal = goal + 1 }\n  data {');

const test = suite('plan people');

test('a plan tells who finishes by going over, and who waits', () =>
  withDatabase(async (database) => {
    const control = createControl(await database.open({ clock: 'development' }));
    await control.publish({ source: first, path: 'walk.regimen', by: 'test' });
    for (const id of ['ann', 'ben', 'cat']) {
      const person = await control.personByEmail(`${id}@example.com`);
      await control.enroll({ person: person.id, program: 'walk', id, by: 'operator' });
    }
    await control.pause({ id: 'p1', enrollment: 'cat', by: 'test', reason: 'A holiday' });
    const folder = folderWith({
      'walk.regimen': first.replace('leave as lost', 'advance to done when goal = 5  leave as lost'),
    });
    try {
      const { out, err } = await regimen(['plan', 'walk.regimen'], {
        cwd: folder.path,
        env: { DATABASE_URL: database.url, REGIMEN_ENV: 'development' },
      });
      assert.is(err, '');
      assert.match(out, / 3 can go over\n +2 of them finish at once, as done\n +1 of them waits until/);
    } finally {
      folder.remove();
    }
  }));

test('a plan over everybody, applied and rolled back', () =>
  withDatabase(async (database) => {
    const store = await database.open({ clock: 'development' });
    const control = createControl(store);
    await control.publish({ source: first, path: 'walk.regimen', by: 'test' });
    const person = await control.personByEmail('walker@example.com');
    await control.enroll({ person: person.id, program: 'walk', id: 'walker-1', by: 'operator' });
    await copyEnrollment(store, 'walker-1', 7);
    await control.receive({ person: person.id, program: 'walk', channel: 'web', id: 'm1', text: 'goal 15' });
    const folder = folderWith({ 'walk.regimen': narrow });
    const plan = (...args: string[]) =>
      regimen(['plan', 'walk.regimen', ...args], {
        cwd: folder.path,
        env: { DATABASE_URL: database.url, REGIMEN_ENV: 'development' },
      });
    try {
      const looked = await plan();
      assert.is(looked.err, '');
      assert.match(looked.out, /^walk, version 2 \(not published yet\): 8 people inside on other versions\.\n/);
      assert.match(looked.out, / 1 needs a line of `migrate`\n +7 can go over\n/);
      assert.match(
        looked.out,
        / 1 in walking, from version 1\n +goal must be .*\n +→ Write a `set goal = …` that fits\.\n +walker-1\n/,
      );
      assert.is(looked.code, 1);

      const early = await plan('--apply', '--reason', 'Shorter walks');
      assert.is(early.code, 2);
      assert.match(early.err, /not the newest version of walk\. Publish it first/);

      writeFileSync(join(folder.path, 'walk.regimen'), said);
      await control.publish({ source: said, path: 'walk.regimen', by: 'test' });
      const applied = await plan('--apply', '--reason', 'Shorter walks');
      assert.is(applied.err, '');
      assert.match(applied.out, /walk, version 2: applied \(plan .*\)\n +8 went over\n/);
      assert.is(applied.code, 0);
      const { version, facts } = await control.enrollment('walker-1');
      assert.equal([version, facts.data.goal], [2, 9]);

      const again = await plan('--format', 'json');
      assert.equal([JSON.parse(again.out).to, JSON.parse(again.out).people, again.code], [2, 0, 0]);

      const back = await plan('--rollback', '--reason', 'Too short', '--format', 'json');
      assert.is((JSON.parse(back.out) as VersionPlan).progress.returned, 8);
      assert.is((await control.enrollment('walker-1')).facts.data.goal, 15);
      const twice = await plan('--rollback', '--reason', 'Too short');
      assert.match(twice.err, /there is nothing to roll back/);

      // A version later, they go by way of the one between; its block counts, too.
      writeFileSync(join(folder.path, 'walk.regimen'), later);
      const roundabout = await plan();
      assert.match(
        roundabout.out,
        /^walk, version 3 \(not published yet\): 8 people .*\n +8 can go over\n8 people of version 1: by way of version 2\.\n$/,
      );
      await control.publish({ source: later, path: 'walk.regimen', by: 'test' });
      assert.is((await plan('--apply', '--reason', 'Longer walks')).code, 0);
      assert.is((await control.enrollment('walker-1')).facts.data.goal, 10);
    } finally {
      folder.remove();
    }
  }));

test.run();
