/**
 * The command of the code lenses: tells scenarios on a virtual clock and says what came of them, as
 * data for the editor and as one message for the person.
 */
import { type ToldScenario, tellScenario } from '../../runtime/tell-scenario.ts';
import { pathOf, rangeOf, uriOf } from './places.ts';
import type { ProjectFiles } from './project-files.ts';

/** More in one command are refused: nobody waits for them without seeing anything. */
const SCENARIOS_MAX = 200;

export type ScenariosRun = {
  passed: number;
  failed: number;
  /** One line a person reads. */
  message: string;
  scenarios: {
    uri: string;
    title: string;
    passed: boolean;
    failures: { range: ReturnType<typeof rangeOf>; expected: string; happened: string; why?: string }[];
  }[];
};

/** `wanted` is what a client sent: nothing about its shape is certain. */
export async function runScenarios(
  project: ProjectFiles,
  wanted: readonly unknown[],
): Promise<ScenariosRun | { refused: string }> {
  const asked = wanted.filter(isRun).slice(0, SCENARIOS_MAX);
  if (asked.length === 0) return { refused: 'Say which scenario to run: { uri, title }.' };
  const run: ScenariosRun = { passed: 0, failed: 0, message: '', scenarios: [] };
  let first = '';
  for (const { uri, title, start } of asked) {
    const path = pathOf(uri);
    const group = project.workspace.group(path);
    const file = project.workspace.file(path);
    const wanted = { title, ...(typeof start === 'number' ? { start } : {}) };
    const told = group && (await tellScenario(group.compiled, path, wanted, await project.skills(path)));
    if (file === undefined || told === undefined) {
      return { refused: `There is no scenario ${JSON.stringify(title)} in ${path.slice(path.lastIndexOf('/') + 1)}.` };
    }
    if (told.passed) run.passed += 1;
    else run.failed += 1;
    if (first === '' && !told.passed)
      first = failureLine(told, file.lines.position(told.failures[0]?.span.start ?? 0).line);
    run.scenarios.push({
      uri: uriOf(path),
      title: told.title,
      passed: told.passed,
      failures: told.failures.map(({ span, ...rest }) => ({ range: rangeOf(file.lines, span), ...rest })),
    });
  }
  const [only] = run.scenarios;
  const what =
    run.scenarios.length === 1 && only !== undefined ? `“${only.title}”` : `${run.scenarios.length} scenarios`;
  run.message =
    run.failed === 0
      ? `${what}: passed.`
      : run.scenarios.length === 1
        ? `${what} failed. ${first}`
        : `${what}: ${run.passed} passed, ${run.failed} failed. ${first}`;
  return run;
}

function failureLine({ title, failures }: ToldScenario, line: number): string {
  const [failure] = failures;
  if (failure === undefined) return title;
  const why = failure.why === undefined ? '' : ` Because ${failure.why}.`;
  return `Line ${line}: expected ${failure.expected}; happened ${failure.happened}.${why}`;
}

function isRun(value: unknown): value is { uri: string; title: string; start?: number } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'uri' in value &&
    typeof value.uri === 'string' &&
    'title' in value &&
    typeof value.title === 'string'
  );
}
