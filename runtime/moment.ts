/**
 * One step in the making: the facts so far, what the timeline will say, and what the world must do.
 *
 * Every function takes a moment and returns the next one; none changes what it was given. The
 * moment is the context of the XState machine while a step runs. Ids of effects are derived from
 * the enrollment, the number of the input's row and a counter, so repeating a step repeats its ids.
 */
import { isAlreadyThere } from '../compiler/emit.ts';
import type { Ir, Effect as ProgramEffect, Rule, Value } from '../compiler/ir.ts';
import { conform } from './conform.ts';
import { evaluate, fillText, holds } from './evaluate.ts';
import type { Env } from './evaluate-types.ts';
import type { Facts, MessageAuthor, MessageReason, RunReason } from './facts.ts';
import type { Effect } from './inputs.ts';
import { feasible } from './quiet.ts';
import type { TimelineEntry } from './timeline.ts';

/** Entries of one series kept in the facts; older ones are let go from the state, never from the timeline. */
export const entriesMax = 5000;
/** Messages that wait for the end of quiet hours; when there are more, the oldest is let go. Far below the rounds of a step. */
export const plannedMax = 50;

export type Moment = {
  ir: Ir;
  enrollment: string;
  /** `seq` of the input's row. */
  seq: number;
  now: number;
  /** The person has just spoken: what is said now is an answer and is not held back by quiet hours. */
  answering: boolean;
  facts: Facts;
  log: TimelineEntry[];
  effects: Effect[];
  /** Ids made so far. */
  made: number;
  /** Machine events still to be sent: commands and recorded entries, with the rules that answer to them. */
  events: MachineEvent[];
};

/** `answers` holds the rules whose condition held when the event came. */
export type MachineEvent = { type: string; answers: Record<string, true> };

export const envOf = (moment: Moment): Env => ({ ir: moment.ir, facts: moment.facts, now: moment.now });

export const note = (moment: Moment, entry: TimelineEntry): Moment => ({ ...moment, log: [...moment.log, entry] });

export const withFacts = (moment: Moment, facts: Partial<Facts>): Moment => ({
  ...moment,
  facts: { ...moment.facts, ...facts },
});

export function newId(moment: Moment): [string, Moment] {
  return [`${moment.enrollment}:${moment.seq}:${moment.made}`, { ...moment, made: moment.made + 1 }];
}

/** The rules a person is under: those of `anytime`, then those of the stage. */
export function rulesInForce(ir: Ir, stage: string): Rule[] {
  return [...ir.anytime, ...(ir.stages[stage]?.rules ?? [])];
}

/** Those of them that can do something: `anytime` does not interrupt a stage with itself. */
export function rulesToTake(ir: Ir, stage: string): Rule[] {
  const declared = ir.stages[stage];
  const anytime = declared ? ir.anytime.filter((rule) => !isAlreadyThere(rule, declared)) : ir.anytime;
  return [...anytime, ...(declared?.rules ?? [])];
}

// ---------------------------------------------------------------- facts

/** Sets a data field; a value outside the declared type is refused and the timeline says so. */
export function setField(moment: Moment, field: string, raw: unknown, by: 'program' | 'agent' | 'answer'): Moment {
  const declared = moment.ir.data[field];
  if (!declared) return note(moment, { kind: 'refused', what: field, why: `There is no field called ${field}.` });
  let value: Value = null;
  if (raw === null || raw === undefined) {
    if (!declared.optional) return note(moment, { kind: 'refused', what: field, why: `${field} cannot be missing.` });
  } else {
    const conformed = conform(declared.type, raw, field);
    if (!conformed.ok) return note(moment, { kind: 'refused', what: field, why: conformed.problem });
    value = conformed.value;
  }
  const from = moment.facts.data[field] ?? null;
  if (JSON.stringify(from) === JSON.stringify(value)) return moment;
  const next = withFacts(moment, {
    data: { ...moment.facts.data, [field]: value },
    changedAt: { ...moment.facts.changedAt, [field]: moment.now },
    review: { ...moment.facts.review, changed: true },
  });
  return note(next, { kind: 'set', field, from, to: value, by });
}

/** Adds an entry where it occurred, and sends word to the handlers that hold for it. */
export function addEntry(
  moment: Moment,
  entry: {
    series: string;
    fields: Record<string, Value>;
    occurredAt: number;
    by: 'program' | 'person' | 'agent' | 'operator' | 'service';
  },
): Moment {
  const answers: Record<string, true> = {};
  const env: Env = { ...envOf(moment), entry: { fields: entry.fields, at: entry.occurredAt } };
  for (const rule of rulesToTake(moment.ir, moment.facts.visit.stage)) {
    if (rule.trigger.kind === 'recorded' && rule.trigger.series === entry.series && holds(rule.condition, env).holds)
      answers[rule.id] = true;
  }
  const [id, named] = newId(moment);
  const entries = [...(named.facts.series[entry.series] ?? [])];
  let place = entries.length;
  while (place > 0 && (entries[place - 1]?.at ?? 0) > entry.occurredAt) place -= 1;
  entries.splice(place, 0, {
    id,
    at: entry.occurredAt,
    recordedAt: named.now,
    visit: named.facts.visit.number,
    fields: entry.fields,
  });
  const next = withFacts(named, {
    series: { ...named.facts.series, [entry.series]: entries.slice(-entriesMax) },
    review: { ...named.facts.review, changed: true },
  });
  const noted = note(next, {
    kind: 'recorded',
    series: entry.series,
    fields: entry.fields,
    occurredAt: entry.occurredAt,
    by: entry.by,
  });
  return { ...noted, events: [...noted.events, { type: `recorded.${entry.series}`, answers }] };
}

// ---------------------------------------------------------------- speaking

/** Says something now, or plans it for the end of quiet hours when the person has not just spoken. */
export function say(
  moment: Moment,
  message: { text: string; reason: MessageReason; author: MessageAuthor; question?: { id: string; options: string[] } },
): Moment {
  const text = message.text.trim();
  if (text === '') return moment;
  const [id, named] = newId(moment);
  const { facts } = named;
  const sendAt = named.answering ? named.now : feasible(named.now, named.ir.quiet, facts.zone);
  if (sendAt <= named.now) return deliver(named, { ...message, id, text });
  const planned = {
    ...message,
    id,
    text,
    sendAt,
    plannedAt: named.now,
    visit: facts.visit.number,
    lapsesWhenHeard: message.reason === 'nudge' || message.reason === 'review',
  };
  const waits = note(withFacts(named, { planned: [...facts.planned, planned] }), {
    kind: 'planned',
    id,
    text,
    sendAt,
    reason: message.reason,
  });
  return waits.facts.planned.length > plannedMax ? letOldestGo(waits) : waits;
}

/** A question stays: the person is waited for. */
function letOldestGo(moment: Moment): Moment {
  const oldest = moment.facts.planned.find((message) => message.question === undefined);
  if (!oldest) return moment;
  const planned = moment.facts.planned.filter((message) => message !== oldest);
  const why = `More than ${plannedMax} messages wait.`;
  return note(withFacts(moment, { planned }), { kind: 'withdrawn', id: oldest.id, why });
}

export function deliver(
  moment: Moment,
  message: {
    id: string;
    text: string;
    reason: MessageReason;
    author: MessageAuthor;
    question?: { id: string; options: string[] };
  },
): Moment {
  const { id, text, reason, author, question } = message;
  const effect: Effect = { type: 'deliver', id, text, reason, author, ...(question ? { question } : {}) };
  const next = { ...moment, effects: [...moment.effects, effect] };
  return note(next, { kind: 'message', id, text, reason, author, ...(question ? { question: question.id } : {}) });
}

export function withdrawPlanned(moment: Moment, why: string): Moment {
  return moment.facts.planned.reduce(
    (next, message) => note(next, { kind: 'withdrawn', id: message.id, why }),
    withFacts(moment, { planned: [] }),
  );
}

/** Starts an agent run; one in hand becomes void, and what it was asked to speak with passes on. */
export function startRun(moment: Moment, reason: RunReason, skill?: string): Moment {
  const voided = voidRun(moment, 'Something newer came.');
  const speakWith = skill ?? moment.facts.run?.skill;
  if (speakWith === undefined && moment.ir.stages[moment.facts.visit.stage]?.skill === undefined) return voided;
  const [id, named] = newId(voided);
  const run = {
    id,
    reason,
    since: named.now,
    // Whoever waited for the answer of the run that is void waits for this one.
    answering: named.answering || moment.facts.run?.answering === true,
    ...(speakWith === undefined ? {} : { skill: speakWith }),
  };
  const next = withFacts(named, { run });
  const effect: Effect = { type: 'run', id, reason, ...(speakWith === undefined ? {} : { skill: speakWith }) };
  return note({ ...next, effects: [...next.effects, effect] }, { kind: 'run-started', run: id, reason });
}

export function voidRun(moment: Moment, why: string): Moment {
  const { run } = moment.facts;
  return run ? note(withFacts(moment, { run: null }), { kind: 'run-void', run: run.id, why }) : moment;
}

export function escalate(moment: Moment, to: string, text: string): Moment {
  const [id, named] = newId(moment);
  const next = { ...named, effects: [...named.effects, { type: 'escalate' as const, id, to, text }] };
  return note(next, { kind: 'escalated', to, text });
}

// ---------------------------------------------------------------- effects of the program

/** Performs the effects of a rule or of an entry, in order; assignments see the ones before them. */
export function perform(moment: Moment, effects: ProgramEffect[], reason: MessageReason): Moment {
  return effects.reduce((now, effect) => performOne(now, effect, reason), moment);
}

function performOne(moment: Moment, effect: ProgramEffect, reason: MessageReason): Moment {
  const env = envOf(moment);
  switch (effect.kind) {
    case 'set':
      return setField(moment, effect.field, evaluate(effect.value, env).value, 'program');
    case 'say':
      return say(moment, { text: fillText(effect.text, env).text, reason, author: 'program' });
    case 'say-with-skill':
      return startRun(moment, 'say', effect.skill);
    case 'escalate':
      return escalate(moment, effect.to, effect.text ? fillText(effect.text, env).text : '');
    case 'record': {
      const fields: Record<string, Value> = {};
      for (const name of Object.keys(moment.ir.series[effect.series]?.fields ?? {})) {
        const expr = effect.fields[name];
        fields[name] = expr ? evaluate(expr, env).value : null;
      }
      return addEntry(moment, { series: effect.series, fields, occurredAt: moment.now, by: 'program' });
    }
  }
}
