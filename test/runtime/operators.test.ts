/** What operators do to one person: a pause in which everything stands still, moves that can be undone, and leaving. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { why } from '../../runtime/explain.ts';
import type { Input } from '../../runtime/inputs.ts';
import type { TimelineRow } from '../../runtime/timeline.ts';
import { unheard } from '../../runtime/unheard.ts';
import { life } from '../support/life.ts';

const test = suite('operators');

const hour = 60 * 60_000;
const day = 24 * hour;
/** Monday 5 January 2026, 09:00 in UTC, where each life begins. */
const monday = Date.parse('2026-01-05T09:00:00Z');

const source = `program walking "Walking" {
  enroll   anyone verified
  timezone theirs else "UTC"
  roles    nurse
  ladder   urgent { nurse for 1h then operator }
  data {
    goal  : number 1 to 90 = 10   nurse may set
    ready : yes/no?
    walks : series number min
    event : moment?
  }
  anytime {
    command "bye" { say "Goodbye." leave as quit }
    check daily at 18:00 { say "Evening." }
    at event { say "The event is here." }
    leave as lost after 30 days of silence
  }
  track diary "Diary" { stage open "Open" { check daily at 12:00 { say "Diary?" } } }
  stage resting "Resting" {
    say "Rest well."
    ask "Ready?" (yes/no) as ready, within 3 days else escalate to nurse
    command "help" { escalate to urgent "Help." }
    advance to walking when ready
    escalate to nurse after 5 days
  }
  stage walking "Walking {goal}" {
    say "Off we go."
    on walks { say "Noted." }
    command "more" { propose goal = goal + 10 approved by nurse }
    advance to done when goal >= 80
  }
  stage done "Done" final success {}
}`;

const kinds = (rows: TimelineRow[]) => rows.map(({ kind }) => kind);
const says = (rows: TimelineRow[]) => rows.flatMap((row) => (row.kind === 'message' ? [row.text] : []));
const refused = (rows: TimelineRow[]) => rows.flatMap((row) => (row.kind === 'refused' ? [row.why] : []));

function begun() {
  const one = life(source, monday);
  const operate = (input: Record<string, unknown>) =>
    one.take({ id: one.id(), by: 'person:boss', reason: 'A test.', ...input } as unknown as Input);
  return { ...one, operate };
}

test('while it is paused nothing happens by itself, and what was to come comes as much later', () => {
  const ana = begun();
  const { expiresAt } = ana.state().facts.question ?? {};
  ana.says('help');
  const climb = ana.state().facts.climbs[0]?.at ?? 0;
  ana.passes(hour / 2);
  assert.equal(kinds(ana.operate({ type: 'pause' })), ['input', 'paused']);
  assert.is(ana.nextDueAt(), null, 'time alone brings nothing');
  assert.equal(ana.sleeps(10 * day), [], 'also where somebody looks');
  for (const { by, title, clauses } of why(ana.program, ana.state(), ana.now()).transitions)
    assert.match(
      clauses[0]?.source ?? '',
      by === 'command' ? /^the person says “(bye|stop)”$/ : 'the pause is over',
      title,
    );

  const rows = ana.operate({ type: 'resume' });
  assert.equal(kinds(rows), ['input', 'resumed'], 'what fell into the pause is not made up for');
  assert.is(ana.state().facts.question?.expiresAt, (expiresAt ?? 0) + 10 * day);
  assert.is(ana.state().facts.climbs[0]?.at, climb + 10 * day);
  // The ladder's hour, the question's three days and the stage's five: each with the pause added.
  const told = ana.passes(5 * day).flatMap((row) => (row.kind === 'escalated' ? [[row.to, row.at - monday]] : []));
  assert.equal(told, [
    ['operator', 10 * day + hour],
    ['nurse', 13 * day],
    ['nurse', 15 * day],
  ]);
  assert.equal(ana.folded(), ana.state());
});

test('the checks of the day go on after it, and thirty days of silence do not count it', () => {
  const ana = begun();
  ana.operate({ type: 'pause', until: monday + 40 * day });
  assert.is(ana.nextDueAt(), monday + 40 * day);
  const resumed = ana.passes(40 * day);
  assert.equal(kinds(resumed), ['input', 'resumed']);
  assert.is(ana.state().facts.finished, null, 'nobody is lost by a pause');
  assert.equal(says(ana.passes(10 * hour)), ['Diary?', 'Evening.']);
  ana.passes(29 * day);
  assert.is(ana.state().facts.finished, null);
  ana.passes(day);
  assert.is(ana.state().facts.finished?.as, 'lost');
});

test('an appointment that falls into a pause is passed over; one after it is kept', () => {
  for (const [at, expected] of [
    [monday + 2 * day, []],
    [monday + 6 * day, ['The event is here.']],
  ] as const) {
    const ana = begun();
    ana.take({ type: 'set', id: 's', field: 'event', value: { at }, role: 'operator' });
    ana.operate({ type: 'pause', until: monday + 5 * day });
    const said = says(ana.passes(7 * day)).filter((text) => text.includes('event'));
    assert.equal(said, [...expected]);
  }
});

test('what is said in a pause is kept and not acted on; a word by which they leave works', () => {
  const ana = begun();
  ana.operate({ type: 'pause' });
  assert.equal(kinds(ana.says('yes')), ['input'], 'the open question waits');
  assert.match(unheard(ana.program, ana.state(), ana.now()), /Walking is paused for you\. What you write is kept/);
  assert.equal(kinds(ana.says('help')), ['input']);
  assert.is(ana.state().facts.heard.length, 2);
  assert.equal(kinds(ana.record('walks', { value: 5 })), ['input', 'recorded']);
  const left = ana.says('bye');
  assert.equal(says(left), ['Goodbye.']);
  assert.is(ana.state().facts.finished?.as, 'quit');
  assert.equal(ana.folded(), ana.state());
});

test('the word that always ends it ends it in a pause, too', () => {
  const ana = begun();
  ana.operate({ type: 'pause' });
  ana.says('stop');
  assert.is(ana.state().facts.finished?.outcome, 'left');
});

test('facts that make a way open are looked at when it goes on', () => {
  const ana = begun();
  ana.operate({ type: 'pause' });
  const { id = '' } = ana.state().facts.question ?? {};
  const answered = ana.take({ type: 'answer', id: 'a', question: id, value: 'yes', channel: 'web' });
  assert.equal([ana.state().facts.data.ready, ana.state().stage, says(answered)], [true, 'resting', []]);
  assert.equal(says(ana.operate({ type: 'resume' })), ['Off we go.']);
  assert.is(ana.state().stage, 'walking');
});

test('a decision waits for the end of the pause', () => {
  const ana = begun();
  ana.operate({ type: 'move', to: 'walking' });
  ana.says('more');
  const proposal = ana.state().facts.proposals[0]?.id ?? '';
  ana.operate({ type: 'pause' });
  const decide = () => ana.take({ type: 'decide', id: ana.id(), proposal, approve: true, role: 'nurse' });
  assert.match(refused(decide())[0] ?? '', /paused/);
  ana.operate({ type: 'resume' });
  decide();
  assert.is(ana.state().facts.data.goal, 20);
});

test('a move enters the stage as any move does, with what it sets, and says who and why', () => {
  const ana = begun();
  const rows = ana.operate({ type: 'move', to: 'walking', data: { goal: 30 } });
  const entered = rows.find((row) => row.kind === 'entered');
  assert.equal(
    entered?.kind === 'entered' && [entered.title, entered.direction, entered.from, entered.because, entered.by],
    ['Walking 30', 'move', 'resting', 'A test.', 'person:boss'],
  );
  assert.equal(says(rows), ['Off we go.']);
  assert.is(ana.state().facts.question, null, 'what the stage before asked is over');
  assert.equal(ana.folded(), ana.state());
  assert.is(ana.operate({ type: 'move', to: 'done' }).at(-1)?.kind, 'finished');
});

test('a move that cannot be is refused whole', () => {
  const cases: [Record<string, unknown>, RegExp][] = [
    [{ to: 'running' }, /no stage running; it has resting, walking, done/],
    [{ to: '__proto__' }, /no stage __proto__/],
    [{ to: 'walking', data: { goal: 500 } }, /goal/],
    [{ to: 'walking', data: { goal: 20, gaol: 1 } }, /no field gaol; there are goal, ready, event/],
    [{ to: 'walking', data: { constructor: 1 } }, /no field constructor/],
    [{ to: 'resting', back: true }, /gone on since they were moved/],
  ];
  const ana = begun();
  const before = ana.state();
  for (const [input, expected] of cases) {
    assert.match(refused(ana.operate({ type: 'move', ...input })).join(), expected);
    assert.equal({ ...ana.state(), seq: 0 }, { ...before, seq: 0 });
  }
  ana.operate({ type: 'pause' });
  assert.match(refused(ana.operate({ type: 'move', to: 'walking' })).join(), /paused/);
});

test('a move undone is as if it had not been: the visit goes on, its question is asked again, the fields are back', () => {
  const ana = begun();
  ana.passes(day);
  const before = ana.state();
  ana.operate({ type: 'move', to: 'walking', data: { goal: 30 } });
  ana.passes(2 * day);
  const rows = ana.operate({ type: 'move', to: 'resting', back: true });
  const { facts, stage } = ana.state();
  assert.equal([stage, facts.data.goal, facts.visit.number], ['resting', 10, before.facts.visit.number]);
  assert.equal(says(rows), ['Ready?'], 'nothing is said again but the question');
  assert.equal(facts.visit.pauses, [{ from: monday + day, to: monday + 3 * day }]);
  assert.match(refused(ana.operate({ type: 'move', to: 'resting', back: true })).join(), /gone on/);
  // Two days of five were left out.
  const nurse = ana.passes(5 * day).find((row) => row.kind === 'escalated' && row.text.startsWith('In stage'));
  assert.is(nurse?.at, monday + 7 * day);
  assert.equal(ana.folded(), ana.state());
});

test('who has gone on by themselves cannot be moved back', () => {
  const ana = begun();
  ana.operate({ type: 'move', to: 'resting' });
  const { id = '' } = ana.state().facts.question ?? {};
  ana.take({ type: 'answer', id: 'a', question: id, value: 'yes', channel: 'web' });
  assert.is(ana.state().stage, 'walking');
  assert.match(refused(ana.operate({ type: 'move', to: 'resting', back: true })).join(), /gone on/);
});

test('taken out: nothing more happens, nothing more can be done, and the state can still be read', () => {
  const ana = begun();
  const rows = ana.operate({ type: 'withdraw' });
  const finished = rows.find((row) => row.kind === 'finished');
  assert.equal(finished?.kind === 'finished' && [finished.as, finished.outcome, finished.because, finished.by], [
    'withdrawn',
    'left',
    'A test.',
    'person:boss',
  ]);
  assert.is(ana.nextDueAt(), null);
  for (const type of ['move', 'pause', 'resume', 'withdraw', 'advance'])
    assert.match(refused(ana.operate({ type, to: 'walking' })).join(), /has finished/);
  assert.equal(ana.folded(), ana.state());
});

test('a pause must end in the future, within reason; twice is refused, and so is going on without one', () => {
  const ana = begun();
  for (const until of [monday, monday - 1, Date.parse('9999-12-31T00:00:00Z'), Number.NaN, 1.5 + monday])
    assert.match(refused(ana.operate({ type: 'pause', until })).join(), /lies ahead/);
  assert.match(refused(ana.operate({ type: 'resume' })).join(), /not paused/);
  ana.operate({ type: 'pause' });
  assert.match(refused(ana.operate({ type: 'pause' })).join(), /already/);
});

/** What may happen to somebody, at random; `wait` in hours. */
const happening = fc.oneof(
  fc.record({ kind: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 400 }) }),
  fc.record({
    kind: fc.constant('says' as const),
    words: fc.constantFrom('help', 'yes', 'more', 'hello', 'bye', 'stop'),
  }),
  fc.record({ kind: fc.constant('walks' as const) }),
  fc.record({
    kind: fc.constant('operate' as const),
    input: fc.oneof(
      fc.record({ type: fc.constantFrom('resume', 'withdraw', 'advance', 'pause') }),
      fc.record({ type: fc.constant('pause'), days: fc.integer({ min: 1, max: 30 }) }),
      fc.record({
        type: fc.constant('move'),
        to: fc.constantFrom('resting', 'walking', 'walking', 'done'),
        ...{ back: fc.constantFrom(undefined, undefined, true) },
      }),
      fc.record({ type: fc.constant('move'), to: fc.constant('walking'), data: fc.constant({ goal: 20 }) }),
    ),
  }),
);

test('whatever operators do, in whatever order: the state is the fold, and nothing happens in a pause', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 25 }), (told) => {
      const one = begun();
      for (const it of told) {
        const { paused, finished } = one.state().facts;
        if (it.kind === 'wait') {
          const until = Math.min(one.now() + it.hours * hour, paused?.until ?? Number.POSITIVE_INFINITY);
          const rows = one.passes(until - one.now());
          if (paused && !finished)
            assert.ok(
              rows.every((row) => row.at === paused.until),
              'nothing before its end',
            );
        } else if (it.kind === 'says') one.says(it.words);
        else if (it.kind === 'walks') one.record('walks', { value: 3 });
        else {
          const { days, ...input } = it.input as { type: string; days?: number };
          one.operate({ ...input, ...(days === undefined ? {} : { until: one.now() + days * day }) });
        }
        const { facts } = one.state();
        if (facts.paused && !facts.finished) assert.is(one.nextDueAt(), facts.paused.until);
        if (facts.finished?.as === 'withdrawn') assert.is(one.nextDueAt(), null);
      }
      assert.equal(one.folded(), one.state());
    }),
    { numRuns: 300, seed: 7 },
  );
});

test.run();
