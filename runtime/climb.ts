/**
 * Escalations: somebody is told that something needs them; on a ladder, one after the other.
 *
 * An escalation on a ladder stays open until somebody acknowledges it. Each rung is told when the
 * time of the one before is over. It goes on when the person has finished or left: it is not about
 * them alone, and somebody must have seen it.
 */
import type { Climb } from './facts.ts';
import { after, type Moment, newId, note, refuse, withEffect, withFacts } from './moment.ts';

/** Escalations that climb at once; when there are more, the oldest stays with whom it has reached. */
export const climbsMax = 50;

/** `to`: a role or a ladder. */
export function escalate(moment: Moment, to: string, text: string): Moment {
  const ladder = Object.hasOwn(moment.ir.ladders, to) ? moment.ir.ladders[to] : undefined;
  const first = ladder?.rungs[0];
  const words = text === '' ? moment.about : text;
  const [id, named] = newId(moment);
  if (!ladder || !first) {
    return note(withEffect(named, { type: 'escalate', id, to, text: words }), { kind: 'escalated', to, text: words });
  }
  const climb: Climb = { id, ladder: to, rung: 0, at: named.now, text: words };
  const climbs = [...named.facts.climbs, climb].slice(-climbsMax);
  return tellRung(withFacts(named, { climbs }), climb, first.to);
}

function tellRung(moment: Moment, { id, text, rung }: Climb, to: string): Moment {
  const effect = { type: 'escalate' as const, id: rung === 0 ? id : `${id}:${rung}`, to, text, climb: id };
  return note(withEffect(moment, effect), { kind: 'escalated', to, text, climb: id, rung });
}

/** When the next rung is told; null where there is none. */
export function climbDue(moment: Moment, climb: Climb): number | null {
  const rungs = moment.ir.ladders[climb.ladder]?.rungs;
  const length = rungs?.[climb.rung]?.for;
  if (!rungs?.[climb.rung + 1] || !length) return null;
  const at = after(moment, climb.at, length);
  return Number.isNaN(at) ? null : at;
}

/** The next rung is told. */
export function climbOn(moment: Moment, id: string): Moment {
  const climb = moment.facts.climbs.find((one) => one.id === id);
  const next = climb && moment.ir.ladders[climb.ladder]?.rungs[climb.rung + 1];
  if (!climb || !next) return moment;
  const higher: Climb = { ...climb, rung: climb.rung + 1, at: moment.now };
  const climbs = moment.facts.climbs.map((one) => (one === climb ? higher : one));
  return tellRung(withFacts(moment, { climbs }), higher, next.to);
}

/** Somebody on the ladder (or an operator) has seen it: it climbs no further. */
export function acknowledge(moment: Moment, id: string, role: string): Moment {
  const climb = moment.facts.climbs.find((one) => one.id === id);
  if (!climb) return refuse(moment, 'acknowledge', 'That escalation is not open any more.');
  const rungs = moment.ir.ladders[climb.ladder]?.rungs ?? [];
  if (role !== 'operator' && !rungs.some((rung) => rung.to === role)) {
    return refuse(moment, 'acknowledge', `The ladder ${climb.ladder} does not lead to ${role.slice(0, 100)}.`);
  }
  const closed = withFacts(moment, { climbs: moment.facts.climbs.filter((one) => one !== climb) });
  return note(closed, { kind: 'acknowledged', climb: id, role });
}
