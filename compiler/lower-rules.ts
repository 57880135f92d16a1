/**
 * Rules to the IR's rules: a trigger, a condition, what is done, where it moves the person.
 *
 * A body with `when … else …` becomes one rule for each way through it. The conditions are those
 * that stood when the handler began, and they exclude each other: the way past a `when` asks that
 * it does not hold, which a missing value also satisfies.
 */
import type { Action, Assignment, Rule as RuleNode, Span, TextLiteral, Transition } from '../language/ast.ts';
import { diagnostic } from '../language/diagnostics.ts';
import { duration, textWithoutHoles } from './constants.ts';
import { words } from './inference.ts';
import type { Effect, Expr, Move, Rule } from './ir.ts';
import { type LowerContext, lowerExpression, lowerText } from './lower-expressions.ts';
import { commandWord } from './normalize-command.ts';
import { findSeries, type Report } from './symbols.ts';

/** Ways through one handler. Four choices in a row come to as many. */
export const BRANCHES_MAX = 16;

/** The rules of one stage or of `anytime`, with ids counted by kind: `training/advance-1`. */
export function lowerRules(cx: LowerContext, rules: readonly RuleNode[], report: Report): Rule[] {
  const counts = new Map<string, number>();
  return rules.flatMap((rule) => {
    const name = rule.kind === 'transition' ? rule.direction : rule.kind;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    const id = `${cx.owner}/${name}-${count}`;
    return rule.kind === 'transition' ? [lowerTransition(cx, rule, id)] : lowerHandler(cx, rule, id, report);
  });
}

function lowerTransition(outer: LowerContext, node: Transition, id: string): Rule {
  const isLeave = node.direction === 'leave' && outer.scope === 'visit';
  const cx: LowerContext = isLeave ? { ...outer, silenceScope: 'stage' } : outer;
  const when = node.when === undefined ? undefined : lowerExpression(cx, node.when);
  const after = node.after === undefined ? undefined : lowerAfter(cx, node.after);
  const condition = after !== undefined && when !== undefined ? both(after, when, node.span) : (after ?? when);
  const move = lowerMove(node);
  return {
    id,
    trigger: { kind: 'holds' },
    ...(condition === undefined ? {} : { condition }),
    effects: lowerAssignments(cx, node.with),
    ...(move === undefined ? {} : { move }),
    source: words(cx.checked, node.span),
    span: node.span,
  };
}

/** `after 3 days` counts from the visit in a stage, from enrollment in `anytime`. */
function lowerAfter(cx: LowerContext, after: NonNullable<Transition['after']>): Expr {
  const length = duration(after.duration);
  if (after.silence) return { op: 'silence', duration: length, scope: cx.silenceScope ?? cx.scope, span: after.span };
  const anchor = { kind: cx.scope === 'visit' ? 'entered' : 'enrolled' } as const;
  return { op: 'since', duration: length, anchor, span: after.span };
}

const both = (left: Expr, right: Expr, span: Span): Expr => ({ op: 'and', left, right, span });

type Move3 = { direction: Transition['direction']; to?: { text: string }; as?: { text: string } };

function lowerMove({ direction, to, as }: Move3): Move | undefined {
  if (direction === 'resume') return { direction };
  if (direction === 'leave') return as === undefined ? undefined : { direction, as: as.text };
  return to === undefined ? undefined : { direction, to: to.text };
}

type Way = {
  conditions: Expr[];
  effects: Effect[];
  move?: Move;
  done: boolean;
  last: 'then' | 'otherwise' | undefined;
};

function lowerHandler(cx: LowerContext, node: Exclude<RuleNode, Transition>, id: string, report: Report): Rule[] {
  const first = node.kind === 'when' ? node.condition : node.kind === 'on' ? node.where : undefined;
  const condition = first === undefined ? undefined : lowerExpression(cx, first);
  let ways: Way[] = [
    { conditions: condition === undefined ? [] : [condition], effects: [], done: false, last: undefined },
  ];
  let tooMany = false;
  ways = follow(cx, node.body, ways, () => {
    tooMany = true;
  });
  if (tooMany) report(diagnostic('too-many-branches', node.span, { limit: BRANCHES_MAX }));
  const doing = ways.filter((way) => way.effects.length > 0 || way.move !== undefined);
  return doing.map((way, index) => {
    const asked = way.conditions.reduce<Expr | undefined>(
      (all, one) => (all === undefined ? one : both(all, one, node.span)),
      undefined,
    );
    const suffix =
      index === 0 && way.last !== 'otherwise'
        ? ''
        : doing.length <= 2 && way.last === 'otherwise'
          ? '.else'
          : `.${index + 1}`;
    return {
      id: `${id}${suffix}`,
      trigger: lowerTrigger(cx, node),
      ...(asked === undefined ? {} : { condition: asked }),
      effects: way.effects,
      ...(way.move === undefined ? {} : { move: way.move }),
      source: words(cx.checked, node.span),
      span: node.span,
    };
  });
}

function lowerTrigger(cx: LowerContext, node: Exclude<RuleNode, Transition>): Rule['trigger'] {
  if (node.kind === 'when') return { kind: 'becomes' };
  if (node.kind === 'on') {
    return { kind: 'recorded', series: findSeries(cx.checked.symbols, node.series.text)?.name ?? node.series.text };
  }
  const spoken = node.words.map((word) => commandWord(textWithoutHoles(word))).filter((word) => word !== '');
  return { kind: 'command', words: [...new Set(spoken)] };
}

/** Continues every way through the actions of a body; a move ends a way. */
function follow(cx: LowerContext, body: readonly Action[], from: Way[], tooMany: () => void): Way[] {
  let ways = from;
  for (const action of body) {
    if (action.kind === 'if') {
      const holds = lowerExpression(cx, action.condition);
      const open = ways.filter((way) => !way.done);
      if (ways.length + open.length > BRANCHES_MAX) {
        tooMany();
        return ways;
      }
      const taken = open.map((way) => ({ ...way, conditions: [...way.conditions, holds], last: 'then' as const }));
      const passed = open.map((way) => ({
        ...way,
        conditions: [...way.conditions, fails(holds)],
        last: 'otherwise' as const,
      }));
      ways = [
        ...ways.filter((way) => way.done),
        ...follow(cx, action.then, taken, tooMany),
        ...follow(cx, action.otherwise, passed, tooMany),
      ];
      continue;
    }
    const move = moveOf(action);
    const effects = lowerEffects(cx, action);
    ways = ways.map((way) =>
      way.done
        ? way
        : { ...way, effects: [...way.effects, ...effects], ...(move === undefined ? {} : { move, done: true }) },
    );
  }
  return ways;
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

function lowerAssignments(cx: LowerContext, assignments: readonly Assignment[]): Effect[] {
  return assignments.map(({ name, value }) => ({ kind: 'set', field: name.text, value: lowerExpression(cx, value) }));
}

/** What an action does besides moving. */
export function lowerEffects(cx: LowerContext, action: Action): Effect[] {
  const optional = (text: TextLiteral | undefined) => (text === undefined ? {} : { text: lowerText(cx, text) });
  switch (action.kind) {
    case 'say':
      return [{ kind: 'say', text: lowerText(cx, action.text) }];
    case 'say-with-skill':
      return [{ kind: 'say-with-skill', skill: action.skill.text }];
    case 'set':
      return lowerAssignments(cx, [action]);
    case 'move':
      return lowerAssignments(cx, action.with);
    case 'record': {
      const series = findSeries(cx.checked.symbols, action.series.text)?.name ?? action.series.text;
      const fields = Object.fromEntries(
        action.fields.map(({ name, value }) => [name.text, lowerExpression(cx, value)]),
      );
      return [{ kind: 'record', series, fields }];
    }
    case 'escalate-now':
      return [{ kind: 'escalate', to: action.to.text, ...optional(action.text) }];
    default:
      return [];
  }
}
