/**
 * Times at which nothing can be said: a cadence of which one time or all fall into quiet hours, and a question
 * whose time for an answer is spent in them. Times that are parameters or fields count as they are at first.
 */

import type { Span } from '../../language/ast.ts';
import { diagnostic } from '../../language/diagnostics.ts';
import { tell } from '../analysis-memory.ts';
import { DAY, showDuration, showTime, usualMinutes } from '../constants.ts';
import type { Cadence, Expr, Ir, Question, Rule, Stage, TimeOfDay } from '../ir.ts';
import { spacedTimes, timeAtFirst } from '../rates.ts';
import { handlersIn, messagesIn } from '../speech.ts';
import type { Report } from '../symbols.ts';
import { isQuiet } from './moments-of-day.ts';
import type { Analysis } from './question.ts';

/** With less of the time for an answer left than this share of it, or than an hour, the person has no fair chance. */
const AWAKE_SHARE = 0.25;
const AWAKE_LEAST = 60;

export const alwaysQuiet: Analysis = (ir, report, { flows, memory }) => {
  if (ir.quiet === undefined) return;
  for (const { flow, stages } of flows) {
    lookAtRules(ir, flow.anytime, report);
    for (const stage of stages)
      tell(memory, stage, lookAtRules, report, (found) => lookAtRules(ir, stage.rules, found));
    for (const stage of stages) tell(memory, stage, lookAtReview, report, (found) => lookAtReview(ir, stage, found));
  }
};

function lookAtRules(ir: Ir, rules: readonly Rule[], report: Report): void {
  const timed = rules.filter(({ trigger }) => trigger.kind === 'cadence' || trigger.kind === 'reached');
  for (const ways of handlersIn(timed)) lookAtHandler(ir, ways, report);
}

function lookAtReview(ir: Ir, { review, skill }: Stage, report: Report): void {
  if (review === undefined || skill === undefined) return;
  const isSwallowed = ({ at }: Due) => isQuiet(ir, at) && isQuietUntil(ir, at, review.spreadMinutes);
  tellHeld(ir, timesIn(ir, review.cadence), isSwallowed, review.span, report);
}

/** A time of day at which something is due, and where a name says it, how. */
type Due = { at: number; said: string };

/** Lets and sums looked into. */
const DAYS_DEEP_MAX = 10;

/** As many times as one sentence names. */
const NAMED_MAX = 3;

/** Tells that all times are quiet, or which are; and whether it did. */
function tellHeld(ir: Ir, times: readonly Due[], quiet: (due: Due) => boolean, span: Span, report: Report): boolean {
  const held = times.filter(quiet);
  if (held.length === 0) return false;
  const isPlain = held.length === times.length && held.every(({ at, said }) => said === showTime(at));
  const names = [...new Set(held.map(({ said }) => said))].slice(0, NAMED_MAX);
  const what = isPlain ? 'This always falls' : `At ${names.join(' and ')} this falls`;
  report(diagnostic('always-quiet', span, { what, ...quietWords(ir) }));
  return true;
}

function lookAtHandler(ir: Ir, ways: readonly Rule[], report: Report): void {
  const [rule] = ways;
  if (rule === undefined || !ways.some((way) => messagesIn(ir, way.effects) > 0)) return;
  const times = timesOf(ir, rule);
  if (tellHeld(ir, times, ({ at }) => isQuiet(ir, at), rule.span, report)) return;
  const moments = times.map(({ at }) => at);
  for (const effect of ways.flatMap((way) => way.effects)) {
    const question = effect.kind === 'ask' ? ir.asks[effect.question] : undefined;
    if (question !== undefined && question.to === undefined) lookAtQuestion(ir, question, moments, report);
  }
}

/** The times of day at which a rule is tried, as far as the text tells them. */
function timesOf(ir: Ir, { trigger }: Rule): Due[] {
  if (trigger.kind === 'cadence') return timesIn(ir, trigger.cadence);
  if (trigger.kind !== 'reached') return [];
  return trigger.at.op === 'at-time' ? dueAt(ir, trigger.at.time) : isDay(ir, trigger.at) ? dueAt(ir, 0) : [];
}

/** Whether it is a date, possibly so many days before or after one: reached at midnight. In doubt it is not. */
function isDay(ir: Ir, expr: Expr, deep = 0): boolean {
  if (deep > DAYS_DEEP_MAX) return false;
  const inside = (one: Expr | undefined): boolean => one !== undefined && isDay(ir, one, deep + 1);
  switch (expr.op) {
    case 'today':
    case 'day':
      return true;
    case 'value':
      return typeof expr.value === 'object' && expr.value !== null && 'date' in expr.value;
    case 'data':
      return ir.data[expr.name]?.type.kind === 'date';
    case 'let':
      return inside(ir.lets[expr.id]?.value);
    case 'arithmetic':
      return inside(expr.left) && isOfDays(expr.right);
    default:
      return false;
  }
}

const isOfDays = (length: Expr): boolean =>
  length.op === 'value' &&
  typeof length.value === 'object' &&
  length.value !== null &&
  'duration' in length.value &&
  length.value.duration.unit !== 'hours' &&
  length.value.duration.unit !== 'minutes';

function timesIn(ir: Ir, cadence: Cadence): Due[] {
  if (cadence.kind === 'spaced') return (spacedTimes(ir, cadence) ?? []).map((at) => ({ at, said: showTime(at) }));
  return 'at' in cadence ? cadence.at.flatMap((time) => dueAt(ir, time)) : [];
}

function dueAt(ir: Ir, time: TimeOfDay): Due[] {
  const at = timeAtFirst(ir, time);
  if (at === undefined) return [];
  const name = typeof time === 'object' && time.op === 'data' ? time.name : undefined;
  return [{ at, said: name === undefined ? showTime(at) : `\`${name}\` (${showTime(at)} at first)` }];
}

function lookAtQuestion(ir: Ir, { within, span }: Question, times: readonly number[], report: Report): void {
  if (within === undefined || 'op' in within) return;
  const long = Math.round(usualMinutes(within));
  if (long > DAY || long < 1) return;
  for (const at of times) {
    if (isQuiet(ir, at)) continue;
    let awake = 0;
    for (let minute = 0; minute < long; minute += 1) if (!isQuiet(ir, (at + minute) % DAY)) awake += 1;
    if (awake === long || awake > Math.min(AWAKE_LEAST, long * AWAKE_SHARE)) continue;
    const words = {
      at: showTime(at),
      within: showDuration(within),
      awake: awake === 1 ? '1 minute' : `${awake} minutes`,
    };
    report(diagnostic('answer-by-night', span, words));
    return;
  }
}

/** Whether a whole spread is quiet; nobody comes due at its very end. */
const isQuietUntil = (ir: Ir, from: number, minutes: number): boolean => {
  const last = Math.max(0, minutes - 1);
  for (let minute = 0; minute < last; minute += 15) if (!isQuiet(ir, (from + minute) % DAY)) return false;
  return isQuiet(ir, (from + last) % DAY);
};

const quietWords = ({ quiet }: Ir): Record<string, string> => ({
  from: showTime(quiet?.from ?? 0),
  until: showTime(quiet?.to ?? 0),
});
