/**
 * One life in one program, told step by step, with the state stored and read again after each.
 */
import type { Input, RunResult } from '../../runtime/inputs.ts';
import type { LoadedProgram } from '../../runtime/load.ts';
import type { State } from '../../runtime/state.ts';
import { type StepResult, step, timeInput } from '../../runtime/step.ts';
import type { TimelineRow } from '../../runtime/timeline.ts';
import { program } from './programs.ts';

type Effects = StepResult['effects'];

/** One life, told step by step: each call gives the rows it made. */
export function life(
  text: string,
  from = Date.parse('2026-01-05T09:00:00Z'),
  enroll: Partial<Extract<Input, { type: 'enroll' }>> = {},
) {
  const loaded: LoadedProgram = program(text);
  let now = from;
  let count = 0;
  let state: State | null = null;
  let nextDueAt: number | null = null;
  let effects: Effects = [];
  const inputs: TimelineRow[] = [];
  const take = (input: Input): TimelineRow[] => {
    const result = step(loaded, state, input, now, 'e1');
    state = JSON.parse(JSON.stringify(result.state)) as State;
    nextDueAt = result.nextDueAt;
    effects = result.effects;
    inputs.push(...result.rows.filter((row) => row.kind === 'input'));
    return result.rows;
  };
  const there = (): State => state as unknown as State;
  const id = () => `i${count++}`;
  const first = take({ type: 'enroll', id: 'enroll', zone: 'UTC', ...enroll });
  return {
    first,
    program: loaded,
    state: there,
    nextDueAt: () => nextDueAt,
    now: () => now,
    /** Of the last step. */
    effects: () => effects,
    /** The state as the inputs alone give it. */
    folded: (): State => {
      let again: State | null = null;
      for (const row of inputs)
        if (row.kind === 'input')
          again = JSON.parse(JSON.stringify(step(loaded, again, row.input, row.at, 'e1').state));
      return again as unknown as State;
    },
    id,
    take,
    says: (words: string) => take({ type: 'message', id: id(), text: words, channel: 'web' }),
    record: (series: string, fields: Record<string, never | number | boolean>, occurredAt?: number) =>
      take({
        type: 'record',
        id: id(),
        series,
        fields,
        by: 'service',
        ...(occurredAt === undefined ? {} : { occurredAt }),
      }),
    /** The run in hand brings this. */
    brings: (result: Partial<RunResult>) =>
      take({
        type: 'run-finished',
        id: id(),
        run: there().facts.run?.id ?? 'none',
        result: { says: [], sets: [], records: [], judgements: [], author: 'agent', ...result },
      }),
    /** Nobody looks until then; then somebody does. */
    sleeps: (ms: number) => {
      now += ms;
      return take(timeInput(there()));
    },
    /** Everything due on the way is done when it is due. */
    passes: (ms: number) => {
      const to = now + ms;
      const rows: TimelineRow[] = [];
      for (let stops = 0; stops < 500 && nextDueAt !== null && nextDueAt <= to; stops += 1) {
        now = nextDueAt;
        rows.push(...take(timeInput(there())));
      }
      now = to;
      return rows;
    },
    /** Time passes unseen. */
    skips: (ms: number) => {
      now += ms;
    },
  };
}
