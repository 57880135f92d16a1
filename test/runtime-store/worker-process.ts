/**
 * A worker in a process of its own, for tests that kill it. Arguments: the database, and a file that
 * stands for a vendor: each message sent is a line in it.
 */
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '../../runtime/store/store.ts';
import { startWorker } from '../../runtime/store/worker.ts';
import { agentOf, nothing } from './story.ts';

const [databaseUrl = '', file = ''] = process.argv.slice(2);
const store = await openStore({ databaseUrl, clock: 'virtual' });
const agent = agentOf(async (context) => {
  await sleep(20 + Math.random() * 40);
  return { ...nothing, says: [`Run ${context.run}`] };
});
await startWorker(store, {
  agent,
  scripted: agent,
  skills: () => undefined,
  channels: [{ name: 'vendor', send: async (message) => appendFileSync(file, `${message.id}\n`) }],
});
process.send?.('ready');
