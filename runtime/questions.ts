/**
 * Questions: to the person one at a time, to roles as many as there are.
 *
 * A stage's questions are asked once in each visit; those of a body each time it is done, and they
 * wait their turn. The time for an answer runs from when a question is shown. A question lapses
 * with the visit it was asked in; one of `anytime` outlives visits.
 */
import type { Flow, Question, ValueType } from '../compiler/ir.ts';
import { conform } from './conform.ts';
import { fillText } from './evaluate.ts';
import type { OpenQuestion, ThreadId, WaitingQuestion } from './facts.ts';
import { flowOf, sameThread, threadsOf, within } from './focus.ts';
import { after, envOf, type Moment, markDone, newId, note, refuse, withEffect, withFacts } from './moment.ts';
import { perform } from './perform.ts';
import { isAnytime } from './rules.ts';
import { addEntry, setField, setItemField } from './set-facts.ts';
import { mayWrite, say, startRun } from './speak.ts';

/** Questions to roles that are open at once, and questions to the person that wait; the oldest are let go. */
export const roleQuestionsMax = 50;
export const waitingQuestionsMax = 20;

/** The program's question of this id: of a body, or of a stage of the thread's flow. */
export function questionOf(moment: Pick<Moment, 'ir'>, thread: ThreadId, id: string): Question | undefined {
  const { asks } = moment.ir;
  if (Object.hasOwn(asks, id)) return asks[id];
  const flow: Flow | undefined = flowOf(moment.ir, thread);
  for (const stage of Object.values(flow?.stages ?? {})) {
    const found = stage.questions.find((one) => one.id === id);
    if (found) return found;
  }
  return undefined;
}

/** The answers shown as buttons; none for an open answer. */
export function optionsOf(type: ValueType): string[] {
  if (type.kind === 'yes-no') return ['yes', 'no'];
  return type.kind === 'choice' ? type.options : [];
}

/** When a question that is shown at `askedAt` lapses; null: never. */
export function deadline(moment: Moment, question: Question, askedAt: number): number | null {
  const at = question.within ? after(moment, askedAt, question.within) : Number.NaN;
  return Number.isNaN(at) ? null : at;
}

// ---------------------------------------------------------------- asking

/** Asks a question of a body: a role at once, the person when it is its turn. Asked again it replaces itself. */
export function ask(moment: Moment, id: string): Moment {
  const question = questionOf(moment, moment.thread, id);
  if (!question) return moment;
  if (question.to !== undefined) return askRole(moment, question);
  const open = moment.facts.question;
  const again = open?.question === id && sameThread(open.thread, moment.thread);
  const free = again ? closeQuestion(moment, 'It is asked again.') : moment;
  const others = free.facts.waiting.filter((one) => one.question !== id || !sameThread(one.thread, free.thread));
  const one: WaitingQuestion = { question: id, visit: free.facts.visit.number, thread: free.thread };
  return askNext(withFacts(free, { waiting: [...others, one].slice(-waitingQuestionsMax) }));
}

/** Asks what comes next: one open question at a time. A stage's own come before those that wait. */
export function askNext(moment: Moment): Moment {
  if (moment.facts.question || moment.facts.paused) return moment;
  let next = moment;
  for (const thread of threadsOf(moment)) {
    next = within(next, thread, askOfStage);
    if (next.facts.question) return next;
  }
  const [first, ...waiting] = next.facts.waiting;
  if (!first) return next;
  const question = questionOf(next, first.thread, first.question);
  const rest = withFacts(next, { waiting });
  return question ? askNext(within(rest, first.thread, (there) => show(there, question))) : askNext(rest);
}

/** Of the stage at hand, the first question to the person that this visit has not asked yet. */
function askOfStage(moment: Moment): Moment {
  const { facts } = moment;
  const question = facts.finished ? undefined : leftToAsk(moment).find((one) => one.to === undefined);
  if (!question) return moment;
  return show(markDone(moment, question.id), question, `${moment.enrollment}:${facts.visit.number}:${question.id}`);
}

/** What the stage at hand asks of roles is asked at once. */
export function askRolesOfStage(moment: Moment): Moment {
  const toRoles = leftToAsk(moment).filter((one) => one.to !== undefined);
  return toRoles.reduce((now, question) => askRole(markDone(now, question.id), question), moment);
}

function leftToAsk({ facts, flow }: Moment): Question[] {
  return (flow.stages[facts.visit.stage]?.questions ?? []).filter((one) => facts.visit.done[one.id] === undefined);
}

/** `id`: of the open question; made up where it can be asked more than once in a visit. */
function show(moment: Moment, question: Question, id?: string): Moment {
  const [fresh, named] = id === undefined ? newId(moment) : [id, moment];
  const askedAt = named.answering ? named.now : mayWrite(named);
  const expiresAt = deadline(named, question, askedAt);
  const { facts, thread } = named;
  const open = withFacts(named, {
    question: { id: fresh, question: question.id, askedAt, expiresAt, visit: facts.visit.number, thread },
  });
  const asked = note(open, { kind: 'asked', question: question.id, expiresAt });
  const text = fillText(question.text, envOf(asked)).text;
  return say(asked, {
    text,
    reason: 'question',
    author: 'program',
    question: { id: fresh, options: optionsOf(question.type) },
  });
}

function askRole(moment: Moment, question: Question): Moment {
  const again = moment.facts.roleQuestions.find(
    (one) => one.question === question.id && sameThread(one.thread, moment.thread),
  );
  const [id, named] = newId(again ? closeRoleQuestion(moment, again, 'It is asked again.') : moment);
  const { facts, thread, now } = named;
  const expiresAt = deadline(named, question, now);
  const open: OpenQuestion = {
    id,
    question: question.id,
    askedAt: now,
    expiresAt,
    visit: facts.visit.number,
    thread,
  };
  const asked = withFacts(named, { roleQuestions: [...facts.roleQuestions, open].slice(-roleQuestionsMax) });
  const text = fillText(question.text, envOf(asked)).text;
  const to = question.to ?? 'operator';
  const told = withEffect(asked, { type: 'tell', id, to, text, question: { id, options: optionsOf(question.type) } });
  const noted = note(told, { kind: 'asked', question: question.id, expiresAt });
  return note(noted, { kind: 'told', id, to, text, question: id });
}

// ---------------------------------------------------------------- answering

/** A question that is still held back has not been seen: nothing said can be meant for it. */
export const isShown = ({ facts, now }: Moment, id: string): boolean =>
  !facts.planned.some((message) => message.question?.id === id) &&
  !(facts.question?.id === id && facts.question.askedAt > now);

/** The open question is shown at `at`, and no sooner: the time for an answer runs from there. */
export function showQuestionAt(moment: Moment, at: number): Moment {
  const open = moment.facts.question;
  const declared = open ? questionOf(moment, open.thread, open.question) : undefined;
  if (!open || !declared || open.askedAt === at) return moment;
  return within(moment, open.thread, (there) => {
    const expiresAt = deadline(there, declared, at);
    const asked = withFacts(there, { question: { ...open, askedAt: at, expiresAt } });
    return note(asked, { kind: 'asked', question: open.question, expiresAt });
  });
}

/** The value a text means as an answer to a question; undefined when it is none. A number picks a listed option. */
export function answerValue(question: Question, text: string, zone: string): unknown {
  const picked = optionsOf(question.type)[Number(text.trim()) - 1];
  const raw = picked ?? text;
  return conform(question.type, raw, question.field, zone).ok ? raw : undefined;
}

/** The person answers the open question. */
export function answer(moment: Moment, id: string, text: string): Moment {
  const open = moment.facts.question;
  if (!open || open.id !== id) return refuse(moment, 'answer', 'That question is no longer open.');
  if (!isShown(moment, id))
    return refuse(moment, 'answer', 'That question has not been shown yet: it waits for its turn.');
  const declared = questionOf(moment, open.thread, open.question);
  const raw = declared && answerValue(declared, text, moment.facts.zone);
  if (!declared || raw === undefined) return refuse(moment, 'answer', notAnAnswer(text));
  const closed = withFacts(moment, { question: null });
  const answered = within(closed, open.thread, (there) => takeAnswer(there, open, declared, raw, 'person'));
  const asked = askNext(answered);
  // Another question goes on with the conversation; otherwise the agent does.
  return asked.facts.question || asked.facts.paused ? asked : startRun(asked, 'reply');
}

/** A role answers a question it was asked. */
export function answerAsRole(moment: Moment, id: string, text: string, role: string): Moment {
  const open = moment.facts.roleQuestions.find((one) => one.id === id);
  const declared = open && questionOf(moment, open.thread, open.question);
  if (!open || !declared) return refuse(moment, 'answer', 'That question is no longer open.');
  if (role !== 'operator' && role !== declared.to)
    return refuse(moment, 'answer', `That question was put to ${declared.to}, not to ${role.slice(0, 100)}.`);
  const raw = answerValue(declared, text, moment.facts.zone);
  if (raw === undefined) return refuse(moment, 'answer', notAnAnswer(text));
  const closed = withFacts(moment, { roleQuestions: moment.facts.roleQuestions.filter((one) => one !== open) });
  return within(closed, open.thread, (there) => takeAnswer(there, open, declared, raw, role));
}

const notAnAnswer = (text: string): string => `“${text.slice(0, 100)}” is not an answer to this question.`;

/** The answer goes into the item's field of that name, the field of data, or becomes an entry of the plain series. */
function takeAnswer(moment: Moment, open: OpenQuestion, question: Question, raw: unknown, role: string): Moment {
  const { id } = open;
  const { field } = question;
  const how = { by: 'answer' as const, ...(role === 'person' ? {} : { role }) };
  const list = moment.item ? moment.ir.lists[moment.item.list] : undefined;
  const conformed = conform(question.type, raw, field, moment.facts.zone);
  const value = conformed.ok ? conformed.value : null;
  if (list && moment.item && Object.hasOwn(list.fields, field)) {
    const set = setItemField(moment, moment.item, field, raw, how);
    return note(set, { kind: 'answered', question: question.id, id, value });
  }
  if (Object.hasOwn(moment.ir.series, field)) {
    const answered = note(moment, { kind: 'answered', question: question.id, id, value });
    const by = role === 'person' ? { by: 'person' as const } : { by: 'role' as const, role };
    return addEntry(answered, { series: field, fields: { value }, occurredAt: moment.now, ...by });
  }
  const set = setField(moment, field, raw, how);
  return note(set, { kind: 'answered', question: question.id, id, value: set.facts.data[field] ?? null });
}

// ---------------------------------------------------------------- ending

/** Nobody has answered in time: what the program says then is done. */
export function expireQuestion(moment: Moment, id: string): Moment {
  const { question, roleQuestions } = moment.facts;
  const open = question?.id === id ? question : roleQuestions.find((one) => one.id === id);
  if (!open) return moment;
  const closed = note(
    withFacts(
      moment,
      open === question ? { question: null } : { roleQuestions: roleQuestions.filter((one) => one !== open) },
    ),
    { kind: 'unanswered', question: open.question, id: open.id },
  );
  const declared = questionOf(moment, open.thread, open.question);
  const otherwise = within(closed, open.thread, (there) => {
    const about = declared ? `No answer to “${fillText(declared.text, envOf(there)).text}”` : '';
    return { ...perform({ ...there, about }, declared?.otherwise ?? [], 'say'), about: '' };
  });
  return askNext(otherwise);
}

/** Withdraws what was asked in the thread at hand and ends with its visit; `all`: also what `anytime` asked. */
export function lapseQuestions(moment: Moment, how: { roles: boolean; all?: boolean }): Moment {
  const why = 'The stage it was asked in is over.';
  const ends = (one: { question: string; thread: ThreadId }) =>
    sameThread(one.thread, moment.thread) && (how.all === true || !isAnytime(one.question));
  const { question, waiting } = moment.facts;
  let next = question && ends(question) ? closeQuestion(moment, why) : moment;
  if (waiting.some(ends)) next = withFacts(next, { waiting: waiting.filter((one) => !ends(one)) });
  if (!how.roles) return next;
  return next.facts.roleQuestions.filter(ends).reduce((now, open) => closeRoleQuestion(now, open, why), next);
}

/** Withdraws every question: the person has finished. */
export function lapseAllQuestions(moment: Moment): Moment {
  const why = 'The person has finished.';
  const closed = closeQuestion(withFacts(moment, { waiting: [] }), why);
  return closed.facts.roleQuestions.reduce((now, open) => closeRoleQuestion(now, open, why), closed);
}

function closeQuestion(moment: Moment, why: string): Moment {
  const { question } = moment.facts;
  if (!question) return moment;
  const waits = moment.facts.planned.filter((message) => message.question?.id === question.id);
  const planned = moment.facts.planned.filter((message) => message.question?.id !== question.id);
  const closed = note(withFacts(moment, { question: null, planned }), { kind: 'withdrawn', id: question.id, why });
  return waits.reduce((next, { id }) => note(next, { kind: 'withdrawn', id, why }), closed);
}

function closeRoleQuestion(moment: Moment, open: OpenQuestion, why: string): Moment {
  const roleQuestions = moment.facts.roleQuestions.filter((one) => one.id !== open.id);
  return note(withFacts(moment, { roleQuestions }), { kind: 'withdrawn', id: open.id, why });
}
