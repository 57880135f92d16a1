/**
 * `regimen worker`: does what time owes, runs agents, delivers messages. Any number, on any machine.
 */
import { join } from 'node:path';
import { type Command, CommandProblem, type ExitCode } from '../command.ts';
import { findPrograms } from '../find-programs.ts';
import { loadSettings } from '../load-settings.ts';
import { untilStopped, within } from '../until-stopped.ts';

/**
 * Runs and deliveries in hand may take this long once it is told to stop; what takes longer is done again by another
 * one.
 */
const workWithinMs = 25_000;
/** A stop that takes longer than this is given up. */
const stopLimitMs = 40_000;

export const worker: Command = {
  name: 'worker',
  usage: '[programs]',
  about: `Does the work of every workspace in the Postgres in DATABASE_URL: what time brings, agent runs, deliveries. The
folder is where the skills lie (\`skills\` in it). The database must have been migrated (\`regimen migrate\`).
On SIGTERM and Ctrl-C what is in hand is finished for up to ${workWithinMs / 1000} seconds; another worker does the rest.
REGIMEN_METRICS_PORT serves figures and its health.`,
  options: {},
  examples: [{ line: 'regimen worker programs', about: 'with the skills of this folder' }],
  wordsMax: 1,

  async run(given, terminal): Promise<ExitCode> {
    const { folder } = findPrograms(given.words[0]);
    const config = await loadSettings(given);
    if (config.databaseUrl === null)
      throw new CommandProblem('Set DATABASE_URL to the Postgres that servers and workers share.');
    const stop = untilStopped();
    const { startWorkerProcess } = await import('../../server/work.ts');
    const { StartProblem } = await import('../../server/engine.ts');
    const { openLogs } = await import('../../server/logs.ts');
    const logs = openLogs(config.logs, 'worker', (line) => terminal.out(line));
    const running = await startWorkerProcess({
      config,
      skillsFolder: join(folder, 'skills'),
      stopWithinMs: workWithinMs,
      logs,
      signal: stop.signal,
    }).catch((error: unknown) => {
      if (stop.signal.aborted) return null;
      throw error instanceof StartProblem ? new CommandProblem(error.message, 1) : error;
    });
    if (running === null) return 0;
    logs.log(`The worker works${running.watched === null ? '' : `; figures are at ${running.watched}/metrics`}.`);
    await stop.asked;
    logs.log('The worker stops: what is in hand is finished.');
    if (!(await within(stopLimitMs, running.stop())))
      throw new CommandProblem('Stopping took too long and was given up. Another worker does what was in hand.', 1);
    logs.log('The worker has stopped.');
    return 0;
  },
};
