/**
 * The model's proposals in the real runtime: through the worker, applied by one step, in Postgres,
 * with the model's words coming from a stand-in of the Messages API.
 */
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Person } from '../../runtime/control.ts';
import { type Engine, startEngine } from '../../server/engine.ts';
import { type StandIn, standInKey, startStandInAnthropic } from '../support/stand-in-anthropic.ts';

const test = suite('anthropic agent in the engine');
const programs = join(import.meta.dirname, '../../programs');
const program = 'couch_to_5k';
/** Monday 5 January 2026, 10:00 in London. */
const startAt = Date.UTC(2026, 0, 5, 10);

let engine: Engine;
let model: StandIn;
let ana: Person;
const stops: (() => Promise<unknown>)[] = [];
test.after(async () => {
  for (const stop of stops.reverse()) await stop();
});

// A test and not a hook, because uvu does not tell why a hook failed.
test('everything starts', async () => {
  model = await startStandInAnthropic();
  stops.push(() => model.stop());
  const dataFolder = await mkdtemp(join(tmpdir(), 'regimen-agent-'));
  // Reachable for the account that runs Postgres when the tests run as root.
  await chmod(dataFolder, 0o755);
  stops.push(() => rm(dataFolder, { recursive: true, force: true }));
  engine = await startEngine({
    databaseUrl: null,
    dataFolder,
    clock: 'virtual',
    startAt,
    skillsFolder: join(programs, 'skills'),
    anthropic: { apiKey: standInKey, baseUrl: model.url, model: 'claude-sonnet-5-5', smallModel: 'claude-haiku-5-5' },
    log: () => {},
  });
  stops.push(() => engine.stop());
  const source = await readFile(join(programs, `${program}.regimen`), 'utf8');
  await engine.control.publish({ source, path: `${program}.regimen`, by: 'test' });
  ana = await engine.control.personByEmail('ana@example.org', { name: 'Ana', zone: 'Europe/London' });
});

let messages = 0;
const write = async (text: string) => {
  await engine.control.receive({ person: ana.id, program, channel: 'web', id: `m${++messages}`, text });
  await engine.settle();
};
const enrollment = async () => {
  const [found] = await engine.control.enrollments({ person: ana.id, limit: 1 });
  return engine.control.enrollment(found?.id ?? '');
};
const said = async () =>
  (await engine.control.conversation({ person: ana.id, program, after: 0, limit: 200 }))
    .filter((line) => line.author === 'agent')
    .map((line) => line.text);

test('what the model sets and says is applied and stored; the prompt holds the skill and the question', async () => {
  model.plan.push({
    tools: [
      { name: 'set_data', input: { why: 'to keep up with my children', injured: null } },
      { name: 'say', input: { text: 'A fine reason.' } },
    ],
  });
  await write('I want to keep up with my children');
  const { facts, stage } = await enrollment();
  assert.is(facts.data.why, 'to keep up with my children');
  assert.is(stage, 'intake');
  assert.equal(await said(), ['A fine reason.']);
  const body = model.seen.at(-1)?.body;
  assert.match(body.system[1].text, /Finds out why somebody wants to run/);
  assert.match(body.messages.at(-1).content.at(-1).text, /question is open: “Before you start/);
  assert.equal(
    body.tools.map((tool: { name: string }) => tool.name),
    ['say', 'why_not', 'what_next', 'set_data', 'record_runs'],
  );
});

test('a recorded run counts, the program answers it, and the cost of the run is kept', async () => {
  const { facts } = await enrollment();
  model.plan.push({ tools: [{ name: 'say', input: { text: 'Then we can begin.' } }] });
  await engine.control.answer({
    person: ana.id,
    channel: 'web',
    id: 'a1',
    question: facts.question?.id ?? '',
    value: 'no',
  });
  await engine.settle();
  assert.is((await enrollment()).stage, 'training');
  model.plan.push({
    tools: [
      {
        name: 'record_runs',
        input: { minutes: 28, completed: true, felt: 'ok', occurred_at: '2026-01-05T07:30:00+00:00' },
      },
      { name: 'say', input: { text: 'Well run.' } },
    ],
  });
  await write('I ran 28 minutes before work, it was ok');
  const { facts: after, lets } = await enrollment();
  assert.equal(
    after.series.runs?.map((entry) => [entry.at, entry.fields]),
    [[Date.UTC(2026, 0, 5, 7, 30), { minutes: 28, completed: true, felt: 'ok' }]],
  );
  // It occurred before this visit of the stage began, so it does not count in it.
  assert.ok(Object.hasOwn(lets, 'done'));
  assert.equal((await said()).at(-1), 'Well run.');
  const runs = await engine.store.sql<{ agent: string; model: string; usd: number; tokens: number }[]>`
    select agent, model, usd::float8 as usd, input_tokens::int as tokens from agent_runs order by started_at`;
  assert.ok(runs.length >= 3);
  for (const run of runs) {
    assert.equal([run.agent, run.model], ['anthropic', 'claude-sonnet-5-5']);
    assert.ok(run.usd > 0 && run.tokens > 500);
  }
});

test('a review goes to the small model, and may be silent', async () => {
  model.plan.push({ text: 'Nothing today.' }, { text: 'Nothing today.' });
  const before = (await said()).length;
  // Reviews are due on Monday from 18:00, spread over two hours.
  await engine.move(Date.UTC(2026, 0, 5, 20, 30));
  await engine.settle();
  assert.is(model.seen.at(-1)?.body.model, 'claude-haiku-5-5');
  assert.is((await said()).length, before);
});

test.run();
