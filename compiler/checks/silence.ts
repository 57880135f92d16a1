/**
 * The silence proof: what happens to somebody who never answers again.
 *
 * In every stage that is not final, time alone must bring a move, or somebody must be told. Each
 * part of a condition either comes with time, may stand already (data), or needs the person; a
 * condition that needs the person is no way out of silence.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { rulesIn } from '../flow.ts';
import type { Comparison, Expr, Ir } from '../ir.ts';
import type { Analysis } from './question.ts';

export const silence: Analysis = (ir, report, nameOf) => {
  for (const name of ir.stageOrder) {
    const stage = ir.stages[name];
    if (stage === undefined || stage.final !== undefined) continue;
    const moves = rulesIn(ir, stage).filter(
      (rule) => rule.move !== undefined && (rule.trigger.kind === 'holds' || rule.trigger.kind === 'becomes'),
    );
    const ends = moves.some(({ condition }) => condition === undefined || brings(ir, condition, new Set()) === 'time');
    const told =
      stage.escalations.length > 0 ||
      stage.questions.some(
        (question) => question.within !== undefined && question.otherwise.some((effect) => effect.kind === 'escalate'),
      );
    if (!ends && !told) report(diagnostic('silent-for-ever', nameOf(name), { name }));
  }
};

type Bringer = 'time' | 'data' | 'person';

function brings(ir: Ir, expr: Expr, lets: Set<string>): Bringer {
  switch (expr.op) {
    case 'silence':
    case 'absence':
      return 'time';
    case 'since':
      return sinceBrings(expr.anchor);
    case 'and': {
      const sides = [brings(ir, expr.left, lets), brings(ir, expr.right, lets)];
      return sides.includes('person') ? 'person' : sides.includes('time') ? 'time' : 'data';
    }
    case 'or': {
      const sides = [brings(ir, expr.left, lets), brings(ir, expr.right, lets)];
      return sides.includes('time') ? 'time' : sides.includes('data') ? 'data' : 'person';
    }
    case 'compare':
      return comparisonBrings(ir, expr, lets);
    case 'let': {
      const value = ir.lets[expr.id]?.value;
      if (value === undefined || lets.has(expr.id)) return 'data';
      return brings(ir, value, new Set([...lets, expr.id]));
    }
    case 'judged':
    case 'last-was':
      return 'person';
    default:
      return 'data';
  }
}

/** Something may never have been recorded or changed; then no time since it passes. */
function sinceBrings(anchor: Extract<Expr, { op: 'since' }>['anchor']): Bringer {
  if (anchor.kind === 'enrolled' || anchor.kind === 'entered' || anchor.kind === 'changed') return 'time';
  return anchor.of.op === 'last' || anchor.of.op === 'aggregate' ? 'data' : 'time';
}

function comparisonBrings(ir: Ir, { by, left, right }: Extract<Expr, { op: 'compare' }>, lets: Set<string>): Bringer {
  const sides = [valueKind(ir, left, lets), valueKind(ir, right, lets)];
  if (sides.includes('clock')) return 'time';
  const limit = right.op === 'value' ? right.value : left.op === 'value' ? left.value : undefined;
  const windowed = sides.includes('window') || sides.includes('windowed-count');
  const counted = sides.includes('count') || sides.includes('windowed-count');
  if (counted && typeof limit === 'number') {
    // With no entries a count is 0: either that satisfies it, or it takes the person.
    const holdsAtNone = right.op === 'value' ? compare(0, by, limit) : compare(limit, by, 0);
    if (!holdsAtNone) return 'person';
  }
  return windowed ? 'time' : 'data';
}

type ValueKind = 'clock' | 'count' | 'windowed-count' | 'window' | 'other';

/** What moves a value: the clock, entries, entries that leave a window, or neither. */
function valueKind(ir: Ir, expr: Expr, lets: Set<string>): ValueKind {
  if (expr.op === 'now' || expr.op === 'today') return 'clock';
  if (expr.op === 'arithmetic') {
    const sides = [valueKind(ir, expr.left, lets), valueKind(ir, expr.right, lets)];
    return sides.includes('clock') ? 'clock' : 'other';
  }
  if (expr.op === 'let') {
    const value = ir.lets[expr.id]?.value;
    return value === undefined || lets.has(expr.id) ? 'other' : valueKind(ir, value, new Set([...lets, expr.id]));
  }
  if (expr.op !== 'aggregate') return 'other';
  const { window } = expr.selection;
  const passes = window !== undefined && window.kind !== 'visit';
  if (expr.by === 'count' || expr.by === 'sum') return passes ? 'windowed-count' : 'count';
  return passes ? 'window' : 'other';
}

function compare(left: number, by: Comparison, right: number): boolean {
  switch (by) {
    case '=':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}
