/**
 * Following what XState has made of a flow's machine does what its public `transition()` does.
 *
 * At every state of simulated lives in the sample programs: each event the stage answers to, with every
 * way open, with none, and what conditions alone set off.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type AnyStateMachine, transition } from 'xstate';
import { eventsOf } from '../../compiler/emit.ts';
import { focus, threadsOf } from '../../runtime/focus.ts';
import { machineKey } from '../../runtime/load.ts';
import { type MachineEvent, type Moment, momentOf } from '../../runtime/moment.ts';
import { liveThrough } from '../../runtime/population/life.ts';
import { rulesToTake } from '../../runtime/rules.ts';
import type { State } from '../../runtime/state.ts';
import { type Nodes, takeTransitions } from '../../runtime/transition.ts';
import { samplePrograms } from '../support/programs.ts';

let compared = 0;
let moved = 0;
let aside = 0;

for (const { path, program } of samplePrograms()) {
  test(path, () => {
    const compare = (moment: Moment, event: MachineEvent | null): void => {
      const { stage } = moment.facts.visit;
      const key = machineKey(moment.thread);
      const machine = program.machines[key] as AnyStateMachine;
      const snapshot = machine.resolveState({ value: stage, context: { moment } });
      if (snapshot.status !== 'active') return;
      const [next] = transition(machine, snapshot, event ?? { type: 'time', answers: {} });
      const expected = (next.context as { moment: Moment }).moment;
      const ours = takeTransitions(program.nodes[key] as Nodes, stage, moment, event);
      assert.equal(ours, expected, `${stage}: ${event?.type}`);
      compared += 1;
      if (ours.facts.visit.number !== moment.facts.visit.number) moved += 1;
    };
    const look = (state: State, now: number): void => {
      if (state.facts.finished) return;
      const moment = momentOf(program.ir, state.facts, now, { enrollment: state.enrollment, seq: state.seq });
      for (const thread of threadsOf(moment)) lookAt(focus(moment, thread));
    };
    const lookAt = (moment: Moment): void => {
      const { thread, flow, facts } = moment;
      if (facts.visit.number === 0) return;
      if (thread.kind !== 'main') aside += 1;
      compare(moment, null);
      const rules = rulesToTake(flow, facts.visit.stage);
      for (const type of new Set(rules.flatMap((rule) => eventsOf(rule) ?? []))) {
        const answering = rules.filter((rule) => eventsOf(rule)?.includes(type));
        const answers = Object.fromEntries(answering.map(({ id }) => [id, true as const]));
        compare(moment, { type, thread, answers });
        compare(moment, { type, thread, answers: {} });
      }
    };
    for (const person of [1, 2, 3]) {
      let steps = 0;
      liveThrough({ program, seed: 5, person, start: '2026-01-05', days: 40 }, ({ now, result }) => {
        steps += 1;
        if (steps % 3 === 1) look(result.state, now);
      });
    }
  });
}

test('enough was compared, and people were moved by it', () => {
  assert.ok(compared > 1000 && moved > 200, `${compared} compared, ${moved} moved`);
  assert.ok(aside > 50, `${aside} looks at tracks and items`);
});

test.run();
