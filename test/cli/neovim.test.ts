/** The language server in a real editor: Neovim without a screen, where it is installed. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { folderWith, regimenFile } from '../support/command.ts';

const walks = `program walks "Morning walks" {
  about "Walk more."

  data {
    goal  : number min = 10
    walks : series { minutes: number min }
  }

  stage begin "Begin" {
    skill    greet
    advance  to going when count(walks) >= 1
    leave    as lost after 14 days of silence
  }

  stage going final success "Going" { say "Off you go, {goal} minutes." }
}
`;
const story = `scenario "one walk" of walks {
  start mon 2026-01-05 08:00 in "Europe/London"
  walks { minutes: 20 }
  expect stage going
}
`;
/** Everything together takes two seconds; a hung editor is ended. */
const editorMsMax = 60_000;

type Seen = {
  problem?: string;
  attached: boolean;
  problems: { line: number; code: string; message: string }[];
  completion: string[];
  definition: string;
  hover: string;
  refused: string;
  renamed: string[];
  renamed_scenario: string[];
  formatted: string[];
  stopped: boolean;
};

if (spawnSync('nvim', ['--version']).error === undefined) {
  test('attach, diagnostics, completion, definition, rename and format in Neovim', () => {
    const folder = folderWith({ 'walks.regimen': walks, 'walks.scenario': story });
    try {
      const result = join(folder.path, 'result.json');
      const script = join(import.meta.dirname, 'neovim.lua');
      // No settings of whoever runs the test: neither files nor plugins.
      const ran = spawnSync('nvim', ['--headless', '--clean', '-n', '-c', `luafile ${script}`], {
        cwd: folder.path,
        timeout: editorMsMax,
        encoding: 'utf8',
        env: {
          ...process.env,
          XDG_STATE_HOME: join(folder.path, 'state'),
          XDG_CACHE_HOME: join(folder.path, 'cache'),
          NVIM_SERVER: JSON.stringify([process.execPath, regimenFile, 'lsp']),
          NVIM_FILE: join(folder.path, 'walks.regimen'),
          NVIM_RESULT: result,
        },
      });
      assert.is(ran.signal, null, ran.stderr);
      const seen: Seen = JSON.parse(readFileSync(result, 'utf8'));
      assert.is(seen.problem, undefined);
      assert.ok(seen.attached);
      assert.equal(
        seen.problems.map(({ line, code }) => [line, code]).filter(([, code]) => code === 'unknown-stage'),
        [[11, 'unknown-stage']],
      );
      assert.match(seen.problems.map((one) => one.message).join('\n'), 'Did you mean `going`?');
      assert.equal(seen.completion, ['begin', 'going']);
      assert.match(seen.definition, /^ {2}stage going final success/);
      assert.match(seen.hover, 'A final stage');
      assert.match(seen.refused, 'There is a stage `begin` already.');
      assert.is(seen.renamed.join('\n'), walks.replaceAll('going', 'moving').trimEnd());
      assert.is(seen.renamed_scenario.join('\n'), story.replaceAll('going', 'moving').trimEnd());
      assert.is(seen.formatted.join('\n'), walks.replaceAll('going', 'moving').trimEnd());
      assert.ok(seen.stopped);
    } finally {
      folder.remove();
    }
  });
} else {
  console.log('skipped: nvim is not installed');
}

test.run();
