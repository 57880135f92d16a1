/**
 * Who belongs together, what a cohort shares, and what its people are told.
 *
 * A cohort is everybody with the same value in the field that `cohort by` names; without that line it is
 * everybody in the program. Whoever has no value yet is alone. Finding the others is the store's
 * business: here a person only says that they should be told, is told, or is given what was shared.
 */
import type { Ir, Value } from '../compiler/ir.ts';
import { dateOf } from './calendar.ts';
import { conformFields } from './conform.ts';
import type { Entry, Facts } from './facts.ts';
import { itemId } from './items.ts';
import { type Moment, newId, note, refuse, somethingHappened, withEffect, withFacts } from './moment.ts';
import { placeEntry } from './set-facts.ts';
import { say } from './speak.ts';

/** An entry of a shared series, as it was recorded once for all. `occurredAt` in ms. */
export type SharedEntry = { id: string; series: string; fields: Record<string, Value>; occurredAt: number };

/** A value of the field as the name of a cohort; texts are the same without case and outer spaces. Null: alone. */
export function cohortNamed(value: Value): string | null {
  const name = value === null ? '' : itemId(value).trim().toLowerCase();
  return name === '' ? null : name;
}

/** The person's cohort; null where it is not known yet, and where the program has none of its own. */
export function cohortOf({ cohort }: Ir, data: Facts['data']): string | null {
  return cohort === undefined ? null : cohortNamed(data[cohort] ?? null);
}

/** Whether people come into something by coming into a cohort. */
export const sharesSomething = (ir: Ir): boolean => Object.values(ir.series).some((series) => series.shared);

/** Words, or a document with a name, for the others of the cohort. */
export function tellCohort(moment: Moment, text: string, document?: string): Moment {
  const { ir, facts } = moment;
  const cohort = cohortOf(ir, facts.data);
  if (ir.cohort !== undefined && cohort === null) {
    return refuse(moment, document ?? 'tell', `Nobody is told “${text.slice(0, 100)}”: ${ir.cohort} is not known yet.`);
  }
  const [id, named] = newId(moment);
  const about = document === undefined ? {} : { document };
  const told = withEffect(named, { type: 'tell-cohort', id, cohort, text, ...about });
  return note(
    told,
    document === undefined
      ? { kind: 'told', id, to: 'cohort', text }
      : { kind: 'output', id, name: document, to: 'cohort', text },
  );
}

/** Hears what another one of the cohort told them all: Regimen starts it, so quiet hours and caps hold. */
export function hearFromCohort(moment: Moment, text: string, document?: string): Moment {
  if (document === undefined) return say(moment, { text, reason: 'say', author: 'program' });
  const [id, named] = newId(moment);
  const noted = note(named, { kind: 'output', id, name: document, to: 'participant', text });
  return say(noted, { text, reason: 'say', author: 'program' });
}

/**
 * Takes over what the cohort shared before the person came. It counts like every entry, and is no news:
 * no handler is run. What is there already, or does not fit this version, is left out.
 */
export function takeShared(moment: Moment, shared: readonly SharedEntry[]): Moment {
  return shared.reduce((now, { id, series: name, fields: raw, occurredAt }) => {
    const series = Object.hasOwn(now.ir.series, name) ? now.ir.series[name] : undefined;
    if (!series?.shared || hasEntry(now.facts, name, id)) return now;
    const conformed = conformFields(series, raw, now.facts.zone);
    if (!conformed.ok) return refuse(now, name, conformed.problems.join(' '));
    const { facts } = now;
    const { fields } = conformed;
    const day = dateOf(occurredAt, facts.zone);
    const entry: Entry = { id, at: occurredAt, day, recordedAt: now.now, visit: facts.visits, fields };
    const next = withFacts(now, {
      series: { ...facts.series, [name]: placeEntry(facts.series[name] ?? [], entry) },
    });
    return note(somethingHappened(next), { kind: 'recorded', series: name, fields, occurredAt, by: 'cohort' });
  }, moment);
}

/** Whether an entry of this id is there: one that is shared comes by two ways. */
export const hasEntry = ({ series }: Facts, name: string, id: string): boolean =>
  (series[name] ?? []).some((entry) => entry.id === id);

/** Asks for what the cohort shared before, once it is known which one it is. */
export function joinCohort(moment: Moment, wasKnown: boolean): Moment {
  const cohort = cohortOf(moment.ir, moment.facts.data);
  if (wasKnown || cohort === null || moment.facts.finished || !sharesSomething(moment.ir)) return moment;
  const [id, named] = newId(moment);
  return withEffect(named, { type: 'join-cohort', id, cohort });
}
