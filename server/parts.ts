/**
 * What the server is built from, as types: the composition root hands these in.
 *
 * Every plugin takes the parts it needs from here and nothing from anywhere else, so that a test can
 * build a server on a database of its own, with a clock of its own.
 */
import type { Control } from '../runtime/control.ts';
import type { Clock, Skill } from '../runtime/services.ts';
import type { ServiceDesk } from '../runtime/store/service-desk.ts';
import type { Config } from './config.ts';
import type { SignIns } from './sign-ins.ts';

/** Tells when something about a person or an enrollment has changed; what it is, the listener reads anew. */
export type Live = {
  /** Calls `changed` after each commit that touches the person or enrollment with this id. Returns the way to stop. */
  subscribe(id: string, changed: () => void): () => void;
};

/** The clock of the programs. `move` exists only in development. Moments are ms since 1970 UTC. */
export type ProgramClock = Clock & {
  /**
   * Moves forward to a moment, or to the next moment when something is due, doing on the way all that comes due.
   * Resolves with the new now.
   */
  move?: (to: number | 'next') => Promise<number>;
};

export type ServerParts = {
  config: Config;
  control: Control;
  live: Live;
  clock: ProgramClock;
  signIns: SignIns;
  /** What the keys of services open, in whichever workspace. */
  serviceDesk: ServiceDesk;
  /** The names of the skills there are, as programs write them; undefined without a folder of skills. */
  skills: () => Promise<string[] | undefined>;
  /** What the skills hold: the texts of their `SKILL.md`, and those that can be read with their scripts; by name. */
  readSkills: () => Promise<{ texts: Record<string, string>; skills: Record<string, Skill> }>;
  /** Which agent talks. `model` for people, such as `claude-sonnet-5-5`. */
  agent: { kind: 'anthropic'; model: string } | { kind: 'scripted' };
  /** Rejects when the database does not answer. */
  ready: () => Promise<unknown>;
  /** One line for the terminal. Never called with a secret, except a sign-in code where the configuration says so. */
  log: (line: string) => void;
  /** The machine's own time in ms, for codes and sessions, which the development clock must not move. */
  machineNow: () => number;
};
