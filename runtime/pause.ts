/**
 * A person's pause: an operator lets the program stand still for them, and go on.
 *
 * While it lasts nothing happens by itself: no rule is taken, nothing is asked, said or escalated, and
 * the timers of every visit stand still, as in an interruption. What the person says and what is
 * recorded is kept; a word by which they leave works. Moments that fall into a pause are not made up for.
 */
import type { Facts, ThreadId, Visit } from './facts.ts';
import { focus, threadsOf, within } from './focus.ts';
import type { Input } from './inputs.ts';
import { isPaused, type MachineEvent, type Moment, note, refuse, somethingHappened, withFacts } from './moment.ts';
import { askNext } from './questions.ts';
import { rulesToTake } from './rules.ts';
import { skillHere, startRun, voidRun } from './speak.ts';

/** Pauses that are remembered of one person; the timers of long ago do not run any more. */
export const pausesMax = 100;
/** A pause with an end is no longer than this; one that is to last is withdrawn instead, or has no end. */
export const pauseMaxMs = 5 * 366 * 24 * 60 * 60_000;

export function pause(moment: Moment, { reason, by, until }: Extract<Input, { type: 'pause' }>): Moment {
  const { facts, now } = moment;
  if (facts.paused) return refuse(moment, 'pause', 'It is paused for this person already.');
  if (until !== undefined && !(Number.isSafeInteger(until) && until > now && until - now <= pauseMaxMs))
    return refuse(moment, 'pause', 'A pause ends at a moment that lies ahead, within five years.');
  const quiet = voidRun(moment, 'An operator has paused it.');
  const still = eachVisit(quiet, (visit) => ({ ...visit, pauses: [...visit.pauses, { from: now, to: now }] }));
  // What a run that ends here was to answer is owed.
  const unanswered = facts.run?.reason === 'reply';
  const paused = { since: now, by, reason, until: until ?? null, unanswered };
  return note(withFacts(still, { paused }), { kind: 'paused', by, reason, until: paused.until });
}

/** The program goes on where it stood still. `by`: null where the pause had an end. */
export function resumeFromPause(moment: Moment, by: string | null): Moment {
  const { facts, now } = moment;
  const { paused, ...others } = facts;
  if (!paused) return refuse(moment, 'resume', 'It is not paused for this person.');
  const { since, unanswered } = paused;
  const going: Moment = { ...moment, facts: shifted(others, now - since), reached: {} };
  const timed = eachVisit(going, (visit) => ({
    ...visit,
    pauses: visit.pauses.map((one) => (one.from === since && one.to === since ? { from: since, to: now } : one)),
  }));
  const stoodStill = [...(facts.stoodStill ?? []), { from: since, to: now }].slice(-pausesMax);
  const noted = note(somethingHappened(withFacts(timed, { stoodStill })), { kind: 'resumed', by, since });
  return unanswered ? answerWhatWasSaid(askNext(noted)) : askNext(noted);
}

/** What was to happen by a moment has as much time left as it had. */
function shifted(facts: Facts, by: number): Facts {
  const later = <T extends { expiresAt: number | null }>(one: T): T =>
    one.expiresAt === null ? one : { ...one, expiresAt: one.expiresAt + by };
  return {
    ...facts,
    question: facts.question && later(facts.question),
    roleQuestions: facts.roleQuestions.map(later),
    proposals: facts.proposals.map(later),
    climbs: facts.climbs.map((climb) => ({ ...climb, at: climb.at + by })),
  };
}

/** Whoever has something to say answers, as it would have. */
function answerWhatWasSaid(moment: Moment): Moment {
  const speaker = threadsOf(moment).find((thread) => skillHere(focus(moment, thread)) !== undefined);
  return speaker ? within(moment, speaker, (there) => startRun(there, 'reply')) : moment;
}

/** The present visit of every thread that has begun. */
function eachVisit(moment: Moment, change: (visit: Visit) => Visit): Moment {
  return threadsOf(moment).reduce(
    (next: Moment, thread: ThreadId) =>
      within(next, thread, (there) =>
        there.facts.visit.number === 0 ? there : withFacts(there, { visit: change(there.facts.visit) }),
      ),
    moment,
  );
}

/** The moment with only those events that are taken now: while it is paused, words by which the person leaves. */
export function takenNow(moment: Moment): Moment {
  if (moment.events.length === 0 || !isPaused(moment)) return moment;
  return { ...moment, events: moment.events.filter((event) => letsGo(moment, event)) };
}

function letsGo(moment: Moment, { type, thread, answers }: MachineEvent): boolean {
  if (!type.startsWith('command.')) return false;
  const there = focus(moment, thread);
  const taken = rulesToTake(there.flow, there.facts.visit.stage).find(({ id }) => answers[id]);
  return taken?.move?.direction === 'leave';
}
