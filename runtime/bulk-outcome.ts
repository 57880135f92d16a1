/**
 * What a deed of an operator would come to for one person, in a sentence: the step is tried, nothing is kept.
 *
 * Pure: the same step that does it later, looked at before. Shared by the preview and by what is told afterwards.
 */
import { describe } from './describe.ts';
import type { Input } from './inputs.ts';
import type { LoadedProgram } from './load.ts';
import type { BulkDeed } from './operator-control.ts';
import type { State } from './state.ts';
import { StepProblem, step } from './step.ts';
import type { TimelineRow } from './timeline.ts';

/** Longest sentence about one person, in characters. */
const outcomeLengthMax = 300;

/** What of a step's rows a reader of a preview wants to know. */
const telling = new Set<TimelineRow['kind']>([
  'entered',
  'finished',
  'paused',
  'resumed',
  'message',
  'planned',
  'asked',
  'told',
  'output',
  'called',
  'escalated',
  'run-started',
]);

/** The input that a deed is for one person. */
export function bulkInput(deed: BulkDeed, { id, reason, by }: { id: string; reason: string; by: string }): Input {
  switch (deed.action) {
    case 'move':
      return { type: 'move', id, to: deed.to, reason, by, ...(deed.data === undefined ? {} : { data: deed.data }) };
    case 'pause':
      return { type: 'pause', id, reason, by, ...(deed.until === undefined ? {} : { until: deed.until }) };
    case 'resume':
      return { type: 'resume', id, by };
    case 'withdraw':
      return { type: 'withdraw', id, reason, by };
  }
}

/** Tries an input on a state. `can` false: the outcome says why not. */
export function tryInput(
  program: LoadedProgram,
  state: State,
  input: Input,
  now: number,
): { can: boolean; outcome: string } {
  try {
    const { rows } = step(program, state, input, now, state.enrollment);
    const refused = rows.find((row) => row.kind === 'refused' && row.what === input.type);
    if (refused?.kind === 'refused') return { can: false, outcome: refused.why };
    return { can: true, outcome: outcomeText(program, rows, state.facts.zone) };
  } catch (error) {
    // The step is pure: whatever it throws lies in what is stored of this one person.
    return { can: false, outcome: damageText(error) };
  }
}

/** Why nothing can be done to somebody: a limit of the step, or a state that does not fit the program. */
export function damageText(error: unknown): string {
  const problem = error instanceof Error ? error.message : String(error);
  const text = error instanceof StepProblem ? problem : `What is stored of them cannot be read: ${problem}`;
  return text.slice(0, outcomeLengthMax);
}

/** `Moved to “Week 2”. The program said: “Welcome …”.` */
export function outcomeText({ ir }: LoadedProgram, rows: readonly TimelineRow[], zone: string): string {
  const told = rows
    .filter(({ kind }) => telling.has(kind))
    .map((row) => {
      const { title, detail } = describe(row, ir, zone);
      return row.kind === 'message' || row.kind === 'told' || row.kind === 'planned'
        ? `${title}: “${detail ?? ''}”`
        : title;
    });
  const text = told.length === 0 ? 'Nothing changes.' : `${told.join('. ')}.`;
  return text.length <= outcomeLengthMax ? text : `${text.slice(0, outcomeLengthMax - 1)}…`;
}
