/**
 * `regimen dev`: everything on this machine, in one process and one database beside it.
 *
 * Reads the configuration, starts it all (`server/main.ts`), says where to look, and stops it again.
 * The first Ctrl-C stops in order; a second one stops at once. `npm start` runs this.
 */
import { basename, relative } from 'node:path';
import type { FileNews } from '../../server/program-folder.ts';
import { type Command, CommandProblem, type ExitCode, type Terminal } from '../command.ts';
import { showPath } from '../find-files.ts';
import { findPrograms, usualFolder } from '../find-programs.ts';
import { findingsOf } from '../finding.ts';
import { loadSettings } from '../load-settings.ts';
import { printBanner } from '../print-banner.ts';
import { printFinding } from '../print-findings.ts';
import { untilStopped, within } from '../until-stopped.ts';

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
    const config = await loadSettings(given);
    const stop = untilStopped();
    // Loading takes a while on a slow machine; nothing has been begun that would have to be ended.
    const server = await Promise.race([import('../../server/main.ts'), stop.asked.then(() => null)]);
    if (server === null) return 0;
    const { openLogs, startRegimen, StartProblem } = server;
    const regimen = await startRegimen({
      config,
      programs: { ...place, publish: true },
      work: true,
      prepare: 'migrate',
      tell: (news) => tellNews(news, terminal),
      logs: openLogs(config.logs, 'dev', (line) => terminal.out(config.logs === 'text' ? `  ${line}` : line)),
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
    const stopped = await within(stopLimitMs, regimen.stop());
    if (!stopped)
      throw new CommandProblem(
        'Stopping took too long and was given up. The next start continues where this one ended.',
        1,
      );
    terminal.out('  Stopped. The next start finds everything again.');
    return 0;
  },
};

/** What became of a program file, as one line or as its diagnostics. */
function tellNews(news: FileNews, terminal: Terminal): void {
  const paint = terminal.color.out;
  const path = relative(process.cwd(), news.path);
  switch (news.kind) {
    case 'published':
      terminal.out(
        news.fresh
          ? `  ${paint('green', '✓')} ${news.name} is now version ${news.version}.${insideText(news.people, path)}`
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

/** What becomes of those inside; nothing where nobody is. */
function insideText(people: { going: number; staying: number } | undefined, path: string): string {
  if (people === undefined) return ' People inside stay on theirs.';
  const { going, staying } = people;
  const go = going === 0 ? '' : going === 1 ? ' 1 person inside goes over.' : ` ${going} people inside go over.`;
  const stay = staying === 1 ? ' 1 stays' : ` ${staying} stay`;
  return staying === 0 ? go : `${go}${stay}: \`regimen plan ${path}\` says why.`;
}
