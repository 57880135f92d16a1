/**
 * Puts together what an agent may see for one run: bounded, of one enrollment, the same everywhere.
 *
 * Production, scenarios and the simulator use this one function, so an agent cannot tell them apart.
 */

import { longLocalTime } from './calendar.ts';
import { letsInScope } from './explain.ts';
import type { RunInHand } from './facts.ts';
import type { LoadedProgram } from './load.ts';
import type { RunContext, Skill } from './services.ts';
import type { State } from './state.ts';
import type { TimelineRow } from './timeline.ts';

/** Newest timeline rows an agent is shown. */
export const contextRowsMax = 60;

/** `rows` are the newest timeline rows, oldest first; more than the limit are cut here. */
export function runContext(
  program: LoadedProgram,
  state: State,
  rows: TimelineRow[],
  skill: Skill,
  run: RunInHand,
  now: number,
): RunContext {
  const timeline = rows.slice(-contextRowsMax);
  const criteria = Object.values(program.ir.criteria).filter(
    (criterion) => criterion.stage === state.facts.visit.stage,
  );
  return {
    run: run.id,
    reason: run.reason,
    ir: program.ir,
    facts: state.facts,
    timeline,
    skill,
    lets: letsInScope(program, state, now),
    conversation: timeline.flatMap((row): RunContext['conversation'] => {
      if (row.kind === 'message') return [{ who: 'program', text: row.text, at: row.at }];
      if (row.kind === 'input' && row.input.type === 'message')
        return [{ who: 'person', text: row.input.text, at: row.at }];
      if (row.kind === 'input' && row.input.type === 'answer')
        return [{ who: 'person', text: row.input.value, at: row.at }];
      return [];
    }),
    criteria: criteria.map(({ id, text }) => ({ id, text })),
    now,
    localTime: longLocalTime(now, state.facts.zone),
  };
}
