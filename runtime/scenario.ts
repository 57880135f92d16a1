/**
 * Tells a scenario to a world and says what came out differently.
 *
 * The world may be the pure simulation or the real runtime; the story is the same. Failures name
 * the place, what was expected, what happened, and why: the false clause with its values.
 */

import type { DeedIr, ExpectationIr, ScenarioIr, ScenarioStepIr } from '../compiler/scenario-ir.ts';
import type { BinaryOperator, ScenarioMoment, Span, Weekday } from '../language/ast.ts';
import { addDays, addDuration, dateOf, minutesOf, momentOf, timeText, weekdayOf } from './calendar.ts';
import { holds } from './evaluate.ts';
import { explainCondition, why } from './explain.ts';
import type { Input, RunResult } from './inputs.ts';
import type { LoadedProgram } from './load.ts';
import { scriptedRun } from './scripted-agent.ts';
import type { Agent, RunContext } from './services.ts';
import type { State } from './state.ts';
import type { TimelineRow } from './timeline.ts';
import type { World } from './world.ts';
import { writeValue } from './write-value.ts';

export type ScenarioFailure = { span: Span; expected: string; happened: string; why?: string };

export type ScenarioResult = { title: string; passed: boolean; failures: ScenarioFailure[]; timeline: TimelineRow[] };

/** What the scenario's agent is told to do in its next run, before it falls back on the skill's script. */
export type Prompts = { says: string[]; sets: RunResult['sets']; judgements: RunResult['judgements'] };

/** An agent for scenarios: does what the story has told it, else what the skill's script says. */
export function scenarioAgent(prompts: Prompts): Agent {
  return {
    kind: 'scripted',
    run: (context: RunContext) => {
      const scripted = scriptedRun(context);
      const told = prompts.says.length + prompts.sets.length + prompts.judgements.length > 0;
      const result: RunResult = told
        ? {
            says: prompts.says.splice(0),
            sets: prompts.sets.splice(0),
            records: [],
            judgements: prompts.judgements.splice(0),
            author: 'scripted-agent',
          }
        : scripted;
      return Promise.resolve({
        result,
        usage: { model: 'scripted', inputTokens: 0, outputTokens: 0, usd: 0, toolCalls: [] },
      });
    },
  };
}

/** Where a scenario starts: the first step's moment and zone. */
export function scenarioStart(scenario: ScenarioIr, program: LoadedProgram): { at: number; zone: string } {
  const start = scenario.steps.find((step) => step.kind === 'start');
  const zone = start?.zone ?? program.ir.zone.fallback;
  const date = start?.moment.date?.iso ?? '2026-01-05';
  return { at: momentOf(date, start?.moment.at?.minutes ?? 9 * 60, zone), zone };
}

export async function runScenario(
  scenario: ScenarioIr,
  program: LoadedProgram,
  world: World,
  prompts: Prompts,
): Promise<ScenarioResult> {
  const { at: startAt, zone } = scenarioStart(scenario, program);
  const failures: ScenarioFailure[] = [];
  let deeds = 0;
  /** Rows before this index were there at the previous `expect`. */
  let expected = 0;

  /** Where the story told the agent what to do next, until a run has done it. */
  let told: Span | null = null;

  /** A deed that could not be taken as it was told is a failure of the story, not of nobody. */
  const send = async (input: Input, span: Span): Promise<void> => {
    await world.send(input);
    const rows = await world.timeline();
    const cause = rows.findLast((row) => row.kind === 'input' && row.input.id === input.id)?.seq;
    for (const row of rows) {
      if (row.kind !== 'refused' || row.cause !== cause) continue;
      const isDeed = row.what === input.type || (input.type === 'record' && row.what === input.series);
      if (isDeed) failures.push({ span, expected: 'it can be done', happened: row.why });
    }
  };

  const act = async (deed: DeedIr, span: Span): Promise<void> => {
    deeds += 1;
    const id = `deed:${deeds}`;
    if (deed.kind.startsWith('agent-')) told = span;
    switch (deed.kind) {
      case 'record':
        return send({ type: 'record', id, series: deed.series, fields: deed.fields, by: 'person' }, span);
      case 'says':
        return send({ type: 'message', id, text: deed.text, channel: 'web' }, span);
      case 'answers': {
        const question = (await world.state()).facts.question?.id ?? 'none';
        return send({ type: 'answer', id, question, value: deed.value, channel: 'web' }, span);
      }
      case 'agent-says':
        prompts.says.push(deed.text);
        return;
      case 'agent-sets':
        prompts.sets.push(...Object.entries(deed.fields).map(([field, value]) => ({ field, value })));
        return;
      case 'agent-judges':
        prompts.judgements.push({
          criterion: deed.criterion,
          holds: deed.holds,
          confidence: deed.confidence,
          quotes: deed.quotes,
        });
    }
  };

  const tell = async (step: ScenarioStepIr): Promise<void> => {
    switch (step.kind) {
      case 'start':
        return world.send({
          type: 'enroll',
          id: 'start',
          zone,
          data: step.with,
          ...(step.at === undefined ? {} : { at: step.at }),
        });
      case 'each':
        for (const at of nextOf(step.days, step.at, world.now(), zone)) {
          await world.advanceTo(at);
          await act(step.deed, step.span);
        }
        return;
      case 'on':
        await world.advanceTo(momentAfter(step.moment, world.now(), startAt, zone));
        return act(step.deed, step.span);
      case 'deed':
        return act(step.deed, step.span);
      case 'wait':
        return world.advanceTo(addDuration(world.now(), step.duration, zone));
      case 'wait-until':
        return world.advanceTo(momentAfter(step.moment, world.now(), startAt, zone));
      case 'expect': {
        const rows = await world.timeline();
        for (const expectation of step.expectations) {
          const failure = await judgeExpectation(expectation, rows, rows.slice(expected), program, world);
          if (failure) failures.push(failure);
        }
        expected = rows.length;
      }
    }
  };

  for (const step of scenario.steps) await tell(step);
  const waiting = prompts.says.length + prompts.sets.length + prompts.judgements.length;
  if (told && waiting > 0) {
    failures.push({ span: told, expected: 'the agent does this', happened: 'no agent run came after it' });
  }
  return { title: scenario.title, passed: failures.length === 0, failures, timeline: await world.timeline() };
}

/** The next occurrence of each of these weekdays after now, in order of time. */
function nextOf(days: Weekday[], minutes: number, now: number, zone: string): number[] {
  return days
    .map((day) =>
      momentAfter(
        { weekday: day, span: { start: 0, end: 0 }, at: { kind: 'time', minutes, span: { start: 0, end: 0 } } },
        now,
        now,
        zone,
      ),
    )
    .sort((a, b) => a - b);
}

/** A moment of a scenario in ms. A weekday is the next such day, today counting while the time lies ahead. */
function momentAfter(moment: ScenarioMoment, now: number, startAt: number, zone: string): number {
  const minutes = moment.at?.minutes ?? minutesOf(now, zone);
  if (moment.date) return momentOf(moment.date.iso, minutes, zone);
  if (moment.day !== undefined) return momentOf(addDays(dateOf(startAt, zone), moment.day - 1), minutes, zone);
  const today = dateOf(now, zone);
  for (let ahead = 0; ahead <= 7; ahead += 1) {
    const date = addDays(today, ahead);
    const at = momentOf(date, minutes, zone);
    if (at >= now && (moment.weekday === undefined || weekdayOf(date) === moment.weekday)) return at;
  }
  return now;
}

async function judgeExpectation(
  expectation: ExpectationIr,
  rows: TimelineRow[],
  recent: TimelineRow[],
  program: LoadedProgram,
  world: World,
): Promise<ScenarioFailure | null> {
  const state = await world.state();
  const { facts } = state;
  const fail = (happened: string, why?: string): ScenarioFailure => ({
    span: expectation.span,
    expected: expectation.source,
    happened,
    ...(why === undefined ? {} : { why }),
  });
  const where = facts.finished
    ? facts.finished.outcome === 'left'
      ? `left as ${facts.finished.as}`
      : `finished in ${facts.finished.as}`
    : `stage ${facts.visit.stage}`;
  switch (expectation.kind) {
    case 'stage': {
      const there = facts.visit.stage === expectation.stage && facts.finished?.outcome !== 'left';
      return there ? null : fail(where, whyNot(expectation.stage, program, state, world.now()) ?? lastMove(rows));
    }
    case 'left':
      return facts.finished?.outcome === 'left' && facts.finished.as === expectation.as
        ? null
        : fail(where, lastMove(rows));
    case 'escalated': {
      const told = rows.flatMap((row) => (row.kind === 'escalated' ? [row.to] : []));
      if (told.includes(expectation.to)) return null;
      return fail(told.length === 0 ? 'nobody was told' : `escalated to ${[...new Set(told)].join(', ')}`);
    }
    case 'count': {
      const kind = { nudges: 'nudged', messages: 'message', reviews: 'reviewed' }[expectation.of];
      const count = rows.filter((row) => row.kind === kind).length;
      return compareCount(count, expectation.operator, expectation.value) ? null : fail(`${expectation.of} = ${count}`);
    }
    case 'message': {
      const messages = messagesOf(recent);
      const { contains } = expectation;
      const found = messages.some(
        (row) => contains === undefined || row.text.toLowerCase().includes(contains.toLowerCase()),
      );
      if (found !== expectation.negated) return null;
      return fail(messages.length === 0 ? 'no message' : messages.map((row) => `“${row.text}”`).join(', '));
    }
    case 'no-message-between': {
      const at = messagesOf(rows).filter((row) =>
        isBetween(minutesOf(row.at, facts.zone), expectation.from, expectation.to),
      );
      return at.length === 0
        ? null
        : fail(at.map((row) => `“${row.text}” at ${timeText(minutesOf(row.at, facts.zone))}`).join(', '));
    }
    case 'condition': {
      const env = { ir: program.ir, facts, now: world.now() };
      if (holds(expectation.condition, env).holds) return null;
      const values = explainCondition(expectation.condition, env).map(
        ({ name, value }) => `${name} is ${writeValue(value, facts.zone) || 'missing'}`,
      );
      return fail(values.length > 0 ? values.join(', ') : 'it does not hold', lastMove(rows));
    }
  }
}

const messagesOf = (rows: TimelineRow[]) => rows.filter((row) => row.kind === 'message');

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

/** The clauses that keep the person from a stage, with their values; nothing where no transition leads there. */
function whyNot(stage: string, program: LoadedProgram, state: State, now: number): string | undefined {
  const ways = why(program, state, now).transitions.filter((one) => {
    const move = program.rules[one.rule]?.move;
    return move !== undefined && 'to' in move && move.to === stage;
  });
  const texts = ways.map(({ clauses }) =>
    clauses
      .filter((clause) => !clause.holds)
      .map(({ source, values }) => {
        const told = values.map(
          ({ source: name, value }) => `${name} is ${writeValue(value, state.facts.zone) || 'missing'}`,
        );
        return told.length > 0 ? `“${source}” does not hold: ${told.join(', ')}` : `“${source}” does not hold`;
      })
      .join('; '),
  );
  return texts.length > 0 ? texts.join(' · or ') : undefined;
}

function lastMove(rows: TimelineRow[]): string | undefined {
  const move = rows.findLast((row) => row.kind === 'entered' || row.kind === 'finished');
  return move && 'because' in move && move.because !== undefined ? `the last move was “${move.because}”` : undefined;
}
