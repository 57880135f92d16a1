/** What a program costs: the worst that nobody exceeds, held against lives; and what the figures say. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { costOf, roundsIn } from '../../compiler/cost.ts';
import { type CostAssumptions, usualAssumptions } from '../../compiler/cost-assumptions.ts';
import { flowsOf } from '../../compiler/flow.ts';
import type { RunResult } from '../../runtime/inputs.ts';
import type { LoadedProgram } from '../../runtime/load.ts';
import type { State } from '../../runtime/state.ts';
import { runFinished, StepProblem, step, timeInput } from '../../runtime/step.ts';
import { priceOf } from '../../server/services/prices.ts';
import { couchTo5k, program } from '../support/programs.ts';
import { type Happening, happening, inputOf } from '../support/random-inputs.ts';
import { build, programText, richText } from '../support/random-programs.ts';

const day = 24 * 60 * 60_000;
const month = 31 * day;
const origin = Date.UTC(2026, 2, 27, 9, 30);
/** Due moments in one life; a busy one has a few hundred. */
const stopsMax = 4000;
const silentResult: RunResult = { says: [], sets: [], records: [], judgements: [], author: 'agent' };

/** How much the people of these tests do in a day. */
const perDay = { messages: 4, events: 4 };
const assumptions: CostAssumptions = {
  ...usualAssumptions,
  messagesPerDay: { typical: 1, worst: perDay.messages },
  eventsPerDay: { typical: 1, worst: perDay.events },
};

/** Rules of the random programs that speak with a skill, so that more than replies and reviews starts runs. */
const withSkills = (text: string): string =>
  ['Three.', 'Seven.', 'Today.', 'Two in a day.', 'Check {n}.', 'Due soon.', 'Five, once.', 'Cold.'].reduce(
    (now, words) => now.replaceAll(`say "${words}"`, 'say with skill other'),
    text,
  );

/** The moments of all agent runs in a life; null where the program itself cannot come to rest. */
function runsIn(loaded: LoadedProgram, happenings: readonly Happening[]): number[] | null {
  const runs: number[] = [];
  const results = happenings.flatMap(({ what }) => (what.kind === 'finishes' ? [what.result] : []));
  let now = origin;
  let state: State | null = null;
  let due: number | null = null;
  let stops = 0;
  const take = (input: Parameters<typeof step>[2]): void => {
    const made: ReturnType<typeof step> = step(loaded, state, input, now, 'e1');
    state = made.state;
    due = made.nextDueAt;
    for (const effect of made.effects) {
      if (effect.type !== 'run' || state.facts.run?.id !== effect.id) continue;
      runs.push(now);
      take(runFinished(effect.id, results[runs.length % Math.max(1, results.length)] ?? silentResult));
    }
  };
  const advance = (to: number): void => {
    while (due !== null && due <= to && stops < stopsMax) {
      stops += 1;
      now = Math.max(now, due);
      take(timeInput(state as State));
    }
    now = Math.max(now, to);
  };
  try {
    take({ type: 'enroll', id: 'enroll', zone: 'Europe/London' });
    const done = new Map<string, number>();
    for (const [index, one] of happenings.entries()) {
      advance(origin + Math.floor(index / 6) * day + (index % 6) * 2 * 60 * 60_000);
      const sort = one.what.kind === 'says' || one.what.kind === 'answers' ? 'messages' : 'events';
      if (one.what.kind === 'finishes' || one.what.kind === 'fails') continue;
      const key = `${sort} ${Math.floor((now - origin) / day)}`;
      if ((done.get(key) ?? 0) >= perDay[sort]) continue;
      const input = inputOf(one, state as unknown as State, `i${index}`, now, []);
      if (input === null || (state as unknown as State).facts.finished) continue;
      done.set(key, (done.get(key) ?? 0) + 1);
      take(input);
    }
    advance(now + month);
  } catch (problem) {
    if (problem instanceof StepProblem) return null;
    throw problem;
  }
  return runs;
}

/** The most runs that any stretch of a month holds. */
const mostInAMonth = (runs: readonly number[]): number =>
  Math.max(0, ...runs.map((from, index) => runs.slice(index).filter((at) => at < from + month).length));

function holds(text: fc.Arbitrary<string>, numRuns: number, near: number): void {
  let lives = 0;
  let most = 0;
  fc.assert(
    fc.property(text, fc.array(happening, { minLength: 60, maxLength: 180 }), (source, happenings) => {
      const { program: loaded } = build(source);
      const runs = loaded && runsIn(loaded, happenings);
      if (!loaded || !runs) return;
      lives += 1;
      const worst = costOf(loaded.ir, assumptions).total.runs.worst;
      const found = mostInAMonth(runs);
      most = Math.max(most, found / worst);
      assert.ok(found <= worst, `${found} runs in a month, but the worst is said to be ${worst}`);
    }),
    { numRuns, seed: 20260105 },
  );
  assert.ok(lives > numRuns / 4, `only ${lives} lives were lived`);
  assert.ok(most > near, `nobody came near the worst (${most}): the test asks nothing`);
}

// `near`: how close to the worst some life must come, for the test to ask something. Where conditions can make the
// agent speak, the worst counts every turn that time could give them, and is far off.
test('no life in a random program has more runs in a month than the worst', () => holds(programText, 100, 0.2));
test('nor with rules that speak with a skill', () => holds(programText.map(withSkills), 200, 0.1));
test('nor with tracks, lists, checks, questions and proposals', () => holds(richText, 60, 0.1));
test('nor with all of these', () => holds(richText.map(withSkills), 60, 0.002));

test('the busiest person of Couch to 5K stays below the worst, and comes near it', () => {
  const { program: loaded } = couchTo5k();
  const { total } = costOf(loaded.ir, assumptions);
  const talks: Happening[] = Array.from({ length: 6 * 31 }, (_, index) => ({
    passes: 0,
    stops: true,
    what:
      index % 6 === 5
        ? { kind: 'records', series: 'runs', fields: { completed: true }, ago: null, by: 'person' }
        : { kind: 'says', text: 'I feel good about this.' },
  }));
  const runs = runsIn(loaded, talks);
  assert.ok(runs);
  const most = mostInAMonth(runs);
  assert.ok(most <= total.runs.worst, `${most} > ${total.runs.worst}`);
  assert.ok(most > total.runs.worst / 2, `${most} is far from ${total.runs.worst}`);
});

const small = (body: string, head = '') => program(`program p "P" { timezone "UTC" ${head} ${body} }`).ir;

test('a program in which no agent speaks costs nothing', () => {
  const { total } = costOf(small('stage a { check daily at 09:00 { say "Hello." } leave as done after 9 days }'));
  assert.equal(total.usd, { typical: 0, worst: 0 });
  assert.equal(total.runs, { typical: 0, worst: 0 });
});

test('reviews cost what their cadence says', () => {
  const bill = (cadence: string) =>
    costOf(small(`stage a { skill s review ${cadence} leave as done after 90 days }`), {
      ...assumptions,
      messagesPerDay: { typical: 0, worst: 0 },
    }).total.runs.worst;
  const daily = bill('daily at 18:00');
  assert.is(daily, 31 + 7);
  assert.is(bill('daily at 09:00, 18:00'), 2 * daily);
  assert.ok(Math.abs(bill('mon, thu at 18:00') - (31 * (2 / 7) + 2)) < 1e-9);
  assert.ok(bill('every 30 min') >= 31 * 48);
});

test('stages that people can go round in are added up for the worst, a way through them is not', () => {
  const stages = (back: string) => `
    stage a { skill s review daily at 08:00 advance to b after 2 days leave as lost after 90 days }
    stage b { skill s review daily at 18:00 ${back} leave as done after 90 days }`;
  const round = costOf(small(stages('return to a after 2 days')), assumptions);
  const through = costOf(small(stages('')), assumptions);
  assert.equal(
    round.rounds.map((names) => names.toSorted()),
    [['a', 'b']],
  );
  assert.equal(through.rounds, []);
  assert.ok(round.total.runs.worst > through.total.runs.worst + 20);
});

test('a stage that only interrupts stands aside', () => {
  const ir = small(
    `anytime { when flag { interrupt with b } }
     stage a { skill s leave as lost after 90 days }
     stage b { skill s command "back" { set flag = no } resume when not flag escalate to operator after 3 days }`,
    'data { flag : yes/no = no  agent may set }',
  );
  const [main] = flowsOf(ir);
  assert.equal(main && roundsIn(main), { groups: [['a']], aside: ['b'] });
});

test('prices are those that runs are charged with', () => {
  const at = Date.UTC(2026, 10, 1);
  for (const { model, input, output } of [usualAssumptions.routine, usualAssumptions.answering]) {
    const none = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
    assert.equal(priceOf(model, { ...none, input: 20_000 }, at), { usd: (input * 20_000) / 1_000_000, known: true });
    assert.equal(priceOf(model, { ...none, output: 1_000 }, at), { usd: (output * 1_000) / 1_000_000, known: true });
  }
});

test('the sample is within its budget', () => {
  const { budget, total } = costOf(couchTo5k().program.ir);
  assert.is(budget?.usd, 0.4);
  assert.is(budget?.typicalIsOver, false);
  assert.ok(total.usd.typical > 0.05 && total.usd.typical < 0.4);
});

test('every figure is an interval', () => {
  const { total, stages } = costOf(couchTo5k().program.ir);
  for (const bill of [total, ...stages])
    for (const { typical, worst } of [bill.runs, bill.calls, bill.tokens, bill.usd])
      assert.ok(typical >= 0 && typical <= worst, `${typical} to ${worst}`);
});

test.run();
