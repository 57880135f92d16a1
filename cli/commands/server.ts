/**
 * `regimen server`: the doors for people and machines, for more than one machine. The work is done by workers.
 */
import { type Command, CommandProblem, type ExitCode } from '../command.ts';
import { findPrograms } from '../find-programs.ts';
import { loadSettings } from '../load-settings.ts';
import { untilStopped, within } from '../until-stopped.ts';

/** Requests in hand may take this long once it is told to stop. */
const requestsWithinMs = 10_000;
/** A stop that takes longer than this is given up. */
const stopLimitMs = 20_000;

export const server: Command = {
  name: 'server',
  usage: '[programs] [options]',
  about: `Serves the pages, the control surface and the channels from the Postgres in DATABASE_URL; any number may run
beside each other. Agents and time are the business of \`regimen worker\`. With a folder its programs are published
first. The database must have been migrated (\`regimen migrate\`). It ends in order on SIGTERM and Ctrl-C: what is
in hand is finished.`,
  options: {
    port: { type: 'string', value: 'PORT', about: 'listen here (default: 4100; 0 takes any free port)' },
    host: { type: 'string', value: 'HOST', about: 'listen on this address (default: 127.0.0.1)' },
  },
  examples: [
    { line: 'regimen server', about: 'as the environment says' },
    { line: 'regimen server programs --host 0.0.0.0', about: 'publishes the programs of a folder first' },
  ],
  wordsMax: 1,

  async run(given, terminal): Promise<ExitCode> {
    const [path] = given.words;
    const place = findPrograms(path);
    const config = await loadSettings(given);
    // A server needs the rights of no owner.
    const databaseUrl = config.databaseUrl ?? config.appDatabaseUrl;
    if (databaseUrl === null) throw new CommandProblem(noDatabase);
    const stop = untilStopped();
    const { openLogs, startRegimen, StartProblem } = await import('../../server/main.ts');
    const logs = openLogs(config.logs, 'server', (line) => terminal.out(line));
    const regimen = await startRegimen({
      config: { ...config, databaseUrl },
      programs: { ...place, publish: path !== undefined },
      work: false,
      prepare: 'check',
      stopWithinMs: requestsWithinMs,
      tell: (news) => logs.log(`The program file ${news.path} changed: ${news.kind}.`),
      logs,
      signal: stop.signal,
    }).catch((error: unknown) => {
      if (stop.signal.aborted) return null;
      throw error instanceof StartProblem ? new CommandProblem(error.message, 1) : error;
    });
    if (regimen === null) return 0;
    for (const news of regimen.news)
      if (news.kind !== 'published') logs.log(`${news.path} was not published: ${news.kind}.`);
    logs.log(`The server listens on ${regimen.url}.`);
    await stop.asked;
    logs.log('The server stops: what is in hand is finished.');
    if (!(await within(stopLimitMs, regimen.stop())))
      throw new CommandProblem('Stopping took too long and was given up.', 1);
    logs.log('The server has stopped.');
    return 0;
  },
};

const noDatabase =
  'Set DATABASE_URL to the Postgres that servers and workers share. `regimen dev` runs everything on one machine and brings a database of its own.';
