/**
 * A pure world: one enrollment on a virtual clock, with no database and no model.
 *
 * Effects happen at once: an agent run is answered by the given agent, a delivery is the timeline's
 * message row, an escalation needs nobody. Time jumps from due moment to due moment.
 */
import type { Effect, Input } from './inputs.ts';
import type { LoadedProgram } from './load.ts';
import { runContext, skillOf } from './run-context.ts';
import type { Agent, Skill } from './services.ts';
import type { State } from './state.ts';
import { runFinished, step, timeInput } from './step.ts';
import type { TimelineRow } from './timeline.ts';
import type { World } from './world.ts';

/** Due moments worked off in one advance; nine weeks of a busy program need a few hundred. */
export const wakesMax = 100_000;
/** Agent runs that follow from each other at one moment. */
export const runsAtOnceMax = 20;

export type Simulation = {
  program: LoadedProgram;
  agent: Agent;
  /** By name as the program writes it. */
  skills: Record<string, Skill>;
  enrollment: string;
  /** ms; where the clock stands at first. */
  start: number;
};

export function simulate({ program, agent, skills, enrollment, start }: Simulation): World {
  let now = start;
  let state: State | null = null;
  let nextDueAt: number | null = null;
  const rows: TimelineRow[] = [];

  const take = async (input: Input): Promise<void> => {
    const waiting: Input[] = [input];
    for (let done = 0; waiting.length > 0; done += 1) {
      if (done > runsAtOnceMax) throw new RangeError(`More than ${runsAtOnceMax} agent runs followed from one input.`);
      const one = waiting.shift() as Input;
      const result = step(program, state, one, now, enrollment);
      state = result.state;
      nextDueAt = result.nextDueAt;
      rows.push(...result.rows);
      for (const effect of result.effects) {
        const answer = await perform(effect);
        if (answer) waiting.push(answer);
      }
    }
  };

  const perform = async (effect: Effect): Promise<Input | null> => {
    const run = state?.facts.run;
    if (effect.type !== 'run' || !state || run?.id !== effect.id) return null;
    const name = skillOf(program, state, run);
    const skill = skills[name] ?? { name, description: '', body: '', version: 'none' };
    const context = runContext(program, state, rows, skill, run, now);
    const { result } = await agent.run(context, new AbortController().signal);
    return runFinished(effect.id, result);
  };

  return {
    now: () => now,
    send: take,
    advanceTo: async (at) => {
      for (let wakes = 0; state && nextDueAt !== null && nextDueAt <= at; wakes += 1) {
        if (wakes >= wakesMax) throw new RangeError(`More than ${wakesMax} due moments in one advance.`);
        now = Math.max(now, nextDueAt);
        await take(timeInput(state));
      }
      now = Math.max(now, at);
    },
    state: () => (state ? Promise.resolve(state) : Promise.reject(new Error('Nobody is enrolled yet.'))),
    timeline: () => Promise.resolve([...rows]),
  };
}
