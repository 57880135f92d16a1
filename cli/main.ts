/**
 * Finds the command, reads its arguments, runs it, and turns what goes wrong into a sentence and an
 * exit code. A command is loaded when it is run, so that `check` does not wait for the server's code.
 */
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { nearest } from '../language/nearest.ts';
import { type Command, CommandProblem, type ExitCode, type Terminal } from './command.ts';
import { commands, loadCommand } from './commands.ts';
import { describeCommand, describeCommands } from './help.ts';
import { readArguments } from './read-arguments.ts';
import { endProcess, openTerminal } from './terminal.ts';

/** Runs `regimen` with these arguments and ends the process. */
export async function main(args: string[]): Promise<never> {
  const terminal = openTerminal();
  return endProcess(await runCommand(args, terminal));
}

async function runCommand(args: string[], terminal: Terminal): Promise<ExitCode> {
  try {
    const [first, ...rest] = args;
    if (first === undefined) {
      terminal.err(await helpForAll(terminal.color.err));
      return 2;
    }
    if (first === '--version' || first === '-v') {
      terminal.out(version());
      return 0;
    }
    if (first === '--help' || first === '-h' || first === 'help') {
      const named = first === 'help' ? rest[0] : undefined;
      terminal.out(
        named === undefined || named.startsWith('-')
          ? await helpForAll(terminal.color.out)
          : describeCommand(await find(named), terminal.color.out),
      );
      return 0;
    }
    const command = await find(first);
    if (rest.includes('--help') || rest.includes('-h')) {
      terminal.out(describeCommand(command, terminal.color.out));
      return 0;
    }
    return await command.run(readArguments(command, rest), terminal);
  } catch (error) {
    return explain(error, terminal);
  }
}

async function find(name: string): Promise<Command> {
  if (name in commands) return loadCommand(name as keyof typeof commands);
  if (name.startsWith('-'))
    throw new CommandProblem(
      `regimen has no option ${name} before the command. Run \`regimen help\` to see what it can do.`,
    );
  const near = nearest(name, Object.keys(commands));
  throw new CommandProblem(
    `regimen has no command ${JSON.stringify(name)}. ${near === undefined ? 'Run `regimen help` to see what it can do.' : `Did you mean \`regimen ${near}\`?`}`,
  );
}

async function helpForAll(paint: Terminal['color']['out']): Promise<string> {
  return describeCommands(
    await Promise.all(Object.keys(commands).map((name) => loadCommand(name as keyof typeof commands))),
    paint,
  );
}

function version(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return manifest.version;
}

/** What went wrong, as one sentence; the stack only where somebody asked for it with REGIMEN_TRACE. */
function explain(error: unknown, terminal: Terminal): ExitCode {
  const mark = terminal.color.err('red', 'error:');
  if (error instanceof CommandProblem) {
    terminal.err(`${mark} ${error.message}`);
    return error.exitCode;
  }
  terminal.err(`${mark} ${error instanceof Error ? error.message : String(error)}`);
  if (process.env.REGIMEN_TRACE) terminal.err(inspect(error));
  else terminal.err(terminal.color.err('dim', 'This was not expected. Set REGIMEN_TRACE=1 to see where it happened.'));
  return 1;
}
