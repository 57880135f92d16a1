/**
 * Rules to the IR's rules: a trigger, a condition, what is done, where it moves the person.
 *
 * A move that somebody must approve becomes two rules: one proposes it, one is taken when it was
 * approved. `pause while` becomes an interruption with a stage of its own that resumes by itself.
 * The ways through a body are in `lower-bodies.ts`, what actions do in `lower-effects.ts`.
 */
import type { Rule as RuleNode, Span, Transition } from '../language/ast.ts';
import { declaredType } from './bind-fields.ts';
import { textWithoutHoles } from './constants.ts';
import { words } from './inference.ts';
import type { Expr, Rule, Stage } from './ir.ts';
import { lowerBody, lowerMove } from './lower-bodies.ts';
import { lowerCadence } from './lower-cadence.ts';
import { type BodyContext, idsWithin, lowerAssignments, lowerProposal, refusal } from './lower-effects.ts';
import { lowerExpression, lowerLength } from './lower-expressions.ts';
import { seriesName } from './lower-selections.ts';
import { commandWord } from './normalize-command.ts';
import type { Report } from './symbols.ts';

/** Where rules stand; `decided` and `idFor` are given for each body. */
export type RuleContext = Omit<BodyContext, 'decided' | 'idFor'> & {
  report: Report;
  /** The name of the next stage in which a pause is spent; `skill` is that of the stage it pauses. */
  pausedStage: (stage: (name: string) => Stage) => string;
  skill?: string;
};

/** The rules of one stage or of `anytime`, with ids counted by kind: `training/advance-1`. */
export function lowerRules(cx: RuleContext, rules: readonly RuleNode[]): Rule[] {
  const counts = new Map<string, number>();
  return rules.flatMap((rule) => {
    const name = rule.kind === 'transition' ? rule.direction : rule.kind;
    const count = (counts.get(name) ?? 0) + 1;
    const id = `${cx.owner}/${name}-${count}`;
    const made = withBody(cx, id, (body) => {
      if (rule.kind === 'transition') return lowerTransition(body, rule, id);
      return rule.kind === 'pause' ? [lowerPause(cx, rule, id)] : lowerHandler(cx, body, rule, id);
    });
    // A handler in which nothing happens is no rule and is not counted.
    if (made.length > 0) counts.set(name, count);
    return made;
  });
}

/** Makes rules with the ids of the body `base`; what its proposals lead to comes right behind them. */
export function withBody(cx: RuleContext, base: string, make: (body: BodyContext) => Rule[]): Rule[] {
  const after: Rule[] = [];
  const body: BodyContext = {
    ...cx,
    idFor: idsWithin(base),
    decided: (id, trigger, actions, source) => {
      after.push(
        ...withBody(cx, id, (inner) =>
          lowerBody(inner, { id, trigger, actions, source, span: actions[0]?.span ?? { start: 0, end: 0 } }, cx.report),
        ),
      );
    },
  };
  const made = make(body);
  return after.length === 0 ? made : [...made, ...after];
}

function lowerTransition(outer: BodyContext, node: Transition, id: string): Rule[] {
  const isLeave = node.direction === 'leave' && outer.scope === 'visit';
  const cx: BodyContext = isLeave ? { ...outer, silenceScope: 'stage' } : outer;
  const when = node.when === undefined ? undefined : lowerExpression(cx, node.when);
  const after = node.after === undefined ? undefined : lowerAfter(cx, node.after);
  const both = after !== undefined && when !== undefined;
  const condition: Expr | undefined = both ? { op: 'and', left: after, right: when, span: node.span } : (after ?? when);
  const asked = condition === undefined ? {} : { condition };
  const move = lowerMove(node);
  const done = {
    effects: lowerAssignments(cx, node.with),
    ...(move === undefined ? {} : { move }),
    source: words(cx.checked, node.span),
    span: node.span,
  };
  if (node.approved === undefined) return [{ id, trigger: { kind: 'holds' }, ...asked, ...done }];
  const source = words(cx.checked, { ...node.span, end: node.approved.span.start });
  cx.proposals[id] = { id, ...lowerProposal(cx, node.approved, source) };
  refusal(cx, id, node.approved, done.source);
  const effects: Rule['effects'] = [{ kind: 'propose', proposal: id }];
  const { span } = node;
  return [
    { id, trigger: { kind: 'becomes' }, ...asked, effects, source: done.source, span },
    { id: `${id}.approved`, trigger: { kind: 'decided', proposal: id, approved: true }, ...done },
  ];
}

/** `after 3 days` counts from the visit in a stage, from enrollment in `anytime`. */
function lowerAfter(cx: BodyContext, after: NonNullable<Transition['after']>): Expr {
  const duration = lowerLength(cx, after.duration);
  if (after.silence) return { op: 'silence', duration, scope: cx.silenceScope ?? cx.scope, span: after.span };
  const anchor = { kind: cx.scope === 'visit' ? 'entered' : 'enrolled' } as const;
  return { op: 'since', duration, anchor, span: after.span };
}

type Handler = Exclude<RuleNode, Transition | { kind: 'pause' }>;

function lowerHandler(cx: RuleContext, body: BodyContext, node: Handler, id: string): Rule[] {
  const condition = node.kind === 'when' ? node.condition : node.kind === 'on' ? node.where : undefined;
  const source = words(cx.checked, node.span);
  const trigger = lowerTrigger(body, node);
  const rule = { id, trigger, actions: node.body, source, span: node.span, ...(condition && { condition }) };
  return lowerBody(body, rule, cx.report);
}

function lowerTrigger(cx: BodyContext, node: Handler): Rule['trigger'] {
  switch (node.kind) {
    case 'when':
      return { kind: 'becomes', ...(node.once === undefined ? {} : { once: true }) };
    case 'on':
      return { kind: 'recorded', series: seriesName(cx, node.series.text) };
    case 'check':
      return { kind: 'cadence', cadence: lowerCadence(cx, node.cadence) };
    case 'at':
      return {
        kind: 'reached',
        at: lowerExpression(cx, node.moment),
        ...(node.once === undefined ? {} : { once: true }),
      };
    case 'command': {
      const spoken = node.words.map((word) => commandWord(textWithoutHoles(word))).filter((word) => word !== '');
      const argument =
        node.argument && declaredType(node.argument.type, 'an argument', () => {}, cx.checked.symbols.roles);
      return { kind: 'command', words: [...new Set(spoken)], ...(argument === undefined ? {} : { argument }) };
    }
  }
}

/** Timers stand still while a visit is set aside, so a pause is a visit of a stage that only waits. */
function lowerPause(cx: RuleContext, node: Extract<RuleNode, { kind: 'pause' }>, id: string): Rule {
  const { span } = node;
  const condition = lowerExpression(cx, node.condition);
  const source = words(cx.checked, span);
  const to = cx.pausedStage((name) => ({
    name,
    title: { parts: ['Paused'] },
    protected: false,
    ...(cx.skill === undefined ? {} : { skill: cx.skill }),
    nudges: [],
    questions: [],
    escalations: [],
    entry: [],
    rules: [
      {
        id: `${cx.flow?.prefix ?? ''}${name}/resume-1`,
        trigger: { kind: 'holds' },
        condition: over(condition, span),
        effects: [],
        move: { direction: 'resume' },
        source,
        span,
      },
    ],
    span,
  }));
  const move = { direction: 'interrupt', to } as const;
  return { id, trigger: { kind: 'becomes' }, condition, effects: [], move, source, span };
}

/** What is missing does not hold, so a pause for it is over. */
const over = (condition: Expr, span: Span): Expr => ({
  op: 'not',
  of: { op: 'else', left: condition, right: { op: 'value', value: false, span }, span },
  span,
});
