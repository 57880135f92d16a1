/**
 * Where a person's conversation with a program stands: what the chat page shows around the messages.
 *
 * Read anew from the control surface each time; nothing is kept here.
 */
import type { ChatMessage, Control, EnrollmentSummary, Person } from '../runtime/control.ts';
import type { ProgramClock } from './parts.ts';

export type ChatState = {
  /** The active enrollment, or the newest one; null before the first message. */
  enrollment: {
    id: string;
    stageTitle: string;
    status: 'active' | 'finished';
    attempt: number;
    nextDueAt: number | null;
  } | null;
  /** The person asked for access and an operator has not answered yet. */
  waiting: boolean;
  /** An agent run is in hand: somebody is about to speak. */
  running: boolean;
  /** The question that is open, if any: the `question.id` of a message. */
  openQuestion: string | null;
  /** The program's now, ms. */
  now: number;
};

/** Enough to find the active attempt among a person's attempts. */
const attemptsMax = 100;

export async function chatState(input: {
  control: Control;
  clock: ProgramClock;
  person: Person;
  program: string;
}): Promise<ChatState> {
  const { control, clock, person, program } = input;
  const [attempts, now] = await Promise.all([
    control.enrollments({ person: person.id, program, limit: attemptsMax }),
    clock.now(),
  ]);
  const enrollment = currentAttempt(attempts);
  if (enrollment === null) {
    const items = await control.openItems();
    const waiting = items.some(
      (item) => item.kind === 'access-request' && item.person?.id === person.id && item.program === program,
    );
    return { enrollment: null, waiting, running: false, openQuestion: null, now };
  }
  const { facts } = await control.enrollment(enrollment.id);
  const { id, stageTitle, status, attempt, nextDueAt } = enrollment;
  return {
    enrollment: { id, stageTitle, status, attempt, nextDueAt },
    waiting: false,
    running: status === 'active' && facts.run !== null,
    openQuestion: status === 'active' ? (facts.question?.id ?? null) : null,
    now,
  };
}

/** The active attempt, else the newest. */
export function currentAttempt(attempts: EnrollmentSummary[]): EnrollmentSummary | null {
  const newestFirst = [...attempts].sort(
    (a, b) => Number(b.status === 'active') - Number(a.status === 'active') || b.attempt - a.attempt,
  );
  return newestFirst[0] ?? null;
}

/** A message as the page gets it: ids the page chose come back as it chose them. */
export type ShownMessage = Pick<
  ChatMessage,
  'position' | 'id' | 'direction' | 'text' | 'at' | 'reason' | 'author' | 'question'
>;

/** Ids of pages are kept apart by person: nobody can claim, or guess at, somebody else's. */
export const inboundId = (person: Person, id: string): string => `web:${person.id}:${id}`;

export function shownMessage(person: Person, message: ChatMessage): ShownMessage {
  const { position, direction, text, at, reason, author, question } = message;
  const own = inboundId(person, '');
  const id = message.id.startsWith(own) ? message.id.slice(own.length) : message.id;
  return { position, id, direction, text, at, reason, author, question };
}
