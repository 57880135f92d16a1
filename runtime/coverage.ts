/**
 * Coverage: what of a program its scenarios have been through.
 *
 * Stages that were entered, rules that were taken (transitions move the person, handlers do not), and
 * of every rule's condition whether it was seen to hold and seen not to. Looks on only: the story's
 * inputs are stepped once more, and conditions are looked at before and after each, in the program's
 * own flow, its tracks and the items of its lists. Nothing that runs knows of it.
 */
import type { Flow, Ir, Rule } from '../compiler/ir.ts';
import { commandWord } from '../compiler/normalize-command.ts';
import { isStopRule } from '../compiler/stop.ts';
import type { Span } from '../language/ast.ts';
import { holds } from './evaluate.ts';
import type { ThreadId } from './facts.ts';
import { flowOf, focus, threadsOf } from './focus.ts';
import type { Input } from './inputs.ts';
import type { LoadedProgram } from './load.ts';
import { envOf, type Moment, momentOf } from './moment.ts';
import type { State } from './state.ts';
import { step } from './step.ts';
import type { TimelineRow } from './timeline.ts';

/**
 * What it is for a rule to be taken. One line of a program, such as a move that needs approval, can be several rules.
 */
export type Taking = 'taken' | 'proposed' | 'approved' | 'refused' | 'ended';

/**
 * By name (`training`, `diary.evening` in a track or list) and by rule id. Spans are in the program's text, or in that
 * of the file they name.
 */
export type Coverage = {
  stages: Record<string, { span: Span; entered: boolean }>;
  rules: Record<string, { source: string; span: Span; moves: boolean; taking: Taking; taken: boolean }>;
  conditions: Record<string, { source: string; span: Span; held: boolean; failed: boolean }>;
};

/** Everything there is to cover, and nothing of it covered yet. */
export function nothingCovered({ ir, source }: Pick<LoadedProgram, 'ir' | 'source'>): Coverage {
  const coverage: Coverage = { stages: {}, rules: {}, conditions: {} };
  for (const { flow, prefix } of flowsOf(ir)) {
    for (const stage of Object.values(flow.stages))
      coverage.stages[prefix + stage.name] = { span: stage.span, entered: false };
    for (const rule of [...flow.anytime, ...Object.values(flow.stages).flatMap((stage) => stage.rules)]) {
      // Every stage has it, and nobody wrote it.
      if (isStopRule(rule)) continue;
      coverage.rules[rule.id] = {
        source: rule.source,
        span: rule.span,
        moves: rule.move !== undefined,
        taking: takingOf(rule),
        taken: false,
      };
      if (rule.condition === undefined) continue;
      const { span } = rule.condition;
      // The words of a fragment stand in another file.
      const words = span.file === undefined ? source.slice(span.start, span.end).replace(/\s+/g, ' ').trim() : '';
      coverage.conditions[rule.id] = { source: words || rule.source, span, held: false, failed: false };
    }
  }
  return coverage;
}

function takingOf({ trigger, effects, move, source }: Rule): Taking {
  if (trigger.kind === 'decided') return trigger.approved ? 'approved' : 'refused';
  if (trigger.kind === 'becomes' && effects.length === 1 && effects[0]?.kind === 'propose') return 'proposed';
  // A pause is lowered to a stage of its own, and the rule that leads back has the words of the pause.
  return move?.direction === 'resume' && source.startsWith('pause') ? 'ended' : 'taken';
}

function flowsOf(ir: Ir): { flow: Flow; prefix: string }[] {
  return [
    { flow: ir, prefix: '' },
    ...[...Object.values(ir.tracks), ...Object.values(ir.lists)].map((flow) => ({ flow, prefix: `${flow.name}.` })),
  ];
}

/** Adds what one story went through to `coverage`. `rows` is its whole timeline, told in this program. */
export function cover(coverage: Coverage, program: LoadedProgram, rows: readonly TimelineRow[]): void {
  for (const row of rows) coverRow(coverage, row);
  let state: State | null = null;
  for (const row of rows) {
    if (row.kind !== 'input') continue;
    const followed = rows.filter((one) => one.cause === row.seq);
    if (state) look(coverage, program, state, row.at, { input: row.input, followed });
    state = step(program, state, row.input, row.at, 'scenario').state;
    look(coverage, program, state, row.at);
  }
}

function coverRow(coverage: Coverage, row: TimelineRow): void {
  // Whatever a row is called: one that names the rule it came of tells that it was taken.
  const id = 'rule' in row ? row.rule : undefined;
  if (id !== undefined) {
    const rule = coverage.rules[id];
    if (rule) rule.taken = true;
    const condition = coverage.conditions[id];
    if (condition) condition.held = true;
  }
  const stage = row.kind === 'entered' ? row.stage : row.kind === 'finished' ? row.as : undefined;
  const entered = stage === undefined ? undefined : coverage.stages[prefixOf(row.thread) + stage];
  if (entered) entered.entered = true;
}

const prefixOf = (thread: ThreadId | undefined): string =>
  thread === undefined || thread.kind === 'main' ? '' : `${thread.kind === 'track' ? thread.track : thread.list}.`;

/** What came in, and the rows that followed from it. */
type Occurrence = { input: Input; followed: readonly TimelineRow[] };

/** Looks at the conditions of every rule a person is under, at one moment. */
function look(coverage: Coverage, program: LoadedProgram, state: State, now: number, occurrence?: Occurrence): void {
  if (state.facts.finished) return;
  const main = momentOf(program.ir, state.facts, now, { enrollment: state.enrollment });
  for (const thread of threadsOf(main)) {
    const moment = focus(main, thread);
    const flow = flowOf(program.ir, thread);
    const rules = [...(flow?.anytime ?? []), ...(flow?.stages[moment.facts.visit.stage]?.rules ?? [])];
    for (const rule of rules) {
      const condition = coverage.conditions[rule.id];
      if (condition === undefined || (condition.held && condition.failed)) continue;
      for (const at of occasions(rule, moment, occurrence)) {
        if (holds(rule.condition, envOf(at)).holds) condition.held = true;
        else condition.failed = true;
      }
    }
  }
}

/** The moments at which a rule's condition is asked: for a handler, only when what it waits for has come. */
function occasions(rule: Rule, moment: Moment, occurrence: Occurrence | undefined): Moment[] {
  const { trigger } = rule;
  switch (trigger.kind) {
    case 'holds':
    case 'becomes':
      return [moment];
    case 'command': {
      if (occurrence?.input.type !== 'message') return [];
      const said = commandWord(occurrence.input.text);
      const isSaid = trigger.words.some((word) => {
        const command = commandWord(word);
        return said === command || (trigger.argument !== undefined && said.startsWith(`${command}_`));
      });
      return isSaid ? [moment] : [];
    }
    case 'recorded':
      return (occurrence?.followed ?? []).flatMap((row) =>
        row.kind === 'recorded' && row.series === trigger.series
          ? [{ ...moment, occasion: { entry: { fields: row.fields, at: row.occurredAt } } }]
          : [],
      );
    default:
      // A rhythm, a moment, a decision: asked when it came, which only time and decisions bring.
      return occurrence?.input.type === 'time' || occurrence?.input.type === 'decide' ? [moment] : [];
  }
}

export type Measure = { covered: number; total: number };

/** How much is covered, by kind. A condition counts twice: for holding and for not holding. */
export function measure({
  stages,
  rules,
  conditions,
}: Coverage): Record<'stages' | 'transitions' | 'handlers' | 'conditions', Measure> {
  const part = <T>(all: T[], covered: (one: T) => boolean): Measure => ({
    covered: all.filter(covered).length,
    total: all.length,
  });
  const outcomes = Object.values(conditions).flatMap(({ held, failed }) => [held, failed]);
  const all = Object.values(rules);
  const taken = (rule: { taken: boolean }) => rule.taken;
  return {
    stages: part(Object.values(stages), ({ entered }) => entered),
    transitions: part(
      all.filter(({ moves }) => moves),
      taken,
    ),
    handlers: part(
      all.filter(({ moves }) => !moves),
      taken,
    ),
    conditions: part(outcomes, (seen) => seen),
  };
}

/** 0 to 100, rounded down: only what is whole is called whole. Nothing to cover is covered. */
export const percent = ({ covered, total }: Measure): number =>
  total === 0 ? 100 : Math.floor((covered / total) * 100);
