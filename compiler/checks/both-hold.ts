/**
 * Transitions of one stage that get in each other's way: one that is never taken, because an earlier one
 * holds whenever it does; and two that can hold together where the author cannot have meant either.
 *
 * Order of text is order of precedence, and authors use it: a special case stands before the general
 * one, a deadline behind what should happen before it, and two things that have nothing to do with each
 * other may always coincide. Nothing is said of those. It is said where both ask about the same
 * things, neither includes the other, and values can be named for which both hold; or where two
 * stretches of one number both claim the value at which they meet.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { tell } from '../analysis-memory.ts';
import { handlerOf, isAlreadyThere } from '../emit.ts';
import { type FlowPart, pausedStages } from '../flow.ts';
import type { Ir, Move, Rule, Stage } from '../ir.ts';
import { placeIn } from '../place.ts';
import {
  askedBy,
  canFail,
  canHold,
  holdingOf,
  implies,
  isNarrower,
  isPossible,
  isTimer,
  meetAtOneValue,
  sharesTerm,
} from '../possible.ts';
import { isStopRule } from '../stop.ts';
import type { Report } from '../symbols.ts';
import { type Look, lookAt, together, type Way } from '../ways.ts';
import { witness } from '../witness.ts';
import type { Analysis } from './question.ts';

/** Transitions of one stage that are compared with each other. */
const RULES_MAX = 60;
/** Values named in one witness. */
const SHOWN_MAX = 5;

export const bothHold: Analysis = (ir, report, { flows, memory }) => {
  for (const part of flows) {
    for (const stage of part.stages) {
      if (stage.final === undefined)
        tell(memory, stage, bothHold, report, (found) => compareIn(ir, part, stage, found));
    }
  }
};

/** A rule with its condition looked at, as it is and with parameters as they are at first. */
type Line = { rule: Rule; handler: string; exact: Look; usual: Look };

function compareIn(ir: Ir, part: FlowPart, stage: Stage, report: Report): void {
  const place = placeIn(ir, part, stage.name);
  const atFirst = placeIn(ir, part, stage.name, true);
  const line = (rule: Rule): Line => {
    const exact = lookAt(place, rule.condition);
    const usual = atFirst === place ? exact : lookAt(atFirst, rule.condition);
    return { rule, handler: handlerOf(rule.id), exact, usual };
  };
  // What can never hold is told as that.
  const own = stage.rules.filter(isCompared).slice(0, RULES_MAX).map(line).filter(holdsEver);
  const always = part.flow.anytime
    .filter((rule) => isCompared(rule) && !isAlreadyThere(rule, stage))
    .map(line)
    .filter(holdsEver);
  for (const [index, one] of own.entries()) {
    const { rule } = one;
    const before = own.slice(0, index).filter((other) => answerSame(other, one));
    const isTakenFor = (other: Line) =>
      comesFirst(other.rule) && implies(one.exact, other.exact) && !sameOutcome(other.rule, rule);
    const first = always.find((other) => answerSame(other, one) && isTakenFor(other)) ?? before.find(isTakenFor);
    // What always holds was told as that; all that follows would only repeat it.
    if (first?.rule.trigger.kind === 'holds' && !canFail(first.exact)) continue;
    const usually = first ?? before.find((other) => isBehindAtFirst(other, one));
    if (usually === undefined) {
      for (const other of before) tellTogether(other, one, report);
      continue;
    }
    // Nobody wrote the way out of a pause.
    if (rule.move?.direction === 'resume' && pausedStages(part.flow).has(stage.name)) continue;
    const related = [{ message: 'This is taken first.', span: usually.rule.span }];
    const what = rule.trigger.kind === 'recorded' ? 'handler' : 'line';
    const given = first === undefined ? ' with the parameters as they are at first' : '';
    report(diagnostic('never-taken', rule.span, { what, given }, { related }));
  }
}

const holdsEver = ({ exact }: Line): boolean => canHold(exact);

/**
 * Whether an earlier line leaves a later one nothing, with the parameters as they are at first. Only where both
 * ask about the same: a parameter that switches a line on or off is meant so.
 */
function isBehindAtFirst(other: Line, { rule, usual }: Line): boolean {
  return (
    comesFirst(other.rule) &&
    covers(askedBy(usual), askedBy(other.usual)) &&
    canHold(usual) &&
    canFail(other.usual) &&
    implies(usual, other.usual) &&
    !sameOutcome(other.rule, rule)
  );
}

/** Whether there is anything in `small`, and all of it in `large`. */
const covers = (large: readonly string[], small: readonly string[]): boolean =>
  small.length > 0 && small.every((term) => large.includes(term));

/** Transitions, and handlers of entries: of those the first that fits is the only one that is done. */
function isCompared(rule: Rule): boolean {
  if (isStopRule(rule)) return false;
  const { kind } = rule.trigger;
  return kind === 'recorded' || (rule.move !== undefined && (kind === 'holds' || kind === 'becomes'));
}

/**
 * An earlier line is taken in place of a later one only where it is looked at in every case in which that one
 * is.
 */
const comesFirst = ({ trigger }: Rule): boolean => trigger.kind === 'holds' || trigger.kind === 'recorded';

function answerSame(one: Line, other: Line): boolean {
  if (one.handler === other.handler) return false;
  const [first, second] = [one.rule.trigger, other.rule.trigger];
  if (first.kind === 'recorded' || second.kind === 'recorded')
    return first.kind === 'recorded' && second.kind === 'recorded' && first.series === second.series;
  return true;
}

/** Where the same happens whichever is taken, it does not matter which is. */
function sameOutcome(one: Rule, other: Rule): boolean {
  if (one.effects.length !== other.effects.length || !sameMove(one.move, other.move)) return false;
  const plain = ({ effects }: Rule) => JSON.stringify(effects, (key, value) => (key === 'span' ? undefined : value));
  return one.effects.length === 0 || plain(one) === plain(other);
}

export const sameMove = (one: Move | undefined, other: Move | undefined): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

function tellTogether(first: Line, second: Line, report: Report): void {
  // What asks about other things may always coincide.
  if (!sharesTerm(first.usual, second.usual) || sameOutcome(first.rule, second.rule)) return;
  const [one, other] = [holdingOf(first.usual), holdingOf(second.usual)];
  if (one === undefined || other === undefined || !isDoubtful(first.usual, second.usual, one, other)) return;
  for (const way of together(one, other) ?? []) {
    if (!isPossible(way)) continue;
    const values = witness(way);
    if (values === undefined) continue;
    const shown = values.slice(0, SHOWN_MAX).join(', ');
    const related = [{ message: 'Then this one is taken, because it comes first.', span: first.rule.span }];
    report(diagnostic('both-hold', second.rule.span, { witness: shown }, { related }));
    return;
  }
}

/** Whether the order of the text cannot be taken for the author's answer, of two that share what they ask about. */
function isDoubtful(first: Look, second: Look, one: readonly Way[], other: readonly Way[]): boolean {
  const isWait = (way: Way) => way.length > 0 && way.every(isTimer);
  if (one.some(isWait) || other.some(isWait)) return false;
  const pairs = one.flatMap((left) => other.map((right): [Way, Way] => [left, right]));
  const meets = pairs.some(([left, right]) => meetAtOneValue(left, right));
  if (!meets && !covers(askedBy(first), askedBy(second)) && !covers(askedBy(second), askedBy(first))) return false;
  // A special case stands first.
  if (!meets && pairs.every(([left, right]) => isNarrower(left, right))) return false;
  return !implies(first, second) && !implies(second, first);
}
