/**
 * What comes too late: nobody is in the stage any more by the time it is due.
 *
 * A move that time alone brings for certain (`leave as lost after 21 days of silence`) ends every visit by
 * then; a nudge, an escalation, a deadline or a line that waits longer never has its turn. The same for
 * moments: `at closes + 40 days`, where everybody has left 30 days after that day. Only a strictly earlier end
 * is told; what comes at the same moment is `same-moment.ts`. Parameters count as what they are at first.
 */
import type { Span } from '../../language/ast.ts';
import { diagnostic } from '../../language/diagnostics.ts';
import { tell } from '../analysis-memory.ts';
import { DAY } from '../constants.ts';
import { handlerOf } from '../emit.ts';
import { type FlowPart, rulesIn } from '../flow.ts';
import type { Expr, Ir, Length, Move, Rule, Stage } from '../ir.ts';
import { type Place, placeIn } from '../place.ts';
import { possibleOf } from '../possible.ts';
import type { Report } from '../symbols.ts';
import { constant, elapsedTerm, lengthSum, partOf, plus, type Sum, single, sumOf, times } from '../terms.ts';
import { type Atom, lookAt, type Way, waysOf } from '../ways.ts';
import { daysOf, weekdays } from './moments-of-day.ts';
import type { Analysis } from './question.ts';

export const tooLate: Analysis = (ir, report, { flows, memory }) => {
  for (const part of flows) {
    for (const stage of part.stages) {
      if (stage.final === undefined) tell(memory, stage, tooLate, report, (found) => lookIn(ir, part, stage, found));
    }
  }
};

/**
 * What a length of time is counted from. `absence` keys name the series. A silence that several visits in a row add up
 * to (`across`) is a rule's last resort: authors write it beside what comes sooner, and only another silence outdoes
 * it.
 */
type Measure = 'entered' | 'silence' | 'silence across' | `absence ${string}`;

/** After this long at most the visit is over, for certain. */
type End = { measure: Measure; most: number; rule: Rule };

/** Something that is due after this long at least. */
type Due = { measure: Measure; least: number; what: string; span: Span; line?: true };

const isSameKind = (end: Measure, due: Measure): boolean =>
  end === due || (end === 'silence' && due === 'silence across');

const standsBefore = (rule: Rule, { span }: Due): boolean => rule.span.start < span.start;

function lookIn(ir: Ir, part: FlowPart, stage: Stage, report: Report): void {
  const place: Place = placeIn(ir, part, stage.name, true);
  const rules = rulesIn(part.flow, stage);
  const ends = rules.flatMap((rule) => endBy(place, rule) ?? []);
  const moments = stage.rules.filter(({ trigger }) => trigger.kind === 'reached');
  if (ends.length === 0 && moments.length === 0) return;
  const told = new Set<string>();
  const tellOnce = (span: Span, what: string, end: Rule) => {
    const id = `${span.file ?? ''} ${span.start} ${span.end}`;
    if (told.has(id)) return;
    told.add(id);
    const related = [{ message: 'By then this has ended the visit.', span: end.span }];
    report(diagnostic('too-late', span, { what }, { related }));
  };
  const soonest = Math.min(...ends.map(({ most }) => most));
  for (const due of dueIn(place, stage, soonest)) {
    const end = ends.find(({ measure, most }) => endsFirst(measure, due.measure) && most < due.least);
    // A later line of the same kind in the same stage is told as one that is never taken.
    const isRepeated =
      end !== undefined &&
      due.line &&
      isSameKind(end.measure, due.measure) &&
      stage.rules.includes(end.rule) &&
      standsBefore(end.rule, due);
    if (end !== undefined && !isRepeated) tellOnce(due.span, due.what, end.rule);
  }
  const certain = rules.filter((rule) => (movesForCertain(rule) || movesDaily(rule)) && !movesBack(rule, stage));
  // Two dates that are each person's own have nothing to do with each other, whatever they are at first.
  const anybody: Place = placeIn(ir, part, stage.name);
  for (const rule of moments) {
    const end = certain.find((one) => handlerOf(one.id) !== handlerOf(rule.id) && hasLeftBefore(anybody, rule, one));
    if (end !== undefined) tellOnce(rule.span, 'This moment', end);
  }
}

// ---------------------------------------------------------------- ends

/** A move that is taken as soon as its condition holds, and from which nobody comes back to the same visit. */
const movesForCertain = ({ trigger, move }: Rule): boolean =>
  trigger.kind === 'holds' && move !== undefined && leavesForGood(move);

const leavesForGood = ({ direction }: Move): boolean => direction !== 'interrupt' && direction !== 'resume';

/** A move that a check of every day brings, within a day of when its condition begins to hold. */
const movesDaily = ({ trigger, move }: Rule): boolean =>
  trigger.kind === 'cadence' &&
  daysOf(trigger.cadence).length === weekdays.length &&
  move !== undefined &&
  leavesForGood(move);

/** A move into the same stage: a moment that hangs on no visit comes in the next one. */
const movesBack = ({ move }: Rule, { name }: Stage): boolean =>
  move?.direction === 'restart' || (move !== undefined && 'to' in move && move.to === name);

function endBy(place: Place, rule: Rule): End | undefined {
  const { condition } = rule;
  if (condition?.op !== 'since' && condition?.op !== 'silence' && condition?.op !== 'absence') return undefined;
  const measure = movesForCertain(rule) ? measureOf(place, condition) : undefined;
  return measure && { measure, most: spanOf(place, condition.duration).most, rule };
}

/** Whether what ends after so much of `end` ends no later than after as much of `due`. */
const endsFirst = (end: Measure, due: Measure): boolean =>
  isSameKind(end, due) || (end === 'entered' && due !== 'silence across');

/** The measure of a condition that waits; of the visit, or of more than it. */
function measureOf(place: Place, condition: Expr): Measure | undefined {
  switch (condition.op) {
    case 'silence':
      return 'silence';
    case 'absence':
      return `absence ${elapsedTerm(place, { ...condition, scope: 'visit' }).key}`;
    case 'since':
      return condition.anchor.kind === 'entered' || condition.anchor.kind === 'enrolled' ? 'entered' : undefined;
    default:
      return undefined;
  }
}

// ---------------------------------------------------------------- what is due

/** What is due after more than the soonest end. */
function dueIn(place: Place, stage: Stage, soonest: number): Due[] {
  const { ir } = place;
  const due: Due[] = [];
  const entered = (length: Length, what: string, span: Span) => {
    const { least } = spanOf(place, length);
    if (least > soonest) due.push({ measure: 'entered', least, what, span });
  };
  for (const { without, after, span } of stage.nudges) {
    const { least } = spanOf(place, after);
    if (least <= soonest) continue;
    const asked = { op: 'absence', series: without ?? '', duration: after, scope: 'visit', span } as const;
    const measure = without === undefined ? 'silence' : measureOf(place, asked);
    due.push({ measure: measure ?? 'silence', least, what: 'This nudge', span });
  }
  for (const { after, span } of stage.escalations) entered(after, 'This escalation', span);
  for (const { within, otherwise, span } of stage.questions)
    if (within !== undefined && otherwise.length > 0) entered(within, 'The end of this question’s time', span);
  for (const { effects, span } of stage.rules) {
    for (const effect of effects) {
      if (effect.kind !== 'ask' && effect.kind !== 'propose') continue;
      const waits = effect.kind === 'ask' ? ir.asks[effect.question] : ir.proposals[effect.proposal];
      const what = effect.kind === 'ask' ? 'The end of this question’s time' : 'The end of the time for this decision';
      if (waits?.within !== undefined && waits.otherwise.length > 0) entered(waits.within, what, span);
    }
  }
  return [...due, ...stage.rules.flatMap((rule) => dueOf(place, rule, soonest))];
}

/** What every way that a rule's condition can hold waits for; of a moment, the days after entering. */
function dueOf(place: Place, rule: Rule, soonest: number): Due[] {
  const { trigger, condition, span } = rule;
  if (trigger.kind === 'reached') {
    const least = daysAfterEntering(place, trigger.at);
    return least === undefined || least <= soonest ? [] : [{ measure: 'entered', least, what: 'This moment', span }];
  }
  if ((trigger.kind !== 'holds' && trigger.kind !== 'becomes') || condition === undefined) return [];
  const [first, ...others] = possibleOf(lookAt(place, condition)) ?? [];
  return (first ?? []).flatMap((atom): Due[] => {
    const wait = waitIn(place, atom, soonest);
    if (wait === undefined) return [];
    const { measure } = wait;
    const least = Math.min(wait.least, ...others.map((way) => longestIn(place, way, measure)));
    if (least <= soonest) return [];
    return [{ measure, least, what: 'This line', span, ...(movesForCertain(rule) ? { line: true } : {}) }];
  });
}

/** The longest that a way waits by one measure. */
const longestIn = (place: Place, way: Way, measure: Measure): number =>
  Math.max(
    0,
    ...way.map((atom) => {
      const wait = waitIn(place, atom, 0);
      return wait?.measure === measure ? wait.least : 0;
    }),
  );

/** How long an atom waits within the visit, where that is what it says and longer than `soonest`. */
function waitIn(place: Place, atom: Atom, soonest: number): { measure: Measure; least: number } | undefined {
  const { expr, denied } = atom;
  if (denied) return undefined;
  const isAcross = expr.op === 'silence' && expr.scope === 'stage' && !startsAgain(place);
  const inVisit =
    isAcross ||
    (expr.op === 'since' && expr.anchor.kind === 'entered') ||
    ((expr.op === 'silence' || expr.op === 'absence') && expr.scope === 'visit');
  if (!inVisit || (expr.op !== 'since' && expr.op !== 'silence' && expr.op !== 'absence')) return undefined;
  const { least } = spanOf(place, expr.duration);
  if (least <= soonest) return undefined;
  const measure = isAcross ? 'silence across' : measureOf(place, expr);
  return measure && { measure, least };
}

/** Whether one visit of the stage can follow another at once: their silence counts as one. */
function startsAgain({ flow, stage: name }: Place): boolean {
  const stage = name === undefined ? undefined : flow.stages[name];
  if (stage === undefined) return true;
  return rulesIn(flow, stage).some((rule) => movesBack(rule, stage));
}

/** `entered + 40 days` is 40 days after entering, `day of entered + 40 days at 10:00` at least 39. */
function daysAfterEntering(place: Place, at: Expr): number | undefined {
  const sum = sumOf(place, at.op === 'at-time' ? at.date : at);
  const days = sum.terms.filter(({ term }) => term.kind !== 'length');
  const [only, ...others] = days;
  const early = only?.term.key === 'day(entered)' ? DAY : only?.term.key === 'entered' ? 0 : undefined;
  if (only?.factor !== 1 || others.length > 0 || early === undefined) return undefined;
  return lengthOf(sum).least - early;
}

// ---------------------------------------------------------------- lengths

type Stretch = { least: number; most: number };

/** How long a length is at least and at most, in minutes; one that is worked out while it runs can be anything. */
const spanOf = (place: Place, length: Length): Stretch => {
  const sum = lengthSum(place, length);
  if (sum.terms.length === 0) return { least: sum.constant, most: sum.constant };
  const isKnown = sum.terms.every(({ term, factor }) => term.kind === 'length' && factor > 0);
  return isKnown ? lengthOf(sum) : { least: 0, most: Infinity };
};

/** Days of a month, a year and business days vary. */
function lengthOf({ terms, constant }: Sum): Stretch {
  let [least, most] = [constant, constant];
  for (const { term, factor } of terms) {
    if (term.kind !== 'length') continue;
    const [short, long] = lengths[term.name.replace(/^1 /, '').replace(/s$/, '')] ?? [1, Infinity];
    least += factor * (factor > 0 ? short : long) * DAY;
    most += factor * (factor > 0 ? long : short) * DAY;
  }
  return { least, most };
}

const lengths: Readonly<Record<string, readonly [number, number]>> = { month: [28, 31], year: [365, 366] };

// ---------------------------------------------------------------- moments

/** Whether `end` has moved everybody on a day before the moment of `rule` comes. */
function hasLeftBefore(place: Place, { trigger }: Rule, end: Rule): boolean {
  if (trigger.kind !== 'reached' || end.condition === undefined) return false;
  const { at } = trigger;
  const day = sumOf(place, at.op === 'at-time' ? at.date : at);
  const until = lastDay(place, end.condition, day);
  if (until === undefined) return false;
  const between = plus(day, until, -1);
  const isKnown = between.terms.every(({ term }) => term.kind === 'length');
  return isKnown && lengthOf(between).least >= (movesDaily(end) ? 2 * DAY : DAY);
}

/** The day from which a condition holds that asks for nothing else, told that all that `given` hangs on is there. */
function lastDay(place: Place, condition: Expr, given: Sum): Sum | undefined {
  const [way, ...others] = waysOf(place, condition) ?? [];
  if (way === undefined || others.length > 0) return undefined;
  let day: Sum | undefined;
  for (const atom of way) {
    const today = atom.kind === 'sum' ? partOf(atom.sum, 'today') : undefined;
    if (atom.expr.op === 'since' && !atom.denied && day === undefined) {
      day = dayOfEnd(place, atom.expr);
      if (day === undefined) return undefined;
    } else if (atom.kind === 'sum' && today !== undefined && day === undefined) {
      const { min, max, minIn, maxIn } = atom.range;
      const [bound, isIn, beyond] = today.factor > 0 ? [min, minIn, max] : [max, maxIn, min];
      if (!Number.isFinite(bound) || Number.isFinite(beyond) || atom.except.length > 0) return undefined;
      const rest = plus(atom.sum, times(single(today.term), today.factor), -1);
      const from = times(plus(constant(bound), rest, -1), 1 / today.factor);
      day = isIn ? from : plus(from, constant(DAY));
    } else if (!(atom.kind === 'known' && atom.known && partOf(given, atom.key) !== undefined)) return undefined;
  }
  return day;
}

/** The day on which `7 days since begins` begins to hold, at its end at the latest. */
function dayOfEnd(place: Place, { anchor, duration, span }: Extract<Expr, { op: 'since' }>): Sum | undefined {
  if (anchor.kind === 'changed') return undefined;
  const of: Expr = anchor.kind === 'moment' ? anchor.of : { op: 'day', of: { op: anchor.kind, span }, span };
  const day = sumOf(place, of);
  return day.terms.every(({ term }) => term.kind === 'date' || term.kind === 'length')
    ? plus(day, lengthSum(place, duration))
    : undefined;
}
