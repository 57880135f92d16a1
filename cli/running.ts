/**
 * The `regimen dev` that runs with a data folder, used from another terminal: its database is asked
 * directly, its worker does the work, and the clock is moved over its door.
 */
import { embeddedUrl } from '../runtime/postgres/embedded.ts';
import { readAddress } from '../server/address-file.ts';
import type { Config } from '../server/config.ts';
import { type Engine, startEngine } from '../server/engine.ts';
import { askClock } from './ask-clock.ts';

/** Null where none runs. */
export async function connectToRunning(config: Config): Promise<Engine | null> {
  const running = await readAddress(config.data);
  if (running === null) return null;
  const databaseUrl = config.databaseUrl ?? (await embeddedUrl(config.data));
  if (databaseUrl === null) return null;
  const engine = await startEngine({
    databaseUrl,
    appDatabaseUrl: config.appDatabaseUrl,
    workspace: config.workspace,
    unprotected: true,
    dataFolder: config.data,
    clock: 'development',
    skillsFolder: '',
    anthropic: { ...config.anthropic, apiKey: null },
    work: false,
    log: () => {},
  });
  return {
    ...engine,
    move: (to) => askClock(running.url, { to: to === 'next' ? 'next' : new Date(to).toISOString() }),
  };
}
