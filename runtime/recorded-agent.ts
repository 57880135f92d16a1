/**
 * Agents that keep what a model did in a story, and that do it again.
 *
 * A scenario needs no model: what the story does not tell the agent is taken from a recording, run by
 * run. A recording fits only the story it was made in; where the story has become another one, the run
 * is a `RecordingProblem`, not something made up. What the story does tell comes first.
 */
import type { RunReason } from './facts.ts';
import type { RunResult } from './inputs.ts';
import type { Prompts } from './scenario.ts';
import type { Agent, RunContext } from './services.ts';

/** One run: where it was asked for, and what came of it. `heard` is the newest thing the person had said. */
export type RecordedRun = { stage: string; reason: RunReason; heard: string | null; result: RunResult };

/** The recording was made in another story. The message says where they part. */
export class RecordingProblem extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RecordingProblem';
  }
}

const isTold = ({ says, sets, judgements }: Prompts): boolean => says.length + sets.length + judgements.length > 0;

const occasionOf = ({ facts, reason }: RunContext): Omit<RecordedRun, 'result'> => ({
  stage: facts.visit.stage,
  reason,
  heard: facts.heard.at(-1)?.text ?? null,
});

/** Does what was recorded, in order; `told` does what the story tells it. */
export function replayingAgent(recorded: readonly RecordedRun[], prompts: Prompts, told: Agent): Agent {
  let next = 0;
  return {
    kind: 'scripted',
    run: (context, signal) => {
      if (isTold(prompts)) return told.run(context, signal);
      const now = occasionOf(context);
      const run = recorded[next];
      next += 1;
      if (run === undefined)
        throw new RecordingProblem(`The recording ends before the run for ${describe(now)}. Record the story anew.`);
      if (run.stage !== now.stage || run.reason !== now.reason || run.heard !== now.heard)
        throw new RecordingProblem(
          `The recording is of another story: it goes on with ${describe(run)}, and the story with ${describe(now)}. Record it anew.`,
        );
      const usage = { model: 'recorded', inputTokens: 0, outputTokens: 0, usd: 0, toolCalls: [] };
      return Promise.resolve({ result: structuredClone(run.result), usage });
    },
  };
}

/** Asks `model` where the story tells nothing, and hands each run to `keep` with what it cost in US dollars. */
export function recordingAgent(
  model: Agent,
  prompts: Prompts,
  told: Agent,
  keep: (run: RecordedRun, usd: number) => void,
): Agent {
  return {
    kind: model.kind,
    run: async (context, signal) => {
      if (isTold(prompts)) return told.run(context, signal);
      const done = await model.run(context, signal);
      keep({ ...occasionOf(context), result: done.result }, done.usage.usd);
      return done;
    },
  };
}

function describe({ stage, reason, heard }: Omit<RecordedRun, 'result'>): string {
  const words = heard === null ? '' : ` after “${heard}”`;
  return `a ${reason} in stage ${stage}${words}`;
}
