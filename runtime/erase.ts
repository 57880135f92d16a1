/**
 * Takes a person out of their timeline: the same life, lived by nobody.
 *
 * Every text that is not the program's own is replaced by another, the same text always by the same
 * one, and the inputs are folded again: what follows from them (rows, state) is made anew and holds nothing
 * of the person either. Numbers, dates, yes and no, and the options of choices stay, as the program's way
 * hangs on them and they name nobody. A message that was a command or an answer becomes the program's own
 * words for it. Where a condition looked into a text, the way may come out differently; `kept` says so.
 * Pure: reading and writing are left to the store.
 */
import type { Ir, Value } from '../compiler/ir.ts';
import { commandWord } from '../compiler/normalize-command.ts';
import { beginFold, type Folded, type Told } from './fold.ts';
import type { Input, RunResult } from './inputs.ts';
import type { LoadedProgram } from './load.ts';
import { StepProblem } from './step.ts';
import type { TimelineRow } from './timeline.ts';
import { writeValue } from './write-value.ts';

/** Stands in the place of a text whose person is gone. */
export const erasedText = '(erased)';
/** What has been replaced once stays: a life that is erased twice comes out the same. */
const isPlaceholder = /^\(erased( [a-z]+)?\)\.*$/;
/** Of a text this long the length stays: what was too long to be taken is too long again. */
const longText = 500;
/** Days are no texts of the person. */
const isDay = /^\d{4}-\d{2}-\d{2}$/;
/** What values themselves are made of (`Value` in compiler/ir.ts). */
const valueKeys = new Set(['at', 'date', 'day', 'minutes', 'duration', 'entry', 'amount', 'unit']);

export type Erased = Folded & {
  /** Whether every input still comes to what it came to before. */
  kept: boolean;
};

/**
 * The timeline without its person. `rows` is the timeline as it is, `told` its inputs. Whoever has not
 * finished is taken out at the end, so that nothing happens any more.
 */
export function eraseLife(
  programs: ReadonlyMap<number, LoadedProgram>,
  first: number,
  told: readonly Told[],
  rows: readonly TimelineRow[],
  enrollment: string,
): Erased {
  const mask = maskFor([...programs.values()].map(({ ir }) => ir));
  const followed = rowsByInput(rows);
  const folding = beginFold(programs, first, enrollment);
  let kept = true;
  told.forEach(({ input, at }, index) => {
    const before = followed[index] ?? [];
    const wanted = shapeOf(before);
    const same = (tried: Input) => shapeOf(attempt(() => folding.try(tried, at).rows) ?? []) === wanted;
    const options = withoutPerson(input, before, mask);
    const chosen = options.length === 1 ? options[0] : (options.find(same) ?? options[0]);
    const result = attempt(() => folding.take(chosen as Input, at));
    if (result === null || shapeOf(result.rows) !== wanted) kept = false;
  });
  const last = told.at(-1);
  if (last !== undefined && folding.now().state?.facts.finished === null)
    folding.take({ type: 'withdraw', id: 'erased', reason: erasedText, by: 'erasure' }, last.at);
  return { ...folding.now(), kept };
}

/** What cannot be taken any more, as the way has come out differently before it, is left out. */
function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof StepProblem) return null;
    throw error;
  }
}

/** The rows of each input, in the order of the inputs. */
function rowsByInput(rows: readonly TimelineRow[]): TimelineRow[][] {
  const groups: TimelineRow[][] = [];
  for (const row of rows) {
    if (row.kind === 'input') groups.push([]);
    groups.at(-1)?.push(row);
  }
  return groups;
}

/** What an input came to, without what was said: which rows, about which parts of the program. */
function shapeOf(rows: readonly TimelineRow[]): string {
  return JSON.stringify(
    rows.map((row) => {
      const about = row as Record<string, unknown>;
      return [
        'kind',
        'stage',
        'as',
        'rule',
        'field',
        'series',
        'list',
        'question',
        'criterion',
        'counts',
        'outcome',
      ].map((name) => about[name] ?? null);
    }),
  );
}

type Mask = {
  text(text: string): string;
  /** Whatever came in, with every text in it replaced; names of fields, too, that are none of the program's. */
  value<T>(value: T): T;
  id(id: string): string;
  /** The command of the program that a message begins with. */
  commandOf(text: string): string | null;
  /** What is left of a quote: the message it was taken from. */
  quote(quote: string): string;
  hear(text: string): void;
};

function maskFor(irs: readonly Ir[]): Mask {
  const own = new Set<string>();
  const commands = new Set<string>();
  for (const ir of irs) collect(ir, own, commands);
  const replacements = new Map<string, string>();
  const heard: string[] = [];
  const text = (given: string): string => {
    if (given.trim() === '' || own.has(given) || isPlaceholder.test(given)) return given;
    const known = replacements.get(given);
    if (known !== undefined) return known;
    const made = replacements.size === 0 ? erasedText : `(erased ${letters(replacements.size)})`;
    const filled = given.length < longText ? made : made.padEnd(given.length, '.');
    replacements.set(given, filled);
    return filled;
  };
  const value = <T>(given: T, name?: string): T => {
    if (typeof given === 'string')
      return ((name === 'date' || name === 'day') && isDay.test(given) ? given : text(given)) as T;
    if (Array.isArray(given)) return given.map((one) => value(one)) as T;
    if (typeof given !== 'object' || given === null) return given;
    return Object.fromEntries(
      Object.entries(given).map(([key, one]) => [valueKeys.has(key) ? key : text(key), value(one, key)]),
    ) as T;
  };
  return {
    text,
    value: (given) => value(given),
    id: (given) => (/^\d+$/.test(given) || isDay.test(given) ? given : text(given)),
    commandOf(given) {
      const parts = given.trim().split(/\s+/);
      for (let count = parts.length; count > 0; count--) {
        const word = commandWord(parts.slice(0, count).join(' '));
        if (commands.has(word)) return word.replaceAll('_', ' ');
      }
      return null;
    },
    quote(given) {
      const from = heard.find((one) => plain(one).includes(plain(given)));
      return from === undefined ? text(given) : text(from);
    },
    hear: (given) => void heard.push(given),
  };
}

const plain = (text: string): string => text.toLowerCase().replace(/\s+/g, ' ').trim();

/** Every text the program is made of: what equals one of them is the program's word, not the person's. */
function collect(part: unknown, own: Set<string>, commands: Set<string>): void {
  if (typeof part === 'string') own.add(part);
  else if (Array.isArray(part)) for (const one of part) collect(one, own, commands);
  else if (typeof part === 'object' && part !== null) {
    if ('kind' in part && part.kind === 'command' && 'words' in part && Array.isArray(part.words))
      for (const word of part.words) commands.add(commandWord(String(word)));
    for (const [name, one] of Object.entries(part)) {
      own.add(name);
      collect(one, own, commands);
    }
  }
}

/** 1 → `b`, 26 → `ba`: no digits, which an answer could be read from. */
function letters(count: number): string {
  const last = String.fromCharCode(97 + (count % 26));
  return count < 26 ? last : letters(Math.floor(count / 26)) + last;
}

/** The input without the person: one way, or several to choose the first of that comes to the same. */
function withoutPerson(input: Input, before: readonly TimelineRow[], mask: Mask): Input[] {
  switch (input.type) {
    case 'message':
      mask.hear(input.text);
      return messagesFor(input.text, before, mask).map((text) => ({ ...input, text }));
    case 'answer': {
      const masked = mask.text(input.value);
      // Where the replacement is no answer, what was given is an option, a number, a day.
      const given = before.some((row) => row.kind === 'answered') ? [input] : [];
      return masked === input.value ? [input] : [{ ...input, value: masked }, ...given];
    }
    case 'record':
      return [{ ...input, series: mask.text(input.series), fields: mask.value(input.fields) }];
    case 'correct':
      return [
        {
          ...input,
          series: mask.text(input.series),
          ...(input.fields === undefined ? {} : { fields: mask.value(input.fields) }),
        },
      ];
    case 'add':
      return [{ ...input, list: mask.text(input.list), fields: mask.value(input.fields) }];
    case 'set':
      return [
        {
          ...input,
          field: mask.text(input.field),
          value: mask.value(input.value),
          // An item's id is its number, or the text it is kept by.
          ...(input.item === undefined
            ? {}
            : { item: { list: mask.text(input.item.list), item: mask.id(input.item.item) } }),
        },
      ];
    case 'decide':
      return [input.value === undefined ? input : { ...input, value: mask.value(input.value) }];
    case 'enroll':
      return [
        {
          ...input,
          ...(input.data === undefined ? {} : { data: mask.value(input.data) }),
          ...(input.shared === undefined ? {} : { shared: input.shared.map((one) => sharedFor(one, mask)) }),
        },
      ];
    case 'joined':
      return [{ ...input, shared: input.shared.map((one) => sharedFor(one, mask)) }];
    case 'told':
      return [{ ...input, text: mask.text(input.text) }];
    case 'move':
      return [
        {
          ...input,
          reason: mask.text(input.reason),
          ...(input.data === undefined ? {} : { data: mask.value(input.data) }),
        },
      ];
    case 'pause':
    case 'withdraw':
      return [{ ...input, reason: mask.text(input.reason) }];
    case 'run-failed':
      return [{ ...input, problem: mask.text(input.problem) }];
    case 'held':
    case 'unsent':
      return [{ ...input, why: mask.text(input.why) }];
    case 'run-finished':
      return [{ ...input, result: runFor(input.result, mask) }];
    case 'acknowledge':
    case 'adopt':
    case 'revert':
    case 'zone':
    case 'resume':
    case 'advance':
    case 'time':
      return [input];
  }
}

function sharedFor<T extends { fields: Record<string, Value> }>(entry: T, mask: Mask): T {
  return { ...entry, fields: mask.value(entry.fields) };
}

/** What a message may become: nothing in particular, the command it was, the answer it was. */
function messagesFor(text: string, before: readonly TimelineRow[], mask: Mask): string[] {
  const options = [mask.text(text)];
  const command = mask.commandOf(text);
  if (command !== null) {
    options.push(command);
    const rest = text.trim().split(/\s+/).slice(command.split(' ').length).join(' ');
    // An argument in words is the person's; a number or a day is not, and only that remains.
    if (rest !== '') options.push(`${command} ${mask.text(rest)}`, `${command} ${argumentOf(rest)}`);
  }
  for (const row of before)
    if (row.kind === 'answered') options.push(typeof row.value === 'string' ? row.value : spelled(row.value));
  return options;
}

/** Of what follows a command, the numbers, days and times. */
function argumentOf(rest: string): string {
  return rest.match(/\d[\d.:,/-]*/g)?.join(' ') ?? erasedText;
}

/** A value as it is written in an answer. */
function spelled(value: Value): string {
  if (typeof value === 'object' && value !== null && 'date' in value) return value.date;
  return writeValue(value, 'UTC');
}

function runFor(result: RunResult, mask: Mask): RunResult {
  return {
    ...result,
    says: result.says.map(mask.text),
    sets: result.sets.map((one) => ({ ...one, field: mask.text(one.field), value: mask.value(one.value) })),
    records: result.records.map((one) => ({
      ...one,
      series: mask.text(one.series),
      fields: mask.value(one.fields),
    })),
    judgements: result.judgements.map((one) => ({
      ...one,
      criterion: mask.text(one.criterion),
      quotes: one.quotes.map(mask.quote),
    })),
  };
}
