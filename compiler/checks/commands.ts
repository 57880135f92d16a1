/** Each command word is answered by one handler: `anytime` comes first, then the order of the text; and what follows it has a name of its own. */
import type { Rule, Span } from '../../language/ast.ts';
import { diagnostic } from '../../language/diagnostics.ts';
import { textWithoutHoles } from '../constants.ts';
import { commandWord } from '../normalize-command.ts';
import type { Symbols } from '../symbols.ts';
import { flowsOf, rulesOf } from '../walk.ts';
import type { Check } from './question.ts';

export const commands: Check = ({ program, symbols }, report) => {
  const everywhere = new Map<string, Span>();
  const claim = (rule: Rule, into: Map<string, Span>) => {
    if (rule.kind !== 'command') return;
    const shadowed = rule.argument && kindOf(rule.argument.as.text, symbols);
    if (rule.argument && shadowed) {
      report(diagnostic('argument-shadows', rule.argument.as.span, { name: rule.argument.as.text, kind: shadowed }));
    }
    for (const literal of rule.words) {
      const written = textWithoutHoles(literal).trim();
      const word = commandWord(written);
      if (word === '') {
        // Holes are told of elsewhere.
        if (literal.parts.every((part) => typeof part === 'string')) report(diagnostic('empty-command', literal.span));
        continue;
      }
      const before = everywhere.get(word) ?? into.get(word);
      if (before === undefined) into.set(word, literal.span);
      else
        report(
          diagnostic(
            'duplicate-command',
            literal.span,
            { word: written },
            { related: [{ message: 'It is answered here first.', span: before }] },
          ),
        );
    }
  };
  for (const flow of flowsOf(program)) for (const rule of flow.anytime) claim(rule, everywhere);
  for (const stage of flowsOf(program).flatMap((flow) => flow.stages)) {
    const own = new Map<string, Span>();
    for (const rule of rulesOf(stage)) claim(rule, own);
  }
};

/** What the program calls by that name already. */
function kindOf(name: string, symbols: Symbols): string | undefined {
  if (symbols.fields.has(name)) return symbols.fields.get(name)?.parameter ? 'a parameter' : 'a field';
  if (symbols.series.has(name)) return 'a series';
  if (symbols.lists.has(name)) return 'a list';
  if (symbols.tables.has(name)) return 'a table';
  return [...symbols.letsById.values()].some((one) => one.name === name) ? 'a `let`' : undefined;
}
