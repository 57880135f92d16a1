/**
 * One version of a program, for `regimen plan`: from its text, or from what `regimen compile` made of it.
 *
 * What comes as JSON is held against the published schema: a plan over something else would be worth nothing.
 */
import { resolve } from 'node:path';
import { compile } from '../compiler/compile.ts';
import { type Ir, irVersion } from '../compiler/ir.ts';
import { nearest } from '../language/nearest.ts';
import { CommandProblem, type Terminal } from './command.ts';
import { readText } from './find-files.ts';
import { findingsOf } from './finding.ts';
import { printFinding } from './print-findings.ts';
import { listOr } from './read-arguments.ts';
import { readImports } from './read-imports.ts';

/** How messages name what came in through the standard input. */
const inputName = '<stdin>';

/** The program in this file, or in `input` for `-`; null when it has errors, which have then been shown. */
export async function readVersion(
  path: string,
  input: string,
  name: string | undefined,
  terminal: Terminal,
): Promise<Ir | null> {
  const shown = path === '-' ? inputName : path;
  const text = path === '-' ? input : readText({ path, absolute: resolve(path) });
  if (/^\s*\{/.test(text)) return readIr(shown, text);
  const given = { path: shown, text };
  const imported = readImports([given], process.cwd(), (file) => ({ path: file.path, text: readText(file) }));
  const { files, programs: all } = compile([given, ...imported]);
  const programs = all.filter((program) => program.path === shown);
  const errors = files.flatMap((file) =>
    findingsOf(
      file.path,
      file.text,
      file.diagnostics.filter(({ severity }) => severity === 'error'),
    ),
  );
  for (const finding of errors) terminal.err(`${printFinding(finding, terminal.color.err)}\n`);
  if (errors.length > 0) {
    terminal.err(`${shown} has errors, so it could not be published and there is nothing to plan.`);
    return null;
  }
  return choose(
    programs.map(({ ir }) => ir),
    name,
    shown,
  );
}

function choose(programs: readonly Ir[], name: string | undefined, shown: string): Ir {
  const [first, second] = programs;
  if (first === undefined) throw new CommandProblem(`There is no program in ${shown}. Name a .regimen file.`);
  const names = programs.map((ir) => ir.name);
  if (name === undefined && second !== undefined)
    throw new CommandProblem(`${shown} holds several programs. Say which: --program ${listOr(names)}.`);
  const found = name === undefined ? first : programs.find((ir) => ir.name === name);
  if (found !== undefined) return found;
  const near = name === undefined ? undefined : nearest(name, names);
  throw new CommandProblem(
    `There is no program ${name} in ${shown}. ${near === undefined ? `There is ${listOr(names)}.` : `Did you mean ${near}?`}`,
  );
}

async function readIr(shown: string, text: string): Promise<Ir> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new CommandProblem(`${shown} is neither a program nor the JSON that \`regimen compile\` makes of one.`);
  }
  const found = (value as { irVersion?: unknown } | null)?.irVersion;
  if (found !== irVersion)
    throw new CommandProblem(
      `${shown} ${found === undefined ? 'is not what `regimen compile` makes' : `was made by another Regimen (its form is ${String(found)}, this one reads ${irVersion})`}. Compile the program anew.`,
    );
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  const { irSchema } = await import('../compiler/ir-schema.ts');
  const validate = new Ajv2020({ strict: false }).compile(irSchema);
  if (validate(value)) return value as Ir;
  const at = validate.errors?.[0];
  throw new CommandProblem(
    `${shown} is not what \`regimen compile\` makes: ${at?.instancePath || 'its top'} ${at?.message ?? 'is wrong'}. Compile the program anew.`,
  );
}
