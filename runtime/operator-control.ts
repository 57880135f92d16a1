/**
 * The part of the control surface that operators and services use: what they do to one person's
 * place, to many people at once, and to whole programs; and the lists they read.
 *
 * Every change says who (`by`: `person:<id>` or `service:<key id>`) and, where it is not plain, why; both are kept in
 * the audit. `expect` is the last timeline row that the caller has seen: when more has happened, the call
 * is refused as `stale`. An `id` comes from the caller; the same one again changes nothing.
 */
import type { Value } from '../compiler/ir.ts';
import type { EnrollmentSummary } from './control.ts';
import type { WhyTransition } from './why.ts';

/** What every change of one enrollment says. */
export type Deed = { enrollment: string; id: string; by: string; expect?: number };

/** `seq`: the last timeline row afterwards. */
export type Done = { fresh: boolean; seq: number };

/** A page of a list; `next` is what to hand in for the one after it, null at the end. */
export type Page<T> = { rows: T[]; next: string | null };

export type EnrollmentFilter = {
  program?: string;
  version?: number;
  person?: string;
  stage?: string;
  cohort?: string;
  status?: 'active' | 'finished';
  /** Something that time owed has not been done for longer than `overdueAfterMs`. */
  overdue?: boolean;
};

export type ListedEnrollment = EnrollmentSummary & {
  /** The last timeline row. */
  seq: number;
  cohort: string | null;
  paused: { since: number; by: string; reason: string; until: number | null } | null;
};

export type EventToRecord = {
  enrollment: string;
  id: string;
  series: string;
  fields: Record<string, unknown>;
  /** ms; absent: now. */
  occurredAt?: number;
};

export type EventResult =
  | { status: 'recorded' | 'repeated'; enrollment: string; id: string }
  | { status: 'refused'; enrollment: string; id: string; code: string; problem: string };

export type Sweep = {
  id: number;
  at: number;
  due: number;
  succeeded: number;
  failed: { enrollment: string; problem: string }[];
  durationMs: number;
};

export type AuditedChange = {
  id: number;
  at: number;
  actor: string;
  action: string;
  target: string;
  reason: string | null;
  details: Record<string, unknown>;
};

/** A pause of a program or of the whole workspace. */
export type Standstill = { at: number; by: string; reason: string };

export type BulkDeed =
  | { action: 'move'; to: string; data?: Record<string, Value> }
  | { action: 'pause'; until?: number }
  | { action: 'resume' }
  | { action: 'withdraw' };

/** Whom: active enrollments of the program that fit, or exactly these. */
export type BulkFilter = { stage?: string; version?: number; cohort?: string; paused?: boolean; ids?: string[] };

export type BulkStatus = 'previewed' | 'applying' | 'applied' | 'undoing' | 'undone';

export type BulkPersonStatus = 'ready' | 'cannot' | 'done' | 'refused' | 'undone' | 'stayed';

export type Bulk = {
  id: string;
  program: string;
  deed: BulkDeed;
  filter: BulkFilter;
  reason: string;
  /** Who looked at it first. */
  by: string;
  status: BulkStatus;
  createdAt: number;
  appliedAt: number | null;
  appliedBy: string | null;
  undoneAt: number | null;
  undoneBy: string | null;
  /** People by what becomes, or has become, of them. */
  counts: Record<BulkPersonStatus, number>;
  /** Whether `undoBulk` can bring people back: not once they were taken out. */
  undoable: boolean;
};

export type BulkPerson = {
  enrollment: string;
  person: { id: string; email: string; name: string };
  /** The stage they were in. */
  stage: string;
  status: BulkPersonStatus;
  /** What happens, or why it cannot; in a sentence. */
  outcome: string;
};

export type OperatorControl = {
  // One person
  /** Moves somebody to a stage of the program's own flow. `data` is set before. Refused with the program's reason. */
  move(input: Deed & { to: string; reason: string; data?: Record<string, Value> }): Promise<Done>;
  /** Back into the visit that the last move ended; refused where something has happened since. */
  undoMove(input: Deed & { reason: string }): Promise<Done>;
  /** Lets the program stand still for a person; `until` (ms): it goes on by itself. */
  pause(input: Deed & { reason: string; until?: number }): Promise<Done>;
  resume(input: Deed): Promise<Done>;
  /** Takes a person out. */
  withdraw(input: Deed & { reason: string }): Promise<Done>;
  /** Sets fields, all or none, as an operator. */
  setData(input: Deed & { data: Record<string, Value>; reason?: string }): Promise<Done>;
  /**
   * A request to advance: time is brought, and the program decides. Where it does not advance, refused as `not-yet`
   * with the clauses that are false. `to`: only an advance to this stage is meant.
   */
  advance(input: Deed & { to?: string }): Promise<Done & { from: string; to: string }>;

  // Lists
  /** The newest first. `after` comes from the page before. */
  listEnrollments(input: EnrollmentFilter & { limit: number; after?: string }): Promise<Page<ListedEnrollment>>;
  /** One of them; refused where it is unknown. */
  listedEnrollment(id: string): Promise<ListedEnrollment>;
  /** Events of services, at most `eventsMax`; what becomes of each, in the order given. */
  recordEvents(input: { events: EventToRecord[]; by: string }): Promise<EventResult[]>;
  sweeps(input: { limit: number; after?: string }): Promise<Page<Sweep>>;
  audit(input: { limit: number; after?: string; target?: string }): Promise<Page<AuditedChange>>;

  // Programs and the workspace
  /**
   * Nothing happens by itself in the program until it is resumed; what people say is kept and answered where it can be.
   */
  pauseProgram(input: { program: string; reason: string; by: string }): Promise<Standstill>;
  resumeProgram(input: { program: string; by: string }): Promise<void>;
  programStandstill(program: string): Promise<Standstill | null>;
  pauseWorkspace(input: { reason: string; by: string }): Promise<Standstill>;
  resumeWorkspace(input: { by: string }): Promise<void>;
  workspaceStandstill(): Promise<Standstill | null>;

  // Many people
  /** Looks what a deed would do to each, and keeps that; nothing else changes. */
  previewBulk(input: {
    program: string;
    deed: BulkDeed;
    filter: BulkFilter;
    reason: string;
    by: string;
  }): Promise<Bulk>;
  /** Does it, in the background; again on one that was applied changes nothing. */
  applyBulk(input: { id: string; by: string }): Promise<Bulk>;
  /** Brings back whom nothing has happened to since, in the background; the others are named. */
  undoBulk(input: { id: string; by: string }): Promise<Bulk>;
  bulk(id: string): Promise<Bulk>;
  bulks(input: { limit: number; after?: string; program?: string }): Promise<Page<Bulk>>;
  bulkPeople(input: {
    id: string;
    status?: BulkPersonStatus;
    limit: number;
    after?: string;
  }): Promise<Page<BulkPerson>>;
};

/** Why a request to advance was refused: the transitions that were looked at, each with its clauses. */
export type NotYet = { stage: string; transitions: WhyTransition[] };
