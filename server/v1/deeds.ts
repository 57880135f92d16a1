/**
 * What operators do to one enrollment: set, ask to advance, move and undo it, pause, go on, take out.
 */
import type { Value } from '../../compiler/ir.ts';
import { Refusal } from '../../runtime/control.ts';
import type { Deed, Done, NotYet } from '../../runtime/operator-control.ts';
import { enrollmentSchema, writeTransition } from './enrollment-shapes.ts';
import { readEnrollment } from './enrollments.ts';
import { type Answer, type Context, type Operation, operation } from './operation.ts';
import { enrollmentId, fields, moment, name, reason } from './schemas.ts';
import { readMoment } from './validate.ts';

/** Does it, and shows the enrollment as it stands then. */
async function done(context: Context, enrollment: string, act: (deed: Deed) => Promise<Done>): Promise<Answer> {
  const { id, by, expect } = context;
  const { fresh } = await act({ enrollment, id, by, ...(expect === undefined ? {} : { expect }) });
  return { ...(await readEnrollment(context, enrollment)), fresh };
}

/** What all of them have in common. */
const deed = <Given>(
  one: Pick<Operation, 'id' | 'summary' | 'about' | 'grave'> & {
    at: string;
    method?: 'PATCH';
    properties?: NonNullable<Operation['body']>['properties'];
    required?: string[];
    run(context: Context, given: Given & { enrollment: string }): Promise<Answer>;
  },
): Operation => {
  const { at, method = 'POST', properties = {}, required = [], ...rest } = one;
  return operation<Given & { enrollment: string }>({
    ...rest,
    method,
    path: `/v1/enrollments/{enrollment}/${at}`,
    scope: 'operate',
    params: { enrollment: enrollmentId },
    body: { properties, required },
    status: { usual: 200 },
    answer: enrollmentSchema,
    tagged: true,
  });
};

const update = deed<{ data: Record<string, Value>; reason?: string }>({
  id: 'update_program_state',
  at: 'state',
  method: 'PATCH',
  summary: 'Set fields of a person’s data: all of them, or none.',
  about:
    'Values are held against the program’s types. What follows from them follows at once: the program decides whether the person goes on.',
  properties: { data: { ...fields('The fields to set; null clears an optional one.'), minProperties: 1 }, reason },
  required: ['data'],
  run: (context, { enrollment, data, reason }) =>
    done(context, enrollment, (it) =>
      context.control.setData({ ...it, data, ...(reason === undefined ? {} : { reason }) }),
    ),
});

const advance = deed<{ stage?: string }>({
  id: 'advance_program_stage',
  at: 'advance',
  summary: 'Ask that a person advances: the program’s criteria decide.',
  about:
    'Where it does not advance them, the answer is 409 with the code `not-yet`, and `transitions` names every clause that is false, with the values in it.',
  properties: { stage: name('Only an advance to this stage is meant.') },
  run: (context, { enrollment, stage }) =>
    done(context, enrollment, (it) =>
      context.control.advance({ ...it, ...(stage === undefined ? {} : { to: stage }) }).catch(writeNotYet),
    ),
});

/** What a machine is told of it, as everything else is written. */
function writeNotYet(error: unknown): never {
  if (!(error instanceof Refusal) || error.code !== 'not-yet') throw error;
  const { stage, transitions } = error.details as NotYet;
  throw new Refusal('not-yet', error.message, { stage, transitions: transitions.map(writeTransition) });
}

const move = deed<{ stage: string; data?: Record<string, Value>; reason: string }>({
  id: 'move_enrollment',
  at: 'move',
  summary: 'Move a person to a stage, whatever the criteria say.',
  about: 'Everything that the stage does on entry is done. `data` is set before. A move can be undone.',
  properties: { stage: name('Where to: a stage of the program’s own flow.'), data: fields('Set before.'), reason },
  required: ['stage', 'reason'],
  run: (context, { enrollment, stage, data, reason }) =>
    done(context, enrollment, (it) =>
      context.control.move({ ...it, to: stage, reason, ...(data === undefined ? {} : { data }) }),
    ),
});

const undoMove = deed<{ reason: string }>({
  id: 'undo_move',
  at: 'undo-move',
  summary: 'Undo the last move of a person: the visit that it ended goes on.',
  about: 'Refused (`conflict`) where they have gone on since. What was said meanwhile stays said.',
  properties: { reason },
  required: ['reason'],
  run: (context, { enrollment, reason }) =>
    done(context, enrollment, (it) => context.control.undoMove({ ...it, reason })),
});

const pause = deed<{ until?: string; reason: string }>({
  id: 'pause_enrollment',
  at: 'pause',
  summary: 'Let the program stand still for a person.',
  about:
    'Nothing happens by itself, and all timers stand still. What the person says is kept; a word by which they leave works.',
  properties: { until: moment('When it goes on by itself; without it, when somebody resumes it.'), reason },
  required: ['reason'],
  run: (context, { enrollment, until, reason }) =>
    done(context, enrollment, (it) =>
      context.control.pause({ ...it, reason, ...(until === undefined ? {} : { until: readMoment(until) }) }),
    ),
});

const resume = deed<object>({
  id: 'resume_enrollment',
  at: 'resume',
  summary: 'Let the program go on for a person who is paused.',
  run: (context, { enrollment }) => done(context, enrollment, (it) => context.control.resume(it)),
});

const withdraw = deed<{ reason: string }>({
  id: 'withdraw_enrollment',
  at: 'withdraw',
  summary: 'Take a person out of a program, for good.',
  about: 'Nothing more is said to them. It cannot be undone; they can be enrolled again.',
  grave: true,
  properties: { reason },
  required: ['reason'],
  run: (context, { enrollment, reason }) =>
    done(context, enrollment, (it) => context.control.withdraw({ ...it, reason })),
});

export const deedOperations = [update, advance, move, undoMove, pause, resume, withdraw];
