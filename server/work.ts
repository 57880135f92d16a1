/**
 * A worker as a process of its own: the engine without the doors for people, and the door for machines that watch.
 */
import type { Config } from './config.ts';
import { engineOptions, StartProblem, startEngine } from './engine.ts';
import { openFigures } from './figures.ts';
import type { Logs } from './logs.ts';
import { openWatchDoor } from './watch-door.ts';

export type RunningWorker = {
  /** Where figures and health are served; null: nowhere. */
  watched: string | null;
  stop(): Promise<void>;
};

/** Starts a worker on a migrated database. Throws `StartProblem`; nothing is left running then. */
export async function startWorkerProcess(options: {
  config: Config;
  skillsFolder: string;
  /** What work in hand may take when it stops (ms). */
  stopWithinMs: number;
  logs: Logs;
  signal: AbortSignal;
}): Promise<RunningWorker> {
  const { config, logs } = options;
  const parts = new AsyncDisposableStack();
  try {
    const figures = openFigures();
    const engine = await startEngine({
      ...engineOptions(config, options.skillsFolder),
      prepare: 'check',
      stopWithinMs: options.stopWithinMs,
      log: logs.log,
      note: (note) => {
        logs.note(note);
        figures.note(note);
      },
      signal: options.signal,
    });
    parts.defer(() => engine.stop());
    figures.look(engine.store);
    const watching =
      config.metrics === null ? null : await openWatchDoor(config.metrics, { figures, ready: engine.ready });
    if (watching !== null) parts.defer(() => watching.close());
    return { watched: watching?.url ?? null, stop: () => parts.disposeAsync() };
  } catch (error) {
    await parts.disposeAsync().catch(() => undefined);
    throw error instanceof StartProblem ? error : new StartProblem((error as Error).message, error);
  }
}
