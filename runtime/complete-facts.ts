/**
 * Facts that were stored before there were tracks, lists, roles' questions and proposals, made whole.
 *
 * Nothing of what they say changes: what they could not hold yet is empty. Goes when no such state
 * can be in a database any more.
 */
import { dateOf } from './calendar.ts';
import type { Facts, ThreadId } from './facts.ts';

const mainThread: ThreadId = { kind: 'main' };

const added = {
  done: {},
  waiting: [],
  roleQuestions: [],
  proposals: [],
  climbs: [],
  lists: {},
  tracks: {},
  turns: {},
  wroteAt: [],
} satisfies Partial<Facts>;

/** Asked in every step, so each of `added` by its name and not in a loop over them. */
const isWhole = (facts: Facts): boolean =>
  facts.done !== undefined &&
  facts.waiting !== undefined &&
  facts.roleQuestions !== undefined &&
  facts.proposals !== undefined &&
  facts.climbs !== undefined &&
  facts.lists !== undefined &&
  facts.tracks !== undefined &&
  facts.turns !== undefined &&
  facts.wroteAt !== undefined;

/** The facts themselves where they are whole. */
export function completeFacts(facts: Facts): Facts {
  if (isWhole(facts)) return facts;
  const { run, question } = facts;
  return {
    ...added,
    ...facts,
    series: Object.fromEntries(
      Object.entries(facts.series).map(([name, entries]) => [
        name,
        entries.map((entry) => ({ ...entry, day: entry.day ?? dateOf(entry.at, facts.zone) })),
      ]),
    ),
    judgements: Object.fromEntries(
      Object.entries(facts.judgements).map(([id, judgement]) => [id, { ...judgement, count: judgement.count ?? 1 }]),
    ),
    run: run && { ...run, thread: run.thread ?? mainThread },
    question: question && { ...question, thread: question.thread ?? mainThread },
  };
}
