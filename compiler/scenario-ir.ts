/**
 * A checked scenario: a story with dates, its words resolved against the program it tells of.
 */
import type { BinaryOperator, ScenarioMoment, Span, Weekday } from '../language/ast.ts';
import type { Duration, Expr, Value } from './ir.ts';

export type ScenarioIr = { title: string; program: string; steps: ScenarioStepIr[]; span: Span };

export type ScenarioStepIr =
  | { kind: 'start'; moment: ScenarioMoment; zone?: string; at?: string; with: Record<string, Value>; span: Span }
  | { kind: 'each'; days: Weekday[]; at: number; times?: number; deed: DeedIr; span: Span }
  | { kind: 'on'; moment: ScenarioMoment; deed: DeedIr; span: Span }
  | { kind: 'deed'; deed: DeedIr; span: Span }
  | { kind: 'wait'; duration: Duration; span: Span }
  | { kind: 'wait-until'; moment: ScenarioMoment; span: Span }
  | { kind: 'expect'; expectations: ExpectationIr[]; span: Span };

/** `refused`: the story expects that it cannot be done. */
export type DeedIr = {
  refused?: true;
} /** `by`: a role, a service, `cohort` or `operator`; absent: the person. `occurred`: absent means now. */ & (
  | { kind: 'record'; by?: string; series: string; fields: Record<string, Value>; occurred?: ScenarioMoment }
  /**
   * The newest entry that occurred at that moment (on that day, where no time is told); no fields: it is taken back.
   */
  | { kind: 'correct'; by?: string; series: string; of: ScenarioMoment; fields?: Record<string, Value> }
  | { kind: 'sets'; by: string; item?: { list: string; key: Value }; fields: Record<string, Value> }
  | { kind: 'adds'; by: string; list: string; fields: Record<string, Value> }
  /** The newest open proposal for that role (that would set the field named, with the value to set instead). */
  | { kind: 'decides'; by: string; approve: boolean; fields: Record<string, Value> }
  | { kind: 'role-answers'; by: string; value: string }
  | { kind: 'acknowledges'; by: string }
  /** Another one's program told the whole cohort. */
  | { kind: 'tells'; text: string }
  | { kind: 'moves'; zone: string }
  | { kind: 'says'; text: string }
  | { kind: 'answers'; value: string }
  | { kind: 'agent-says'; text: string }
  | { kind: 'agent-sets'; fields: Record<string, Value> }
  | { kind: 'agent-judges'; criterion: string; holds: boolean; confidence: number; quotes: string[] }
);

/** Counts: `nudges`, `messages`, `reviews` since the start. Messages: since the previous `expect`. */
export type ExpectationIr = { source: string; span: Span } & (
  | { kind: 'stage'; stage: string }
  | { kind: 'left'; as: string }
  | { kind: 'escalated'; to: string; contains?: string; negated: boolean }
  | {
      kind: 'count';
      of: 'nudges' | 'messages' | 'reviews' | 'escalations' | 'proposals';
      within?: 'day' | 'week';
      operator: BinaryOperator;
      value: number;
    }
  | { kind: 'told'; to: string; contains?: string; negated: boolean }
  | { kind: 'sent'; what: string; to?: string; contains?: string; negated: boolean }
  | { kind: 'called'; service: string; action?: string; negated: boolean }
  /** `what`: a field, or the stage a move would go to. */
  | { kind: 'proposed'; what?: string; value?: Value; negated: boolean }
  | { kind: 'asked'; to?: string; contains?: string; negated: boolean }
  | { kind: 'message'; contains?: string; negated: boolean }
  | { kind: 'no-message-between'; from: number; to: number }
  | { kind: 'condition'; condition: Expr }
);
