/**
 * `regimen erase`: takes a person out; what their programs went through stays, of nobody.
 */
import { type Command, CommandProblem, type ExitCode } from '../command.ts';
import { loadSettings } from '../load-settings.ts';
import { whereOptions, withStores } from '../open-database.ts';
import { textOption } from '../read-arguments.ts';

export const erase: Command = {
  name: 'erase',
  usage: 'PERSON --reason TEXT [options]',
  about: `PERSON is an id or an email. Their active enrollments end; their name, email, accounts, sessions and every text
they wrote or were sent are gone, and so are the texts in their timelines. Numbers, dates and the options they
chose stay, of nobody, so that figures about the program stay true. It cannot be taken back.`,
  options: {
    reason: { type: 'string', value: 'TEXT', about: 'why; kept in the audit: do not name the person' },
    yes: { type: 'boolean', about: 'do it; without, it only says who would be erased' },
    ...whereOptions,
  },
  examples: [
    { line: 'regimen erase ana@example.org', about: 'says who that is' },
    { line: 'regimen erase ana@example.org --reason "asked on 3 May" --yes', about: 'erases them' },
  ],
  wordsMax: 1,

  async run(given, terminal): Promise<ExitCode> {
    const [who] = given.words;
    if (who === undefined) throw new CommandProblem('regimen erase needs the id or the email of a person.');
    const reason = textOption(given, 'reason');
    const config = await loadSettings(given);
    const { erasePerson } = await import('../../runtime/store/erase-person.ts');
    return withStores(config, async (store): Promise<ExitCode> => {
      const [person] = await store.sql<{ id: string; enrollments: number }[]>`
        select p.id, (select count(*)::int from enrollments e
          where e.workspace_id = p.workspace_id and e.person_id = p.id) as enrollments
        from people p where p.workspace_id = ${store.workspace} and (p.id = ${who} or p.email = ${who.toLowerCase()})`;
      if (person === undefined)
        throw new CommandProblem(`There is nobody called ${who.slice(0, 100)} in ${store.workspace}.`, 1);
      if (!given.options.yes) {
        terminal.out(`${person.id}: ${person.enrollments} enrollments. Erase them with --reason TEXT --yes.`);
        return 0;
      }
      if (reason === undefined) throw new CommandProblem('Say why with --reason; it is kept in the audit.');
      const { fresh, enrollments, changed } = await erasePerson(store, { person: person.id, by: 'command', reason });
      if (fresh) terminal.out(`${person.id} is erased; ${enrollments} timelines stay, of nobody.`);
      else terminal.out(`${person.id} was erased before.`);
      if (changed > 0)
        terminal.err(
          `In ${changed} of them the program had looked into the words of the person: their way is told differently now.`,
        );
      return 0;
    });
  },
};
