/**
 * `regimen workspaces`: makes workspaces, and lists those there are.
 */
import type { Retention } from '../../runtime/store/retention.ts';
import { type Command, CommandProblem, type ExitCode, type Given } from '../command.ts';
import { loadSettings } from '../load-settings.ts';
import { whereOptions, withStores } from '../open-database.ts';
import { textOption } from '../read-arguments.ts';

export const workspaces: Command = {
  name: 'workspaces',
  usage: '[list | create NAME | keep NAME] [options]',
  about: `A workspace has programs, people and keys of its own; the database keeps them apart. \`default\` is there from
the start. A server shows a workspace to those who come by its host name, and the home workspace (REGIMEN_WORKSPACE)
to everybody else; every worker works for all.
\`keep\` says for how many days a workspace keeps the texts of conversations (else for ever), records of agent runs
(else 400 days) and of sweeps (else 30). Timelines are kept for ever.`,
  options: {
    title: { type: 'string', value: 'TEXT', about: 'what people call it' },
    host: { type: 'string', value: 'HOST', about: 'the host name under which a server shows it' },
    messages: { type: 'string', value: 'DAYS', about: 'keep: texts of conversations; `ever` for ever' },
    runs: { type: 'string', value: 'DAYS', about: 'keep: records of agent runs' },
    sweeps: { type: 'string', value: 'DAYS', about: 'keep: records of sweeps' },
    data: whereOptions.data,
  },
  examples: [
    { line: 'regimen workspaces', about: 'those there are' },
    { line: 'regimen workspaces create clinic --host clinic.example.org', about: 'a new one' },
    { line: 'regimen workspaces keep clinic --messages 365', about: 'conversations of a year' },
  ],
  wordsMax: 2,

  async run(given, terminal): Promise<ExitCode> {
    const [what = 'list', id] = given.words;
    if (what !== 'list' && what !== 'create' && what !== 'keep')
      throw new CommandProblem(
        `regimen workspaces knows list, create and keep, and ${JSON.stringify(what)} is none of them.`,
      );
    if (what === 'list' && id !== undefined)
      throw new CommandProblem('regimen workspaces list takes no further words.');
    if (what !== 'list' && id === undefined) throw new CommandProblem(`regimen workspaces ${what} needs a name.`);
    const config = await loadSettings(given);
    const { createWorkspace, listWorkspaces } = await import('../../runtime/store/workspaces.ts');
    await withStores(config, async (home) => {
      if (what === 'create' && id !== undefined) {
        const [name, host] = [textOption(given, 'title'), textOption(given, 'host')];
        await createWorkspace(home, {
          id,
          ...(name === undefined ? {} : { name }),
          ...(host === undefined ? {} : { host }),
          by: 'command',
        });
        terminal.err(`The workspace ${id} is there.`);
      }
      if (what === 'keep' && id !== undefined) {
        const { setRetention } = await import('../../runtime/store/retention.ts');
        await setRetention(home, id, readRetention(given), 'command');
        terminal.err(`The workspace ${id} keeps that from now on.`);
      }
      for (const one of await listWorkspaces(home))
        terminal.out(
          [one.id, one.name, one.host ?? '-', `${one.programs} programs`, `${one.active} active`].join('\t'),
        );
    });
    return 0;
  },
};

function readRetention(given: Given): Retention {
  const wanted: Retention = {};
  for (const what of ['messages', 'runs', 'sweeps'] as const) {
    const days = textOption(given, what);
    if (days === undefined) continue;
    if (days !== 'ever' && !/^\d{1,6}$/.test(days))
      throw new CommandProblem(`--${what} takes a number of days, or ever, and ${JSON.stringify(days)} is neither.`);
    wanted[what] = days === 'ever' ? null : Number(days);
  }
  if (Object.keys(wanted).length === 0)
    throw new CommandProblem('Say what is kept how long: --messages, --runs or --sweeps, each with a number of days.');
  return wanted;
}
