/**
 * One simulated life: a participant, everybody around them, and the program, on a virtual clock.
 *
 * `liveThrough` is a function of the program, the seed and the person's number alone, so any life can
 * be lived again. Every step is the real one; `see` is told of each. Nothing is stored.
 */

import { usualAssumptions } from '../../compiler/cost-assumptions.ts';
import type { Ir } from '../../compiler/ir.ts';
import { dateOf, momentOf } from '../calendar.ts';
import type { Effect, Input } from '../inputs.ts';
import type { LoadedProgram } from '../load.ts';
import type { State } from '../state.ts';
import { runFinished, StepProblem, type StepResult, step, timeInput } from '../step.ts';
import { answerOfRoles, deedOfOthers, type Later, nextFromOthers, scriptedRun } from './bystanders.ts';
import { type Chance, chanceFrom } from './chance.ts';
import { answersAt, answerTo, awake, firstData, leavingWord, nextDeedAt, ownDeed } from './participant.ts';
import { type Persona, personaBy } from './personas.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** People are enrolled over the first days, by day. */
const enrollingDays = 7;
const opensAt = 8 * 60;
const openMinutes = 12 * 60;
/** What an agent takes to answer. */
const runMs = { least: 3_000, most: 20_000 };
/** Steps of one life; a busy program needs some hundreds in a month. */
export const stepsMax = 100_000;

export type Living = {
  program: LoadedProgram;
  seed: number;
  /** The person's number, from 1 on: who they are follows from it and the seed alone, however many there are. */
  person: number;
  /** The first date of the simulation, in the program's zone. */
  start: string;
  /** How long each person is followed. */
  days: number;
};

/** One step of a life. `state` is the one after it. */
export type Seen = { now: number; input: Input; result: StepResult; runs: readonly Run[] };
export type Run = { reason: Extract<Effect, { type: 'run' }>['reason']; at: number };

export type Lived = {
  persona: Persona;
  enrolledAt: number;
  until: number;
  state: State | null;
  /** Why the life could not go on, if it could not. */
  problem: string | null;
};

export const enrollmentOf = (person: number): string => `person-${person}`;

export function liveThrough(living: Living, see: (seen: Seen) => void): Lived {
  const { program, seed, person, days } = living;
  const chance = chanceFrom(seed, person);
  const persona = personaBy(chance);
  const enrolledAt = enrollingMoment(living, chance);
  const until = enrolledAt + days * dayMs;
  const others = startLife(living, persona, enrolledAt, chance);
  const lived: Lived = { persona, enrolledAt, until, state: null, problem: null };
  let nextDueAt: number | null = null;
  const take = (input: Input, now: number): void => {
    const result = step(program, lived.state, input, now, enrollmentOf(person));
    lived.state = result.state;
    nextDueAt = result.nextDueAt;
    others.hear(result, now);
    see({ now, input, result, runs: runsIn(result, now) });
  };
  try {
    take(others.enrolls(), enrolledAt);
    for (let steps = 0; ; steps += 1) {
      const state = lived.state as unknown as State;
      const deedAt = others.nextAt();
      const now = Math.min(deedAt, nextDueAt ?? Number.POSITIVE_INFINITY);
      if (now > until) return lived;
      if (steps >= stepsMax) throw new StepProblem(`This life takes more than ${stepsMax} steps.`);
      if (deedAt > now) take(timeInput(state), now);
      else {
        const input = others.next(state, now);
        if (input) take(input, now);
      }
    }
  } catch (problem) {
    if (!(problem instanceof StepProblem)) throw problem;
    return { ...lived, problem: problem.message };
  }
}

const runsIn = ({ effects }: StepResult, at: number): Run[] =>
  effects.flatMap((effect) => (effect.type === 'run' ? [{ reason: effect.reason, at }] : []));

/** A moment of the day on one of the first days. */
function enrollingMoment({ program, start }: Living, chance: Chance): number {
  const zone = program.ir.zone.fallback;
  const day = momentOf(start, opensAt, zone) + chance.upTo(enrollingDays) * dayMs;
  return day + chance.upTo(openMinutes) * minuteMs;
}

/** Everything that happens to the enrollment but time: in the order in which it comes. */
function startLife({ program, days }: Living, persona: Persona, enrolledAt: number, chance: Chance) {
  const { ir } = program;
  const zone = ir.zone.fallback;
  const end = enrolledAt + days * dayMs;
  const silentFrom =
    enrolledAt + (persona.silentAfterDays === null ? Infinity : chance.waitMs(persona.silentAfterDays * dayMs));
  const leaves =
    persona.leavesAfterDays === null ? Infinity : enrolledAt + chance.waitMs(persona.leavesAfterDays * dayMs);
  const allowed = withinAssumptions(ir);
  const waiting: Later[] = [];
  let count = 0;
  const later = (one: Later): void => {
    if (one.at <= end) waiting.push(one);
  };
  const own = (now: number): void => {
    const at = nextDeedAt(persona, now, zone, chance);
    if (at >= silentFrom) return;
    later({
      at,
      make: (state, then, id) => {
        own(then);
        return state.facts.finished ? null : ownDeed(program, state, then, id, chance);
      },
    });
  };
  const fromOthers = (now: number): void =>
    later({
      at: nextFromOthers(ir, now, chance),
      make: (state, then, id) => {
        fromOthers(then);
        return state.facts.finished ? null : deedOfOthers(ir, state, then, id, chance);
      },
    });
  own(enrolledAt);
  fromOthers(enrolledAt);
  if (leaves < end)
    later({
      at: awake(leaves, zone, chance),
      make: ({ facts }, _, id) =>
        facts.finished ? null : { type: 'message', id, text: leavingWord(program), channel: 'web' },
    });
  const nextAt = (): number => waiting.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY);
  return {
    enrolls: (): Input => ({
      type: 'enroll',
      id: 'enroll',
      zone,
      data: firstData(ir, { today: dateOf(enrolledAt, zone), now: enrolledAt }, chance),
    }),
    nextAt,
    /** What comes next, at its moment; null where it has become void. */
    next: (state: State, now: number): Input | null => {
      const at = nextAt();
      const [one] = waiting.splice(
        waiting.findIndex((other) => other.at === at),
        1,
      );
      count += 1;
      const input = one?.make(state, now, `i${count}`) ?? null;
      return input && allowed(input, now) ? input : null;
    },
    /** What a step brought, and what others will do about it. */
    hear: ({ effects }: StepResult, now: number): void => {
      for (const effect of effects) {
        if (effect.type === 'run') {
          const at = now + runMs.least + chance.upTo(runMs.most - runMs.least);
          later({
            at,
            make: (state, then) => {
              const { run } = state.facts;
              return run?.id === effect.id
                ? runFinished(effect.id, scriptedRun(program, state, run, then, chance))
                : null;
            },
          });
        } else if (effect.type === 'deliver' && effect.question !== undefined) {
          const question = effect.question.id;
          const at = answersAt(persona, now, zone, chance);
          if (at !== null && at < silentFrom)
            later({ at, make: (state, then, id) => answerTo(program, state, question, { id }, then, chance) });
        } else {
          const answered = answerOfRoles(program, effect, now, chance);
          if (answered) later(answered);
        }
      }
    },
  };
}

/** Nobody does more in a day than the estimate of costs takes for granted at worst. */
function withinAssumptions({ zone }: Ir): (input: Input, now: number) => boolean {
  const { messagesPerDay, eventsPerDay } = usualAssumptions;
  let day = '';
  let messages = 0;
  let events = 0;
  return (input, now) => {
    if (input.type === 'run-finished') return true;
    const today = dateOf(now, zone.fallback);
    if (today !== day) [day, messages, events] = [today, 0, 0];
    const isWord = input.type === 'message' || (input.type === 'answer' && input.role === undefined);
    if (isWord) messages += 1;
    else events += 1;
    return isWord ? messages <= messagesPerDay.worst : events <= eventsPerDay.worst;
  };
}
