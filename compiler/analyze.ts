/**
 * What the whole flow of stages shows: asked of the IR, after each program has been lowered.
 *
 * Stages nobody reaches or leaves, silences nothing ends, lines that are never taken or in each
 * other's way, more messages than are allowed, ways around what is protected. One question per file
 * in `checks/`; every claim names its witness.
 */
import type { Program, Span } from '../language/ast.ts';
import type { Code, Diagnostic } from '../language/diagnostics.ts';
import { type AnalysisMemory, analysisMemory } from './analysis-memory.ts';
import { alwaysQuiet } from './checks/always-quiet.ts';
import { answeredBefore } from './checks/answered-before.ts';
import { backAtOnce } from './checks/back-at-once.ts';
import { bothHold } from './checks/both-hold.ts';
import { budget } from './checks/budget.ts';
import { contradictions } from './checks/contradictions.ts';
import { deadEnds } from './checks/dead-ends.ts';
import { leftOut } from './checks/left-out.ts';
import { load } from './checks/load.ts';
import { neverSet } from './checks/never-set.ts';
import { overtaken } from './checks/overtaken.ts';
import { passedAlready } from './checks/passed-already.ts';
import { personal } from './checks/personal.ts';
import { protectedStages } from './checks/protected-stages.ts';
import type { Analysis, AnalysisContext, Environment, SkillNamed } from './checks/question.ts';
import { reachability } from './checks/reachability.ts';
import { sameMoment } from './checks/same-moment.ts';
import { silence } from './checks/silence.ts';
import { skillTexts } from './checks/skill-texts.ts';
import { slips } from './checks/slips.ts';
import { takenAgain } from './checks/taken-again.ts';
import { tooLate } from './checks/too-late.ts';
import { unconditional } from './checks/unconditional.ts';
import { unknownItems } from './checks/unknown-items.ts';
import { zeroTimeLoops } from './checks/zero-time-loops.ts';
import { flowsOf } from './flow.ts';
import type { Ir } from './ir.ts';
import type { Report } from './symbols.ts';
import { flowsOf as flowNodes } from './walk.ts';

const analyses: Analysis[] = [
  reachability,
  deadEnds,
  silence,
  zeroTimeLoops,
  takenAgain,
  unconditional,
  contradictions,
  bothHold,
  answeredBefore,
  overtaken,
  backAtOnce,
  sameMoment,
  tooLate,
  passedAlready,
  leftOut,
  neverSet,
  slips,
  unknownItems,
  load,
  alwaysQuiet,
  protectedStages,
  personal,
  skillTexts,
  budget,
];

/**
 * `told` is what has been said about the program so far; `asked` the questions, all of them unless some are named;
 * `memory` what the last time with the same frame has left.
 */
export function analyze(
  ir: Ir,
  program: Program,
  report: Report,
  environment: Environment = {},
  told: readonly Diagnostic[] = [],
  asked: readonly Analysis[] = analyses,
  memory: AnalysisMemory = analysisMemory(),
): void {
  const decided = told.filter(({ code }) => code === 'never-true' || code === 'always-true').map(({ span }) => span);
  const context = contextOf(ir, program, environment, decided, memory);
  const mistakes = told.filter(({ severity }) => severity === 'error').map(({ span }) => span);
  const lost = new Set(told.flatMap(({ code }) => ofLost[code] ?? []));
  const sure: Report = (found) => {
    if (lost.has(found.code)) return;
    // What a line with a mistake means is not known: nothing is concluded from it.
    const places = [found.span, ...(found.related ?? []).map(({ span }) => span)];
    const isDoubtful = concluded.has(found.code) && places.some((place) => mistakes.some((one) => holds(place, one)));
    if (!isDoubtful) report(found);
  };
  for (const one of asked) one(ir, sure, context);
}

/** What is concluded from the meaning of conditions. */
const concluded: ReadonlySet<string> = new Set([
  'never-taken',
  'both-hold',
  'overtaken',
  'back-at-once',
  'same-moment',
  'never-true',
  'always-true',
  'zero-time-loop',
  'taken-again',
  'silent-for-ever',
  'too-late',
  'value-left-out',
  'unreachable-row',
]);

/** What follows from a name that leads nowhere: the ways it stands for are not known. */
const ofLost: Partial<Record<Code, readonly Code[]>> = {
  'unknown-stage': ['unreachable-stage'],
  'unknown-fragment': ['unreachable-stage', 'dead-end', 'silent-for-ever'],
};

const holds = (outer: Span, inner: Span): boolean =>
  outer.file === inner.file && inner.start >= outer.start && inner.end <= outer.end;

function contextOf(
  ir: Ir,
  program: Program,
  environment: Environment,
  decided: readonly Span[],
  memory: AnalysisMemory,
): AnalysisContext {
  let names: Map<string, Span> | undefined;
  return {
    flows: flowsOf(ir),
    nameOf: ({ kind, flow }, stage) => {
      names ??= namesIn(program);
      // A stage nobody wrote (`paused`) stands where its `pause` does.
      const own = names.get(nameKey(kind === 'main' ? undefined : flow.name, stage));
      return own ?? flow.stages[stage]?.span ?? program.name.span;
    },
    program: program.name.span,
    clause: (kind) => program.items.find((item) => item.kind === kind)?.span ?? program.name.span,
    skills: () => skillsIn(program),
    isTold: ({ start, end }) => decided.some((span) => span.start >= start && span.end <= end),
    environment,
    memory,
  };
}

const nameKey = (flow: string | undefined, stage: string): string => `${flow ?? ''} ${stage}`;

/** Where the names of stages stand. */
function namesIn(program: Program): Map<string, Span> {
  const names = new Map<string, Span>();
  for (const { kind, name, stages } of flowNodes(program))
    for (const stage of stages)
      names.set(nameKey(kind === 'main' ? undefined : name, stage.name.text), stage.name.span);
  return names;
}

/** Where stages name their skills. */
function skillsIn(program: Program): SkillNamed[] {
  const named: SkillNamed[] = [];
  for (const node of flowNodes(program)) {
    const flow = node.kind === 'main' ? undefined : node.name;
    for (const stage of node.stages)
      for (const item of stage.items)
        if (item.kind === 'skill')
          named.push({ stage: stage.name.text, flow, name: item.name.text, span: item.name.span });
  }
  return named;
}
