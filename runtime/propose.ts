/**
 * Proposals: a change that waits for somebody's word.
 *
 * An approved field is set here; an approved move is a rule that answers to the decision. A
 * value that nobody decides in time lapses, a move stays open, and what the program says then is done; one that was
 * made in a visit ends when its stage is left for good, one of `anytime` does not.
 */
import type { Effect, Value } from '../compiler/ir.ts';
import { evaluate } from './evaluate.ts';
import type { OpenProposal } from './facts.ts';
import { isThere, sameThread, within } from './focus.ts';
import { after, envOf, type Moment, newId, note, refuse, sameValue, withEffect, withFacts } from './moment.ts';
import { perform } from './perform.ts';
import { proposalText } from './proposal-text.ts';
import { isAnytime, rulesToTake } from './rules.ts';
import { fit, setField, setItemField } from './set-facts.ts';

/** Proposals open at once; the oldest lapses when there are more. */
export const proposalsMax = 50;

/**
 * Proposes; nothing where the same is already open for this thread (and item), or where there is nothing
 * to propose. Another value takes the place of the open one, which nobody shall approve any more; the
 * time to decide is not prolonged by that, or what is proposed anew every day would never be escalated.
 */
export function propose(moment: Moment, effect: Extract<Effect, { kind: 'propose' }>): Moment {
  const declared = moment.ir.proposals[effect.proposal];
  if (!declared) return moment;
  const { thread } = moment;
  const waiting = moment.facts.proposals.find((one) => one.proposal === declared.id && sameThread(one.thread, thread));
  if (waiting && declared.field === undefined) return moment;
  let value: Value = null;
  if (declared.field !== undefined && effect.value) {
    const fitted = fitProposed(moment, declared.field, evaluate(effect.value, envOf(moment)).value);
    if (!fitted.ok) return refuse(moment, declared.field, `It was not proposed: ${fitted.problem}`);
    value = fitted.value;
    if (waiting && sameValue(value, waiting.value)) return moment;
  }
  const cleared = waiting ? lapse(moment, waiting, 'Something else is right by now.') : moment;
  if (declared.field !== undefined && sameValue(value, standing(cleared, declared.field))) return cleared;
  const [oldest] = cleared.facts.proposals.length >= proposalsMax ? cleared.facts.proposals : [];
  const [id, named] = newId(oldest ? lapse(cleared, oldest, `More than ${proposalsMax} proposals wait.`) : cleared);
  const at = declared.within ? after(named, named.now, declared.within) : Number.NaN;
  const expiresAt = waiting ? waiting.expiresAt : Number.isNaN(at) ? null : at;
  const open: OpenProposal = {
    id,
    proposal: declared.id,
    thread,
    value,
    proposedAt: named.now,
    expiresAt,
    visit: named.facts.visit.number,
  };
  const what = proposalText(moment.ir, declared.id, value, moment.facts.zone);
  const told = { id, proposal: declared.id, by: declared.by, what, value, expiresAt };
  const waits = withFacts(named, { proposals: [...named.facts.proposals, open] });
  return note(withEffect(waits, { type: 'propose', ...told }), { kind: 'proposed', ...told });
}

const itemField = (moment: Moment, field: string) => {
  const list = moment.item ? moment.ir.lists[moment.item.list] : undefined;
  return list && Object.hasOwn(list.fields, field) ? list.fields[field] : undefined;
};

function fitProposed(moment: Moment, field: string, value: Value): ReturnType<typeof fit> {
  const declared = itemField(moment, field) ?? moment.ir.data[field];
  return declared
    ? fit(declared, value, moment.facts.zone)
    : { ok: false, problem: `There is no field called ${field}.` };
}

function standing(moment: Moment, field: string): Value {
  const item = moment.item && itemField(moment, field) ? envOf(moment).item : undefined;
  return (item ? item.fields[field] : moment.facts.data[field]) ?? null;
}

/** Somebody decides. `value` is set instead of what was proposed. */
export function decide(
  moment: Moment,
  id: string,
  decision: { approve: boolean; value?: Value; role: string },
): Moment {
  const open = moment.facts.proposals.find((one) => one.id === id);
  const declared = open && moment.ir.proposals[open.proposal];
  if (!open || !declared) return refuse(moment, 'decide', 'That is not waiting for a decision any more.');
  const { approve, role } = decision;
  if (role !== 'operator' && role !== declared.by) {
    return refuse(moment, 'decide', `That is for ${declared.by} to decide, not for ${role.slice(0, 100)}.`);
  }
  if (!isThere(moment, open.thread)) return lapse(moment, open, 'What it was proposed for is gone.');
  return within(moment, open.thread, (there) => {
    let { value } = open;
    if (approve && declared.field !== undefined && decision.value !== undefined) {
      const fitted = fitProposed(there, declared.field, decision.value);
      if (!fitted.ok) return refuse(there, 'decide', fitted.problem);
      value = fitted.value;
    }
    const closed = withFacts(there, { proposals: there.facts.proposals.filter((one) => one !== open) });
    const noted = note(closed, { kind: 'decided', id, proposal: open.proposal, approved: approve, value, role });
    const set = approve && declared.field !== undefined ? setApproved(noted, declared.field, value, role) : noted;
    const answers: Record<string, true> = {};
    for (const { trigger, id: rule } of rulesToTake(set.flow, set.facts.visit.stage)) {
      if (trigger.kind === 'decided' && trigger.proposal === open.proposal && trigger.approved === approve)
        answers[rule] = true;
    }
    const type = `decided.${open.proposal}.${approve ? 'yes' : 'no'}`;
    return { ...set, events: [...set.events, { type, thread: set.thread, answers }] };
  });
}

function setApproved(moment: Moment, field: string, value: Value, role: string): Moment {
  const how = { by: 'role' as const, role };
  return moment.item && itemField(moment, field)
    ? setItemField(moment, moment.item, field, value, how)
    : setField(moment, field, value, how);
}

function stayOpen(moment: Moment, open: OpenProposal): Moment {
  const proposals = moment.facts.proposals.map((one) => (one === open ? { ...open, expiresAt: null } : one));
  return withFacts(moment, { proposals });
}

/** Nobody has decided in time. */
export function expireProposal(moment: Moment, id: string): Moment {
  const open = moment.facts.proposals.find((one) => one.id === id);
  if (!open) return moment;
  const declared = moment.ir.proposals[open.proposal];
  // A move can still be decided late: nobody is left where they are because somebody was on leave.
  const lapsed =
    declared?.field === undefined ? stayOpen(moment, open) : lapse(moment, open, 'Nobody decided in time.');
  const about = `Nobody has decided: ${proposalText(moment.ir, open.proposal, open.value, moment.facts.zone)}`;
  return within(lapsed, open.thread, (there) => ({
    ...perform({ ...there, about }, declared?.otherwise ?? [], 'say'),
    about: '',
  }));
}

/** The stage that proposed is left for good; `all`: the thread is over. */
export function lapseProposals(moment: Moment, how: { all?: boolean } = {}): Moment {
  const aside = moment.facts.interrupted.map((visit) => visit.number);
  return moment.facts.proposals
    .filter((one) => sameThread(one.thread, moment.thread))
    .filter((one) => how.all === true || !(isAnytime(one.proposal) || aside.includes(one.visit)))
    .reduce((now, one) => lapse(now, one, 'The stage it was proposed in is over.'), moment);
}

/** The person has finished: nothing of what was proposed can come about. */
export function lapseAllProposals(moment: Moment): Moment {
  return moment.facts.proposals.reduce((now, one) => lapse(now, one, 'The person has finished.'), moment);
}

function lapse(moment: Moment, open: OpenProposal, why: string): Moment {
  const closed = withFacts(moment, { proposals: moment.facts.proposals.filter((one) => one !== open) });
  return note(closed, { kind: 'lapsed', id: open.id, proposal: open.proposal, why });
}
