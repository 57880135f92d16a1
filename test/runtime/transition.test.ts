/**
 * A machine with one idle scope for all its transitions does what XState's public `transition()` does.
 *
 * At every state of simulated lives in the sample programs: each event the stage answers to, with every
 * way open, with none, and what conditions alone set off.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { transition } from 'xstate';
import { eventsOf } from '../../compiler/emit.ts';
import { type MachineEvent, type Moment, mainThread, momentOf, rulesToTake } from '../../runtime/moment.ts';
import { liveThrough } from '../../runtime/population/life.ts';
import type { State } from '../../runtime/state.ts';
import { takeTransitions } from '../../runtime/transition.ts';
import { samplePrograms } from '../support/programs.ts';

let compared = 0;
let moved = 0;

for (const { path, program } of samplePrograms()) {
  test(path, () => {
    const { ir, machine } = program;
    const compare = (moment: Moment, event: MachineEvent | null): void => {
      const { stage } = moment.facts.visit;
      const snapshot = machine.resolveState({ value: stage, context: { moment } });
      if (snapshot.status !== 'active') return;
      const [next] = transition(machine, snapshot, event ?? { type: 'time', answers: {} });
      const expected = (next.context as { moment: Moment }).moment;
      const ours = takeTransitions(machine, stage, moment, event);
      assert.equal(ours, expected, `${stage}: ${event?.type}`);
      compared += 1;
      if (ours.facts.visit.number !== moment.facts.visit.number) moved += 1;
    };
    const look = (state: State, now: number): void => {
      if (state.facts.finished) return;
      const moment = momentOf(ir, state.facts, now, { enrollment: state.enrollment, seq: state.seq });
      compare(moment, null);
      const rules = rulesToTake(ir, state.facts.visit.stage);
      for (const type of new Set(rules.flatMap((rule) => eventsOf(rule) ?? []))) {
        const answering = rules.filter((rule) => eventsOf(rule)?.includes(type));
        const answers = Object.fromEntries(answering.map(({ id }) => [id, true as const]));
        compare(moment, { type, thread: mainThread, answers });
        compare(moment, { type, thread: mainThread, answers: {} });
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
});

test.run();
