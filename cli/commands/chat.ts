/**
 * `regimen chat`: be a participant in the terminal. This is the headless channel.
 *
 * With a script it plays a transcript against a fresh database of its own under a clock that stands
 * still, and prints the timeline. Without one it is a conversation: in the database of the running
 * `regimen dev`, or, when none runs, in that of the data folder, which is then started for as long as
 * the conversation lasts. Both go through the real control surface, worker and agent.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readProgram } from '../chat-program.ts';
import { type Command, CommandProblem, type ExitCode, type Given } from '../command.ts';
import { readText } from '../find-files.ts';
import { textOption } from '../read-arguments.ts';
import { readDurations } from '../read-moments.ts';
import { readTranscript, type Transcript, transcriptHelp } from '../transcript.ts';

export const chat: Command = {
  name: 'chat',
  usage: '[program file] [options]',
  about: `Talk to a program in the terminal. The conversation is kept in the database of the running \`regimen dev\`,
or of its data folder when none runs. What begins with / is for the terminal: /help lists it.
Without a file it is the program of the folder \`programs\`, if there is only one.

With --script a transcript is played against a fresh database that is gone afterwards, on a clock that only
the transcript moves (without a start it is Monday 5 January 2026, 09:00), and the timeline is printed:
as a story, or with --json as one JSON object a line, and nothing else on the output.

${transcriptHelp}`,
  options: {
    script: { type: 'string', value: 'FILE', about: 'play this transcript (- reads it from the input)' },
    json: { type: 'boolean', about: 'with --script: the timeline as JSON lines' },
    all: { type: 'boolean', about: 'with --script: the story with every row, the quiet ones too' },
    agent: {
      type: 'string',
      choices: ['scripted', 'anthropic'],
      about: 'with --script: who talks (default: scripted)',
    },
    advance: { type: 'string', value: 'TIME', about: 'move the development clock first: 3d, 12h, 2 weeks' },
    as: { type: 'string', value: 'EMAIL', about: 'who you are (default: sam at the domain the program enrolls)' },
    data: { type: 'string', value: 'FOLDER', about: 'the data folder (default: .regimen)' },
  },
  examples: [
    { line: 'regimen chat programs/couch_to_5k.regimen', about: 'talk to it' },
    { line: 'regimen chat --advance 3d', about: 'three days later' },
    { line: 'regimen chat programs/couch_to_5k.regimen --script nine-weeks.txt', about: 'a story' },
    { line: 'regimen chat programs/couch_to_5k.regimen --script nine-weeks.txt --json', about: 'its timeline' },
  ],
  wordsMax: 1,

  async run(given, terminal): Promise<ExitCode> {
    const script = textOption(given, 'script');
    refuseStrangers(given, script !== undefined);
    const transcript = script === undefined ? undefined : readScript(script);
    const advance = textOption(given, 'advance');
    const durations = advance === undefined ? undefined : readDurations(advance);
    if (advance !== undefined && durations === undefined)
      throw new CommandProblem(
        `${JSON.stringify(advance)} is not a length of time. Write it like 3d, 12h or "2 weeks".`,
      );
    const program = readProgram(given.words[0], terminal);
    if (program === null) return 1;
    if (transcript !== undefined) {
      const { playScript } = await import('../play-script.ts');
      return playScript(
        program,
        transcript,
        {
          json: given.options.json === true,
          all: given.options.all === true,
          agent: textOption(given, 'agent') ?? 'scripted',
        },
        terminal,
      );
    }
    const { converse } = await import('../converse.ts');
    return converse(
      program,
      { email: textOption(given, 'as') ?? null, advance: durations ?? [], data: textOption(given, 'data') ?? null },
      terminal,
    );
  },
};

/** Options that mean something only with a script, or only without one. */
function refuseStrangers(given: Given, scripted: boolean): void {
  const strangers = scripted ? ['advance', 'as', 'data'] : ['json', 'all', 'agent'];
  const stranger = strangers.find((name) => given.options[name] !== undefined);
  if (stranger === undefined) return;
  throw new CommandProblem(
    scripted
      ? `--${stranger} is for a conversation. In a transcript write a line for it, such as ${stranger === 'as' ? '`person sam@example.com`' : '`advance 3d`'}.`
      : `--${stranger} goes with --script. Add --script FILE, or leave it out.`,
  );
}

/** Reads the whole transcript; every line that is not understood is told before anything runs. */
function readScript(script: string): Transcript {
  const text = script === '-' ? readFileSync(0, 'utf8') : readText({ path: script, absolute: resolve(script) });
  const transcript = readTranscript(text);
  if (transcript.problems.length > 0) {
    throw new CommandProblem(
      transcript.problems
        .map(({ place, message }) => `${script === '-' ? 'the transcript' : script}, ${place}: ${message}`)
        .join('\n       '),
    );
  }
  return transcript;
}
