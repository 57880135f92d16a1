/**
 * Plays a transcript against a fresh embedded database in a temporary folder, which is removed after.
 *
 * The output carries the timeline alone; what the system says beside it (notices, refusals) goes to
 * the other stream. Ctrl-C takes the database away, too.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dateOf, momentOf } from '../runtime/calendar.ts';
import { readConfig } from '../server/config.ts';
import { startEngine } from '../server/engine.ts';
import { CommandProblem, type ExitCode, type Terminal } from './command.ts';
import type { ChatProgram } from './commands/chat.ts';
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
  let engine: Awaited<ReturnType<typeof startEngine>> | null = null;
  const clear = async () => {
    await engine?.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const interrupted = onInterrupt(clear);
  try {
    engine = await startEngine({
      databaseUrl: null,
      dataFolder: folder,
      clock: 'virtual',
      startAt: startOf(transcript, program.ir.zone.fallback),
      skillsFolder: join(program.folder, 'skills'),
      anthropic: { ...config.anthropic, apiKey: how.agent === 'anthropic' ? config.anthropic.apiKey : null },
      log: () => {},
    });
    const { name } = await engine.control.publish({ source: program.text, path: program.path, by: 'transcript' });
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
  } finally {
    interrupted.forget();
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

/** Clears up before the process ends by a signal. */
function onInterrupt(clear: () => Promise<void>): { forget(): void } {
  const handler = () => {
    void clear().finally(() => process.exit(130));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, handler);
  return {
    forget: () => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, handler);
    },
  };
}
