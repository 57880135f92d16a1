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
import { type Atom, implies, isNarrower, isPossible, isTimer, meetAtOneValue, termsIn, together, waysOf, witness } from '../possible.ts';
import { isStopRule } from '../stop.ts';
import type { Report } from '../symbols.ts';
import type { Place } from '../terms.ts';
import type { Analysis } from './question.ts';

/** Transitions of one stage that are compared with each other. */
const RULES_MAX = 60;
/** Values named in one witness. */
const SHOWN_MAX = 5;

export const bothHold: Analysis = (ir, report, { flows }) => {
  for (const part of flows) for (const stage of stagesIn(part.flow)) if (stage.final === undefined) compareIn(ir, part, stage, report);
};

function compareIn(ir: Ir, part: FlowPart, stage: Stage, report: Report): void {
  const place = placeIn(ir, part, stage.name);
  const isThere = (rule: Rule) => isAlreadyThere(rule, stage);
  const anytime = part.flow.anytime.filter((rule) => moves(rule) && !isThere(rule));
  const own = stage.rules.filter((rule) => moves(rule)).slice(0, RULES_MAX);
  own.forEach((rule, index) => {
    if (!canHold(place, rule)) return;
    const before = [...anytime, ...own.slice(0, index)].filter((other) => answerSame(other, rule) && canHold(place, other));
    const first = before.find((other) => always(other) && implies(place, rule.condition, other.condition));
    if (first !== undefined) {
      const related = [{ message: 'This is taken first.', span: first.span }];
      report(diagnostic('never-taken', rule.span, { what: lineOf(rule) }, { related }));
      return;
    }
    for (const other of before) if (own.includes(other) && !sameOutcome(other, rule)) tellTogether(place, other, rule, report);
  });
}

const moves = (rule: Rule): boolean =>
  rule.move !== undefined &&
  !isStopRule(rule) &&
  (rule.trigger.kind === 'holds' || rule.trigger.kind === 'becomes' || rule.trigger.kind === 'recorded');

/** An earlier line is taken in place of a later one only where it is looked at in every case in which that one is. */
const always = ({ trigger }: Rule): boolean => trigger.kind === 'holds' || trigger.kind === 'recorded';

function answerSame(one: Rule, other: Rule): boolean {
  if (handlerOf(one.id) === handlerOf(other.id)) return false;
  const [first, second] = [one.trigger, other.trigger];
  if (first.kind === 'recorded' || second.kind === 'recorded')
    return first.kind === 'recorded' && second.kind === 'recorded' && first.series === second.series;
  return true;
}

/** What can never hold is told as that. */
const canHold = (place: Place, rule: Rule): boolean => waysOf(place, rule.condition)?.some(isPossible) ?? true;

/** Where the same happens whichever is taken, it does not matter which is. */
function sameOutcome(one: Rule, other: Rule): boolean {
  const plain = (rule: Rule) => JSON.stringify([rule.move, rule.effects], (key, value) => (key === 'span' ? undefined : value));
  return plain(one) === plain(other);
}

function tellTogether(exact: Place, first: Rule, second: Rule, report: Report): void {
  const place: Place = { ...exact, fixParameters: true };
  const [one, other] = [waysOf(place, first.condition), waysOf(place, second.condition)];
  if (one === undefined || other === undefined || !isDoubtful(place, first, second, one, other)) return;
  for (const way of together(one, other) ?? []) {
    if (!isPossible(way)) continue;
    const values = witness(way);
    if (values === undefined) continue;
    const shown = values.slice(0, SHOWN_MAX).join(', ');
    const related = [{ message: 'This is taken then, because it stands first.', span: first.span }];
    report(diagnostic('both-hold', second.span, { witness: shown }, { related }));
    return;
  }
}

/** Whether the order of the text cannot be taken for the author's answer. */
function isDoubtful(place: Place, first: Rule, second: Rule, one: readonly Atom[][], other: readonly Atom[][]): boolean {
  // A special case stands first.
  if (one.every((left) => other.every((right) => isNarrower(left, right) && !meetAtOneValue(left, right)))) return false;
  const ways = [...one, ...other];
  if (ways.some((way) => way.length > 0 && way.every(isTimer))) return false;
  const [asked, alsoAsked] = [askedIn(one), askedIn(other)];
  const includes = (large: Set<string>, small: Set<string>) => small.size > 0 && [...small].every((term) => large.has(term));
  const meets = one.some((left) => other.some((right) => meetAtOneValue(left, right)));
  if (!meets && !includes(asked, alsoAsked) && !includes(alsoAsked, asked)) return false;
  return !implies(place, first.condition, second.condition) && !implies(place, second.condition, first.condition);
}

const askedIn = (ways: readonly Atom[][]): Set<string> => new Set(ways.flat().flatMap(termsIn));

/** What the sentence calls a line. */
const lineOf = ({ trigger }: Rule): string => (trigger.kind === 'recorded' ? 'handler' : 'line');

export function placeIn(ir: Ir, { flow, kind, of }: FlowPart, stage?: string): Place {
  return { ir, flow, list: kind === 'list' ? (of as List) : undefined, stage };
}
