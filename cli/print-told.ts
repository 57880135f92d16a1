/**
 * The results of scenarios: for people, as JSON, and as JUnit XML.
 */
import type { Paint, Terminal } from './command.ts';
import { coverageJson, printCoverage } from './print-coverage.ts';
import { printFinding } from './print-findings.ts';
import { printJunit } from './print-junit.ts';
import type { ScenarioRun, Told, ToldFailure } from './run-scenarios.ts';

export function printTold(run: ScenarioRun, format: string, terminal: Terminal): void {
  const failed = run.told.filter(({ passed }) => !passed).length;
  if (format === 'json') terminal.out(json(run, failed));
  else if (format === 'junit') terminal.out(junit(run));
  else pretty(run, failed, terminal);
}

function pretty(run: ScenarioRun, failed: number, terminal: Terminal): void {
  const paint = terminal.color.out;
  for (const finding of run.broken) terminal.out(`${printFinding(finding, paint)}\n`);
  let path = '';
  for (const one of run.told) {
    if (one.path !== path) terminal.out(paint('bold', one.path));
    path = one.path;
    for (const line of describe(one, paint)) terminal.out(line);
  }
  if (run.told.length > 0) terminal.out('');
  for (const covered of run.covered) for (const line of printCoverage(covered, paint)) terminal.out(line);
  const good = failed === 0 && run.broken.length === 0;
  terminal.out(paint(good ? 'green' : 'bold', `${run.told.length - failed} passed, ${failed} failed`));
}

function describe({ path, title, passed, ms, failures }: Told, paint: Paint): string[] {
  return [
    `  ${passed ? paint('green', '✓') : paint('red', '✗')} ${title} ${paint('dim', `${ms} ms`)}`,
    ...failures.flatMap(({ line, column, expected, happened, why }) => [
      `      ${paint('blue', `${path}:${line}:${column}`)}`,
      `      expected  ${expected}`,
      `      happened  ${paint('red', happened)}`,
      ...(why === undefined ? [] : [`      because   ${why}`]),
    ]),
  ];
}

function json({ told, broken, covered }: ScenarioRun, failed: number): string {
  return JSON.stringify(
    {
      passed: told.length - failed,
      failed,
      scenarios: told.map((one) => ({ ...one, failures: one.failures.map(({ span: _, ...failure }) => failure) })),
      errors: broken.map(({ text: _, ...finding }) => finding),
      ...(covered.length > 0 && { coverage: covered.map(coverageJson) }),
    },
    null,
    2,
  );
}

/**
 * A suite is a file. Errors in a file are a case of their own: without it a file that cannot be read would look
 * untested.
 */
function junit({ told, broken }: ScenarioRun): string {
  const paths = [...new Set([...broken.map(({ path }) => path), ...told.map(({ path }) => path)])];
  return printJunit(
    'regimen test',
    paths.map((path) => ({
      name: path,
      cases: [
        ...broken
          .filter((finding) => finding.path === path)
          .map(({ code, message, hint, place }) => ({
            name: `${code} ${place.line}:${place.column}`,
            failure: {
              kind: code,
              message,
              details: `${path}:${place.line}:${place.column}\n${message}${hint === undefined ? '' : `\n${hint}`}`,
            },
          })),
        ...told
          .filter((one) => one.path === path)
          .map(({ title, ms, failures }) => {
            const [first] = failures;
            if (first === undefined) return { name: title, ms };
            const message = `expected ${first.expected}, but ${first.happened}`;
            const details = failures.map((failure) => inWords(path, failure)).join('\n\n');
            return { name: title, ms, failure: { kind: 'expectation', message, details } };
          }),
      ],
    })),
  );
}

const inWords = (path: string, { line, column, expected, happened, why }: ToldFailure): string =>
  [
    `${path}:${line}:${column}`,
    `expected  ${expected}`,
    `happened  ${happened}`,
    ...(why === undefined ? [] : [`because   ${why}`]),
  ].join('\n');
