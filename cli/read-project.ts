/**
 * Files → everything the compiler has to say about them, with the skills that lie beside.
 *
 * The files of one folder are compiled together. A scenario finds its program among the programs of
 * its own folder, even when only the scenario was asked for, and otherwise among the files given.
 * What a file imports is read with it. What belongs to a file that nobody asked for is used and not reported.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Compiled, compile } from '../compiler/compile.ts';
import { filesBeside, readText, type SourceFile, showPath } from './find-files.ts';
import { type Finding, findingsOf, skillFinding } from './finding.ts';
import { readImports, type SourceText } from './read-imports.ts';

export type Project = {
  /** The files that were asked for, with the skill files beside them. */
  files: { path: string; findings: Finding[] }[];
  /** What each folder became; `asked` are the paths whose findings count. */
  folders: { compiled: Compiled; asked: Set<string> }[];
};

/**
 * Reads and checks these files. Throws `CommandProblem` when one cannot be read. `texts`, by absolute
 * path, stand for what is on the disk: a change is looked at before it is written.
 */
export async function readProject(
  files: readonly SourceFile[],
  cwd: string,
  texts: ReadonlyMap<string, string> = new Map(),
): Promise<Project> {
  const load = ({ path, absolute }: SourceFile): SourceText => ({
    path,
    text: texts.get(absolute) ?? readText({ path, absolute }),
  });
  const project: Project = { files: [], folders: [] };
  for (const [folder, asked] of groupByFolder(files)) {
    const hasScenario = asked.some(({ kind }) => kind === 'scenario');
    const isAsked = ({ absolute }: SourceFile) => asked.some((file) => file.absolute === absolute);
    const beside = hasScenario
      ? filesBeside(folder, cwd).filter((file) => file.kind === 'program' && !isAsked(file))
      : [];
    const elsewhere = hasScenario
      ? files.filter((file) => file.kind === 'program' && dirname(file.absolute) !== folder)
      : [];
    const skills = await readSkills(folder, cwd);
    const own = [...asked.map(load), ...beside.flatMap((file) => ifText(file, load))];
    const imported = readImports(own, cwd, load);
    const compiled = compileFolder(
      [...own, ...imported],
      elsewhere.flatMap((file) => ifText(file, load)),
      skills,
      (found) => readImports(found, cwd, load),
    );
    const paths = new Set(asked.map(({ path }) => path));
    project.folders.push({ compiled, asked: paths });
    for (const file of compiled.files) {
      if (paths.has(file.path))
        project.files.push({ path: file.path, findings: findingsOf(file.path, file.text, file.diagnostics) });
    }
    if (asked.some(({ kind }) => kind === 'program')) project.files.push(...(skills?.files ?? []));
  }
  return project;
}

/** Programs from elsewhere join only where the folder's own do not have what a scenario names. */
function compileFolder(
  own: SourceText[],
  elsewhere: SourceText[],
  skills: Skills | undefined,
  importsOf: (files: SourceText[]) => SourceText[],
): Compiled {
  const environment = skills === undefined ? {} : { skills: skills.names, skillTexts: skills.texts };
  const compiled = compile(own, environment);
  const known = new Set(compiled.programs.map(({ ir }) => ir.name));
  const wanted = new Set(compiled.scenarios.map(({ scenario }) => scenario.program).filter((name) => !known.has(name)));
  if (wanted.size === 0 || elsewhere.length === 0) return compiled;
  const found = elsewhere.filter((file) =>
    compile([file, ...importsOf([file])]).programs.some(({ ir }) => wanted.has(ir.name)),
  );
  if (found.length === 0) return compiled;
  const texts = new Map([...own, ...found, ...importsOf(found)].map((file) => [file.path, file]));
  return compile([...texts.values()], environment);
}

/** A file nobody asked for that cannot be read is none of theirs. */
function ifText(file: SourceFile, load: (file: SourceFile) => SourceText): SourceText[] {
  try {
    return [load(file)];
  } catch {
    return [];
  }
}

/** `texts` are the files `SKILL.md` by the names of the skills. */
type Skills = { names: string[]; texts: Record<string, string>; files: Project['files'] };

/** The skills of a folder of programs, checked; undefined where it has none, and names of skills are not judged. */
async function readSkills(folder: string, cwd: string): Promise<Skills | undefined> {
  const skillsFolder = join(folder, 'skills');
  if (!existsSync(skillsFolder)) return undefined;
  // Reading skills brings libraries of its own, which a folder without any does not wait for.
  const { skillFolder } = await import('../runtime/skills.ts');
  const { openSkillFolders } = await import('../server/services/skill-files.ts');
  const folders = openSkillFolders(skillsFolder);
  const names = await folders.names();
  if (names === undefined) return undefined;
  const files: Project['files'] = [];
  const texts: Record<string, string> = {};
  for (const name of names) {
    const { problems } = await folders.read(name);
    for (const file of ['SKILL.md', 'scripted.yaml']) {
      const absolute = join(skillsFolder, skillFolder(name), file);
      const own = problems.filter((problem) => problem.file === file);
      if (!existsSync(absolute) && own.length === 0) continue;
      const path = showPath(absolute, cwd);
      const isRead = existsSync(absolute) && (own.length > 0 || file === 'SKILL.md');
      const text = isRead ? readText({ path, absolute }) : '';
      if (file === 'SKILL.md') texts[name] = text;
      files.push({ path, findings: own.map(({ line, message }) => skillFinding(path, text, line, message)) });
    }
  }
  return { names, texts, files };
}

function groupByFolder(files: readonly SourceFile[]): Map<string, SourceFile[]> {
  const groups = new Map<string, SourceFile[]>();
  for (const file of files) {
    const folder = dirname(file.absolute);
    groups.set(folder, [...(groups.get(folder) ?? []), file]);
  }
  return groups;
}
