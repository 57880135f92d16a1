/**
 * What an operator does to a person's place: moving them to a stage, undoing that, taking them out.
 *
 * The program is asked for nothing but that the stage is there. A move can be undone exactly, back into
 * the visit it ended, as long as nothing has moved the person since; what was said meanwhile stays said.
 */
import type { Value } from '../compiler/ir.ts';
import type { MovedFrom } from './facts.ts';
import type { Input } from './inputs.ts';
import { type Moment, mainThread, note, refuse, sameValue, withFacts } from './moment.ts';
import { askNext, askRolesOfStage, lapseQuestions } from './questions.ts';
import { isAnytime } from './rules.ts';
import { fit, setField } from './set-facts.ts';
import { voidRun } from './speak.ts';
import { enter, leave, stageTitleOf } from './visit.ts';

/** How somebody has left whom an operator took out. */
export const withdrawnExit = 'withdrawn';

const how = { by: 'role', role: 'operator' } as const;

export function move(moment: Moment, input: Extract<Input, { type: 'move' }>): Moment {
  const { ir, facts } = moment;
  const { to, reason, by } = input;
  if (facts.paused) return refuse(moment, 'move', `${ir.title} is paused for this person: let it go on first.`);
  if (input.back) return moveBack(moment, input);
  if (!Object.hasOwn(ir.stages, to))
    return refuse(moment, 'move', `${ir.title} has no stage ${to.slice(0, 100)}; it has ${ir.stageOrder.join(', ')}.`);
  const data = input.data ?? {};
  const unfit = Object.entries(data).flatMap(([name, value]) => problemOf(moment, name, value) ?? []);
  if (unfit.length > 0) return refuse(moment, 'move', unfit.join(' '));

  const movedFrom = { ...placeLeft(moment), data: Object.fromEntries(changed(moment, data)) };
  const quiet = voidRun(moment, 'An operator moved the person.');
  const set = Object.entries(data).reduce((next, [name, value]) => setField(next, name, value, how), quiet);
  const there = enter(set, to, { direction: 'move', because: reason, by });
  return there.facts.finished ? there : withFacts(there, { movedFrom: { ...movedFrom, to: there.facts.visit.number } });
}

function problemOf({ ir, facts }: Moment, name: string, value: Value): string | undefined {
  const field = Object.hasOwn(ir.data, name) ? ir.data[name] : undefined;
  if (field === undefined)
    return `There is no field ${name.slice(0, 100)}; there are ${Object.keys(ir.data).join(', ') || 'none'}.`;
  const fitted = fit(field, value, facts.zone);
  return fitted.ok ? undefined : fitted.problem;
}

/** The fields that change, with what they were. */
const changed = ({ facts }: Moment, data: Record<string, Value>): [string, Value][] =>
  Object.entries(data).flatMap(([name, value]): [string, Value][] => {
    const was = facts.data[name] ?? null;
    return sameValue(was, value) ? [] : [[name, was]];
  });

/** The visit as it is set aside: what is open in it is asked again when it goes on. */
function placeLeft({ facts, now }: Moment): Omit<MovedFrom, 'to' | 'data'> {
  const open = [...(facts.question ? [facts.question] : []), ...facts.roleQuestions].filter(
    ({ thread, question }) => thread.kind === mainThread.kind && !isAnytime(question),
  );
  const done = Object.fromEntries(
    Object.entries(facts.visit.done).filter(([id]) => !open.some(({ question }) => question === id)),
  );
  return { visit: { ...facts.visit, done }, interrupted: facts.interrupted, at: now };
}

/** Undoes the last move: the visit it ended goes on, its timers having stood still. */
function moveBack(moment: Moment, { to, reason, by }: Extract<Input, { type: 'move' }>): Moment {
  const { movedFrom: from, visit } = moment.facts;
  if (!from || from.to !== visit.number || from.visit.stage !== to)
    return refuse(moment, 'move', 'The person has gone on since they were moved.');
  const left = lapseQuestions(voidRun(moment, 'An operator undid a move.'), { roles: true });
  const restored = Object.entries(from.data).reduce((next, [name, value]) => setField(next, name, value, how), left);
  const { movedFrom: _, ...facts } = restored.facts;
  const pauses = [...from.visit.pauses, { from: from.at, to: moment.now }];
  const back = withFacts(
    { ...restored, facts },
    {
      visit: { ...from.visit, pauses },
      interrupted: from.interrupted,
      review: { ...facts.review, changed: true },
    },
  );
  const noted = note(back, {
    kind: 'entered',
    stage: to,
    title: stageTitleOf(back, to),
    direction: 'move',
    from: visit.stage,
    because: reason,
    by,
    visit: from.visit.number,
  });
  return askNext(askRolesOfStage(noted));
}

/** An operator takes the person out: nothing more is said. */
export const withdraw = (moment: Moment, { reason, by }: Extract<Input, { type: 'withdraw' }>): Moment =>
  leave(moment, withdrawnExit, { because: reason, by });
