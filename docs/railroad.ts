/**
 * Draws rules of the grammar as railroad diagrams: one standalone SVG for a family of rules.
 *
 * What is drawn comes from the EBNF of `grammar.ts`. Follow a line from the left to the right: each way
 * along it is a sentence. The colors follow the reader's choice of light or dark.
 */
// @ts-expect-error: the library has no types; what is used of it is told below.
import * as untyped from '@prantlf/railroad-diagrams';
import type { Part } from './ebnf.ts';

/** A piece of a diagram; widths in pixels. */
type Shape = { width: number };
type Drawn = Shape & { height: number; format: (...paddings: number[]) => Drawn; toString: () => string };
type Made<A extends unknown[], S = Shape> = new (...args: A) => S;
type Library = {
  Diagram: Made<Shape[], Drawn>;
  Terminal: Made<[text: string]>;
  NonTerminal: Made<[text: string]>;
  Comment: Made<[text: string]>;
  Sequence: Made<Shape[]>;
  Stack: Made<Shape[]>;
  Choice: Made<[normal: number, ...options: Shape[]]>;
  Optional: Made<[item: Shape]>;
  OneOrMore: Made<[item: Shape, between?: Shape]>;
  ZeroOrMore: Made<[item: Shape, between?: Shape]>;
  Skip: Made<[]>;
};
const rr = untyped as Library;

/** A sequence wider than this goes on in the next row. */
const rowMax = 680;
const titleHeight = 30;
const gap = 14;
const side = 16;

/** One picture of several rules, each under its name. */
export function drawRules(title: string, rules: readonly { name: string; part: Part }[]): string {
  const drawn = rules.map(({ name, part }) => {
    const diagram = new rr.Diagram(shapeOf(part)).format(4, side, 8, side);
    return { name, width: size(diagram, 'width'), height: size(diagram, 'height'), svg: String(diagram) };
  });
  const width = Math.ceil(Math.max(...drawn.map((one) => one.width), 320));
  let y = gap;
  const pieces = drawn.map((one) => {
    const heading = `<text class="name" x="${side}" y="${y + 18}">${one.name}</text>`;
    const top = y + titleHeight;
    y = top + Math.ceil(one.height) + gap;
    return `${heading}\n<g transform="translate(0 ${top})">\n${inner(one.svg)}\n</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y}" viewBox="0 0 ${width} ${y}" role="img">
<title>${title}</title>
<style>${style}</style>
<rect class="paper" width="${width}" height="${y}"/>
${pieces.join('\n')}
</svg>
`;
}

const style = `
.paper { fill: #ffffff }
path { stroke: #57606a; stroke-width: 1.5; fill: none }
rect { stroke: #57606a; stroke-width: 1.5; fill: #f6f8fa }
.paper { stroke: none }
.terminal rect { fill: #dafbe1; stroke: #2da44e }
text { font: 13px ui-monospace, Menlo, Consolas, monospace; text-anchor: middle; fill: #1f2328; white-space: pre }
text.name { font-weight: 700; text-anchor: start }
@media (prefers-color-scheme: dark) {
  .paper { fill: #0d1117 }
  path { stroke: #8b949e }
  rect { stroke: #8b949e; fill: #161b22 }
  .paper { fill: #0d1117; stroke: none }
  .terminal rect { fill: #12261e; stroke: #3fb950 }
  text { fill: #e6edf3 }
}
`;

/** The size a formatted diagram gives itself. */
function size(diagram: Drawn, of: 'width' | 'height'): number {
  const [, found = '0'] = new RegExp(`\\b${of}="([\\d.]+)"`).exec(String(diagram)) ?? [];
  return Number(found);
}

const inner = (svg: string) => svg.replace(/^\s*<svg[^>]*>\s*/, '').replace(/\s*<\/svg>\s*$/, '');

function shapeOf(part: Part): Shape {
  switch (part.kind) {
    case 'word':
      return new rr.Terminal(part.text);
    case 'rule':
      return new rr.NonTerminal(part.name);
    case 'choice':
      return new rr.Choice(0, ...part.parts.map(shapeOf));
    case 'sequence':
      return sequenceOf(listsOf(part.parts));
    case 'repeat':
      return part.most === 1 ? new rr.Optional(shapeOf(part.part)) : new rr.ZeroOrMore(shapeOf(part.part));
  }
}

/** `x ("," x)*` is one loop: x, and a comma on the way back. */
function listsOf(parts: readonly Part[]): Shape[] {
  const shapes: Shape[] = [];
  for (let i = 0; i < parts.length; i++) {
    const [part, next] = [parts[i], parts[i + 1]];
    if (!part) continue;
    const again = next?.kind === 'repeat' && next.most > 1 && next.part.kind === 'sequence' ? next.part.parts : [];
    if (again.length > 1 && JSON.stringify(again.at(-1)) === JSON.stringify(part)) {
      shapes.push(new rr.OneOrMore(shapeOf(part), sequenceOf(again.slice(0, -1).map(shapeOf))));
      i++;
    } else shapes.push(shapeOf(part));
  }
  return shapes;
}

function sequenceOf(shapes: Shape[]): Shape {
  const rows: Shape[][] = [];
  let width = Number.POSITIVE_INFINITY;
  for (const shape of shapes) {
    width += shape.width + 20;
    const row = rows.at(-1);
    if (row && width <= rowMax) row.push(shape);
    else {
      rows.push([shape]);
      width = shape.width + 20;
    }
  }
  const [only] = shapes;
  if (shapes.length === 1 && only) return only;
  if (shapes.length === 0) return new rr.Skip();
  return rows.length === 1 ? new rr.Sequence(...shapes) : new rr.Stack(...rows.map((row) => new rr.Sequence(...row)));
}
