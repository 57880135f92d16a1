/**
 * The flow between stages, read from the IR: which rules apply in a stage and where they lead.
 */
import { interruptedBy } from './emit.ts';
import type { Expr, Ir, Rule, Stage } from './ir.ts';

/** The rules in force in a stage, in order of precedence. */
export function rulesIn(ir: Ir, stage: Stage): Rule[] {
  return stage.final === undefined ? [...ir.anytime, ...stage.rules] : [];
}

/** The stages a rule can lead to from `from`; none where it leaves the program or does not move. */
export function destinations(ir: Ir, from: string, rule: Rule): string[] {
  const { move } = rule;
  switch (move?.direction) {
    case 'advance':
    case 'return':
    case 'interrupt':
      return Object.hasOwn(ir.stages, move.to) ? [move.to] : [];
    case 'restart':
      return [from];
    case 'resume':
      return interruptedBy(ir, from);
    default:
      return [];
  }
}

/** The parts of an expression, one level down. */
export function children(expr: Expr): Expr[] {
  switch (expr.op) {
    case 'and':
    case 'or':
    case 'compare':
    case 'arithmetic':
    case 'else':
      return [expr.left, expr.right];
    case 'field':
    case 'day':
    case 'not':
    case 'negate':
    case 'known':
      return [expr.of];
    case 'call':
      return expr.args;
    case 'lookup':
      return expr.keys;
    case 'aggregate':
      return expr.selection.where === undefined ? [] : [expr.selection.where];
    case 'absence':
      return expr.where === undefined ? [] : [expr.where];
    case 'since':
      return expr.anchor.kind === 'moment' ? [expr.anchor.of] : [];
    case 'text':
      return expr.text.parts.filter((part) => typeof part !== 'string');
    default:
      return [];
  }
}

/** Every part of an expression, and of the lets in it, once each. */
export function* everyPart(ir: Ir, expr: Expr, seen = new Set<string>()): Generator<Expr> {
  const open: Expr[] = [expr];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    yield part;
    if (part.op === 'let') {
      const value = seen.has(part.id) ? undefined : ir.lets[part.id]?.value;
      seen.add(part.id);
      if (value !== undefined) open.push(value);
    }
    open.push(...children(part));
  }
}
