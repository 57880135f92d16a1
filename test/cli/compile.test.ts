/** `regimen compile` as a process: every target of the sample and of a program that tries to break out of each. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createMachine } from 'xstate';
import { regimen, repository } from '../support/command.ts';
import { readDot, readMermaid, readXml } from '../support/read-pictures.ts';
import { testFolders } from '../support/test-folders.ts';

const sample = join(repository, 'programs', 'couch_to_5k.regimen');

/** Stages named as words of Mermaid and Graphviz, and texts made of their signs. */
const wild = `program émile "Odd" {
  data { sure : yes/no = no }
  anytime { command "a:b;c", "#1 <b>x</b> & end note" { leave as end } when sure { interrupt with note } }
  stage état "Week \\"1\\"; <script>alert(1)</script> \\\\ & #35; *b* \`x\` [y] \\{z\\} {sure}" {
    skill s
    advance to end when 2 days since entered and not (sure)
    return to state when judged "a \\"b\\" : c; --> [*] ]]> -->" at 0.8
    leave as lost after 2 days of silence
  }
  stage state "state" { skill s  advance to end after 3 days  command "end note", "\\\\n" { restart stage } }
  stage note { skill s  resume when not sure  leave as lost after 3 days }
  stage end final { say "x" }
}
`;

const test = suite('compile');
const folder = testFolders(test);

async function compiled(path: string, ...more: string[]): Promise<string> {
  const { code, out, err } = await regimen(['compile', path, ...more]);
  assert.is(err, '');
  assert.is(code, 0, out);
  return out;
}

test('ir: what the published schema says, and the default', async () => {
  const validate = new Ajv2020({ strict: true }).compile(
    JSON.parse(readFileSync(join(repository, 'docs', 'ir.schema.json'), 'utf8')),
  );
  const out = await compiled(sample);
  assert.is(out, await compiled(sample, '--target', 'ir'));
  const ir: { stageOrder: string[] } = JSON.parse(out);
  assert.ok(validate(ir), JSON.stringify(validate.errors));
  assert.equal(ir.stageOrder, ['intake', 'training', 'recovery', 'graduated']);
});

test('xstate: of a list, the machine that its items go through', async () => {
  const strength = join(repository, 'programs', 'strength.regimen');
  const ir: { lists: Record<string, { stageOrder: string[] }> } = JSON.parse(await compiled(strength));
  const [name, list] = Object.entries(ir.lists).find(([, one]) => one.stageOrder.length > 0) ?? [];
  assert.ok(name && list, 'the program has a list with stages');
  const machine = createMachine(JSON.parse(await compiled(strength, '--target', 'xstate', '--list', name)));
  assert.is(machine.id, name);
  for (const stage of list.stageOrder) assert.ok(machine.states[stage], stage);
});

test('text: the same program, without what it imports', async () => {
  const cwd = folder({
    'nights.regimen': 'fragment nights { quiet 21:00 to 08:00 }\n',
    'tea.regimen':
      'import nights from "./nights.regimen"\nprogram tea "Tea" { use nights stage a { skill s leave as done after 2 days } }\n',
  });
  const { out, code, err } = await regimen(['compile', 'tea.regimen', '--target', 'text'], { cwd });
  assert.is(code, 0, err);
  assert.match(out, /^program tea "Tea" \{\n/);
  assert.match(out, /quiet +21:00 to 08:00/);
  writeFileSync(join(cwd, 'alone.regimen'), out);
  const bare = (text: string) =>
    JSON.parse(text, (key, value) => (key === 'span' || key === 'source' ? undefined : value));
  const again = await regimen(['compile', 'alone.regimen'], { cwd });
  assert.equal(bare(again.out), bare((await regimen(['compile', 'tea.regimen'], { cwd })).out));
});

test('xstate: a machine that stock createMachine accepts', async () => {
  const config = JSON.parse(await compiled(sample, '--target', 'xstate'));
  const machine = createMachine(config);
  assert.is(machine.id, 'couch_to_5k');
  assert.ok(machine.states.training && machine.states.left_as_lost);
  assert.equal(machine.events.includes('command.stop'), true);
});

test('tools: of all stages, or of one', async () => {
  const all = JSON.parse(await compiled(sample, '--target', 'tools'));
  assert.equal(Object.keys(all), ['intake', 'training', 'recovery', 'graduated']);
  const one = JSON.parse(await compiled(sample, '--target', 'tools', '--stage', 'intake'));
  assert.equal(one, all.intake);
  assert.ok(one.some(({ name }: { name: string }) => name === 'set_data'));
  const ajv = new Ajv({ strict: true, allowUnionTypes: true, formats: { date: true, 'date-time': true } });
  for (const { input_schema } of Object.values(all).flat() as { input_schema: object }[]) ajv.compile(input_schema);
});

test('mermaid: the stages, the ways, and what leads a stage back to itself as a note', async () => {
  const { nodes, arrows, notes } = readMermaid(await compiled(sample, '--target', 'mermaid'));
  assert.is(nodes.get('stage_training'), 'Week … (training)');
  const label = (from: string, to: string) => arrows.filter((one) => one.from === from && one.to === to);
  assert.equal(label('[*]', 'stage_intake').length, 1);
  assert.equal(label('stage_training', 'stage_graduated')[0]?.label, 'done >= 3 and week = 9');
  assert.equal(label('anytime', 'stage_recovery')[0]?.label, 'interrupt: injured');
  assert.equal(label('stage_graduated', '[*]').length, 1);
  assert.equal(label('stage_training', 'stage_training').length, 1);
  assert.ok(notes.get('stage_training')?.includes('advance: done >= 3 and week < 9'));
});

test('dot: the same', async () => {
  const { name, nodes, arrows } = readDot(await compiled(sample, '--target', 'dot'));
  assert.is(name, 'couch_to_5k');
  assert.is(nodes.get('training'), 'Week …\ntraining');
  const labels = arrows.map(({ from, to, label }) => `${from} ${to} ${label}`);
  assert.ok(labels.includes('training graduated done >= 3 and week = 9'));
  assert.ok(labels.includes('anytime recovery interrupt: injured'));
  assert.ok(labels.includes('* intake '));
});

test('svg: a whole file, with its colors for light and for dark inside', async () => {
  const out = await compiled(sample, '--target', 'svg');
  const names = readXml(out.trimEnd());
  assert.is(names[0], 'svg');
  assert.ok(names.includes('style') && names.includes('text'));
  assert.match(out, /prefers-color-scheme: dark/);
  assert.match(out, /xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  assert.not.match(out.replace(/xmlns="[^"]*"/, ''), /https?:|url\(|@import|<script|<image/);
  for (const name of new Set(out.match(/var\(--[a-z]+\)/g)))
    assert.ok(out.includes(`--${name.slice(6, -1)}:`), `${name} has no color`);
});

test('whatever signs the author writes, each picture stays whole and says them', async () => {
  const path = join(folder({ 'wild.regimen': wild }), 'wild.regimen');
  const mermaid = readMermaid(await compiled(path, '--target', 'mermaid'));
  const dot = readDot(await compiled(path, '--target', 'dot'));
  const svg = await compiled(path, '--target', 'svg');
  const title = 'Week "1"; <script>alert(1)</script> \\ & #35; *b* `x` [y] {z} …';
  assert.ok([...mermaid.nodes.values()].includes(`${title} (état)`), [...mermaid.nodes.values()].join('\n'));
  assert.is(dot.nodes.get('état'), `${title}\nétat`);
  assert.is(dot.name, 'émile');
  assert.is(mermaid.nodes.size, dot.nodes.size - 1);
  assert.ok(readXml(svg.trimEnd()).length > 20);
  assert.not.match(svg, /<script/);
  assert.ok(mermaid.notes.get('stage_state')?.some((line) => line.includes('end note')));
});

test('--out writes a file and says so', async () => {
  const cwd = folder({ 'wild.regimen': wild });
  const ran = await regimen(['compile', 'wild.regimen', '--target', 'dot', '--out', 'wild.dot'], { cwd });
  assert.is(ran.code, 0);
  assert.is(ran.out, '');
  assert.is(ran.err, 'Wrote wild.dot.\n');
  assert.ok(readDot(readFileSync(join(cwd, 'wild.dot'), 'utf8')).nodes.size > 3);
});

test('a program with errors: its diagnostics, nothing on the output, and 1', async () => {
  const cwd = folder({ 'wild.regimen': wild.replace('advance to end when', 'advance to ende when') });
  const { code, out, err } = await regimen(['compile', 'wild.regimen', '--out', 'wild.json'], { cwd });
  assert.is(code, 1);
  assert.is(out, '');
  assert.match(err, /error unknown-stage/);
  assert.match(err, /--> wild\.regimen:6:16/);
  assert.match(err, /wild\.regimen has errors, so it was not compiled\.\n$/);
  assert.not.ok(existsSync(join(cwd, 'wild.json')));
});

const two = `${wild}\nprogram other { stage only { skill s  leave as done after 1 day } }\n`;
test('a file with several programs: one is named', async () => {
  const path = join(folder({ 'two.regimen': two }), 'two.regimen');
  assert.is(JSON.parse(await compiled(path, '--program', 'other')).name, 'other');
});

const wrong: [args: string[], sentence: RegExp, code: 1 | 2][] = [
  [[], /Which program\? Write `regimen compile FILE`/, 2],
  [
    ['wild.regimen', '--target', 'png'],
    /--target does not know "png".*It takes ir, text, xstate, mermaid, dot, svg or tools\./,
    2,
  ],
  [['wild.regimen', '--target', 'tools', '--stage', 'noet'], /no stage noet in émile\. Did you mean note\?/, 2],
  [['wild.regimen', '--stage', 'note'], /--stage goes with --target tools only/, 2],
  [['wild.regimen', '--list', 'tasks'], /--list goes with --target xstate only/, 2],
  [['wild.regimen', '--target', 'xstate', '--list', 'tasks'], /has no list whose items go through stages/, 2],
  [['wild.regimen', '--program', 'émil'], /no program émil in wild\.regimen\. Did you mean émile\?/, 2],
  [['two.regimen'], /holds several programs\. Say which: --program émile or other\./, 2],
  [['none.regimen'], /There is no program in none\.regimen/, 2],
  [['missing.regimen'], /missing\.regimen cannot be read: it does not exist/, 2],
  [['wild.regimen', '--out', 'wild.regimen'], /would write over a program/, 2],
  [['wild.regimen', '--out', 'no/such/place.json'], /cannot be written: its folder does not exist/, 1],
  [['wild.regimen', 'two.regimen'], /takes one word/, 2],
];
for (const [args, sentence, exit] of wrong) {
  test(`wrong use: regimen compile ${args.join(' ')}`, async () => {
    const cwd = folder({ 'wild.regimen': wild, 'two.regimen': two, 'none.regimen': '// nothing yet\n' });
    const { code, out, err } = await regimen(['compile', ...args], { cwd });
    assert.is(out, '');
    assert.match(err, sentence);
    assert.is(err.trimEnd().split('\n').length, 1, err);
    assert.is(code, exit);
    assert.is(readFileSync(join(cwd, 'wild.regimen'), 'utf8'), wild);
  });
}

test.run();
