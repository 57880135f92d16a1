/**
 * What is open in another version: questions and proposals that it has as well go on, with their ids and deadlines;
 * the others are handed back, for the caller to end.
 */
import type { Carried } from './carry-facts.ts';
import { whyUnfit } from './check-state.ts';
import { type Correspondence, nameNow, questionNow } from './correspond.ts';
import type { Facts, OpenProposal, OpenQuestion, ThreadId } from './facts.ts';
import { flowOf } from './focus.ts';
import { mainThread } from './moment.ts';

/** The facts with what goes on, and apart from them what does not. */
export function carryOpen(c: Correspondence, facts: Facts): { facts: Facts; closed: Carried['closed'] } {
  const closed: Carried['closed'] = { questions: [], proposals: [], messages: [] };
  const asked = <T extends { question: string; thread: ThreadId }>(one: T): T | null => {
    const [question, thread] = [questionNow(c, one.question), threadNow(c, one.thread)];
    return question === null || thread === null ? null : { ...one, question, thread };
  };
  const goesOn = (one: OpenQuestion): OpenQuestion[] => {
    const next = asked(one);
    if (next === null) closed.questions.push(one);
    return next === null ? [] : [next];
  };
  const [question = null] = facts.question === null ? [] : goesOn(facts.question);
  const gone = question === null ? facts.question?.id : undefined;
  const messages = facts.planned.filter((message) => gone !== undefined && message.question?.id === gone);
  closed.messages.push(...messages.map(({ id }) => id));
  const run = facts.run && { ...facts.run, thread: threadNow(c, facts.run.thread) ?? mainThread };
  const proposals = facts.proposals.flatMap((one): OpenProposal[] => {
    const next = carryProposal(c, facts, one);
    if (next === null) closed.proposals.push(one);
    return next === null ? [] : [next];
  });
  return {
    closed,
    facts: {
      ...facts,
      question,
      waiting: facts.waiting.flatMap((one) => asked(one) ?? []),
      roleQuestions: facts.roleQuestions.flatMap(goesOn),
      proposals,
      planned: facts.planned.filter((message) => !messages.includes(message)),
      run,
    },
  };
}

function carryProposal(c: Correspondence, { zone }: Facts, open: OpenProposal): OpenProposal | null {
  const [proposal, thread] = [c.ids.proposals.get(open.proposal), threadNow(c, open.thread)];
  const declared = proposal === undefined ? undefined : c.after.proposals[proposal];
  if (proposal === undefined || declared === undefined || thread === null) return null;
  const list = thread.kind === 'item' ? c.after.lists[thread.list] : undefined;
  const name = declared.field;
  const field = name === undefined ? undefined : (list?.fields[name] ?? c.after.data[name]);
  if (field !== undefined && whyUnfit(field, open.value, zone) !== null) return null;
  return { ...open, proposal, thread };
}

/** The thread under its new name; null where its flow is gone. */
function threadNow(c: Correspondence, thread: ThreadId): ThreadId | null {
  if (thread.kind === 'main') return thread;
  const next: ThreadId =
    thread.kind === 'track'
      ? { ...thread, track: nameNow(c, 'tracks', thread.track) }
      : { ...thread, list: nameNow(c, 'lists', thread.list) };
  return flowOf(c.after, next) === undefined ? null : next;
}
