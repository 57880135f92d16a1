/**
 * What the guards and actions that a machine names mean: when a rule is taken, and what taking it does.
 *
 * All of them are pure functions over the moment. A machine says which of them stand where (`emit.ts`);
 * here is what they find and do, in the thread at hand.
 */
import type { Rule } from '../compiler/ir.ts';
import type { MachineAction, MachineGuard } from '../compiler/machine.ts';
import { holdsHere } from './evaluate.ts';
import { envOf, isSpent, type MachineEvent, type Moment, markDone, note, put, withFacts } from './moment.ts';
import { perform } from './perform.ts';
import { type ReadyRule, rulesAt } from './rules.ts';
import { enter, interrupt, leave, mayInterrupt, resume } from './visit.ts';

/** What a machine hands its guards and actions. `rule` is an id. */
export type Params = { rule?: string; stage?: string; as?: string };

export type Guard = (moment: Moment, ready: ReadyRule, event: MachineEvent, params: Params) => boolean;
export type Action = (moment: Moment, ready: ReadyRule, event: MachineEvent, params: Params) => Moment;

/** Those of one flow: `begins` is of the program as one machine, which only others run. */
export const guards: Record<Exclude<MachineGuard['type'], 'begins'>, Guard> = {
  holds: (moment, ready) => mayGo(moment, ready) && isOpen(moment, ready),
  turned: (moment, ready) => mayGo(moment, ready) && hasTurned(moment, ready),
  answers: (moment, ready, event) => mayGo(moment, ready) && isAnswered(ready, event),
  resumes: (moment, ready, event, { stage }) =>
    moment.facts.interrupted.at(-1)?.stage === stage && isTriggered(moment, ready, event),
};

export const actions: Record<MachineAction['type'], Action> = {
  take: (moment, ready, event) => take(moment, ready, event),
  enter: (moment, { rule }, _, { stage }) => {
    const direction = rule.move?.direction;
    const entering =
      direction === 'advance' || direction === 'return' || direction === 'restart' ? direction : 'advance';
    return enter(moment, stage ?? moment.facts.visit.stage, { direction: entering, rule });
  },
  interrupt: (moment, { rule }, _, { stage }) => (stage === undefined ? moment : interrupt(moment, stage, rule)),
  resume: (moment, { rule }) => resume(moment, rule),
  leave: (moment, { rule }, _, { as }) => leave(moment, as ?? 'left', { rule }),
};

// ---------------------------------------------------------------- when

/** An interruption may be begun only so often inside others. */
const mayGo = (moment: Moment, { rule }: ReadyRule): boolean =>
  rule.move?.direction !== 'interrupt' || mayInterrupt(moment);

/**
 * Handlers of what has just happened come before conditions: a third run is first answered as the
 * third run of its week, and then earns the next one.
 */
const isAtRest = (moment: Moment): boolean => moment.events.length === 0;

const isOpen = (moment: Moment, { condition }: ReadyRule): boolean =>
  isAtRest(moment) && holdsHere(condition, envOf(moment)).holds;

/** What a `becomes` rule waits for holds and did not when last looked at, and its way is the one to take. */
const hasTurned = (moment: Moment, ready: ReadyRule): boolean => isTurning(moment, ready) && isOpen(moment, ready);

/** Whether nothing but a way's own condition may stand between a `becomes` rule and its being taken. */
const isTurning = (moment: Moment, ready: ReadyRule): boolean =>
  isAtRest(moment) && moment.facts.holding[ready.handler] === undefined && !isSpent(moment, ready);

const isAnswered = ({ rule }: ReadyRule, event: MachineEvent): boolean => event.answers[rule.id] === true;

function isTriggered(moment: Moment, ready: ReadyRule, event: MachineEvent): boolean {
  if (ready.rule.trigger.kind === 'holds') return isOpen(moment, ready);
  return ready.becomes ? hasTurned(moment, ready) : isAnswered(ready, event);
}

/** Whether a condition of the stage at hand would set off a rule: only then the machine is asked. */
export function hasSomethingToTake(moment: Moment): boolean {
  if (!isAtRest(moment)) return false;
  const env = envOf(moment);
  for (const ready of rulesAt(moment.flow, moment.facts.visit.stage).conditional) {
    if (ready.becomes && !isTurning(moment, ready)) continue;
    if (holdsHere(ready.condition, env).holds) return true;
  }
  return false;
}

/**
 * A handler that has turned and finds none of its ways open has had its turn: what would open one later
 * is not what it waits for.
 */
export function turnIdle(moment: Moment): Moment {
  const { ways } = rulesAt(moment.flow, moment.facts.visit.stage);
  if (ways.length === 0) return moment;
  const env = envOf(moment);
  return ways.reduce((now, ready) => {
    if (!isTurning(now, ready)) return now;
    const isWayOpen = (way: ReadyRule) => way.handler === ready.handler && holdsHere(way.condition, env).holds;
    if (!holdsHere(ready.turnsOn, env).holds || ways.some(isWayOpen)) return now;
    return hold(now, ready);
  }, moment);
}

// ---------------------------------------------------------------- what

/** Remembers that what a `becomes` rule waits for holds, and where it happens once that it has. */
function hold(moment: Moment, { handler, once }: ReadyRule): Moment {
  const held = withFacts(moment, { holding: put(moment.facts.holding, handler, true) });
  return once ? markDone(held, handler) : held;
}

/** Performs a rule's effects. A rule that moves is told of by the entry it leads to; one that does not, here. */
function take(moment: Moment, ready: ReadyRule, event: MachineEvent): Moment {
  const { rule } = ready;
  const { kind } = rule.trigger;
  const noted = rule.move ? moment : note(moment, { kind: 'ruled', rule: rule.id, because: rule.source });
  const prompting = prompts.has(kind) && !ready.isAnytime;
  if (kind === 'becomes') {
    return { ...perform({ ...hold(noted, ready), prompting }, rule.effects, 'say'), prompting: false };
  }
  if (kind === 'holds') return perform(noted, rule.effects, 'say');
  const { occasion: before } = noted;
  const done = perform(
    { ...noted, occasion: event.occasion ?? null, prompting },
    rule.effects,
    kind === 'command' ? 'command' : 'say',
  );
  return { ...done, occasion: before, prompting: false };
}

/** What sets off rules that turn to the person by themselves: a condition, a cadence, a moment. */
const prompts = new Set<Rule['trigger']['kind']>(['becomes', 'cadence', 'reached']);
