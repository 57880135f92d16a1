/** A program has stages, and the first is one that people can stay in. */
import { diagnostic } from '../../language/diagnostics.ts';
import type { Checked, Report } from '../symbols.ts';
import { flowsOf } from '../walk.ts';
import type { Check } from './question.ts';

export const starts: Check = { outside: ask };

function ask({ program }: Checked, report: Report): void {
  for (const { kind, stages } of flowsOf(program)) {
    const [first] = stages;
    if (first === undefined && kind === 'main') {
      report(diagnostic('no-stages', program.name.span, { what: 'program', name: program.name.text }));
    }
    if (first?.final !== undefined) report(diagnostic('starts-at-end', first.name.span, { name: first.name.text }));
  }
  for (const item of program.items) {
    if (item.kind !== 'track' || item.items.some((one) => one.kind === 'stage' || one.kind === 'use')) continue;
    const hint = `A track is made of stages: \`stage … { … }\`. Rules alone belong in \`anytime\`.`;
    report(diagnostic('no-stages', item.name.span, { what: 'track', name: item.name.text }, { hint }));
  }
}
