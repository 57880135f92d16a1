/**
 * Tells a scenario to a world and says what came out differently.
 *
 * The world may be the pure simulation or the real runtime; the story is the same. What somebody
 * does becomes inputs in `scenario-deeds.ts`; what is expected is judged in `scenario-expectations.ts`,
 * whose failures name the place, what was expected, what happened, and why.
 */

import type { DeedIr, ScenarioIr, ScenarioStepIr } from '../compiler/scenario-ir.ts';
import type { Span } from '../language/ast.ts';
import { dateOf, momentOf } from './calendar.ts';
import { addLength } from './evaluate.ts';
import type { Input, RunResult } from './inputs.ts';
import type { LoadedProgram } from './load.ts';
import { type InputDeed, inputsOf, refusalsOf } from './scenario-deeds.ts';
import { judgeExpectation, type ScenarioFailure } from './scenario-expectations.ts';
import { momentAhead, momentsOfEach, type Telling } from './scenario-moments.ts';
import { scriptedRun } from './scripted-agent.ts';
import type { Agent, RunContext } from './services.ts';
import type { TimelineRow } from './timeline.ts';
import type { World } from './world.ts';

export type { ScenarioFailure };

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
  const start = scenarioStart(scenario, program);
  /** Where the story is told: it goes with the person. */
  let { zone } = start;
  let doneAt = Number.NaN;
  const telling = (): Telling => ({ now: world.now(), startDate: dateOf(start.at, start.zone), zone, doneAt });
  const failures: ScenarioFailure[] = [];
  let deeds = 0;
  /** Rows before this index were there at the previous `expect`. */
  let expected = 0;

  /** Where the story told the agent what to do next, until a run has done it. */
  let told: Span | null = null;

  /**
   * A deed that could not be taken as it was told is a failure of the story, not of nobody. Tells whether it was taken.
   */
  const send = async (input: Input, span: Span, isRefused = false): Promise<boolean> => {
    await world.send(input);
    const rows = await world.timeline();
    const cause = rows.findLast((row) => row.kind === 'input' && row.input.id === input.id)?.seq;
    const names = refusalsOf(input);
    let taken = true;
    for (const row of rows) {
      if (row.kind !== 'refused' || row.cause !== cause || !names.includes(row.what)) continue;
      taken = false;
      if (!isRefused) cannot(span, row.why);
    }
    return taken;
  };

  const cannot = (span: Span, happened: string) => failures.push({ span, expected: 'it can be done', happened });

  const act = async (deed: DeedIr, span: Span): Promise<void> => {
    deeds += 1;
    doneAt = world.now();
    switch (deed.kind) {
      case 'agent-says':
        prompts.says.push(deed.text);
        break;
      case 'agent-sets':
        prompts.sets.push(...Object.entries(deed.fields).map(([field, value]) => ({ field, value })));
        break;
      case 'agent-judges': {
        const { criterion, holds, confidence, quotes } = deed;
        prompts.judgements.push({ criterion, holds, confidence, quotes });
        break;
      }
      default:
        return actOutside(deed, span);
    }
    told = span;
  };

  const actOutside = async (deed: InputDeed, span: Span): Promise<void> => {
    const { facts } = await world.state();
    const done = inputsOf(deed, `deed:${deeds}`, program.ir, facts, telling());
    const isRefused = deed.refused === true;
    if ('problem' in done) {
      if (!isRefused) cannot(span, done.problem);
      return;
    }
    let taken = false;
    for (const input of done.inputs) taken = (await send(input, span, isRefused)) || taken;
    if (isRefused && taken) failures.push({ span, expected: 'it is refused', happened: 'it was done' });
    if (deed.kind === 'moves') zone = deed.zone;
  };

  const tell = async (step: ScenarioStepIr): Promise<void> => {
    switch (step.kind) {
      case 'start': {
        const at = step.at === undefined ? {} : { at: step.at };
        await send({ type: 'enroll', id: 'start', zone, data: step.with, ...at }, step.span);
        return;
      }
      case 'each':
        for (const at of momentsOfEach(step, telling())) {
          await world.advanceTo(at);
          await act(step.deed, step.span);
        }
        return;
      case 'on':
        await world.advanceTo(momentAhead(step.moment, telling()));
        return act(step.deed, step.span);
      case 'deed':
        return act(step.deed, step.span);
      case 'wait': {
        const { facts } = await world.state();
        const env = { ir: program.ir, facts: { ...facts, zone }, now: world.now() };
        const ends = addLength(env.now, step.duration, env);
        if (Number.isNaN(ends)) cannot(step.span, 'such a time never ends');
        else await world.advanceTo(ends);
        return;
      }
      case 'wait-until':
        return world.advanceTo(momentAhead(step.moment, telling()));
      case 'expect': {
        const rows = await world.timeline();
        const recent = rows.slice(expected);
        const standing = { program, state: await world.state(), now: world.now(), rows, recent };
        for (const expectation of step.expectations) {
          const failure = judgeExpectation(expectation, standing);
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
