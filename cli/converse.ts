/**
 * A conversation in the terminal, as one more channel.
 *
 * When a `regimen dev` runs with this data folder, its database is used and its worker does the work;
 * the clock is moved over its door. When none runs, the database of the data folder is started for as
 * long as the conversation lasts, and the program is published to it.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Duration } from '../compiler/ir.ts';
import { addDuration, longLocalTime, momentText } from '../runtime/calendar.ts';
import type { ChatMessage, EnrollmentView } from '../runtime/control.ts';
import { Refusal } from '../runtime/control.ts';
import { irAt } from '../runtime/describe.ts';
import { writeValue } from '../runtime/write-value.ts';
import { ConfigProblem, loadConfig } from '../server/config.ts';
import { type Engine, StartProblem, startEngine } from '../server/engine.ts';
import type { ChatProgram } from './chat-program.ts';
import { CommandProblem, type ExitCode, type Terminal } from './command.ts';
import { storyTeller } from './print-timeline.ts';
import { readValueTexts } from './read-fields.ts';
import { addDurations, readDurations } from './read-moments.ts';
import { connectToRunning } from './running.ts';
import { othersTeller } from './show-others.ts';
import { readFields } from './transcript-words.ts';

const messagesPerLook = 200;
const rowsPerLook = 1000;
/** What was said before, shown when the conversation is taken up again. */
const recalledMax = 6;

const words = `  /advance 3d   move the development clock (also 12h, 2 weeks)
  /next         move it to the next moment when something is due
  /status       where you are, and what is known of you
  /why          what has to happen before you move on
  /timeline     all that happened, with its reasons
  /enroll a=1   be enrolled as an operator does it, with the values that have to be given
  /quit         end (Ctrl-D does, too)`;

export async function converse(
  program: ChatProgram,
  how: { email: string | null; advance: readonly Duration[]; data: string | null },
  terminal: Terminal,
): Promise<ExitCode> {
  const config = await loadConfig(
    { ...process.env, ...(how.data === null ? {} : { REGIMEN_DATA: how.data }) },
    process.cwd(),
  ).catch((error: unknown) => {
    throw error instanceof ConfigProblem ? new CommandProblem(error.problems.join('\n       ')) : error;
  });
  const engine: Engine = await ((await connectToRunning(config)) ??
    startEngine({
      databaseUrl: config.databaseUrl,
      appDatabaseUrl: config.appDatabaseUrl,
      workspace: config.workspace,
      unprotected: true,
      dataFolder: config.data,
      clock: 'development',
      skillsFolder: join(program.folder, 'skills'),
      anthropic: config.anthropic,
      log: () => {},
    }).catch((error: unknown) => {
      throw error instanceof StartProblem ? new CommandProblem(error.message) : error;
    }));
  const paint = terminal.color.out;
  const { control } = engine;
  try {
    const { name } = await control.publish({
      source: program.text,
      path: program.path,
      imports: program.imports,
      by: 'terminal',
      people: 'adopt',
    });
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const person = await control.personByEmail(how.email ?? `sam@${program.ir.enroll.domain ?? 'example.com'}`, {
      zone,
    });
    if (how.advance.length > 0) await engine.move(addDurations(await engine.now(), how.advance, zone));
    terminal.out(
      paint('dim', `${program.ir.title} · ${longLocalTime(await engine.now(), zone)} · ${person.email} · /help`),
    );

    let position = 0;
    const show = async () => {
      for (;;) {
        const messages = await control.conversation({
          person: person.id,
          program: name,
          after: position,
          limit: messagesPerLook,
        });
        for (const message of messages.slice(position === 0 ? -recalledMax : 0)) showMessage(message);
        position = messages.at(-1)?.position ?? position;
        if (messages.length < messagesPerLook) break;
      }
      await showOthers();
    };
    const tellOthers = othersTeller(control, (line) => terminal.out(paint('dim', line)));
    const showOthers = async () => {
      const view = await newest();
      await tellOthers(view === null ? null : { id: view.id, zone: view.facts.zone });
    };
    const showMessage = (message: ChatMessage) => {
      if (message.direction === 'in' && sent.delete(message.id)) return;
      const who =
        message.direction === 'in' ? 'you' : message.author === 'scripted-agent' ? 'scripted agent' : message.author;
      terminal.out(`${paint(message.direction === 'in' ? 'cyan' : 'green', `${who}:`)} ${message.text}`);
      if (message.question?.open && message.question.options.length > 0)
        terminal.out(paint('dim', `  ${message.question.options.join(' · ')}`));
    };
    const sent = new Set<string>();
    const newest = async (): Promise<EnrollmentView | null> => {
      const all = await control.enrollments({ program: name, person: person.id, limit: 100 });
      const last = all.sort((a, b) => b.attempt - a.attempt)[0];
      return last === undefined ? null : control.enrollment(last.id);
    };
    await show();
    // One look at a time, and one more when something came meanwhile.
    let looking: Promise<void> = Promise.resolve();
    const unsubscribe = engine.live.subscribe(person.id, () => {
      looking = looking.then(show).catch((error: Error) => terminal.err(error.message));
    });

    const lines = createInterface({
      input: process.stdin,
      output: process.stdout,
      terminal: terminal.interactive && process.stdin.isTTY === true,
      prompt: paint('dim', '› '),
    });
    lines.on('SIGINT', () => lines.close());
    const prompt = () => (terminal.interactive ? lines.prompt() : undefined);
    prompt();
    for await (const line of lines) {
      const text = line.trim();
      if (text === '/quit' || text === '/exit') break;
      try {
        if (text.startsWith('/')) await command(text);
        else if (text !== '') await say(text);
      } catch (error) {
        if (!(error instanceof Refusal || error instanceof CommandProblem)) throw error;
        terminal.out(paint('yellow', error.message));
      }
      await engine.settle();
      await looking;
      await show();
      prompt();
    }
    lines.close();
    unsubscribe();
    return 0;

    async function say(text: string): Promise<void> {
      const id = `terminal:${randomUUID()}`;
      sent.add(id);
      await control.receive({ person: person.id, program: name, channel: 'terminal', id, text });
    }

    async function command(text: string): Promise<void> {
      const [, word = '', rest = ''] = /^\/(\S*)\s*(.*)$/.exec(text) ?? [];
      if (word === 'help' || word === '') return terminal.out(words);
      if (word === 'advance' || word === 'next') {
        const durations = word === 'next' ? undefined : readDurations(rest);
        if (word === 'advance' && durations === undefined)
          throw new CommandProblem('Say how far: /advance 3d, /advance 12h or /advance 2 weeks.');
        const now = await engine.now();
        await engine.move(
          durations === undefined ? 'next' : durations.reduce((at, duration) => addDuration(at, duration, zone), now),
        );
        return terminal.out(paint('dim', longLocalTime(await engine.now(), zone)));
      }
      if (word === 'enroll') return enroll(rest);
      const view = await newest();
      if (!['status', 'why', 'timeline'].includes(word))
        throw new CommandProblem(`I know no /${word}. /help lists what there is.`);
      if (view === null)
        return terminal.out('You are not enrolled yet. Say something to begin, or give values: /enroll step=2.');
      if (word === 'status') return showStatus(view);
      if (word === 'why') return showWhy(view);
      const tell = storyTeller(terminal.out, paint, true);
      for (let after = 0; ; ) {
        const rows = await control.timeline(view.id, { after, limit: rowsPerLook });
        for (const row of rows) tell(row, irAt(view, row.seq), view.facts.zone);
        after = rows.at(-1)?.seq ?? after;
        if (rows.length < rowsPerLook) return;
      }
    }

    async function enroll(values: string): Promise<void> {
      let data: Record<string, string>;
      try {
        data = readFields(values);
      } catch (error) {
        throw new CommandProblem((error as Error).message);
      }
      await control.enroll({
        person: person.id,
        program: name,
        id: `terminal:${randomUUID()}`,
        data: readValueTexts(data, program.ir),
        by: 'operator',
      });
    }

    function showStatus(view: EnrollmentView): void {
      const { facts } = view;
      terminal.out(
        `  ${paint('bold', view.stageTitle)}${view.status === 'finished' ? ` · finished as ${facts.finished?.as ?? ''}` : ''} · version ${view.version}`,
      );
      for (const [name, value] of Object.entries({ ...facts.data, ...view.lets }))
        terminal.out(`  ${name}: ${writeValue(value, facts.zone) || 'missing'}`);
      for (const [name, entries] of Object.entries(facts.series)) terminal.out(`  ${name}: ${entries.length}`);
      for (const [name, items] of Object.entries(facts.lists)) terminal.out(`  ${name}: ${items.length}`);
      for (const { title, stageTitle } of view.why.threads) terminal.out(`  ${title}: ${stageTitle}`);
      for (const { to, text } of view.waiting) terminal.out(`  ${paint('yellow', `waits for ${to}`)}: ${text}`);
      if (view.why.next !== null)
        terminal.out(`  next: ${momentText(view.why.next.at, facts.zone)}, ${view.why.next.what}`);
    }

    function showWhy(view: EnrollmentView): void {
      for (const transition of view.why.transitions) {
        terminal.out(`  ${transition.holds ? paint('green', '✓') : '·'} ${paint('bold', transition.move)}`);
        for (const clause of transition.clauses) {
          const about = clause.values.map(
            ({ source, value }) => `${source} is ${writeValue(value, view.facts.zone) || 'missing'}`,
          );
          if (clause.holdsAt !== null)
            about.push(`true from ${momentText(clause.holdsAt, view.facts.zone)} if nothing happens`);
          const mark = clause.holds ? paint('green', '✓') : paint('yellow', '✗');
          terminal.out(
            `      ${mark} ${clause.source}${about.length === 0 ? '' : paint('dim', ` (${about.join('; ')})`)}`,
          );
        }
      }
    }
  } finally {
    await engine.stop();
  }
}
