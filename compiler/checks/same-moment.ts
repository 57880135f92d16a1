/**
 * Two timers that run out at one moment and both move the person.
 *
 * `after 14 days` and `after 14 days of silence` come to the same moment for somebody who says nothing;
 * two checks at one time of day, two `at` of one moment come to it for everybody. The first of them
 * wins, which is easy to overlook.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { tell } from '../analysis-memory.ts';
import { handlerOf } from '../emit.ts';
import { type FlowPart, rulesIn } from '../flow.ts';
import type { Cadence, Expr, Ir, Rule, Stage, TimeOfDay } from '../ir.ts';
import { type Place, placeIn } from '../place.ts';
import { isPossible } from '../possible.ts';
import { isStopRule } from '../stop.ts';
import type { Report } from '../symbols.ts';
import { keyOf, lengthSum, showMinutes } from '../terms.ts';
import { together, waysOf } from '../ways.ts';
import { sameMove } from './both-hold.ts';
import { clockTimes, daysOf } from './moments-of-day.ts';
import type { Analysis } from './question.ts';

/** `words` say when it runs out. */
type Timer = { rule: Rule; kind: 'clock' | 'moment' | 'elapsed'; key: string; words: () => string };

export const sameMoment: Analysis = (ir, report, { flows, memory }) => {
  for (const part of flows)
    for (const stage of part.stages)
      tell(memory, stage, sameMoment, report, (found) => compareIn(ir, part, stage, found));
};

function compareIn(ir: Ir, part: FlowPart, stage: Stage, report: Report): void {
  const place = placeIn(ir, part, stage.name);
  const timers = rulesIn(part.flow, stage).flatMap((rule) =>
    rule.move === undefined || isStopRule(rule) ? [] : timersOf(place, rule),
  );
  const told = new Set<string>();
  for (const [index, timer] of timers.entries()) {
    const first = timers.slice(0, index).find((other) => clash(place, other, timer));
    const id = handlerOf(timer.rule.id);
    if (first === undefined || told.has(id)) continue;
    told.add(id);
    const related = [{ message: 'This comes at the same moment, and first.', span: first.rule.span }];
    report(diagnostic('same-moment', timer.rule.span, { when: timer.words() }, { related }));
  }
}

function clash(place: Place, one: Timer, other: Timer): boolean {
  if (one.kind !== other.kind || one.key !== other.key || handlerOf(one.rule.id) === handlerOf(other.rule.id))
    return false;
  if (sameMove(one.rule.move, other.rule.move)) return false;
  // The very same condition is told as a line that is never taken.
  if (one.kind === 'elapsed') return one.rule.condition?.op !== other.rule.condition?.op;
  const [left, right] = [waysOf(place, one.rule.condition), waysOf(place, other.rule.condition)];
  if (left === undefined || right === undefined) return false;
  return (together(left, right) ?? []).some(isPossible);
}

function timersOf(place: Place, rule: Rule): Timer[] {
  const { trigger, condition } = rule;
  switch (trigger.kind) {
    case 'cadence':
      return clockKeys(place, trigger.cadence).map(({ key, words }) => ({ rule, kind: 'clock', key, words }));
    case 'reached':
      return [{ rule, kind: 'moment', key: keyOf(place, trigger.at), words: () => 'At this moment' }];
    case 'holds':
      return condition === undefined ? [] : elapsedIn(place, rule, condition);
    default:
      return [];
  }
}

/** A day of the week and a time, for each that both can fall on. */
function clockKeys(place: Place, cadence: Cadence): Pick<Timer, 'key' | 'words'>[] {
  const key = (time: TimeOfDay) => (typeof time === 'number' ? String(time) : keyOf(place, time));
  if (!('at' in cadence)) return [];
  return cadence.at.flatMap((time) =>
    daysOf(cadence).map((day) => ({ key: `${day} ${key(time)}`, words: () => clockTimes([time], day) })),
  );
}

/** Only what stands alone: with more to ask, the two need not come together. */
function elapsedIn(place: Place, rule: Rule, condition: Expr): Timer[] {
  const isOwn =
    (condition.op === 'since' && condition.anchor.kind === 'entered') ||
    (condition.op === 'silence' && condition.scope !== 'enrollment') ||
    (condition.op === 'absence' && condition.scope === 'visit');
  if (!isOwn || (condition.op !== 'since' && condition.op !== 'silence' && condition.op !== 'absence')) return [];
  const length = lengthSum(place, condition.duration);
  if (length.terms.length > 0) return [];
  const minutes = length.constant;
  return [
    {
      rule,
      kind: 'elapsed',
      key: String(minutes),
      words: () => `For somebody who says and does nothing, ${showMinutes(minutes)} after entering`,
    },
  ];
}
