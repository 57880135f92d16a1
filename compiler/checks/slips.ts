/**
 * Slips of the pen that types allow: a field set to itself, an item added twice, an item's own name set
 * anew, entries told apart by what may be missing.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { tell } from '../analysis-memory.ts';
import { showValue } from '../constants.ts';
import type { Effect, Expr, Ir, Rule } from '../ir.ts';
import type { Report } from '../symbols.ts';
import type { Analysis } from './question.ts';

export const slips: Analysis = (ir, report, { flows, memory }) => {
  for (const part of flows) {
    const own = part.kind === 'list' ? part.flow.name : undefined;
    const lookAtRules = (rules: readonly Rule[], into: Report) => {
      for (const { effects } of rules) lookAtBody(ir, effects, own, into);
    };
    for (const { entry } of part.stages) lookAtBody(ir, entry, own, report);
    lookAtRules(part.flow.anytime, report);
    for (const stage of part.stages) tell(memory, stage, slips, report, (found) => lookAtRules(stage.rules, found));
  }
  for (const { name, oncePer, fields, span } of Object.values(ir.series)) {
    if (oncePer === undefined || fields[oncePer]?.optional !== true) continue;
    report(diagnostic('key-may-be-missing', span, { series: name, name: oncePer }));
  }
};

/** `own` is the list whose items are at hand. */
function lookAtBody(ir: Ir, effects: readonly Effect[], own: string | undefined, report: Report): void {
  let added: Map<string, Expr> | undefined;
  for (const effect of effects) {
    if (effect.kind === 'each') lookAtBody(ir, effect.effects, effect.list, report);
    if (effect.kind === 'set') lookAtSet(ir, effect, own, report);
    if (effect.kind !== 'add') continue;
    const key = ir.lists[effect.list]?.key;
    const name = key === undefined ? undefined : effect.fields[key];
    if (name?.op !== 'value') continue;
    const id = `${effect.list} ${JSON.stringify(name.value)}`;
    added ??= new Map();
    const before = added.get(id);
    if (before === undefined) added.set(id, name);
    else {
      const related = [{ message: 'It is added here first.', span: before.span }];
      const words = { item: showValue(name.value), list: effect.list };
      report(diagnostic('adds-twice', name.span, words, { related }));
    }
  }
}

function lookAtSet(
  ir: Ir,
  { field, value, item }: Extract<Effect, { kind: 'set' }>,
  own: string | undefined,
  report: Report,
): void {
  const same = item ? value.op === 'item' && value.field === field : value.op === 'data' && value.name === field;
  const list = item && own !== undefined ? ir.lists[own] : undefined;
  if (list?.key === field) report(diagnostic('sets-key', value.span, { list: list.name, name: field }));
  else if (same) report(diagnostic('sets-itself', value.span, { name: field }));
}
