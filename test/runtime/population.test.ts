/**
 * Simulated people: the same for the same seed, within what a program lets them do, and together what they are apart.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Input } from '../../runtime/inputs.ts';
import { type Lived, liveThrough } from '../../runtime/population/life.ts';
import { personas } from '../../runtime/population/personas.ts';
import { boundOf, countLife, emptyTally, inOrder, type Tally, together } from '../../runtime/population/tally.ts';
import { type StepResult, step } from '../../runtime/step.ts';
import { program as compiled, couchTo5k, samplePrograms } from '../support/programs.ts';

const { program } = couchTo5k();
const of = { program, seed: 11, start: '2026-01-05', days: 45 };

type Told = { input: Input; now: number; result: StepResult };
function live(person: number, from: Partial<typeof of> = {}): { told: Told[]; lived: Lived } {
  const told: Told[] = [];
  const lived = liveThrough({ ...of, ...from, person }, ({ input, now, result }) => told.push({ input, now, result }));
  return { told, lived };
}
const tallyOf = (people: readonly number[], from: Partial<typeof of> = {}): Tally => {
  const tally = emptyTally();
  for (const person of people) {
    const counting = countLife(tally, person);
    counting.end(liveThrough({ ...of, ...from, person }, counting.see));
  }
  return tally;
};

test('a life is the same each time, and its inputs alone give the same state', () => {
  const { told, lived } = live(4);
  assert.equal(live(4).told, told);
  assert.ok(told.length > 20, `${told.length} steps`);
  let state = null as Lived['state'];
  for (const { input, now } of told) state = step(program, state, input, now, 'person-4').state;
  assert.equal(state, lived.state);
  assert.ok(told.every(({ now }, index) => index === 0 || now >= (told[index - 1]?.now ?? 0)));
  assert.not.equal(live(5).told, told);
  assert.not.equal(live(4, { seed: 12 }).told, told);
});

test('parts of a population add up to the whole, in whatever order', () => {
  const people = Array.from({ length: 24 }, (_, index) => index + 1);
  const whole = inOrder(tallyOf(people));
  const odd = tallyOf(people.filter((person) => person % 2 === 1));
  const even = tallyOf(people.filter((person) => person % 2 === 0));
  assert.equal(inOrder(together(odd, even)), whole);
  assert.equal(inOrder(together(even, odd)), whole);
  assert.equal(inOrder(together(whole, emptyTally())), whole);
  const sum = (counts: Record<string, number>) => Object.values(counts).reduce((all, count) => all + count, 0);
  assert.is(sum(whole.outcomes), 24);
  assert.is(sum(whole.messagesByHour), whole.messages);
  assert.is(sum(whole.weeksByMessages), 24 * 7);
});

test('the shares of personas add up, and people come in about these proportions', () => {
  assert.ok(Math.abs(personas.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-9);
  const tally = tallyOf(
    Array.from({ length: 400 }, (_, index) => index + 1),
    { days: 1 },
  );
  for (const { name, share } of personas) {
    const found = (tally.personas[name] ?? 0) / 400;
    assert.ok(Math.abs(found - share) < 0.08, `${name}: ${found}`);
  }
});

test('silent people say hardly anything, those who leave are gone, and nobody is refused much', () => {
  const words = (person: number) =>
    live(person, { days: 60 }).told.filter(({ input }) => input.type === 'message').length;
  const byPersona = new Map<string, number[]>();
  for (let person = 1; person <= 60; person += 1) {
    const { name } = live(person, { days: 1 }).lived.persona;
    byPersona.set(name, [...(byPersona.get(name) ?? []), person]);
  }
  const mean = (name: string) => {
    const people = (byPersona.get(name) ?? []).slice(0, 6);
    return people.reduce((sum, person) => sum + words(person), 0) / people.length;
  };
  assert.is(mean('silent'), 0);
  assert.ok(mean('diligent') > mean('sporadic'));
  const left = (byPersona.get('leaving') ?? []).map(
    (person) => live(person, { days: 200 }).lived.state?.facts.finished,
  );
  assert.ok(left.length > 0 && left.every((finished) => finished?.outcome === 'left'));
});

test('in every sample program lives go on, within what its text lets them cost', () => {
  const seen = new Set<string>();
  for (const { path, program: sample } of samplePrograms()) {
    const tally = emptyTally();
    for (let person = 1; person <= 6; person += 1) {
      const counting = countLife(tally, person);
      const lived = liveThrough({ ...of, program: sample, person }, (step) => {
        seen.add(step.input.type);
        counting.see(step);
      });
      counting.end(lived);
    }
    assert.equal(tally.problems, [], path);
    assert.is(tally.people, 6);
    assert.ok(tally.worstMonth.runs <= boundOf(sample.ir).runs, path);
    assert.ok(tally.worstMonth.usd <= boundOf(sample.ir).usd, path);
    assert.ok(tally.refusals < tally.steps / 10, `${path}: ${tally.refusals} refusals in ${tally.steps} steps`);
  }
  for (const type of ['enroll', 'time', 'message', 'record', 'answer', 'run-finished', 'set', 'decide'])
    assert.ok(seen.has(type), `nobody ever did this: ${type}`);
});

test('a life that cannot go on says why, and where it stands', () => {
  const round = compiled(`program round "Round" {
    timezone "UTC"
    data { n : number = 0 }
    stage a { check daily at 09:00 { set n = n + 1 }  advance to b when n >= 3  leave as lost after 90 days }
    stage b { advance to a when n >= 3  leave as lost after 90 days }
  }`);
  const tally = tallyOf([1, 2, 3], { program: round });
  assert.is(tally.failed, 3);
  assert.equal(
    tally.problems.map(({ person }) => person),
    [1, 2, 3],
  );
  assert.match(tally.problems[0]?.problem ?? '', /moves people in circles/);
  assert.equal(tally.outcomes, { 'still in a': 3 });
});

test.run();
