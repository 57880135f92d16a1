/**
 * `regimen check`: what the compiler has to say about programs, scenarios and the skills beside them.
 */
import { applyFixes, type Fixed, type Mended } from '../apply-fixes.ts';
import type { Command, ExitCode, Terminal } from '../command.ts';
import { writeText } from '../edit-text.ts';
import { findFiles, type SourceFile } from '../find-files.ts';
import { count, type Finding } from '../finding.ts';
import { numberOption, textOption } from '../read-arguments.ts';
import { type Project, readProject } from '../read-project.ts';
import { version } from '../version.ts';

const warningsMax = 1_000_000;

export const check: Command = {
  name: 'check',
  usage: '[paths…] [options]',
  about: `Checks .regimen and .scenario files, and the skills in a folder \`skills\` beside a program.
A path is a file or a folder; a folder is searched, except for hidden files and node_modules. Without a
path, it is the folder you are in. Ends with 1 when there is an error, or more warnings than --max-warnings
allows.

With --fix, problems with one obvious fix are fixed in the file, and each fix is listed; the rest is reported as usual.`,
  options: {
    format: {
      type: 'string',
      choices: ['pretty', 'json', 'github', 'sarif', 'junit'],
      about: 'for people, tools, pull requests, code scanning, or as test results',
    },
    'max-warnings': {
      type: 'string',
      value: 'N',
      about: 'more warnings than this count as a failure (default: any number is allowed)',
    },
    fix: { type: 'boolean', about: 'fix problems that have one obvious fix' },
  },
  examples: [
    { line: 'regimen check', about: 'everything below this folder' },
    { line: 'regimen check programs/couch_to_5k.regimen', about: 'one program' },
    { line: 'regimen check --fix', about: 'fix spelling and the like' },
    { line: 'regimen check --format github --max-warnings 0', about: 'in continuous integration' },
    { line: 'regimen check --format sarif > regimen.sarif', about: 'for code scanning' },
  ],
  wordsMax: 1000,

  async run(given, terminal): Promise<ExitCode> {
    const maxWarnings = numberOption(given, 'max-warnings', warningsMax);
    const cwd = process.cwd();
    const files = findFiles(given.words.length === 0 ? ['.'] : given.words, cwd);
    const { project, fixed } =
      given.options.fix === true
        ? write(files, await applyFixes(files, cwd))
        : { project: await readProject(files, cwd), fixed: [] };
    const findings = project.files.flatMap((file) => file.findings);
    await print({ project, findings, fixed, cwd }, textOption(given, 'format') ?? 'pretty', terminal);
    const tooManyWarnings = maxWarnings !== undefined && count(findings, 'warning') > maxWarnings;
    if (tooManyWarnings && count(findings, 'error') === 0) {
      terminal.err(
        `${count(findings, 'warning')} warnings are more than the ${maxWarnings} that --max-warnings allows.`,
      );
    }
    return count(findings, 'error') > 0 || tooManyWarnings ? 1 : 0;
  },
};

function write(files: readonly SourceFile[], mended: Mended): Mended {
  for (const file of files) {
    const text = mended.texts.get(file.absolute);
    if (text !== undefined) writeText(file, text);
  }
  return mended;
}

type Report = { project: Project; findings: Finding[]; fixed: Fixed[]; cwd: string };

/** Each format is loaded when it is asked for. */
async function print(report: Report, format: string, terminal: Terminal): Promise<void> {
  const { project, findings, fixed, cwd } = report;
  const workspace = process.env.GITHUB_WORKSPACE;
  const fileCount = project.files.length;
  if (format === 'json') {
    terminal.out(json(report));
    return;
  }
  // Formats for tools leave the output to the tool; what was mended is said beside it.
  for (const line of fixed.map(sayFixed)) (format === 'pretty' ? terminal.out : terminal.err)(line);
  switch (format) {
    case 'github': {
      const { printGithub } = await import('../print-github.ts');
      for (const finding of findings) terminal.out(printGithub(finding, cwd, workspace));
      break;
    }
    case 'sarif': {
      const { printSarif } = await import('../print-sarif.ts');
      terminal.out(printSarif(findings, { version: version(), cwd, workspace }));
      break;
    }
    case 'junit': {
      const { printJunit } = await import('../print-junit.ts');
      terminal.out(printJunit('regimen check', project.files.map(junitSuite)));
      break;
    }
    default: {
      if (findings.length > 0) {
        const { printFinding } = await import('../print-findings.ts');
        if (fixed.length > 0) terminal.out('');
        for (const finding of findings) terminal.out(`${printFinding(finding, terminal.color.out)}\n`);
        terminal.out(terminal.color.out('dim', explainHint(findings)));
      }
      terminal.out(terminal.color.out(findings.length === 0 ? 'green' : 'bold', summary(findings, fileCount)));
      return;
    }
  }
  terminal.err(summary(findings, fileCount));
}

const sayFixed = ({ path, place, code, title }: Fixed): string =>
  `fixed ${path}:${place.line}:${place.column} ${code}: ${title}`;

function json({ project, findings, fixed }: Report): string {
  return JSON.stringify(
    {
      files: project.files.length,
      errors: count(findings, 'error'),
      warnings: count(findings, 'warning'),
      problems: findings.map(({ text: _, ...finding }) => finding),
      mended: fixed,
    },
    null,
    2,
  );
}

/** A file without problems is one case that passes; each error is one that fails. */
function junitSuite({ path, findings }: Project['files'][number]) {
  if (findings.length === 0) return { name: path, cases: [{ name: 'no problems' }] };
  return {
    name: path,
    cases: findings.map(({ code, severity, message, hint, place }) => {
      const at = `${path}:${place.line}:${place.column}`;
      const details = `${at}\n${message}${hint === undefined ? '' : `\n${hint}`}`;
      const name = `${code} ${place.line}:${place.column}`;
      return severity === 'error'
        ? { name, failure: { kind: code, message, details } }
        : { name, notes: `warning ${details}` };
    }),
  };
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
