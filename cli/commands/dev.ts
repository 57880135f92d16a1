/**
 * `regimen dev`: everything on this machine, in one process and one database beside it.
 *
 * Reads the configuration, starts it all (`server/main.ts`), says where to look, and stops it again.
 * The first Ctrl-C stops in order; a second one stops at once. `npm start` runs this.
 */
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import type { FileNews } from '../../server/program-folder.ts';
import { type Command, CommandProblem, type ExitCode, type Given, type Terminal } from '../command.ts';
import { reason, showPath } from '../find-files.ts';
import { findingsOf } from '../finding.ts';
import { printBanner } from '../print-banner.ts';
import { printFinding } from '../print-findings.ts';
import { textOption } from '../read-arguments.ts';

/** Where programs are looked for when nobody says. */
const usualFolder = 'programs';
/**
 * npm passes a Ctrl-C on to us although the terminal has sent it to us already: what follows this
 * quickly is the same Ctrl-C, not a second one.
 */
const sameSignalMs = 400;
/** A stop that takes longer than this is given up. */
const stopLimitMs = 8_000;

export const dev: Command = {
  name: 'dev',
  usage: '[programs] [options]',
  about: `Starts an embedded Postgres, the server, the worker and an agent; publishes every program of the
folder (default: \`${usualFolder}\`, else this folder) and, as a new version, each that changes; and says where to look.
With ANTHROPIC_API_KEY set a model talks, else a scripted agent does. DATABASE_URL uses a Postgres of yours.
Ctrl-C stops everything.`,
  options: {
    port: { type: 'string', value: 'PORT', about: 'listen here (default: 4100; 0 takes any free port)' },
    host: { type: 'string', value: 'HOST', about: 'listen on this address (default: 127.0.0.1)' },
    data: { type: 'string', value: 'FOLDER', about: 'keep the database here (default: .regimen)' },
  },
  examples: [
    { line: 'regimen dev', about: 'the programs of this project' },
    { line: 'regimen dev programs/couch_to_5k.regimen', about: 'one program' },
    { line: 'regimen dev --port 0 --data /tmp/try', about: 'a second one, beside the first' },
  ],
  wordsMax: 1,

  async run(given, terminal): Promise<ExitCode> {
    const place = findPrograms(given.words[0]);
    const { ConfigProblem, loadConfig } = await import('../../server/config.ts');
    const config = await loadConfig(environmentOf(given), process.cwd()).catch((error: unknown) => {
      throw error instanceof ConfigProblem ? new CommandProblem(error.problems.join('\n       ')) : error;
    });
    const stop = untilStopped();
    // Loading takes a while on a slow machine; nothing has been begun that would have to be ended.
    const server = await Promise.race([import('../../server/main.ts'), stop.asked.then(() => null)]);
    if (server === null) return 0;
    const { startRegimen, StartProblem } = server;
    const regimen = await startRegimen({
      config,
      programs: place,
      tell: (news) => tellNews(news, terminal),
      log: (line) => terminal.out(`  ${line}`),
      signal: stop.signal,
    }).catch((error: unknown) => {
      if (stop.signal.aborted) return null;
      throw error instanceof StartProblem ? new CommandProblem(error.message) : error;
    });
    if (regimen === null) return 0;

    terminal.out(
      printBanner(
        { regimen, config, folder: showPath(place.folder, process.cwd()), data: showPath(config.data, process.cwd()) },
        terminal.color.out,
      ),
    );
    for (const news of regimen.news) if (news.kind !== 'published') tellNews(news, terminal);

    await stop.asked;
    terminal.out(terminal.interactive ? '\r  Stopping…' : '  Stopping…');
    const stopped = await Promise.race([regimen.stop().then(() => true), after(stopLimitMs)]);
    if (!stopped)
      throw new CommandProblem(
        'Stopping took too long and was given up. The next start continues where this one ended.',
        1,
      );
    terminal.out('  Stopped. The next start finds everything again.');
    return 0;
  },
};

/** The folder with the programs, and the one file in it that was asked for, if it was. */
function findPrograms(path: string | undefined): { folder: string; only?: string } {
  if (path === undefined) return { folder: resolve(existsSync(usualFolder) ? usualFolder : '.') };
  const absolute = resolve(path);
  try {
    if (statSync(absolute).isDirectory()) return { folder: absolute };
  } catch (error) {
    throw new CommandProblem(`${path} cannot be read: ${reason(error)}.`);
  }
  if (!path.endsWith('.regimen'))
    throw new CommandProblem(`${path} is not a program. Name a .regimen file, or a folder that holds some.`);
  return { folder: dirname(absolute), only: absolute };
}

/** Options are the variables of the same meaning, and win over them. */
function environmentOf(given: Given): Record<string, string | undefined> {
  const port = textOption(given, 'port');
  const host = textOption(given, 'host');
  const data = textOption(given, 'data');
  if (port !== undefined && (!/^\d+$/.test(port) || Number(port) > 65_535))
    throw new CommandProblem(`--port takes a whole number from 0 to 65535, and ${JSON.stringify(port)} is not one.`);
  return {
    ...process.env,
    ...(port === undefined ? {} : { REGIMEN_PORT: port }),
    ...(host === undefined ? {} : { REGIMEN_HOST: host }),
    ...(data === undefined ? {} : { REGIMEN_DATA: data }),
  };
}

/** Resolves `asked` on the first signal to stop, and ends the process on the second. */
function untilStopped(): { asked: Promise<void>; signal: AbortSignal } {
  const aborter = new AbortController();
  let first = 0;
  const asked = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (first === 0) {
          first = Date.now();
          aborter.abort();
          resolve();
        } else if (Date.now() - first > sameSignalMs) {
          process.exit(130);
        }
      });
    }
  });
  return { asked, signal: aborter.signal };
}

/** What became of a program file, as one line or as its diagnostics. */
function tellNews(news: FileNews, terminal: Terminal): void {
  const paint = terminal.color.out;
  const path = relative(process.cwd(), news.path);
  switch (news.kind) {
    case 'published':
      terminal.out(
        news.fresh
          ? `  ${paint('green', '✓')} ${news.name} is now version ${news.version}. People inside stay on theirs.`
          : `  ${basename(path)} is as it was: version ${news.version}.`,
      );
      return;
    case 'behind':
      terminal.out(
        `  ${paint('yellow', '!')} ${path} is version ${news.version} of ${news.name}; version ${news.newest} was published from elsewhere and runs. Save the file to publish it again.`,
      );
      return;
    case 'broken':
      for (const file of news.files)
        for (const finding of findingsOf(relative(process.cwd(), file.path), file.text, file.diagnostics))
          terminal.out(`\n${printFinding(finding, paint)}`);
      terminal.out(`\n  ${paint('yellow', '!')} ${path} was not published: mend it and save. Everything else runs on.`);
      return;
    case 'failed':
      terminal.out(`  ${paint('yellow', '!')} ${path} was not published: ${news.problem}`);
      return;
  }
}

function after(ms: number): Promise<false> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), ms).unref();
  });
}
