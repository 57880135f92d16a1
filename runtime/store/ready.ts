/**
 * Whether a store can be worked with: the database answers, has every migration this version needs, and
 * takes jobs.
 */
import { compareMigrations } from './migrate.ts';
import type { Store } from './store.ts';

/** A database that takes longer than this to answer is not ready. */
const answerWithinMs = 2_000;

/** Why not; a sentence without secrets. */
export class NotReady extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotReady';
  }
}

/** Resolves when the store can be worked with. Throws `NotReady` within a bounded time. */
export async function checkReady(store: Store): Promise<void> {
  const missing = await within(compareMigrations(store.sql).then((found) => found.missing));
  if (missing.length > 0) throw new NotReady(behind(missing));
  // Adding nothing goes the whole way to the queue.
  await within(store.sql`select add_workspace_jobs('[]')`, 'The job queue takes no jobs.');
}

/** What is said of a database that lacks migrations. */
export function behind(missing: readonly string[]): string {
  const names = missing.slice(0, 3).join(', ') + (missing.length > 3 ? ', …' : '');
  return `The database is behind this version of Regimen: it lacks ${names}. Run \`regimen migrate\`.`;
}

async function within<T>(work: Promise<T>, otherwise = 'The database does not answer.'): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new NotReady('The database does not answer.')), answerWithinMs);
  });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    throw error instanceof NotReady ? error : new NotReady(otherwise);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}
