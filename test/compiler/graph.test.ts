/** The stage graph and its drawing. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { drawGraph } from '../../compiler/draw-graph.ts';
import { graph } from '../../compiler/graph.ts';
import { layoutGraph, wrap } from '../../compiler/layout-graph.ts';
import { irOf } from './support.ts';

const sample = readFileSync(new URL('../language/cases/couch_to_5k.regimen', import.meta.url), 'utf8');
const drawn = graph(irOf(sample));

test('stages, exits and what holds anytime are nodes, each once', () => {
  assert.equal(
    drawn.nodes.map(({ id, title, kind }) => `${id} “${title}” ${kind}`),
    [
      'anytime “at any time” anytime',
      'intake “What brings you here?” stage',
      'training “Week …” stage',
      'recovery “recovery” stage',
      'graduated “Graduated” final',
      'left_as_opted_out “opted out” exit',
      'left_as_lost “lost” exit',
    ],
  );
});

test('edges say in the author’s words what brings the move about', () => {
  assert.equal(
    drawn.edges.map(({ from, to, direction, label }) => `${from} ${direction} ${to}: ${label}`),
    [
      'anytime leave left_as_opted_out: “stop”',
      'anytime interrupt recovery: injured',
      'intake advance training: why is set and heart = no and judged "speaks of running as some…',
      'intake leave left_as_lost: after 21 days of silence',
      'training restart training: “repeat”',
      'training advance training: done >= 3 and week < 9',
      'training advance graduated: done >= 3 and week = 9',
      'training return training: no runs for 14 days',
      'recovery resume anytime: not injured',
    ],
  );
});

for (const direction of ['LR', 'TB'] as const) {
  test(`${direction}: boxes do not overlap and everything is inside the picture`, () => {
    const { nodes, edges, width, height } = layoutGraph(drawn, direction);
    for (const [index, a] of nodes.entries()) {
      assert.ok(a.x - a.width / 2 >= 0 && a.x + a.width / 2 <= width, a.node.id);
      assert.ok(a.y - a.height / 2 >= 0 && a.y + a.height / 2 <= height, a.node.id);
      for (const b of nodes.slice(index + 1)) {
        const apart =
          Math.abs(a.x - b.x) >= (a.width + b.width) / 2 || Math.abs(a.y - b.y) >= (a.height + b.height) / 2;
        assert.ok(apart, `${a.node.id} and ${b.node.id}`);
      }
    }
    for (const { label } of edges) assert.ok(label.x > 0 && label.x < width && label.y > 0 && label.y < height);
  });
}

test('top to bottom, what holds anytime stands below the way, and ways out are rows: the picture stays narrow', () => {
  const { nodes, edges, width } = layoutGraph(drawn, 'TB');
  assert.ok(width <= 340, `${width} px are too wide for a phone.`);
  const bottom = (ids: string[]) =>
    Math.max(...nodes.filter(({ node }) => ids.includes(node.id)).map(({ y, height }) => y + height / 2));
  const anytime = nodes.find(({ node }) => node.id === 'anytime');
  assert.ok(anytime && anytime.y - anytime.height / 2 > bottom(['intake', 'training', 'graduated']));
  assert.not.ok(nodes.some(({ node }) => node.kind === 'exit'));
  // Every rule is there exactly once, as an arrow or as a row.
  const rows = nodes.flatMap((node) => node.rows);
  assert.equal([...edges, ...rows].map(({ edge }) => edge.rule).sort(), drawn.edges.map(({ rule }) => rule).sort());
  assert.ok(rows.some(({ lines }) => lines.join(' ') === 'leave as lost after 21 days of silence'));
});

test('with room for both, what holds anytime stands beside the way', () => {
  const { nodes, width } = layoutGraph(drawn, 'TB', { width: 780 });
  const [anytime, training] = ['anytime', 'training'].map((id) => nodes.find(({ node }) => node.id === id));
  assert.ok(width <= 780 && anytime && training);
  assert.ok(anytime.x - anytime.width / 2 > training.x + training.width / 2);
});

test('somebody who left is shown where they left to', () => {
  const svg = drawGraph(drawn, { current: 'left_as_lost', direction: 'TB' });
  assert.match(svg, /class="graph-node is-exit is-current" data-stage="left_as_lost"/);
});

test('the drawing marks stages and rules, and the one the person is in', () => {
  const svg = drawGraph(drawn, { current: 'training', highlight: 'intake' });
  for (const { id, kind } of drawn.nodes) assert.is(svg.includes(`data-stage="${id}"`), kind !== 'anytime', id);
  for (const { rule } of drawn.edges) assert.ok(svg.includes(`data-rule="${rule}"`), rule);
  assert.match(svg, /class="graph-node is-stage is-current" data-stage="training"/);
  assert.match(svg, /class="graph-node is-stage is-highlighted" data-stage="intake"/);
  assert.match(svg, /viewBox="0 0 \d+ \d+"/);
  assert.not.match(svg, /NaN|undefined/);
  assert.is(drawGraph(drawn, { current: 'training', highlight: 'intake' }), svg);
});

test('the author’s words cannot become markup', () => {
  const ir = irOf('program p { stage a "<script>&\\"\u0007" { skill s  leave as off after 1 day } }');
  const svg = drawGraph(graph(ir));
  assert.not.match(svg, /<script/);
  assert.match(svg, /&lt;script&gt;&amp;&quot;</);
  assert.not(svg.includes('\u0007'));
});

test('a program without stages is an empty picture', () => {
  assert.match(drawGraph({ name: 'p', initial: '', nodes: [], edges: [] }), /^<svg[\s\S]*<\/svg>$/);
});

test('labels are broken at spaces, and a comparison stays together', () => {
  assert.equal(wrap('done and week < 9', 14), ['done and', 'week\u00a0<\u00a09']);
  assert.equal(wrap('', 10), []);
  assert.equal(wrap('abcdefghijkl', 5), ['abcd…']);
  assert.is(wrap('a b c d e f g h i j k l', 2).length, 4);
});

test.run();
