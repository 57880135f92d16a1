/**
 * Changing facts: fields of data and of items, entries of series.
 *
 * Whatever comes is held against its declared type; what does not fit is refused and the timeline
 * says so. Handlers of an entry are noted as machine events, with the conditions judged as things
 * stood before it. Who may change what is decided before (`permissions.ts`).
 */
import type { DataField, Value } from '../compiler/ir.ts';
import { dateOf } from './calendar.ts';
import { conform, conformFields } from './conform.ts';
import { holdsHere } from './evaluate.ts';
import type { Entry } from './facts.ts';
import { focus, threadsOf } from './focus.ts';
import {
  envOf,
  findItem,
  isEmpty,
  type Moment,
  newId,
  note,
  put,
  refuse,
  sameValue,
  somethingHappened,
  withFacts,
} from './moment.ts';
import { rulesAt } from './rules.ts';
import type { TimelineEntry } from './timeline.ts';

/** Entries of one series kept in the facts; older ones are let go from the state, never from the timeline. */
export const entriesMax = 5000;

type By = Extract<TimelineEntry, { kind: 'set' }>['by'];
export type Setting = { by: By; role?: string };

/** Sets a data field; a value outside the declared type is refused. Missing clears an optional one. */
export function setField(moment: Moment, field: string, raw: unknown, how: Setting): Moment {
  const declared = Object.hasOwn(moment.ir.data, field) ? moment.ir.data[field] : undefined;
  if (!declared) return refuse(moment, field, `There is no field called ${field.slice(0, 100)}.`);
  const fitted = fit(declared, raw, moment.facts.zone);
  if (!fitted.ok) return refuse(moment, field, fitted.problem);
  const { value } = fitted;
  const from = moment.facts.data[field] ?? null;
  if (sameValue(from, value)) return moment;
  const next = withFacts(moment, {
    data: put(moment.facts.data, field, value),
    changedAt: put(moment.facts.changedAt, field, moment.now),
  });
  const { by, role } = how;
  const set: TimelineEntry = { kind: 'set', field, from, to: value, by };
  if (role !== undefined) set.role = role;
  return note(somethingHappened(next), set);
}

/** Sets a field of an item. */
export function setItemField(
  moment: Moment,
  of: { list: string; item: string },
  field: string,
  raw: unknown,
  how: Setting,
): Moment {
  const list = Object.hasOwn(moment.ir.lists, of.list) ? moment.ir.lists[of.list] : undefined;
  const declared = list && Object.hasOwn(list.fields, field) ? list.fields[field] : undefined;
  if (!list || !declared)
    return refuse(moment, field, `${list?.name ?? of.list.slice(0, 100)} has no field ${field.slice(0, 100)}.`);
  const item = findItem(moment.facts, list.name, of.item);
  if (!item) return refuse(moment, field, `There is no ${list.singular} ${of.item.slice(0, 100)}.`);
  const fitted = fit(declared, raw, moment.facts.zone);
  if (!fitted.ok) return refuse(moment, field, fitted.problem);
  const { value } = fitted;
  const from = item.fields[field] ?? null;
  if (sameValue(from, value)) return moment;
  const isKey = field === list.key;
  if (isKey) return refuse(moment, field, `${field} is what the ${list.singular} is known by: it stays as it is.`);
  const changed = (moment.facts.lists[list.name] ?? []).map((one) =>
    one.id === item.id
      ? {
          ...one,
          fields: put(one.fields, field, value),
          changedAt: put(one.changedAt, field, moment.now),
        }
      : one,
  );
  const next = withFacts(moment, {
    lists: put(moment.facts.lists, list.name, changed),
  });
  return note(somethingHappened(next), { kind: 'set', field, from, to: value, ...how, item: of });
}

/** A value as a field would hold it. */
export function fit(
  declared: DataField,
  raw: unknown,
  zone: string,
): { ok: true; value: Value } | { ok: false; problem: string } {
  if (raw !== null && raw !== undefined) return conform(declared.type, raw, declared.name, zone);
  return declared.optional ? { ok: true, value: null } : { ok: false, problem: `${declared.name} cannot be missing.` };
}

export type NewEntry = {
  /** Where it has one already: an entry that many people share. */
  id?: string;
  series: string;
  fields: Record<string, Value>;
  occurredAt: number;
  by: Extract<TimelineEntry, { kind: 'recorded' }>['by'];
  role?: string;
};

/** Adds an entry where it occurred, and sends word to the handlers that hold for it, in every thread. */
export function addEntry(moment: Moment, entry: NewEntry): Moment {
  if (isRepeated(moment, entry)) return note(moment, { kind: 'repeated', series: entry.series, fields: entry.fields });
  const [own, named] = newId(moment);
  const { facts } = named;
  const id = entry.id ?? own;
  const added: Entry = {
    id,
    at: entry.occurredAt,
    day: dateOf(entry.occurredAt, facts.zone),
    recordedAt: named.now,
    visit: facts.visits,
    fields: entry.fields,
  };
  const events = [...named.events];
  const occasion = { entry: added };
  for (const thread of threadsOf(named)) {
    const there = focus(named, thread);
    const env = { ...envOf(there), entry: added };
    const answers: Record<string, true> = {};
    let type = 'recorded';
    for (const { rule, condition, events: answered } of rulesAt(there.flow, there.facts.visit.stage).recorded) {
      if (rule.trigger.series !== entry.series || !holdsHere(condition, env).holds) continue;
      answers[rule.id] = true;
      type = answered[0] ?? type;
    }
    if (thread.kind === 'main' || !isEmpty(answers)) events.push({ type, thread, answers, occasion });
  }
  const entries = placeEntry(facts.series[entry.series] ?? [], added);
  const next = withFacts(named, {
    series: put(facts.series, entry.series, entries),
  });
  const noted = note(somethingHappened(next), {
    kind: 'recorded',
    series: entry.series,
    fields: entry.fields,
    occurredAt: entry.occurredAt,
    by: entry.by,
    ...(entry.role === undefined ? {} : { role: entry.role }),
  });
  return { ...noted, events };
}

/**
 * An entry that is shared comes by two ways; and a series that is recorded `once per` a field has one entry of each of
 * its values.
 */
function isRepeated({ ir, facts }: Moment, { id, series, fields }: NewEntry): boolean {
  if (id !== undefined && (facts.series[series] ?? []).some((one) => one.id === id)) return true;
  const field = ir.series[series]?.oncePer;
  if (field === undefined || (fields[field] ?? null) === null) return false;
  return (facts.series[series] ?? []).some((one) => sameValue(one.fields[field] ?? null, fields[field] ?? null));
}

/** The entries with one more: after those that occurred at the same moment or before. */
export function placeEntry(entries: readonly Entry[], entry: Entry): Entry[] {
  const all = entries.slice();
  let at = all.length;
  while (at > 0 && (all[at - 1]?.at ?? 0) > entry.at) at -= 1;
  if (at === all.length) all.push(entry);
  else all.splice(at, 0, entry);
  return all.length > entriesMax ? all.slice(-entriesMax) : all;
}

/** Puts an entry right, or takes it back (no fields). Its handlers are not run again; conditions are judged anew. */
export function correctEntry(moment: Moment, name: string, id: string, raw?: Record<string, unknown>): Moment {
  const series = Object.hasOwn(moment.ir.series, name) ? moment.ir.series[name] : undefined;
  if (!series) return refuse(moment, 'correct', `There is no series called ${name.slice(0, 100)}.`);
  const entries = moment.facts.series[name] ?? [];
  const found = entries.find((entry) => entry.id === id);
  if (!found) return refuse(moment, 'correct', `There is no such ${series.singular}.`);
  const conformed = raw === undefined ? undefined : conformFields(series, raw, moment.facts.zone);
  if (conformed && !conformed.ok) return refuse(moment, 'correct', conformed.problems.join(' '));
  const fields = conformed?.fields ?? null;
  if (fields !== null && JSON.stringify(fields) === JSON.stringify(found.fields)) return moment;
  const kept = fields === null ? entries.filter((entry) => entry !== found) : entries;
  const next = withFacts(moment, {
    series: {
      ...moment.facts.series,
      [name]: kept.map((entry) => (entry === found && fields !== null ? { ...entry, fields } : entry)),
    },
  });
  return note(somethingHappened(next), { kind: 'corrected', series: name, entry: id, from: found.fields, fields });
}
