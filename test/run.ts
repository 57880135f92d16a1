/**
 * Runs the tests: every `test/**\/*.test.ts`, each in a process of its own, two at a time.
 *
 * A process for each file, because tests start databases, servers and browsers: what one leaves
 * behind cannot reach the next, and a file that hangs is ended at its limit. uvu does the testing;
 * this file finds, counts and reports. It adds one thing that uvu does not do: a suite that is
 * never run passes silently there, and is a failure here, as is a test narrowed with `.only`.
 * All of them share a temporary folder (TMPDIR), which goes away with everything that runs in it.
 *
 * Files that start databases and browsers wait for things, and two of them at once can make a slow
 * machine too slow for the limits they wait with. So a few of them that fail run once more, alone;
 * what passes then counts, and is named as unsteady. Pure files get no second try.
 *
 * The very last line is always `N passed, N failed`.
 *
 *     node test/run.ts [--pure] [part of a path …]
 *
 * `--pure` runs the files that need no database, browser or network: see `pureFolders`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs, stripVTControlCharacters, styleText } from 'node:util';

/** Folders whose tests need neither database nor browser nor network, and pass on every supported Node. */
const pureFolders = ['language/', 'compiler/', 'runtime/', 'editor/pure/', 'cli/pure/'];
/** A test file that takes longer is ended and counts as failed: it hangs. The longest takes a minute. */
const fileLimitMs = 600_000;
/** Files at one time: their databases and browsers share the machine. */
const parallelMax = Math.min(2, availableParallelism());
/** When more files than this failed, it was not the machine, and none of them is tried again. */
const triedAgainMax = 12;
/** What one file may print before the middle of it is left out. */
const outputMaxCharacters = 200_000;

const testFolder = import.meta.dirname;
const root = join(testFolder, '..');

type Outcome = { file: string; passed: number; failed: number; problem: string | null; output: string; ms: number };

const running = new Set<ChildProcess>();
const temporary = mkdtempSync(join(tmpdir(), 'regimen-tests-'));
// Reachable for the account that runs Postgres when the tests run as root.
chmodSync(temporary, 0o755);
process.once('exit', clearTemporary);
process.exitCode = await main();

async function main(): Promise<number> {
  let chosen: { values: { pure: boolean }; positionals: string[] };
  try {
    chosen = parseArgs({ options: { pure: { type: 'boolean', default: false } }, allowPositionals: true });
  } catch (error) {
    console.error(`${(error as Error).message}\nUse: node test/run.ts [--pure] [part of a path …]`);
    return 2;
  }
  const { values, positionals } = chosen;
  const files = globSync('**/*.test.ts', { cwd: testFolder })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !values.pure || pureFolders.some((folder) => file.startsWith(folder)))
    .filter((file) => positionals.length === 0 || positionals.some((part) => `test/${file}`.includes(part)))
    .sort();

  stopChildrenWithUs();
  console.log(`Node ${process.versions.node}, ${files.length} test files, ${parallelMax} at a time\n`);
  const started = Date.now();
  const first = await inParallel(files, runFile);
  const outcomes = await tryAgainAlone(first);
  const unsteady = outcomes.filter((outcome, index) => outcome.failed === 0 && (first[index]?.failed ?? 0) > 0);

  const passed = sum(outcomes.map((outcome) => outcome.passed));
  const failed = sum(outcomes.map((outcome) => outcome.failed)) + (files.length === 0 ? 1 : 0);
  if (files.length === 0) console.log('No test file fits.');
  const broken = outcomes.filter((outcome) => outcome.failed > 0);
  if (broken.length > 0) {
    console.log('\nFailed:');
    for (const outcome of broken) console.log(`  ${outcome.file}  node ${outcome.file}`);
  }
  if (unsteady.length > 0) {
    console.log('\nUnsteady (failed beside another file, passed alone):');
    for (const outcome of unsteady) console.log(`  ${outcome.file}`);
  }
  console.log(`\n${((Date.now() - started) / 1000).toFixed(1)} s`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** The outcomes, with those files that failed beside others replaced by what they come to alone. */
async function tryAgainAlone(outcomes: Outcome[]): Promise<Outcome[]> {
  const isPure = ({ file }: Outcome) => pureFolders.some((folder) => file.startsWith(`test/${folder}`));
  const waiting = outcomes.filter((outcome) => outcome.failed > 0 && !isPure(outcome));
  if (outcomes.length === 1 || waiting.length === 0 || waiting.length > triedAgainMax) return outcomes;
  console.log('\nOnce more, alone:');
  const again = new Map<string, Outcome>();
  for (const { file } of waiting) again.set(file, await runFile(relative('test', file)));
  return outcomes.map((outcome) => again.get(outcome.file) ?? outcome);
}

/** Runs one file and reports it at once, failures in full. */
async function runFile(name: string): Promise<Outcome> {
  const file = relative(root, join(testFolder, name)).replaceAll('\\', '/');
  const neglected = findNeglected(readFileSync(join(testFolder, name), 'utf8'));
  const started = Date.now();
  const { output, code, timedOut } = await spawnTest(file);
  const counts = readCounts(output);
  const problem =
    neglected ??
    (timedOut
      ? `was ended: it took longer than ${fileLimitMs / 1000} seconds.`
      : counts.total === 0
        ? 'ran no test. Does every suite call .run()?'
        : code !== 0 && counts.total === counts.passed
          ? `passed its tests, and then the process ended with ${code}.`
          : null);
  const outcome: Outcome = {
    file,
    passed: counts.passed,
    failed: counts.total - counts.passed + (problem === null ? 0 : 1),
    problem,
    output,
    ms: Date.now() - started,
  };
  report(outcome);
  return outcome;
}

function spawnTest(file: string): Promise<{ output: string; code: number | string; timedOut: boolean }> {
  return new Promise((resolve) => {
    // A process group of its own, so that at the limit its children end with it.
    const child = spawn(process.execPath, [file], {
      cwd: root,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        NODE_NO_WARNINGS: '1',
        TMPDIR: temporary,
        ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }),
      },
    });
    running.add(child);
    let output = '';
    let timedOut = false;
    const collect = (part: Buffer) => {
      output += part;
      if (output.length > outputMaxCharacters) {
        const half = outputMaxCharacters / 2;
        output = `${output.slice(0, half)}\n… left out …\n${output.slice(-half + 20)}`;
      }
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const limit = setTimeout(() => {
      timedOut = true;
      end(child);
    }, fileLimitMs);
    // `exit`, not `close`: a process that the test left behind may hold the pipes open for ever.
    child.on('exit', (code, signal) => {
      clearTimeout(limit);
      setTimeout(() => {
        running.delete(child);
        child.stdout.destroy();
        child.stderr.destroy();
        resolve({ output, code: code ?? signal ?? 'an unknown signal', timedOut });
      }, 50);
    });
  });
}

/** uvu ends with its totals; a file that never ran a suite prints none. */
function readCounts(output: string): { passed: number; total: number } {
  const plain = stripVTControlCharacters(output);
  const last = (word: string) =>
    Number([...plain.matchAll(new RegExp(`^\\s+${word}:\\s+(\\d+)$`, 'gm'))].at(-1)?.[1] ?? 0);
  return { total: last('Total'), passed: last('Passed') };
}

/** A suite that is declared and never run, or a test narrowed by hand: both would pass unseen. */
function findNeglected(source: string): string | null {
  const suites = [...source.matchAll(/\b(?:const|let)\s+(\w+)\s*=\s*suite\b/g)].map((match) => match[1]);
  if (/import\s*\{[^}]*\btest\b[^}]*\}\s*from\s*'uvu'/.test(source)) suites.push('test');
  const forgotten = suites.find((name) => !new RegExp(`\\b${name}\\.run\\(\\)`).test(source));
  if (forgotten !== undefined) return `declares the suite ${forgotten} and never runs it: add ${forgotten}.run().`;
  if (!/\.run\(\)/.test(source)) return 'never runs a suite: add .run().';
  if (/\.only\(/.test(source)) return 'narrows its tests with .only: remove it.';
  return null;
}

function report(outcome: Outcome): void {
  const good = outcome.failed === 0;
  const mark = good ? styleText('green', '✓') : styleText('red', '✗');
  const count = `${outcome.passed}${good ? '' : ` passed, ${outcome.failed} failed`}`;
  console.log(`${mark} ${outcome.file}  ${styleText('dim', `${count} · ${(outcome.ms / 1000).toFixed(1)} s`)}`);
  if (good) return;
  if (outcome.problem !== null) console.log(`\n  ${outcome.file} ${outcome.problem}\n`);
  console.log(outcome.output.replace(/^/gm, '  '));
}

async function inParallel<T, R>(items: T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: parallelMax }, lane));
  return results;
}

function end(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself meanwhile.
  }
}

/**
 * Takes the temporary folder away, and before it what still runs there: a file that was ended at its limit leaves its
 * database.
 */
function clearTemporary(): void {
  for (const pid of process.platform === 'linux' ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : []) {
    try {
      if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(temporary)) process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended meanwhile, or is somebody else's.
    }
  }
  rmSync(temporary, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

/** The files run in groups of their own, so Ctrl-C reaches only us. */
function stopChildrenWithUs(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      for (const child of running) end(child);
      process.exit(130);
    });
  }
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
