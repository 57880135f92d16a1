/** Each command word is answered by one handler: `anytime` comes first, then the order of the text. */
import type { Rule, Span } from '../../language/ast.ts';
import { diagnostic } from '../../language/diagnostics.ts';
import { textWithoutHoles } from '../constants.ts';
import { commandWord } from '../normalize-command.ts';
import { anytimeRules, rulesOf, stagesOf } from '../walk.ts';
import type { Check } from './question.ts';

export const commands: Check = ({ program }, report) => {
  const everywhere = new Map<string, Span>();
  const claim = (rule: Rule, into: Map<string, Span>) => {
    if (rule.kind !== 'command') return;
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
  for (const rule of anytimeRules(program)) claim(rule, everywhere);
  for (const stage of stagesOf(program)) {
    const own = new Map<string, Span>();
    for (const rule of rulesOf(stage)) claim(rule, own);
  }
};
