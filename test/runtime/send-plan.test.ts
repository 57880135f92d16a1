/** The send planner: never at night, over a limit or outside a channel's window; monotone, idempotent, finite. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { calendarPeriod, minutesOf } from '../../runtime/calendar.ts';
import { type DeliveryPreferences, liesIn, noPreferences, preferenceProblems } from '../../runtime/preferences.ts';
import {
  type Circumstances,
  heldMaxMs,
  type Outgoing,
  planSend,
  preferredLastsMs,
  webChannel,
} from '../../runtime/send-plan.ts';
import { mergeDigest } from '../../runtime/send-plan-digest.ts';
import { apartMs, runTurnAt, talkMs, turnWaitMaxMs } from '../../runtime/send-plan-turn.ts';

const test = suite('send planner');
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const runs = { numRuns: 1_500, seed: 4 };

const alone: Circumstances = {
  zone: 'UTC',
  preferences: noPreferences,
  programQuiet: null,
  sentAt: [],
  others: { talkedAt: null, beganAt: null, answering: false },
  ways: [],
};
const at = (text: string): number => Date.parse(text);

// Zones with changes of every kind: none, an hour, half an hour, quarter-hour offsets, at midnight, a day left out.
const zones = [
  'UTC',
  'Asia/Kathmandu',
  'Europe/London',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Santiago',
  'Africa/Cairo',
  'Pacific/Apia',
];
/** Around changes of the clocks, and anywhere in two years. */
const changes = [
  '2026-03-29T01:00:00Z',
  '2026-10-25T01:00:00Z',
  '2026-03-08T07:00:00Z',
  '2026-11-01T06:00:00Z',
  '2026-04-04T15:00:00Z',
  '2026-04-24T00:00:00Z',
].map(at);
const moments = fc.oneof(
  fc
    .integer({ min: at('2026-01-01T00:00:00Z') / minute, max: at('2027-12-31T00:00:00Z') / minute })
    .map((m) => m * minute),
  fc.tuple(fc.constantFrom(...changes), fc.integer({ min: -36 * 60, max: 36 * 60 })).map(([c, m]) => c + m * minute),
);
const minutes = fc.integer({ min: 0, max: 1439 });
const quiets = fc.option(fc.record({ from: minutes, to: minutes }));
const preferences: fc.Arbitrary<DeliveryPreferences> = fc.record({
  channels: fc.subarray(['web', 'letter', 'dove']),
  quiet: quiets,
  when: fc.oneof(
    fc.constant({ kind: 'now' as const }),
    minutes.map((at) => ({ kind: 'preferred' as const, at })),
    minutes.map((at) => ({ kind: 'digest' as const, at })),
  ),
  perDay: fc.option(fc.integer({ min: 1, max: 3 })),
});

type Case = { message: Outgoing; around: Circumstances; now: number; later: number };
const cases: fc.Arbitrary<Case> = fc
  .record({
    zone: fc.constantFrom(...zones),
    programZone: fc.constantFrom(...zones),
    preferences,
    quiet: quiets,
    now: moments,
    later: fc.integer({ min: 0, max: 3 * 24 * 60 }),
    readyAgo: fc.integer({ min: 0, max: 300 }),
    sentAgo: fc.array(fc.integer({ min: 0, max: 1_500 }), { maxLength: 6 }),
    talkedAgo: fc.option(fc.integer({ min: 0, max: 30 })),
    beganAgo: fc.option(fc.integer({ min: 0, max: 5 })),
    ways: fc.array(
      fc.record({
        channel: fc.constantFrom('letter', 'dove', 'pipe'),
        windowMs: fc.option(
          fc.integer({ min: 1, max: 48 }).map((hours) => hours * hour),
          { nil: undefined },
        ),
        template: fc.option(fc.constant('reminder'), { nil: undefined }),
        heardAgo: fc.option(fc.integer({ min: 0, max: 3_000 })),
      }),
      { maxLength: 3 },
    ),
    isQuestion: fc.boolean(),
    unasked: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
  })
  .map((one) => {
    const ago = (n: number | null) => (n === null ? null : one.now - n * minute);
    const around: Circumstances = {
      zone: one.zone,
      preferences: one.preferences,
      programQuiet: one.quiet === null ? null : { ...one.quiet, zone: one.programZone },
      sentAt: one.sentAgo.map((n) => one.now - n * minute),
      others: { talkedAt: ago(one.talkedAgo), beganAt: ago(one.beganAgo), answering: false },
      ways: one.ways.map(({ heardAgo, windowMs, template, channel }) => ({
        channel,
        heardAt: ago(heardAgo),
        ...(windowMs === undefined ? {} : { windowMs }),
        ...(template === undefined ? {} : { template }),
      })),
    };
    const message = { unasked: one.unasked, isQuestion: one.isQuestion, readyAt: one.now - one.readyAgo * minute };
    return { message, around, now: one.now, later: one.now + one.later * minute };
  });

test('is never in quiet hours, of the person or of the program, in any zone', () => {
  fc.assert(
    fc.property(cases, ({ message, around, now }) => {
      const plan = planSend(message, around, now);
      if (!message.unasked || plan.kind === 'in-app') return;
      const own = around.preferences.quiet;
      if (own) assert.not.ok(liesIn(minutesOf(plan.at, around.zone), own));
      const of = around.programQuiet;
      if (of) assert.not.ok(liesIn(minutesOf(plan.at, of.zone), of));
    }),
    runs,
  );
});

test('is never over the limit of a day', () => {
  fc.assert(
    fc.property(cases, ({ message, around, now }) => {
      const { perDay } = around.preferences;
      const plan = planSend(message, around, now);
      if (!message.unasked || perDay === null || plan.kind === 'in-app') return;
      const { start, end } = calendarPeriod(plan.at, 'day', around.zone);
      assert.ok(around.sentAt.filter((one) => one >= start && one < end).length < perDay);
    }),
    runs,
  );
});

test('is never outside the window of its channel, unless by a template; a reason is said where no channel takes it', () => {
  fc.assert(
    fc.property(cases, ({ message, around, now }) => {
      const plan = planSend(message, around, now);
      if (plan.kind === 'in-app') return assert.ok(plan.why.length > 0);
      const ways = around.ways.filter(({ channel }) => channel === plan.channel);
      if (plan.channel === webChannel || plan.template !== undefined) return;
      assert.ok(
        ways.some(
          ({ windowMs, heardAt }) => windowMs === undefined || (heardAt !== null && plan.at < heardAt + windowMs),
        ),
      );
    }),
    runs,
  );
});

test('is finite and not before now; what is held back says why; an answer is never held back', () => {
  fc.assert(
    fc.property(cases, ({ message, around, now }) => {
      const plan = planSend(message, around, now);
      assert.ok(Number.isFinite(plan.at) && plan.at >= now);
      if (!message.unasked) return assert.is(plan.at, now);
      if (plan.at > now) assert.ok(plan.why.length > 0);
      assert.ok(plan.at - now <= heldMaxMs);
    }),
    runs,
  );
});

test('asked at its time it says that time; asked later it never says an earlier one', () => {
  fc.assert(
    fc.property(cases, ({ message, around, now, later }) => {
      const plan = planSend(message, around, now);
      const again = planSend(message, around, plan.at);
      if (plan.kind !== 'in-app') assert.is(again.at, plan.at);
      assert.ok(planSend(message, around, later).at >= plan.at || later < now || plan.kind === 'in-app');
    }),
    runs,
  );
});

test('a digest comes within its hour; a question goes by itself', () => {
  fc.assert(
    fc.property(cases, ({ message, around, now }) => {
      const plan = planSend(message, around, now);
      const gathers = message.unasked && around.preferences.when.kind === 'digest' && !message.isQuestion;
      if (plan.kind !== 'in-app') assert.is(plan.kind, gathers ? 'digest' : 'send');
    }),
    runs,
  );
  const evening = { ...noPreferences, when: { kind: 'digest' as const, at: 18 * 60 } };
  const word = { unasked: true, isQuestion: false, readyAt: 0 };
  const planned = (now: string) =>
    new Date(planSend(word, { ...alone, preferences: evening }, at(now)).at).toISOString();
  assert.is(planned('2026-01-05T09:00:00Z'), '2026-01-05T18:00:00.000Z');
  assert.is(planned('2026-01-05T18:59:00Z'), '2026-01-05T18:59:00.000Z');
  assert.is(planned('2026-01-05T19:00:00Z'), '2026-01-06T18:00:00.000Z');
  assert.is(preferredLastsMs, hour);
});

test('a night in Kathmandu ends at seven there', () => {
  const night = { ...noPreferences, quiet: { from: 22 * 60, to: 7 * 60 } };
  const plan = planSend(
    { unasked: true, isQuestion: false, readyAt: 0 },
    { ...alone, zone: 'Asia/Kathmandu', preferences: night },
    at('2026-01-05T18:00:00Z'),
  );
  assert.equal(plan, {
    kind: 'send',
    at: at('2026-01-06T01:15:00Z'),
    channel: 'web',
    why: ['It is quiet hours.'],
    readyAt: at('2026-01-06T01:15:00Z'),
  });
});

test('a preferred time in the quiet hours of a program is their end; quiet hours all day leave no time', () => {
  const word = { unasked: true, isQuestion: false, readyAt: 0 };
  const early = { ...noPreferences, when: { kind: 'preferred' as const, at: 6 * 60 } };
  const programQuiet = { from: 21 * 60, to: 8 * 60, zone: 'UTC' };
  const plan = planSend(word, { ...alone, preferences: early, programQuiet }, at('2026-01-05T12:00:00Z'));
  assert.is(plan.at, at('2026-01-06T08:00:00Z'));
  const none = { ...noPreferences, quiet: { from: 8 * 60, to: 21 * 60 } };
  const never = planSend(word, { ...alone, preferences: none, programQuiet }, at('2026-01-05T12:00:00Z'));
  assert.equal(
    [never.kind, never.at, never.why],
    ['in-app', at('2026-01-05T12:00:00Z'), ['What is wished for leaves no time to write within a week.']],
  );
});

test('a conversation with another program is not broken into, but nobody waits for ever', () => {
  const now = at('2026-01-05T12:00:00Z');
  const talk = { talkedAt: now - minute, beganAt: null, answering: false };
  const word = { unasked: true, isQuestion: false, readyAt: now };
  assert.is(planSend(word, { ...alone, others: talk }, now).at, now - minute + talkMs);
  assert.is(planSend({ ...word, readyAt: now - turnWaitMaxMs }, { ...alone, others: talk }, now).at, now);
  assert.is(planSend(word, { ...alone, others: { ...talk, talkedAt: null, beganAt: now } }, now).at, now + apartMs);
  assert.is(planSend({ ...word, unasked: false }, { ...alone, others: talk }, now).at, now);
});

test('of two runs in hand the more important goes first, then the older, then by id: exactly one of them', () => {
  const quiet = { talkedAt: null, beganAt: null, answering: false };
  const run = fc.record({
    id: fc.constantFrom('a', 'b', 'c'),
    reason: fc.constantFrom('say' as const, 'review' as const, 'nudge' as const),
    since: fc.constantFrom(0, 1_000),
  });
  fc.assert(
    fc.property(fc.uniqueArray(run, { selector: ({ id }) => id, minLength: 1 }), (all) => {
      const first = all.filter(
        (one) =>
          runTurnAt(
            one,
            all.filter((other) => other !== one),
            quiet,
            5_000,
          ) === 5_000,
      );
      assert.is(first.length, 1);
    }),
    { ...runs, numRuns: 200 },
  );
  const nudge = { id: 'a', reason: 'nudge' as const, since: 0 };
  assert.ok(runTurnAt(nudge, [{ id: 'b', reason: 'review', since: 500 }], quiet, 1_000) > 1_000);
  assert.is(runTurnAt(nudge, [], quiet, 1_000), 1_000);
});

test('channels: the liked ones first, the web chat where it is named, else the one used last', () => {
  const now = at('2026-01-05T12:00:00Z');
  const ways = [
    { channel: 'slack', heardAt: now },
    { channel: 'whatsapp', windowMs: day, heardAt: now - 2 * day },
  ];
  const by = (channels: string[], unasked = true) => {
    const plan = planSend(
      { unasked, isQuestion: false, readyAt: now },
      { ...alone, ways, preferences: { ...noPreferences, channels } },
      now,
    );
    return plan.kind === 'in-app' ? null : plan.channel;
  };
  assert.is(by([]), 'slack');
  assert.is(by(['whatsapp']), 'slack', 'its window is closed');
  assert.is(by(['web', 'slack']), 'web');
  assert.is(by(['web'], false), 'slack', 'an answer goes where the person spoke');
});

test('a digest keeps order, and names programs where there are several', () => {
  const part = (program: string, text: string) => ({ program, title: program.toUpperCase(), text });
  assert.is(mergeDigest([part('a', '1'), part('a', '2')]), '1\n\n2');
  assert.is(mergeDigest([part('b', '1'), part('a', '2'), part('b', '3')]), 'B:\n1\n\n3\n\nA:\n2');
});

const night = { from: 22 * 60, to: 7 * 60 };
const refused: [string, Partial<DeliveryPreferences>, string][] = [
  ['no length', { quiet: { from: 60, to: 60 } }, 'Quiet hours need an end that differs from their beginning.'],
  [
    'a time in quiet hours',
    { quiet: night, when: { kind: 'digest', at: 60 } },
    '01:00 lies in the quiet hours from 22:00 to 07:00: choose a time outside them.',
  ],
  [
    'a time that is none',
    { when: { kind: 'digest', at: 1440 } },
    'A time of day is a whole number of minutes after midnight, 0 to 1439.',
  ],
  ['none a day', { perDay: 0 }, 'Messages a day are a whole number from 1 to 100, or as many as programs send.'],
  ['twice', { channels: ['web', 'web'] }, 'Name each channel once.'],
];
for (const [what, given, sentence] of refused) {
  test(`preferences with ${what} are refused`, () =>
    assert.equal(preferenceProblems({ ...noPreferences, ...given }), [sentence]));
}
test('ordinary preferences are taken', () =>
  assert.equal(
    preferenceProblems({ channels: ['slack', 'web'], quiet: night, when: { kind: 'digest', at: 480 }, perDay: 3 }),
    [],
  ));

test.run();
