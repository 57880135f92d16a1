/** Escalations go to roles the program declares; all others fall to the operators. */
import type { Name } from '../../language/ast.ts';
import { diagnostic } from '../../language/diagnostics.ts';
import { nearest } from '../../language/nearest.ts';
import { replaceWith } from '../bind.ts';
import { deedsIn, stagesOf } from '../walk.ts';
import type { Check } from './question.ts';

/** The role that always exists. */
export const OPERATOR = 'operator';

export const roles: Check = ({ program, symbols }, report) => {
  const check = (name: Name) => {
    if (symbols.roles.has(name.text) || name.text === OPERATOR) return;
    const near = nearest(name.text, symbols.roles);
    const details = near === undefined ? {} : { hint: `Did you mean \`${near}\`?`, fix: replaceWith(near, name.span) };
    report(diagnostic('unknown-role', name.span, { name: name.text }, details));
  };
  for (const { action } of deedsIn(program)) if (action?.kind === 'escalate-now') check(action.to);
  for (const stage of stagesOf(program)) {
    for (const item of stage.items) if (item.kind === 'escalate') check(item.to);
  }
};
