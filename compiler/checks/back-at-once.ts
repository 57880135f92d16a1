/**
 * Interruptions that end as they begin: what brings people back holds already whenever they are interrupted, so the
 * stage between says its words and is left again at the same moment.
 *
 * Said only where every way into it is known and nothing that is done on the way changes what is asked.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { type AnalysisMemory, remember } from '../analysis-memory.ts';
import { everyPart, type FlowPart } from '../flow.ts';
import { follows } from '../follows.ts';
import type { Expr, Ir, Rule, Stage } from '../ir.ts';
import { placeIn } from '../place.ts';
import { atStart, countsTheVisit } from '../start-of-visit.ts';
import type { Report } from '../symbols.ts';
import { effectsOfTurning, staysAsItIs, touches } from '../touched.ts';
import type { Analysis } from './question.ts';

export const backAtOnce: Analysis = (ir, report, { flows, memory }) => {
  for (const part of flows) {
    const own = part.stages.flatMap((stage) =>
      remember(memory, stage, interrupts, () => stage.rules.filter(interrupts)),
    );
    const interrupting = [...part.flow.anytime.filter(interrupts), ...own];
    if (interrupting.length === 0) continue;
    for (const stage of part.stages) {
      const back = remember(memory, stage, resumes, () => stage.rules.filter(resumes));
      const ways = interrupting.filter(({ move }) => move?.direction === 'interrupt' && move.to === stage.name);
      if (ways.length > 0 && back.length > 0) lookAt(ir, part, stage, { ways, back }, memory, report);
    }
  }
};

const interrupts = ({ move }: Rule): boolean => move?.direction === 'interrupt';

const resumes = ({ move, trigger }: Rule): boolean => move?.direction === 'resume' && trigger.kind === 'holds';

function lookAt(
  ir: Ir,
  part: FlowPart,
  stage: Stage,
  { ways, back }: { ways: readonly Rule[]; back: readonly Rule[] },
  memory: AnalysisMemory,
  report: Report,
): void {
  const conditions = ways.map(conditionOf);
  const place = placeIn(ir, part, undefined, true);
  const onTheWay = ways.flatMap(({ effects }) => effects);
  const touched = touches(ir, [...onTheWay, ...stage.entry, ...effectsOfTurning(part.flow, stage, memory)]);
  for (const rule of back) {
    const { condition } = rule;
    if (condition === undefined || !staysAsItIs(ir, rule, touched)) continue;
    const anew = atStart(ir, condition);
    if (everyPart(ir, anew).some((one) => one.op === 'aggregate' && countsTheVisit(one.selection))) continue;
    if (!conditions.every((one) => one !== undefined && follows(place, one, anew))) continue;
    report(diagnostic('back-at-once', rule.span, { stage: stage.name }));
  }
}

/** What surely holds when it interrupts; undefined where something else sets it off. */
const conditionOf = ({ trigger, condition }: Rule): Expr | undefined =>
  trigger.kind === 'holds' || trigger.kind === 'becomes' ? condition : undefined;
