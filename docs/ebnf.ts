/**
 * Reads rules in EBNF into trees: for drawing them, and for writing sentences from them.
 */
export type Part =
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
