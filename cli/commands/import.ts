/**
 * `regimen import`: brings an exported enrollment in, under a fresh id, if it rebuilds.
 */
import { readFile, stat } from 'node:fs/promises';
import { type Command, CommandProblem, type ExitCode } from '../command.ts';
import { reason } from '../find-files.ts';
import { loadSettings } from '../load-settings.ts';
import { whereOptions, withStores } from '../open-database.ts';

/** A larger document is not read. */
const bytesMax = 200 * 1024 * 1024;

export const importCommand: Command = {
  name: 'import',
  usage: 'FILE [options]',
  about: `Brings in what \`regimen export\` wrote, for the person with the same email, who is made where there is none. The
versions it went through are found by their texts, whatever their numbers; one that is not there is published under the
number it had, where that is free. It gets a fresh id; one whose timeline does not rebuild is refused, and then nothing
has happened.`,
  options: {
    ...whereOptions,
  },
  examples: [{ line: 'regimen import ana.json --workspace clinic', about: 'into another workspace' }],
  wordsMax: 1,

  async run(given, terminal): Promise<ExitCode> {
    const [file] = given.words;
    if (file === undefined) throw new CommandProblem('regimen import needs the file that `regimen export` wrote.');
    const text = await readDocument(file);
    const config = await loadSettings(given);
    const { importEnrollment } = await import('../../runtime/store/carry-enrollment.ts');
    const { enrollment } = await withStores(config, (store) => importEnrollment(store, text, { by: 'command' }));
    terminal.out(enrollment);
    return 0;
  },
};

async function readDocument(file: string): Promise<unknown> {
  try {
    if ((await stat(file)).size > bytesMax)
      throw new CommandProblem(`${file} is larger than ${bytesMax / 1024 / 1024} MB and is not read.`, 1);
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof CommandProblem) throw error;
    if (error instanceof SyntaxError) throw new CommandProblem(`${file} is no JSON.`, 1);
    throw new CommandProblem(`${file} cannot be read: ${reason(error)}.`, 1);
  }
}
