/**
 * `regimen check`: what the compiler has to say about programs, scenarios and the skills beside them.
 */
import type { Command, ExitCode, Terminal } from '../command.ts';
import { findFiles } from '../find-files.ts';
import { count, type Finding } from '../finding.ts';
import { printFinding } from '../print-findings.ts';
import { printGithub } from '../print-github.ts';
import { numberOption, textOption } from '../read-arguments.ts';

const warningsMax = 1_000_000;

export const check: Command = {
  name: 'check',
  summary: 'say what is wrong in programs, scenarios and skills',
  usage: '[paths…] [options]',
  about: `Checks .regimen and .scenario files, and the skills in a folder \`skills\` beside a program.
A path is a file or a folder, which is searched through; without one it is the folder you are in.
Ends with 1 when there is an error, or more warnings than --max-warnings allows.`,
  options: {
    format: {
      type: 'string',
      choices: ['pretty', 'json', 'github'],
      about: 'for people, for tools, or as annotations on a pull request',
    },
    'max-warnings': {
      type: 'string',
      value: 'N',
      about: 'more warnings than this count as a failure (default: any number is allowed)',
    },
  },
  examples: [
    { line: 'regimen check', about: 'everything below this folder' },
    { line: 'regimen check programs/couch_to_5k.regimen', about: 'one program' },
    { line: 'regimen check --format github --max-warnings 0', about: 'in continuous integration' },
  ],
  wordsMax: 1000,

  async run(given, terminal): Promise<ExitCode> {
    const maxWarnings = numberOption(given, 'max-warnings', warningsMax);
    const cwd = process.cwd();
    const files = findFiles(given.words.length === 0 ? ['.'] : given.words, cwd);
    const { readProject } = await import('../read-project.ts');
    const project = await readProject(files, cwd);
    const findings = project.files.flatMap((file) => file.findings);
    print(findings, project.files.length, textOption(given, 'format') ?? 'pretty', terminal, cwd);
    const tooManyWarnings = maxWarnings !== undefined && count(findings, 'warning') > maxWarnings;
    if (tooManyWarnings && count(findings, 'error') === 0) {
      terminal.err(
        `${count(findings, 'warning')} warnings are more than the ${maxWarnings} that --max-warnings allows.`,
      );
    }
    return count(findings, 'error') > 0 || tooManyWarnings ? 1 : 0;
  },
};

function print(findings: Finding[], fileCount: number, format: string, terminal: Terminal, cwd: string): void {
  if (format === 'json') {
    terminal.out(
      JSON.stringify(
        {
          files: fileCount,
          errors: count(findings, 'error'),
          warnings: count(findings, 'warning'),
          problems: findings.map(({ text: _, ...finding }) => finding),
        },
        null,
        2,
      ),
    );
  } else if (format === 'github') {
    for (const finding of findings) terminal.out(printGithub(finding, cwd, process.env.GITHUB_WORKSPACE));
    terminal.err(summary(findings, fileCount));
  } else {
    for (const finding of findings) terminal.out(`${printFinding(finding, terminal.color.out)}\n`);
    if (findings.length > 0) terminal.out(terminal.color.out('dim', explainHint(findings)));
    terminal.out(terminal.color.out(findings.length === 0 ? 'green' : 'bold', summary(findings, fileCount)));
  }
}

/** Said once, however many problems there are. */
function explainHint(findings: readonly Finding[]): string {
  const codes = [...new Set(findings.map(({ code }) => code))];
  return codes.length === 1
    ? `More about it, with an example: regimen explain ${codes[0]}`
    : `More about each, with an example: regimen explain CODE, such as regimen explain ${codes[0]}`;
}

/** `2 problems in 1 file`, `3 files, no problems`, `1 error and 2 warnings in 2 files`. */
export function summary(findings: readonly Finding[], fileCount: number): string {
  if (findings.length === 0) return `${plural(fileCount, 'file')}, no problems`;
  const files = new Set(findings.map(({ path }) => path)).size;
  const errors = count(findings, 'error');
  const warnings = count(findings, 'warning');
  const what =
    errors > 0 && warnings > 0
      ? `${plural(errors, 'error')} and ${plural(warnings, 'warning')}`
      : plural(findings.length, errors > 0 ? 'problem' : 'warning');
  return `${what} in ${plural(files, 'file')}`;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
