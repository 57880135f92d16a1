/**
 * Each command word is answered by one handler: `anytime` comes first, then the order of the text. And what follows the
 * word has a name that nothing else has.
 */
import type { Program, Rule, Span } from '../../language/ast.ts';
import { diagnostic } from '../../language/diagnostics.ts';
import { textWithoutHoles } from '../constants.ts';
import { commandWord } from '../normalize-command.ts';
import type { Report, Symbols } from '../symbols.ts';
import { flowsOf, rulesOf } from '../walk.ts';
import type { Check } from './question.ts';

export const commands: Check = {
  outside({ program, symbols }, report) {
    const taken = new Map<string, Span>();
    for (const flow of flowsOf(program)) claim(flow.anytime, taken, symbols, report);
  },
  part({ stage }, { program, symbols }, report) {
    if (stage === undefined || !stage.items.some((item) => item.kind === 'command')) return;
    claim(rulesOf(stage), new Map(answeredAnytime(program)), symbols, report);
  },
};

/** Takes the words of commands into `taken`, and tells of those that are taken. */
function claim(rules: readonly Rule[], taken: Map<string, Span>, symbols: Symbols, report: Report): void {
  for (const rule of rules) {
    if (rule.kind !== 'command') continue;
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
      const before = taken.get(word);
      if (before === undefined) taken.set(word, literal.span);
      else {
        const related = [{ message: 'It is answered here first.', span: before }];
        report(diagnostic('duplicate-command', literal.span, { word: written }, { related }));
      }
    }
  }
}

/** Asked for each stage. */
const answered = new WeakMap<Program, ReadonlyMap<string, Span>>();

/** The words that some flow answers in every stage, with the first place of each. */
function answeredAnytime(program: Program): ReadonlyMap<string, Span> {
  const known = answered.get(program);
  if (known !== undefined) return known;
  const words = new Map<string, Span>();
  for (const rule of flowsOf(program).flatMap((flow) => flow.anytime)) {
    if (rule.kind !== 'command') continue;
    for (const literal of rule.words) {
      const word = commandWord(textWithoutHoles(literal).trim());
      if (word !== '' && !words.has(word)) words.set(word, literal.span);
    }
  }
  answered.set(program, words);
  return words;
}

/** What the program calls by that name already. */
function kindOf(name: string, symbols: Symbols): string | undefined {
  if (symbols.fields.has(name)) return symbols.fields.get(name)?.parameter ? 'a parameter' : 'a field';
  if (symbols.series.has(name)) return 'a series';
  if (symbols.lists.has(name)) return 'a list';
  if (symbols.tables.has(name)) return 'a table';
  return [...symbols.letsById.values()].some((one) => one.name === name) ? 'a `let`' : undefined;
}
