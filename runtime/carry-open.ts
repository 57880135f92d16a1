/**
 * What is open in another version: questions and proposals that it has as well go on, with their ids and deadlines;
 * the others are handed back, for the caller to end. So are those that were about numbers of another unit: what was
 * read in milligrams must not be answered in micrograms. The questions among them are to be asked again.
 */
import type { DataField, Ir } from '../compiler/ir.ts';
import { isOtherUnit } from '../compiler/plan-facts.ts';
import type { Carried } from './carry-facts.ts';
import { whyUnfit } from './check-state.ts';
import { type Correspondence, nameNow, questionNow } from './correspond.ts';
import type { Facts, OpenProposal, OpenQuestion, ThreadId } from './facts.ts';
import { flowOf } from './focus.ts';
import { mainThread } from './moment.ts';
import { questionOf } from './questions.ts';

/** The facts with what goes on, and apart from them what does not. */
export function carryOpen(c: Correspondence, facts: Facts): { facts: Facts; closed: Carried['closed'] } {
  const closed: Carried['closed'] = { questions: [], proposals: [], messages: [], otherUnit: [], again: [] };
  const asked = <T extends { question: string; thread: ThreadId }>(one: T): T | null => {
    const [question, thread] = [questionNow(c, one.question), threadNow(c, one.thread)];
    return question === null || thread === null ? null : { ...one, question, thread };
  };
  const goesOn = (one: OpenQuestion): OpenQuestion[] => {
    const next = asked(one);
    const isMisread = next !== null && asksOtherUnit(c, one, next);
    if (next === null || isMisread) closed.questions.push(one);
    if (isMisread) {
      closed.otherUnit.push(one.id);
      closed.again.push({ question: next.question, thread: next.thread });
    }
    return next === null || isMisread ? [] : [next];
  };
  const [question = null] = facts.question === null ? [] : goesOn(facts.question);
  const gone = question === null ? facts.question?.id : undefined;
  const messages = facts.planned.filter((message) => gone !== undefined && message.question?.id === gone);
  closed.messages.push(...messages.map(({ id }) => id));
  const run = facts.run && { ...facts.run, thread: threadNow(c, facts.run.thread) ?? mainThread };
  const proposals = facts.proposals.flatMap((one): OpenProposal[] => {
    const next = carryProposal(c, facts, one);
    const isMisread = next !== null && proposesOtherUnit(c, one, next);
    if (next === null || isMisread) closed.proposals.push(one);
    if (isMisread) closed.otherUnit.push(one.id);
    return next === null || isMisread ? [] : [next];
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
  const field = proposedField(c.after, { proposal, thread });
  if (field !== undefined && whyUnfit(field, open.value, zone) !== null) return null;
  return { ...open, proposal, thread };
}

type Place = { proposal: string; thread: ThreadId };

/** The field that a proposal would set: of the item it is about, or of the person; undefined: it is a move. */
function proposedField(ir: Ir, { proposal, thread }: Place): DataField | undefined {
  const name = ir.proposals[proposal]?.field;
  const list = thread.kind === 'item' ? ir.lists[thread.list] : undefined;
  return name === undefined ? undefined : (list?.fields[name] ?? ir.data[name]);
}

function proposesOtherUnit(c: Correspondence, was: OpenProposal, next: OpenProposal): boolean {
  const [before, after] = [proposedField(c.before, was), proposedField(c.after, next)];
  return before !== undefined && after !== undefined && isOtherUnit(before.type, after.type);
}

function asksOtherUnit(c: Correspondence, was: OpenQuestion, next: OpenQuestion): boolean {
  const before = questionOf({ ir: c.before }, was.thread, was.question);
  const after = questionOf({ ir: c.after }, next.thread, next.question);
  return before !== undefined && after !== undefined && isOtherUnit(before.type, after.type);
}

/** The thread under its new name; null where its flow is gone. */
export function threadNow(c: Correspondence, thread: ThreadId): ThreadId | null {
  if (thread.kind === 'main') return thread;
  const next: ThreadId =
    thread.kind === 'track'
      ? { ...thread, track: nameNow(c, 'tracks', thread.track) }
      : { ...thread, list: nameNow(c, 'lists', thread.list) };
  return flowOf(c.after, next) === undefined ? null : next;
}
