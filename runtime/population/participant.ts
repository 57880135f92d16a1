/**
 * What a simulated participant does: writes, gives commands, records entries, answers, leaves.
 *
 * Nothing is known of the program but what its text says: the commands that are in force where the
 * person is, the series that are theirs to record, the types of answers. What they bring is taken at
 * random from that, in the proportions of their persona. Days have nights.
 */
import { everyEffect, flowsOf, stagesIn } from '../../compiler/flow.ts';
import type { DataField, Ir, Rule, Value } from '../../compiler/ir.ts';
import { dateOf } from '../calendar.ts';
import { focus, threadsOf } from '../focus.ts';
import type { Input } from '../inputs.ts';
import type { LoadedProgram } from '../load.ts';
import { type Moment, momentOf } from '../moment.ts';
import { optionsOf, questionOf } from '../questions.ts';
import { feasible } from '../quiet.ts';
import { rulesToTake } from '../rules.ts';
import type { State } from '../state.ts';
import type { Chance } from './chance.ts';
import type { Persona } from './personas.ts';
import { randomValue, written } from './random-value.ts';

/** When people are awake, in minutes after midnight. */
const night = { from: 22 * 60, to: 7 * 60 + 30 };
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** People do not wake up in the same minute. */
const wakingMs = 90 * 60_000;
/** Of what people bring by themselves: how much is a command or an entry, where there is one to bring. */
const shareOfCommands = 0.45;
const shareOfEntries = 0.4;
/** Commands of `anytime` are for exceptions: how often one is given, against one of the stage. */
const weightOfAnytime = 0.1;
const smallTalk = ['How is it going?', 'I am doing well.', 'It was a hard day.', 'What is next?', 'Thank you.'];

/** The next moment from `at` on at which somebody there is awake. */
export function awake(at: number, zone: string, chance: Chance): number {
  const morning = feasible(at, night, zone);
  return morning === at ? at : morning + Math.floor(chance.next() * wakingMs);
}

/** When the person next brings something by themselves; Infinity where they never do. */
export function nextDeedAt(persona: Persona, now: number, zone: string, chance: Chance): number {
  if (persona.deedsPerDay <= 0) return Number.POSITIVE_INFINITY;
  return awake(now + Math.max(60_000, chance.waitMs(dayMs / persona.deedsPerDay)), zone, chance);
}

/** When, after a question was shown, the person answers it; null: never. */
export function answersAt(persona: Persona, now: number, zone: string, chance: Chance): number | null {
  if (!chance.happens(persona.answers)) return null;
  return awake(now + Math.max(10_000, chance.waitMs(persona.answersAfterHours * hourMs)), zone, chance);
}

/** Something the person brings by themselves, where they are now. */
export function ownDeed(program: LoadedProgram, state: State, now: number, id: string, chance: Chance): Input {
  const moment = momentOf(program.ir, state.facts, now, { enrollment: state.enrollment });
  const kind = chance.next();
  if (kind < shareOfCommands) {
    const text = command(moment, chance);
    if (text !== null) return { type: 'message', id, text, channel: 'web' };
  }
  const own = kind < shareOfCommands + shareOfEntries ? ownSeries(program.ir) : [];
  if (own.length > 0) return entry(program.ir, chance.pick(own), { id, by: 'person' }, state, now, chance);
  return { type: 'message', id, text: chance.pick(smallTalk), channel: 'web' };
}

/** The word with which the person leaves: the program's own, or the one that always works. */
export function leavingWord({ ir }: LoadedProgram): string {
  const leaves = ir.anytime.find((rule) => rule.trigger.kind === 'command' && rule.move?.direction === 'leave');
  return leaves?.trigger.kind === 'command' ? (leaves.trigger.words[0] ?? 'stop') : 'stop';
}

/** Series that nobody else is named for are the person's to record. */
const ownSeries = (ir: Ir): string[] =>
  Object.values(ir.series)
    .filter((series) => series.mayRecord.length === 0 && !series.shared)
    .map(({ name }) => name);

/** An entry of a series with fields by chance, now. */
export function entry(
  ir: Ir,
  series: string,
  from: { id: string; by: 'person' | 'role' | 'service'; role?: string },
  state: State,
  now: number,
  chance: Chance,
): Input {
  const declared = Object.values(ir.series[series]?.fields ?? {});
  const at = { today: dateOf(now, state.facts.zone), now };
  const fields = declared.map(({ name, type, optional }): [string, Value] => [
    name,
    optional && chance.happens(0.5) ? null : randomValue(type, chance, at),
  ]);
  return { type: 'record', series, fields: Object.fromEntries(fields), ...from };
}

/** One of the commands in force, with an argument where it wants one; null where there is none. None of them leaves. */
function command(moment: Moment, chance: Chance): string | null {
  const ways = threadsOf(moment).flatMap((thread) => {
    const { flow, facts } = focus(moment, thread);
    const seen = new Set<string>();
    return rulesToTake(flow, facts.visit.stage).flatMap((rule) => {
      const word = commandOf(rule);
      if (word === null || rule.move?.direction === 'leave' || seen.has(word)) return [];
      seen.add(word);
      return [{ rule, weight: flow.anytime.includes(rule) ? weightOfAnytime : 1 }];
    });
  });
  let left = chance.next() * ways.reduce((sum, { weight }) => sum + weight, 0);
  const chosen = ways.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
  if (chosen?.rule.trigger.kind !== 'command') return null;
  const { words, argument } = chosen.rule.trigger;
  const word = chance.pick(words).replaceAll('_', ' ');
  if (argument === undefined) return word;
  const at = { today: dateOf(moment.now, moment.facts.zone), now: moment.now };
  return `${word} ${written(randomValue(argument, chance, at))}`;
}

const commandOf = ({ trigger }: Rule): string | null =>
  trigger.kind === 'command' ? (trigger.words[0] ?? null) : null;

/** An answer to an open question, of the person or (with `role`) of a role; null where it is open no more. */
export function answerTo(
  { ir }: LoadedProgram,
  { facts }: State,
  question: string,
  how: { id: string; role?: string },
  now: number,
  chance: Chance,
): Input | null {
  const open = [facts.question, ...facts.roleQuestions].find((one) => one?.id === question);
  const declared = open && questionOf({ ir }, open.thread, open.question);
  if (!open || !declared) return null;
  const options = optionsOf(declared.type);
  const at = { today: dateOf(now, facts.zone), now };
  const value = options.length > 0 ? chance.pick(options) : written(randomValue(declared.type, chance, at));
  return { type: 'answer', question, value, channel: 'web', ...how };
}

/** What a person is enrolled with: everything that has no first value and that nothing later would give. */
export function firstData(ir: Ir, at: { today: string; now: number }, chance: Chance): Record<string, Value> {
  const later = givenLater(ir);
  const wanted = Object.values(ir.data).filter(
    (field) => field.initial === null && (!field.optional || !isGivenLater(field, later)),
  );
  return Object.fromEntries(wanted.map(({ name, type }) => [name, randomValue(type, chance, at)]));
}

const isGivenLater = (field: DataField, later: ReadonlySet<string>): boolean =>
  field.agentMaySet || field.maySet.length > 0 || later.has(field.name);

/** Fields that a question asks for or a rule sets. */
function givenLater(ir: Ir): Set<string> {
  const known = givenLaterOf.get(ir);
  if (known) return known;
  const stages = flowsOf(ir).flatMap(({ flow }) => stagesIn(flow));
  const asked = [...stages.flatMap((stage) => stage.questions), ...Object.values(ir.asks)].map(({ field }) => field);
  const proposed = Object.values(ir.proposals).flatMap(({ field }) => field ?? []);
  const rules = flowsOf(ir).flatMap(({ flow }) => [...flow.anytime, ...stagesIn(flow).flatMap((stage) => stage.rules)]);
  const effects = [...stages.map(({ entry: on }) => on), ...rules.map((rule) => rule.effects)].flatMap((list) =>
    everyEffect(ir, list),
  );
  const set = effects.flatMap((effect) => (effect.kind === 'set' ? effect.field : []));
  const later = new Set([...asked, ...proposed, ...set]);
  givenLaterOf.set(ir, later);
  return later;
}

/** Programs never change. */
const givenLaterOf = new WeakMap<Ir, Set<string>>();
