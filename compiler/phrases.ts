/**
 * What to write instead of a word that people take for part of the language.
 *
 * Asked where a name is unknown and nothing declared is spelled like it.
 */
import { absent } from './said-missing.ts';

const phrases: Record<string, string> = {
  silence: 'Write how long first: `21 days of silence`.',
  at: 'Write `>=` for “at least” and `<=` for “at most”.',
  more: 'Write `>` for “more than”.',
  less: 'Write `<` for “less than”.',
  greater: 'Write `>` for “greater than”.',
  count: 'Write what to count in parentheses: `count(runs)`.',
  number: 'Write what to count in parentheses: `count(runs)`.',
  entering: 'Write `… since entered` for the time in this stage.',
  start: 'Write `… since enrolled`, or `… since entered` for the time in this stage.',
  tomorrow: 'Write `today + 1 day`.',
  yesterday: 'Write `today - 1 day`, or `last run was yesterday`.',
  stage: 'Ask with `is`: `stage is training`. A scenario expects it without: `expect stage training`.',
  in: 'Ask with `is`: `stage is training`. A scenario expects it: `expect stage training`.',
  message: 'Only scenarios look at messages, after a comma: `expect week = 1, message "Rest"`.',
  finished: 'Ask for the final stage: `stage is done`. A scenario expects it: `expect stage done`.',
  done: 'Ask with `is`: `stage is done`. A scenario expects it: `expect stage done`.',
  escalated: 'Say to whom: `expect escalated to operator`, or how often: `expect escalations = 1`.',
  escalation: 'Say to whom: `expect escalated to operator`, or how often: `expect escalations = 1`.',
};

/** What to write instead of `word`, or undefined. */
export function phraseFor(word: string): string | undefined {
  if (absent.has(word)) return 'Write `is missing`, or `is not known`.';
  return Object.hasOwn(phrases, word) ? phrases[word] : undefined;
}

/** Functions under other names. */
const otherNames: Record<string, string> = {
  average: 'mean',
  avg: 'mean',
  total: 'sum',
  newest: 'latest',
  last: 'latest',
  oldest: 'first',
  length: 'count',
  size: 'count',
  ceiling: 'ceil',
  minimum: 'min',
  maximum: 'max',
};

/** The function people mean by `name`, or undefined. */
export function functionFor(name: string): string | undefined {
  return Object.hasOwn(otherNames, name) ? otherNames[name] : undefined;
}
