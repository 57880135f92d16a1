/** `migrate` leads from what there was to what there is: what it names after `becomes` and `set` must exist now. */
import type { Name } from '../../language/ast.ts';
import { diagnostic } from '../../language/diagnostics.ts';
import { meant } from '../names.ts';
import { type Checked, flowSymbols, type Report, type Symbols } from '../symbols.ts';
import type { Check } from './question.ts';

type What = 'stage' | 'field' | 'series' | 'list' | 'track';

export const migrations: Check = { outside: ask };

function ask({ program, symbols }: Checked, report: Report): void {
  const versions = new Set<number>();
  for (const item of program.items) {
    if (item.kind !== 'migrate') continue;
    if (item.from < 1 || !Number.isInteger(item.from)) {
      const words = { value: item.from, of: 'a version', range: 'a whole number, at least 1' };
      report(diagnostic('out-of-range', item.span, words));
    }
    if (versions.has(item.from)) {
      report(diagnostic('duplicate-clause', item.span, { clause: `migrate from ${item.from}` }));
    }
    versions.add(item.from);
    const moved = new Set<string>();
    for (const step of item.steps) {
      if (step.kind === 'becomes') {
        const known = namesOf(step.what, symbols);
        const id = `${step.what} ${step.old.text}`;
        if (moved.has(id)) report(diagnostic('duplicate-name', step.old.span, { name: step.old.text }));
        moved.add(id);
        if (known.includes(step.old.text)) stillThere(step.what, step.old);
        const all = step.what === 'field' ? [...known, ...listFields(symbols)] : known;
        if (!all.includes(step.new.text)) {
          const words = { what: step.what, name: step.new.text };
          report(diagnostic('migrate-unknown', step.new.span, words, meant(step.new, all)));
        }
      } else if (step.kind === 'drop') {
        const what = (['field', 'series', 'list', 'track'] as const).find((one) =>
          namesOf(one, symbols).includes(step.name.text),
        );
        if (what !== undefined) stillThere(what, step.name);
      }
      // `set` is looked at where all expressions are.
    }
  }

  function stillThere(what: What, name: Name): void {
    report(diagnostic('migrate-still-there', name.span, { what, name: name.text }));
  }
}

/** The fields of the items of all lists: they are renamed as those of `data` are. */
const listFields = ({ lists }: Symbols): string[] => [...lists.values()].flatMap(({ fields }) => [...fields.keys()]);

function namesOf(what: What, symbols: Symbols): string[] {
  switch (what) {
    case 'stage':
      return flowSymbols(symbols).flatMap((flow) => [...flow.stages.keys()]);
    case 'field':
      return [...symbols.fields.keys()];
    case 'series':
      return [...symbols.series.keys()];
    case 'list':
      return [...symbols.lists.keys()];
    case 'track':
      return [...symbols.tracks.keys()];
  }
}
