/** A small storm: a few people, a dozen kills. `npm run faults` makes a large one. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { takeSeed } from '../support/dev.ts';
import { storm } from './storm.ts';

const test = suite('storm');

test('workers are killed, stopped, cut off and the database with them: everything is as if nothing had been', async () => {
  const report = await storm({ kills: 12, people: 12, seed: takeSeed() });
  assert.equal(report.wrong, []);
  assert.ok(report.counts.kills >= 12);
  assert.ok(report.rows > 12 * 20, `${report.rows} rows`);
  assert.ok(report.messages > 12, `${report.messages} messages`);
});

test.run();
