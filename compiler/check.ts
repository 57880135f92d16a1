/**
 * A program's tree to a checked program: every name bound, every expression typed, every rule of
 * `checks/` asked.
 *
 * Comes after `parse`; `lower` comes next and works with whatever was understood. What needs the
 * whole flow of stages (reachability, silence, loops) is asked of the IR by `analyze`.
 */
import type { Program } from '../language/ast.ts';
import { bind } from './bind.ts';
import { checkOutside, checkPart } from './check-bodies.ts';
import { clauses } from './checks/clauses.ts';
import { cohorts } from './checks/cohorts.ts';
import { commands } from './checks/commands.ts';
import { echoingRecords } from './checks/echoing-records.ts';
import { finalStages } from './checks/final-stages.ts';
import { lists } from './checks/lists.ts';
import { migrations } from './checks/migrations.ts';
import { placement } from './checks/placement.ts';
import type { Check, Environment } from './checks/question.ts';
import { roles } from './checks/roles.ts';
import { shared } from './checks/shared.ts';
import { skills } from './checks/skills.ts';
import { starts } from './checks/starts.ts';
import { stop } from './checks/stop.ts';
import { targets } from './checks/targets.ts';
import { times } from './checks/times.ts';
import { inference } from './infer.ts';
import { tellOf } from './kept-reports.ts';
import type { ProgramMemory } from './program-memory.ts';
import { type Checked, findings, type Report } from './symbols.ts';
import { partsOf } from './walk.ts';

const checks: Check[] = [
  starts,
  clauses,
  times,
  targets,
  placement,
  finalStages,
  commands,
  stop,
  echoingRecords,
  roles,
  lists,
  shared,
  cohorts,
  migrations,
  skills,
];

/**
 * Checks one program of `text`; `texts` are those of the other files it has items from. Never throws; tells everything
 * through `report`. With `memory` only those parts are asked about that are not as they were; the others tell the same
 * again.
 */
export function check(
  program: Program,
  text: string,
  environment: Environment,
  report: Report,
  texts: ReadonlyMap<string, string> = new Map(),
  memory?: ProgramMemory,
): Checked {
  const checked: Checked = {
    ...(memory?.found ?? findings()),
    program,
    text,
    texts,
    letsInText: true,
    symbols: bind(program, report),
  };
  for (const part of partsOf(program)) {
    // The program's own flow has no node. What stands outside of its stages is looked at with what stands outside of
    // every flow, and kept by the memory itself.
    const node = part.stage ?? part.flow.node;
    tellOf(memory?.checked, program, node ?? memory ?? program, report, (tell) => {
      const cx = inference(checked, tell);
      checkPart(cx, checked, part);
      for (const one of checks) one.part?.(part, checked, tell, environment);
      if (node !== undefined) return;
      checkOutside(cx, checked);
      for (const { outside } of checks) outside?.(checked, tell, environment);
    });
  }
  for (const { whole } of checks) whole?.(checked, report, environment);
  return checked;
}
