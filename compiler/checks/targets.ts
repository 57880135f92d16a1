/** Moves lead to stages of their own flow; people can come back from where they were interrupted to; `resume` has a way back. */
import type { Name } from '../../language/ast.ts';
import { diagnostic } from '../../language/diagnostics.ts';
import { meant } from '../names.ts';
import { type FlowSymbol, flowSymbols, type Symbols } from '../symbols.ts';
import { type Deed, deedsIn, type FlowNode } from '../walk.ts';
import type { Check } from './question.ts';

export const targets: Check = ({ program, symbols }, report) => {
  const find = (name: Name, node: FlowNode) => {
    const flow = flowOf(node, symbols);
    const stage = flow.stages.get(name.text);
    if (stage !== undefined) return stage;
    report(diagnostic('unknown-stage', name.span, { name: name.text }, elsewhere(name, flow, symbols)));
    return undefined;
  };
  const interrupted = new Map<string, Set<string>>();
  const deeds = [...deedsIn(program)];
  for (const { flow, rule, action } of deeds) {
    if (action === undefined && rule?.kind === 'transition' && rule.to !== undefined) find(rule.to, flow);
    if (action?.kind === 'move' && action.to !== undefined) find(action.to, flow);
    if (action?.kind === 'interrupt') {
      const names = interrupted.get(flow.name) ?? new Set();
      interrupted.set(flow.name, names.add(action.with.text));
      const stage = find(action.with, flow);
      if (stage?.node.final !== undefined)
        report(diagnostic('interrupt-final', action.with.span, { name: action.with.text }));
    }
  }
  for (const { flow, stage, rule, action } of deeds) {
    if (!resumes(rule, action)) continue;
    const names = interrupted.get(flow.name) ?? new Set();
    const reachable = stage === undefined ? names.size > 0 : names.has(stage.name.text);
    const name = stage?.name.text ?? 'a stage';
    if (!reachable) report(diagnostic('resume-without-interrupt', (action ?? rule ?? program).span, { name }));
  }
};

function resumes(rule: Deed['rule'], action: Deed['action']): boolean {
  return action === undefined
    ? rule?.kind === 'transition' && rule.direction === 'resume'
    : action.kind === 'move' && action.direction === 'resume';
}

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
