/**
 * The outside world as the runtime meets it: interfaces only.
 *
 * The server (and tests) hand in the real ones. Nothing here is called from `step`. The two ways
 * in which the outside world fails are the only code here, because both sides must know them.
 */
import type { Ir, Value } from '../compiler/ir.ts';
import type { AgentSight } from './agent-sight.ts';
import type { Facts, Item, RunReason } from './facts.ts';
import type { RunResult } from './inputs.ts';
import type { TimelineRow } from './timeline.ts';

/** A skill folder: `SKILL.md` in the Agent Skills format, and lines for the scripted agent beside it. */
export type Skill = {
  /** As the program writes it, with underscores; the folder has hyphens. */
  name: string;
  description: string;
  /** The Markdown body. */
  body: string;
  /** From `scripted.yaml`, if there is one. */
  script?: SkillScript;
  /** A hash of the files, kept with each run. */
  version: string;
};

/**
 * What the scripted agent says with this skill. Texts have `{holes}` named after data fields and lets
 * of the stage. The lists are gone through in turn.
 */
export type SkillScript = {
  welcome?: string[];
  review?: string[];
  nudge?: string[];
  reply?: string[];
  say?: string[];
  /** Tried in order on a message; the first whose words match decides. */
  hear?: ScriptedHearing[];
};

/**
 * `match` is a regular expression (case does not matter); its named groups can be used in `set` and `record` as
 * `{name}`.
 */
export type ScriptedHearing = {
  match: string;
  say?: string[];
  set?: Record<string, string>;
  record?: { series: string; fields: Record<string, string> };
  /** Judges this criterion of the stage to hold, quoting the message. */
  judge?: { holds: boolean; confidence: number };
};

/**
 * Everything an agent may see for one run of one enrollment. Bound on the server; holds no identifiers of other people.
 */
export type RunContext = {
  run: string;
  reason: RunReason;
  ir: Ir;
  facts: Facts;
  /** Where the run speaks for an item of a list: the item, and what such items are called. */
  item?: { is: Item; title: string };
  /** Bounded: the newest rows, oldest first. */
  timeline: TimelineRow[];
  skill: Skill;
  /** Values of the lets in scope, by name; null is missing. */
  lets: Record<string, Value>;
  /** What was said, oldest first, bounded. */
  conversation: { who: 'person' | 'program'; text: string; at: number }[];
  /** Criteria of the stage that the agent may judge now. */
  criteria: { id: string; text: string }[];
  /** What can be looked up: in words, and bounded. */
  sight: AgentSight;
  now: number;
  /** The person's local time, for people: `Monday 5 January 2026, 09:00 (Europe/London)`. */
  localTime: string;
};

export type RunUsage = { model: string; inputTokens: number; outputTokens: number; usd: number; toolCalls: unknown[] };

/** An agent: talks and judges inside what the program allows. Throws `AgentProblem` when it cannot. */
export type Agent = {
  /** `anthropic` or `scripted`. */
  kind: string;
  run(context: RunContext, signal: AbortSignal): Promise<{ result: RunResult; usage: RunUsage }>;
};

/** Where messages go. The web channel delivers by storing; others call a vendor. */
export type Channel = {
  name: string;
  /**
   * The vendor takes free words only so long (ms) after the person's last message there. `template`: the name of a
   * form the vendor has approved, which carries the words at any other time.
   */
  window?: { ms: number; template?: string };
  /**
   * Sends once; `message.id` is stable over repeats. Throws to be tried again later: a `DeliveryProblem` says when, or
   * that it is of no use.
   */
  send(message: OutgoingMessage): Promise<void>;
};

export type OutgoingMessage = {
  id: string;
  /**
   * 1 when this message has certainly never been tried. Absent or higher: it may have arrived already, and the channel
   * looks first.
   */
  attempt?: number;
  /** The person's account on this channel. */
  account: string;
  text: string;
  /** The channel's window is closed: the words go by this template. */
  template?: string;
  question?: { id: string; options: string[] };
};

/** The only clock. In development it can be moved forward; everywhere else it is the machine's. */
export type Clock = { now(): Promise<number> };

/**
 * An agent could not do a run. `message` is a full sentence for operators and holds no secret.
 * `again` false: trying again would end the same way. What the attempt cost is in `usage`.
 */
export class AgentProblem extends Error {
  readonly again: boolean;
  /** Not before this many ms from now; null: whenever suits. */
  readonly retryAfterMs: number | null;
  readonly usage: RunUsage | null;
  constructor(message: string, how: { again: boolean; retryAfterMs?: number | null; usage?: RunUsage | null }) {
    super(message);
    this.name = 'AgentProblem';
    this.again = how.again;
    this.retryAfterMs = how.retryAfterMs ?? null;
    this.usage = how.usage ?? null;
  }
}

/** A channel could not deliver a message. The fields mean what they mean in `AgentProblem`. */
export class DeliveryProblem extends Error {
  readonly again: boolean;
  readonly retryAfterMs: number | null;
  constructor(message: string, how: { again: boolean; retryAfterMs?: number | null }) {
    super(message);
    this.name = 'DeliveryProblem';
    this.again = how.again;
    this.retryAfterMs = how.retryAfterMs ?? null;
  }
}
