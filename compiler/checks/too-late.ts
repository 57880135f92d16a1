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
import { handlerOf } from '../emit.ts';
import { type FlowPart, rulesIn, stagesIn } from '../flow.ts';
import type { Effect, Expr, Ir, Length, Rule, Stage } from '../ir.ts';
import { type Atom, isPossible, waysOf } from '../possible.ts';
import type { Report } from '../symbols.ts';
import { elapsedTerm, lengthSum, type Place, plus, type Sum, single, sumOf, times } from '../terms.ts';
import { placeIn } from './both-hold.ts';
import type { Analysis } from './question.ts';

const DAY = 1440;

export const tooLate: Analysis = (ir, report, { flows }) => {
  for (const part of flows) {
    for (const stage of stagesIn(part.flow)) if (stage.final === undefined) lookIn(ir, part, stage, report);
  }
};

/** What a length of time is counted from. `absence` keys name the series. */
type Measure = 'entered' | 'silence' | `absence ${string}`;

/** After this long at most the visit is over, for certain. */
type End = { measure: Measure; most: number; rule: Rule };

/** Something that is due after this long at least. */
type Due = { measure: Measure; least: number; what: string; span: Span; line?: true };

const stands = (rule: Rule, { span }: Due): boolean => rule.span.start < span.start;

function lookIn(ir: Ir, part: FlowPart, stage: Stage, report: Report): void {
  const place: Place = { ...placeIn(ir, part, stage.name), fixParameters: true };
  const rules = rulesIn(part.flow, stage);
  const ends = rules.flatMap((rule) => endsBy(place, rule));
  const told = new Set<string>();
  const tell = (span: Span, what: string, end: Rule) => {
    const id = `${span.file ?? ''} ${span.start} ${span.end}`;
    if (told.has(id)) return;
    told.add(id);
    const related = [{ message: 'By then this has ended the visit.', span: end.span }];
    report(diagnostic('too-late', span, { what }, { related }));
  };
  for (const due of [...dueIn(place, stage), ...stage.rules.flatMap((rule) => dueOf(place, rule))]) {
    const end = ends.find(({ measure, most }) => endsFirst(measure, due.measure) && most < due.least);
    // A later line of the same kind is told as one that is never taken.
    const isRepeated = end !== undefined && due.line && end.measure === due.measure && stands(end.rule, due);
    if (end !== undefined && !isRepeated) tell(due.span, due.what, end.rule);
  }
  const certain = rules.filter(movesForCertain);
  for (const rule of stage.rules) {
    if (rule.trigger.kind !== 'reached') continue;
    const end = certain.find((one) => handlerOf(one.id) !== handlerOf(rule.id) && hasLeftBefore(place, rule, one));
    if (end !== undefined) tell(rule.span, 'This moment', end);
  }
}

// ---------------------------------------------------------------- ends

/** A move that is taken as soon as its condition holds, and from which nobody comes back to the same visit. */
const movesForCertain = ({ trigger, move }: Rule): boolean =>
  trigger.kind === 'holds' && move !== undefined && move.direction !== 'interrupt' && move.direction !== 'resume';

function endsBy(place: Place, rule: Rule): End[] {
  const { condition } = rule;
  if (!movesForCertain(rule) || condition === undefined) return [];
  const measure = measureOf(place, condition);
  if (measure === undefined || (condition.op !== 'since' && condition.op !== 'silence' && condition.op !== 'absence'))
    return [];
  return [{ measure, most: spanOf(place, condition.duration).most, rule }];
}

/** Whether what ends after so much of `end` ends no later than after as much of `due`. */
const endsFirst = (end: Measure, due: Measure): boolean => end === 'entered' || end === due;

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

function dueIn(place: Place, stage: Stage): Due[] {
  const { ir } = place;
  const least = (length: Length) => spanOf(place, length).least;
  return [
    ...stage.nudges.map((nudge): Due => {
      const { without, span } = nudge;
      const asked = { op: 'absence', series: without ?? '', duration: nudge.after, scope: 'visit', span } as const;
      const measure = without === undefined ? 'silence' : measureOf(place, asked);
      return { measure: measure ?? 'silence', least: least(nudge.after), what: 'This nudge', span };
    }),
    ...stage.escalations.map(
      ({ after, span }): Due => ({ measure: 'entered', least: least(after), what: 'This escalation', span }),
    ),
    ...stage.questions.flatMap(({ within, otherwise, span }): Due[] =>
      within === undefined || otherwise.length === 0
        ? []
        : [{ measure: 'entered', least: least(within), what: 'The end of this question’s time', span }],
    ),
    ...stage.rules.flatMap(({ effects, span }) => effects.flatMap((effect) => deadlineOf(ir, place, effect, span))),
  ];
}

function deadlineOf(ir: Ir, place: Place, effect: Effect, span: Span): Due[] {
  const waits =
    effect.kind === 'propose'
      ? ir.proposals[effect.proposal]
      : effect.kind === 'ask'
        ? ir.asks[effect.question]
        : undefined;
  if (waits?.within === undefined || waits.otherwise.length === 0) return [];
  const what = effect.kind === 'ask' ? 'The end of this question’s time' : 'The end of the time for this decision';
  return [{ measure: 'entered', least: spanOf(place, waits.within).least, what, span }];
}

/** What every way that a rule's condition can hold waits for; of a moment, the days after entering. */
function dueOf(place: Place, rule: Rule): Due[] {
  const { trigger, condition, span } = rule;
  const due: Due[] = [];
  if (trigger.kind === 'reached') {
    const least = daysAfterEntering(place, trigger.at);
    if (least !== undefined) due.push({ measure: 'entered', least, what: 'This moment', span });
  }
  if ((trigger.kind !== 'holds' && trigger.kind !== 'becomes') || condition === undefined) return due;
  const ways = waysOf(place, condition)?.filter(isPossible);
  const [first, ...others] = ways ?? [];
  for (const atom of first ?? []) {
    const waits = waitIn(place, atom);
    if (waits === undefined) continue;
    const least = Math.min(
      waits.least,
      ...others.map((way) =>
        Math.max(
          0,
          ...way.map((one) => waitIn(place, one)).map((one) => (one?.measure === waits.measure ? one.least : 0)),
        ),
      ),
    );
    if (least > 0)
      due.push({
        measure: waits.measure,
        least,
        what: 'This line',
        span,
        ...(movesForCertain(rule) ? { line: true } : {}),
      });
  }
  return due;
}

/** How long an atom waits within the visit, where that is what it says. */
function waitIn(place: Place, { expr, denied }: Atom): { measure: Measure; least: number } | undefined {
  if (denied) return undefined;
  const inVisit =
    (expr.op === 'since' && expr.anchor.kind === 'entered') ||
    ((expr.op === 'silence' || expr.op === 'absence') && expr.scope === 'visit');
  if (!inVisit || (expr.op !== 'since' && expr.op !== 'silence' && expr.op !== 'absence')) return undefined;
  const measure = measureOf(place, expr);
  return measure === undefined ? undefined : { measure, least: spanOf(place, expr.duration).least };
}

/** `day of entered + 40 days at 10:00` is at least 39 days after entering. */
function daysAfterEntering(place: Place, at: Expr): number | undefined {
  const sum = sumOf(place, at.op === 'at-time' ? at.date : at);
  const days = [...sum.terms.values()].filter(({ term }) => term.kind !== 'length');
  const [only, ...others] = days;
  if (only === undefined || others.length > 0 || only.factor !== 1 || only.term.key !== 'day(entered)')
    return undefined;
  return lengthOf(sum).least - DAY;
}

// ---------------------------------------------------------------- lengths

type Stretch = { least: number; most: number };

/** How long a length is at least and at most, in minutes; one that is worked out while it runs can be anything. */
const spanOf = (place: Place, length: Length): Stretch => {
  const sum = lengthSum(place, length);
  const isKnown = [...sum.terms.values()].every(({ term, factor }) => term.kind === 'length' && factor > 0);
  return isKnown ? lengthOf(sum) : { least: 0, most: Infinity };
};

/** Days of a month, a year and business days vary. */
function lengthOf({ terms, constant }: Sum): Stretch {
  let [least, most] = [constant, constant];
  for (const { term, factor } of terms.values()) {
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
  const isKnown = [...between.terms.values()].every(({ term }) => term.kind === 'length');
  return isKnown && lengthOf(between).least >= DAY;
}

/** The day from which a condition holds that asks for nothing else, told that all that `given` hangs on is there. */
function lastDay(place: Place, condition: Expr, given: Sum): Sum | undefined {
  const [way, ...others] = waysOf(place, condition) ?? [];
  if (way === undefined || others.length > 0) return undefined;
  let day: Sum | undefined;
  for (const atom of way) {
    const today = atom.kind === 'sum' ? atom.sum.terms.get('today') : undefined;
    if (atom.kind === 'sum' && today !== undefined && day === undefined) {
      const { min, max, minIn, maxIn } = atom.range;
      const [bound, isIn, beyond] = today.factor > 0 ? [min, minIn, max] : [max, maxIn, min];
      if (!Number.isFinite(bound) || Number.isFinite(beyond) || atom.except.length > 0) return undefined;
      const rest = plus(atom.sum, times(single(today.term), today.factor), -1);
      const from = times(plus({ terms: new Map(), constant: bound }, rest, -1), 1 / today.factor);
      day = isIn ? from : plus(from, { terms: new Map(), constant: DAY });
    } else if (!(atom.kind === 'known' && atom.known && given.terms.has(atom.key))) return undefined;
  }
  return day;
}
