/**
 * Sentences of a grammar in EBNF, by chance from a seed: the opposite of a parser.
 *
 * `words` gives the words of the classes in capital letters; each of the rules `lines` begins a line. Deep inside, the
 * shortest way out is taken, so that every sentence ends.
 */
import type { Grammar, Part } from '../../docs/ebnf.ts';

/** One sentence. `chance` gives numbers from 0 up to 1; deeper than `deepest`, only what must be is written. */
export function writeSentence(
  grammar: Grammar,
  start: string,
  words: Record<string, readonly string[]>,
  chance: () => number,
  deepest: number,
  lines: readonly string[],
): string {
  const least = leastDepths(grammar, words);
  const out: string[] = [];
  const write = (part: Part, depth: number): void => {
    switch (part.kind) {
      case 'word':
        out.push(part.text);
        return;
      case 'rule': {
        const choice = words[part.name];
        if (lines.includes(part.name)) out.push('\n');
        if (choice !== undefined) out.push(choice[Math.floor(chance() * choice.length)] ?? '');
        else write(grammar.get(part.name) ?? { kind: 'word', text: part.name }, depth + 1);
        return;
      }
      case 'sequence':
        for (const one of part.parts) write(one, depth);
        return;
      case 'choice': {
        const sorted = depth < deepest ? part.parts : part.parts.toSorted((a, b) => least(a) - least(b)).slice(0, 1);
        const chosen = sorted[Math.floor(chance() * sorted.length)];
        if (chosen !== undefined) write(chosen, depth);
        return;
      }
      case 'repeat': {
        const times = depth < deepest ? Math.floor(chance() * (part.most + 1)) : 0;
        for (let time = 0; time < times; time++) write(part.part, depth);
      }
    }
  };
  write({ kind: 'rule', name: start }, 0);
  return out.join(' ').replaceAll(' / ', '/');
}

/** How deep a part must go at least. */
function leastDepths(grammar: Grammar, words: Record<string, readonly string[]>): (part: Part) => number {
  const ofRules = new Map<string, number>();
  const least = (part: Part): number => {
    switch (part.kind) {
      case 'word':
        return 0;
      case 'rule':
        return words[part.name] === undefined ? (ofRules.get(part.name) ?? Number.POSITIVE_INFINITY) : 0;
      case 'sequence':
        return Math.max(0, ...part.parts.map(least));
      case 'choice':
        return Math.min(...part.parts.map(least));
      case 'repeat':
        return 0;
    }
  };
  for (let round = 0; round < grammar.size; round++)
    for (const [name, part] of grammar) ofRules.set(name, least(part) + 1);
  return least;
}
