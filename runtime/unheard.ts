/**
 * What to say to a person whose message nobody took: it was no command, no answer, and no agent talks here.
 *
 * Pure. The program is not asked: it said nothing, and the sentence is the system's.
 */
import { momentText } from './calendar.ts';
import { fillText, holds } from './evaluate.ts';
import { focus, threadsOf } from './focus.ts';
import { exampleOf } from './hear.ts';
import type { LoadedProgram } from './load.ts';
import { envOf, type Moment, momentOf } from './moment.ts';
import { isShown, questionOf } from './questions.ts';
import { rulesToTake } from './rules.ts';
import type { State } from './state.ts';

/** Words that one sentence names. */
const wordsMax = 8;

/** What can be written instead: the answer that is waited for, or the words that are known at this moment. */
export function unheard(program: LoadedProgram, state: State, now: number): string {
  const moment = momentOf(program.ir, state.facts, now, { enrollment: state.enrollment });
  const { title } = program.ir;
  const { paused } = moment.facts;
  if (paused) {
    const until = paused.until === null ? '' : ` until ${momentText(paused.until, moment.facts.zone)}`;
    return `${title} is paused for you${until}. What you write is kept; “stop” ends it.`;
  }
  const expected = answerExpected(moment);
  if (expected !== undefined) return expected;
  const words = wordsKnown(moment).map((word) => `“${word}”`);
  if (words.length === 0) return `${title} does not read along; it writes to you when something is due.`;
  const last = words.pop();
  return `${title} does not read along, but it knows these words: ${words.length === 0 ? '' : `${words.join(', ')} and `}${last}.`;
}

function answerExpected(moment: Moment): string | undefined {
  const { question } = moment.facts;
  if (!question || !isShown(moment, question.id)) return undefined;
  const declared = questionOf(moment, question.thread, question.question);
  if (!declared) return undefined;
  const text = fillText(declared.text, envOf(focus(moment, question.thread))).text;
  return `That is not an answer to “${text}”. Write ${exampleOf(declared.type)}.`;
}

/** One word of each command that would be taken now, in the order in which they are looked through. */
function wordsKnown(moment: Moment): string[] {
  const known = threadsOf(moment).flatMap((thread) => {
    const there = focus(moment, thread);
    return rulesToTake(there.flow, there.facts.visit.stage).flatMap(({ trigger, condition }) =>
      trigger.kind === 'command' && (trigger.argument || holds(condition, envOf(there)).holds)
        ? trigger.words.slice(0, 1)
        : [],
    );
  });
  return [...new Set(known)].slice(0, wordsMax).map((word) => word.replaceAll('_', ' '));
}
