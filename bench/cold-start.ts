/**
 * A cold `regimen check` of a whole program as a process, beside a Node that does nothing: as it is
 * published, in one file that is built for the measurement, and from the sources.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildCommand } from '../package/build.ts';
import { interleave, median, rounded } from './measure.ts';
import type { Figure } from './report.ts';

const root = join(import.meta.dirname, '..');
const processMaxMs = 30_000;
/** Of fewer starts the median is chance. */
const roundsMin = 9;

export async function benchColdStart(text: string, rounds: number, overBareNode: number): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'regimen-bench-'));
  try {
    const file = join(folder, 'program.regimen');
    writeFileSync(file, text);
    const bundled = await packageIn(folder);
    const [built, sources, bare] = await interleave(
      [
        { name: 'bundled', run: () => node([bundled, 'check', file]) },
        { name: 'sources', run: () => node([join(root, 'cli/regimen.ts'), 'check', file]) },
        { name: 'bare', run: () => node(['-e', '0']) },
      ],
      Math.max(roundsMin, rounds),
      2,
    );
    const bareMs = median(bare?.ms ?? []);
    const figure = (name: string, ms: number): Figure => ({
      name,
      value: rounded(ms / bareMs),
      unit: '×',
      note: `${rounded(ms)} ms against ${rounded(bareMs)} ms`,
    });
    return [
      {
        ...figure('cold check over bare Node', median(built?.ms ?? [])),
        limit: { at: 'most', value: overBareNode },
      },
      figure('cold check from sources', median(sources?.ms ?? [])),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The command as the package has it: where it begins, and the one file. Without sources beside it, it runs that. */
async function packageIn(folder: string): Promise<string> {
  mkdirSync(join(folder, 'cli'));
  copyFileSync(join(root, 'cli/bin.cjs'), join(folder, 'cli/bin.cjs'));
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
  await buildCommand(join(folder, 'dist'));
  return join(folder, 'cli/bin.cjs');
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
