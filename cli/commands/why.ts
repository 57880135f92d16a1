/**
 * `regimen why`: where somebody stands, why nothing moves, and what the next days bring.
 */
import type { EnrollmentSummary, EnrollmentView } from '../../runtime/control.ts';
import type { Forecast } from '../../runtime/forecast.ts';
import type { Store } from '../../runtime/store/store.ts';
import { type Command, CommandProblem, type ExitCode, type Terminal } from '../command.ts';
import { loadSettings } from '../load-settings.ts';
import { whereOptions, withStores } from '../open-database.ts';
import { printForecast } from '../print-forecast.ts';
import { printWhy } from '../print-why.ts';
import { textOption } from '../read-arguments.ts';

/** Without `--days`. */
const daysUsually = 7;
/** Enrollments of one person that are named when it is not clear which is meant. */
const namedMax = 10;

export const why: Command = {
  name: 'why',
  usage: 'ENROLLMENT | EMAIL [options]',
  about: `Says for one enrollment, clause by clause and with the values in them, why each way out of the stage is not
taken, when time alone would open it, and what the next days bring if nothing happens. The enrollment is named by its id,
or by the person's email (with --program where they are in several). Times are the person's.
It reads the database in DATABASE_URL, or that of the \`regimen dev\` that runs.`,
  options: {
    program: { type: 'string', value: 'NAME', about: 'of this person the enrollment in this program' },
    days: { type: 'string', value: 'N', about: `how many days to look ahead (default: ${daysUsually}; 0: none)` },
    json: { type: 'boolean', about: 'as one JSON object' },
    ...whereOptions,
  },
  examples: [
    { line: 'regimen why ada@example.org', about: 'why Ada is where she is' },
    { line: 'regimen why ada@example.org --program couch_to_5k --days 30', about: 'with a month ahead' },
  ],
  wordsMax: 1,

  async run(given, terminal): Promise<ExitCode> {
    const [whom] = given.words;
    if (whom === undefined) throw new CommandProblem('Name an enrollment by its id, or a person by their email.');
    const days = readDays(textOption(given, 'days'));
    const program = textOption(given, 'program');
    const config = await loadSettings(given);
    const { createControl } = await import('../../runtime/store/control.ts');
    const { clockNow } = await import('../../runtime/store/clock.ts');
    await withStores(config, async (home) => {
      const control = createControl(home);
      const id = whom.includes('@') ? await enrollmentOf(home, whom, program) : whom;
      const view = await control.enrollment(id);
      const ahead = days === 0 ? null : await control.whatNext(id, days);
      const now = await clockNow(home);
      if (given.options.json === true) terminal.out(JSON.stringify(asJson(view, ahead, now)));
      else tell(terminal, view, ahead, now, days);
    });
    return 0;
  },
};

function readDays(text: string | undefined): number {
  if (text === undefined) return daysUsually;
  if (!/^\d{1,3}$/.test(text))
    throw new CommandProblem(`--days takes a whole number, and ${JSON.stringify(text)} is not one.`);
  return Number(text);
}

/**
 * The person's active enrollment, or the newest where none is. Throws `CommandProblem` where several could be meant.
 */
async function enrollmentOf(store: Store, email: string, program: string | undefined): Promise<string> {
  const found = await store.sql<Pick<EnrollmentSummary, 'id' | 'program' | 'status'>[]>`
    select e.id, e.program, e.status from people p
    join enrollments e on e.workspace_id = p.workspace_id and e.person_id = p.id
    where p.workspace_id = ${store.workspace} and p.email = ${email.toLowerCase()}
      and (${program ?? null}::text is null or e.program = ${program ?? null})
    order by e.status, e.created_at desc limit ${namedMax}`;
  const active = found.filter(({ status }) => status === 'active');
  const meant = active.length > 0 ? active : found.slice(0, 1);
  const [one, other] = meant;
  if (one === undefined)
    throw new CommandProblem(
      `${email} is not ${program === undefined ? 'in any program' : `in ${program}`} in the workspace ${store.workspace}.`,
      1,
    );
  if (other === undefined) return one.id;
  const names = meant.map(({ program }) => program).join(', ');
  throw new CommandProblem(`${email} is in several programs: ${names}. Say which with --program.`);
}

function tell(
  terminal: Terminal,
  view: EnrollmentView,
  ahead: (Forecast & { zone: string }) | null,
  now: number,
  days: number,
): void {
  const paint = terminal.color.out;
  for (const line of printWhy(view, now, paint)) terminal.out(line);
  if (ahead === null || view.status === 'finished') return;
  terminal.out('');
  terminal.out(paint('bold', `The next ${days === 1 ? 'day' : `${days} days`}, if nothing happens`));
  for (const line of printForecast(ahead, paint)) terminal.out(line);
}

function asJson(view: EnrollmentView, ahead: Forecast | null, now: number) {
  const { id, program, version, person, attempt, status, stage, stageTitle, why: found, waiting } = view;
  return { at: now, id, program, version, person, attempt, status, stage, stageTitle, why: found, waiting, ahead };
}
