/** Notifications are few and short enough, however many people they are about, and lose nobody. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Notice, pack, unpack } from '../../runtime/store/notices.ts';

const test = suite('notices');

const noticeOf = (number: number, letters = 'x'): Notice => ({
  workspace: 'default',
  person: `${letters}-${number}`,
  program: 'walking',
  enrollment: number % 2 === 0 ? null : `e-${number}`,
});

for (const [what, notices] of [
  ['none', []],
  ['one', [noticeOf(1)]],
  ['a whole batch', Array.from({ length: 500 }, (_, number) => noticeOf(number))],
  ['letters of several bytes', Array.from({ length: 300 }, (_, number) => noticeOf(number, 'ж'.repeat(60)))],
  ['long ids', Array.from({ length: 40 }, (_, number) => noticeOf(number, 'x'.repeat(1_500)))],
] as [string, Notice[]][]) {
  test(`${what}`, () => {
    const payloads = pack(notices);
    assert.equal(payloads.flatMap(unpack), notices);
    for (const payload of payloads)
      assert.ok(Buffer.byteLength(payload) < 8_000, `${Buffer.byteLength(payload)} bytes`);
    assert.ok(payloads.length <= Math.ceil(JSON.stringify(notices).length / 1_500), `${payloads.length} notifications`);
  });
}

test.run();
