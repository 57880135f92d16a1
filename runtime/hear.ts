/**
 * What the person says: a command, an answer to the open question, or something for the agent.
 *
 * A command is offered to the program's own flow first, then to tracks, then to items; the first
 * flow that knows it takes it. What follows the word of a command with an argument is read as the
 * type it asks for; where that cannot be, the person is told what to write.
 */
import type { Rule, ValueType } from '../compiler/ir.ts';
import { commandWord } from '../compiler/normalize-command.ts';
import { conform } from './conform.ts';
import { holds } from './evaluate.ts';
import { focus, threadsOf, within } from './focus.ts';
import type { Input } from './inputs.ts';
import { envOf, type MachineEvent, type Moment, type Occasion, somethingHappened, withFacts } from './moment.ts';
import { answer, answerValue, isShown, questionOf } from './questions.ts';
import { commandWords, rulesAt } from './rules.ts';
import { say, skillHere, startRun } from './speak.ts';

/** Messages of the person kept in the facts, so that judgements can be held against them. */
export const heardMax = 50;

/** Commands come first, then the open question; everything else is for the agent. */
export function hear(moment: Moment, input: Extract<Input, { type: 'message' }>): Moment {
  const before = moment.facts.heard;
  const kept = before.length < heardMax ? before : before.slice(1 - heardMax);
  const heard = [...kept, { id: input.id, text: input.text, at: moment.now }];
  const next = somethingHappened(withFacts(moment, { heardAt: moment.now, heard }));

  const command = commandIn(next, input.text);
  if (command?.event) return { ...next, events: [...next.events, command.event] };
  if (command?.expected && !next.facts.paused)
    return say(next, { text: command.expected, reason: 'command', author: 'program' });

  // It is kept, and answered when the program goes on.
  const { paused } = next.facts;
  if (paused) return withFacts(next, { paused: { ...paused, unanswered: true } });
  const { question } = next.facts;
  const declared = question ? questionOf(next, question.thread, question.question) : undefined;
  if (
    question &&
    declared &&
    isShown(next, question.id) &&
    answerValue(declared, input.text, next.facts.zone) !== undefined
  )
    return answer(next, question.id, input.text);
  // Whoever has something to say answers: the program's own stage, or the first track or item that has a skill.
  const speaker = threadsOf(next).find((thread) => skillHere(focus(next, thread)) !== undefined);
  return speaker ? within(next, speaker, (there) => startRun(there, 'reply')) : next;
}

/** The command a text is; `expected` says what to write where its argument cannot be read. Null: it is none. */
function commandIn(moment: Moment, text: string): { event?: MachineEvent; expected?: string } | null {
  const whole = commandWord(text);
  let expected: string | undefined;
  for (const thread of threadsOf(moment)) {
    const there = focus(moment, thread);
    const { commands, words } = rulesAt(there.flow, there.facts.visit.stage);
    // Most messages are no command at all.
    if (words !== null && !words.has(whole)) continue;
    const answers: Record<string, true> = {};
    let word = '';
    let occasion: Occasion | undefined;
    for (const rule of commands) {
      const spoken = spokenTo(rule, text, whole, moment.facts.zone);
      // The first rule that answers says which command it is: one word may begin another.
      if (!spoken || (word !== '' && spoken.word !== word)) continue;
      if (spoken.problem !== undefined) {
        if (holds(rule.condition, envOf(there)).holds) expected ??= spoken.problem;
        continue;
      }
      const heard = spoken.occasion;
      const env = envOf(there);
      if (!holds(rule.condition, heard ? { ...env, ...heard } : env).holds) continue;
      answers[rule.id] = true;
      word = spoken.word;
      occasion = spoken.occasion ?? occasion;
    }
    // A command that no condition lets through is a message like any other: nobody is met with silence.
    if (word !== '') return { event: { type: `command.${word}`, thread, answers, ...(occasion ? { occasion } : {}) } };
  }
  return expected === undefined ? null : { expected };
}

type CommandTrigger = Extract<Rule['trigger'], { kind: 'command' }>;

/** The words of a command as they are compared. Programs never change. */
function wordsOf(trigger: CommandTrigger): readonly string[] {
  let words = wordsFound.get(trigger);
  if (!words) {
    words = commandWords(trigger);
    wordsFound.set(trigger, words);
  }
  return words;
}
const wordsFound = new WeakMap<CommandTrigger, readonly string[]>();

type Spoken = { word: string; occasion?: Occasion; problem?: string };

/** Whether a text is the rule's command, with what follows the word where the rule wants an argument. */
function spokenTo({ trigger }: Rule, text: string, whole: string, zone: string): Spoken | null {
  if (trigger.kind !== 'command') return null;
  const { argument } = trigger;
  const words = wordsOf(trigger);
  if (!argument) {
    const word = words.find((one) => one === whole);
    return word === undefined ? null : { word };
  }
  for (const word of words) {
    const rest = restAfter(text, word);
    if (rest === null) continue;
    const conformed = rest === '' ? undefined : conform(argument, rest, 'it', zone);
    if (conformed?.ok) return { word, occasion: { argument: conformed.value } };
    return { word, problem: `Write “${word.replaceAll('_', ' ')}” and then ${exampleOf(argument)}.` };
  }
  return null;
}

/** What follows the words of a command in a message; null where it does not begin with them. */
function restAfter(text: string, word: string): string | null {
  const parts = text.trim().split(/\s+/);
  const count = word.split('_').length;
  if (commandWord(parts.slice(0, count).join(' ')) !== word) return null;
  return parts.slice(count).join(' ');
}

/** `a date such as 2026-06-01`: how a value of this type is written. */
export function exampleOf(type: ValueType): string {
  switch (type.kind) {
    case 'number': {
      const example = Math.max(type.min ?? 3, Math.min(3, type.max ?? 3));
      return `a number${type.unit === undefined ? '' : ` (${type.unit})`} such as ${example}`;
    }
    case 'text':
      return 'a few words';
    case 'yes-no':
      return 'yes or no';
    case 'date':
      return 'a date such as 2026-06-01';
    case 'time':
      return 'a time such as 18:00';
    case 'moment':
      return 'a moment such as 2026-06-01 18:00';
    case 'duration':
      return 'a length of time such as 3 days';
    case 'choice':
      return type.options.length > 1
        ? `${type.options.slice(0, -1).join(', ')} or ${type.options.at(-1)}`
        : (type.options[0] ?? 'one of the options');
  }
}
