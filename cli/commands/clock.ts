/**
 * `regimen clock`: reads and moves the development clock of the Regimen that runs in another terminal.
 */
import { resolve } from 'node:path';
import { dateOf, longLocalTime } from '../../runtime/calendar.ts';
import { readAddress } from '../../server/address-file.ts';
import { askClock } from '../ask-clock.ts';
import { type Command, CommandProblem, type ExitCode } from '../command.ts';
import { textOption } from '../read-arguments.ts';
import { addDurations, placeMoment, readDurations, readMoment } from '../read-moments.ts';

export const clock: Command = {
  name: 'clock',
  usage: '[--advance 3d | --to MOMENT | --next]',
  about: `Moves the clock of the \`regimen dev\` that runs in another terminal; without an option it tells the time.
Everything that comes due on the way happens, in order. The clock only moves forward.
Moments and days are those of this machine's time zone.`,
  options: {
    advance: { type: 'string', value: 'TIME', about: 'move by this much: 3d, 12h, 90 min, 2 weeks' },
    to: { type: 'string', value: 'MOMENT', about: 'move to a moment: "wed 07:30", "2026-01-20 12:00"' },
    next: { type: 'boolean', about: 'move to the next moment when something is due' },
    data: { type: 'string', value: 'FOLDER', about: 'the data folder of the running one (default: .regimen)' },
    url: { type: 'string', value: 'URL', about: 'its address, instead of looking it up in the data folder' },
  },
  examples: [
    { line: 'regimen clock --advance 3d', about: 'three days later' },
    { line: 'regimen clock --to "mon 18:00"', about: 'the next Monday at six in the evening' },
    { line: 'regimen clock --next', about: 'to whatever is due next' },
  ],
  wordsMax: 0,

  async run(given, terminal): Promise<ExitCode> {
    const moves = ['advance', 'to', 'next'].filter((name) => given.options[name] !== undefined);
    if (moves.length > 1) throw new CommandProblem(`--${moves[0]} and --${moves[1]} cannot go together. Choose one.`);
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const by = textOption(given, 'advance');
    const to = textOption(given, 'to');
    const durations = by === undefined ? undefined : readDurations(by);
    if (by !== undefined && durations === undefined)
      throw new CommandProblem(
        `${JSON.stringify(by)} is not a length of time. Write it like 3d, 12h, 90 min or "2 weeks".`,
      );
    const moment = to === undefined ? undefined : readMoment(to);
    if (to !== undefined && moment === undefined)
      throw new CommandProblem(
        `${JSON.stringify(to)} is not a moment. Write it like "wed 07:30" or "2026-01-20 12:00".`,
      );

    const url = textOption(given, 'url') ?? (await findUrl(textOption(given, 'data')));
    const before = await askClock(url);
    const target =
      durations !== undefined
        ? addDurations(before, durations, zone)
        : moment !== undefined
          ? placeMoment(moment, before, zone, dateOf(before, zone))
          : undefined;
    let now = before;
    if (given.options.next) now = await askClock(url, { to: 'next' });
    else if (target !== undefined) now = await askClock(url, { to: new Date(target).toISOString() });
    if (given.options.next && now - before < 1000) terminal.err('Nothing is due: the clock stays.');
    terminal.out(longLocalTime(now, zone));
    return 0;
  },
};

async function findUrl(data: string | undefined): Promise<string> {
  const folder = resolve(process.cwd(), data ?? process.env.REGIMEN_DATA ?? '.regimen');
  const running = await readAddress(folder);
  if (running === null)
    throw new CommandProblem(
      'No Regimen is running with this data folder. Start one with `regimen dev`, or name its folder with --data.',
    );
  return running.url;
}
