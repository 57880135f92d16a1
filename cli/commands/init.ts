/**
 * `regimen init`: a new project folder. A file that is there already stays as it is.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type Command, CommandProblem, type ExitCode } from '../command.ts';
import { reason, showPath } from '../find-files.ts';
import { starterFiles } from '../starter.ts';

export const init: Command = {
  name: 'init',
  usage: '[folder]',
  about: `Makes a project: a program with its scenarios and its skill, a README, and a workflow that checks
them on every pull request. Without a folder it is the one you are in. A file that is already there
stays as it is, and is listed.`,
  options: {},
  examples: [
    { line: 'regimen init my-programs', about: 'in a new folder' },
    { line: 'regimen init', about: 'here' },
  ],
  wordsMax: 1,

  async run(given, terminal): Promise<ExitCode> {
    const cwd = process.cwd();
    const [word = '.'] = given.words;
    if (word === '') throw new CommandProblem('The name of the folder is empty. Leave it out to mean this one.');
    const folder = resolve(cwd, word);
    const paint = terminal.color.out;
    let [written, kept] = [0, 0];
    for (const { path, text } of starterFiles(packageName(basename(folder)))) {
      const shown = showPath(join(folder, path), cwd);
      if (write(join(folder, path), text, shown)) {
        written += 1;
        terminal.out(`${paint('green', 'made')}  ${shown}`);
      } else {
        kept += 1;
        terminal.out(`${paint('yellow', 'kept')}  ${shown}, which was there`);
      }
    }
    terminal.out('');
    if (written === 0) terminal.out('Everything was there already; nothing was changed.');
    else {
      const enter = folder === cwd ? '' : `cd ${/\s/.test(word) ? JSON.stringify(word) : word} && `;
      terminal.out(
        `${paint('bold', `${written} files made${kept > 0 ? `, ${kept} kept` : ''}.`)} Next: ${enter}npm install && npx regimen test`,
      );
    }
    return 0;
  },
};

/** False where there is something already. */
function write(absolute: string, text: string, shown: string): boolean {
  try {
    mkdirSync(dirname(absolute), { recursive: true });
    writeFileSync(absolute, text, { flag: 'wx' });
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // A folder's way may be barred by a file of that name, which is not a file of ours that is there.
    if (code === 'EEXIST' && !isBarred(error)) return false;
    throw new CommandProblem(
      code === 'ENOTDIR' || code === 'EEXIST'
        ? `${shown} cannot be made: a part of its path is a file. Name another folder.`
        : `${shown} cannot be made: ${reason(error)}.`,
      1,
    );
  }
}

const isBarred = (error: unknown): boolean => (error as NodeJS.ErrnoException).syscall === 'mkdir';

/** What npm allows as a name, from what the folder is called. */
function packageName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name === '' || name === 'regimen' ? 'programs' : name;
}
