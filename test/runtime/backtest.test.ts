/**
 * Backtest: a life recorded in one program, lived again in another; what differs first, and nothing else.
 */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { backtest, groupOf } from '../../runtime/backtest.ts';
import type { LoadedProgram } from '../../runtime/load.ts';
import { relive } from '../../runtime/relive.ts';
import type { State } from '../../runtime/state.ts';
import { StepProblem, step, timeInput } from '../../runtime/step.ts';
import type { TimelineRow } from '../../runtime/timeline.ts';
import { program } from '../support/programs.ts';
import { anyHappening, type Happening, inputOf } from '../support/random-inputs.ts';
import { build, richText } from '../support/random-programs.ts';

const monday = Date.parse('2026-01-05T09:00:00Z');
const day = 24 * 60 * 60_000;

const walk = `program walk "Walk" {
  timezone "UTC"
  data { walks : series { minutes: number min }   why : text?  agent may set   pace : (slow | fast)? }
  stage walking "Walking" {
    skill coach
    review daily at 18:00
    ask "Slow or fast?" (slow | fast) as pace
    nudge after 3 days without walks, at most 1 times
    advance to done when count(walks) >= 2
    leave as lost after 14 days of silence
  }
  stage done final success "Done" { say "Well done." }
}
`;

type Recorded = { rows: TimelineRow[]; state: State };

/** Lives as production would: what is due is done when it is due, agents answer at once. */
function record(loaded: LoadedProgram, deeds: readonly [days: number, input: Record<string, unknown>][]): Recorded {
  let state: State | null = null;
  let due: number | null = null;
  const rows: TimelineRow[] = [];
  const take = (input: never, at: number) => {
    const result = step(loaded, state, input, at, 'e1');
    state = result.state;
    due = result.nextDueAt;
    rows.push(...result.rows);
  };
  take({ type: 'enroll', id: 'enroll', zone: 'UTC' } as never, monday);
  const to = (at: number) => {
    for (let wakes = 0; state !== null && due !== null && due < at && wakes < 500; wakes += 1) {
      const now = due;
      take(timeInput(state) as never, now);
      answerRun(now);
    }
  };
  const answerRun = (now: number) => {
    const run = (state as State | null)?.facts.run;
    if (run)
      take(
        {
          type: 'run-finished',
          id: `r${rows.length}`,
          run: run.id,
          result: {
            says: [`About ${run.reason}.`],
            sets: [{ field: 'why', value: 'health' }],
            records: [],
            judgements: [],
            author: 'agent',
          },
        } as never,
        now,
      );
  };
  for (const [days, input] of deeds) {
    const at = monday + days * day;
    to(at);
    const question = (state as unknown as State).facts.question?.id;
    take({ id: `i${rows.length}`, ...(input.type === 'answer' ? { question } : {}), ...input } as never, at);
    answerRun(at);
  }
  return { rows, state: state as unknown as State };
}

const life: [number, Record<string, unknown>][] = [
  [0.1, { type: 'answer', value: 'slow', channel: 'web' }],
  [1, { type: 'record', series: 'walks', fields: { minutes: 20 }, by: 'service' }],
  [2, { type: 'message', text: 'I like it', channel: 'web' }],
  [6, { type: 'record', series: 'walks', fields: { minutes: 30 }, by: 'service' }],
];

const tried = (changed: string, until = monday + 30 * day) =>
  backtest({
    recorded: record(program(walk), life).rows,
    enrollment: 'e1',
    before: program(walk),
    after: program(changed),
    until,
  });

const cases: {
  what: string;
  from: string;
  to: string;
  kind: string | null;
  before?: RegExp;
  after?: RegExp;
  ends?: string;
}[] = [
  { what: 'nothing changed', from: 'Walk"', to: 'Walk"', kind: null, ends: 'done' },
  {
    what: 'a comment, and other names of rules',
    from: '  stage done',
    to: '  // The end.\n  stage done',
    kind: null,
    ends: 'done',
  },
  {
    what: 'one walk is enough',
    from: 'count(walks) >= 2',
    to: 'count(walks) >= 1',
    kind: 'entered',
    after: /Advanced to “Done”/,
    ends: 'done',
  },
  {
    what: 'three are asked',
    from: 'count(walks) >= 2',
    to: 'count(walks) >= 3',
    kind: 'entered',
    before: /Advanced to “Done”/,
    after: /^$/,
    ends: 'lost',
  },
  {
    what: 'other words at the end',
    from: 'Well done.',
    to: 'Splendid.',
    kind: 'message',
    before: /Well done/,
    after: /Splendid/,
    ends: 'done',
  },
  {
    what: 'an earlier nudge',
    from: 'after 3 days without',
    to: 'after 2 days without',
    kind: 'nudged',
    before: /^$/,
    after: /Nudge 1 of 1/,
    ends: 'done',
  },
  { what: 'a stage by another name', from: 'stage walking', to: 'stage strolling', kind: 'entered', ends: 'done' },
];
for (const { what, from, to, kind, before, after, ends } of cases) {
  test(`a changed program: ${what}`, () => {
    const { divergence, after: ending } = tried(walk.replace(from, to));
    assert.is(divergence?.kind ?? null, kind);
    if (before) assert.match(divergence?.before.join(' · ') ?? '', before);
    if (after) assert.match(divergence?.after.join(' · ') ?? '', after);
    if (ends) assert.is(ending.as, ends);
  });
}

test('recorded words of agents and answers find what is open of the same name', () => {
  // A message more at the beginning gives every later thing another number.
  const changed = walk.replace('skill coach', 'skill coach\n    say "Hello."');
  const { divergence, runsUnanswered } = tried(changed);
  assert.match(divergence?.after.join(' · ') ?? '', /Hello\./);
  assert.is(runsUnanswered, 0);
  const { state, answersUnused } = relive(program(changed), record(program(walk), life).rows, monday + 30 * day, 'e1');
  assert.is(answersUnused, 0);
  assert.is(state?.facts.data.pace, 'slow');
  assert.is(state?.facts.data.why, 'health');
});

test('divergences of one kind fall into one group, whoever and whenever', () => {
  const one = tried(walk.replace('Well done.', 'Splendid.')).divergence;
  assert.ok(one);
  assert.is(groupOf(one), groupOf({ ...one, at: one.at + day }));
  assert.is.not(groupOf(one), groupOf({ ...one, after: ['Something else'] }));
});

test('nobody diverges from the program they are in', () => {
  let lived = 0;
  fc.assert(
    fc.property(richText, fc.array(anyHappening, { minLength: 3, maxLength: 14 }), (text, story) => {
      const { program: loaded } = build(text);
      if (loaded === null) return;
      const recorded = happened(loaded, story);
      if (recorded === null) return;
      lived += 1;
      const until = recorded.state.at + 5 * day;
      const found = backtest({ recorded: recorded.rows, enrollment: 'e1', before: loaded, after: loaded, until });
      assert.is(found.divergence, null);
    }),
    { numRuns: 80, seed: 11 },
  );
  assert.ok(lived > 30, `only ${lived} lives`);
});

function happened(loaded: LoadedProgram, story: readonly Happening[]): Recorded | null {
  let now = Date.parse('2026-03-20T12:00:00Z');
  try {
    const begun = step(loaded, null, { type: 'enroll', id: 'enroll', zone: 'Europe/London' }, now, 'e1');
    let { state } = begun;
    const rows = [...begun.rows];
    for (const [index, one] of story.entries()) {
      now = Math.max(state.at, now + one.passes);
      const input = inputOf(one, state, `i${index}`, now, []);
      if (input === null) continue;
      const result = step(loaded, state, input, now, 'e1');
      state = result.state;
      rows.push(...result.rows);
    }
    return { rows, state };
  } catch (problem) {
    if (problem instanceof StepProblem) return null;
    throw problem;
  }
}

test.run();
