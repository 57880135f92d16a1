/**
 * Arguments → options and words, checked against the command's description.
 *
 * Node's own reader finds the tokens; the sentences are ours, each with the nearest known word.
 */
import { parseArgs } from 'node:util';
import { nearest } from '../language/nearest.ts';
import { type Command, CommandProblem, type Given } from './command.ts';

/** Reads what follows the command's name. Throws `CommandProblem` for anything that the command does not know. */
export function readArguments(command: Command, args: string[]): Given {
  const help = `Run \`regimen ${command.name} --help\` to see its options.`;
  const { tokens } = parseArgs({
    args,
    options: Object.fromEntries(Object.entries(command.options).map(([name, { type }]) => [name, { type }])),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given: Given = { options: {}, words: [] };
  for (const token of tokens) {
    if (token.kind === 'positional') given.words.push(token.value);
    if (token.kind !== 'option') continue;
    const option = command.options[token.name];
    if (option === undefined) {
      const near = nearest(token.name, Object.keys(command.options));
      throw new CommandProblem(
        `regimen ${command.name} has no option ${token.rawName}. ${near === undefined ? help : `Did you mean --${near}?`}`,
      );
    }
    given.options[token.name] = readValue(command, token.name, token.value, token.inlineValue === true);
  }
  const extra = given.words[command.wordsMax];
  if (extra !== undefined) {
    const takes =
      command.wordsMax === 0
        ? 'takes no further words'
        : `takes ${command.wordsMax === 1 ? 'one word' : `${command.wordsMax} words`}`;
    throw new CommandProblem(
      `regimen ${command.name} ${takes}, so I do not know what to do with ${JSON.stringify(extra)}. ${help}`,
    );
  }
  return given;
}

function readValue(command: Command, name: string, value: string | undefined, inline: boolean): string | true {
  const { type, choices, value: called = 'VALUE' } = command.options[name] ?? { type: 'boolean' as const };
  if (type === 'boolean') {
    if (inline) throw new CommandProblem(`--${name} takes no value. Write only --${name}.`);
    return true;
  }
  if (value === undefined || value === '' || (!inline && /^--?[a-z]/.test(value))) {
    throw new CommandProblem(`--${name} needs a value. Write --${name} ${choices?.[0] ?? called}.`);
  }
  if (choices !== undefined && !choices.includes(value)) {
    const near = nearest(value, choices);
    throw new CommandProblem(
      `--${name} does not know ${JSON.stringify(value)}. ${near === undefined ? `It takes ${listOr(choices)}.` : `Did you mean ${near}? It takes ${listOr(choices)}.`}`,
    );
  }
  return value;
}

/** `pretty, json or github`. */
export function listOr(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** The text of an option, or undefined where it was not given. */
export function textOption(given: Given, name: string): string | undefined {
  const value = given.options[name];
  return value === true ? undefined : value;
}

/** A whole number that is not negative. Throws `CommandProblem` for anything else. */
export function numberOption(given: Given, name: string, most: number): number | undefined {
  const text = textOption(given, name);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > most)
    throw new CommandProblem(
      `--${name} takes a whole number from 0 to ${most}, and ${JSON.stringify(text)} is not one.`,
    );
  return number;
}
