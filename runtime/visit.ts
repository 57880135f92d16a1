/**
 * Entering, setting aside, resuming and finishing: what a move means for the facts.
 *
 * The machine decides that a move happens; these functions, all moment → moment, carry it out in
 * the thread at hand: a new visit with fresh timers, the stage's entry effects, its questions, and
 * the end. The end of the program's own flow, and leaving anywhere, ends everything.
 */
import type { Flow, Rule } from '../compiler/ir.ts';
import { fillText } from './evaluate.ts';
import type { Facts, Thread, Visit } from './facts.ts';
import { envOf, type Moment, note, refuse, withFacts } from './moment.ts';
import { perform } from './perform.ts';
import { lapseAllProposals, lapseProposals } from './propose.ts';
import { askNext, askRolesOfStage, lapseAllQuestions, lapseQuestions } from './questions.ts';
import { voidRun, withdrawPlanned, withdrawPrompts } from './speak.ts';

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

/** The place of a track or an item that has not begun: it has no visit yet, and so the number 0. */
export const placeToBegin = (flow: Flow, since: number): Thread => ({
  since,
  visit: newVisit(flow.initial, 0, since),
  interrupted: [],
  holding: {},
  done: {},
  review: { lastAt: null, changed: true },
  finished: null,
});

/** A new visit of the same stage: the person arrived when they did, and what stood still since then did. */
const stayOn = ({ stage, arrivedAt, pauses }: Visit, number: number, since: number): Visit => ({
  ...newVisit(stage, number, since),
  arrivedAt,
  pauses,
});

/** The rule that brings it about; or, where an operator does, the reason and who it is. */
type Cause = { rule?: Rule | undefined; because?: string | undefined; by?: string | undefined };

type Entering = Cause & { direction: 'start' | 'advance' | 'return' | 'restart' | 'interrupt' | 'move' };

/** A stage's title as it reads for the person. */
export function stageTitleOf(moment: Moment, stage: string): string {
  const declared = moment.flow.stages[stage];
  return declared ? fillText(declared.title, envOf(moment)).text : stage;
}

/** Begins a visit of a stage and does what the stage does on entry. */
export function enter(moment: Moment, stage: string, { direction, rule, because, by }: Entering): Moment {
  const from = moment.facts.visit.stage;
  const declared = moment.flow.stages[stage];
  if (!declared) return refuse(moment, stage, `There is no stage called ${stage}.`);
  const isStart = direction === 'start';
  const stays = stage === from && !isStart;
  // An interruption is expected to end: what was asked and proposed in a visit that is set aside waits for it to go on.
  const left = isStart ? moment : leaveBehind(moment, direction);
  const number = left.facts.visits + 1;
  const begun = withFacts(left, {
    visit: stays ? stayOn(left.facts.visit, number, left.now) : newVisit(stage, number, left.now),
    visits: number,
    holding: withoutStage(left, stage),
    review: { ...left.facts.review, changed: true },
    // Going somewhere on purpose gives up what was set aside; only `interrupt` keeps it.
    interrupted: direction === 'interrupt' || direction === 'restart' ? left.facts.interrupted : [],
  });
  const noted = note(stays || isStart ? begun : lapseProposals(begun), {
    kind: 'entered',
    stage,
    title: fillText(declared.title, envOf(begun)).text,
    direction,
    ...(isStart ? {} : { from }),
    ...whyOf({ rule, because, by }),
    visit: number,
  });
  const settled = askNext(askRolesOfStage(perform(noted, declared.entry, 'say')));
  return declared.final ? finish(settled, stage, declared.final, from, { rule, because, by }) : settled;
}

/** What belonged to the visit that ends now: its questions, and what its rules wanted to say but could not yet. */
function leaveBehind(moment: Moment, direction: Entering['direction']): Moment {
  const lapsed = lapseQuestions(moment, { roles: direction !== 'interrupt' });
  if (direction === 'interrupt') return lapsed;
  const { visit, interrupted } = moment.facts;
  const over = direction === 'restart' ? [visit] : [visit, ...interrupted];
  return withdrawPrompts(lapsed, new Set(over.map(({ number }) => number)));
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
  const left = lapseQuestions(moment, { roles: false });
  const back = withFacts(left, {
    visit: { ...aside, pauses },
    interrupted: left.facts.interrupted.slice(0, -1),
    review: { ...left.facts.review, changed: true },
  });
  const declared = moment.flow.stages[aside.stage];
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
export function leave(moment: Moment, as: string, cause: Cause = {}): Moment {
  const quiet = voidRun(withdrawPlanned(moment, 'The person has left.'), 'The person has left.');
  return finish(quiet, as, 'left', moment.facts.visit.stage, cause);
}

function finish(
  moment: Moment,
  as: string,
  outcome: NonNullable<Facts['finished']>['outcome'],
  from: string,
  cause: Cause,
): Moment {
  const finished = { as, at: moment.now, outcome };
  const { aside } = moment;
  const isEnd = aside === null || outcome === 'left';
  const over =
    aside && isEnd
      ? { ...moment, aside: { ...aside, home: { ...aside.home, finished } } }
      : withFacts(moment, { finished });
  const done = isEnd
    ? lapseAllProposals(lapseAllQuestions(over))
    : askNext(lapseProposals(lapseQuestions(over, { roles: true, all: true }), { all: true }));
  return note(done, { kind: 'finished', as, outcome, from, ...whyOf(cause) });
}

function whyOf({ rule, because, by }: Cause): { rule?: string; because?: string; by?: string } {
  if (rule) return { rule: rule.id, because: rule.source };
  return { ...(because === undefined ? {} : { because }), ...(by === undefined ? {} : { by }) };
}

/** A new visit looks at its stage's conditions anew. */
function withoutStage({ facts, flow, ir }: Moment, stage: string): Record<string, true> {
  const owner = flow === ir ? stage : `${flow.name}.${stage}`;
  return Object.fromEntries(Object.entries(facts.holding).filter(([rule]) => !rule.startsWith(`${owner}/`)));
}
