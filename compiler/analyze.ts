/**
 * What the whole flow of stages shows: asked of the IR, after each program has been lowered.
 *
 * Warnings and errors about stages nobody reaches or leaves, silences nothing ends, and loops that
 * take no time. One question per file in `checks/`.
 */
import type { Program } from '../language/ast.ts';
import { deadEnds } from './checks/dead-ends.ts';
import type { Analysis } from './checks/question.ts';
import { reachability } from './checks/reachability.ts';
import { silence } from './checks/silence.ts';
import { unconditional } from './checks/unconditional.ts';
import { zeroTimeLoops } from './checks/zero-time-loops.ts';
import type { Ir } from './ir.ts';
import type { Report } from './symbols.ts';
import { stagesOf } from './walk.ts';

const analyses: Analysis[] = [reachability, deadEnds, silence, zeroTimeLoops, unconditional];

export function analyze(ir: Ir, program: Program, report: Report): void {
  const names = new Map(stagesOf(program).map((stage) => [stage.name.text, stage.name.span]));
  for (const one of analyses) one(ir, report, (stage) => names.get(stage) ?? program.name.span);
}
