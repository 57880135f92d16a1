/**
 * The stages of a flow to the IR: of the program itself, of a track, of a list.
 *
 * A flow's own ids begin with its name (`diary.morning/check-1`), those of the program's flow with the
 * stage. Stages in which a `pause` is spent are added behind the author's.
 */
import type { Rule as RuleNode, StageItem, Stage as StageNode } from '../language/ast.ts';
import { duration, usualMinutes } from './constants.ts';
import type { Expr, Flow, Ir, Let, Nudge, Rule, Stage } from './ir.ts';
import { lowerCadence } from './lower-cadence.ts';
import { lowerEffects, lowerQuestion } from './lower-effects.ts';
import { type LowerContext, lowerExpression, lowerLength, lowerText } from './lower-expressions.ts';
import { lowerRules, type RuleContext, withBody } from './lower-rules.ts';
import { seriesName } from './lower-selections.ts';
import type { Checked, FlowSymbol, LetSymbol, Report } from './symbols.ts';
import { entryActions, rulesOf } from './walk.ts';

/** A nudge that says nothing else is given once in a silence. */
const NUDGES_DEFAULT = 1;
/** The stage of the first `pause`; the others are `paused_2`, `paused_3`. */
const PAUSED = 'paused';

/** What lowering adds to the program from wherever it is. */
export type Made = { checked: Checked; report: Report } & Pick<Ir, 'criteria' | 'asks' | 'proposals'>;

/** `stage` is undefined for what is outside of stages: `place` says what its ids are called after. */
export function contextIn(made: Made, flow: FlowSymbol, stage: string | undefined, place = 'program'): LowerContext {
  return {
    checked: made.checked,
    owner: `${flow.prefix}${stage ?? place}`,
    scope: stage === undefined ? 'enrollment' : 'visit',
    flow,
    criteria: made.criteria,
  };
}

/** `skill` is that of the stages that name none. */
export function lowerFlow(made: Made, flow: FlowSymbol, anytime: readonly RuleNode[], skill?: string): Flow {
  const nodes = [...flow.stages.values()];
  const paused: Stage[] = [];
  const taken = new Set(flow.stages.keys());
  const contextOf = (stage: string | undefined, skill?: string): RuleContext => ({
    ...contextIn(made, flow, stage, 'anytime'),
    asks: made.asks,
    proposals: made.proposals,
    report: made.report,
    ...(skill === undefined ? {} : { skill }),
    pausedStage: (make) => {
      let name = PAUSED;
      for (let number = 2; taken.has(name); number++) name = `${PAUSED}_${number}`;
      taken.add(name);
      paused.push(make(name));
      return name;
    },
  });
  const always = lowerRules(contextOf(undefined), anytime);
  const stages = nodes.map(({ name, node }) => lowerStage(contextOf(name, skillOf(node) ?? skill), node, skill));
  const all = [...stages, ...paused];
  return {
    name: flow.name,
    anytime: always,
    stages: Object.fromEntries(all.map((stage) => [stage.name, stage])),
    stageOrder: all.map((stage) => stage.name),
    initial: all[0]?.name ?? '',
    exits: [...flow.exits.keys()],
  };
}

const skillOf = (node: StageNode): string | undefined => node.items.find((item) => item.kind === 'skill')?.name.text;

/** A let of any flow. Bands are the first row that fits. */
export function lowerLet(cx: LowerContext, { id, name, node, bands }: LetSymbol): Let {
  const { span } = node;
  if (bands === undefined) return { id, name, value: lowerExpression(cx, node.value), span };
  const ways = bands.rows.map((row) => {
    const when = lowerFits(cx, bands, row);
    return { ...(when === undefined ? {} : { when }), value: lowerExpression(cx, row.value) };
  });
  return { id, name, value: { op: 'choose', ways, span }, span };
}

type Bands = NonNullable<LetSymbol['bands']>;

/** The condition of a row; undefined for `otherwise`. */
function lowerFits(cx: LowerContext, { by }: Bands, { fits, span }: Bands['rows'][number]): Expr | undefined {
  const subject = (): Expr => (by === undefined ? { op: 'value', value: null, span } : lowerExpression(cx, by));
  switch (fits.kind) {
    case 'otherwise':
      return undefined;
    case 'when':
      return lowerExpression(cx, fits.condition);
    case 'missing':
      return { op: 'not', of: { op: 'known', of: subject(), span }, span };
    case 'is':
      return { op: 'compare', by: '=', left: subject(), right: lowerExpression(cx, fits.value), span };
    case 'range': {
      const { from, to } = fits;
      const above: Expr | undefined = from && {
        op: 'compare',
        by: from.inclusive ? '>=' : '>',
        left: subject(),
        right: lowerExpression(cx, from.value),
        span,
      };
      const below: Expr | undefined = to && {
        op: 'compare',
        by: to.inclusive ? '<=' : '<',
        left: subject(),
        right: lowerExpression(cx, to.value),
        span,
      };
      return above && below ? { op: 'and', left: above, right: below, span } : (above ?? below);
    }
  }
}

function lowerStage(cx: RuleContext, node: StageNode, skill: string | undefined): Stage {
  const name = node.name.text;
  const stage: Stage = {
    name,
    title: node.title === undefined ? { parts: [name.replaceAll('_', ' ')] } : lowerText(cx, node.title),
    ...(node.final === undefined ? {} : { final: node.final.outcome ?? 'neutral' }),
    protected: node.protected !== undefined,
    // The agent speaks where people stay.
    ...(skill === undefined || node.final !== undefined ? {} : { skill }),
    nudges: [],
    questions: [],
    escalations: [],
    entry: [],
    rules: [],
    span: node.span,
  };
  const rules = lowerRules(cx, rulesOf(node));
  // Decisions about what is proposed outside of rules come behind them.
  const decisions: Rule[] = withBody(cx, `${cx.owner}/entry`, (body) => {
    stage.entry = entryActions(node).flatMap((action) => lowerEffects(body, action));
    return [];
  });
  for (const item of node.items) {
    if (item.kind === 'skill') stage.skill = item.name.text;
    if (item.kind === 'review') {
      const spreadMinutes = item.spread === undefined ? 0 : Math.round(usualMinutes(duration(item.spread)));
      stage.review ??= { cadence: lowerCadence(cx, item.cadence), spreadMinutes, span: item.span };
    }
    if (item.kind === 'nudge') stage.nudges.push(lowerNudge(cx, item, `${cx.owner}/nudge-${stage.nudges.length + 1}`));
    if (item.kind === 'ask') {
      const id = `${cx.owner}/ask-${stage.questions.length + 1}`;
      decisions.push(
        ...withBody(cx, id, (body) => {
          stage.questions.push({ id, ...lowerQuestion(body, item) });
          return [];
        }),
      );
    }
    if (item.kind === 'escalate') {
      const id = `${cx.owner}/escalate-${stage.escalations.length + 1}`;
      stage.escalations.push({ id, after: lowerLength(cx, item.after), to: item.to.text, span: item.span });
    }
  }
  stage.rules = [...rules, ...decisions];
  return stage;
}

function lowerNudge(cx: LowerContext, item: Extract<StageItem, { kind: 'nudge' }>, id: string): Nudge {
  return {
    id,
    after: lowerLength(cx, item.after),
    ...(item.without === undefined ? {} : { without: seriesName(cx, item.without.text) }),
    atMost: item.atMost ?? NUDGES_DEFAULT,
    span: item.span,
  };
}
