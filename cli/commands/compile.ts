/**
 * `regimen compile`: what a program became, as one of its outputs.
 *
 * The result goes to the standard output or into a file, and everything said about it to the other one,
 * so that it can be piped. A program with errors became nothing: its diagnostics are printed instead.
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { emitAll } from '../../compiler/emit.ts';
import { graph } from '../../compiler/graph.ts';
import type { Ir } from '../../compiler/ir.ts';
import { agentTools } from '../../compiler/tools.ts';
import { nearest } from '../../language/nearest.ts';
import { type Command, CommandProblem, type ExitCode, type Given } from '../command.ts';
import { findFiles, reason } from '../find-files.ts';
import { count } from '../finding.ts';
import { printFinding } from '../print-findings.ts';
import { listOr, textOption } from '../read-arguments.ts';
import { readProject } from '../read-project.ts';

type Output = (ir: Ir, part: { stage?: string | undefined; list?: string | undefined }) => string | Promise<string>;

/** The drawings are loaded when they are asked for: laying out a graph brings a library of its own. */
const outputs: Record<string, Output> = {
  ir: (ir) => json(ir),
  text: async (ir) => (await import('../../compiler/print.ts')).print(ir),
  xstate: (ir, { list }) => {
    const { program, lists } = emitAll(ir);
    return json(list === undefined ? program : lists[list]);
  },
  mermaid: async (ir) => (await import('../../compiler/mermaid.ts')).mermaid(graph(ir)),
  dot: async (ir) => (await import('../../compiler/dot.ts')).dot(graph(ir)),
  svg: async (ir) => (await import('../../compiler/svg.ts')).svg(graph(ir)),
  tools: (ir, { stage }) =>
    json(
      stage === undefined
        ? Object.fromEntries(ir.stageOrder.map((name) => [name, agentTools(ir, name)]))
        : agentTools(ir, stage),
    ),
};
const targets = Object.keys(outputs);

export const compile: Command = {
  name: 'compile',
  usage: 'FILE [--target TARGET] [options]',
  about: `Compiles one program and prints it as:
  ir       the checked program as JSON (its shape: docs/ir.schema.json)
  text     the program written out again in one file, with its fragments in their places
  xstate   the state machine, a config for XState's createMachine; with --list, that of a list's items
  mermaid  the stages as a Mermaid state diagram
  dot      the stages as a Graphviz graph
  svg      the stages as a picture, light or dark as the reader's system is
  tools    the JSON Schemas of what the agent may do, for each stage
Of a program with errors it shows the errors, on standard error, and ends with 1.`,
  options: {
    target: { type: 'string', choices: targets, about: 'what to print (default: ir)' },
    program: { type: 'string', value: 'NAME', about: 'which program, in a file that holds several' },
    stage: { type: 'string', value: 'NAME', about: 'the tools of this stage only' },
    list: { type: 'string', value: 'NAME', about: 'the state machine of the items of this list' },
    out: { type: 'string', value: 'FILE', about: 'write into this file instead' },
  },
  examples: [
    { line: 'regimen compile programs/couch_to_5k.regimen --target svg --out stages.svg', about: 'a picture' },
    {
      line: 'regimen compile programs/couch_to_5k.regimen --target tools --stage training',
      about: 'one stage’s tools',
    },
    { line: 'regimen compile programs/couch_to_5k.regimen | jq .stageOrder', about: 'look something up in the JSON' },
  ],
  wordsMax: 1,

  async run(given, terminal): Promise<ExitCode> {
    const target = textOption(given, 'target') ?? 'ir';
    const [path] = given.words;
    if (path === undefined)
      throw new CommandProblem('Which program? Write `regimen compile FILE`, with the path of a .regimen file.');
    if (textOption(given, 'stage') !== undefined && target !== 'tools')
      throw new CommandProblem('--stage goes with --target tools only.');
    if (textOption(given, 'list') !== undefined && target !== 'xstate')
      throw new CommandProblem('--list goes with --target xstate only.');
    const cwd = process.cwd();
    const out = outFile(given, cwd);

    const files = findFiles([path], cwd);
    const project = await readProject(files, cwd);
    const findings = project.files.flatMap((file) => file.findings).filter(({ severity }) => severity === 'error');
    if (count(findings, 'error') > 0) {
      for (const finding of findings) terminal.err(`${printFinding(finding, terminal.color.err)}\n`);
      terminal.err(`${path} has errors, so it was not compiled.`);
      return 1;
    }
    const programs = project.folders.flatMap(({ compiled, asked }) =>
      compiled.programs.filter((program) => asked.has(program.path)).map(({ ir }) => ir),
    );
    const ir = choose(programs, textOption(given, 'program'), path);
    const result = await outputs[target]?.(ir, { stage: stageOf(ir, given), list: listOf(ir, given) });
    if (result === undefined) throw new CommandProblem(`There is no target ${target}. It is ${listOr(targets)}.`);
    if (out === undefined) terminal.out(result.trimEnd());
    else {
      write(out, result);
      terminal.err(`Wrote ${out.path}.`);
    }
    return 0;
  },
};

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** The one program that is meant. Throws `CommandProblem` where that is not clear. */
function choose(programs: readonly Ir[], name: string | undefined, path: string): Ir {
  const names = programs.map((ir) => ir.name);
  const [first, second] = programs;
  if (first === undefined)
    throw new CommandProblem(`There is no program in ${path}. Name a .regimen file that has \`program …\` in it.`);
  if (name === undefined) {
    if (second === undefined) return first;
    throw new CommandProblem(`${path} holds several programs. Say which: --program ${listOr(names)}.`);
  }
  const found = programs.find((ir) => ir.name === name);
  if (found !== undefined) return found;
  throw new CommandProblem(`There is no program ${name} in ${path}. ${remedy(name, names)}`);
}

function stageOf(ir: Ir, given: Given): string | undefined {
  const name = textOption(given, 'stage');
  if (name === undefined || ir.stageOrder.includes(name)) return name;
  throw new CommandProblem(`There is no stage ${name} in ${ir.name}. ${remedy(name, ir.stageOrder)}`);
}

/** A list whose items go through stages. */
function listOf(ir: Ir, given: Given): string | undefined {
  const name = textOption(given, 'list');
  const staged = Object.values(ir.lists).flatMap((list) => (list.stageOrder.length > 0 ? [list.name] : []));
  if (name === undefined || staged.includes(name)) return name;
  if (staged.length === 0) throw new CommandProblem(`${ir.name} has no list whose items go through stages.`);
  throw new CommandProblem(`There is no list ${name} with stages in ${ir.name}. ${remedy(name, staged)}`);
}

function remedy(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === undefined ? `There is ${listOr(known)}.` : `Did you mean ${near}?`;
}

type OutFile = { path: string; absolute: string };

/** A slip of the fingers must not cost a program. */
function outFile(given: Given, cwd: string): OutFile | undefined {
  const path = textOption(given, 'out');
  if (path === undefined) return undefined;
  if (/\.(regimen|scenario)$/.test(path))
    throw new CommandProblem(`--out ${path} would write over a program or a scenario. Choose another ending.`);
  return { path, absolute: resolve(cwd, path) };
}

function write({ path, absolute }: OutFile, text: string): void {
  try {
    writeFileSync(absolute, text);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'its folder does not exist' : reason(error);
    throw new CommandProblem(`${path} cannot be written: ${why}.`, 1);
  }
}
