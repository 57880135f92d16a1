/**
 * What an enrollment waits for from others than the person: decisions, answers, and escalations that
 * nobody has seen.
 *
 * Pure; for pages and terminals. What may be answered is a type, so that a page can ask for it properly.
 */
import type { DataField, Value, ValueType } from '../compiler/ir.ts';
import { climbDue } from './climb.ts';
import { fillText } from './evaluate.ts';
import { threadTitle } from './explain.ts';
import type { ThreadId } from './facts.ts';
import { focus, isThere } from './focus.ts';
import type { LoadedProgram } from './load.ts';
import { envOf, type Moment, mainThread, momentOf } from './moment.ts';
import { proposalText } from './proposal-text.ts';
import { questionOf } from './questions.ts';
import type { State } from './state.ts';

export type Waiting = {
  kind: 'proposal' | 'question' | 'escalation';
  /** Of the open proposal, the open question, or the climb. */
  id: string;
  /** The role it is with now. */
  to: string;
  text: string;
  /** Since when, in ms. */
  at: number;
  /** When it lapses, or goes on to the next rung (ms); null: never. */
  until: number | null;
  /** Of a question what is wanted, of a proposed value its type; null where there is nothing to fill in. */
  answer: ValueType | null;
  /** The value that is proposed. */
  value: Value;
  /** Where it comes from: `Lifts: squat`; empty for the program itself. */
  place: string;
};

/** The oldest first. */
export function waiting(program: LoadedProgram, state: State, now: number): Waiting[] {
  const moment = momentOf(program.ir, state.facts, now, { enrollment: state.enrollment });
  return [...proposals(moment), ...questions(moment), ...escalations(moment)].sort((a, b) => a.at - b.at);
}

function proposals({ ir, facts }: Moment): Waiting[] {
  return facts.proposals.flatMap((open): Waiting[] => {
    const declared = ir.proposals[open.proposal];
    if (!declared) return [];
    return [
      {
        kind: 'proposal',
        id: open.id,
        to: declared.by,
        text: proposalText(ir, open.proposal, open.value, facts.zone),
        at: open.proposedAt,
        until: open.expiresAt,
        answer: fieldOf(ir, open.thread, declared.field)?.type ?? null,
        value: open.value,
        place: threadTitle(ir, open.thread),
      },
    ];
  });
}

/** The field that a proposal of this thread sets: of the item, or of the person. */
function fieldOf(ir: Moment['ir'], thread: ThreadId, name: string | undefined): DataField | undefined {
  if (name === undefined) return undefined;
  const list = thread.kind === 'item' ? ir.lists[thread.list] : undefined;
  return list !== undefined && Object.hasOwn(list.fields, name) ? list.fields[name] : ir.data[name];
}

function questions(moment: Moment): Waiting[] {
  return moment.facts.roleQuestions.flatMap((open): Waiting[] => {
    const declared = questionOf(moment, open.thread, open.question);
    if (!declared) return [];
    const there = focus(moment, isThere(moment, open.thread) ? open.thread : mainThread);
    return [
      {
        kind: 'question',
        id: open.id,
        to: declared.to ?? 'operator',
        text: fillText(declared.text, envOf(there)).text,
        at: open.askedAt,
        until: open.expiresAt,
        answer: declared.type,
        value: null,
        place: threadTitle(moment.ir, open.thread),
      },
    ];
  });
}

function escalations(moment: Moment): Waiting[] {
  return moment.facts.climbs.map((climb) => ({
    kind: 'escalation',
    id: climb.id,
    to: moment.ir.ladders[climb.ladder]?.rungs[climb.rung]?.to ?? 'operator',
    text: climb.text,
    at: climb.at,
    until: climbDue(moment, climb),
    answer: null,
    value: null,
    place: '',
  }));
}
