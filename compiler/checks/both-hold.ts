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
import { handlerOf, isAlreadyThere } from '../emit.ts';
import { type FlowPart, stagesIn } from '../flow.ts';
import type { Ir, List, Rule, Stage } from '../ir.ts';
import {
  type Atom,
  implies,
  isNarrower,
  isPossible,
  isTimer,
  type Look,
  lookAt,
  meetAtOneValue,
  together,
} from '../possible.ts';
import { isStopRule } from '../stop.ts';
import type { Report } from '../symbols.ts';
import type { Place } from '../terms.ts';
import { witness } from '../witness.ts';
import type { Analysis } from './question.ts';

/** Transitions of one stage that are compared with each other. */
const RULES_MAX = 60;
/** Values named in one witness. */
const SHOWN_MAX = 5;

export const bothHold: Analysis = (ir, report, { flows }) => {
  for (const part of flows)
    for (const stage of stagesIn(part.flow)) if (stage.final === undefined) compareIn(ir, part, stage, report);
};

/** A rule with its condition looked at, as it is and with parameters as they are at first. */
type Line = { rule: Rule; exact: Look; usual: Look };

function compareIn(ir: Ir, part: FlowPart, stage: Stage, report: Report): void {
  const place = placeIn(ir, part, stage.name);
  const usual: Place = { ...place, fixParameters: true };
  const hasParameters = Object.values(ir.data).some((field) => field.parameter !== undefined);
  const line = (rule: Rule): Line => {
    const exact = lookAt(place, rule.condition);
    return { rule, exact, usual: hasParameters ? lookAt(usual, rule.condition) : exact };
  };
  const canHold = ({ exact }: Line) => exact.canHold();
  const anytime = part.flow.anytime.filter((rule) => isCompared(rule) && !isAlreadyThere(rule, stage)).map(line);
  // What can never hold is told as that.
  const own = stage.rules.filter(isCompared).slice(0, RULES_MAX).map(line).filter(canHold);
  const always = anytime.filter(canHold);
  own.forEach((one, index) => {
    const { rule, exact } = one;
    const before = own.slice(0, index).filter((other) => answerSame(other.rule, rule));
    const first = [...always.filter((other) => answerSame(other.rule, rule)), ...before].find(
      (other) => comesFirst(other.rule) && implies(exact, other.exact) && !sameOutcome(other.rule, rule),
    );
    // What always holds was told as that; all that follows would only repeat it.
    if (first?.rule.trigger.kind === 'holds' && !first.exact.canFail()) return;
    const usually = first ?? before.find((other) => isBehindAtFirst(other, one));
    if (usually !== undefined) {
      const related = [{ message: 'This is taken first.', span: usually.rule.span }];
      const what = rule.trigger.kind === 'recorded' ? 'handler' : 'line';
      const given = first === undefined ? ' with the parameters as they are at first' : '';
      report(diagnostic('never-taken', rule.span, { what, given }, { related }));
      return;
    }
    for (const other of before) if (!sameOutcome(other.rule, rule)) tellTogether(other, one, report);
  });
}

/**
 * Whether an earlier line leaves a later one nothing, with the parameters as they are at first. Only where both
 * ask about the same: a parameter that switches a line on or off is meant so.
 */
function isBehindAtFirst(other: Line, { rule, usual }: Line): boolean {
  if (!comesFirst(other.rule) || sameOutcome(other.rule, rule) || !usual.canHold() || !other.usual.canFail())
    return false;
  const asked = [...other.usual.asked()];
  return asked.length > 0 && asked.every((term) => usual.asked().has(term)) && implies(usual, other.usual);
}

const moves = (rule: Rule): boolean => rule.move !== undefined;

/** Transitions, and handlers of entries: of those the first that fits is the only one that is done. */
const isCompared = (rule: Rule): boolean =>
  !isStopRule(rule) &&
  (rule.trigger.kind === 'recorded' ||
    (moves(rule) && (rule.trigger.kind === 'holds' || rule.trigger.kind === 'becomes')));

/**
 * An earlier line is taken in place of a later one only where it is looked at in every case in which that one
 * is.
 */
const comesFirst = ({ trigger }: Rule): boolean => trigger.kind === 'holds' || trigger.kind === 'recorded';

function answerSame(one: Rule, other: Rule): boolean {
  if (handlerOf(one.id) === handlerOf(other.id)) return false;
  const [first, second] = [one.trigger, other.trigger];
  if (first.kind === 'recorded' || second.kind === 'recorded')
    return first.kind === 'recorded' && second.kind === 'recorded' && first.series === second.series;
  return true;
}

/** Where the same happens whichever is taken, it does not matter which is. */
function sameOutcome(one: Rule, other: Rule): boolean {
  if (one.effects.length !== other.effects.length || JSON.stringify(one.move) !== JSON.stringify(other.move))
    return false;
  const plain = ({ effects }: Rule) => JSON.stringify(effects, (key, value) => (key === 'span' ? undefined : value));
  return one.effects.length === 0 || plain(one) === plain(other);
}

function tellTogether(first: Line, second: Line, report: Report): void {
  const [one, other] = [first.usual.ways(), second.usual.ways()];
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

/** Whether the order of the text cannot be taken for the author's answer. */
function isDoubtful(first: Look, second: Look, one: readonly Atom[][], other: readonly Atom[][]): boolean {
  if ([...one, ...other].some((way) => way.length > 0 && way.every(isTimer))) return false;
  const pairs = one.flatMap((left) => other.map((right): [Atom[], Atom[]] => [left, right]));
  const covers = (large: ReadonlySet<string>, small: ReadonlySet<string>) =>
    small.size > 0 && [...small].every((term) => large.has(term));
  const alike = covers(first.asked(), second.asked()) || covers(second.asked(), first.asked());
  const shares = alike || [...second.asked()].some((term) => first.asked().has(term));
  const meets = shares && pairs.some(([left, right]) => meetAtOneValue(left, right));
  if (!meets && !alike) return false;
  // A special case stands first.
  if (!meets && pairs.every(([left, right]) => isNarrower(left, right))) return false;
  return !implies(first, second) && !implies(second, first);
}

export function placeIn(ir: Ir, { flow, kind, of }: FlowPart, stage?: string): Place {
  return { ir, flow, list: kind === 'list' ? (of as List) : undefined, stage };
}
