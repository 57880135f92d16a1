/**
 * The database that a command for operators is about: the one in DATABASE_URL, or that of the `regimen dev`
 * that runs with the data folder.
 */
import type { Store } from '../runtime/store/store.ts';
import type { Stores } from '../runtime/store/stores.ts';
import type { Config } from '../server/config.ts';
import { CommandProblem } from './command.ts';

/** Where to look: every command about a database takes these. */
export const whereOptions = {
  workspace: { type: 'string', value: 'NAME', about: 'the workspace (default: REGIMEN_WORKSPACE)' },
  data: {
    type: 'string',
    value: 'FOLDER',
    about: 'without DATABASE_URL: the data folder of the `regimen dev` that runs',
  },
} as const;

/** The owner's address. Throws `CommandProblem` where there is no database. */
export async function databaseOf(config: Config): Promise<string> {
  if (config.databaseUrl !== null) return config.databaseUrl;
  const { readAddress } = await import('../server/address-file.ts');
  const { embeddedUrl } = await import('../runtime/postgres/embedded.ts');
  const running = await readAddress(config.data);
  const url = running === null ? null : await embeddedUrl(config.data);
  if (url !== null) return url;
  throw new CommandProblem(
    'There is no database to work on. Set DATABASE_URL to its address, or start `regimen dev`, which brings one of its own.',
  );
}

/**
 * Does work with the stores of the database. Throws `CommandProblem` where they cannot be opened, or are lost; refusals
 * become one, too.
 */
export async function withStores<T>(config: Config, work: (home: Store, stores: Stores) => Promise<T>): Promise<T> {
  const databaseUrl = await databaseOf(config);
  const { appUrl } = await import('../runtime/store/app-role.ts');
  const { isPassing } = await import('../runtime/store/problem.ts');
  const { withoutSecrets } = await import('../runtime/store/store.ts');
  const { openStores } = await import('../runtime/store/stores.ts');
  const { Refusal } = await import('../runtime/control.ts');
  const stores = await openStores({
    databaseUrl,
    appUrl: config.appDatabaseUrl ?? appUrl(databaseUrl),
    workspace: config.workspace,
    clock: config.environment === 'development' ? 'development' : 'machine',
  }).catch((error: Error) => {
    throw new CommandProblem(`${error.message} Has \`regimen migrate\` been run?`, 1);
  });
  try {
    return await work(stores.home, stores);
  } catch (error) {
    if (error instanceof Refusal) throw new CommandProblem(error.message, 1);
    if (!isPassing(error)) throw error;
    throw new CommandProblem(
      `The database was lost on the way: ${withoutSecrets(error, databaseUrl)}. It may have been done and not answered: ask again.`,
      1,
    );
  } finally {
    await stores.close();
  }
}
