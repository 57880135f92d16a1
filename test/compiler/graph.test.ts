/** The stage graph and its drawing. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dot } from '../../compiler/dot.ts';
import { drawGraph } from '../../compiler/draw-graph.ts';
import { edgeWords, graph } from '../../compiler/graph.ts';
import { layoutGraph, wrap } from '../../compiler/layout-graph.ts';
import { mermaid } from '../../compiler/mermaid.ts';
import { svg } from '../../compiler/svg.ts';
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

const wide = graph(
  irOf(`program p {
  roles lead
  data { asleep : yes/no = no  level : number = 0   lead may set }
  track diary "Diary" when level > 3 {
    anytime { command "enough" { leave as tired } }
    stage morning "Morning" { pause while asleep  advance to over when level > 5 }
    stage over final { }
  }
  list lifts by name "Lifts" {
    data { name : text  weight : number = 20 }
    stage lifting { advance to heavy when weight > 100 }
    stage heavy final { }
  }
  list notes { data { words : text } }
  stage a {
    skill s
    advance to b when level > 1, approved by lead, refused { say "No." }
    leave as lost after 90 days
  }
  protected stage b { skill s  leave as lost after 90 days }
}`),
);

test('tracks and lists with stages are groups, with nodes of their own', () => {
  assert.equal(
    wide.groups?.map(({ id, kind, title, initial, when }) => [id, kind, title, initial, when]),
    [
      ['diary', 'track', 'Diary', 'diary.morning', 'level > 3'],
      ['lifts', 'list', 'Lifts', 'lifts.lifting', undefined],
    ],
  );
  assert.equal(
    wide.nodes.map(({ id, kind, group = '', protected: isProtected }) =>
      `${id} ${kind} ${group} ${isProtected ?? ''}`.trim(),
    ),
    [
      'a stage',
      'b stage  true',
      'left_as_lost exit',
      'diary.anytime anytime diary',
      'diary.morning stage diary',
      'diary.over final diary',
      'diary.paused stage diary',
      'diary.left_as_tired exit diary',
      'lifts.lifting stage lifts',
      'lifts.heavy final lifts',
    ],
  );
});

test('an edge says who must approve, and a pause reads as one', () => {
  assert.equal(
    wide.edges.map((edge) => `${edge.from} ${edge.direction} ${edge.to}: ${edgeWords(edge)}`),
    [
      'a advance b: level > 1, approved by lead',
      'a leave left_as_lost: after 90 days',
      'b leave left_as_lost: after 90 days',
      'diary.anytime leave diary.left_as_tired: “enough”',
      'diary.morning interrupt diary.paused: pause while asleep',
      'diary.morning advance diary.over: level > 5',
      'diary.paused resume diary.morning: no longer asleep',
      'lifts.lifting advance lifts.heavy: weight > 100',
    ],
  );
});

test('each group has a frame around its boxes, and no two frames overlap', () => {
  for (const width of [0, 2000]) {
    const { frames, nodes, starts } = layoutGraph(wide, 'TB', { width });
    assert.is(starts.length, 3);
    assert.equal(
      frames.map(({ title }) => title),
      ['track · Diary, when level > 3', 'list · Lifts'],
    );
    for (const frame of frames) {
      for (const { node, x, y, width, height } of nodes) {
        const isInside =
          x - width / 2 >= frame.x &&
          x + width / 2 <= frame.x + frame.width &&
          y - height / 2 >= frame.y &&
          y + height / 2 <= frame.y + frame.height;
        assert.is(isInside, node.group === frame.group.id, `${node.id} and the frame of ${frame.group.id}`);
      }
    }
    const [one, two] = frames;
    assert.ok(one && two && (one.y + one.height <= two.y || one.x + one.width <= two.x));
  }
});

test('every format draws the groups, the protection and the approval', () => {
  for (const text of [svg(wide), dot(wide), mermaid(wide)]) {
    for (const words of ['Diary', 'Lifts', 'protected', 'approved by']) assert.ok(text.includes(words), words);
    assert.not.match(text, /undefined|NaN/);
  }
  assert.match(mermaid(wide), /state track_1 \{[\s\S]*stage_diary_morning[\s\S]*\}/);
  assert.match(dot(wide), /subgraph "cluster diary" \{/);
});

test.run();
