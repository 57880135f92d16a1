/**
 * A worker in a process of its own, to be killed; what people do comes in through it as well. Arguments: the
 * database, the vendor's address, by how much (ms) the clock of its machine is wrong, and `spare` where it is to
 * wait, with everything loaded, until it is told to begin.
 *
 * It tells `loaded` (a spare), `ready` (it works), and what came of each deed that it was asked for.
 */
import { flushCompileCache } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

/** What it is told: to begin, to do something, that its clock is wrong by another amount. */
export type ToWorker = 'begin' | { ask: number; deed: Asked } | { skewMs: number };
export type Asked = { person: string; enrollment: string } & (
  | { kind: 'say'; id: string; text: string }
  | { kind: 'run'; id: string; minutes: number }
);
/** `problem`: it did not go through, and may be asked for again. */
export type FromWorker = 'loaded' | 'ready' | { done: number; problem: string | null };

const [databaseUrl = '', vendorUrl = '', skew = '0', when = 'at once'] = process.argv.slice(2);
const rightNow = Date.now.bind(Date);
let skewMs = Number(skew);
// Before anything of ours is loaded: nobody in this process knows another time.
Date.now = () => rightNow() + skewMs;

const { openStore } = await import('../../runtime/store/store.ts');
const { startWorker } = await import('../../runtime/store/worker.ts');
const { createControl } = await import('../../runtime/store/control.ts');
const { vendorChannel, stormAgent, doDeed } = await import('./storm-work.ts');
// A process that is killed would never keep what it has compiled.
flushCompileCache();

// Whoever watched over it is gone: nobody would ever end it.
process.on('disconnect', () => process.exit(1));
const tell = (what: FromWorker) => process.send?.(what);
const told = (listen: (what: ToWorker) => void) => process.on('message', listen as (what: unknown) => void);
if (when === 'spare') {
  const begun = new Promise<void>((done) => told((what) => what === 'begin' && done()));
  tell('loaded');
  await begun;
}

const store = await openStore({ databaseUrl, clock: 'virtual' });
const control = createControl(store);
told((what) => {
  if (what === 'begin') return;
  if ('skewMs' in what) {
    skewMs = what.skewMs;
    return;
  }
  doDeed(control, what.deed).then(
    () => tell({ done: what.ask, problem: null }),
    (error: Error) => tell({ done: what.ask, problem: error.message }),
  );
});
const agent = stormAgent(() => sleep(5 + Math.random() * 20));
await startWorker(store, {
  agent,
  scripted: agent,
  skills: () => undefined,
  channels: [vendorChannel(vendorUrl)],
});
tell('ready');
