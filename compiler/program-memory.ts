/**
 * What one compile of a program leaves for the next: what was found out about each part of it.
 *
 * Lives as long as the frame is the same (`frame.ts`); with another frame everything is found out anew. What is
 * in it hangs on one part and on the frame alone, and is kept by that part.
 */
import type { Program, Scenario } from '../language/ast.ts';
import { type AnalysisMemory, analysisMemory } from './analysis-memory.ts';
import type { Environment } from './checks/question.ts';
import { changeBetween } from './frame.ts';
import { type KeptReports, tellOf } from './kept-reports.ts';
import { type KeptPieces, keptPieces } from './lower-pieces.ts';
import type { ScenarioIr } from './scenario-ir.ts';
import { type Findings, findings, type Report } from './symbols.ts';

export type ProgramMemory = {
  /** As it was compiled the last time. */
  program: Program;
  environment: Environment;
  /** What the expressions of the program, and of its scenarios, were found to mean. */
  found: Findings;
  checked: KeptReports;
  lowered: KeptPieces;
  analyses: AnalysisMemory;
  /** What came of its scenarios, and of which text of the program that was found. */
  scenarios: WeakMap<Scenario, { ir: ScenarioIr; of: ProgramMemory['state'] }>;
  toldOfScenarios: KeptReports;
  /** Another one with every change of the program. */
  state: object;
};

/** The memory to compile a program with: `before` where the frame is still the same, else an empty one. */
export function programMemory(
  before: ProgramMemory | undefined,
  program: Program,
  environment: Environment,
): ProgramMemory {
  const change = before?.environment === environment ? changeBetween(before.program, program) : 'frame';
  if (before !== undefined && change !== 'frame') {
    if (change === 'stages') before.state = {};
    before.program = program;
    return before;
  }
  return {
    program,
    environment,
    found: findings(),
    checked: new WeakMap(),
    lowered: keptPieces(),
    analyses: analysisMemory(),
    scenarios: new WeakMap(),
    toldOfScenarios: new WeakMap(),
    state: {},
  };
}

/**
 * What came of a scenario the last time, where neither it nor the program has changed since, or what `lower` makes of
 * it.
 */
export function scenarioAgain(
  memory: ProgramMemory | undefined,
  scenario: Scenario,
  report: Report,
  lower: (report: Report) => ScenarioIr,
): ScenarioIr {
  if (memory === undefined) return lower(report);
  const { scenarios, toldOfScenarios, state } = memory;
  let ir = scenarios.get(scenario)?.ir;
  if (scenarios.get(scenario)?.of !== state) toldOfScenarios.delete(scenario);
  tellOf(toldOfScenarios, scenario, scenario, report, (tell) => {
    ir = lower(tell);
  });
  const found = ir as ScenarioIr;
  scenarios.set(scenario, { ir: found, of: state });
  return found;
}
