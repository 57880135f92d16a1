/**
 * Fields that a condition waits for, and that nothing sets, or only to what they are at first, and nobody may set.
 *
 * Said of what may be missing, of yes/no and of choices, where the condition cannot hold with the value the
 * field begins with. Parameters are given from outside. An operator may correct everything, which is no plan.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { type AnalysisMemory, remember } from '../analysis-memory.ts';
import { showValue } from '../constants.ts';
import { everyEffect, type FlowPart } from '../flow.ts';
import type { DataField, Effect, Expr, Ir, Rule, Stage, Track } from '../ir.ts';
import { type Place, placeIn } from '../place.ts';
import { askedBy, isPossible, possibleOf } from '../possible.ts';
import { partOf } from '../terms.ts';
import { type Atom, lookAt, together, type Way, waysOf } from '../ways.ts';
import type { Analysis } from './question.ts';

export const neverSet: Analysis = (ir, report, { flows, memory }) => {
  const fields = Object.values(ir.data).filter(isWaitedFor);
  if (fields.length === 0) return;
  const { anew: done, back } = fieldsSet(ir, flows, memory);
  if (fields.every(({ name }) => done.has(name))) return;
  for (const part of flows) {
    const place = placeIn(ir, part);
    let beginnings: Beginning[] | undefined;
    const inVain = (conditions: readonly Expr[]) => {
      beginnings ??= fields.map((field) => beginningOf(place, field));
      return waitsIn(place, conditions, beginnings);
    };
    const begins = part.kind === 'track' ? (part.of as Track).when : undefined;
    const waits = [
      inVain([...(begins === undefined ? [] : [begins]), ...conditionsOf(part.flow.anytime)]),
      ...part.stages.map((stage) => remember(memory, stage, waitsIn, () => inVain(conditionsOf(stage.rules)))),
    ];
    for (const { name, condition } of waits.flat()) {
      const field = ir.data[name];
      if (field === undefined || done.has(name)) continue;
      done.add(name);
      const value = field.initial === null ? 'missing' : shown(field);
      const related = [{ message: 'This waits for it.', span: condition.span }];
      const others = back.has(name) ? ' to anything else' : '';
      report(diagnostic('never-set', field.span, { name, value, else: others }, { related }));
    }
  }
};

const isWaitedFor = ({ parameter, agentMaySet, maySet, optional, initial, type }: DataField): boolean =>
  parameter === undefined &&
  !agentMaySet &&
  maySet.length === 0 &&
  (optional || initial === null || type.kind === 'yes-no' || type.kind === 'choice');

const conditionsOf = (rules: readonly Rule[]): Expr[] => rules.flatMap(({ condition }) => condition ?? []);

/** What is asked when a field is asked for the value that it begins with. */
type Beginning = { name: string; isMissing: boolean; ways: readonly Way[]; isPossible: boolean };

function beginningOf(place: Place, { name, initial, span }: DataField): Beginning {
  const own: Expr = { op: 'data', name, span };
  const begins: Expr = { op: 'compare', by: '=', left: own, right: { op: 'value', value: initial, span }, span };
  const ways = initial === null ? [] : (waysOf(place, begins) ?? [[]]);
  return { name, isMissing: initial === null, ways, isPossible: ways.some(isPossible) };
}

/** A condition that does not hold with the value that the field begins with. */
type Wait = { name: string; condition: Expr };

/** The first such condition for each field. */
function waitsIn(place: Place, conditions: readonly Expr[], beginnings: readonly Beginning[]): readonly Wait[] {
  const waits: Wait[] = [];
  for (const condition of conditions) {
    const look = lookAt(place, condition);
    const asked = askedBy(look);
    for (const beginning of beginnings) {
      const { name } = beginning;
      // What asks about other things can hold.
      if (!asked.includes(name) && (beginning.isMissing || beginning.isPossible)) continue;
      const ways = possibleOf(look);
      if (ways === undefined || ways.length === 0) break;
      if (neverHolds(beginning, ways) && waits.every((wait) => wait.name !== name)) waits.push({ name, condition });
    }
  }
  return waits;
}

/** Whether all ways rule out the value that the field begins with. */
function neverHolds(beginning: Beginning, ways: readonly Way[]): boolean {
  if (beginning.isMissing) return ways.every((way) => way.some((atom) => needs(atom, beginning.name)));
  const both = together(ways, beginning.ways);
  return both !== undefined && !both.some(isPossible);
}

/** Whether an atom only holds where the field is there. */
function needs(atom: Atom, field: string): boolean {
  if (atom.kind === 'known') return atom.known && atom.key === field;
  return !atom.orMissing && (atom.kind === 'sum' ? partOf(atom.sum, field) !== undefined : atom.key === field);
}

const shown = ({ initial }: DataField): string => (typeof initial === 'string' ? initial : showValue(initial));

/** Fields that something sets: to anything, or only back to what they are at first. */
type FieldsSet = { anew: Set<string>; back: Set<string> };

/** Every field that an effect, an answer or a decision sets. */
function fieldsSet(ir: Ir, flows: readonly FlowPart[], memory: AnalysisMemory): FieldsSet {
  const set: FieldsSet = { anew: new Set(), back: new Set() };
  for (const { flow, stages } of flows) {
    for (const { effects } of flow.anytime) addSet(ir, effects, set);
    for (const stage of stages) {
      const { anew, back } = remember(memory, stage, fieldsSetIn, () => fieldsSetIn(ir, stage));
      for (const name of anew) set.anew.add(name);
      for (const name of back) set.back.add(name);
    }
  }
  for (const { field, otherwise } of Object.values(ir.asks)) {
    set.anew.add(field);
    addSet(ir, otherwise, set);
  }
  for (const { field } of Object.values(ir.proposals)) if (field !== undefined) set.anew.add(field);
  return set;
}

function fieldsSetIn(ir: Ir, { rules, entry, questions }: Stage): FieldsSet {
  const set: FieldsSet = { anew: new Set(), back: new Set() };
  addSet(ir, entry, set);
  for (const { effects } of rules) addSet(ir, effects, set);
  for (const { field, otherwise } of questions) {
    set.anew.add(field);
    addSet(ir, otherwise, set);
  }
  return set;
}

function addSet(ir: Ir, effects: readonly Effect[], { anew, back }: FieldsSet): void {
  if (effects.length === 0) return;
  for (const effect of everyEffect(ir, effects)) {
    if (effect.kind !== 'set') continue;
    const isBack = effect.value.op === 'value' && effect.value.value === ir.data[effect.field]?.initial;
    (isBack && effect.item !== true ? back : anew).add(effect.field);
  }
}
