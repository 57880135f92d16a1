/**
 * Expectations of a scenario: whether the story came out as expected, and if not, what happened and why.
 *
 * Reads the timeline and the facts; changes nothing. *Why* names the false clause with its values.
 */
import { usualMinutes } from '../compiler/constants.ts';
import type { Expr, Ir, Text, Value } from '../compiler/ir.ts';
import type { ExpectationIr } from '../compiler/scenario-ir.ts';
import type { BinaryOperator, Span } from '../language/ast.ts';
import { calendarPeriod, minutesOf, timeText } from './calendar.ts';
import { conjuncts, explainCondition } from './clause-values.ts';
import type { Env } from './evaluate.ts';
import { evaluate, holds } from './evaluate.ts';
import { why } from './explain.ts';
import type { LoadedProgram } from './load.ts';
import { findQuestion } from './scenario-deeds.ts';
import type { State } from './state.ts';
import type { TimelineRow } from './timeline.ts';
import { writeValue } from './write-value.ts';

export type ScenarioFailure = { span: Span; expected: string; happened: string; why?: string };

/** How things stand: `recent` are the rows since the expectation before. */
export type Standing = {
  program: LoadedProgram;
  state: State;
  now: number;
  rows: TimelineRow[];
  recent: TimelineRow[];
};

/** Null: it came out as expected. */
export function judgeExpectation(expectation: ExpectationIr, standing: Standing): ScenarioFailure | null {
  const { program, state, now, rows, recent } = standing;
  const { ir } = program;
  const { facts } = state;
  const fail = (happened: string, because?: string): ScenarioFailure => ({
    span: expectation.span,
    expected: expectation.source,
    happened,
    ...(because === undefined ? {} : { why: because }),
  });
  /** Of things that happened, whether one is meant; `what` is what else happened. */
  const oneOf = <T>(things: T[], fits: (thing: T) => boolean, tell: (thing: T) => string, none: string) => {
    const { negated } = expectation as { negated?: boolean };
    if (things.some(fits) !== (negated === true)) return null;
    const told = [...new Set((negated ? things.filter(fits) : things).map(tell))];
    return fail(told.length === 0 ? none : told.join(', '));
  };
  switch (expectation.kind) {
    case 'stage': {
      const there = facts.visit.stage === expectation.stage && facts.finished?.outcome !== 'left';
      return there ? null : fail(whereNow(state), whyNot(expectation.stage, standing) ?? lastMove(rows));
    }
    case 'left':
      return facts.finished?.outcome === 'left' && facts.finished.as === expectation.as
        ? null
        : fail(whereNow(state), lastMove(rows));
    case 'escalated':
      return oneOf(
        of(rows, 'escalated'),
        (row) =>
          (row.to === expectation.to || isOfLadder(row, expectation.to, ir)) &&
          contains(row.text, expectation.contains),
        (row) => `escalated to ${row.to} “${row.text}”`,
        'nothing was escalated',
      );
    case 'count': {
      const since = expectation.within ? calendarPeriod(now, expectation.within, facts.zone).start : 0;
      const kind = countedRows[expectation.of];
      const count = rows.filter((row) => row.kind === kind && row.at >= since).length;
      const when = expectation.within ? { day: ' today', week: ' this week' }[expectation.within] : '';
      return compareCount(count, expectation.operator, expectation.value)
        ? null
        : fail(`${expectation.of}${when} = ${count}`);
    }
    case 'message':
      return oneOf(
        of(recent, 'message'),
        (row) => contains(row.text, expectation.contains),
        (row) => `“${row.text}”`,
        'no message',
      );
    case 'told':
      return oneOf(
        of(recent, 'told'),
        (row) => row.to === expectation.to && contains(row.text, expectation.contains),
        (row) => `told ${row.to} “${row.text}”`,
        'nobody was told anything',
      );
    case 'sent':
      return oneOf(
        of(recent, 'output'),
        (row) =>
          row.name === expectation.what &&
          (expectation.to === undefined || row.to === expectation.to) &&
          contains(row.text, expectation.contains),
        (row) => `sent ${row.name} to ${row.to}: “${row.text}”`,
        'nothing was sent',
      );
    case 'called':
      return oneOf(
        of(recent, 'called'),
        (row) =>
          row.service === expectation.service &&
          (expectation.action === undefined || row.action === expectation.action),
        (row) => `called ${row.service} ${row.action}${fieldsText(row.fields, facts.zone)}`,
        'nothing was called',
      );
    case 'proposed':
      return oneOf(
        of(recent, 'proposed'),
        (row) =>
          (expectation.what === undefined || proposedThing(row.proposal, program) === expectation.what) &&
          (expectation.value === undefined || isSame(row.value, expectation.value)),
        (row) => {
          const value = row.value === null ? '' : ` = ${writeValue(row.value, facts.zone)}`;
          return `proposed ${proposedThing(row.proposal, program)}${value}`;
        },
        'nothing was proposed',
      );
    case 'asked':
      return oneOf(
        questionsIn(recent, ir),
        (question) => question.to === expectation.to && contains(question.text, expectation.contains),
        ({ to, text }) => `asked ${to === undefined ? '' : `${to} `}“${text}”`,
        'nothing was asked',
      );
    case 'no-message-between': {
      const heard = messagesByClock(standing).filter(({ at }) => isBetween(at, expectation.from, expectation.to));
      return heard.length === 0 ? null : fail(heard.map(({ text, at }) => `“${text}” at ${timeText(at)}`).join(', '));
    }
    case 'condition': {
      const env: Env = { ir, facts, now };
      if (holds(expectation.condition, env).holds) return null;
      return fail(falseClauses(expectation, env), lastMove(rows));
    }
  }
}

// ---------------------------------------------------------------- rows

const of = <K extends TimelineRow['kind']>(rows: TimelineRow[], kind: K) =>
  rows.filter((row): row is Extract<TimelineRow, { kind: K }> => row.kind === kind);

const countedRows = {
  nudges: 'nudged',
  messages: 'message',
  reviews: 'reviewed',
  escalations: 'escalated',
  proposals: 'proposed',
} as const;

/** Every message with what the clock showed (minutes) where the person was then: they may have moved since. */
function messagesByClock({ program, state, rows }: Standing): { text: string; at: number }[] {
  const { theirs, fallback } = program.ir.zone;
  let zone = theirs ? fallback : state.facts.zone;
  return rows.flatMap((row) => {
    if (theirs && row.kind === 'input' && (row.input.type === 'enroll' || row.input.type === 'zone'))
      zone = row.input.zone;
    return row.kind === 'message' ? [{ text: row.text, at: minutesOf(row.at, zone) }] : [];
  });
}

const contains = (text: string, part: string | undefined): boolean =>
  part === undefined || text.toLowerCase().includes(part.toLowerCase());

/** Whether an escalation climbs this ladder: it reached the role of one of its rungs. */
function isOfLadder({ to, rung }: { to: string; rung?: number }, name: string, ir: Ir): boolean {
  const ladder = Object.hasOwn(ir.ladders, name) ? ir.ladders[name] : undefined;
  return rung !== undefined && ladder?.rungs[rung]?.to === to;
}

/** The field a proposal would set, or the stage its move would go to. */
function proposedThing(id: string, { ir, rules }: LoadedProgram): string {
  const { field } = ir.proposals[id] ?? {};
  if (field !== undefined) return field;
  const approved = Object.values(rules).find(
    ({ trigger }) => trigger.kind === 'decided' && trigger.proposal === id && trigger.approved,
  )?.move;
  if (approved === undefined) return id;
  return 'to' in approved ? approved.to : 'as' in approved ? approved.as : approved.direction;
}

/** What was asked: as it was shown, or where it waits to be shown, in the program's words. `to`: a role. */
function questionsIn(rows: TimelineRow[], ir: Ir): { to?: string; text: string }[] {
  return rows.flatMap((row, index): { to?: string; text: string }[] => {
    const next = rows[index + 1];
    // It was said at once, and is told by what was said.
    if (row.kind === 'asked' && (next?.kind === 'message' || next?.kind === 'told') && next.question !== undefined)
      return [];
    if (row.kind === 'message' && row.question !== undefined) return [{ text: row.text }];
    if (row.kind === 'told' && row.question !== undefined) return [{ to: row.to, text: row.text }];
    const declared = row.kind === 'asked' ? findQuestion(ir, row.question) : undefined;
    if (declared === undefined) return [];
    return [{ ...(declared.to === undefined ? {} : { to: declared.to }), text: wordsOf(declared.text) }];
  });
}

const wordsOf = (text: Text): string => text.parts.map((part) => (typeof part === 'string' ? part : '…')).join('');

function fieldsText(fields: Record<string, Value>, zone: string): string {
  const told = Object.entries(fields).map(([name, value]) => `${name}: ${writeValue(value, zone) || 'missing'}`);
  return told.length === 0 ? '' : ` { ${told.join(', ')} }`;
}

/** Lengths are the same when they take the same time: a week is seven days. */
function isSame(left: Value, right: Value): boolean {
  const lengthOf = (value: Value) =>
    value !== null && typeof value === 'object' && 'duration' in value ? usualMinutes(value.duration) : null;
  const length = lengthOf(left);
  return length === null ? JSON.stringify(left) === JSON.stringify(right) : length === lengthOf(right);
}

/** From `from` up to but not including `to`, over midnight if need be; whole minutes, so 21:00:30 lies between. */
function isBetween(minutes: number, from: number, to: number): boolean {
  return from <= to ? minutes >= from && minutes < to : minutes >= from || minutes < to;
}

function compareCount(count: number, operator: BinaryOperator, value: number): boolean {
  switch (operator) {
    case '=':
      return count === value;
    case '!=':
      return count !== value;
    case '<':
      return count < value;
    case '<=':
      return count <= value;
    case '>':
      return count > value;
    case '>=':
      return count >= value;
    default:
      return false;
  }
}

// ---------------------------------------------------------------- what happened, and why

/** Characters of a rule's own words that are quoted. */
const quotedMax = 120;

function whereNow({ facts }: State): string {
  const { finished, visit } = facts;
  if (!finished) return `stage ${visit.stage}`;
  return finished.outcome === 'left' ? `left as ${finished.as}` : `finished in ${finished.as}`;
}

/** The clauses that keep the person from a stage, with their values; nothing where no transition leads there. */
function whyNot(stage: string, { program, state, now }: Standing): string | undefined {
  const ways = why(program, state, now).transitions.filter((one) => {
    const move = program.rules[one.rule]?.move;
    return move !== undefined && 'to' in move && move.to === stage;
  });
  const texts = ways.map(({ clauses }) =>
    clauses
      .filter((clause) => !clause.holds)
      .map(({ source, values }) => {
        const told = values.map(({ source: name, value }) => valueText(name, value, state.facts.zone));
        return told.length > 0 ? `“${source}” does not hold: ${told.join(', ')}` : `“${source}” does not hold`;
      })
      .join('; '),
  );
  return texts.length > 0 ? texts.join(' · or ') : undefined;
}

function lastMove(rows: TimelineRow[]): string | undefined {
  const move = rows.findLast((row) => (row.kind === 'entered' || row.kind === 'finished') && row.thread === undefined);
  if (!move || !('because' in move) || move.because === undefined) return undefined;
  const { because } = move;
  return `the last move was “${because.length > quotedMax ? `${because.slice(0, quotedMax)}…` : because}”`;
}

const valueText = (name: string, value: Value, zone: string): string =>
  `${name} is ${writeValue(value, zone) || 'missing'}`;

/** The clauses of an expected condition that do not hold, with their values, in the words of the story. */
function falseClauses({ condition, source, span }: ExpectationIr & { condition: Expr }, env: Env): string {
  // Words that were set out on several lines have other places than in the file.
  const isVerbatim = source.length === span.end - span.start;
  const quote = (expr: Expr): string | undefined =>
    isVerbatim && expr.span.start >= span.start && expr.span.end <= span.end
      ? source.slice(expr.span.start - span.start, expr.span.end - span.start)
      : undefined;
  const clauses = conjuncts(condition);
  const failing = clauses.filter((clause) => !holds(clause, env).holds);
  const told = failing.map((clause) => {
    const values = valuesIn(clause, quote, env);
    if (clauses.length === 1) return values.join(', ');
    const words = quote(clause);
    if (words === undefined) return values.join(', ');
    return values.length > 0 ? `“${words}” does not hold: ${values.join(', ')}` : `“${words}” does not hold`;
  });
  return told.filter((text) => text !== '').join('; ') || 'it does not hold';
}

function valuesIn(clause: Expr, quote: (expr: Expr) => string | undefined, env: Env): string[] {
  const sides = clause.op === 'compare' ? [clause.left, clause.right] : [];
  const told = sides.flatMap((side): { name: string; value: Value }[] => {
    const name = side.op === 'value' ? undefined : quote(side);
    return name === undefined ? [] : [{ name, value: evaluate(side, env).value }];
  });
  const values = told.length > 0 ? told : explainCondition(clause, env);
  return [...new Set(values.map(({ name, value }) => valueText(name, value, env.facts.zone)))];
}
