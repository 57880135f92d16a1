/**
 * Applies one input to the facts: what was said, recorded, decided, answered, or done by a run.
 *
 * Nothing moves yet: rules that answer to a command, an entry or a decision are noted as machine
 * events with the conditions judged as things stood, and the machines take them afterwards.
 */
import type { DataField, Value } from '../compiler/ir.ts';
import { finishRun } from './agent-run.ts';
import { isZone } from './calendar.ts';
import { acknowledge } from './climb.ts';
import { hearFromCohort, takeShared } from './cohort.ts';
import { conformFields, occurredProblem } from './conform.ts';
import { evaluate } from './evaluate.ts';
import type { Facts } from './facts.ts';
import { hear } from './hear.ts';
import type { Input } from './inputs.ts';
import { addItem } from './items.ts';
import { envOf, findItem, type Moment, note, refuse, withFacts } from './moment.ts';
import { move, withdraw } from './move.ts';
import { pause, resumeFromPause } from './pause.ts';
import { mayAdd, mayRecord, maySet } from './permissions.ts';
import { decide } from './propose.ts';
import { answer, answerAsRole } from './questions.ts';
import { addEntry, correctEntry, fit, setField, setItemField } from './set-facts.ts';
import { putOff, withdrawUnsent } from './unsent.ts';
import { enter, newVisit, placeToBegin } from './visit.ts';

/** The named thing of a record, never what every object inherits. */
const named = <T>(things: Record<string, T>, name: string): T | undefined =>
  Object.hasOwn(things, name) ? things[name] : undefined;

export function applyInput(moment: Moment, input: Input): Moment {
  switch (input.type) {
    case 'enroll':
      return enroll(moment, input);
    case 'zone': {
      if (!isZone(input.zone)) return refuse(moment, 'zone', `There is no time zone ${input.zone.slice(0, 100)}.`);
      const follows = moment.ir.zone.theirs && moment.facts.zone !== input.zone;
      return follows ? withFacts(moment, { zone: input.zone }) : moment;
    }
    case 'time':
      return moment;
    // Both need two versions of the program (`adopt.ts`); with one there is nowhere to go.
    case 'adopt':
    case 'revert':
      return refuse(moment, input.type, `There is no version ${input.to} at hand.`);
    case 'run-finished':
      return finishRun(moment, input.run, input.result);
    case 'run-failed': {
      if (moment.facts.run?.id !== input.run) return moment;
      return note(withFacts(moment, { run: null }), { kind: 'run-failed', run: input.run, problem: input.problem });
    }
    // Somebody must have seen it, also when the person has finished meanwhile.
    case 'acknowledge':
      return acknowledge(moment, input.climb, input.role);
    case 'held':
      return putOff(moment, input);
    case 'unsent':
      return withdrawUnsent(moment, input);
  }
  if (moment.facts.finished) return refuse(moment, input.type, `The person has finished ${moment.ir.title}.`);
  switch (input.type) {
    case 'message':
      return hear(moment, input);
    case 'answer':
      return input.role === undefined
        ? answer(withFacts(moment, { heardAt: moment.now }), input.question, input.value)
        : answerAsRole(moment, input.question, input.value, input.role);
    case 'record':
      return record(moment, input);
    case 'correct':
      return correct(moment, input);
    case 'set':
      return set(moment, input);
    case 'add': {
      const list = named(moment.ir.lists, input.list);
      if (!list) return refuse(moment, 'add', `There is no list called ${input.list.slice(0, 100)}.`);
      const why = mayAdd(moment.ir, list, input.role);
      return why === undefined ? addItem(moment, list, input.fields, 'add') : refuse(moment, 'add', why);
    }
    case 'told':
      return hearFromCohort(moment, input.text, input.document);
    case 'joined':
      return takeShared(moment, input.shared);
    case 'move':
      return move(moment, input);
    case 'pause':
      return pause(moment, input);
    case 'resume':
      return resumeFromPause(moment, input.by);
    case 'withdraw':
      return withdraw(moment, input);
    case 'advance':
      return moment;
    case 'decide': {
      // What follows from the word would be lost: nothing follows from anything while it stands still.
      if (moment.facts.paused) return refuse(moment, 'decide', 'It is paused for this person: let it go on first.');
      const { approve, role, value } = input;
      return decide(moment, input.proposal, { approve, role, ...(value === undefined ? {} : { value }) });
    }
  }
}

function enroll(moment: Moment, input: Extract<Input, { type: 'enroll' }>): Moment {
  const { ir, now } = moment;
  const zone = ir.zone.theirs && isZone(input.zone) ? input.zone : ir.zone.fallback;
  const data: Record<string, Value> = {};
  for (const field of Object.values(ir.data)) data[field.name] = field.initial;
  let checked = moment;
  for (const [name, value] of Object.entries(input.data ?? {})) {
    const field = named(ir.data, name);
    // What the program does not have (any more) is not kept.
    if (!field) continue;
    const fitted = fit(field, value, zone);
    if (fitted.ok) data[name] = fitted.value;
    else checked = refuse(checked, name, fitted.problem);
  }
  const stage = input.at ?? ir.initial;
  const facts: Facts = {
    enrolledAt: now,
    zone,
    data,
    changedAt: {},
    series: Object.fromEntries(Object.keys(ir.series).map((name) => [name, []])),
    visit: newVisit(stage, 0, now),
    interrupted: [],
    visits: 0,
    heardAt: now,
    heard: [],
    holding: {},
    done: {},
    judgements: {},
    run: null,
    question: null,
    waiting: [],
    roleQuestions: [],
    proposals: [],
    climbs: [],
    lists: Object.fromEntries(Object.keys(ir.lists).map((name) => [name, []])),
    tracks: {},
    turns: {},
    wroteAt: [],
    planned: [],
    review: { lastAt: null, changed: true },
    finished: null,
  };
  // Items are there from the start, so that the first stage can speak of them; they and the tracks begin after it.
  let begun: Moment = takeShared({ ...checked, facts }, input.shared ?? []);
  for (const list of Object.values(ir.lists)) {
    for (const start of list.starts) {
      const env = envOf(begun);
      const given = Object.entries(start).map(([name, expr]) => [name, evaluate(expr, env).value]);
      begun = addItem(begun, list, Object.fromEntries(given.filter(([, value]) => value !== null)));
    }
  }
  const tracks = Object.values(ir.tracks).filter((track) => track.when === undefined);
  begun = withFacts(begun, {
    tracks: Object.fromEntries(tracks.map((track) => [track.name, placeToBegin(track, now)])),
  });
  return enter(begun, stage, { direction: 'start' });
}

function record(moment: Moment, input: Extract<Input, { type: 'record' }>): Moment {
  const series = named(moment.ir.series, input.series);
  if (!series) return refuse(moment, input.series, `There is no series called ${input.series}.`);
  const refused = mayRecord(series, input.by, input.role);
  if (refused !== undefined) return refuse(moment, input.series, refused);
  const conformed = conformFields(series, input.fields, moment.facts.zone);
  if (!conformed.ok) return refuse(moment, input.series, conformed.problems.join(' '));
  const problem = occurredProblem(input.occurredAt ?? moment.now, moment.now);
  if (problem !== undefined) return refuse(moment, input.series, problem);
  const told = input.by === 'person' ? withFacts(moment, { heardAt: moment.now }) : moment;
  return addEntry(told, {
    // One that many share keeps its id, by which way it ever comes.
    ...(input.by === 'cohort' ? { id: input.id } : {}),
    series: input.series,
    fields: conformed.fields,
    occurredAt: input.occurredAt ?? moment.now,
    by: input.by,
    ...(input.role === undefined ? {} : { role: input.role }),
  });
}

function correct(moment: Moment, input: Extract<Input, { type: 'correct' }>): Moment {
  const series = named(moment.ir.series, input.series);
  if (!series) return refuse(moment, 'correct', `There is no series called ${input.series.slice(0, 100)}.`);
  const refused = mayRecord(series, input.by, input.role);
  if (refused !== undefined) return refuse(moment, 'correct', refused);
  const told = input.by === 'person' ? withFacts(moment, { heardAt: moment.now }) : moment;
  return correctEntry(told, input.series, input.entry, input.fields);
}

function set(moment: Moment, input: Extract<Input, { type: 'set' }>): Moment {
  const { field, value, item, role } = input;
  const how = { by: 'role' as const, role };
  if (item === undefined) {
    const declared = named(moment.ir.data, field);
    if (!declared) return refuse(moment, 'set', `There is no field called ${field.slice(0, 100)}.`);
    const refused = maySet(declared, role) ?? unfit(moment, declared, value);
    return refused === undefined ? setField(moment, field, value, how) : refuse(moment, 'set', refused);
  }
  const list = named(moment.ir.lists, item.list);
  if (!list) return refuse(moment, 'set', `There is no list called ${item.list.slice(0, 100)}.`);
  const declared = named(list.fields, field);
  if (!declared) return refuse(moment, 'set', `A ${list.singular} has no field ${field.slice(0, 100)}.`);
  const refused = maySet(declared, role) ?? unfit(moment, declared, value);
  if (refused !== undefined) return refuse(moment, 'set', refused);
  if (!findItem(moment.facts, list.name, item.item))
    return refuse(moment, 'set', `There is no ${list.singular} ${item.item.slice(0, 100)}.`);
  return setItemField(moment, item, field, value, how);
}

function unfit(moment: Moment, field: DataField, value: Value): string | undefined {
  const fitted = fit(field, value, moment.facts.zone);
  return fitted.ok ? undefined : fitted.problem;
}
