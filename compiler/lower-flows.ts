/**
 * The stages of a flow to the IR: of the program itself, of a track, of a list.
 *
 * A flow's own ids begin with its name (`diary.morning/check-1`), those of the program's flow with the
 * stage. Stages and what stands outside of them are put together in `lower-pieces.ts`.
 */
import type { StageItem, Stage as StageNode } from '../language/ast.ts';
import { duration, usualMinutes } from './constants.ts';
import type { Expr, Let, Nudge, Rule, Stage } from './ir.ts';
import { lowerCadence } from './lower-cadence.ts';
import { lowerEffects, lowerQuestion } from './lower-effects.ts';
import { type LowerContext, lowerExpression, lowerLength, lowerText } from './lower-expressions.ts';
import type { Added } from './lower-pieces.ts';
import { lowerRules, type RuleContext, withBody } from './lower-rules.ts';
import { seriesName } from './lower-selections.ts';
import type { ProgramMemory } from './program-memory.ts';
import type { Checked, FlowSymbol, LetSymbol, Report } from './symbols.ts';
import { entryActions, rulesOf } from './walk.ts';

/** A nudge that says nothing else is given once in a silence. */
const NUDGES_DEFAULT = 1;
/** What lowering has made so far, and what it goes by. */
export type Made = Added & { checked: Checked; report: Report; memory?: ProgramMemory | undefined };

/** `stage` is undefined for what is outside of stages: `place` says what its ids are called after. */
export function contextIn(
  made: Pick<Made, 'checked' | 'criteria'>,
  flow: FlowSymbol,
  stage: string | undefined,
  place = 'program',
): LowerContext {
  return {
    checked: made.checked,
    owner: `${flow.prefix}${stage ?? place}`,
    scope: stage === undefined ? 'enrollment' : 'visit',
    flow,
    criteria: made.criteria,
  };
}

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

/** `skill` is that of a stage that names none. */
export function lowerStage(cx: RuleContext, node: StageNode, skill: string | undefined): Stage {
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
