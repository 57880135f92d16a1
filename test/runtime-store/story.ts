/**
 * What the store's tests share: a small program, people in it, and a worker whose agent is a
 * function of the test.
 */
import type { Control } from '../../runtime/control.ts';
import type { RunResult } from '../../runtime/inputs.ts';
import type { Agent, RunContext } from '../../runtime/services.ts';
import { createControl } from '../../runtime/store/control.ts';
import type { Store } from '../../runtime/store/store.ts';
import { startWorker, type WorkerOptions } from '../../runtime/store/worker.ts';

/** Monday 5 January 2026, 09:00 UTC. */
export const monday = Date.UTC(2026, 0, 5, 9);
export const hour = 3_600_000;
export const day = 24 * hour;

export const source = `program walking "Walking" {
  about     "A walk every day."
  enroll    anyone verified at "acme.com", others ask
  reenter   after 14 days keeping goal
  timezone  theirs else "Europe/London"
  quiet     21:00 to 08:00
  budget    $0.40 per month

  data {
    goal   : number 1 to 60 = 10
    why    : text?                agent may set
    ready  : yes/no?
    walks  : series { minutes: number 1 to 600, felt: (easy | ok | hard)?, on: date? }
  }

  anytime {
    command "stop"    { leave as opted_out }
  }

  stage intake "Hello" {
    skill    intake
    review   daily at 18:00
    nudge    after 2 days of silence, at most 2 times
    ask      "Are you ready?" (yes | no) as ready, within 2 days else escalate to operator
    advance  to walking when ready
    leave    as lost after 21 days of silence
  }

  stage walking "Walking {goal} minutes" {
    skill    coach
    review   daily at 18:00
    let done = count(walks this visit)
    command "goal"    { say "{goal} minutes." }
    advance  to fit when done >= 3
    return   to walking with goal = max(1, goal - 1) when no walks for 14 days
    leave    as lost after 60 days of silence
  }

  stage fit final success "Fit" { say "Well done!" }
}
`;

export const nothing: RunResult = { says: [], sets: [], records: [], judgements: [], author: 'agent' };

export type Story = { control: Control; person: string; enrollment: string };

/** Publishes the program and enrolls one person at the first stage, or another. */
export async function begin(store: Store, options: { email?: string; at?: string; id?: string } = {}): Promise<Story> {
  const control = createControl(store);
  await control.publish({ source, path: 'walking.regimen', by: 'test' });
  const { id: person } = await control.personByEmail(options.email ?? 'ada@acme.com', { name: 'Ada', zone: 'UTC' });
  const { id } = await control.enroll({
    person,
    program: 'walking',
    by: 'operator',
    ...(options.at === undefined ? {} : { at: options.at }),
    ...(options.id === undefined ? {} : { id: options.id }),
  });
  return { control, person, enrollment: id };
}

/** An agent that does what a function says. */
export function agentOf(
  act: (context: RunContext, signal: AbortSignal) => Promise<RunResult> | RunResult,
  usd = 0,
): Agent {
  return {
    kind: 'test',
    run: async (context, signal) => ({
      result: await act(context, signal),
      usage: { model: 'none', inputTokens: 1, outputTokens: 1, usd, toolCalls: [] },
    }),
  };
}

/** Runs a worker for the time of `work`. */
export async function withWorker<T>(store: Store, options: Partial<WorkerOptions>, work: () => Promise<T>): Promise<T> {
  const agent = agentOf((context) => ({ ...nothing, says: [`I heard you (${context.reason}).`] }));
  const worker = await startWorker(store, {
    agent,
    scripted: agent,
    skills: () => undefined,
    channels: [],
    ...options,
  });
  try {
    return await work();
  } finally {
    await worker.stop();
  }
}
