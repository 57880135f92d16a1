/**
 * A program's tree to a checked program: every name bound, every expression typed, every rule of
 * `checks/` asked.
 *
 * Comes after `parse`; `lower` comes next and works with whatever was understood. What needs the
 * whole flow of stages (reachability, silence, loops) is asked of the IR by `analyze`.
 */
import type { Program } from '../language/ast.ts';
import { bind } from './bind.ts';
import { checkBodies } from './check-bodies.ts';
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
import type { Checked, Report } from './symbols.ts';

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

/** Checks one program of `text`; `texts` are those of the other files it has items from. Never throws; tells everything through `report`. */
export function check(
  program: Program,
  text: string,
  environment: Environment,
  report: Report,
  texts: ReadonlyMap<string, string> = new Map(),
): Checked {
  const checked: Checked = {
    program,
    text,
    texts,
    letsInText: true,
    symbols: bind(program, report),
    resolutions: new Map(),
    letTypes: new Map(),
    unwrapped: new Set(),
    asNumbers: new Map(),
    asLengths: new Map(),
    asCounts: new Map(),
    recipients: new Map(),
  };
  checkBodies(inference(checked, report), checked);
  for (const one of checks) one(checked, report, environment);
  return checked;
}
