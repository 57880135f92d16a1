/** `regimen cost` through its real door: figures, what they take for granted, budgets, exit codes. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { folderWith, regimen } from '../support/command.ts';

const walk = (head = '') => `program walk "Walk" {
  timezone "UTC"
  ${head}
  stage walking "Walking" {
    skill coach
    review daily at 18:00
    advance to resting after 7 days
  }
  stage resting { command "on" { advance to done }  leave as lost after 30 days of silence }
  stage done final success "Done" { say "Well done." }
}
`;

const test = suite('cost');
const root = folderWith({
  'walk.regimen': walk(),
  'cheap.regimen': walk('budget $0.01 per month').replace('program walk', 'program cheap'),
  'rich.regimen': walk('budget $9000 per month').replace('program walk', 'program rich'),
  'broken.regimen': walk().replace('advance to done', 'advance to dnoe'),
  'only.scenario': 'scenario "s" of walk { start mon 2026-01-05 09:00 }',
});
test.after(() => root.remove());
const cost = (args: string[]) => regimen(['cost', ...args], { cwd: root.path });

test('a table of stages, what nothing costs, and what is taken for granted', async () => {
  const { code, out } = await cost(['walk.regimen']);
  assert.is(code, 0);
  assert.match(out, /^walk: \$0\.\d\d for a usual person and month, \$\d+\.\d\d at worst$/m);
  assert.match(out, /^walking +\d+ to \d+ +\d+ to \d+ +\d+k to [\d.]+M +\$/m);
  assert.match(out, /^in all /m);
  assert.match(out, /2 stages cost nothing/);
  assert.match(out, /claude-haiku-5-5 for reviews and nudges/);
});

test('people who write less cost less', async () => {
  const total = async (args: string[]) =>
    JSON.parse((await cost(['walk.regimen', '--format', 'json', ...args])).out).programs[0].total;
  const [much, little] = [await total([]), await total(['--messages', '1'])];
  assert.ok(little.usd.worst < much.usd.worst / 2);
  assert.is(little.usd.typical, much.usd.typical);
});

test('over the budget: said, and it ends with 1', async () => {
  const { code, out } = await cost(['cheap.regimen']);
  assert.is(code, 1);
  assert.match(out, /That is over the budget of \$0\.01\./);
});

test('within the budget, even at worst', async () => {
  const { code, out } = await cost(['rich.regimen']);
  assert.is(code, 0);
  assert.match(out, /Even the worst is within the budget/);
});

test('a program with errors still has figures, and ends with 1', async () => {
  const { code, out, err } = await cost(['broken.regimen']);
  assert.is(code, 1);
  assert.match(out, /^walk: /m);
  assert.match(err, /these figures may be wrong/);
});

test('no program: said with the remedy', async () => {
  const { code, err } = await cost(['only.scenario']);
  assert.is(code, 2);
  assert.match(err, /There is no program here\./);
});

test.run();
