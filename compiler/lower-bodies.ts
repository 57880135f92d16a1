/**
 * The body of a handler to rules, one for each way through it.
 *
 * Conditions are those that stood when the handler began, and they exclude each other: the way past a
 * `when` asks that it does not hold, which a missing value also satisfies. Ways stand in the order of
 * the text, what is done before what is done otherwise; their ids count in that order. Of a `when` each
 * way also says what the handler itself waits for, since a way that opens later is not taken.
 */
import type { Action, Expr as Node, Span, Transition } from '../language/ast.ts';
import { diagnostic } from '../language/diagnostics.ts';
import type { Expr, Move, Rule } from './ir.ts';
import { type BodyContext, lowerEffects } from './lower-effects.ts';
import { lowerExpression } from './lower-expressions.ts';
import type { Report } from './symbols.ts';

/** Ways through one handler. Four choices in a row come to as many. */
export const BRANCHES_MAX = 16;

export type Body = {
  id: string;
  trigger: Rule['trigger'];
  /** Of the whole handler. */
  condition?: Node;
  actions: readonly Action[];
  source: string;
  span: Span;
};

/** Conditions with whether they hold on this way; `done` after a move. */
type Way = { decisions: { on: Node; holds: boolean }[]; actions: Action[]; move?: Move; done: boolean };

export function lowerBody(cx: BodyContext, body: Body, report: Report): Rule[] {
  const { id, trigger, condition, source, span } = body;
  const splits = { left: BRANCHES_MAX - 1, short: false };
  const ways = follow(body.actions, { decisions: [], actions: [], done: false }, splits);
  if (splits.short) report(diagnostic('too-many-branches', span, { limit: BRANCHES_MAX }));
  const doing = ways.filter((way) => way.move !== undefined || way.actions.length > 0);
  return doing.map((way, index) => {
    const asked: Expr[] = condition === undefined ? [] : [lowerExpression(cx, condition)];
    for (const { on, holds } of way.decisions) {
      const lowered = lowerExpression(cx, on);
      asked.push(holds ? lowered : fails(lowered));
    }
    const [first, ...others] = asked;
    const all = others.reduce<Expr | undefined>((left, right) => left && { op: 'and', left, right, span }, first);
    return {
      id: `${id}${suffix(way, index, doing.length)}`,
      trigger: trigger.kind === 'becomes' && others.length > 0 && first ? { ...trigger, of: first } : trigger,
      ...(all === undefined ? {} : { condition: all }),
      effects: way.actions.flatMap((action) => lowerEffects(cx, action)),
      ...(way.move === undefined ? {} : { move: way.move }),
      source,
      span,
    };
  });
}

/** The first way has the handler's own id; the only other one is called `.else`. */
function suffix({ decisions }: Way, index: number, ways: number): string {
  const otherwise = decisions.at(-1)?.holds === false;
  if (index === 0 && !otherwise) return '';
  return ways <= 2 && otherwise ? '.else' : `.${index + 1}`;
}

/** Continues a way through the actions of a body; a move ends it. */
function follow(body: readonly Action[], from: Way, splits: { left: number; short: boolean }): Way[] {
  const actions = [...from.actions];
  const way: Way = { ...from, actions };
  for (const [index, action] of body.entries()) {
    if (way.done) return [way];
    if (action.kind === 'if') {
      if (splits.left === 0) {
        splits.short = true;
        return [way];
      }
      splits.left--;
      const rest = body.slice(index + 1);
      const { decisions } = way;
      return [true, false].flatMap((holds) => {
        const taken = { ...way, decisions: [...decisions, { on: action.condition, holds }] };
        const inside = follow(holds ? action.then : action.otherwise, taken, splits);
        return inside.flatMap((one) => follow(rest, one, splits));
      });
    }
    const move = moveOf(action);
    // A move without assignments does nothing else.
    if (move === undefined || (action.kind === 'move' && action.with.length > 0)) actions.push(action);
    if (move !== undefined) {
      way.move = move;
      way.done = true;
    }
  }
  return [way];
}

/** A condition that is missing does not hold, so its opposite does. */
function fails(condition: Expr): Expr {
  const { span } = condition;
  return { op: 'not', of: { op: 'else', left: condition, right: { op: 'value', value: false, span }, span }, span };
}

function moveOf(action: Action): Move | undefined {
  if (action.kind === 'move') return lowerMove(action);
  if (action.kind === 'restart') return { direction: 'restart' };
  return action.kind === 'interrupt' ? { direction: 'interrupt', to: action.with.text } : undefined;
}

type MoveNode = { direction: Transition['direction']; to?: { text: string }; as?: { text: string } };

export function lowerMove({ direction, to, as }: MoveNode): Move | undefined {
  if (direction === 'resume') return { direction };
  if (direction === 'leave') return as === undefined ? undefined : { direction, as: as.text };
  return to === undefined ? undefined : { direction, to: to.text };
}
