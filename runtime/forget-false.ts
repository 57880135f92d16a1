/**
 * Forgets what no longer holds, so that it may turn to holding again.
 *
 * A `becomes` rule is taken when its condition turns from false to true, and a track begins when its own does. That it
 * holds is remembered in `facts.holding` (`taking.ts` and `come-to-rest.ts` put it there); here it is taken out again.
 */
import { holds, holdsHere } from './evaluate.ts';
import { isAlone, within } from './focus.ts';
import { envOf, isEmpty, type Moment, mainThread, withFacts } from './moment.ts';
import { rulesAt } from './rules.ts';

/** The key in `facts.holding` under which the condition of a track is remembered. */
export const trackKey = (track: string): string => `track:${track}`;

/** Forgets in the thread at hand; in the main thread the conditions of tracks, too. */
export function forgetFalse(moment: Moment): Moment {
  const { holding } = moment.facts;
  if (isEmpty(holding)) return moment;
  const env = envOf(moment);
  const over: string[] = [];
  for (const { handler, turnsOn } of rulesAt(moment.flow, moment.facts.visit.stage).turning) {
    if (holding[handler] && !holdsHere(turnsOn, env).holds) over.push(handler);
  }
  if (moment.thread.kind === mainThread.kind) {
    for (const track of Object.values(moment.ir.tracks)) {
      const key = trackKey(track.name);
      if (holding[key] && !holds(track.when, env).holds) over.push(key);
    }
  }
  if (over.length === 0) return moment;
  const still: Record<string, true> = {};
  for (const key in holding) if (!over.includes(key)) still[key] = true;
  return withFacts(moment, { holding: still });
}

/** Forgets in every thread. */
export function forgetAllFalse(moment: Moment): Moment {
  const { ir, facts } = moment;
  let next = forgetFalse(moment);
  if (isAlone(ir)) return next;
  for (const track of Object.keys(ir.tracks)) {
    if (facts.tracks[track]) next = within(next, { kind: 'track', track }, forgetFalse);
  }
  for (const list of Object.keys(ir.lists)) {
    for (const { id } of facts.lists[list] ?? []) next = within(next, { kind: 'item', list, item: id }, forgetFalse);
  }
  return next;
}
