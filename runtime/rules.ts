/**
 * The rules a person is under in a stage, ready to be asked.
 *
 * A program never changes, so what its rules come to in each stage is found out once: which are in force,
 * which can do something, which of them a condition sets off. With each stands what is asked of it over
 * and over: its handler, its conditions, and whether it stands in an `anytime`.
 */
import { eventsOf, handlerOf, isAlreadyThere } from '../compiler/emit.ts';
import type { Flow, Rule } from '../compiler/ir.ts';
import { commandWord } from '../compiler/normalize-command.ts';
import { type Condition, conditionOf } from './evaluate.ts';
import { interned } from './interned.ts';

/** A rule with what is asked of it in every step. */
export type ReadyRule = {
  rule: Rule;
  /** The id that the ways through one body share. */
  handler: string;
  /** It stands in an `anytime`, and so outlives visits. */
  isAnytime: boolean;
  /** Undefined: it always holds. */
  condition: Condition | undefined;
  /** What a `becomes` rule waits for: of one of several ways, not the way's own condition. */
  turnsOn: Condition | undefined;
  becomes: boolean;
  once: boolean;
  /** The events it answers; none where a condition alone sets it off. */
  events: readonly string[];
};

/** What the rules of one stage come to. */
export type StageRules = {
  /** The rules a person is under: those of `anytime`, then those of the stage. */
  inForce: readonly Rule[];
  /** Those of them that can do something: `anytime` does not interrupt a stage with itself. */
  toTake: readonly Rule[];
  /** Of those to take: the ones that a condition sets off; and those that are commands. */
  conditional: readonly ReadyRule[];
  commands: readonly Rule[];
  /** The words of those commands; null where what follows one of them matters. */
  words: ReadonlySet<string> | null;
  /** Of those to take: the ones that answer to a new entry. */
  recorded: readonly (ReadyRule & { rule: { trigger: Extract<Rule['trigger'], { kind: 'recorded' }> } })[];
  /** Of the conditional ones: the ways of `becomes` rules that have several. */
  ways: readonly ReadyRule[];
  /** Of those to take: checks and `at` rules, each handler once, whatever ways lead through it. */
  timed: readonly Rule[];
  /**
   * Of those in force: the ones that wait for a condition to turn; whose condition or moment time may change; `at`
   * rules alone.
   */
  turning: readonly ReadyRule[];
  watched: readonly ReadyRule[];
  reached: readonly Rule[];
};

const ready = new WeakMap<Rule, ReadyRule>();

export function readyRule(rule: Rule): ReadyRule {
  let known = ready.get(rule);
  if (known === undefined) {
    const { id, trigger } = rule;
    const handler = interned(handlerOf(id));
    const condition = conditionOf(rule.condition);
    const becomes = trigger.kind === 'becomes';
    known = {
      rule,
      handler,
      isAnytime: isAnytime(handler),
      condition,
      turnsOn: becomes && trigger.of !== undefined ? conditionOf(trigger.of) : condition,
      becomes,
      once: becomes && trigger.once === true,
      events: (eventsOf(rule) ?? []).map(interned),
    };
    ready.set(rule, known);
  }
  return known;
}

/** Whether something of this id (`diary.anytime/ask-1`) stands in an `anytime`, and so outlives visits. */
export function isAnytime(id: string): boolean {
  const owner = id.slice(0, Math.max(0, id.indexOf('/')));
  return owner === 'anytime' || owner.endsWith('.anytime');
}

const rulesFound = new WeakMap<Flow, Map<string, StageRules>>();
/** Most questions are about the stage of the question before. */
let lastAsked: { flow: Flow; stage: string; rules: StageRules } | null = null;

export function rulesAt(flow: Flow, stage: string): StageRules {
  if (lastAsked !== null && lastAsked.flow === flow && lastAsked.stage === stage) return lastAsked.rules;
  let byStage = rulesFound.get(flow);
  if (!byStage) {
    byStage = new Map();
    rulesFound.set(flow, byStage);
  }
  let rules = byStage.get(stage);
  if (!rules) {
    rules = findRules(flow, stage);
    byStage.set(stage, rules);
  }
  lastAsked = { flow, stage, rules };
  return rules;
}

function findRules(flow: Flow, stage: string): StageRules {
  const declared = flow.stages[stage];
  const own = declared?.rules ?? [];
  const inForce = [...flow.anytime, ...own];
  const anytime = declared ? flow.anytime.filter((rule) => !isAlreadyThere(rule, declared)) : flow.anytime;
  const toTake = [...anytime, ...own];
  const isOf = (rule: Rule, ...kinds: Rule['trigger']['kind'][]) => kinds.includes(rule.trigger.kind);
  const handlers = new Set<string>();
  const isFirstWay = ({ id }: Rule): boolean => {
    const handler = handlerOf(id);
    return !handlers.has(handler) && handlers.add(handler) !== undefined;
  };
  const conditional = toTake.filter((rule) => isOf(rule, 'holds', 'becomes')).map(readyRule);
  return {
    inForce,
    toTake,
    conditional,
    commands: toTake.filter((rule) => isOf(rule, 'command')),
    words: wordsOf(toTake),
    recorded: toTake.map(readyRule).filter(isOfEntries),
    ways: conditional.filter(({ rule: { trigger } }) => trigger.kind === 'becomes' && trigger.of !== undefined),
    timed: toTake.filter(isFirstWay).filter((rule) => isOf(rule, 'cadence', 'reached')),
    turning: inForce.filter((rule) => isOf(rule, 'becomes')).map(readyRule),
    watched: inForce.filter((rule) => isOf(rule, 'holds', 'becomes', 'reached')).map(readyRule),
    reached: inForce.filter((rule) => isOf(rule, 'reached')),
  };
}

function wordsOf(rules: readonly Rule[]): ReadonlySet<string> | null {
  const triggers = rules.flatMap(({ trigger }) => (trigger.kind === 'command' ? [trigger] : []));
  return triggers.some(({ argument }) => argument) ? null : new Set(triggers.flatMap(commandWords));
}

/** The words of a command as they are compared. */
export const commandWords = ({ words }: Extract<Rule['trigger'], { kind: 'command' }>): string[] =>
  words.map(commandWord).filter((word) => word !== '');

type OfEntries = StageRules['recorded'][number];
const isOfEntries = (ready: ReadyRule): ready is OfEntries => ready.rule.trigger.kind === 'recorded';

/** The rules a person is under in a flow: those of `anytime`, then those of the stage. */
export const rulesInForce = (flow: Flow, stage: string): readonly Rule[] => rulesAt(flow, stage).inForce;

/** Those of them that can do something: `anytime` does not interrupt a stage with itself. */
export const rulesToTake = (flow: Flow, stage: string): readonly Rule[] => rulesAt(flow, stage).toTake;
