/**
 * Sentences of a grammar in EBNF, by chance from a seed: the opposite of a parser.
 *
 * `words` gives the words of the classes in capital letters; each of the rules `lines` begins a line. Deep inside, the shortest way out is taken,
 * so that every sentence ends.
 */
type Part =
  | { kind: 'word'; text: string }
  | { kind: 'rule'; name: string }
  | { kind: 'sequence' | 'choice'; parts: Part[] }
  | { kind: 'repeat'; part: Part; most: number };

export type Grammar = Map<string, Part>;

/** Reads rules such as `names ::= NAME (listSign NAME)*`. Throws where one cannot be read. */
export function readGrammar(rules: readonly string[]): Grammar {
  return new Map(
    rules.map((rule) => {
      const [, name = '', body = ''] = /^(\w+) ::= (.*)$/s.exec(rule) ?? [];
      const tokens = body.match(/"[^"]*"|\w+|[()|?*]|\S/g) ?? [];
      const state = { tokens, at: 0 };
      const part = readChoice(state);
      if (state.at !== tokens.length) throw new Error(`${name}: I cannot read ${tokens[state.at]}.`);
      return [name, part];
    }),
  );
}

type State = { tokens: string[]; at: number };

function readChoice(state: State): Part {
  const parts = [readSequence(state)];
  while (state.tokens[state.at] === '|') {
    state.at++;
    parts.push(readSequence(state));
  }
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: 'choice', parts };
}

function readSequence(state: State): Part {
  const parts: Part[] = [];
  for (;;) {
    const token = state.tokens[state.at];
    if (token === undefined || token === '|' || token === ')') return { kind: 'sequence', parts };
    state.at++;
    let part: Part;
    if (token === '(') {
      part = readChoice(state);
      if (state.tokens[state.at++] !== ')') throw new Error('A bracket does not end.');
    } else if (token.startsWith('"')) part = { kind: 'word', text: token.slice(1, -1) };
    else if (/^\w+$/.test(token)) part = { kind: 'rule', name: token };
    else throw new Error(`I cannot read ${token}.`);
    const sign = state.tokens[state.at];
    if (sign === '?' || sign === '*') {
      state.at++;
      part = { kind: 'repeat', part, most: sign === '?' ? 1 : 3 };
    }
    parts.push(part);
  }
}

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
