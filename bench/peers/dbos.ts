/**
 * DBOS Transact: a workflow of one step for each person, so many at once.
 */
import { DBOS } from '@dbos-inc/dbos-sdk';

const atOnce = 24;
const connections = 10;

export type Dbos = {
  /** Workflows a second. */
  rate(workflows: number): Promise<number>;
  close(): Promise<void>;
};

/** Starts DBOS on a database of its own. `turn` is what the step does. */
export async function openDbos(databaseUrl: string, turn: (person: number) => unknown): Promise<Dbos> {
  DBOS.setConfig({
    name: 'bench',
    systemDatabaseUrl: databaseUrl,
    systemDatabasePoolSize: connections,
    logLevel: 'error',
    runAdminServer: false,
  });
  const review = DBOS.registerWorkflow(
    async (person: number) => {
      await DBOS.runStep(async () => turn(person), { name: 'turn' });
    },
    { name: 'review' },
  );
  await DBOS.launch();
  return {
    async rate(workflows) {
      let next = 0;
      const began = performance.now();
      await Promise.all(
        Array.from({ length: atOnce }, async () => {
          while (next < workflows) await review(next++);
        }),
      );
      return (workflows / (performance.now() - began)) * 1000;
    },
    close: () => DBOS.shutdown(),
  };
}
