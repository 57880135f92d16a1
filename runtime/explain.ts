/**
 * Why, and why not, for one person at one moment: see `why.ts` for the shapes.
 *
 * For every transition of the stage, in the program's own flow, its tracks and the items of its
 * lists: its clauses, whether each holds, the values in it, and when time alone would make it true.
 * Nothing is taken and nothing changes.
 */

import { handlerOf } from '../compiler/emit.ts';
import { children } from '../compiler/flow.ts';
import type { Expr, Ir, Rule, Value } from '../compiler/ir.ts';
import { wordsAt } from './author-words.ts';
import { clauseValues, conjuncts, type NamedValue } from './clause-values.ts';
import { nextDue } from './duties.ts';
import type { Env } from './evaluate.ts';
import { evaluate, fillText, holds } from './evaluate.ts';
import type { ThreadId } from './facts.ts';
import { flowOf, focus, sameThread, threadsOf } from './focus.ts';
import type { LoadedProgram } from './load.ts';
import { envOf, isPaused, lastDone, type Moment, mainThread, momentOf } from './moment.ts';
import { moveText, moveTitle } from './move-words.ts';
import { resumeFromPause } from './pause.ts';
import { isAnytime, rulesToTake } from './rules.ts';
import type { State } from './state.ts';
import { headOf, momentsAhead } from './timed-rules.ts';
import { interruptionsMax } from './visit.ts';
import type { Why, WhyClause, WhyPause, WhyThread, WhyTransition } from './why.ts';

/** Looks ahead at most this many changes of a condition for the moment it becomes true. */
const changesAheadMax = 400;
/** Tracks and items that are told of. */
export const whyThreadsMax = 50;

/** `around`: pauses of the program and the workspace, which no state knows of. */
export function why(program: LoadedProgram, state: State, now: number, around: readonly WhyPause[] = []): Why {
  const moment = momentOf(program.ir, state.facts, now, { enrollment: state.enrollment });
  const others = threadsOf(moment).filter((thread) => thread.kind !== 'main');
  return {
    stage: state.facts.visit.stage,
    pauses: [...around, ...pauseOf(moment)],
    transitions: state.facts.finished ? [] : transitionsOf(program, moment),
    threads: others.slice(0, whyThreadsMax).map((thread) => whyThread(program, focus(moment, thread), thread)),
    next: around.length > 0 ? null : nextDue(moment),
  };
}

function pauseOf(moment: Moment): WhyPause[] {
  const { paused } = moment.facts;
  if (paused === undefined || !isPaused(moment)) return [];
  const { since, by, reason, until } = paused;
  return [{ what: 'person', since, by, reason, until }];
}

function whyThread(program: LoadedProgram, moment: Moment, thread: ThreadId): WhyThread {
  const { stage } = moment.facts.visit;
  const declared = moment.flow.stages[stage];
  return {
    thread,
    title: threadTitle(program.ir, thread),
    stage,
    stageTitle: (declared && fillText(declared.title, envOf(moment)).text) || stage,
    transitions: transitionsOf(program, moment),
  };
}

/** `Diary`, `Lifts: squat`; the program's own has none. */
export function threadTitle(ir: Ir, thread: ThreadId): string {
  if (thread.kind === 'main') return '';
  if (thread.kind === 'track') return ir.tracks[thread.track]?.title || thread.track;
  return `${ir.lists[thread.list]?.title || thread.list}: ${thread.item}`;
}

const transitionsOf = (program: LoadedProgram, moment: Moment): WhyTransition[] =>
  rulesToTake(moment.flow, moment.facts.visit.stage)
    .filter((rule) => rule.move)
    .map((rule) => whyTransition(program, rule, moment));

/** The values of the lets a thread sees, by name: the program's, its flow's and its stage's. Null is missing. */
export function letsInScope(
  program: LoadedProgram,
  state: State,
  now: number,
  thread: ThreadId = mainThread,
): Record<string, Value> {
  const moment = focus(momentOf(program.ir, state.facts, now, { enrollment: state.enrollment }), thread);
  const env = envOf(moment);
  const { stage } = moment.facts.visit;
  const flow = flowOf(program.ir, thread);
  const scopes = flow === program.ir ? [stage] : [`${flow?.name}.`, `${flow?.name}.${stage}`];
  const values: Record<string, Value> = {};
  for (const one of Object.values(program.ir.lets)) {
    const scope = one.id.includes('/') ? one.id.slice(0, one.id.indexOf('/')) : undefined;
    if (scope === undefined || scopes.includes(scope)) values[one.name] = evaluate(one.value, env).value;
  }
  return values;
}

const triggeredBy = {
  holds: 'facts',
  becomes: 'facts',
  command: 'command',
  recorded: 'entry',
  cadence: 'moment',
  reached: 'moment',
  decided: 'decision',
} as const;

function whyTransition(program: LoadedProgram, rule: Rule, moment: Moment): WhyTransition {
  const { paused } = moment.facts;
  const clauses =
    rule.trigger.kind === 'decided'
      ? decisionClauses(program, rule, rule.trigger, moment)
      : ownClauses(program, rule, moment);
  // Words by which a person leaves are taken in a pause too.
  const standsStill = paused !== undefined && !(rule.trigger.kind === 'command' && rule.move?.direction === 'leave');
  if (standsStill) clauses.unshift(inTheWay('the pause is over', paused.until));
  const isTrue = clauses.every((clause) => clause.holds);
  return {
    rule: rule.id,
    move: moveText(rule),
    title: moveTitle(rule, moment),
    by: triggeredBy[rule.trigger.kind],
    holds: isTrue,
    holdsAt: isTrue || obstacle(rule, moment) !== null ? null : timeBrings(rule, moment),
    clauses,
  };
}

const inTheWay = (source: string, holdsAt: number | null = null): WhyClause => ({
  source,
  holds: false,
  values: [],
  holdsAt,
});

/** What must happen, what stands in the way, and the conditions. */
function ownClauses(program: LoadedProgram, rule: Rule, moment: Moment): WhyClause[] {
  const env = envOf(moment);
  const conditions = rule.condition ? conjuncts(rule.condition) : [];
  const event = eventOf(program, rule, moment);
  const ofEvent = event === undefined ? [] : conditions.filter(looksAtEvent);
  const hindrance = obstacle(rule, moment);
  return [
    ...(event === undefined ? [] : [eventClause(program, event, ofEvent, env)]),
    ...(hindrance === null ? [] : [inTheWay(hindrance)]),
    ...conditions.filter((one) => !ofEvent.includes(one)).map((one) => whyClause(program, one, moment)),
  ];
}

/** Somebody's word: first what is proposed to them, or what keeps it from being proposed; then the word itself. */
function decisionClauses(
  program: LoadedProgram,
  rule: Rule,
  trigger: Extract<Rule['trigger'], { kind: 'decided' }>,
  moment: Moment,
): WhyClause[] {
  const by = program.ir.proposals[trigger.proposal]?.by ?? 'somebody';
  const word = inTheWay(`${by} ${trigger.approved ? 'approves' : 'refuses'}`);
  const open = moment.facts.proposals.find(
    (one) => one.proposal === trigger.proposal && sameThread(one.thread, moment.thread),
  );
  if (open) {
    const values = [{ source: 'time of the proposal', value: { at: open.proposedAt } }];
    return [{ source: `it is proposed to ${by}`, holds: true, values, holdsAt: null }, word];
  }
  const proposers = rulesToTake(moment.flow, moment.facts.visit.stage).filter(({ effects }) =>
    effects.some((effect) => effect.kind === 'propose' && effect.proposal === trigger.proposal),
  );
  const [only] = proposers;
  const before =
    only && proposers.length === 1 ? ownClauses(program, only, moment) : [inTheWay(`it is proposed to ${by}`)];
  const after = rule.condition ? conjuncts(rule.condition).map((one) => whyClause(program, one, moment)) : [];
  return [...before, word, ...after];
}

/** What time does not take away by itself; null: nothing. */
function obstacle(rule: Rule, moment: Moment): string | null {
  const env = envOf(moment);
  if (rule.move?.direction === 'resume' && env.facts.interrupted.length === 0) return 'a stage was interrupted';
  if (rule.move?.direction === 'interrupt' && env.facts.interrupted.length >= interruptionsMax)
    return `fewer than ${interruptionsMax} interruptions are inside each other`;
  const handler = handlerOf(rule.id);
  const turning = rule.trigger.kind === 'becomes' ? (rule.trigger.of ?? rule.condition) : undefined;
  if (rule.trigger.kind === 'becomes' && rule.trigger.once && lastDone(moment, handler) !== undefined)
    return `it has not happened yet in this ${isAnytime(handler) ? 'enrollment' : 'visit'}`;
  if (env.facts.holding[handler] && holds(turning, env).holds) return 'it has turned true anew';
  return null;
}

type Event = { source: string; values: NamedValue[]; holdsAt: number | null };

/** What must happen first, in words; undefined where conditions alone decide. */
function eventOf(program: LoadedProgram, rule: Rule, moment: Moment): Event | undefined {
  const { trigger } = rule;
  switch (trigger.kind) {
    case 'command': {
      const words = trigger.words.map((word) => `“${word.replaceAll('_', ' ')}”`).join(' or ');
      return { source: `the person says ${words}`, values: [], holdsAt: null };
    }
    case 'recorded':
      return {
        source: `${program.ir.series[trigger.series]?.singular ?? trigger.series} is recorded`,
        values: [],
        holdsAt: null,
      };
    case 'cadence':
    case 'reached': {
      const values =
        trigger.kind === 'reached' ? clauseValues(trigger.at, envOf(moment), (one) => wordsAt(program, one.span)) : [];
      const [at] = momentsOf(rule, moment, 1);
      return { source: `the moment of “${headOf(rule)}” comes`, values, holdsAt: at ?? null };
    }
    default:
      return undefined;
  }
}

/** The event, with what is asked of it: before it has come nothing of that is true or false. */
function eventClause(program: LoadedProgram, event: Event, asked: readonly Expr[], env: Env): WhyClause {
  const quote = (expr: Expr) => wordsAt(program, expr.span);
  const source = asked.length === 0 ? event.source : `${event.source} where ${asked.map(quote).join(' and ')}`;
  const values = [...event.values, ...asked.flatMap((one) => clauseValues(one, env, quote))];
  return { source, holds: false, values, holdsAt: event.holdsAt };
}

const isOfEvent: ReadonlySet<Expr['op']> = new Set(['entry', 'occurred', 'argument']);
/** What stands in their `where` is asked of entries of their own. */
const hasOwnEntries: ReadonlySet<Expr['op']> = new Set(['aggregate', 'absence']);

/** Whether a condition asks something of the entry at hand, or of what follows the word. */
function looksAtEvent(condition: Expr): boolean {
  if (hasOwnEntries.has(condition.op)) return false;
  return isOfEvent.has(condition.op) || children(condition).some(looksAtEvent);
}

function whyClause(program: LoadedProgram, clause: Expr, moment: Moment): WhyClause {
  const env = envOf(moment);
  const result = holds(clause, env);
  const quote = (expr: Expr) => wordsAt(program, expr.span);
  return {
    source: otherwise(clause, quote) ?? quote(clause),
    holds: result.holds,
    values: clauseValues(clause, env, quote),
    holdsAt: result.holds ? null : turnsTrue(clause, moment),
  };
}

/**
 * What an `else` asks without words of its own: that the condition before it does not hold; of any other clause
 * undefined.
 */
function otherwise(clause: Expr, quote: (expr: Expr) => string): string | undefined {
  if (clause.op !== 'not' || clause.of.op !== 'else' || /^not\b/.test(quote(clause))) return undefined;
  const before = clause.of.left;
  return before.op === 'and' || before.op === 'or' ? `not (${quote(before)})` : `not ${quote(before)}`;
}

/** When time alone brings a transition about: its conditions, at one of its moments where it has such. */
function timeBrings(rule: Rule, moment: Moment): number | null {
  const { trigger, condition } = rule;
  if (moment.facts.paused?.until === null) return null;
  const env = envOf(afterPause(moment));
  if (trigger.kind === 'holds' || trigger.kind === 'becomes') return condition ? firstTrue(condition, env) : null;
  return momentsOf(rule, moment, changesAheadMax).find((at) => holds(condition, { ...env, now: at }).holds) ?? null;
}

/** The moments of a check or an `at` rule that come; one that falls into a pause is not made up for. */
function momentsOf(rule: Rule, moment: Moment, most: number): number[] {
  const { paused } = moment.facts;
  if (paused?.until === null) return [];
  const there = afterPause(moment);
  return momentsAhead(there, rule, most).filter((at) => paused === undefined || at > there.now);
}

/** When time alone makes a clause true; the timers of visits stand still while there is a pause. */
function turnsTrue(clause: Expr, moment: Moment): number | null {
  const at = firstTrue(clause, envOf(moment));
  const { paused } = moment.facts;
  if (paused === undefined || at === null) return at;
  const fallsInPause = paused.until === null || at < paused.until;
  if (fallsInPause && holds(clause, envOf(resumedAt(moment, at))).holds) return at;
  return paused.until === null ? null : firstTrue(clause, envOf(afterPause(moment)));
}

/** The moment at the end of the pause that there is; as it stands, where there is none or no end to it. */
function afterPause(moment: Moment): Moment {
  const until = moment.facts.paused?.until ?? null;
  return until === null ? moment : resumedAt(moment, until);
}

const resumedAt = (moment: Moment, at: number): Moment =>
  focus(resumeFromPause({ ...focus(moment, mainThread), now: at }, null), moment.thread);

/** When time alone makes a condition true, if it does within the changes looked at. */
function firstTrue(condition: Expr, env: Env): number | null {
  let at = env.now;
  for (let change = 0; change < changesAheadMax; change += 1) {
    const result = holds(condition, { ...env, now: at });
    if (result.holds) return at;
    if (!Number.isFinite(result.until)) return null;
    at = Math.max(result.until, at + 1);
  }
  return null;
}
