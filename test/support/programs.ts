/** Programs for tests: from text, or the samples from disk with their skills. */
import { readFileSync } from 'node:fs';
import { compile } from '../../compiler/compile.ts';
import type { ScenarioIr } from '../../compiler/scenario-ir.ts';
import { type LoadedProgram, load } from '../../runtime/load.ts';
import type { Skill } from '../../runtime/services.ts';
import { readSkill } from '../../runtime/skills.ts';
import { programFiles } from './samples.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

/** Compiles a text that must be without errors. */
export function program(text: string): LoadedProgram {
  const compiled = compile([{ path: 'test.regimen', text }]);
  const errors = compiled.files.flatMap((file) => file.diagnostics).filter((one) => one.severity === 'error');
  const first = compiled.programs[0];
  if (errors.length > 0 || !first) {
    throw new Error(
      errors.map((one) => `${one.code}: ${one.message} «${text.slice(one.span.start, one.span.end)}»`).join('\n') ||
        'no program',
    );
  }
  return load(first.ir, text);
}

/** Every program in `programs/` that stands alone, by its path. */
export function samplePrograms(): { path: string; program: LoadedProgram }[] {
  const files = programFiles().filter(({ path }) => path.endsWith('.regimen'));
  return files.map(({ path, text }) => ({ path: `programs/${path}`, program: program(text) }));
}

/** The sample program, its scenarios and its skills. */
export function couchTo5k(): { program: LoadedProgram; scenarios: ScenarioIr[]; skills: Record<string, Skill> } {
  const text = read('programs/couch_to_5k.regimen');
  const compiled = compile([
    { path: 'programs/couch_to_5k.regimen', text },
    { path: 'programs/couch_to_5k.scenario', text: read('programs/couch_to_5k.scenario') },
  ]);
  const problems = compiled.files.flatMap((file) =>
    file.diagnostics.map((one) => `${file.path}: ${one.code}: ${one.message}`),
  );
  const ir = compiled.programs[0]?.ir;
  if (problems.length > 0 || !ir) throw new Error(problems.join('\n'));
  return { program: load(ir, text), scenarios: compiled.scenarios.map((one) => one.scenario), skills: sampleSkills() };
}

function sampleSkills(): Record<string, Skill> {
  const names = ['intake', 'run_coach', 'recovery', 'celebrate'];
  return Object.fromEntries(
    names.map((name) => {
      const folder = `programs/skills/${name.replaceAll('_', '-')}`;
      const { skill, problems } = readSkill(name, {
        'SKILL.md': read(`${folder}/SKILL.md`),
        'scripted.yaml': read(`${folder}/scripted.yaml`),
      });
      if (!skill) throw new Error(problems.map((one) => one.message).join('\n'));
      return [name, skill];
    }),
  );
}
