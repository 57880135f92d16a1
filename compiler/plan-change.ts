/**
 * One line of a plan: what changed between two versions, and what it means for people inside.
 */
import type { Migration } from './ir.ts';

/**
 * `safe`: nobody loses anything. `migrate`: the new version must say what becomes of people. `refused`: no block can.
 */
export type PlanLevel = 'safe' | 'migrate' | 'refused';

export type PlanChange = {
  level: PlanLevel;
  kind:
    | 'program'
    | 'setting'
    | 'stage'
    | 'rule'
    | 'timer'
    | 'question'
    | 'exit'
    | 'field'
    | 'series'
    | 'list'
    | 'track'
    | 'judgement'
    | 'meaning'
    | 'migrate';
  /** What changed: the name of the field, the stage. */
  name: string;
  /** One sentence. */
  change: string;
  /** What happens to the people inside: one sentence. */
  people: string;
  /** For `migrate`: the line of the block that takes care of it. Absent: it is missing. */
  met?: string;
  /** What to write, where something must be. */
  remedy?: string;
};

/** The two sides of a comparison, and what the new version says about people inside the old one. */
export type Sides<T> = { before: T; after: T; migration: Migration };

/** Whether the change stands in the way of the new version. */
export const isOpen = (change: PlanChange): boolean => change.level !== 'safe' && change.met === undefined;

/** Equal but for the places in the text. */
export function alike(left: unknown, right: unknown): boolean {
  return withoutSpans(left) === withoutSpans(right);
}

const withoutSpans = (value: unknown): string =>
  JSON.stringify(value, (key, inner: unknown) => (key === 'span' ? undefined : inner)) ?? 'undefined';
