/**
 * What is said about a program as a whole: who is in whose way, what is too much, what gets around what.
 *
 * The words are in `cases/analyses.txt`. Here also: nothing is said about programs that are as they should
 * be, a lost exit is always told, witnesses are true, and it is fast.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyze } from '../../compiler/analyze.ts';
import { compile } from '../../compiler/compile.ts';
import { analysisWords } from '../../language/catalogue-analyses.ts';
import { parse } from '../../language/parse.ts';
import { readCases, testCases } from '../support/cases.ts';
import { renderAll } from '../support/render.ts';

const file = `${import.meta.dirname}/cases/analyses.txt`;
const diagnose = (text: string) => compile([{ path: 'case.regimen', text }]).files[0]?.diagnostics ?? [];

testCases(file, (source) => renderAll(source, diagnose(source)));

test('every analysis has a case', () => {
  const said = readCases(file)
    .map(({ expected }) => expected)
    .join('\n');
  const elsewhere = ['skill-oversteps'];
  for (const code of Object.keys(analysisWords))
    if (!elsewhere.includes(code)) assert.ok(said.includes(` ${code}:`), `${code} has no case`);
});

test('the programs of this repository are told nothing', () => {
  const folder = new URL('../../programs/', import.meta.url);
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.regimen'))) {
    const told = diagnose(readFileSync(new URL(name, folder), 'utf8')).map(({ code }) => code);
    const codes = new Set<string>([
      ...Object.keys(analysisWords),
      'never-true',
      'always-true',
      'dead-end',
      'zero-time-loop',
    ]);
    assert.equal(
      told.filter((code) => codes.has(code)),
      [],
      name,
    );
  }
});

test('skills that tell the agent to do what it may not', () => {
  const text = `program p {
    timezone "UTC"
    data { week : number = 1  mood : text?  agent may set  runs : series { done: yes/no } }
    stage a { skill s  leave as lost after 9 days }
  }`;
  const skill = [
    'Set `mood` to their own words.',
    'Never set `week`. The program does.',
    'When they have run, record it in `runs`.',
    'After that, set `week` to the next one; then call `advance_stage`.',
    'You can see `week` and `runs`.',
  ].join('\n');
  const { files } = compile([{ path: 'p.regimen', text }], { skills: ['s'], skillTexts: { s: skill } });
  const said = files[0]?.diagnostics.map(({ code, message }) => `${code}: ${message}`);
  assert.equal(said, [
    'skill-oversteps: The skill `s` tells the agent to record `runs` (line 3), but the agent may not.',
    'skill-oversteps: The skill `s` tells the agent to set `week` (line 4), but the agent may not.',
    'skill-oversteps: The skill `s` tells the agent to use `advance_stage` (line 4), but there is no such tool in this stage.',
  ]);
});

/** Sound programs with a stage in the program, a track and a list that has one way out. */
const exits = `program p {
  timezone "UTC"
  data { sick : yes/no = no   agent may set }
  stage a { skill s  advance to b after 9 days }
  stage b { skill s  leave as lost after 9 days }
  track fever "Fever" when sick {
    stage hot { advance to warm when not sick }
    stage warm { advance to cold after 3 days }
    stage cold final { }
  }
  list tasks {
    data { title : text }
    stage open { advance to doing after 1 day }
    stage doing { leave as overwhelmed after 90 days }
  }
}`;

test('taking any last exit out of any flow is told as a dead end', () => {
  assert.equal(
    diagnose(exits).filter(({ code }) => code === 'dead-end'),
    [],
  );
  let tried = 0;
  const look = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { kind, span } = node as { kind?: string; span?: { start: number; end: number } };
    if (kind === 'transition' && span) {
      tried += 1;
      const without = exits.slice(0, span.start) + exits.slice(span.end);
      assert.ok(
        diagnose(without).some(({ code }) => code === 'dead-end'),
        `“${exits.slice(span.start, span.end)}” is gone and nothing is said`,
      );
    }
    for (const part of Object.values(node)) look(part);
  };
  look(parse(exits).value);
  assert.is(tried, 6);
});

test('witnesses are true: both conditions hold for the values that are named', () => {
  const bounds = [0, 3, 7, 10];
  let told = 0;
  for (const low of bounds) {
    for (const high of bounds) {
      const text = `program p {
        timezone "UTC"
        data { n : number 0 to 10 = 0  agent may set }
        stage a { skill s  advance to b when n >= ${low} and n <= 9  leave as high when n <= ${high} and n >= 1  leave as lost after 9 days }
        stage b { skill s  leave as done after 9 days }
      }`;
      const found = diagnose(text).find(({ code }) => code === 'both-hold');
      if (found === undefined) continue;
      told += 1;
      const value = Number(/`n` is (-?[\d.]+)/.exec(found.message)?.[1]);
      assert.ok(value >= low && value <= 9 && value <= high && value >= 1, `${found.message} for ${low}, ${high}`);
    }
  }
  assert.ok(told >= 3, `told ${told} times`);
});

test('twice the stages take no more than about twice the time', () => {
  const programOf = (count: number) => {
    const stages = Array.from(
      { length: count },
      (_, index) => `stage s${index} {
      skill s
      review mon, thu at 18:00
      nudge after 4 days of silence
      let done = count(runs where done, this visit)
      advance to s${(index + 1) % count} with week = week + 1 when done >= 3 and week < 100
      return to s${Math.max(0, index - 1)} when no runs for 14 days and week > 1
      leave as lost after 60 days of silence
    }`,
    );
    const text = `program p {
    timezone "UTC"
    budget $5 per month
    data { week : number 0 to 200 = 1  runs : series { done: yes/no } }
    ${stages.join('\n')}
  }`;
    const [program] = compile([{ path: 'p.regimen', text }]).programs;
    assert.ok(program);
    return program;
  };
  const [few, many] = [programOf(100), programOf(200)];
  const looked = ({ ir, checked }: typeof few) => {
    const from = performance.now();
    analyze(ir, checked.program, () => {});
    return performance.now() - from;
  };
  // In turns, so that a busy machine is busy for both; how fast it is, the bench says.
  const ratios = Array.from({ length: 11 }, () => looked(many) / looked(few)).toSorted((a, b) => a - b);
  assert.ok((ratios[5] ?? Infinity) < 3.5, ratios.map((ratio) => ratio.toFixed(1)).join(' '));
});

test('lets that use each other twice over are looked at once each', () => {
  for (const [sign, first] of [
    ['+', 'n'],
    ['and', 'flag'],
    ['or', 'flag'],
  ] as const) {
    const lets = Array.from({ length: 40 }, (_, index) => `let l${index + 1} = l${index} ${sign} l${index}`).join('\n');
    const use = sign === '+' ? 'l40 > 3' : 'l40';
    const text = `program p {
      timezone "UTC"
      services crm
      data { n : number = 1  personal  flag : yes/no = no }
      let l0 = ${first}
      ${lets}
      stage a { skill s  command "x" { call crm go { value: l40 } }  leave as one when ${use}  leave as lost after 9 days }
    }`;
    const from = performance.now();
    diagnose(text);
    assert.ok(performance.now() - from < 2000, sign);
  }
});

test.run();
