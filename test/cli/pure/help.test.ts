/** The help and `docs/command.md` say the same: no command and no option is missing in either. */
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Command } from '../../../cli/command.ts';
import { commands } from '../../../cli/commands.ts';
import { describeCommand, describeCommands } from '../../../cli/help.ts';
import { readArguments } from '../../../cli/read-arguments.ts';

const test = suite('help');
const plain = (_: string, text: string) => text;
const page = readFileSync(new URL('../../../docs/command.md', import.meta.url), 'utf8');
/** The widest line of a help; a terminal of eighty columns may fold it once. */
const columnsMax = 130;

/** The part of the page about one command. */
function sectionOf(name: string): string {
  const start = page.indexOf(`\n## \`regimen ${name}`);
  assert.ok(start >= 0, `docs/command.md has no part “regimen ${name}”`);
  const end = page.indexOf('\n## ', start + 1);
  return page.slice(start, end < 0 ? undefined : end);
}

test('the list has every command, with words of its own', () => {
  const list = Object.entries(commands).map(([name, { summary }]) => ({ name, summary }));
  const text = describeCommands(list, plain);
  for (const { name, summary } of list) assert.match(text, new RegExp(`^ {2}${name} +${summary.slice(0, 10)}`, 'm'));
  assert.is(new Set(list.map(({ summary }) => summary)).size, list.length);
});

for (const [name, { load }] of Object.entries(commands)) {
  test(`regimen ${name}`, async () => {
    const command: Command = await load();
    assert.is(command.name, name);
    const section = sectionOf(name);
    for (const [option, { about, choices }] of Object.entries(command.options)) {
      assert.match(section, new RegExp(`--${option}\\b`), `docs/command.md says nothing of --${option}`);
      assert.ok(about.length > 5, `--${option} has words`);
      for (const choice of choices ?? [])
        assert.match(
          section,
          new RegExp(`--${option} ${choice}\\b`),
          `docs/command.md says nothing of --${option} ${choice}`,
        );
    }
    for (const option of section.matchAll(/`--([a-z-]+)/g))
      assert.ok((option[1] ?? '') in command.options, `docs/command.md has --${option[1]}, and ${name} has not`);
    const help = describeCommand(command, plain);
    for (const line of help.split('\n')) assert.ok(line.length <= columnsMax, `${line.length} columns: ${line}`);
    assert.ok(command.examples.length > 0, 'it has examples');
    for (const { line } of command.examples) {
      const words = line.split('|').find((part) => part.includes(`regimen ${name}`)) ?? '';
      assert.match(words, new RegExp(`regimen ${name}\\b`), line);
      // The options of an example are options that there are.
      const given = words.replace(/[<>].*/, '').match(/--[a-z-]+/g) ?? [];
      for (const option of given) assert.ok(option.slice(2) in command.options, `${line}: ${option}`);
    }
    assert.throws(() => readArguments(command, ['--no-such-option']), /has no option --no-such-option/);
  });
}

test.run();
