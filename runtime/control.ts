/**
 * The control surface: everything that can be asked of a running Regimen, as one interface.
 *
 * Web pages, REST, MCP, Slack and the terminal are skins over it; none of them decides
 * anything. `createControl` (in `store/control.ts`) is the implementation on Postgres. Every call
 * takes its ids from outside where a repeat must change nothing. Failures the caller can mend are
 * thrown as `Refusal` with a sentence for people and a stable code.
 */
import type { Ir, Value, ValueType } from '../compiler/ir.ts';
import type { Facts, MessageAuthor, MessageReason } from './facts.ts';
import type { Forecast } from './forecast.ts';
import type { OperatorControl } from './operator-control.ts';
import type { DeliveryPreferences } from './preferences.ts';
import type { TimelineRow } from './timeline.ts';
import type { VersionControl } from './version-plan.ts';
import type { Waiting } from './waiting.ts';
import type { Why } from './why.ts';

export type RefusalCode =
  | 'unknown-program'
  | 'unknown-enrollment'
  | 'unknown-person'
  | 'already-enrolled'
  | 'finished'
  | 'not-allowed'
  | 'waiting-for-access'
  | 'malformed'
  | 'too-large'
  /** More has happened than the caller has seen. */
  | 'stale'
  /** The program does not advance the person yet; `details` says why. */
  | 'not-yet'
  /** It cannot be done as things stand. */
  | 'conflict'
  /** An idempotency key stands for another request. */
  | 'key-reused'
  | 'unknown-item'
  | 'unknown-bulk'
  | 'unknown-plan'
  | 'unknown-key';

/** Something the caller asked for cannot be done, and why: `message` is a full sentence with the remedy. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  /** The same for machines, as plain JSON, where there is more to it. */
  readonly details: Record<string, unknown> | undefined;
  constructor(code: RefusalCode, message: string, details?: Record<string, unknown>) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.details = details;
  }
}

/** A file that a program imports; the path is seen from the folder of the program, without `./`. */
export type SourceText = { path: string; text: string };

export type Person = { id: string; email: string; name: string; zone: string | null };

export type ProgramSummary = {
  name: string;
  title: string;
  about: string;
  version: number;
  publishedAt: number;
  active: number;
  finished: number;
};

export type EnrollmentSummary = {
  id: string;
  program: string;
  programTitle: string;
  version: number;
  person: { id: string; email: string; name: string };
  attempt: number;
  status: 'active' | 'finished';
  stage: string;
  stageTitle: string;
  nextDueAt: number | null;
  createdAt: number;
  finishedAt: number | null;
};

export type EnrollmentView = EnrollmentSummary & {
  /** The last timeline row. */
  seq: number;
  cohort: string | null;
  facts: Facts;
  ir: Ir;
  /** The versions the person was on before, each with the last timeline row that is told in its words; oldest first. */
  past: { until: number; ir: Ir }[];
  /** The program text of the version the person is on; what it imports is not in it. */
  source: string;
  lets: Record<string, Value>;
  why: Why;
  /** Decisions, answers and acknowledgements that are wanted from others than the person. */
  waiting: Waiting[];
  /** What the next days bring; null where nobody asked for it. */
  ahead: Forecast | null;
};

/** One line of a conversation. `position` grows over the whole database and never repeats: resume a stream after it. */
export type ChatMessage = {
  position: number;
  id: string;
  enrollment: string | null;
  direction: 'in' | 'out';
  text: string;
  at: number;
  reason: MessageReason | 'inbound' | 'notice';
  author: MessageAuthor | 'person' | 'system';
  question: { id: string; options: string[]; open: boolean } | null;
};

/** A message on its way to a person. */
export type OutboxMessage = {
  id: string;
  program: string;
  programTitle: string;
  enrollment: string | null;
  text: string;
  reason: MessageReason | 'notice';
  /** `held`: it waits for its time. `sending`: it is with its channel, which has not answered. */
  state: 'held' | 'queued' | 'sending';
  writtenAt: number;
  /**
   * When it is looked at again, and is sent unless something else stands in the way; null: in its turn, or when a pause
   * ends.
   */
  sendAt: number | null;
  /** What holds it, in sentences. */
  why: string[];
};

export type Received = {
  /** False when a message with this id was there already. */
  fresh: boolean;
  enrollment: string | null;
  /**
   * What the system itself has to say (not enrolled, finished, waiting for access), already stored as a chat message.
   */
  notice: string | null;
};

export type Control = OperatorControl &
  VersionControl & {
    // Programs
    /**
     * Stores a new version; the same texts as the newest version's change nothing. `imports` are the files it imports
     * (others among them are left out). Throws `Refusal('malformed')` when a text has errors.
     */
    publish(input: {
      source: string;
      path: string;
      imports?: readonly SourceText[];
      by: string;
      /** What becomes of people inside: they `stay` on their version (without it), or go over as soon as they can. */
      people?: 'stay' | 'adopt';
    }): Promise<{
      name: string;
      version: number;
      fresh: boolean;
      /** Where they were let go to a fresh version: how many go, and how many cannot. */
      people?: { going: number; staying: number };
    }>;
    programs(): Promise<ProgramSummary[]>;
    programSource(
      name: string,
      version?: number,
    ): Promise<{ name: string; version: number; path: string; source: string; imports: SourceText[]; ir: Ir }>;
    /** The files that the newest versions of all programs import: what another text can import as well. */
    importableFiles(): Promise<SourceText[]>;

    // People
    /** The person with this verified email, made if new. */
    personByEmail(email: string, details?: { name?: string; zone?: string }): Promise<Person>;
    person(id: string): Promise<Person>;
    setZone(person: string, zone: string): Promise<void>;
    /**
     * Erases who a person was and everything they wrote; what their programs went through stays, of nobody. It cannot
     * be taken back. `changed` counts enrollments whose way hung on their words, and is told differently now.
     */
    erasePerson(input: {
      person: string;
      by: string;
      reason: string;
    }): Promise<{ fresh: boolean; enrollments: number; changed: number }>;
    /** Binds an account of a channel to a person once the channel has vouched for the email. */
    bindAccount(input: { channel: string; account: string; person: string }): Promise<void>;
    personByAccount(channel: string, account: string): Promise<Person | null>;

    // Conversation
    /**
     * A message from a person: enrolls where the program's policy allows, answers commands, wakes the agent. `id` comes
     * from the channel.
     */
    receive(input: { person: string; program: string; channel: string; id: string; text: string }): Promise<Received>;
    /** A pressed button. */
    answer(input: { person: string; channel: string; id: string; question: string; value: string }): Promise<Received>;
    /** Messages of a person in a program, after a position, oldest first, at most `limit`. */
    conversation(input: { person: string; program: string; after: number; limit: number }): Promise<ChatMessage[]>;

    /** How a person wants to be written to, over all programs. */
    preferences(person: string): Promise<DeliveryPreferences>;
    /** What is held for them is planned anew. Throws `malformed` with what stands in the way. `by`: who sets them. */
    setPreferences(person: string, preferences: DeliveryPreferences, by: string): Promise<DeliveryPreferences>;
    /** The channels by which a person can be reached beside the web chat, the one bound last first. */
    channels(person: string): Promise<string[]>;
    /** What is on its way to a person, in the order in which it was written. */
    outbox(person: string): Promise<OutboxMessage[]>;

    // Enrollments
    enroll(input: {
      person: string;
      program: string;
      id?: string;
      at?: string;
      data?: Record<string, Value>;
      by: 'person' | 'operator';
      /** Who does it, for the audit, where it is not the person. */
      actor?: string;
      reason?: string;
    }): Promise<EnrollmentSummary>;
    enrollments(input: {
      program?: string;
      person?: string;
      status?: 'active' | 'finished';
      limit: number;
    }): Promise<EnrollmentSummary[]>;
    /** `daysAhead` (1 to `forecastDaysMax`): with what they bring if nothing happens, from the same state. */
    enrollment(id: string, daysAhead?: number): Promise<EnrollmentView>;
    timeline(id: string, options?: { after?: number; limit?: number }): Promise<TimelineRow[]>;
    /** What the next days (1 to `forecastDaysMax`) bring if nothing happens; `zone` is the person's. */
    whatNext(id: string, days: number): Promise<Forecast & { zone: string }>;
    /** The idempotency key is `id`. */
    record(input: {
      enrollment: string;
      id: string;
      series: string;
      fields: Record<string, unknown>;
      occurredAt?: number;
      by: 'person' | 'operator' | 'service';
    }): Promise<{ fresh: boolean }>;

    /**
     * An entry of a shared series, for everybody in the cohort: who takes part now, and who comes later. `cohort` is
     * the value of the field that `cohort by` names; left out where a program has no cohorts of its own, and only
     * there. The idempotency key is `id`. `refused` counts those on a version that does not take it.
     */
    recordShared(input: {
      program: string;
      id: string;
      cohort?: Value;
      series: string;
      fields: Record<string, unknown>;
      occurredAt?: number;
    }): Promise<{ recorded: number; again: number; refused: number }>;
    /**
     * A shared entry was wrong (`fields`: all of them), or never happened (no fields): for everybody who has it, and
     * for who comes later. `entry` is its id as each of them has it. What was said stays said. The idempotency key is
     * `id`.
     */
    correctShared(input: {
      program: string;
      id: string;
      entry: string;
      fields?: Record<string, unknown>;
    }): Promise<{ corrected: number; again: number; refused: number }>;

    /**
     * What a role, a service, the cohort or an operator does: sets, adds, records, corrects, decides, answers,
     * acknowledges. The idempotency key is `id`. Refused with the program's reason where the role may not, or it does
     * not fit.
     */
    act(input: {
      enrollment: string;
      id: string;
      role: string;
      deed: RoleDeed;
      /** Who does it in the role’s name, for the audit. */
      actor?: string;
    }): Promise<{ fresh: boolean }>;

    // Operators
    openItems(): Promise<OperatorItem[]>;
    /** An escalation that climbs is acknowledged by it. */
    closeItem(id: string, by: string): Promise<void>;
    approveAccess(item: string, by: string): Promise<void>;
    /**
     * Decides the proposal or the request for access that an item is about, as an operator. `value` is set instead of
     * what was proposed.
     */
    decideItem(item: string, decision: { approve: boolean; value?: Value }, by: string): Promise<void>;
    /** Answers the question that an item is about, as an operator. */
    answerItem(item: string, value: string, by: string): Promise<void>;
  };

export type RoleDeed =
  /** `item`: a field of an item, by the item's id. */
  | { kind: 'set'; field: string; value: Value; item?: { list: string; item: string } }
  | { kind: 'add'; list: string; fields: Record<string, Value> }
  | { kind: 'record'; series: string; fields: Record<string, Value>; occurredAt?: number }
  /** `entry`: its id; without fields it is taken back. */
  | { kind: 'correct'; series: string; entry: string; fields?: Record<string, Value> }
  /** `proposal`: of the open proposal; `value` is set instead of what was proposed. */
  | { kind: 'decide'; proposal: string; approve: boolean; value?: Value }
  /** `question`: of the open question. */
  | { kind: 'answer'; question: string; value: string }
  | { kind: 'acknowledge'; climb: string };

export type OperatorItem = {
  id: string;
  kind: OperatorItemKind;
  enrollment: string | null;
  person: { id: string; email: string } | null;
  program: string | null;
  /** The role it is for. */
  to: string;
  text: string;
  at: number;
  /** What acting on it needs; empty where nothing does. */
  details: OperatorItemDetails;
};

/** `message`, `question`, `proposal`: for a role. `document` and `call`: to be sent or made outside. */
export type OperatorItemKind =
  | 'escalation'
  | 'access-request'
  | 'failure'
  | 'message'
  | 'question'
  | 'proposal'
  | 'document'
  | 'call';

export type OperatorItemDetails = {
  /** Of an escalation on a ladder: what is acknowledged. */
  climb?: string;
  /** Of a question: the answers to choose from; none for an open answer. */
  options?: string[];
  /** When a proposal or a question lapses, or an escalation goes on to the next rung (ms). */
  expiresAt?: number | null;
  /** Of a question or a proposed value that is open: what can be filled in, and what is proposed. */
  answer?: ValueType | null;
  value?: Value;
  /** Where in the program it comes from: `Lifts: squat`; empty for the program itself. */
  place?: string;
  /** Of a document. */
  name?: string;
  /** Of a call. */
  service?: string;
  action?: string;
  fields?: Record<string, Value>;
};
