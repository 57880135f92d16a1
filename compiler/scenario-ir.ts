/**
 * A checked scenario: a story with dates, its words resolved against the program it tells of.
 */
import type { BinaryOperator, ScenarioMoment, Span, Weekday } from '../language/ast.ts';
import type { Duration, Expr, Value } from './ir.ts';

export type ScenarioIr = { title: string; program: string; steps: ScenarioStepIr[]; span: Span };

export type ScenarioStepIr =
  | { kind: 'start'; moment: ScenarioMoment; zone?: string; at?: string; with: Record<string, Value>; span: Span }
  | { kind: 'each'; days: Weekday[]; at: number; deed: DeedIr; span: Span }
  | { kind: 'on'; moment: ScenarioMoment; deed: DeedIr; span: Span }
  | { kind: 'deed'; deed: DeedIr; span: Span }
  | { kind: 'wait'; duration: Duration; span: Span }
  | { kind: 'wait-until'; moment: ScenarioMoment; span: Span }
  | { kind: 'expect'; expectations: ExpectationIr[]; span: Span };

export type DeedIr =
  | { kind: 'record'; series: string; fields: Record<string, Value> }
  | { kind: 'says'; text: string }
  | { kind: 'answers'; value: string }
  | { kind: 'agent-says'; text: string }
  | { kind: 'agent-sets'; fields: Record<string, Value> }
  | { kind: 'agent-judges'; criterion: string; holds: boolean; confidence: number; quotes: string[] };

/** Counts: `nudges`, `messages`, `reviews` since the start. Messages: since the previous `expect`. */
export type ExpectationIr = { source: string; span: Span } & (
  | { kind: 'stage'; stage: string }
  | { kind: 'left'; as: string }
  | { kind: 'escalated'; to: string }
  | { kind: 'count'; of: 'nudges' | 'messages' | 'reviews'; operator: BinaryOperator; value: number }
  | { kind: 'message'; contains?: string; negated: boolean }
  | { kind: 'no-message-between'; from: number; to: number }
  | { kind: 'condition'; condition: Expr }
);
