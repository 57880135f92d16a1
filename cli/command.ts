/**
 * What a command is: its words, its options and what it does. The reading of arguments and the
 * help text follow from this description, so that they cannot disagree.
 */

/** How a command ends: 0 clean, 1 it found something or the world refused, 2 it was used wrongly. */
export type ExitCode = 0 | 1 | 2;

export type Option = {
  type: 'string' | 'boolean';
  /** How the value is called in the help: `FILE`. */
  value?: string;
  /** The only values it takes. */
  choices?: readonly string[];
  about: string;
};

export type Given = {
  /** Options that were given, by name: a text, or true for one without a value. */
  options: Record<string, string | true>;
  /** Everything that is no option, in order. */
  words: string[];
};

export type Command = {
  name: string;
  /** What follows the name: `[paths…]`. */
  usage: string;
  /** Paragraphs for `--help`, above the options. */
  about: string;
  examples: readonly { line: string; about: string }[];
  options: Record<string, Option>;
  /** How many words it takes at most. */
  wordsMax: number;
  run(given: Given, terminal: Terminal): Promise<ExitCode>;
};

/** Where a command writes. `out` is the result, `err` is everything said about it. Lines are ended by the writer. */
export type Terminal = {
  out(text: string): void;
  err(text: string): void;
  /** Colors, where the stream they go to is a terminal and nobody asked for none. */
  color: { out: Paint; err: Paint };
  /** Whether a person reads the result. */
  interactive: boolean;
};

export type PaintStyle = 'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan' | 'blue' | 'magenta' | 'underline';
export type Paint = (style: PaintStyle, text: string) => string;

/**
 * The command cannot go on, for a reason that the person at the terminal can mend. The message is
 * a full sentence with the remedy. 2: the command was used wrongly; 1: the world did not play along.
 */
export class CommandProblem extends Error {
  readonly exitCode: 1 | 2;
  constructor(message: string, exitCode: 1 | 2 = 2) {
    super(message);
    this.name = 'CommandProblem';
    this.exitCode = exitCode;
  }
}

/** By its name: a command that was built into a file of its own has a class of its own. */
export function isCommandProblem(error: unknown): error is CommandProblem {
  return error instanceof Error && error.name === 'CommandProblem';
}
