/** Ten thousand people do not come due at one moment: reviews keep to the declared spread and fill it evenly. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { step, timeInput } from '../../runtime/step.ts';
import { program } from '../support/programs.ts';

const test = suite('spread');
const people = 10_000;
const enrolledAt = Date.parse('2026-01-05T09:00:00Z');
const minute = 60_000;

const text = (cadence: string) => `program p "P" {
  about "x"
  enroll anyone verified
  timezone "UTC"
  stage a "A" {
    skill s
    review ${cadence}
    leave as lost after 400 days of silence
  }
}`;

/** When each of ten thousand people who were enrolled at one moment has their first and their second review. */
function reviews(cadence: string): { first: number[]; second: number[] } {
  const loaded = program(text(cadence));
  const first: number[] = [];
  const second: number[] = [];
  for (let number = 0; number < people; number++) {
    const id = `enrollment-${number}`;
    const enrolled = step(loaded, null, { type: 'enroll', id: 'enroll', zone: 'UTC' }, enrolledAt, id);
    const due = enrolled.nextDueAt ?? Number.NaN;
    first.push(due);
    second.push(step(loaded, enrolled.state, timeInput(enrolled.state), due, id).nextDueAt ?? Number.NaN);
  }
  return { first, second };
}

for (const { cadence, from, spreadMinutes } of [
  { cadence: 'daily at 18:00, spread over 2h', from: '2026-01-05T18:00:00Z', spreadMinutes: 120 },
  { cadence: 'daily at 23:00, spread over 3h', from: '2026-01-05T23:00:00Z', spreadMinutes: 180 },
  { cadence: 'weekly on mon at 18:00, spread over 24h', from: '2026-01-05T18:00:00Z', spreadMinutes: 24 * 60 },
]) {
  test(`${cadence}: within it, evenly, and each in their own place`, () => {
    const { first, second } = reviews(cadence);
    const start = Date.parse(from);
    const counts = new Map<number, number>();
    for (const at of first) {
      assert.ok(at >= start && at < start + spreadMinutes * minute, new Date(at).toISOString());
      counts.set(at, (counts.get(at) ?? 0) + 1);
    }
    const share = people / spreadMinutes;
    assert.ok(Math.max(...counts.values()) <= share + 6 * Math.sqrt(share), `at most ${Math.max(...counts.values())}`);
    assert.ok(counts.size >= Math.min(spreadMinutes, people) * 0.95, `${counts.size} different moments`);
    const apart = new Set(first.map((at, index) => (second[index] ?? 0) - at));
    assert.is(apart.size, 1, 'the next review is as far from the first for everybody');
  });
}

test('where no spread is declared nobody is moved', () => {
  const { first } = reviews('daily at 18:00');
  assert.equal([...new Set(first)], [Date.parse('2026-01-05T18:00:00Z')]);
});

test.run();
