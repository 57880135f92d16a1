/**
 * Programs that import: a version keeps every text it was made from, is read again from them, and *why*
 * quotes the words of the right file.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { irVersion } from '../../compiler/ir.ts';
import { Refusal } from '../../runtime/control.ts';
import { createControl } from '../../runtime/store/control.ts';
import { rebuild } from '../../runtime/store/rebuild.ts';
import { importsMax } from '../../runtime/store/sources.ts';
import type { Store } from '../../runtime/store/store.ts';
import { withDatabase } from '../support/database.ts';
import { monday } from './story.ts';

const test = suite('imports');

const walk = `import leaving from "./shared.regimen"
program walk "Walk" {
  enroll anyone verified
  data { walks : number = 0 }
  stage on "On" { use leaving  command "go" { set walks = walks + 1 }  advance to done when walks >= 3 }
  stage done final success {}
}`;
const leaving = (days: number) => `import far from "./far/away.regimen"
fragment leaving { use far  leave as lost after ${days} days }`;
const away = 'fragment far { leave as far_away when walks > 100 }';
const imports = (days = 90) => [
  { path: './shared.regimen', text: leaving(days) },
  { path: 'far/away.regimen', text: away },
  { path: 'nobody.regimen', text: 'fragment nobody { leave as gone after 1 day }' },
];

const publish = (store: Store, source = walk, given = imports()) =>
  createControl(store).publish({ source, path: 'walk.regimen', imports: given, by: 'test' });

async function refusal(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Refusal) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'none';
}

test('all texts are kept, and only those; a change of any makes a version', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    assert.equal(await publish(store), { name: 'walk', version: 1, fresh: true });
    assert.equal(await publish(store, walk, imports().reverse()), { name: 'walk', version: 1, fresh: false });
    assert.equal(await publish(store, walk, imports(60)), { name: 'walk', version: 2, fresh: true });
    const control = createControl(store);
    const first = await control.programSource('walk', 1);
    assert.equal(
      first.imports.map(({ path }) => path),
      ['shared.regimen', 'far/away.regimen'],
    );
    assert.equal(first.imports[0]?.text, leaving(90));
    assert.equal(first.ir.exits, ['far_away', 'lost', 'opted_out']);
    // What the newest version imports can be imported by others.
    assert.equal(
      (await control.importableFiles()).map(({ path, text }) => `${path} ${text.length}`),
      [`far/away.regimen ${away.length}`, `shared.regimen ${leaving(60).length}`],
    );
  }));

test('another process finds it again and runs it; why quotes the fragment in its own words', () =>
  withDatabase(async (database) => {
    await publish(await database.open({ startAt: monday }));
    const store = await database.open();
    const control = createControl(store);
    const { id: person } = await control.personByEmail('ada@acme.com', { zone: 'UTC' });
    const { id } = await control.enroll({ person, program: 'walk', by: 'operator' });
    const { why } = await control.enrollment(id);
    assert.equal(
      why.transitions.map(({ move, clauses }) => [move, ...clauses.map(({ source }) => source)]),
      [
        ['leave as far_away', 'walks > 100'],
        ['leave as lost', 'after 90 days'],
        ['advance to done', 'walks >= 3'],
        ['leave as opted_out', 'the person says “stop”'],
      ],
    );
    assert.ok((await rebuild(store, id)).equal);
  }));

test('a version in an older form is compiled again from all its texts', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    await publish(store);
    await store.sql`
      update program_versions set ir = jsonb_set(ir::jsonb, '{irVersion}', ${irVersion - 1}::text::jsonb)::json`;
    const { ir } = await createControl(await database.open()).programSource('walk');
    assert.is(ir.irVersion, irVersion);
    assert.equal(ir.exits, ['far_away', 'lost', 'opted_out']);
  }));

test('what cannot be published is refused with the file and the place', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const [shared] = imports();
    const cases: [string, ReturnType<typeof imports>, RegExp][] = [
      ['an import that is not there', [], /walk\.regimen:1:\d+: .*shared\.regimen/],
      ['one behind it', shared ? [shared] : [], /shared\.regimen:1:\d+: .*away\.regimen/],
      [
        'a mistake in a fragment',
        [{ path: 'shared.regimen', text: 'fragment leaving { leave as lost when wals > 1 }' }],
        /^malformed: [^\n]+\nshared\.regimen:1:\d+: .*wals/,
      ],
      [
        'too much',
        [{ path: 'shared.regimen', text: `${leaving(90)}\n// ${'x'.repeat(1_000_000)}` }],
        /^too-large: .*with what it imports/,
      ],
      [
        'too many',
        Array.from({ length: importsMax + 1 }, (_, index) => ({
          path: index === 0 ? 'shared.regimen' : `f${index}.regimen`,
          text: `import f${index + 1} from "./f${index + 1}.regimen"\nfragment f${index} {}`,
        })),
        /^too-large: A program may import 100 files/,
      ],
    ];
    for (const [name, given, expected] of cases)
      assert.match(await refusal(publish(store, walk, given)), expected, name);
    assert.equal(await createControl(store).programs(), []);
  }));

test('a mistake in another program of an imported file is none of this one’s', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const broken = `${leaving(90)}\nprogram other "Other" { stage a { advance to nowhere when 1 > 2 } }`;
    const [, far] = imports();
    const given = [{ path: 'shared.regimen', text: broken }, ...(far ? [far] : [])];
    assert.equal(await publish(store, walk, given), { name: 'walk', version: 1, fresh: true });
  }));

test.run();
