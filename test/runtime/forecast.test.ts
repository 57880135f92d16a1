/**
 * What the next days bring, and when time alone would bring a transition: told beforehand, then lived.
 */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { why } from '../../runtime/explain.ts';
import { comingMax, forecast, forecastDaysMax } from '../../runtime/forecast.ts';
import type { LoadedProgram } from '../../runtime/load.ts';
import type { State } from '../../runtime/state.ts';
import { StepProblem, step, timeInput } from '../../runtime/step.ts';
import { life } from '../support/life.ts';
import { anyHappening, type Happening, inputOf } from '../support/random-inputs.ts';
import { build, richText } from '../support/random-programs.ts';

const quiet = `program quiet "Quiet" {
  timezone "UTC"
  quiet 21:00 to 08:00
  data { week : number 1 to 9 = 1   runs : series { minutes: number min? } }
  stage one "Week {week}" {
    skill plain
    review daily at 22:00
    ask "Ready?" (yes | no) as ready, within 1 day else say "No answer."
    nudge after 2 days of silence, at most 1 times
    check daily at 23:00 { when week = 1 { say "Good night." } }
    advance to two when 3 days since entered and week < 5
    leave as lost after 30 days of silence
  }
  stage two { skill plain  leave as done after 2 days }
}`.replace('{ week : number', '{ ready : (yes | no)?   week : number');

test('the next days of somebody who is silent, in order', () => {
  const one = life(quiet);
  const { coming, cutAt, nextAfter } = forecast(one.program, one.state(), one.now(), 7);
  const titles = coming.map(({ title }) => title);
  assert.is(cutAt, null);
  assert.is(nextAfter, null);
  assert.ok(titles.includes('Nudge 1 of 1'), titles.join(', '));
  assert.ok(titles.includes('The open question lapses'));
  assert.ok(titles.includes('Advances to “two”') || titles.includes('Advances to two'));
  assert.is(titles.at(-1), 'Leaves as done');
  // Said at night it waits for the morning, and the forecast tells both.
  assert.ok(titles.some((title) => title.startsWith('Has something to say at')));
  const says = coming.filter(({ title, detail }) => title === 'Says' && detail === 'Good night.');
  assert.ok(says.length > 0);
  for (const { at } of says) assert.is(new Date(at).getUTCHours(), 8);
});

test('a forecast changes nothing, and is bounded', () => {
  const one = life(quiet);
  const before = JSON.stringify(one.state());
  forecast(one.program, one.state(), one.now(), 30);
  assert.is(JSON.stringify(one.state()), before);
  for (const days of [0, -1, 1.5, Number.NaN, forecastDaysMax + 1])
    assert.throws(() => forecast(one.program, one.state(), one.now(), days), /looks 1 to 366 days ahead/);
  const busy = life(`program busy "Busy" {
    timezone "UTC"
    stage one { skill plain  review every 1 days at 09:00  check daily at 10:00 { say "a" } check daily at 11:00 { say "b" }  leave as lost after 900 days }
  }`);
  const { coming, cutAt } = forecast(busy.program, busy.state(), busy.now(), 300);
  assert.is(coming.length, comingMax);
  assert.type(cutAt, 'number');
});

type Lived = { program: LoadedProgram; state: State; now: number };

/** Somebody's life so far in a random program; null where the text is none or a limit stopped it. */
function livedIn(text: string, story: readonly Happening[]): Lived | null {
  const { program } = build(text);
  if (program === null) return null;
  let now = Date.parse('2026-03-20T12:00:00Z');
  try {
    let { state } = step(program, null, { type: 'enroll', id: 'enroll', zone: 'Europe/London' }, now, 'e1');
    for (const [index, one] of story.entries()) {
      now = Math.max(state.at, now + one.passes);
      const input = inputOf(one, state, `i${index}`, now, []);
      if (input !== null) state = step(program, state, input, now, 'e1').state;
    }
    return { program, state, now };
  } catch (problem) {
    if (problem instanceof StepProblem) return null;
    throw problem;
  }
}

test('when time alone would bring a transition: not a minute sooner, and then it does', () => {
  let looked = 0;
  fc.assert(
    fc.property(richText, fc.array(anyHappening, { maxLength: 10 }), (text, story) => {
      const lived = livedIn(text, story);
      if (lived === null) return;
      const { program, state, now } = lived;
      const clauseless = (at: number, rule: string) =>
        why(program, state, at).transitions.find((one) => one.rule === rule)?.holds;
      for (const { rule, holds, holdsAt } of why(program, state, now).transitions) {
        if (holds || holdsAt === null) continue;
        looked += 1;
        assert.is(clauseless(holdsAt, rule), true, `${rule} at ${new Date(holdsAt).toISOString()}`);
        const pace = Math.max(60_000, Math.ceil((holdsAt - now) / 200));
        for (let at = now; at < holdsAt; at += pace) assert.is(clauseless(at, rule), false, new Date(at).toISOString());
        assert.is(clauseless(holdsAt - 1, rule), false);
      }
    }),
    { numRuns: 120, seed: 7 },
  );
  assert.ok(looked > 20, `only ${looked} were looked at`);
});

test('what is foreseen is what then happens in silence', () => {
  let told = 0;
  fc.assert(
    fc.property(richText, fc.array(anyHappening, { maxLength: 10 }), (text, story) => {
      const lived = livedIn(text, story);
      if (lived === null) return;
      const { program, state, now } = lived;
      const { coming, cutAt, to, nextAfter, stuck } = forecast(program, state, now, 10);
      told += coming.length;
      assert.equal(
        coming.map(({ at }) => at),
        coming.map(({ at }) => at).toSorted((a, b) => a - b),
      );
      for (const { at } of coming) assert.ok(at >= now && at <= to);
      if (cutAt === null && nextAfter !== null) assert.ok(nextAfter > to);
      // Where nobody is asked for words, the first that is foreseen is what the next due moment does.
      const first = coming[0];
      if (first === undefined) return;
      if (stuck !== null) assert.is(cutAt !== null && coming.every(({ at }) => at <= cutAt), true);
      const { rows } = step(program, state, timeInput(state), first.at, 'e1');
      assert.ok(
        rows.some(({ kind }) => kind === first.kind) || state.facts.run !== null,
        `${first.kind}: ${first.title}`,
      );
    }),
    { numRuns: 120, seed: 8 },
  );
  assert.ok(told > 200, `only ${told} were told`);
});

test.run();
