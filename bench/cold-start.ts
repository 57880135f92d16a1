/**
 * A cold `regimen check` of a whole program as a process, beside a Node that does nothing.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interleave, median, rounded } from './measure.ts';
import type { Figure } from './report.ts';

const root = join(import.meta.dirname, '..');
/** Where the bundled command is built to; without it the sources are run, which costs stripping their types. */
const bundles = ['dist/regimen.js', 'dist/regimen.mjs', 'dist/cli/regimen.js'];
const processMaxMs = 30_000;

export async function benchColdStart(text: string, rounds: number, overBareNode: number): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'regimen-bench-'));
  try {
    const file = join(folder, 'program.regimen');
    writeFileSync(file, text);
    const command = bundles.map((path) => join(root, path)).find((path) => existsSync(path));
    const entry = command ?? join(root, 'cli/regimen.ts');
    const [check, bare] = await interleave(
      [
        { name: 'check', run: () => node([entry, 'check', file]) },
        { name: 'bare', run: () => node(['-e', '0']) },
      ],
      Math.max(3, rounds),
      2,
    );
    const [checkMs, bareMs] = [median(check?.ms ?? []), median(bare?.ms ?? [])];
    return [
      {
        name: 'cold check over bare Node',
        value: rounded(checkMs / bareMs),
        unit: '×',
        limit: { at: 'most', value: overBareNode },
        note: `${rounded(checkMs)} ms against ${rounded(bareMs)} ms, ${command === undefined ? 'from sources: no bundle is built' : 'bundled'}`,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs one process to its end. A check that finds mistakes, or cannot run, would be no measurement. */
function node(args: string[]): void {
  const { status, stderr, error } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: processMaxMs,
    env: { ...process.env, NO_COLOR: '1' },
  });
  if (status !== 0)
    throw new Error(`\`node ${args.join(' ')}\` ended with ${status}: ${error?.message ?? stderr.slice(0, 500)}`);
}
