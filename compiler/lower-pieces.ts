/**
 * A flow in pieces: what stands outside of its stages, and every stage with its lets, each lowered by itself.
 *
 * Each brings along what it adds to the program (criteria, questions, proposals, stages in which a pause is spent).
 * A piece hangs on its own part and on the frame alone, so with a memory it is made again only where its part is.
 */
import type { Rule as RuleNode, Stage as StageNode } from '../language/ast.ts';
import type { Flow, Ir, Let, Rule, Stage } from './ir.ts';
import { type KeptReports, tellOf } from './kept-reports.ts';
import { contextIn, lowerLet, lowerStage, type Made } from './lower-flows.ts';
import { lowerRules, type RuleContext } from './lower-rules.ts';
import type { FlowSymbol, ListSymbol, Report, StageSymbol, TrackSymbol } from './symbols.ts';

/** What lowering adds to the program from wherever it is. */
export type Added = Pick<Ir, 'criteria' | 'asks' | 'proposals'>;

type Piece = Added & { paused: Stage[] };
/** `ofLets` are those of the criteria that its lets ask. */
type StagePiece = Piece & { lets: Let[]; ofLets: Ir['criteria']; stage: Stage };
type OutsidePiece = Piece & { rules: Rule[] };
export type FlowPieces = { flow: FlowSymbol; outside: OutsidePiece; stages: StagePiece[] };

/**
 * What was made of each part, by that part, and what was told meanwhile; and the lets outside of stages by what they
 * come to.
 */
export type KeptPieces = {
  lets: WeakMap<object, Let>;
  stages: WeakMap<object, StagePiece>;
  outside: WeakMap<object, OutsidePiece>;
  told: KeptReports;
};

export const keptPieces = (): KeptPieces => ({
  lets: new WeakMap(),
  stages: new WeakMap(),
  outside: new WeakMap(),
  told: new WeakMap(),
});

/** The stage of the first `pause`; the others are `paused_2`, `paused_3`. */
const PAUSED = 'paused';

/** `skill` is that of the stages that name none. */
export function lowerPieces(
  made: Made,
  flow: FlowSymbol | TrackSymbol | ListSymbol,
  anytime: readonly RuleNode[],
  skill?: string,
): FlowPieces {
  const { memory, checked } = made;
  const taken = new Set(flow.stages.keys());
  const nextPaused = (): string => {
    let name = PAUSED;
    for (let number = 2; taken.has(name); number++) name = `${PAUSED}_${number}`;
    return name;
  };
  const again = <Of extends Piece>(
    kept: WeakMap<object, Of> | undefined,
    part: object,
    make: (tell: Report) => Of,
  ): Of => {
    let piece = kept?.get(part);
    tellOf(memory?.lowered.told, checked.program, part, made.report, (tell) => {
      piece = make(tell);
      kept?.set(part, piece);
    });
    const found = piece as Of;
    for (const { name } of found.paused) taken.add(name);
    return found;
  };

  const begun = (stage: string | undefined, report: Report, its?: string): { piece: Piece; cx: RuleContext } => {
    const piece: Piece = { criteria: {}, asks: {}, proposals: {}, paused: [] };
    const cx: RuleContext = {
      ...contextIn({ checked, ...piece }, flow, stage, 'anytime'),
      asks: piece.asks,
      proposals: piece.proposals,
      report,
      ...(its === undefined ? {} : { skill: its }),
      pausedStage: (paused) => {
        const name = nextPaused();
        taken.add(name);
        piece.paused.push(paused(name));
        return name;
      },
    };
    return { piece, cx };
  };
  const lowerOutside = (report: Report): OutsidePiece => {
    const { piece, cx } = begun(undefined, report);
    return { ...piece, rules: lowerRules(cx, anytime) };
  };
  const lowerInside = ({ name, node, lets }: StageSymbol, report: Report): StagePiece => {
    const { piece, cx } = begun(name, report, skillOf(node) ?? skill);
    const lowered = [...lets.values()].map((one) => lowerLet(cx, one));
    const ofLets = { ...piece.criteria };
    return { ...piece, lets: lowered, ofLets, stage: lowerStage(cx, node, skill) };
  };
  const part = 'node' in flow ? flow.node : (memory ?? checked.program);
  const outside = again(memory?.lowered.outside, part, lowerOutside);
  const stages = [...flow.stages.values()].map((stage) =>
    again(memory?.lowered.stages, stage.node, (report) => lowerInside(stage, report)),
  );
  return { flow, outside, stages };
}

const skillOf = (node: StageNode): string | undefined => node.items.find((item) => item.kind === 'skill')?.name.text;

/** A flow of its pieces, and what they add to the program. */
export function lowerFlow(made: Made, { flow, outside, stages }: FlowPieces): Flow {
  for (const piece of [outside, ...stages]) addTo(made, piece);
  const paused = [outside, ...stages].flatMap((piece) => piece.paused);
  const all = [...stages.map((piece) => piece.stage), ...paused];
  return {
    name: flow.name,
    anytime: outside.rules,
    stages: Object.fromEntries(all.map((stage) => [stage.name, stage])),
    stageOrder: all.map((stage) => stage.name),
    initial: all[0]?.name ?? '',
    exits: [...flow.exits.keys()],
  };
}

/** Puts what a piece adds to the program behind what others did. */
function addTo(made: Added, { criteria, asks, proposals }: Added): void {
  Object.assign(made.criteria, criteria);
  Object.assign(made.asks, asks);
  Object.assign(made.proposals, proposals);
}
