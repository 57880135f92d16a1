/**
 * `regimen explain`: what a diagnostic means, with an example that gives it and the example mended.
 */
import { type Explained, explainCode, explainedParts, isExplained } from '../../compiler/explain-code.ts';
import type { ExplainedCode } from '../../language/explanations.ts';
import { nearest } from '../../language/nearest.ts';
import { type Command, CommandProblem, type ExitCode, type Paint, type Terminal } from '../command.ts';
import { listOr, textOption } from '../read-arguments.ts';
import { wrapWords } from '../wrap-words.ts';

/** Longer lists of what may have been meant help nobody. */
const suggestionsMax = 6;
const columns = 88;

export const explain: Command = {
  name: 'explain',
  usage: '[CODE] [options]',
  about: `Says what a diagnostic means, with an example that fails and the same example as it works.
Without a code it lists them all.`,
  options: {
    format: { type: 'string', choices: ['pretty', 'json'], about: 'for people or for tools' },
  },
  examples: [
    { line: 'regimen explain silent-for-ever', about: 'one code, as `regimen check` prints it' },
    { line: 'regimen explain', about: 'all of them' },
  ],
  wordsMax: 1,

  async run(given, terminal): Promise<ExitCode> {
    const asJson = textOption(given, 'format') === 'json';
    const [word] = given.words;
    if (word === undefined) list(asJson, terminal);
    else {
      const explained = explainCode(read(word));
      terminal.out(asJson ? JSON.stringify(explained, null, 2) : print(explained, terminal.color.out));
    }
    return 0;
  },
};

/** The code that a word means: also with capital letters, or copied with what stands around it. */
function read(word: string): ExplainedCode {
  const code = word
    .trim()
    .toLowerCase()
    .replace(/^(error|warning)\s+/, '')
    .replace(/:$/, '')
    .replace(/[\s_]+/g, '-');
  if (isExplained(code)) return code;
  const codes = explainedParts().flatMap((part) => part.codes);
  const near = nearest(code, codes);
  const alike = codes.filter((one) => code !== '' && one.split('-').some((part) => code.split('-').includes(part)));
  const meant = near === undefined ? (alike.length <= suggestionsMax ? alike : []) : [near];
  throw new CommandProblem(
    `No diagnostic has the code ${JSON.stringify(word)}. ${meant.length === 0 ? 'Run `regimen explain` to see them all.' : `Did you mean ${listOr(meant)}?`}`,
  );
}

function list(asJson: boolean, terminal: Terminal): void {
  const parts = explainedParts();
  if (asJson) {
    const codes = parts.flatMap((part) => part.codes.map((code) => explainCode(code)));
    terminal.out(JSON.stringify(codes, null, 2));
    return;
  }
  const paint = terminal.color.out;
  const width = Math.max(...parts.flatMap((part) => part.codes.map((code) => code.length)));
  const indent = ' '.repeat(width + 4);
  for (const { title, codes, summaries } of parts) {
    terminal.out(paint('bold', title));
    for (const [index, code] of codes.entries()) {
      const lines = wrapWords(summaries[index] ?? '', columns);
      terminal.out(`  ${paint('cyan', code.padEnd(width))}  ${lines.join(`\n${indent}`)}`);
    }
    terminal.out('');
  }
  terminal.out('regimen explain CODE says more, with an example that fails and one that works.');
}

const places: Record<Explained['within'], string> = {
  file: '',
  program: ', in a program',
  stage: ', in a stage',
  scenario: ', in a scenario',
  skill: ', in a SKILL.md',
};

function print(explained: Explained, paint: Paint): string {
  const { code, severity, meaning, within, fails, says, mended } = explained;
  const said = says === undefined ? [] : [...wrapWords(says.message, columns), ...wrapWords(says.hint ?? '', columns)];
  const style = severity === 'error' ? 'red' : 'yellow';
  return [
    paint(style, `${severity} ${code}`),
    '',
    ...wrapWords(meaning, columns),
    '',
    paint('bold', `Fails${places[within]}`),
    '',
    indent(fails, '    '),
    '',
    ...said.map((line) => `  ${paint(style, '|')} ${line}`),
    ...(said.length === 0 ? [] : ['']),
    paint('bold', 'Works'),
    '',
    indent(mended, '    '),
  ].join('\n');
}

const indent = (text: string, by: string): string =>
  text
    .split('\n')
    .map((line) => `${by}${line}`.trimEnd())
    .join('\n');
