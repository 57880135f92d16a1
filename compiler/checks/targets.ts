/**
 * Moves lead to stages of their own flow, nobody is interrupted with a final stage, and `resume` stands only where
 * somebody can have been interrupted.
 */
import type { Name, Program } from '../../language/ast.ts';
import { diagnostic } from '../../language/diagnostics.ts';
import { meant } from '../names.ts';
import { type Checked, type FlowSymbol, flowSymbols, type Report, type Symbols } from '../symbols.ts';
import { type FlowNode, type Part, partsOf } from '../walk.ts';
import type { Check } from './question.ts';

export const targets: Check = { part: ofPart };

function ofPart({ flow: node, stage, deeds }: Part, { program, symbols }: Checked, report: Report): void {
  const flow = flowOf(node, symbols);
  const find = (name: Name) => {
    const found = flow.stages.get(name.text);
    if (found !== undefined) return found;
    report(diagnostic('unknown-stage', name.span, { name: name.text }, elsewhere(name, flow, symbols)));
    return undefined;
  };
  for (const { rule, action } of deeds) {
    const move = action ?? rule;
    if (move?.kind === 'move' || move?.kind === 'transition') {
      if (move.to !== undefined) find(move.to);
      if (move.direction !== 'resume') continue;
      const isReachable = isInterrupted(program, node, (to) => isMeant(to, stage?.name, flow));
      const name = stage?.name.text ?? 'a stage';
      if (!isReachable) report(diagnostic('resume-without-interrupt', move.span, { name }));
    }
    if (move?.kind === 'interrupt' && find(move.with)?.node.final !== undefined) {
      report(diagnostic('interrupt-final', move.with.span, { name: move.with.text }));
    }
  }
}

/** Whether anything in the flow interrupts with a stage that `isMeant`. */
function isInterrupted(program: Program, { name }: FlowNode, isMeant: (to: string) => boolean): boolean {
  return partsOf(program).some(
    ({ flow, deeds }) =>
      flow.name === name && deeds.some(({ action }) => action?.kind === 'interrupt' && isMeant(action.with.text)),
  );
}

/** A stage that is not there may be this one under another name, and is told as that. Between the stages, any is meant. */
const isMeant = (to: string, stage: Name | undefined, flow: FlowSymbol): boolean =>
  stage === undefined || to === stage.text || !flow.stages.has(to);

function flowOf(node: FlowNode, symbols: Symbols): FlowSymbol {
  const own = node.kind === 'track' ? symbols.tracks.get(node.name) : symbols.lists.get(node.name);
  return node.kind === 'main' ? symbols.main : (own ?? symbols.main);
}

/** What to say of a stage that is not in the flow: the nearest that is, or where it stands instead. */
function elsewhere(name: Name, flow: FlowSymbol, symbols: Symbols) {
  const other = flowSymbols(symbols).find((one) => one !== flow && one.stages.has(name.text));
  if (other !== undefined) {
    const kind = other.kind === 'main' ? 'the program itself' : `the ${other.kind} \`${other.name}\``;
    const own = flow.kind === 'main' ? 'The program' : `The ${flow.kind} \`${flow.name}\``;
    return {
      hint: `It is a stage of ${kind}. ${own} moves among its own stages only: ${[...flow.stages.keys()].join(', ')}.`,
    };
  }
  const stages = [...flow.stages.keys()];
  return meant(name, stages, stages.length > 0 ? { hint: `The stages are: ${stages.join(', ')}.` } : {});
}
