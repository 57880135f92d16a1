/**
 * Mends what has one obvious mending: `regimen check --fix`.
 *
 * A fix counts only when what it was for is gone afterwards; one that changes nothing about it is
 * taken back and not tried again. Mending may bring to light what could not be seen before, so it is
 * done in rounds, a bounded number of them. Nothing is written here.
 */
import { editText, overlap } from './edit-text.ts';
import type { SourceFile } from './find-files.ts';
import type { Finding } from './finding.ts';
import { type Project, readProject } from './read-project.ts';

/** A file in which every mending uncovers the next one is mended this often. */
const roundsMax = 20;

export type Fixed = { path: string; code: string; title: string; place: Finding['place'] };
/** `texts` holds every file that changed, by absolute path. */
export type Mended = { project: Project; texts: Map<string, string>; fixed: Fixed[] };

/** Reads these files and mends them in memory. Throws `CommandProblem` when one cannot be read. */
export async function applyFixes(files: readonly SourceFile[], cwd: string): Promise<Mended> {
  const absoluteOf = new Map(files.map(({ path, absolute }) => [path, absolute]));
  const refused = new Set<string>();
  const fixed: Fixed[] = [];
  let texts = new Map<string, string>();
  let project = await readProject(files, cwd);
  for (let round = 0; round < roundsMax; round += 1) {
    const chosen = project.files.flatMap(({ findings }) => choose(findings.filter((one) => !refused.has(idOf(one)))));
    if (chosen.length === 0) break;
    const next = new Map(texts);
    for (const [path, ofFile] of Map.groupBy(chosen, ({ path }) => path)) {
      const absolute = absoluteOf.get(path);
      const edits = ofFile.flatMap((finding) => finding.fix?.edits ?? []);
      if (absolute !== undefined) next.set(absolute, editText(ofFile[0]?.text ?? '', edits));
    }
    const after = await readProject(files, cwd, next);
    const useless = stillThere(chosen, project, after);
    if (useless.length > 0) {
      for (const finding of useless) refused.add(idOf(finding));
      continue;
    }
    fixed.push(...chosen.map(({ path, code, fix, place }) => ({ path, code, title: fix?.title ?? '', place })));
    texts = next;
    project = after;
  }
  return { project, texts, fixed };
}

/** As many fixes of one file as do not touch each other, from its beginning. */
function choose(findings: readonly Finding[]): Finding[] {
  const chosen: Finding[] = [];
  for (const finding of findings) {
    const edits = finding.fix?.edits ?? [];
    if (edits.length > 0 && !chosen.some((other) => overlap(edits, other.fix?.edits ?? []))) chosen.push(finding);
  }
  return chosen;
}

/** Those whose kind did not become rarer by as many as were mended. */
function stillThere(chosen: readonly Finding[], before: Project, after: Project): Finding[] {
  const [was, is] = [countById(before), countById(after)];
  const mended = new Map<string, number>();
  for (const finding of chosen) mended.set(idOf(finding), (mended.get(idOf(finding)) ?? 0) + 1);
  return chosen.filter((finding) => {
    const id = idOf(finding);
    return (is.get(id) ?? 0) > (was.get(id) ?? 0) - (mended.get(id) ?? 0);
  });
}

function countById(project: Project): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { findings } of project.files)
    for (const finding of findings) counts.set(idOf(finding), (counts.get(idOf(finding)) ?? 0) + 1);
  return counts;
}

/** The same thing said of the same file, wherever in it: places move when something before them is mended. */
const idOf = ({ path, code, message }: Finding): string => `${path}\n${code}\n${message}`;
