/**
 * Puts together what an agent may see for one run: bounded, of one enrollment, the same everywhere.
 *
 * Production, scenarios and the simulator use this one function, so an agent cannot tell them apart.
 * A run that speaks for a track or an item sees the program from there: its stages and its visit
 * stand where the program's own stand otherwise.
 */

import { agentSight } from './agent-sight.ts';
import { longLocalTime } from './calendar.ts';
import { letsInScope, threadTitle } from './explain.ts';
import type { RunInHand, ThreadId } from './facts.ts';
import { focus, isThere } from './focus.ts';
import type { LoadedProgram } from './load.ts';
import { itemAtHand, type Moment, mainThread, momentOf } from './moment.ts';
import type { RunContext, Skill } from './services.ts';
import type { State } from './state.ts';
import type { TimelineRow } from './timeline.ts';

/** Newest timeline rows an agent is shown. */
export const contextRowsMax = 60;

/** The skill a run speaks with: its own, or that of the stage it speaks for; empty where there is none. */
export function skillOf(program: LoadedProgram, state: State, run: RunInHand): string {
  const { flow, facts } = seenFrom(program, state, run.thread, state.at);
  return run.skill ?? flow.stages[facts.visit.stage]?.skill ?? '';
}

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
  const there = seenFrom(program, state, run.thread, now);
  const { flow, facts, thread } = there;
  const item = itemAtHand(there);
  const { stages, stageOrder, anytime, initial } = flow;
  return {
    run: run.id,
    reason: run.reason,
    ir: flow === program.ir ? program.ir : { ...program.ir, stages, stageOrder, anytime, initial },
    facts,
    ...(item ? { item: { is: item, title: threadTitle(program.ir, thread) } } : {}),
    timeline,
    skill,
    lets: letsInScope(program, state, now, thread),
    conversation: timeline.flatMap((row): RunContext['conversation'] => {
      if (row.kind === 'message') return [{ who: 'program', text: row.text, at: row.at }];
      if (row.kind === 'input' && row.input.type === 'message')
        return [{ who: 'person', text: row.input.text, at: row.at }];
      if (row.kind === 'input' && row.input.type === 'answer' && row.input.role === undefined)
        return [{ who: 'person', text: row.input.value, at: row.at }];
      return [];
    }),
    criteria: toJudge(program, there),
    sight: agentSight(program, state, now),
    now,
    localTime: longLocalTime(now, state.facts.zone),
  };
}

function seenFrom(program: LoadedProgram, state: State, thread: ThreadId, now: number): Moment {
  const moment = momentOf(program.ir, state.facts, now, { enrollment: state.enrollment });
  return focus(moment, isThere(moment, thread) ? thread : mainThread);
}

/** The criteria that a run which speaks for a thread may judge. */
export const criteriaToJudge = (program: LoadedProgram, state: State, thread: ThreadId): RunContext['criteria'] =>
  toJudge(program, seenFrom(program, state, thread, state.at));

/** The criteria of the stage, but for those that have been judged as often as the program lets it. */
function toJudge({ ir }: LoadedProgram, { flow, facts }: Pick<Moment, 'flow' | 'facts'>): RunContext['criteria'] {
  const { stage, number } = facts.visit;
  const owners = flow === ir ? [stage] : [stage, `${flow.name}.${stage}`];
  return Object.values(ir.criteria)
    .filter((criterion) => owners.includes(criterion.stage))
    .filter(({ id, atMost }) => {
      const judged = facts.judgements[id];
      return atMost === undefined || judged?.visit !== number || judged.count < atMost;
    })
    .map(({ id, text }) => ({ id, text }));
}
