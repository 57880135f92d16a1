/**
 * Slack on the real control surface, store, worker and database: one person, known by a verified
 * email, writes in Slack and in the web chat and is in one conversation and one enrollment.
 */
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Hapi from '@hapi/hapi';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Engine, startEngine } from '../../server/engine.ts';
import type { ServerParts } from '../../server/parts.ts';
import { slack as slackDoor, slackPath } from '../../server/plugins/slack.ts';
import { dmOf, member, sender, signingSecret, slackToken, startStandInSlack } from '../support/stand-in-slack.ts';

const test = suite('slack and web chat, one person');
const programs = join(import.meta.dirname, '../../programs');
const program = 'couch_to_5k';
/** Monday 5 January 2026, 10:00 in New York: no quiet hours. */
const startAt = Date.UTC(2026, 0, 5, 15);

let world: {
  engine: Engine;
  slack: Awaited<ReturnType<typeof startStandInSlack>>;
  from: ReturnType<typeof sender>;
};
/** What was started, to be stopped in the reverse order, however far the start has come. */
const stops: (() => Promise<unknown>)[] = [];
test.after(async () => {
  for (const stop of stops.reverse()) await stop();
});

// A test and not a hook, because uvu does not tell why a hook failed.
test('everything starts', async () => {
  const slack = await startStandInSlack({ U1: member('U1', 'ana@example.org'), U2: member('U2', 'ben@example.org') });
  stops.push(slack.stop);
  const dataFolder = await mkdtemp(join(tmpdir(), 'regimen-slack-'));
  // Reachable for the account that runs Postgres when the tests run as root.
  await chmod(dataFolder, 0o755);
  stops.push(() => rm(dataFolder, { recursive: true, force: true }));
  const settings = { botToken: slackToken, signingSecret, apiUrl: slack.apiUrl, program: null };
  const log = () => {};
  const engine = await startEngine({
    databaseUrl: null,
    dataFolder,
    clock: 'virtual',
    startAt,
    skillsFolder: join(programs, 'skills'),
    anthropic: { apiKey: null, baseUrl: '', model: '', smallModel: '' },
    slack: settings,
    log,
  });
  stops.push(engine.stop);
  const source = await readFile(join(programs, `${program}.regimen`), 'utf8');
  await engine.control.publish({ source, path: `${program}.regimen`, by: 'test' });
  const server = Hapi.server({ host: '127.0.0.1', port: 0 });
  await server.register({
    plugin: slackDoor,
    options: {
      config: { url: null, slack: settings },
      control: engine.control,
      log,
      machineNow: Date.now,
    } as unknown as ServerParts,
  });
  await server.start();
  stops.push(() => server.stop({ timeout: 500 }));
  world = { engine, slack, from: sender(`${server.info.uri}${slackPath}`) };
});

/** What stands in somebody's direct conversation, oldest first. */
const inSlack = (user: string) => world.slack.messages.filter((one) => one.channel === dmOf(user));
const chat = (person: string) => world.engine.control.conversation({ person, program, after: 0, limit: 200 });

test('the first word in Slack enrolls; the program answers there, and asks with buttons', async () => {
  const { engine, from } = world;
  assert.is((await from.message('U1', 'hi', { ts: '1.1' })).status, 200);
  await engine.settle();
  const ana = await engine.control.personByEmail('ana@example.org');
  assert.is(ana.zone, 'America/New_York');
  const enrollments = await engine.control.enrollments({ person: ana.id, limit: 10 });
  assert.equal(
    enrollments.map((one) => [one.program, one.stage]),
    [[program, 'intake']],
  );
  const out = (await chat(ana.id)).filter((line) => line.direction === 'out').map((line) => line.text);
  assert.ok(out.length >= 2);
  assert.equal(
    inSlack('U1').map((one) => one.text),
    out,
    'every message, once, in order',
  );
  const asked = inSlack('U1').find((one) => one.blocks?.some((block) => block.type === 'actions'));
  assert.match(asked?.text ?? '', /heart condition/);
});

test('the same event again changes nothing anybody can see', async () => {
  const { engine, from } = world;
  const before = inSlack('U1').length;
  assert.is((await from.message('U1', 'hi', { ts: '1.1' }, { headers: { 'x-slack-retry-num': '1' } })).status, 200);
  await engine.settle();
  assert.is(inSlack('U1').length, before);
});

test('a button answers the question; the message shows it, and the program goes on', async () => {
  const { engine, from, slack } = world;
  const asked = inSlack('U1').find((one) => one.blocks?.some((block) => block.type === 'actions'));
  assert.ok(asked);
  const pressed = { ...asked, blocks: asked?.blocks ?? [] } as NonNullable<typeof asked>;
  const [yes, no] = pressed.blocks?.find((block) => block.type === 'actions').elements ?? [];
  assert.is((await from.click('U1', pressed, no)).status, 200);
  await engine.settle();
  const ana = await engine.control.personByEmail('ana@example.org');
  const [enrollment] = await engine.control.enrollments({ person: ana.id, limit: 10 });
  assert.is((await engine.control.enrollment(enrollment?.id ?? '')).facts.data.heart, false);
  await until(() => asked?.blocks?.at(-1)?.type === 'context');
  assert.is(asked?.blocks?.at(-1)?.elements[0].text, 'You answered: no');
  const updates = slack.count('chat.update');
  assert.is((await from.click('U1', pressed, { ...yes, action_ts: '2.2' })).status, 200);
  await until(() => slack.count('chat.update') > updates);
  assert.is(asked?.blocks?.at(-1)?.elements[0].text, 'You answered: no', 'the first answer counts');
  assert.is((await engine.control.enrollment(enrollment?.id ?? '')).facts.data.heart, false);
});

test('the web chat shows the same conversation; who writes there is answered there', async () => {
  const { engine } = world;
  const ana = await engine.control.personByEmail('ana@example.org');
  await engine.settle();
  const before = inSlack('U1').length;
  await engine.control.receive({
    person: ana.id,
    program,
    channel: 'web',
    id: 'web-1',
    text: 'I want to run with my children',
  });
  await engine.settle();
  assert.is(inSlack('U1').length, before, 'nothing goes to Slack');
  const lines = await chat(ana.id);
  assert.ok(
    lines.some((line) => line.direction === 'in' && line.text === 'hi'),
    'what was written in Slack',
  );
  assert.ok(lines.some((line) => line.direction === 'in' && line.text === 'I want to run with my children'));
  const enrollments = await engine.control.enrollments({ person: ana.id, limit: 10 });
  assert.equal(
    enrollments.map((one) => one.stage),
    ['training'],
    'one enrollment, moved by words from both sides',
  );
});

test('back in Slack, the answer comes back to Slack; another person sees nothing of it', async () => {
  const { engine, from } = world;
  const before = inSlack('U1').length;
  await from.message('U1', 'workout', { ts: '3.1' });
  await engine.settle();
  const told = inSlack('U1').slice(before);
  assert.match(told.map((one) => one.text).join('\n'), /Week 1, run 1 of 3/);
  assert.is(inSlack('U2').length, 0);
});

test('who has left is told so in Slack, once', async () => {
  const { engine, from } = world;
  await from.message('U1', 'stop', { ts: '4.1' });
  await engine.settle();
  const before = inSlack('U1').length;
  await from.message('U1', 'hello?', { ts: '4.2' });
  await engine.settle();
  await from.message('U1', 'hello?', { ts: '4.2' }, { headers: { 'x-slack-retry-num': '1' } });
  await engine.settle();
  const told = inSlack('U1').slice(before);
  assert.is(told.length, 1, JSON.stringify(told.map((one) => one.text)));
  const ana = await engine.control.personByEmail('ana@example.org');
  assert.is((await chat(ana.id)).at(-1)?.text, told[0]?.text, 'the notice stands in the web chat, too');
});

/** Waits for something that happens right after an answer. */
async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (holds()) return;
    await new Promise((done) => setTimeout(done, 10));
  }
  assert.unreachable('it never happened');
}

test.run();
