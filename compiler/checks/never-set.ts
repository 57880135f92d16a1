/**
 * Fields that a condition waits for, and that nothing sets and nobody may set.
 *
 * Said of what may be missing, of yes/no and of choices, where the condition cannot hold with the value the
 * field begins with. Parameters are given from outside. An operator may correct everything, which is no plan.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { showValue } from '../constants.ts';
import { allRules, everyEffect, type FlowPart, stagesIn } from '../flow.ts';
import type { DataField, Effect, Expr, Ir, Track } from '../ir.ts';
import { type Atom, isPossible, together, waysOf } from '../possible.ts';
import type { Place } from '../terms.ts';
import { placeIn } from './both-hold.ts';
import type { Analysis } from './question.ts';

export const neverSet: Analysis = (ir, report, { flows }) => {
  const set = fieldsSet(ir, flows);
  const constant = Object.values(ir.data).filter((field) => !set.has(field.name) && isWaitedFor(field));
  if (constant.length === 0) return;
  const told = new Set<string>();
  for (const part of flows) {
    const place = placeIn(ir, part);
    for (const condition of conditionsOf(part)) {
      const ways = waysOf(place, condition)?.filter(isPossible);
      if (ways === undefined || ways.length === 0) continue;
      for (const field of constant) {
        if (told.has(field.name) || !neverHolds(place, field, ways)) continue;
        told.add(field.name);
        const value = field.initial === null ? 'missing' : shown(field);
        const related = [{ message: 'This waits for it.', span: condition.span }];
        report(diagnostic('never-set', field.span, { name: field.name, value }, { related }));
      }
    }
  }
};

const isWaitedFor = ({ parameter, agentMaySet, maySet, optional, initial, type }: DataField): boolean =>
  parameter === undefined &&
  !agentMaySet &&
  maySet.length === 0 &&
  (optional || initial === null || type.kind === 'yes-no' || type.kind === 'choice');

/** What moves people or begins a track. */
function conditionsOf({ flow, kind, of }: FlowPart): Expr[] {
  const begins = kind === 'track' ? (of as Track).when : undefined;
  const rules = allRules(flow).flatMap(({ condition }) => condition ?? []);
  return begins === undefined ? rules : [begins, ...rules];
}

/** Whether all ways rule out the value that the field begins with. */
function neverHolds(place: Place, { name, initial, span }: DataField, ways: Atom[][]): boolean {
  if (initial === null) return ways.every((way) => way.some((atom) => needs(atom, name)));
  const own: Expr = { op: 'data', name, span };
  const begins: Expr = { op: 'compare', by: '=', left: own, right: { op: 'value', value: initial, span }, span };
  const both = together(ways, waysOf(place, begins) ?? [[]]);
  return both !== undefined && !both.some(isPossible);
}

/** Whether an atom only holds where the field is there. */
function needs(atom: Atom, field: string): boolean {
  if (atom.kind === 'known') return atom.known && atom.key === field;
  return !atom.orMissing && (atom.kind === 'sum' ? atom.sum.terms.has(field) : atom.key === field);
}

const shown = ({ initial }: DataField): string => (typeof initial === 'string' ? initial : showValue(initial));

/** Every field that an effect, an answer or a decision sets. */
function fieldsSet(ir: Ir, flows: readonly FlowPart[]): Set<string> {
  const stages = flows.flatMap(({ flow }) => stagesIn(flow));
  const questions = [...Object.values(ir.asks), ...stages.flatMap((stage) => stage.questions)];
  const effects: Effect[] = [
    ...flows.flatMap(({ flow }) => allRules(flow).flatMap((rule) => rule.effects)),
    ...stages.flatMap((stage) => stage.entry),
    ...questions.flatMap((question) => question.otherwise),
  ];
  const set = new Set<string>(questions.map(({ field }) => field));
  for (const { field } of Object.values(ir.proposals)) if (field !== undefined) set.add(field);
  for (const effect of everyEffect(ir, effects)) if (effect.kind === 'set') set.add(effect.field);
  return set;
}
