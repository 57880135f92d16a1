/** What the agent can look up: in words, true of the person, and without changing anything. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { agentSight } from '../../runtime/agent-sight.ts';
import { life } from '../support/life.ts';

const sight = suite('agent sight');

const hour = 60 * 60_000;

const source = `program walking "Walking" {
  enroll   anyone verified
  timezone "UTC"
  data { goal : number = 10   walks : series number min }
  track diary "Diary" { stage open "Open" { leave as done when goal > 20 } }
  stage walking "Walking" {
    let done = count(walks, this visit)
    check daily at 18:00 { say "Evening." }
    advance to finished when done >= 2 and goal >= 10
    return to walking when no walks for 5 days
  }
  stage finished "Finished" final success {}
}`;

sight('what each way out waits for, with the values and when time alone brings it', () => {
  const ana = life(source);
  ana.record('walks', { value: 20 });
  const { whyNot, whatNext } = agentSight(ana.program, ana.state(), ana.now());
  const before = structuredClone(ana.state());
  const lines = whyNot().split('\n');
  assert.ok(lines.includes('- Advance to “Finished” waits for: done >= 2 (done is 1).'), whyNot());
  assert.ok(
    lines.some((line) => line.startsWith('- Return to “Walking” waits for: no walks for 5 days (')),
    whyNot(),
  );
  assert.match(whyNot(), /by itself from Sat 10 Jan, 09:00/);
  assert.ok(
    lines.includes('Diary, in “Open”:') && lines.includes('- Leave as done waits for: goal > 20 (goal is 10).'),
  );
  const coming = whatNext().split('\n');
  assert.is(coming.filter((line) => line.includes('Evening.')).length, 7, whatNext());
  assert.ok(coming[0]?.startsWith('- Mon 5 Jan, 18:00: '), whatNext());
  assert.equal(ana.state(), before);
});

sight('who has finished has no way left, and nothing is coming', () => {
  const ana = life(source);
  ana.record('walks', { value: 20 });
  ana.skips(hour);
  ana.record('walks', { value: 20 });
  const { whyNot, whatNext } = agentSight(ana.program, ana.state(), ana.now());
  assert.is(whyNot(), 'There is no way out of this stage: the person has finished.');
  assert.is(whatNext(), 'If nothing happens, the next 7 days bring nothing.');
});

sight.run();
