/**
 * *Why not* and *what next* asked of people in odd situations by all three doors, REST, tools and the command:
 * they say the same, and what they foretell comes at that minute when nothing happens.
 */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TimelineRow } from '../../runtime/timeline.ts';
import { regimen } from '../support/command.ts';
import { monday, type TestServer, withServer } from '../support/server.ts';
import { newService, type Service } from '../support/service.ts';

const test = suite('why doors');
const hour = 60 * 60_000;
const day = 24 * hour;

const rehab = `program rehab "Rehab" {
  timezone theirs else "Europe/London"
  quiet 21:00 to 08:00
  skill companion
  roles nurse
  data {
    ready : yes/no = no  nurse may set
    mood  : (good | bad)?
    steps : number = 0   nurse may set
    walks : series { minutes: number min }
  }
  list aids by name "Aids" {
    data { name : text  fitted : yes/no = no nurse may set }
    stage waiting "Waiting" { tell nurse "Fit {name}."  advance to done when fitted or 5 days since entered }
    stage done "Done" final {}
  }
  track diary "Diary" when ready {
    stage keeping "Keeping" { check daily at 22:00 { say "Diary?" }  advance to over when 4 days since entered }
    stage over final {}
  }
  stage resting "Resting" {
    add aids { name: "stick" }
    let strong = steps > 100 and count(walks in last 7 days) >= 2
    ask "How is it?" (good | bad) as mood, within 2 days else say "No answer."
    check daily at 07:00 { when strong { advance to moving } else when (steps + 1) > 500 { advance to moving } }
    advance to moving when 3 days since entered and ready,
      approved by nurse within 1 day else escalate to nurse "Please decide."
    on walks where minutes > 30 { advance to moving }
    leave as lost after 20 days of silence
  }
  stage moving "Moving" { say "Off we go."  nudge after 2 days without walks, at most 2 times  leave as ended after 6 days }
}`;

type People = { server: TestServer; it: Service; enroll(email: string, zone?: string): Promise<string> };

const withPeople = (work: (people: People) => Promise<void>) => () =>
  withServer({ sources: [rehab] }, async (server) => {
    const it = await newService(server);
    const enroll = async (email: string, zone = 'Europe/London') => {
      const { status, body } = await it.ask('enroll_user', { body: { program: 'rehab', person: { email, zone } } });
      assert.is(status, 201, JSON.stringify(body));
      return body.id as string;
    };
    await work({ server, it, enroll });
  });

/** What a door says, in the words of `/v1`. */
// biome-ignore lint/suspicious/noExplicitAny: answers of every shape; their schemas have checked them.
type Said = { why: any; next: any };

async function byRest(it: Service, enrollment: string): Promise<Said> {
  const of = { params: { enrollment } };
  return { why: (await it.ask('why_not', of)).body, next: (await it.ask('what_next', of)).body };
}

async function byTools(server: TestServer, token: string, enrollment: string): Promise<Said> {
  const client = new Client({ name: 'test', version: '1.0.0' });
  const headers = { authorization: `Bearer ${token}`, connection: 'close' };
  const transport = new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`), { requestInit: { headers } });
  // The types of the client's transport and of the client disagree about what may be undefined.
  await client.connect(transport as Parameters<Client['connect']>[0]);
  try {
    const ask = async (name: string) => (await client.callTool({ name, arguments: { enrollment } })).structuredContent;
    return { why: await ask('why_not'), next: await ask('what_next') };
  } finally {
    await client.close();
  }
}

/** The command is another process: its clock is that of a database in development, set to the same moment. */
async function byCommand({ engine }: TestServer, enrollment: string, ...options: string[]): Promise<string> {
  const { store } = engine;
  const ahead = Math.round((await engine.now()) - Date.now());
  await store.sql`
    insert into development_clock (workspace_id, offset_ms) values (${store.workspace}, ${ahead})
    on conflict (workspace_id) do update set offset_ms = ${ahead}`;
  const { out, err, code } = await regimen(['why', enrollment, ...options], {
    env: { DATABASE_URL: store.databaseUrl },
  });
  assert.equal([code, err], [0, '']);
  return out;
}

/** The clauses of the way to a stage, as lines: `no: steps > 100 (steps 3)`. */
function clausesOf({ why }: Said, rule: string): string[] {
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  const ways = [why, ...why.threads].flatMap((one: any) => one.transitions);
  const way = ways.find((one) => one.rule === rule);
  assert.ok(way, `${rule} among ${ways.map((one) => one.rule).join(', ')}`);
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  return way.clauses.map(({ source, holds, values, holds_at }: any) => {
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    const told = values.map((one: any) => `${one.source} ${one.value}`).join(', ');
    const from = holds_at === null ? '' : ` from ${holds_at}`;
    return `${holds ? 'yes' : 'no'}: ${source}${told === '' ? '' : ` (${told})`}${from}`;
  });
}

test(
  'each clause with its values, and when time alone makes it true; a proposal with what it still needs',
  withPeople(async ({ server, it, enroll }) => {
    const ana = await enroll('ana@example.org', 'America/New_York');
    const fresh = await byRest(it, ana);
    assert.equal(clausesOf(fresh, 'resting/advance-1.approved'), [
      'no: 3 days since entered (beginning of the visit 2026-01-05T09:00:00.000Z) from 2026-01-08T09:00:00.000Z',
      'no: ready (ready false)',
      'no: nurse approves',
    ]);
    assert.equal(clausesOf(fresh, 'resting/check-1'), [
      'no: the moment of “check daily at 07:00” comes from 2026-01-05T12:00:00.000Z',
      'no: strong (strong false, steps 0, count(walks in last 7 days) 0)',
    ]);
    assert.equal(clausesOf(fresh, 'resting/check-1.2').slice(1), [
      'yes: not strong (strong false, steps 0, count(walks in last 7 days) 0)',
      'no: (steps + 1) > 500 (steps 0)',
    ]);
    assert.equal(clausesOf(fresh, 'resting/on-1'), ['no: walk is recorded where minutes > 30']);

    // What a check asks holds: time alone brings it, at the check and not before.
    await it.ask('update_program_state', { params: { enrollment: ana }, body: { data: { steps: 501, ready: true } } });
    const [check] = (await byRest(it, ana)).why.transitions.slice(1);
    assert.equal([check.rule, check.holds, check.holds_at], ['resting/check-1.2', false, '2026-01-05T12:00:00.000Z']);
    await it.ask('update_program_state', { params: { enrollment: ana }, body: { data: { steps: 101 } } });

    await server.engine.move(monday + 3 * day);
    assert.equal(clausesOf(await byRest(it, ana), 'resting/advance-1.approved'), [
      'yes: it is proposed to nurse (time of the proposal 2026-01-08T09:00:00.000Z)',
      'no: nurse approves',
    ]);
  }),
);

test(
  'REST, tools and the command say the same',
  withPeople(async ({ server, it, enroll }) => {
    const people: [string, string][] = [
      ['in quiet hours, a question waiting', await enroll('ana@example.org', 'America/New_York')],
      ['paused', await enroll('ben@example.org', 'Asia/Kolkata')],
      ['in a track, before a proposal', await enroll('cleo@example.org')],
      ['with a proposal open', await enroll('dana@example.org', 'Pacific/Auckland')],
      ['gone', await enroll('eli@example.org')],
    ];
    const [, paused = '', before = '', open = '', gone = ''] = people.map(([, id]) => id);
    await it.ask('update_program_state', { params: { enrollment: open }, body: { data: { ready: true } } });
    await server.engine.move(monday + 3 * day + hour);
    await it.ask('update_program_state', { params: { enrollment: before }, body: { data: { ready: true } } });
    const until = new Date(monday + 9 * day).toISOString();
    await it.ask('pause_enrollment', { params: { enrollment: paused }, body: { reason: 'Away.', until } });
    await it.ask('withdraw_enrollment', { params: { enrollment: gone }, body: { reason: 'Moved.' } });

    for (const [what, id] of people) {
      const rest = await byRest(it, id);
      assert.equal(await byTools(server, it.token, id), rest, `${what}: tools`);
      const { why, ahead } = JSON.parse(await byCommand(server, id, '--json'));
      assert.equal(rulesOf(inWords(why)), rulesOf(rest.why), `${what}: the command, why`);
      assert.equal(inWords(why).next, rest.why.next, `${what}: the command, next`);
      assert.equal(
        inWords(ahead).coming.map(({ at, title }: { at: string; title: string }) => [at, title]),
        rest.next.coming.map(({ at, title }: { at: string; title: string }) => [at, title]),
        `${what}: the command, ahead`,
      );
    }
    const lines = await byCommand(server, paused);
    assert.match(lines, /\nPaused since Thu 8 Jan, 15:30 until Wed 14 Jan, 14:30, by service:\w+: Away\.\n/);
    assert.match(lines, /\n {2}✗ the pause is over · true from Wed 14 Jan, 14:30\n/);
    assert.match(lines, /Leave as lost · by time alone on Sat 31 Jan, 13:30\n/, 'silence does not count a pause');
    assert.match(await byCommand(server, gone), /\nIt ended on Thu 8 Jan, 10:00; nothing leads on from there\.\n$/);
  }),
);

/** What the command writes as data (moments in ms, names in one word) in the words of `/v1`. */
// biome-ignore lint/suspicious/noExplicitAny: any JSON.
function inWords(value: any, name = ''): any {
  if (typeof value === 'number' && /^(at|since|until|holds_at|from|to)$/.test(name))
    return new Date(value).toISOString();
  if (Array.isArray(value)) return value.map((one) => inWords(one));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([key, one]) => {
    const written = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return [written, inWords(one, written)];
  });
  return Object.fromEntries(entries);
}

/** Every transition of every thread; values by name, which each door writes in its own way. */
// biome-ignore lint/suspicious/noExplicitAny: as above.
const rulesOf = (why: any) =>
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  [{ ...why, title: '', stage_title: '' }, ...why.threads].map(({ title, stage, stage_title, transitions }: any) => ({
    title,
    stage,
    stage_title,
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    transitions: transitions.map(({ clauses, ...one }: any) => ({
      ...one,
      // biome-ignore lint/suspicious/noExplicitAny: as above.
      clauses: clauses.map((clause: any) => ({ ...clause, values: clause.values.map((each: any) => each.source) })),
    })),
  }));

/** What the timeline tells of the kinds that can be foretold; what the agent says cannot. */
const foretold: ReadonlySet<TimelineRow['kind']> = new Set([
  'entered',
  'finished',
  'resumed',
  'message',
  'planned',
  'told',
  'proposed',
  'nudged',
  'asked',
  'unanswered',
  'escalated',
]);

test(
  'what is foretold comes, at that minute, and nothing else',
  withPeople(async ({ server, it, enroll }) => {
    const people = [
      await enroll('ana@example.org', 'America/New_York'),
      await enroll('ben@example.org', 'Asia/Kolkata'),
      await enroll('cleo@example.org'),
    ];
    const [, paused = '', ready = ''] = people;
    await server.engine.move(monday + hour);
    await it.ask('update_program_state', { params: { enrollment: ready }, body: { data: { ready: true } } });
    const until = new Date(monday + 4 * day).toISOString();
    await it.ask('pause_enrollment', { params: { enrollment: paused }, body: { reason: 'Away.', until } });
    const from = await server.engine.now();
    const said = await Promise.all(people.map((id) => byRest(it, id)));
    await server.engine.move(from + 7 * day);
    let total = 0;
    for (const [index, id] of people.entries()) {
      const rows = await server.engine.control.timeline(id, { limit: 500 });
      const came = rows
        .filter(
          (row) => row.at > from && foretold.has(row.kind) && !(row.kind === 'message' && row.author !== 'program'),
        )
        .map((row) => [new Date(row.at).toISOString(), row.kind]);
      const coming = said[index]?.next.coming.map(({ at, kind }: { at: string; kind: string }) => [at, kind]);
      total += came.length;
      assert.equal(came, coming);
    }
    assert.ok(total > 15, `${total} came`);
  }),
);

test(
  'while the program or the workspace is paused nothing is said to come by itself, and why',
  withPeople(async ({ server, it, enroll }) => {
    const ana = await enroll('ana@example.org');
    await it.ask('pause_program', { params: { program: 'rehab' }, body: { reason: 'The clinic is closed.' } });
    const { why, next } = await byRest(it, ana);
    const pause = { what: 'program', since: new Date(monday).toISOString(), by: `service:${it.id}`, until: null };
    assert.equal([why.pauses, why.next], [[{ ...pause, reason: 'The clinic is closed.' }], null]);
    assert.equal([next.coming, next.stuck], [[], 'The program is paused: The clinic is closed.']);
    const lines = await byCommand(server, ana);
    assert.match(
      lines,
      /\nPaused \(the whole program\) since Mon 5 Jan, 09:00, by service:\w+: The clinic is closed\.\n/,
    );
    assert.match(
      lines,
      /\nWaits for the person: an answer to the question of Mon 5 Jan, 09:00 \(until Wed 7 Jan, 09:00\)\n/,
    );
    assert.match(lines, /\nNothing comes by itself while it is paused\.\n/);
    assert.match(
      lines,
      /\n {2}Mon 5 Jan, 09:00 {2}It goes no further: The program is paused: The clinic is closed\.\n/,
    );
    await it.ask('pause_workspace', { body: { reason: 'Moving house.' } });
    await it.ask('resume_program', { params: { program: 'rehab' } });
    assert.equal(
      (await byRest(it, ana)).why.pauses.map(({ what, reason }: { what: string; reason: string }) => [what, reason]),
      [['workspace', 'Moving house.']],
    );
    await it.ask('resume_workspace');
    const after = await byRest(it, ana);
    assert.equal(after.why.pauses, []);
    assert.ok(after.why.next !== null && after.next.coming.length > 0);
  }),
);

test.run();
