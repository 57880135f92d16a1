/**
 * The words of `regimen --help` and `regimen <command> --help`, made from the descriptions.
 */
import type { Command, Paint } from './command.ts';

/** The whole command: what it is for, and what it can do. */
export function describeCommands(commands: readonly { name: string; summary: string }[], paint: Paint): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    `${paint('bold', 'regimen')}: write how a program unfolds for each person; check it, try it, run it.`,
    '',
    `${paint('bold', 'Usage')}  regimen <command> [options]`,
    '',
    ...commands.map(({ name, summary }) => `  ${paint('cyan', name.padEnd(width))}  ${summary}`),
    '',
    `  regimen help <command>   what a command does, with examples`,
    `  regimen --version        the version`,
    '',
    'Ends with 0 when all is well, 1 when something was found, 2 when it was used wrongly.',
  ].join('\n');
}

/** One command: usage, what it does, its options, examples. */
export function describeCommand(command: Command, paint: Paint): string {
  const options = Object.entries(command.options).map(([name, option]) => ({
    left: `--${name}${option.type === 'string' ? ` ${option.choices?.join('|') ?? option.value ?? 'VALUE'}` : ''}`,
    about: option.about,
  }));
  options.push({ left: '--help', about: 'this text' });
  const width = Math.max(...options.map(({ left }) => left.length));
  const exampleWidth = Math.max(0, ...command.examples.map(({ line }) => line.length));
  return [
    `${paint('bold', 'Usage')}  regimen ${command.name} ${command.usage}`.trimEnd(),
    '',
    command.about.trim(),
    '',
    paint('bold', 'Options'),
    ...options.map(({ left, about }) => `  ${paint('cyan', left.padEnd(width))}  ${about}`),
    '',
    paint('bold', 'Examples'),
    ...command.examples.map(({ line, about }) => `  ${line.padEnd(exampleWidth)}  ${paint('dim', about)}`),
  ].join('\n');
}
