/**
 * Applies one input to the facts: what was said, recorded, answered, or done by an agent run.
 *
 * Nothing moves yet: rules that answer to a command or an entry are noted as machine events with
 * the conditions judged as things stood, and the machine takes them afterwards.
 */

import type { Value } from '../compiler/ir.ts';
import { commandWord } from '../compiler/normalize-command.ts';
import { isZone } from './calendar.ts';
import { conform, conformFields, occurredProblem } from './conform.ts';
import { holds } from './evaluate.ts';
import type { Facts } from './facts.ts';
import type { Input, RunResult } from './inputs.ts';
import type { Moment } from './moment.ts';
import { addEntry, envOf, note, rulesToTake, say, setField, startRun, withFacts } from './moment.ts';
import { askNext, enter, newVisit, optionsOf } from './visit.ts';

/** Messages of the person kept in the facts, so that judgements can be held against them. */
export const heardMax = 50;
/** Messages of one agent run that are said; and characters of one message. */
export const runSaysMax = 10;
export const saidLengthMax = 10_000;
/** Facts, entries and judgements of each kind that one agent run may bring. */
export const runDeedsMax = 50;

/** The named thing of a record, never what every object inherits. */
const named = <T>(things: Record<string, T>, name: string): T | undefined =>
  Object.hasOwn(things, name) ? things[name] : undefined;

export function applyInput(moment: Moment, input: Input): Moment {
  if (input.type === 'enroll') return enroll(moment, input);
  if (input.type === 'zone') {
    if (!isZone(input.zone)) {
      return note(moment, { kind: 'refused', what: 'zone', why: `There is no time zone ${input.zone.slice(0, 100)}.` });
    }
    const follows = moment.ir.zone.theirs && moment.facts.zone !== input.zone;
    return follows ? withFacts(moment, { zone: input.zone }) : moment;
  }
  if (input.type === 'time') return moment;
  if (input.type === 'run-finished') return finishRun(moment, input.run, input.result);
  if (input.type === 'run-failed') {
    if (moment.facts.run?.id !== input.run) return moment;
    return note(withFacts(moment, { run: null }), { kind: 'run-failed', run: input.run, problem: input.problem });
  }
  if (moment.facts.finished) {
    return note(moment, { kind: 'refused', what: input.type, why: `The person has finished ${moment.ir.title}.` });
  }
  switch (input.type) {
    case 'message':
      return hear(moment, input);
    case 'answer':
      return answer(withFacts(moment, { heardAt: moment.now }), input.question, input.value);
    case 'record':
      return record(moment, input);
  }
}

function enroll(moment: Moment, input: Extract<Input, { type: 'enroll' }>): Moment {
  const { ir, now } = moment;
  const data: Record<string, Value> = {};
  for (const field of Object.values(ir.data)) data[field.name] = field.initial;
  let checked = moment;
  for (const [name, value] of Object.entries(input.data ?? {})) {
    const field = named(ir.data, name);
    // What the program does not have (any more) is not kept.
    if (!field) continue;
    if (value === null && field.optional) {
      data[name] = null;
      continue;
    }
    const conformed = conform(field.type, value, name);
    if (conformed.ok) data[name] = conformed.value;
    else checked = note(checked, { kind: 'refused', what: name, why: conformed.problem });
  }
  const stage = input.at ?? ir.initial;
  const facts: Facts = {
    enrolledAt: now,
    zone: ir.zone.theirs && isZone(input.zone) ? input.zone : ir.zone.fallback,
    data,
    changedAt: {},
    series: Object.fromEntries(Object.keys(ir.series).map((name) => [name, []])),
    visit: newVisit(stage, 0, now),
    interrupted: [],
    visits: 0,
    heardAt: now,
    heard: [],
    holding: {},
    judgements: {},
    run: null,
    question: null,
    planned: [],
    review: { lastAt: null, changed: true },
    finished: null,
  };
  return enter({ ...checked, facts }, stage, { direction: 'start' });
}

/** Commands come first, then the open question; everything else is for the agent. */
function hear(moment: Moment, input: Extract<Input, { type: 'message' }>): Moment {
  const heard = [...moment.facts.heard, { id: input.id, text: input.text, at: moment.now }].slice(-heardMax);
  const next = withFacts(moment, { heardAt: moment.now, heard, review: { ...moment.facts.review, changed: true } });

  const word = commandWord(input.text);
  const answers: Record<string, true> = {};
  for (const rule of rulesToTake(next.ir, next.facts.visit.stage)) {
    const isNamed = rule.trigger.kind === 'command' && rule.trigger.words.some((one) => commandWord(one) === word);
    if (isNamed && holds(rule.condition, envOf(next)).holds) answers[rule.id] = true;
  }
  // A command that no condition lets through is a message like any other: nobody is met with silence.
  if (Object.keys(answers).length > 0) {
    return { ...next, events: [...next.events, { type: `command.${word}`, answers }] };
  }

  const { question } = next.facts;
  if (question && isShown(next, question.id) && answerValue(next, question.question, input.text) !== undefined)
    return answer(next, question.id, input.text);
  return startRun(next, 'reply');
}

/** A question that still waits for the end of quiet hours has not been seen: nothing said can be meant for it. */
const isShown = (moment: Moment, id: string): boolean =>
  !moment.facts.planned.some((message) => message.question?.id === id);

/** The value a text means as an answer to a question; undefined when it is none. A number picks a listed option. */
function answerValue(moment: Moment, question: string, text: string): unknown {
  const declared = moment.ir.stages[moment.facts.visit.stage]?.questions.find((one) => one.id === question);
  if (!declared) return undefined;
  const options = optionsOf(declared.type);
  const picked = options[Number(text.trim()) - 1];
  const raw = picked ?? text;
  return conform(declared.type, raw, declared.field).ok ? raw : undefined;
}

function answer(moment: Moment, id: string, text: string): Moment {
  const open = moment.facts.question;
  if (!open || open.id !== id)
    return note(moment, { kind: 'refused', what: 'answer', why: 'That question is no longer open.' });
  if (!isShown(moment, id))
    return note(moment, { kind: 'refused', what: 'answer', why: 'That question has not been asked yet.' });
  const declared = moment.ir.stages[moment.facts.visit.stage]?.questions.find((one) => one.id === open.question);
  const raw = answerValue(moment, open.question, text);
  if (!declared || raw === undefined) {
    return note(moment, {
      kind: 'refused',
      what: 'answer',
      why: `“${text.slice(0, 100)}” is not an answer to this question.`,
    });
  }
  const closed = withFacts(moment, { question: null });
  const set = setField(closed, declared.field, raw, 'answer');
  const answered = note(set, {
    kind: 'answered',
    question: open.question,
    value: set.facts.data[declared.field] ?? null,
  });
  const asked = askNext(answered);
  // Another question goes on with the conversation; otherwise the agent does.
  return asked.facts.question ? asked : startRun(asked, 'reply');
}

function record(moment: Moment, input: Extract<Input, { type: 'record' }>): Moment {
  const series = named(moment.ir.series, input.series);
  if (!series)
    return note(moment, { kind: 'refused', what: input.series, why: `There is no series called ${input.series}.` });
  const conformed = conformFields(series, input.fields);
  if (!conformed.ok) return note(moment, { kind: 'refused', what: input.series, why: conformed.problems.join(' ') });
  const problem = occurredProblem(input.occurredAt ?? moment.now, moment.now);
  if (problem !== undefined) return note(moment, { kind: 'refused', what: input.series, why: problem });
  const heard = input.by === 'person' ? withFacts(moment, { heardAt: moment.now }) : moment;
  return addEntry(heard, {
    series: input.series,
    fields: conformed.fields,
    occurredAt: input.occurredAt ?? moment.now,
    by: input.by,
  });
}

/** What an agent run did, within what the program lets it do; the rest is refused and told. */
function finishRun(moment: Moment, run: string, result: RunResult): Moment {
  const inHand = moment.facts.run;
  if (inHand?.id !== run) return moment;
  let next: Moment = { ...withFacts(moment, { run: null }), answering: inHand.answering };
  const { says, sets, records, judgements, refused } = bounded(result);
  for (const text of says) next = say(next, { text, reason: inHand.reason, author: result.author });
  for (const why of refused) next = note(next, { kind: 'refused', what: 'run', why });
  if (next.facts.finished) return next;
  for (const { field, value } of sets) {
    next = named(next.ir.data, field)?.agentMaySet
      ? setField(next, field, value, 'agent')
      : note(next, { kind: 'refused', what: field, why: `The agent may not set ${field}.` });
  }
  for (const proposed of records) {
    const series = named(next.ir.series, proposed.series);
    if (!series?.agentMayRecord) {
      next = note(next, {
        kind: 'refused',
        what: proposed.series,
        why: `The agent may not record ${proposed.series}.`,
      });
      continue;
    }
    const occurredAt = proposed.occurredAt ?? next.now;
    const conformed = conformFields(series, proposed.fields);
    const why = conformed.ok ? occurredProblem(occurredAt, next.now) : conformed.problems.join(' ');
    next =
      conformed.ok && why === undefined
        ? addEntry(next, { series: proposed.series, fields: conformed.fields, occurredAt, by: 'agent' })
        : note(next, { kind: 'refused', what: proposed.series, why: why ?? '' });
  }
  return judgements.reduce(judge, next);
}

/** As much of a run's result as one run may bring, and what was left out. */
function bounded(result: RunResult): Omit<RunResult, 'author'> & { refused: string[] } {
  const refused: string[] = [];
  const atMost = <T>(things: T[], max: number, what: string): T[] => {
    if (things.length > max)
      refused.push(`One run brings at most ${max} ${what}; ${things.length - max} were left out.`);
    return things.slice(0, max);
  };
  const says = atMost(result.says, runSaysMax, 'messages').filter((text) => {
    if (text.length <= saidLengthMax) return true;
    refused.push(`A message of ${text.length} characters is too long: at most ${saidLengthMax} are said.`);
    return false;
  });
  return {
    says,
    sets: atMost(result.sets, runDeedsMax, 'facts'),
    records: atMost(result.records, runDeedsMax, 'entries'),
    judgements: atMost(result.judgements, runDeedsMax, 'judgements'),
    refused,
  };
}

/** A judgement counts when every quote it rests on is something the person said. */
function judge(moment: Moment, judgement: RunResult['judgements'][number]): Moment {
  const criterion = named(moment.ir.criteria, judgement.criterion);
  if (!criterion) return note(moment, { kind: 'refused', what: 'judgement', why: 'There is no such criterion.' });
  const plain = (text: string) => text.toLowerCase().replace(/\s+/g, ' ').trim();
  const said = moment.facts.heard.map((message) => plain(message.text));
  const quotes = judgement.quotes.filter((quote) => plain(quote) !== '');
  const unfounded = quotes.find((quote) => !said.some((text) => text.includes(plain(quote))));
  const why = !(typeof judgement.confidence === 'number' && judgement.confidence >= 0 && judgement.confidence <= 1)
    ? 'A confidence lies between 0 and 1.'
    : unfounded !== undefined
      ? `The person did not say “${unfounded}”.`
      : judgement.holds && quotes.length === 0
        ? 'It quotes nothing the person said.'
        : undefined;
  const { holds: held, confidence } = judgement;
  const noted = note(moment, {
    kind: 'judged',
    criterion: criterion.id,
    holds: held,
    confidence,
    quotes,
    counts: why === undefined,
    ...(why === undefined ? {} : { why }),
  });
  if (why !== undefined) return noted;
  const judged = { holds: held, confidence, quotes, at: moment.now, visit: moment.facts.visit.number };
  return withFacts(noted, { judgements: { ...moment.facts.judgements, [criterion.id]: judged } });
}
