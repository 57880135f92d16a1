/** A message that was written and then withdrawn before it was sent: it is as if Regimen had not written. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { unsentInput } from '../../runtime/unsent.ts';
import { life } from '../support/life.ts';

const hour = 3_600_000;
const monday = Date.parse('2026-01-05T09:00:00Z');

const talkative = `program talk "Talk" {
  timezone "UTC"
  messages at most 2 per day
  data { hints : series { text: text } }
  stage one {
    skill plain
    on hints { say "A hint." }
    leave as lost after 60 days of silence
  }
}`;

const hint = (one: ReturnType<typeof life>) =>
  one.take({ type: 'record', id: one.id(), series: 'hints', fields: { text: 'x' }, by: 'service' });
const kinds = (rows: { kind: string }[]) => rows.map(({ kind }) => kind);

function afterTwo() {
  const one = life(talkative, monday);
  const written: { id: string; at: number }[] = [];
  for (let hints = 0; hints < 2; hints += 1) {
    one.skips(hour);
    for (const row of hint(one)) if (row.kind === 'message') written.push({ id: row.id, at: row.at });
  }
  assert.is(written.length, 2);
  assert.equal(one.state().facts.wroteAt, [monday + hour, monday + 2 * hour]);
  one.skips(hour);
  return { one, first: written[0] as (typeof written)[number] };
}

test('two are said, and the third waits for the next day', () => {
  assert.equal(kinds(hint(afterTwo().one)).slice(-1), ['planned']);
});

test('one that was withdrawn leaves its place to another', () => {
  const { one, first } = afterTwo();
  const rows = one.take(unsentInput(first.id, 'The person spoke first.', first.at));
  assert.equal(kinds(rows), ['input', 'withdrawn']);
  assert.equal(one.state().facts.wroteAt, [monday + 2 * hour], 'the other one counts on');
  assert.equal(kinds(hint(one)).slice(-1), ['message']);
  assert.equal(kinds(hint(one)).slice(-1), ['planned'], 'and no more than one');
  assert.is(JSON.stringify(one.folded()), JSON.stringify(one.state()), 'the inputs alone give the same state');
});

test('an answer never counted, so it leaves no place', () => {
  const { one } = afterTwo();
  one.take(unsentInput('some answer', 'The person has left.', monday + 2.5 * hour));
  assert.equal(kinds(hint(one)).slice(-1), ['planned']);
});

test('an input from before it told when the message was written changes nothing but the timeline', () => {
  const { one, first } = afterTwo();
  const { writtenAt: _, ...before } = unsentInput(first.id, 'x', first.at) as { writtenAt?: number } & ReturnType<
    typeof unsentInput
  >;
  assert.equal(kinds(one.take(before)), ['input', 'withdrawn']);
  assert.is(one.state().facts.wroteAt.length, 2);
});

test.run();
