/**
 * A world in which one enrollment lives: what a scenario, a transcript or a test needs of it.
 *
 * The pure simulation (`simulate.ts`) is one; the real runtime on Postgres under a development
 * clock is another. The same story in both gives the same timeline.
 */
import type { Input } from './inputs.ts';
import type { State } from './state.ts';
import type { TimelineRow } from './timeline.ts';

export type World = {
  now(): number;
  /** Brings an input in at the present moment and works off everything that follows at once. */
  send(input: Input): Promise<void>;
  /** Moves the clock forward, stopping at every due moment on the way. */
  advanceTo(at: number): Promise<void>;
  state(): Promise<State>;
  timeline(): Promise<TimelineRow[]>;
};
