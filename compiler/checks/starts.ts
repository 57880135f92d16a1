/** A program has stages, and the first is one that people can stay in. */
import { diagnostic } from '../../language/diagnostics.ts';
import { stagesOf } from '../walk.ts';
import type { Check } from './question.ts';

export const starts: Check = ({ program }, report) => {
  const [first] = stagesOf(program);
  if (first === undefined) report(diagnostic('no-stages', program.name.span, { name: program.name.text }));
  else if (first.final !== undefined) report(diagnostic('starts-at-end', first.name.span, { name: first.name.text }));
};
