/**
 * `regimen migrate`: brings the database to the shape this version needs, before its servers and workers start.
 */
import { type Command, CommandProblem, type ExitCode } from '../command.ts';
import { loadSettings } from '../load-settings.ts';
import { databaseOf } from '../open-database.ts';

export const migrate: Command = {
  name: 'migrate',
  usage: '[--check]',
  about: `Runs the migrations that the database in DATABASE_URL lacks, all or none, and makes the role as which people
are served. Migrations only add: servers and workers of the version before go on meanwhile. Several at once wait
for each other. A database that a newer version has migrated is left alone.
With --check nothing is changed: it says what would be run, and ends with 1 where something would.`,
  options: {
    check: { type: 'boolean', about: 'only say what would be run' },
    data: {
      type: 'string',
      value: 'FOLDER',
      about: 'without DATABASE_URL: the data folder of the `regimen dev` that runs',
    },
  },
  examples: [
    { line: 'regimen migrate', about: 'before a new version is started' },
    { line: 'regimen migrate --check', about: 'in a deployment, to know whether there is anything to do' },
  ],
  wordsMax: 0,

  async run(given, terminal): Promise<ExitCode> {
    const config = await loadSettings(given);
    const databaseUrl = await databaseOf(config);
    const { compareMigrations, migrate, NewerDatabase } = await import('../../runtime/store/migrate.ts');
    const { closePool, mustAnswer, openPool, withoutSecrets } = await import('../../runtime/store/store.ts');
    const sql = openPool(databaseUrl, { max: 1 });
    try {
      await mustAnswer(sql, databaseUrl);
      const { missing, unknown } = await compareMigrations(sql);
      if (unknown.length > 0) throw new NewerDatabase(unknown);
      if (given.options.check) {
        for (const name of missing) terminal.out(name);
        terminal.err(missing.length === 0 ? 'The database is up to date.' : 'These would be run.');
        return missing.length === 0 ? 0 : 1;
      }
      const { run, app } = await migrate(databaseUrl, { app: config.appDatabaseUrl });
      for (const name of run) terminal.out(name);
      terminal.err(run.length === 0 ? 'The database is up to date.' : 'The database is up to date now.');
      if ('problem' in app) throw new CommandProblem(app.problem, 1);
      return 0;
    } catch (error) {
      if (error instanceof CommandProblem) throw error;
      throw new CommandProblem(withoutSecrets(error, databaseUrl), 1);
    } finally {
      await closePool(sql);
    }
  },
};
