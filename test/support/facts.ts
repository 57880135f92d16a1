/** Facts for tests: of somebody who has just been enrolled, with what a test says otherwise. */
import type { Value } from '../../compiler/ir.ts';
import { dateOf } from '../../runtime/calendar.ts';
import type { Entry, Facts, Item } from '../../runtime/facts.ts';
import { newVisit } from '../../runtime/visit.ts';

export function newFacts(at: number, said: Partial<Facts> = {}): Facts {
  return {
    enrolledAt: at,
    zone: 'UTC',
    data: {},
    changedAt: {},
    series: {},
    visit: newVisit('one', 1, at),
    interrupted: [],
    visits: 1,
    heardAt: at,
    heard: [],
    holding: {},
    done: {},
    judgements: {},
    run: null,
    question: null,
    waiting: [],
    roleQuestions: [],
    proposals: [],
    climbs: [],
    lists: {},
    tracks: {},
    turns: {},
    wroteAt: [],
    planned: [],
    review: { lastAt: null, changed: false },
    finished: null,
    ...said,
  };
}

/** An entry of the first visit that was told as it happened, in `zone`. */
export function newEntry(id: string, at: number, fields: Record<string, Value>, zone = 'UTC'): Entry {
  return { id, at, day: dateOf(at, zone), recordedAt: at, visit: 1, fields };
}

/** An item in `stage` of its list. */
export function newItem(id: string, addedAt: number, fields: Record<string, Value>, stage = ''): Item {
  const thread = {
    since: addedAt,
    visit: newVisit(stage, 1, addedAt),
    interrupted: [],
    holding: {},
    done: {},
    review: { lastAt: null, changed: false },
    finished: null,
  };
  return { id, addedAt, fields, changedAt: {}, thread };
}
