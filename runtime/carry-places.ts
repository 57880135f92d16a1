/**
 * Places in another version: of the program's own flow, of tracks and of items.
 *
 * A visit goes on in the stage that its own has become: with its time, with what was asked and done in it. Where there
 * is no such stage, that is told; where the stage is final now, the place ends, for the caller to see to.
 */
import type { Flow } from '../compiler/ir.ts';
import { carryFields } from './carry-values.ts';
import { type Correspondence, doneNow, nameNow, renamedKeys, stageNow } from './correspond.ts';
import type { Facts, Item, Thread, ThreadId, Visit } from './facts.ts';
import { threadKey } from './focus.ts';
import type { Misfit } from './misfit.ts';
import { placeToBegin } from './visit.ts';

export type Place = Omit<Thread, 'since'>;
/** A thread that the block leads to a final stage: it is still in the stage it was in. */
export type Ending = { thread: ThreadId; stage: string };
type Found = { misfits: Misfit[]; ends: Ending[] };

export function carryPlace(
  c: Correspondence,
  thread: ThreadId,
  flow: Flow,
  at: Place,
  { misfits, ends }: Found,
): Place {
  const place: Place = {
    ...at,
    visit: carryVisit(c, at.visit),
    holding: renamedKeys(at.holding, (key) => handlerNow(c, key)),
    done: renamedKeys(at.done, (key) => doneNow(c, key)),
  };
  if (at.finished !== null) return { ...place, interrupted: [] };
  if (at.visit.number === 0) return { ...place, visit: { ...place.visit, stage: flow.initial } };
  const here = thread.kind === 'main' ? '' : `${threadKey(thread)}: `;
  const missing = (stage: string, which = ''): Misfit => ({
    kind: 'needs-migrate',
    why: `${here}The stage ${stage}${which} is not there any more.`,
    remedy: `Write \`stage ${stage} becomes …\`.`,
  });
  const standing = standsIn(c, flow, at.visit.stage);
  if (standing === 'nowhere') misfits.push(missing(at.visit.stage));
  else if (standing === 'ends') ends.push({ thread, stage: place.visit.stage });
  else if (standing === 'stuck')
    misfits.push({
      kind: 'needs-migrate',
      why: `${here}The stage ${at.visit.stage} is final now, and the person is on the way in it.`,
      remedy: `Make the final stage a new one, and write \`stage ${at.visit.stage} becomes …\`.`,
    });
  const interrupted = at.interrupted.filter((visit) => {
    const under = standsIn(c, flow, visit.stage);
    if (under === 'nowhere') misfits.push(missing(visit.stage, ', which was set aside,'));
    // Nobody comes back into a final stage: what was set aside there is over.
    return under === 'goes-on';
  });
  return {
    ...place,
    visit: standing === 'ends' ? at.visit : place.visit,
    interrupted: interrupted.map((visit) => carryVisit(c, visit)),
  };
}

function standsIn(c: Correspondence, flow: Flow, stage: string): 'goes-on' | 'ends' | 'stuck' | 'nowhere' {
  const next = flow.stages[stageNow(c, stage)];
  if (next === undefined) return 'nowhere';
  if (next.final === undefined) return 'goes-on';
  return Object.hasOwn(c.migration.stages, stage) ? 'ends' : 'stuck';
}

/** The visit goes on under the new name: its time, what was asked and done in it, how often it was nudged. */
const carryVisit = (c: Correspondence, visit: Visit): Visit => ({
  ...visit,
  stage: stageNow(c, visit.stage),
  nudges: renamedKeys(visit.nudges, (id) => c.ids.nudges.get(id) ?? null),
  done: renamedKeys(visit.done, (key) => doneNow(c, key)),
});

const trackKey = 'track:';

function handlerNow(c: Correspondence, key: string): string | null {
  if (!key.startsWith(trackKey)) return c.ids.handlers.get(key) ?? null;
  const track = nameNow(c, 'tracks', key.slice(trackKey.length));
  return c.after.tracks[track]?.when === undefined ? null : trackKey + track;
}

export function carryTracks(
  c: Correspondence,
  { tracks }: Facts,
  now: number,
  into: (thread: ThreadId, at: Place) => Place,
  misfits: Misfit[],
): Facts['tracks'] {
  const led: Facts['tracks'] = {};
  for (const [name, at] of Object.entries(tracks)) {
    const track = nameNow(c, 'tracks', name);
    if (c.after.tracks[track] !== undefined) {
      led[track] = { ...at, ...into({ kind: 'track', track }, at) };
    } else if (at.finished === null && !c.migration.drop.includes(name)) {
      misfits.push({
        kind: 'needs-migrate',
        why: `The track ${name} runs, and there is no such track any more.`,
        remedy: `Write \`track ${name} becomes …\`, or \`drop ${name}\`.`,
      });
    }
  }
  // A track without a condition runs for everybody who is inside.
  for (const track of Object.values(c.after.tracks)) {
    if (track.when === undefined) led[track.name] ??= placeToBegin(track, now);
  }
  return led;
}

export function carryLists(
  c: Correspondence,
  { lists, zone }: Facts,
  into: (thread: ThreadId, at: Place) => Place,
  misfits: Misfit[],
): Facts['lists'] {
  const led: Facts['lists'] = Object.fromEntries(Object.keys(c.after.lists).map((name) => [name, []]));
  for (const [name, items] of Object.entries(lists)) {
    const list = nameNow(c, 'lists', name);
    const [was, next] = [c.before.lists[name], c.after.lists[list]];
    if (items.length === 0) continue;
    if (next === undefined) {
      if (c.migration.drop.includes(name)) continue;
      const remedy = `Write \`list ${name} becomes …\`, or \`drop ${name}\`.`;
      misfits.push({
        kind: 'needs-migrate',
        why: `There are ${items.length} items in ${name}, and there is no such list any more.`,
        remedy,
      });
      continue;
    }
    if (was?.key !== next.key) {
      const why = `Items of ${list} are named by something else than before.`;
      misfits.push({ kind: 'refused', why, remedy: 'Keep what names an item, or make a new list beside the old one.' });
    }
    led[list] = items.map((item): Item => {
      const fields = { before: was?.fields ?? {}, after: next.fields, misfits, of: name };
      const { data, changedAt } = carryFields(c, { data: item.fields, changedAt: item.changedAt, zone }, fields);
      const thread = { ...item.thread, ...into({ kind: 'item', list, item: item.id }, item.thread) };
      return { ...item, fields: data, changedAt, thread };
    });
  }
  return led;
}
