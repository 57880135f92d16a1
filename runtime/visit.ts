/**
 * Entering, setting aside, resuming and finishing: what a move means for the facts.
 *
 * The machine decides that a move happens; these functions, all moment → moment, carry it out:
 * a new visit with fresh timers, the stage's entry effects, its questions, and the end.
 */
import type { Question, Rule, ValueType } from '../compiler/ir.ts';
import { addDuration } from './calendar.ts';
import { fillText } from './evaluate.ts';
import type { Facts, Visit } from './facts.ts';
import type { Moment } from './moment.ts';
import { envOf, note, perform, say, voidRun, withdrawPlanned, withFacts } from './moment.ts';
import { feasible } from './quiet.ts';

/** Interruptions inside interruptions. */
export const interruptionsMax = 10;

export const newVisit = (stage: string, number: number, since: number): Visit => ({
  stage,
  number,
  since,
  arrivedAt: since,
  pauses: [],
  nudges: {},
  done: {},
});

/** A new visit of the same stage: the person arrived when they did, and what stood still since then did. */
const stayOn = ({ stage, arrivedAt, pauses }: Visit, number: number, since: number): Visit => ({
  ...newVisit(stage, number, since),
  arrivedAt,
  pauses,
});

type Entering = { direction: 'start' | 'advance' | 'return' | 'restart' | 'interrupt'; rule?: Rule };

/** Begins a visit of a stage and does what the stage does on entry. */
export function enter(moment: Moment, stage: string, { direction, rule }: Entering): Moment {
  const from = moment.facts.visit.stage;
  const declared = moment.ir.stages[stage];
  if (!declared) return note(moment, { kind: 'refused', what: stage, why: `There is no stage called ${stage}.` });
  const left = direction === 'start' ? moment : lapseQuestion(moment);
  const stays = stage === from && direction !== 'start';
  const number = left.facts.visits + 1;
  const begun = withFacts(left, {
    visit: stays ? stayOn(left.facts.visit, number, left.now) : newVisit(stage, number, left.now),
    visits: number,
    holding: withoutStage(left.facts.holding, stage),
    review: { ...left.facts.review, changed: true },
    // Going somewhere on purpose gives up what was set aside; only `interrupt` keeps it.
    interrupted: direction === 'interrupt' || direction === 'restart' ? left.facts.interrupted : [],
  });
  const noted = note(begun, {
    kind: 'entered',
    stage,
    title: fillText(declared.title, envOf(begun)).text,
    direction,
    ...(direction === 'start' ? {} : { from }),
    ...(rule ? { rule: rule.id, because: rule.source } : {}),
    visit: number,
  });
  const settled = askNext(perform(noted, declared.entry, 'say'));
  return declared.final ? finish(settled, stage, declared.final, from, rule) : settled;
}

/** Whether one more interruption may be begun; a rule that would begin it is not taken until then. */
export const mayInterrupt = (moment: Moment): boolean => moment.facts.interrupted.length < interruptionsMax;

/** Sets the present visit aside, its timers standing still, and enters `stage`. */
export function interrupt(moment: Moment, stage: string, rule: Rule): Moment {
  const { visit, question } = moment.facts;
  const { [question?.question ?? '']: _, ...done } = visit.done;
  const pauses = [...visit.pauses, { from: moment.now, to: moment.now }];
  // A question that was open is asked again when the visit goes on.
  const aside: Visit = { ...visit, pauses, done };
  return enter(withFacts(moment, { interrupted: [...moment.facts.interrupted, aside] }), stage, {
    direction: 'interrupt',
    rule,
  });
}

/** Goes back to the visit that was set aside last. */
export function resume(moment: Moment, rule: Rule): Moment {
  const aside = moment.facts.interrupted.at(-1);
  if (!aside) return moment;
  const pauses = aside.pauses.map((pause, index) =>
    index === aside.pauses.length - 1 ? { ...pause, to: moment.now } : pause,
  );
  const left = lapseQuestion(moment);
  const back = withFacts(left, {
    visit: { ...aside, pauses },
    interrupted: left.facts.interrupted.slice(0, -1),
    review: { ...left.facts.review, changed: true },
  });
  const declared = moment.ir.stages[aside.stage];
  const noted = note(back, {
    kind: 'entered',
    stage: aside.stage,
    title: declared ? fillText(declared.title, envOf(back)).text : aside.stage,
    direction: 'resume',
    from: moment.facts.visit.stage,
    rule: rule.id,
    because: rule.source,
    visit: aside.number,
  });
  return askNext(noted);
}

/** The person leaves: nothing more is said, and what waits to be said is withdrawn. */
export function leave(moment: Moment, as: string, rule?: Rule): Moment {
  const quiet = lapseQuestion(voidRun(withdrawPlanned(moment, 'The person has left.'), 'The person has left.'));
  return finish(quiet, as, 'left', moment.facts.visit.stage, rule);
}

function finish(
  moment: Moment,
  as: string,
  outcome: NonNullable<Facts['finished']>['outcome'],
  from: string,
  rule?: Rule,
): Moment {
  const done = lapseQuestion(withFacts(moment, { finished: { as, at: moment.now, outcome } }));
  return note(done, { kind: 'finished', as, outcome, from, ...(rule ? { rule: rule.id, because: rule.source } : {}) });
}

/** Asks the stage's next question that this visit has not asked yet; one is open at a time. */
export function askNext(moment: Moment): Moment {
  const { facts, ir } = moment;
  if (facts.question || facts.finished) return moment;
  const question = ir.stages[facts.visit.stage]?.questions.find((one) => facts.visit.done[one.id] === undefined);
  if (!question) return moment;
  const askedAt = moment.answering ? moment.now : feasible(moment.now, ir.quiet, facts.zone);
  const id = `${moment.enrollment}:${facts.visit.number}:${question.id}`;
  const expiresAt = deadline(question, askedAt, facts.zone);
  const open = withFacts(moment, {
    question: { id, question: question.id, askedAt, expiresAt, visit: facts.visit.number },
    visit: { ...facts.visit, done: { ...facts.visit.done, [question.id]: moment.now } },
  });
  const asked = note(open, { kind: 'asked', question: question.id, expiresAt });
  const text = fillText(question.text, envOf(asked)).text;
  return say(asked, {
    text,
    reason: 'question',
    author: 'program',
    question: { id, options: optionsOf(question.type) },
  });
}

/** When a question that is shown at `askedAt` lapses; null: never. */
export function deadline(question: Question, askedAt: number, zone: string): number | null {
  const at = question.within ? addDuration(askedAt, question.within, zone) : Number.NaN;
  return Number.isNaN(at) ? null : at;
}

/** The answers shown as buttons; none for an open answer. */
export function optionsOf(type: ValueType): string[] {
  if (type.kind === 'yes-no') return ['yes', 'no'];
  return type.kind === 'choice' ? type.options : [];
}

function lapseQuestion(moment: Moment): Moment {
  const { question } = moment.facts;
  if (!question) return moment;
  const why = 'The stage it was asked in is over.';
  const waiting = moment.facts.planned.filter((message) => message.question?.id === question.id);
  const planned = moment.facts.planned.filter((message) => message.question?.id !== question.id);
  const closed = note(withFacts(moment, { question: null, planned }), { kind: 'withdrawn', id: question.id, why });
  return waiting.reduce((next, { id }) => note(next, { kind: 'withdrawn', id, why }), closed);
}

function withoutStage(holding: Record<string, true>, stage: string): Record<string, true> {
  return Object.fromEntries(Object.entries(holding).filter(([rule]) => !rule.startsWith(`${stage}/`)));
}
