/**
 * Times at which nothing can be said: a cadence that always falls into quiet hours, and a question whose
 * time for an answer is spent in them.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { showDuration, showTime, usualMinutes } from '../constants.ts';
import { allRules, stagesIn } from '../flow.ts';
import type { Ir, Question, Rule } from '../ir.ts';
import { spacedTimes } from '../rates.ts';
import { handlersIn, messagesIn } from '../speech.ts';
import type { Report } from '../symbols.ts';
import { isQuiet, timesIn } from './moments-of-day.ts';
import type { Analysis } from './question.ts';

/** With less of the time for an answer left than this share of it, or than an hour, the person has no fair chance. */
const AWAKE_SHARE = 0.25;
const AWAKE_LEAST = 60;

export const alwaysQuiet: Analysis = (ir, report, { flows }) => {
  if (ir.quiet === undefined) return;
  for (const { flow } of flows) {
    for (const ways of handlersIn(allRules(flow))) lookAtHandler(ir, ways, report);
    for (const { review, skill } of stagesIn(flow)) {
      const times = review && skill !== undefined ? timesIn(review.cadence) : undefined;
      if (review === undefined || times === undefined || times.length === 0) continue;
      const quiet = times.every((time) => isQuiet(ir, time) && isQuietUntil(ir, time, review.spreadMinutes));
      if (quiet) report(diagnostic('always-quiet', review.span, quietWords(ir)));
    }
  }
};

function lookAtHandler(ir: Ir, ways: readonly Rule[], report: Report): void {
  const [rule] = ways;
  const times = rule && timesOf(ir, rule);
  if (rule === undefined || times === undefined || times.length === 0) return;
  if (!ways.some((way) => messagesIn(ir, way.effects) > 0)) return;
  if (times.every((time) => isQuiet(ir, time))) {
    report(diagnostic('always-quiet', rule.span, quietWords(ir)));
    return;
  }
  for (const effect of ways.flatMap((way) => way.effects)) {
    const question = effect.kind === 'ask' ? ir.asks[effect.question] : undefined;
    if (question !== undefined && question.to === undefined) lookAtQuestion(ir, question, times, report);
  }
}

/** The times of day at which a rule is tried, where the text tells them. */
function timesOf(ir: Ir, { trigger }: Rule): number[] | undefined {
  if (trigger.kind === 'cadence') {
    const { cadence } = trigger;
    return cadence.kind === 'spaced' ? spacedTimes(ir, cadence) : timesIn(cadence);
  }
  if (trigger.kind !== 'reached' || trigger.at.op !== 'at-time' || trigger.at.time.op !== 'value') return undefined;
  const { value } = trigger.at.time;
  return value !== null && typeof value === 'object' && 'minutes' in value ? [value.minutes] : undefined;
}

function lookAtQuestion(ir: Ir, { within, span }: Question, times: readonly number[], report: Report): void {
  if (within === undefined || 'op' in within) return;
  const long = Math.round(usualMinutes(within));
  if (long > 1440 || long < 1) return;
  for (const at of times) {
    if (isQuiet(ir, at)) continue;
    let awake = 0;
    for (let minute = 0; minute < long; minute += 1) if (!isQuiet(ir, (at + minute) % 1440)) awake += 1;
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

const isQuietUntil = (ir: Ir, from: number, minutes: number): boolean => {
  for (let minute = 0; minute <= minutes; minute += 15) if (!isQuiet(ir, (from + minute) % 1440)) return false;
  return isQuiet(ir, (from + minutes) % 1440);
};

const quietWords = ({ quiet }: Ir): Record<string, string> => ({
  from: showTime(quiet?.from ?? 0),
  until: showTime(quiet?.to ?? 0),
});
