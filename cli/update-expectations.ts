/**
 * Rewrites expectations that came out differently: `regimen test --update`.
 *
 * Only what has one true wording is rewritten: the stage, how somebody left, a count, a value. A
 * message that was not said, or a silence that was broken, stays a failure: nobody but the author
 * knows what should be said. Every change is tried before it counts, and every change is told.
 */
import { lineMap } from '../language/position.ts';
import { type Edit, editText } from './edit-text.ts';
import type { ScenarioChoice, ScenarioRun, ToldFailure } from './run-scenarios.ts';
import { runScenarios } from './run-scenarios.ts';

export type Updated = { path: string; line: number; column: number; before: string; after: string };

/** `texts` holds every file that changed, by absolute path; `run` is how the scenarios come out with them. */
export type Update = { run: ScenarioRun; updated: Updated[]; texts: Map<string, string> };

/** Finds new wordings for what failed in `run`, in memory. `read` gives a file's text. */
export async function updateExpectations(
  run: ScenarioRun,
  choice: ScenarioChoice,
  cwd: string,
  read: (file: { path: string; absolute: string }) => string,
): Promise<Update> {
  const update: Update = { run, updated: [], texts: new Map() };
  for (const file of run.files) {
    const failures = run.told.filter(({ path }) => path === file.path).flatMap((one) => one.failures);
    const edits = failures.flatMap((failure): Edit[] => {
      const text = rewrite(failure);
      return text === undefined ? [] : [{ span: failure.span, text }];
    });
    if (edits.length === 0) continue;
    const text = read(file);
    const tried = await tryEdits(text, edits, file.absolute, update, choice, cwd);
    const lines = lineMap(text);
    for (const { span, text: after } of tried)
      update.updated.push({
        path: file.path,
        ...lines.position(span.start),
        before: text.slice(span.start, span.end),
        after,
      });
  }
  return update;
}

/** Keeps the edits after which as many expectations more are met: all together, or each that is good by itself. */
async function tryEdits(
  text: string,
  edits: Edit[],
  absolute: string,
  update: Update,
  choice: ScenarioChoice,
  cwd: string,
): Promise<Edit[]> {
  const attempt = async (some: Edit[]): Promise<boolean> => {
    const texts = new Map(update.texts).set(absolute, editText(text, some));
    const run = await runScenarios(choice, cwd, texts);
    if (run.broken.length > update.run.broken.length) return false;
    if (failureCount(run) > failureCount(update.run) - (some.length - kept.length)) return false;
    [update.run, update.texts] = [run, texts];
    return true;
  };
  const kept: Edit[] = [];
  if (await attempt(edits)) return edits;
  for (const edit of edits) if (await attempt([...kept, edit])) kept.push(edit);
  return kept;
}

const failureCount = (run: ScenarioRun): number => run.told.reduce((sum, { failures }) => sum + failures.length, 0);

/** What the expectation would have to say, or undefined where that is the author's to decide. */
export function rewrite({ expected, happened }: Pick<ToldFailure, 'expected' | 'happened'>): string | undefined {
  if (/^(stage|left as)\s/.test(expected)) {
    const finished = /^finished in (\w+)$/.exec(happened);
    if (finished) return `stage ${finished[1]}`;
    return /^(stage|left as) \w+$/.test(happened) ? happened : undefined;
  }
  const counted = /^(\w+)(?:\s+(?:today|this\s+\w+))?\s*(?:=|!=|<=?|>=?)\s*\d+$/.exec(expected);
  if (counted && new RegExp(`^${counted[1]}( today| this \\w+)? = \\d+$`).test(happened)) return happened;
  const name = /^([a-z_]\w*)\s*(=|is)\s/.exec(expected)?.[1];
  if (name === undefined || !happened.startsWith(`${name} is `)) return undefined;
  const value = happened.slice(`${name} is `.length);
  if (value === 'missing') return `${name} is missing`;
  if (/^(yes|no|-?\d+(\.\d+)?|[a-z_]\w*)$/.test(value)) return /"/.test(expected) ? undefined : `${name} = ${value}`;
  return undefined;
}
