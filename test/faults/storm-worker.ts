/**
 * A worker in a process of its own, to be killed. Arguments: the database, the vendor's address, and by how much
 * (ms) the clock of its machine is wrong.
 */
import { setTimeout as sleep } from 'node:timers/promises';

const [databaseUrl = '', vendorUrl = '', skewMs = '0'] = process.argv.slice(2);
const rightNow = Date.now.bind(Date);
// Before anything of ours is loaded: nobody in this process knows another time.
Date.now = () => rightNow() + Number(skewMs);

const { openStore } = await import('../../runtime/store/store.ts');
const { startWorker } = await import('../../runtime/store/worker.ts');
const { agentOf, nothing } = await import('../runtime-store/story.ts');

// A connection that is cut while it is being opened must not end this process before its killer does.
const store = await openStore({ databaseUrl, clock: 'virtual' });
const agent = agentOf(async (context) => {
  await sleep(5 + Math.random() * 20);
  const says = context.reason === 'review' ? [] : [`${context.reason} ${context.run}`];
  return { ...nothing, says, sets: [{ field: 'note', value: context.run }] };
});
await startWorker(store, {
  agent,
  scripted: agent,
  skills: () => undefined,
  channels: [
    {
      name: 'vendor',
      send: async ({ id, account, attempt }) => {
        const sent = await fetch(vendorUrl, {
          method: 'POST',
          headers: { connection: 'close' },
          body: JSON.stringify({ id, account, first: attempt === 1 }),
        });
        if (!sent.ok) throw new Error(`The vendor answered with ${sent.status}.`);
      },
    },
  ],
});
process.send?.('ready');
