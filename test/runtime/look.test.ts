/**
 * One look at the facts answers the same as looking anew each time, and lets that use lets cost no more than they are.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { evaluate, holds } from '../../runtime/evaluate.ts';
import { newFacts, newItem } from '../support/facts.ts';
import { program } from '../support/programs.ts';

const now = Date.parse('2026-03-20T12:00:00Z');

test('lets that use each other twice are looked at once each', () => {
  const depth = 60;
  const lets = Array.from({ length: depth }, (_, n) => `let l${n + 1} = max(l${n}, l${n}) + 1`).join('\n');
  const { ir } = program(`program deep "Deep" {
    data { n : number = 1 }
    let l0 = n
    ${lets}
    stage one { skill plain  when l${depth} > 3 { say "Yes." }  leave as lost after 9 days }
  }`);
  const facts = newFacts(now, { data: { n: 1 } });
  const before = performance.now();
  assert.is(evaluate({ op: 'let', id: `l${depth}`, span: { start: 0, end: 0 } }, { ir, facts, now }).value, depth + 1);
  assert.ok(performance.now() - before < 1000, 'twice as much for each of them would take for ever');
});

const { ir } = program(`program tasks "Tasks" {
  timezone "UTC"
  data { n : number = 1 }
  list tasks by name {
    data { name : text  size : number = 1 }
    let big = size > n
    stage open { skill plain  when big { say "Big." }  leave as lost after 9 days }
  }
  let late = now > 2026-03-20 at 13:00
  stage one { skill plain  when late { say "Late." }  leave as lost after 9 days }
}`);
const conditionIn = (flow: typeof ir | (typeof ir.lists)[string], stage: string) => {
  const rule = flow.stages[stage]?.rules.find(({ trigger }) => trigger.kind === 'becomes');
  if (!rule?.condition) throw new Error(`${stage} has no condition.`);
  return rule.condition;
};
const tasks = ir.lists.tasks as (typeof ir.lists)[string];

test('another moment, another value and another item are another look', () => {
  const late = conditionIn(ir, 'one');
  const big = conditionIn(tasks, 'open');
  const facts = newFacts(now, { data: { n: 1 } });
  const small = newItem('a', now, { name: 'a', size: 1 });
  const large = newItem('b', now, { name: 'b', size: 5 });
  for (let again = 0; again < 2; again += 1) {
    assert.is(holds(late, { ir, facts, now }).holds, false);
    assert.is(holds(late, { ir, facts, now: now + 2 * 3_600_000 }).holds, true);
    assert.is(holds(big, { ir, facts, now, item: small }).holds, false);
    assert.is(holds(big, { ir, facts, now, item: large }).holds, true);
    assert.is(holds(big, { ir, facts: { ...facts, data: { n: 9 } }, now, item: large }).holds, false);
    assert.is(
      holds(big, { ir, facts: { ...facts, done: {} }, now, item: large }).holds,
      true,
      'nothing it sees is another',
    );
  }
});

test.run();
