/**
 * Taking a person out of their timeline: nothing of what they said is left, the fold still holds, and the way
 * is the way it was. Over random lives in random programs, and over a story told by hand.
 */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { eraseLife } from '../../runtime/erase.ts';
import { fold, inputsOf } from '../../runtime/fold.ts';
import type { Input } from '../../runtime/inputs.ts';
import type { LoadedProgram } from '../../runtime/load.ts';
import type { State } from '../../runtime/state.ts';
import { StepProblem, step } from '../../runtime/step.ts';
import type { TimelineRow } from '../../runtime/timeline.ts';
import { life } from '../support/life.ts';
import { anyHappening, type Happening, inputOf } from '../support/random-inputs.ts';
import { build, richText } from '../support/random-programs.ts';

const origin = Date.UTC(2026, 2, 27, 9, 30);
/** In every text of a person: it must be nowhere afterwards. */
const mark = 'Zoë Quill';
const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** What people say in their own words, instead of what the happening has them say. */
function inTheirWords(input: Input, index: number): Input {
  const own = `${mark} ${index % 3}`;
  if (input.type === 'message' && index % 2 === 0) return { ...input, text: `${input.text} says ${own}` };
  if (input.type === 'record' && index % 3 === 0) return { ...input, fields: { ...input.fields, [own]: own } };
  if (input.type === 'run-finished')
    return { ...input, result: { ...input.result, says: [...input.result.says, `Well done, ${own}.`] } };
  if (input.type === 'set' && typeof input.value === 'string') return { ...input, value: own };
  if (input.type === 'answer' && index % 5 === 0) return { ...input, value: own };
  return input;
}

function live(program: LoadedProgram, happenings: readonly Happening[]): { state: State; rows: TimelineRow[] } | null {
  try {
    let now = origin;
    const first = step(program, null, { type: 'enroll', id: 'enroll', zone: 'Europe/London' }, now, 'e1');
    let state = copy(first.state);
    const rows = [...first.rows];
    for (const [index, happening] of happenings.entries()) {
      now = Math.max(now + happening.passes, state.at);
      const input = inputOf(happening, state, `i${index}`, now, []);
      if (input === null) continue;
      const result = step(program, state, inTheirWords(input, index), now, 'e1');
      rows.push(...result.rows);
      state = copy(result.state);
    }
    return { state, rows: copy(rows) };
  } catch (problem) {
    // A program that cannot come to rest is another test's business.
    if (problem instanceof StepProblem) return null;
    throw problem;
  }
}

test('of any life nothing personal is left, and it is the fold of what remains', () => {
  let lived = 0;
  let kept = 0;
  fc.assert(
    fc.property(richText, fc.array(anyHappening, { minLength: 4, maxLength: 30 }), (text, happenings) => {
      const { program } = build(text);
      const before = program && live(program, happenings);
      if (!program || !before) return;
      lived += 1;
      const programs = new Map([[1, program]]);
      const told = inputsOf(before.rows);
      const erased = eraseLife(programs, 1, told, before.rows, 'e1');
      if (erased.kept) kept += 1;
      const after = copy({ state: erased.state, rows: erased.rows });
      assert.not.ok(JSON.stringify(after).includes(mark), 'their words are gone');
      const again = fold(programs, 1, inputsOf(after.rows), 'e1');
      assert.equal(copy({ state: again.state, rows: again.rows }), after);
      const twice = eraseLife(programs, 1, inputsOf(after.rows), after.rows, 'e1');
      assert.equal(copy(twice.rows), after.rows, 'erasing again changes nothing');
    }),
    { seed: 11, numRuns: 120 },
  );
  assert.ok(lived > 60, `${lived} lives`);
  assert.ok(kept / lived > 0.95, `${kept} of ${lived} went the same way`);
});

const program = `program walk "Walk" {
  about "Walk."
  enroll anyone verified
  timezone "UTC"
  data {
    name : text?
    goal : number 1 to 60 = 10
    ready : yes/no?
    walks : series { minutes: number 1 to 600, note: text?, felt: (easy | hard)? }
  }
  anytime {
    command "goal" (number 1 to 60) as wanted { set goal = wanted }
    command "stop" { leave as opted_out }
  }
  stage intake "Hello" {
    ask "What is your name?" (text) as name
    ask "Are you ready, {name}?" (yes | no) as ready
    advance to walking when ready
    leave as lost after 21 days of silence
  }
  stage walking "Walking, {name}" {
    say "Off you go, {name}."
    review daily at 18:00
    advance to done when count(walks, this visit) >= 1
    leave as lost after 21 days of silence
  }
  stage done final success "Done" { say "Well done, {name}." }
}
`;

test('a story keeps its way: commands, answers, numbers and options stay; names and words go', () => {
  const one = life(program);
  const messages = ['Hello, I am new', 'Ada Lovelace', 'Yes', 'goal 25', 'GOAL lots and lots, says Ada'];
  const rows = messages.flatMap((text) => one.says(text));
  const walk = one.take({
    type: 'record',
    id: 'walk',
    series: 'walks',
    fields: { minutes: 30, note: 'with Ada Lovelace', felt: 'hard' },
    by: 'person',
  });
  rows.push(...walk);
  const before = copy([...one.first, ...rows]);
  const erased = eraseLife(new Map([[1, one.program]]), 1, inputsOf(before), before, 'e1');
  assert.ok(erased.kept);
  const said = erased.rows.flatMap((row) =>
    row.kind === 'input' && row.input.type === 'message' ? [row.input.text] : row.kind === 'message' ? [row.text] : [],
  );
  assert.not.match(JSON.stringify(erased), /ada|lovelace|new|lots/i);
  assert.ok(said.includes('yes') && said.includes('goal 25'), said.join(' | '));
  assert.ok(said.includes('Well done, (erased).'), said.join(' | '));
  const { facts } = erased.state as State;
  assert.equal([facts.data.goal, facts.data.ready, facts.finished?.as], [25, true, 'done']);
  const entry = facts.series.walks?.[0]?.fields;
  assert.equal([entry?.minutes, entry?.felt], [30, 'hard']);
});

const looking = program.replace('advance to walking when ready', 'advance to walking when name = "Ada"');

test('a condition on a text judges the replacement as it judged the person’s own words', () => {
  const one = life(looking.replace('"Walk."', '"Walk with us."'));
  const rows = ['Hello', 'Grace'].flatMap((text) => one.says(text));
  const before = copy([...one.first, ...rows]);
  const grace = eraseLife(new Map([[1, one.program]]), 1, inputsOf(before), before, 'e1');
  assert.ok(grace.kept, 'a text that is no word of the program stays none');
  const again = fold(new Map([[1, one.program]]), 1, inputsOf(grace.rows), 'e1');
  assert.equal(copy(again.state), copy(grace.state));
});

test.run();
