/**
 * Everybody around a simulated participant: the agent that talks, roles that decide and answer,
 * services that record.
 *
 * The agent is scripted by chance: what it says is a line that says so, what it sets and judges is
 * within what the program lets it. Roles decide within a day, mostly; services and roles record and
 * set what is marked for them now and then.
 */
import type { Ir, Value } from '../../compiler/ir.ts';
import { dateOf } from '../calendar.ts';
import type { RunInHand } from '../facts.ts';
import type { Effect, Input, RunResult } from '../inputs.ts';
import type { LoadedProgram } from '../load.ts';
import { criteriaToJudge } from '../run-context.ts';
import type { State } from '../state.ts';
import type { Chance } from './chance.ts';
import { answerTo, entry } from './participant.ts';
import { randomValue } from './random-value.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Days between two things that a role or a service brings by itself, on average, for one kind of thing. */
const daysBetweenDeeds = 10;
/** The share of what roles are asked that they answer in time, and after how many hours, on average. */
const rolesAnswer = 0.9;
const rolesAnswerAfterHours = 6;
const shareApproved = 0.8;
/** In a conversation: how often a field that is missing is told, one that is known changes, and an entry is told of. */
const shareTold = 0.5;
const shareChanged = 0.01;
const shareRecorded = 0.15;
/** How often a criterion is found to hold. */
const shareHolding = 0.35;

/** What an agent run brings, at random within what the program lets the agent do. */
export function scriptedRun(
  program: LoadedProgram,
  state: State,
  run: RunInHand,
  now: number,
  chance: Chance,
): RunResult {
  const { ir } = program;
  const { facts } = state;
  const result: RunResult = {
    says: ['(Here the agent talks.)'],
    sets: [],
    records: [],
    judgements: [],
    author: 'scripted-agent',
  };
  const heard = facts.heard.at(-1);
  if (run.reason === 'nudge' || run.reason === 'say' || !heard) return result;
  const at = { today: dateOf(now, facts.zone), now };
  if (run.reason === 'reply') {
    for (const field of Object.values(ir.data)) {
      const share = (facts.data[field.name] ?? null) === null ? shareTold : shareChanged;
      if (field.agentMaySet && chance.happens(share))
        result.sets.push({ field: field.name, value: randomValue(field.type, chance, at) });
    }
    for (const series of Object.values(ir.series)) {
      if (!series.agentMayRecord || !chance.happens(shareRecorded)) continue;
      const fields = Object.values(series.fields).map(({ name, type, optional }): [string, Value] => [
        name,
        optional && chance.happens(0.5) ? null : randomValue(type, chance, at),
      ]);
      result.records.push({ series: series.name, fields: Object.fromEntries(fields) });
    }
  }
  for (const { id } of criteriaToJudge(program, state, run.thread)) {
    const holds = chance.happens(shareHolding);
    result.judgements.push({ criterion: id, holds, confidence: 0.5 + chance.next() / 2, quotes: [heard.text] });
  }
  return result;
}

/** Something a role or a service does later. */
export type Later = { at: number; make: (state: State, now: number, id: string) => Input | null };

/** What roles do about an effect that is theirs to answer; null: nothing, or too late. */
export function answerOfRoles(program: LoadedProgram, effect: Effect, now: number, chance: Chance): Later | null {
  const at = now + Math.max(60_000, chance.waitMs(rolesAnswerAfterHours * hourMs));
  if (effect.type === 'propose') {
    if (!chance.happens(rolesAnswer)) return null;
    const approve = chance.happens(shareApproved);
    return { at, make: (_, __, id) => ({ type: 'decide', id, proposal: effect.id, approve, role: effect.by }) };
  }
  if (effect.type === 'escalate' && effect.climb !== undefined) {
    if (!chance.happens(rolesAnswer)) return null;
    const { climb, to } = effect;
    return {
      at,
      make: ({ facts }, _, id) =>
        facts.climbs.some((one) => one.id === climb) ? { type: 'acknowledge', id, climb, role: to } : null,
    };
  }
  if (effect.type === 'tell' && effect.question !== undefined) {
    if (!chance.happens(rolesAnswer)) return null;
    const question = effect.question.id;
    const role = effect.to;
    return { at, make: (state, then, id) => answerTo(program, state, question, { id, role }, then, chance) };
  }
  return null;
}

/** When somebody around the person next brings something by themselves; Infinity where there is nothing to bring. */
export function nextFromOthers(ir: Ir, now: number, chance: Chance): number {
  const kinds = broughtBy(ir).length;
  return kinds === 0
    ? Number.POSITIVE_INFINITY
    : now + Math.max(60_000, chance.waitMs((daysBetweenDeeds * dayMs) / kinds));
}

type Brought = { by: string } & (
  | { kind: 'entry'; series: string }
  | { kind: 'field'; field: string }
  | { kind: 'item'; list: string; field: string }
);

/** What roles and services may bring, by the program's text. */
function broughtBy(ir: Ir): Brought[] {
  const known = broughtOf.get(ir);
  if (known) return known;
  const found: Brought[] = [
    ...Object.values(ir.series).flatMap((series): Brought[] =>
      series.mayRecord.slice(0, 1).map((by) => ({ kind: 'entry', by, series: series.name })),
    ),
    ...Object.values(ir.data).flatMap((field): Brought[] =>
      field.parameter ? [] : field.maySet.slice(0, 1).map((by) => ({ kind: 'field', by, field: field.name })),
    ),
    ...Object.values(ir.lists).flatMap((list) =>
      Object.values(list.fields).flatMap((field): Brought[] =>
        field.name === list.key
          ? []
          : field.maySet.slice(0, 1).map((by) => ({ kind: 'item', by, list: list.name, field: field.name })),
      ),
    ),
  ];
  broughtOf.set(ir, found);
  return found;
}

/** Programs never change. */
const broughtOf = new WeakMap<Ir, Brought[]>();

/** One of those things; null where there is nobody or nothing to bring it about. */
export function deedOfOthers(ir: Ir, state: State, now: number, id: string, chance: Chance): Input | null {
  const all = broughtBy(ir);
  if (all.length === 0) return null;
  const brought = chance.pick(all);
  const { facts } = state;
  const at = { today: dateOf(now, facts.zone), now };
  if (brought.kind === 'entry') {
    const by = ir.services.includes(brought.by) ? ('service' as const) : ('role' as const);
    return entry(ir, brought.series, { id, by, role: brought.by }, state, now, chance);
  }
  if (brought.kind === 'field') {
    const type = ir.data[brought.field]?.type;
    return type
      ? { type: 'set', id, field: brought.field, value: randomValue(type, chance, at), role: brought.by }
      : null;
  }
  const items = (facts.lists[brought.list] ?? []).filter((item) => !item.thread.finished);
  const type = ir.lists[brought.list]?.fields[brought.field]?.type;
  if (items.length === 0 || !type) return null;
  const item = { list: brought.list, item: chance.pick(items).id };
  return { type: 'set', id, field: brought.field, value: randomValue(type, chance, at), item, role: brought.by };
}
