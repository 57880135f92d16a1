/** `regimen keys`: a key is made, opens a door, is listed and revoked; and is nowhere but where it was shown. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findKey } from '../../runtime/store/service-keys.ts';
import { regimen } from '../support/command.ts';
import { withDatabase } from '../support/database.ts';

const keys = suite('regimen keys');

keys('made, shown once, listed, revoked', () =>
  withDatabase(async (database) => {
    const env = { DATABASE_URL: database.url };
    const run = (...words: string[]) => regimen(['keys', ...words], { env });
    assert.match((await run()).err, /There is no key yet/);
    const made = await run('create', 'Step counter', '--scopes', 'record, read', '--expires', '90d');
    assert.is(made.code, 0, made.err);
    assert.match(made.out, /^rgm_[A-Za-z0-9_-]{43}\n$/);
    assert.not.match(made.err, /rgm_/);
    const store = await database.open();
    const found = await findKey(store, made.out.trim());
    assert.equal(
      [found?.workspace, found?.key.name, found?.key.scopes],
      ['default', 'Step counter', ['read', 'record']],
    );
    const id = found?.key.id ?? '';
    const listed = (await run('list')).out;
    assert.match(listed, new RegExp(`^${id}\tStep counter\tread,record\topen until 20\\d\\d-\\d\\d-\\d\\d\tused `));
    assert.not.match(listed, /rgm_/);
    assert.match((await run('revoke', id)).err, /opens nothing any more/);
    assert.match((await run('list')).out, /\trevoked\t/);
    assert.is(await findKey(store, made.out.trim()), null);
    const told = JSON.parse((await run('create', 'Other', '--scopes', 'read', '--json')).out);
    assert.is((await findKey(store, told.key))?.key.id, told.id);
    const audited = await store.sql<{ action: string; actor: string }[]>`select action, actor from audit order by id`;
    assert.equal(
      audited.map(({ action, actor }) => `${action} ${actor}`),
      ['create-key command', 'revoke-key command', 'create-key command'],
    );
  }),
);

keys('what cannot be meant is refused in words', () =>
  withDatabase(async (database) => {
    const env = { DATABASE_URL: database.url };
    const cases: [string[], number, RegExp][] = [
      [['make'], 2, /knows list, create and revoke/],
      [['create'], 2, /needs a name/],
      [['create', 'X'], 2, /--scopes read,record/],
      [
        ['create', 'X', '--scopes', 'write'],
        1,
        /There is no scope write\. There are: read, enroll, record, operate, publish/,
      ],
      [['create', 'X', '--scopes', 'read', '--expires', 'soon'], 2, /--expires takes a length of time/],
      [['revoke'], 2, /needs the id/],
      [['revoke', 'none'], 1, /There is no key none/],
      [['list', 'all'], 2, /takes no further words/],
    ];
    for (const [words, code, expected] of cases) {
      const ran = await regimen(['keys', ...words], { env });
      assert.is(ran.code, code, `${words.join(' ')}: ${ran.err}`);
      assert.match(ran.err, expected);
    }
  }),
);

keys.run();
