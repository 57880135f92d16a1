/**
 * Small strict readers of the texts that pictures are made from: what they do not know, they refuse.
 *
 * Stricter than Mermaid, Graphviz and XML: they accept only what this repository's writers need, so
 * that a sign that gets through unescaped shows up here as a line that makes no sense.
 */

export type Picture = { nodes: Map<string, string>; arrows: { from: string; to: string; label: string }[] };

const mermaidWords = String.raw`(?:[^"#:;<>&\\{}\[\]]|#\d+;|<br/>)*`;
const mermaidLines = {
  state: new RegExp(`^  state "(${mermaidWords})" as (\\w+)$`),
  arrow: new RegExp(`^  (\\[\\*\\]|\\w+) --> (\\[\\*\\]|\\w+)(?: : (${mermaidWords}))?$`),
  note: /^ {2}note right of (\w+)$/,
  noteLine: new RegExp(`^    (${mermaidWords})$`),
};
const read = (text: string): string =>
  text.replace(/#(\d+);/g, (_, code) => String.fromCharCode(Number(code))).replaceAll('<br/>', '\n');

/** Reads a Mermaid state diagram. Throws at the first line that it cannot read, and for an arrow to nowhere. */
export function readMermaid(text: string): Picture & { notes: Map<string, string[]> } {
  const [head, ...lines] = text.trimEnd().split('\n');
  if (head !== 'stateDiagram-v2') throw new Error(`Not a state diagram: ${head}`);
  const picture = {
    nodes: new Map<string, string>(),
    arrows: [] as Picture['arrows'],
    notes: new Map<string, string[]>(),
  };
  let noteOf: string | undefined;
  for (const line of lines) {
    if (noteOf !== undefined) {
      if (line === '  end note') noteOf = undefined;
      else {
        const words = mermaidLines.noteLine.exec(line)?.[1];
        if (words === undefined || /end note/i.test(words)) throw new Error(`In a note: ${line}`);
        picture.notes.get(noteOf)?.push(read(words));
      }
      continue;
    }
    const state = mermaidLines.state.exec(line);
    const arrow = mermaidLines.arrow.exec(line);
    noteOf = mermaidLines.note.exec(line)?.[1];
    if (state !== null) picture.nodes.set(state[2] ?? '', read(state[1] ?? ''));
    else if (arrow !== null)
      picture.arrows.push({ from: arrow[1] ?? '', to: arrow[2] ?? '', label: read(arrow[3] ?? '') });
    else if (noteOf !== undefined) picture.notes.set(noteOf, []);
    else throw new Error(`Mermaid cannot read: ${line}`);
  }
  if (noteOf !== undefined) throw new Error('A note does not end.');
  checkArrows(picture, ['[*]']);
  return picture;
}

/** Reads a graph in DOT. Throws where its words do not come together to statements. */
export function readDot(text: string): Picture & { name: string } {
  const tokens = text.match(/"(?:[^"\\\n]|\\["\\n])*"|->|[\w.]+|[[\]{}=,]|\S/g) ?? [];
  let at = 0;
  const next = (): string => tokens[at++] ?? '';
  const expect = (wanted: string) => {
    const found = next();
    if (found !== wanted) throw new Error(`DOT expected ${wanted}, but found ${found}`);
  };
  const id = (): string => {
    const token = next();
    if (/^[\w.]+$/.test(token)) return token;
    if (!/^".*"$/.test(token)) throw new Error(`DOT expected a name, but found ${token}`);
    return token.slice(1, -1).replace(/\\(.)/g, (_, sign: string) => (sign === 'n' ? '\n' : sign));
  };
  const attributes = (): Record<string, string> => {
    const found: Record<string, string> = {};
    if (tokens[at] !== '[') return found;
    do {
      at++;
      const name = id();
      expect('=');
      found[name] = id();
    } while (tokens[at] === ',');
    expect(']');
    return found;
  };
  expect('digraph');
  const picture = { name: id(), nodes: new Map<string, string>(), arrows: [] as Picture['arrows'] };
  expect('{');
  while (tokens[at] !== '}' && at < tokens.length) {
    const bare = /^(graph|node|edge)$/.test(tokens[at] ?? '');
    const from = id();
    if (tokens[at] === '->') {
      at++;
      const to = id();
      picture.arrows.push({ from, to, label: attributes().label ?? '' });
    } else {
      const { label = '' } = attributes();
      if (!bare) picture.nodes.set(from, label);
    }
  }
  expect('}');
  if (at !== tokens.length) throw new Error('DOT goes on behind its end.');
  checkArrows(picture, []);
  return picture;
}

function checkArrows({ nodes, arrows }: Picture, others: string[]): void {
  for (const end of arrows.flatMap(({ from, to }) => [from, to]))
    if (!nodes.has(end) && !others.includes(end)) throw new Error(`An arrow has an end that is no node: ${end}`);
}

/** The names of the elements of an XML text, in order. Throws where tags do not pair or a sign is not escaped. */
export function readXml(text: string): string[] {
  const names: string[] = [];
  const open: string[] = [];
  const pattern = /<(\/?)([a-z]+)((?:\s[\w:-]+="[^"<]*")*)\s*(\/?)>|[^<]+/giy;
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index !== end) break;
    end += match[0].length;
    const [whole, closing, name, , empty] = match;
    if (/&(?!(?:amp|lt|gt|quot|apos|#\d+);)/.test(whole)) throw new Error(`An & stands alone in ${whole}`);
    if (name === undefined) continue;
    if (closing === '/') {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing`);
    } else {
      names.push(name);
      if (empty !== '/') open.push(name);
    }
  }
  if (end !== text.length) throw new Error(`XML cannot read: ${text.slice(end, end + 60)}`);
  if (open.length > 0) throw new Error(`${open.join(', ')} does not end`);
  return names;
}
