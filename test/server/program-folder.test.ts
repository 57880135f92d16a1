/**
 * A folder of programs and what they import: published at start, and again when a file changes, also
 * one that is only imported.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Control } from '../../runtime/control.ts';
import { createControl } from '../../runtime/store/control.ts';
import { type FileNews, openProgramFolder } from '../../server/program-folder.ts';
import { withDatabase } from '../support/database.ts';

const test = suite('program folder');

const walk = `import leaving from "../common/leaving.regimen"
import nights from "nights.regimen"
program walk "Walk" {
  enroll anyone verified
  use nights
  stage on "On" { use leaving  command "go" { say "Gone." } }
}`;
const leaving = (days: string) => `fragment leaving { leave as lost after ${days} }`;
const nights = 'fragment nights { quiet 21:00 to 08:00 }';
const alone = 'program alone "Alone" { enroll anyone verified  stage on { leave as lost after 9 days } }';

/** What was told, short: `walk.regimen published 2 fresh`. */
function short(news: FileNews): string {
  const file = basename(news.path);
  switch (news.kind) {
    case 'published':
      return `${file} published ${news.version}${news.fresh ? ' fresh' : ''}`;
    case 'behind':
      return `${file} behind ${news.version} of ${news.newest}`;
    case 'broken':
      return `${file} broken: ${news.files.map((one) => `${basename(one.path)} ${one.diagnostics[0]?.code}`).join(', ')}`;
    case 'failed':
      return `${file} failed: ${news.problem}`;
  }
}

/** A folder with programs, opened; `told` waits for the next news. */
async function withFolder(
  control: Control,
  root: string,
  work: (opened: { news: string[]; told: () => Promise<string> }) => Promise<void>,
): Promise<void> {
  const came: string[] = [];
  let wake: () => void = () => {};
  const folder = await openProgramFolder({
    control,
    folder: join(root, 'programs'),
    by: 'test',
    tell: (news) => {
      came.push(short(news));
      wake();
    },
  });
  const told = async (): Promise<string> => {
    const limit = setTimeout(() => wake(), 5_000);
    if (came.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    clearTimeout(limit);
    return came.shift() ?? 'nothing was told';
  };
  try {
    await work({ news: folder.news.map(short), told });
  } finally {
    folder.close();
  }
}

test('what is imported is kept with the program and watched with it', async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'regimen-folder-')));
  const write = (path: string, text: string) => writeFileSync(join(root, path), text);
  for (const folder of ['programs', 'common']) mkdirSync(join(root, folder));
  write('programs/walk.regimen', walk);
  write('programs/nights.regimen', nights);
  write('programs/alone.regimen', alone);
  write('common/leaving.regimen', leaving('90 days'));
  try {
    await withDatabase(async (database) => {
      const control = createControl(await database.open());
      await withFolder(control, root, async ({ news, told }) => {
        assert.equal(
          news,
          ['alone.regimen published 1 fresh', 'walk.regimen published 1 fresh'],
          'a file of fragments is no program',
        );
        const { path, imports } = await control.programSource('walk');
        assert.equal(
          [path, ...imports.map((file) => file.path)],
          ['walk.regimen', '../common/leaving.regimen', 'nights.regimen'],
        );

        write('common/leaving.regimen', leaving('30 days'));
        assert.is(await told(), 'walk.regimen published 2 fresh');
        write('programs/nights.regimen', 'fragment nights { quiet 22:00 to 07:00 }');
        assert.is(await told(), 'walk.regimen published 3 fresh');
        write('common/leaving.regimen', leaving('30 dys'));
        assert.match(await told(), /^walk\.regimen broken: .*leaving\.regimen/);
        rmSync(join(root, 'common/leaving.regimen'));
        assert.is(await told(), 'walk.regimen broken: walk.regimen unknown-file');
        write('common/leaving.regimen', leaving('20 days'));
        assert.is(await told(), 'walk.regimen published 4 fresh');
      });
      // The next start finds it as it is; texts of an earlier version are not published over a newer one.
      await withFolder(control, root, async ({ news }) =>
        assert.equal(news, ['alone.regimen published 1', 'walk.regimen published 4']),
      );
      write('common/leaving.regimen', leaving('30 days'));
      await withFolder(control, root, async ({ news }) =>
        assert.equal(news, ['alone.regimen published 1', 'walk.regimen behind 3 of 4']),
      );
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

test.run();
