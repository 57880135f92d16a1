/**
 * Finds the command, reads its arguments, runs it, and turns what goes wrong into a sentence and an
 * exit code. A command is loaded when it is run, so that `check` does not wait for the server's code.
 */
import { inspect } from 'node:util';
import { nearest } from '../language/nearest.ts';
import { type Command, CommandProblem, type ExitCode, isCommandProblem, type Terminal } from './command.ts';
import { type CommandName, commands } from './commands.ts';
import { describeCommand, describeCommands } from './help.ts';
import { readArguments } from './read-arguments.ts';
import { openTerminal } from './terminal.ts';
import { version } from './version.ts';

/** Runs `regimen` with these arguments and ends the process. */
export async function main(args: string[]): Promise<never> {
  const { terminal, end } = openTerminal();
  return end(await runCommand(args, terminal));
}

async function runCommand(args: string[], terminal: Terminal): Promise<ExitCode> {
  try {
    const [first, ...rest] = args;
    if (first === undefined) {
      terminal.err(helpForAll(terminal.color.err));
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
          ? helpForAll(terminal.color.out)
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
  if (Object.hasOwn(commands, name)) return commands[name as CommandName].load();
  if (name.startsWith('-'))
    throw new CommandProblem(
      `regimen has no option ${name} before the command. Run \`regimen help\` to see what it can do.`,
    );
  const near = nearest(name, Object.keys(commands));
  throw new CommandProblem(
    `regimen has no command ${JSON.stringify(name)}. ${near === undefined ? 'Run `regimen help` to see what it can do.' : `Did you mean \`regimen ${near}\`?`}`,
  );
}

function helpForAll(paint: Terminal['color']['out']): string {
  return describeCommands(
    Object.entries(commands).map(([name, { summary }]) => ({ name, summary })),
    paint,
  );
}

/** What went wrong, as one sentence; the stack only where somebody asked for it with REGIMEN_TRACE. */
function explain(error: unknown, terminal: Terminal): ExitCode {
  const mark = terminal.color.err('red', 'error:');
  if (isCommandProblem(error)) {
    terminal.err(`${mark} ${error.message}`);
    return error.exitCode;
  }
  terminal.err(`${mark} ${error instanceof Error ? error.message : String(error)}`);
  if (process.env.REGIMEN_TRACE) terminal.err(inspect(error));
  else terminal.err(terminal.color.err('dim', 'This was not expected. Set REGIMEN_TRACE=1 to see where it happened.'));
  return 1;
}
