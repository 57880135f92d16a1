/**
 * The part of the control surface that is about versions: what a new one means for everybody inside, and taking
 * them over to it, and back.
 *
 * A plan is looked at, saved, applied in batches by jobs, and rolled back. Publishing moves nobody unless the
 * publisher says so. Ids, persons and moments (ms) are plain JSON; `by` is who asks.
 */
import type { PlanChange, PlanLevel } from '../compiler/plan-change.ts';
import type { SourceText } from './control.ts';

/**
 * `same`: nothing changes for them. `adopts`: they can go over. `needs-migrate`: a line of the `migrate` block is
 * missing for them. `refused`: no block could lead them over.
 */
export type VersionVerdict = 'same' | 'adopts' | 'needs-migrate' | 'refused';

/** People of one version and stage to whom the same happens for the same reason. */
export type VersionGroup = {
  from: number;
  stage: string;
  verdict: VersionVerdict;
  people: number;
  /** Led over by a `migrate` block. */
  isSaid: boolean;
  /** In the words of one of them; null where nothing stands in the way. */
  why: string | null;
  remedy: string | null;
  /** Some of their enrollments. */
  examples: string[];
};

/** People whom going over itself leads on: to a stage, or to their end under that name. */
export type MovedOn = { to: string; finishes: boolean; people: number };

export type VersionReport = {
  program: string;
  title: string;
  to: number;
  /** Who is inside on another version; `already`: on this one. */
  people: number;
  already: number;
  counts: Record<VersionVerdict, number>;
  /** Of those who can go over: who has something in hand that is waited for, or is paused. */
  waiting: number;
  /**
   * Of those who can go over and need not wait, the most first: for whom an `advance … when` and the like holds then.
   */
  moving: MovedOn[];
  groups: VersionGroup[];
  /**
   * What is different from each version that somebody is on. `via`: the versions in between whose `migrate` blocks
   * lead them; then the changes are those of each in turn.
   */
  versions: { from: number; via?: number[]; people: number; verdict: PlanLevel; changes: PlanChange[] }[];
};

/**
 * Of one person in a plan. `waiting`: something is in hand that would be cut short. `gone`: finished, or on another
 * version meanwhile. `stayed`: the plan was rolled back before their turn. `kept`: could not be taken back.
 */
export type PlannedStatus =
  | 'ready'
  | 'cannot'
  | 'waiting'
  | 'adopted'
  | 'failed'
  | 'gone'
  | 'stayed'
  | 'returned'
  | 'kept';

export type VersionPlanStatus = 'planned' | 'applying' | 'applied' | 'rolling-back' | 'rolled-back';

export type VersionPlan = VersionReport & {
  id: string;
  status: VersionPlanStatus;
  /** People with something in hand wait for it to be over, at most `adoptPatienceMs`. */
  waits: boolean;
  progress: Record<PlannedStatus, number>;
  createdAt: number;
  createdBy: string;
  appliedAt: number | null;
  appliedBy: string | null;
  rolledBackAt: number | null;
  rolledBackBy: string | null;
  reason: string | null;
};

export type PlannedPerson = {
  enrollment: string;
  from: number;
  stage: string;
  verdict: VersionVerdict;
  status: PlannedStatus;
  why: string | null;
};

export type VersionControl = {
  /** What a text would mean for the people inside, were it published. Nothing is saved. Refuses a text with errors. */
  previewVersion(input: { source: string; path: string; imports?: readonly SourceText[] }): Promise<VersionReport>;
  /** Looks at everybody on another version, and saves what would happen to each. `to`: the newest without a number. */
  planVersion(input: { program: string; to?: number; by: string }): Promise<VersionPlan>;
  versionPlan(id: string): Promise<VersionPlan>;
  /** Of a program, the newest first, at most `limit`. */
  versionPlans(input: { program: string; limit: number }): Promise<VersionPlan[]>;
  /** Persons of a plan after an enrollment, in the order of their enrollments. */
  versionPlanPeople(input: {
    id: string;
    status?: PlannedStatus;
    after?: string;
    limit: number;
  }): Promise<PlannedPerson[]>;
  /**
   * Begins to take over whoever can go; each is looked at again when it is their turn. `waits` (true without it):
   * nobody is taken over while something is in hand that would be cut short. Asked again, it goes on.
   */
  applyPlan(input: { id: string; by: string; reason: string; waits?: boolean }): Promise<VersionPlan>;
  /**
   * Begins to take everybody back: exactly where nothing has happened since, otherwise by the block turned around
   * where it can be. Whoever is not taken over yet stays.
   */
  rollbackPlan(input: { id: string; by: string; reason: string }): Promise<VersionPlan>;
};
