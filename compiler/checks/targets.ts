/** Moves lead to stages that exist; people can come back from where they were interrupted to; `resume` has a way back. */
import type { Name } from '../../language/ast.ts';
import { diagnostic } from '../../language/diagnostics.ts';
import { nearest } from '../../language/nearest.ts';
import { replaceWith } from '../bind.ts';
import { deedsIn } from '../walk.ts';
import type { Check } from './question.ts';

export const targets: Check = ({ program, symbols }, report) => {
  const find = (name: Name) => {
    const stage = symbols.stages.get(name.text);
    if (stage !== undefined) return stage;
    const near = nearest(name.text, symbols.stages.keys());
    const details =
      near !== undefined
        ? { hint: `Did you mean \`${near}\`?`, fix: replaceWith(near, name.span) }
        : symbols.stages.size > 0
          ? { hint: `The stages are: ${[...symbols.stages.keys()].join(', ')}.` }
          : {};
    report(diagnostic('unknown-stage', name.span, { name: name.text }, details));
    return undefined;
  };
  const interrupted = new Set<string>();
  const deeds = [...deedsIn(program)];
  for (const { rule, action } of deeds) {
    if (action === undefined && rule?.kind === 'transition' && rule.to !== undefined) find(rule.to);
    if (action?.kind === 'move' && action.to !== undefined) find(action.to);
    if (action?.kind === 'interrupt') {
      interrupted.add(action.with.text);
      const stage = find(action.with);
      if (stage?.node.final !== undefined)
        report(diagnostic('interrupt-final', action.with.span, { name: action.with.text }));
    }
  }
  for (const { stage, rule, action } of deeds) {
    const resumes =
      action === undefined
        ? rule?.kind === 'transition' && rule.direction === 'resume'
        : action.kind === 'move' && action.direction === 'resume';
    if (!resumes) continue;
    const reachable = stage === undefined ? interrupted.size > 0 : interrupted.has(stage.name.text);
    const name = stage?.name.text ?? 'a stage';
    if (!reachable) report(diagnostic('resume-without-interrupt', (action ?? rule ?? program).span, { name }));
  }
};
