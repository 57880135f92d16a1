/**
 * What `import … from 'regimen'` gives: the language, the compiler and the pure half of the runtime.
 *
 * Everything here works in the browser as well: no disk, no network, no clock, no chance. What is not
 * named here may change without notice.
 */

export { type Compiled, compile, type Environment } from '../compiler/compile.ts';
export { type CompileMemory, compileMemory } from '../compiler/compile-memory.ts';
export { dot } from '../compiler/dot.ts';
export { emit } from '../compiler/emit.ts';
export { type Graph, type GraphEdge, type GraphNode, graph } from '../compiler/graph.ts';
export {
  type DataField,
  type Duration,
  type Effect as ProgramEffect,
  type Expr,
  type Ir,
  irVersion,
  type Move,
  type Rule,
  type Series,
  type Stage,
  type Value,
  type ValueType,
} from '../compiler/ir.ts';
export { irSchema } from '../compiler/ir-schema.ts';
export { mermaid } from '../compiler/mermaid.ts';
export { type Plan, plan } from '../compiler/plan.ts';
export type { PlanChange, PlanLevel } from '../compiler/plan-change.ts';
export type { ScenarioIr } from '../compiler/scenario-ir.ts';
export { svg } from '../compiler/svg.ts';
export { agentTools } from '../compiler/tools.ts';
export type * as ast from '../language/ast.ts';
export type { Code, Diagnostic, Severity, WithDiagnostics } from '../language/diagnostics.ts';
export { type FormatProblem, type Formatted, format } from '../language/format.ts';
export { parse } from '../language/parse.ts';
export { type LineMap, lineMap, type Position } from '../language/position.ts';

export { type Coverage, cover, measure, nothingCovered } from '../runtime/coverage.ts';
export { why } from '../runtime/explain.ts';
export type { Facts } from '../runtime/facts.ts';
export type { Effect, Input, RunResult } from '../runtime/inputs.ts';
export { type LoadedProgram, load } from '../runtime/load.ts';
export {
  type Prompts,
  runScenario,
  type ScenarioFailure,
  type ScenarioResult,
  scenarioAgent,
  scenarioStart,
} from '../runtime/scenario.ts';
export type { Agent, RunContext, Skill } from '../runtime/services.ts';
export { type Simulation, simulate } from '../runtime/simulate.ts';
export type { State } from '../runtime/state.ts';
export { type StepResult, step } from '../runtime/step.ts';
export { type ToldScenario, tellScenario } from '../runtime/tell-scenario.ts';
export type { TimelineEntry, TimelineRow } from '../runtime/timeline.ts';
export type { Why, WhyClause, WhyTransition } from '../runtime/why.ts';
export type { World } from '../runtime/world.ts';
