/**
 * `messages 2h apart`, where the agent speaks and where a message is withdrawn. The stories are in
 * `cases/spaced.regimen`.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { unsentInput } from '../../runtime/unsent.ts';
import { life } from '../support/life.ts';

const [second, hour] = [1000, 3_600_000];

const text = `program talk "Talk" {
  timezone "UTC"
  messages 2h apart
  data {
    mood   : (good | bad)?
    hints  : series { text: text }
    alarms : series { text: text }
  }
  stage one {
    skill plain
    say with skill plain
    ask "How are you?" (good | bad) as mood
    on hints { say "A hint." }
    on alarms { say now "An alarm." }
    leave as lost after 60 days of silence
  }
}`;

const said = (rows: { kind: string; text?: unknown }[]) =>
  rows.flatMap(({ kind, text }) => (kind === 'message' || kind === 'planned' ? [`${kind}: ${text}`] : []));
const recorded = (one: ReturnType<typeof life>, series: 'hints' | 'alarms') =>
  one.take({ type: 'record', id: one.id(), series, fields: { text: 'x' }, by: 'service' });

test('what the agent was asked to say with a question comes when it is written, all of it', () => {
  const one = life(text);
  assert.equal(said(one.first), ['message: How are you?']);
  one.skips(3 * second);
  assert.equal(said(one.brings({ says: ['Welcome.', 'I am here for you.'] })), [
    'message: Welcome.',
    'message: I am here for you.',
  ]);
  one.skips(hour);
  assert.equal(said(recorded(one, 'hints')), ['planned: A hint.']);
  assert.equal(said(one.passes(hour - second)), []);
  assert.equal(said(one.passes(hour)), ['message: A hint.']);
  assert.is(JSON.stringify(one.folded()), JSON.stringify(one.state()), 'the inputs alone give the same state');
});

test('once what came with the question is too late, it keeps its distance', () => {
  const one = life(text);
  one.skips(3 * second);
  recorded(one, 'alarms');
  assert.equal(said(one.brings({ says: ['Welcome.'] })), ['planned: Welcome.']);
  assert.equal(said(one.passes(3 * hour)), ['message: Welcome.']);
});

test('of two that came together one is withdrawn: the other counts on, and belongs to its moment', () => {
  const one = life(text);
  one.brings({ says: ['Welcome.'] });
  const at = one.now();
  const { wroteAt, wroteOf } = one.state().facts;
  assert.equal([wroteAt, wroteOf], [[at, at], at]);
  one.take(unsentInput('some message', 'The person spoke first.', at));
  assert.equal([one.state().facts.wroteAt, one.state().facts.wroteOf], [[at], at]);
  one.take(unsentInput('the other', 'The person spoke first.', at));
  assert.equal([one.state().facts.wroteAt, one.state().facts.wroteOf], [[], undefined]);
  assert.equal(said(recorded(one, 'hints')), ['message: A hint.']);
});

test.run();
