/**
 * Notes: what happened in the machine room, as data, for whoever looks after it.
 *
 * Logs, figures and traces are made from them elsewhere. They carry ids, counts and durations, never what
 * people wrote, nor secrets. A failing listener never disturbs the work.
 */
import { originNow } from './origin.ts';
import type { Store } from './store.ts';

export type Note =
  /** Something reached an enrollment. `fresh` false: it was there before. */
  | { kind: 'input'; type: string; enrollment: string; input: string; fresh: boolean; ms: number }
  | {
      kind: 'run';
      enrollment: string;
      run: string;
      outcome: 'done' | 'failed' | 'given-up' | 'void';
      agent?: string;
      usd?: number;
      ms: number;
    }
  /** `again`: the channel failed, and it is tried again. */
  | { kind: 'delivery'; message: string; channel: string; outcome: 'sent' | 'again' | 'failed'; ms: number }
  | { kind: 'sweep'; due: number; succeeded: number; failed: number; ms: number }
  | { kind: 'tidied'; what: string; rows: number };

/** A note with where it was made, and what the work began with. */
export type Noted = Note & { workspace: string; origin?: string };

/** Tells the listener of the store, if it has one. */
export function note(store: Store, told: Note): void {
  const origin = originNow();
  try {
    store.note?.({ ...told, workspace: store.workspace, ...(origin === undefined ? {} : { origin }) });
  } catch (error) {
    store.log(`A listener to notes failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}
