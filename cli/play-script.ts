/**
 * Plays a transcript against a fresh embedded database in a temporary folder, which is removed after.
 *
 * The output carries the timeline alone; what the system says beside it (notices, refusals) goes to
 * the other stream. Ctrl-C takes the database away, too.
 */
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dateOf, momentOf } from '../runtime/calendar.ts';
import { removeData } from '../runtime/postgres/embedded.ts';
import { readConfig } from '../server/config.ts';
import { type Engine, startEngine } from '../server/engine.ts';
import type { ChatProgram } from './chat-program.ts';
import { CommandProblem, type ExitCode, type Terminal } from './command.ts';
import { playTranscript } from './play-transcript.ts';
import { rowAsJson, storyTeller } from './print-timeline.ts';
import { defaultMinutes, placeMoment } from './read-moments.ts';
import type { Transcript } from './transcript.ts';

/** Where a story begins that does not say when: a Monday, so that weeks are easy to follow. */
const defaultDate = '2026-01-05';

export async function playScript(
  program: ChatProgram,
  transcript: Transcript,
  how: { json: boolean; all: boolean; agent: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const { config, problems } = readConfig(process.env, process.cwd());
  if (config === null) throw new CommandProblem(problems.join('\n       '));
  if (how.agent === 'anthropic' && config.anthropic.apiKey === null) {
    throw new CommandProblem(
      '--agent anthropic needs a key. Set ANTHROPIC_API_KEY, or leave the option out to use the scripted agent.',
    );
  }
  const folder = await mkdtemp(join(tmpdir(), 'regimen-chat-'));
  // As root, another account runs Postgres and must reach its database in there; it can list nothing.
  await chmod(folder, 0o711);
  let starting: Promise<Engine> | null = null;
  const aborter = new AbortController();
  const clear = async () => {
    aborter.abort();
    const engine = await starting?.catch(() => null);
    await engine?.stop();
    await removeData(folder);
  };
  const interruption = onInterrupt(clear);
  let ids = 0;
  try {
    starting = startEngine({
      databaseUrl: null,
      dataFolder: folder,
      clock: 'virtual',
      startAt: startOf(transcript, program.ir.zone.fallback),
      skillsFolder: join(program.folder, 'skills'),
      anthropic: { ...config.anthropic, apiKey: how.agent === 'anthropic' ? config.anthropic.apiKey : null },
      // Counted, not random: the spread of reviews hangs on them, and a transcript is to tell the same story each time.
      newId: () => `transcript-${++ids}`,
      log: () => {},
      signal: aborter.signal,
    });
    const engine = await starting;
    const { name } = await engine.control.publish({
      source: program.text,
      path: program.path,
      imports: program.imports,
      by: 'transcript',
    });
    const tell = storyTeller(terminal.out, terminal.color.out, how.all);
    const played = await playTranscript({
      steps: transcript.steps,
      program: name,
      ir: program.ir,
      stage: engine,
      onRow: (row, ir, zone, attempt) =>
        how.json ? terminal.out(rowAsJson(row, ir, zone, attempt)) : tell(row, ir, zone),
      onNotice: (place, notice) => terminal.err(`${place}: ${notice}`),
    });
    if (played.rows === 0) terminal.err('Nothing came of it: nobody was enrolled, so there is no timeline.');
    return played.rows === 0 ? 1 : 0;
  } catch (error) {
    // What fails while it is being cleared away is the clearing's doing.
    if (interruption.happened()) await new Promise(() => {});
    throw error;
  } finally {
    interruption.forget();
    await clear();
  }
}

/** The first moment in ms, in the zone the transcript names. */
function startOf(transcript: Transcript, fallback: string): number {
  const start = transcript.steps.find((step) => step.kind === 'start');
  const zone = start?.zone ?? fallback;
  const usual = momentOf(defaultDate, defaultMinutes, zone);
  if (start === undefined) return usual;
  return placeMoment(start.moment, usual, zone, dateOf(usual, zone));
}

/** Clears up and ends the process when a signal asks for it. */
function onInterrupt(clear: () => Promise<void>): { happened(): boolean; forget(): void } {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  let happened = false;
  const handler = () => {
    if (happened) return;
    happened = true;
    void clear().finally(() => process.exit(130));
  };
  for (const signal of signals) process.on(signal, handler);
  return {
    happened: () => happened,
    forget: () => {
      for (const signal of signals) process.off(signal, handler);
    },
  };
}
