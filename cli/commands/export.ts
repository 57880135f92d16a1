/**
 * `regimen export`: one enrollment as a JSON document, with everything needed to rebuild it.
 */
import { writeFile } from 'node:fs/promises';
import { type Command, CommandProblem, type ExitCode } from '../command.ts';
import { reason } from '../find-files.ts';
import { loadSettings } from '../load-settings.ts';
import { whereOptions, withStores } from '../open-database.ts';
import { textOption } from '../read-arguments.ts';

export const exportCommand: Command = {
  name: 'export',
  usage: 'ENROLLMENT [options]',
  about: `Writes the timeline of an enrollment, its conversation, the person and the program texts of every version on the
way as one JSON document, for \`regimen import\` or for the person themselves. It holds what they wrote: keep it safe.`,
  options: {
    to: {
      type: 'string',
      value: 'FILE',
      about: 'write it there, for the owner of the file alone (default: standard output)',
    },
    ...whereOptions,
  },
  examples: [{ line: 'regimen export 7b1d… --to ana.json', about: 'into a file' }],
  wordsMax: 1,

  async run(given, terminal): Promise<ExitCode> {
    const [id] = given.words;
    if (id === undefined) throw new CommandProblem('regimen export needs the id of an enrollment.');
    const file = textOption(given, 'to');
    const config = await loadSettings(given);
    const { exportEnrollment } = await import('../../runtime/store/carry-enrollment.ts');
    const text = await withStores(config, async (store) => JSON.stringify(await exportEnrollment(store, id), null, 2));
    if (file === undefined) terminal.out(text);
    else
      await writeFile(file, `${text}\n`, { mode: 0o600 }).catch((error: unknown) => {
        throw new CommandProblem(`${file} cannot be written: ${reason(error)}.`, 1);
      });
    return 0;
  },
};
