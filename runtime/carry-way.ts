/**
 * Facts over a whole way of versions, hop by hop; only in the last one does anything happen with them.
 *
 * Nobody lives in a version in between: nothing is said or asked there. Where something does not fit on the way, the
 * version is named in which it does not, and that the new version can lead these people itself.
 */
import { type AskedAgain, type Carried, carryFacts } from './carry-facts.ts';
import { threadNow } from './carry-open.ts';
import { type Correspondence, nameNow, questionNow, stageNow } from './correspond.ts';
import type { Facts } from './facts.ts';
import type { Misfit } from './misfit.ts';
import { blockOf, correspondence, type Hop, versionsText } from './version-way.ts';

/** Reasons told of one person. */
const reasonsMax = 3;

export type Arrived = {
  carried: Carried;
  /** Some block on the way led them. */
  isSaid: boolean;
  /** What the stage they were in is called now. */
  stage: string;
  /** The handlers of the new version that they knew in the old one. */
  known: ReadonlySet<string>;
};

/** Leads facts over every hop. `now` in ms: what `set` lines reckon with. */
export function carryOver(
  hops: readonly Hop[],
  old: Facts,
  now: number,
): { ok: true; arrived: Arrived } | { ok: false; misfit: Misfit } {
  let arrived: Arrived | null = null;
  for (const hop of hops) {
    const block = blockOf(hop);
    if (block === undefined) {
      const why = `What version ${hop.from} says in \`migrate from ${hop.to}\` cannot be turned around.`;
      return { ok: false, misfit: { kind: 'refused', why, remedy: '' } };
    }
    const c = correspondence(hop, block);
    const carried = carryFacts(c, arrived?.carried.facts ?? old, now);
    const isLast = hop === hops.at(-1);
    const misfits = isLast ? carried.misfits : [...carried.misfits, ...endsOnTheWay(carried)];
    if (misfits.length > 0) {
      const misfit = together(misfits);
      return { ok: false, misfit: hops.length === 1 ? misfit : onTheWay(hops, hop, misfit) };
    }
    arrived = after(arrived, c, carried, old);
  }
  if (arrived === null) throw new Error('A way has at least one hop.');
  return { ok: true, arrived };
}

function after(before: Arrived | null, c: Correspondence, carried: Carried, old: Facts): Arrived {
  const { handlers } = c.ids;
  if (before === null)
    return { carried, isSaid: c.isSaid, stage: stageNow(c, old.visit.stage), known: new Set(handlers.values()) };
  const known = [...before.known].flatMap((id) => handlers.get(id) ?? []);
  const { sets, closed } = before.carried;
  return {
    carried: {
      ...carried,
      sets: [...sets.flatMap((set) => setNow(c, set)), ...carried.sets],
      closed: {
        questions: [...closed.questions, ...carried.closed.questions],
        otherUnit: [...closed.otherUnit, ...carried.closed.otherUnit],
        again: [...closed.again.flatMap((one) => againNow(c, one)), ...carried.closed.again],
        proposals: [...closed.proposals, ...carried.closed.proposals],
        messages: [...closed.messages, ...carried.closed.messages],
      },
    },
    isSaid: before.isSaid || c.isSaid,
    stage: stageNow(c, before.stage),
    known: new Set(known),
  };
}

/** A question that was to be asked again on the way, where the next version still asks it. */
function againNow(c: Correspondence, { question, thread }: AskedAgain): AskedAgain[] {
  const [next, place] = [questionNow(c, question), threadNow(c, thread)];
  return next === null || place === null ? [] : [{ question: next, thread: place }];
}

/** What was set in a version on the way, where the next one still has the field. */
function setNow(c: Correspondence, { field, ...values }: Carried['sets'][number]): Carried['sets'] {
  const name = nameNow(c, 'fields', field);
  return c.after.data[name] === undefined ? [] : [{ field: name, ...values }];
}

/** The first reason decides what kind it is: one that no block can mend weighs more. */
function together(misfits: readonly Misfit[]): Misfit {
  const refused = misfits.filter(({ kind }) => kind === 'refused');
  const told = (refused.length > 0 ? refused : misfits).slice(0, reasonsMax);
  return {
    kind: refused.length > 0 ? 'refused' : 'needs-migrate',
    why: told.map(({ why }) => why).join(' '),
    remedy: told.map(({ remedy }) => remedy).join(' '),
  };
}

/** A version in between may end the way of people there; who only passes through would never arrive. */
function endsOnTheWay({ ends }: Carried): Misfit[] {
  return ends.map(({ stage }) => ({ kind: 'refused', why: `They would end there, in ${stage}.`, remedy: '' }));
}

/** Which link of the way is missing. Where that is one in between, the new version's own block would do instead. */
function onTheWay(hops: readonly Hop[], hop: Hop, { kind, why, remedy }: Misfit): Misfit {
  const [first, last] = [hops[0] as Hop, hops.at(-1) as Hop];
  const link = `From version ${hop.from} to ${hop.to}: ${why}`;
  if (last.to < first.from) return { kind, why: link, remedy };
  const through = hops.slice(1).map(({ from }) => from);
  const way = `Version ${last.to} has no \`migrate from ${first.from}\`, so the way leads through ${versionsText(through)}.`;
  if (hop === last) return { kind, why: `${way} ${link}`, remedy };
  // What an entry or a value cannot be in between, it may be at the end: then a block of their own leads them there.
  const own = `In a \`migrate from ${first.from}\` of the new version`;
  const mend = kind === 'refused' || remedy === '' ? 'say what becomes of them.' : lowerFirst(remedy);
  return { kind: 'needs-migrate', why: `${way} ${link}`, remedy: `${own}, ${mend}` };
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
