/**
 * What operators and services do to one enrollment: move, pause, resume, withdraw, set, ask to advance.
 *
 * Each is an input like any other, brought in one transaction with its audit row. What the program refuses
 * is thrown as a `Refusal` with its reason, and then nothing of it is stored.
 */
import type { Value } from '../../compiler/ir.ts';
import { Refusal } from '../control.ts';
import { why } from '../explain.ts';
import type { Input } from '../inputs.ts';
import type { LoadedProgram } from '../load.ts';
import type { Deed, Done, NotYet, OperatorControl } from '../operator-control.ts';
import type { State } from '../state.ts';
import type { TimelineRow } from '../timeline.ts';
import type { WhyTransition } from '../why.ts';
import { writeValue } from '../write-value.ts';
import { addAudit, checkReason } from './audit.ts';
import { commitIn, lockEnrollments, unknownEnrollment } from './commit.ts';
import type { LockedEnrollment } from './committed.ts';
import { loadVersion } from './programs.ts';
import { checkId } from './receive.ts';
import type { Store, Tx } from './store.ts';

/** Fields set in one call. */
export const fieldsMax = 50;

type Given<K extends keyof OperatorControl> = Parameters<OperatorControl[K]>[0];

export async function move(store: Store, { to, data, ...given }: Given<'move'>): Promise<Done> {
  const { id, by } = given;
  const reason = checkReason(given.reason);
  const input: Input = { type: 'move', id, to, reason, by, ...(data === undefined ? {} : { data }) };
  return operate(store, given, () => [input], {
    action: 'move',
    reason,
    details: { to, ...(data && { fields: Object.keys(data) }) },
  });
}

export async function undoMove(store: Store, given: Given<'undoMove'>): Promise<Done> {
  const reason = checkReason(given.reason);
  return operate(
    store,
    given,
    ({ state }) => [
      { type: 'move', id: given.id, to: state.facts.movedFrom?.visit.stage ?? '', reason, by: given.by, back: true },
    ],
    { action: 'undo-move', reason },
  );
}

export async function pause(store: Store, { until, ...given }: Given<'pause'>): Promise<Done> {
  const { id, by } = given;
  const reason = checkReason(given.reason);
  const input: Input = { type: 'pause', id, reason, by, ...(until === undefined ? {} : { until }) };
  return operate(store, given, () => [input], {
    action: 'pause',
    reason,
    ...(until === undefined ? {} : { details: { until } }),
  });
}

export async function resume(store: Store, given: Given<'resume'>): Promise<Done> {
  return operate(store, given, () => [{ type: 'resume', id: given.id, by: given.by }], { action: 'resume' });
}

export async function withdraw(store: Store, given: Given<'withdraw'>): Promise<Done> {
  const { id, by } = given;
  const reason = checkReason(given.reason);
  return operate(store, given, () => [{ type: 'withdraw', id, reason, by }], { action: 'withdraw', reason });
}

/** Sets fields, all or none, in the order given. */
export async function setData(store: Store, { data, reason, ...given }: Given<'setData'>): Promise<Done> {
  const fields: [string, Value][] = Object.entries(data);
  if (fields.length === 0 || fields.length > fieldsMax)
    throw new Refusal('malformed', `Set 1 to ${fieldsMax} fields at a time.`);
  // The first carries the caller's id, by which a repeat is known.
  const inputs = fields.map(([field, value], index): Input => {
    const id = index === 0 ? given.id : `${given.id}:${field}`;
    return { type: 'set', id, field, value, role: 'operator' };
  });
  const names = fields.map(([name]) => name);
  return operate(store, given, () => inputs, { action: 'set-data', reason, details: { fields: names } });
}

type Audited = { action: string; reason?: string | undefined; details?: Record<string, unknown> };

/** Brings inputs to one enrollment: all of them, or none. */
async function operate(
  store: Store,
  deed: Deed,
  inputs: (enrollment: LockedEnrollment) => Input[],
  audited: Audited,
): Promise<Done> {
  checkId(deed.id);
  return store.sql.begin(async (tx): Promise<Done> => {
    const { enrollment, seen } = await lockFor(store, tx, deed);
    if (seen) return { fresh: false, seq: enrollment.state.seq };
    const { seq } = await operateIn(store, tx, enrollment, inputs(enrollment), deed.by, audited);
    return { fresh: true, seq };
  }) as Promise<Done>;
}

/** For an enrollment that is locked. */
async function operateIn(
  store: Store,
  tx: Tx,
  { id, state }: LockedEnrollment,
  inputs: Input[],
  by: string,
  audited: Audited,
): Promise<{ seq: number }> {
  if (state.facts.finished !== null)
    throw new Refusal('finished', 'This enrollment has finished: nothing can be changed.');
  let { seq } = state;
  for (const input of inputs) {
    const committed = await commitIn(store, tx, { enrollment: id, input });
    const refused = committed.rows.find((row) => row.kind === 'refused' && row.what === input.type);
    if (refused?.kind === 'refused') throw new Refusal(input.type === 'set' ? 'malformed' : 'conflict', refused.why);
    seq = committed.state.seq;
  }
  await addAudit(store, tx, { actor: by, target: `enrollment:${id}`, ...audited });
  return { seq };
}

/** The enrollment, locked, and whether the deed was done before. Refuses one that is unknown, or has gone on. */
async function lockFor(
  store: Store,
  tx: Tx,
  { enrollment: wanted, id, expect }: Deed,
): Promise<{ enrollment: LockedEnrollment; seen: boolean }> {
  const [enrollment] = await lockEnrollments(store, tx, [wanted]);
  if (enrollment === undefined) throw unknownEnrollment(wanted);
  const [seen] = await tx`
    select 1 from timeline
    where workspace_id = ${store.workspace} and enrollment_id = ${enrollment.id} and input_id = ${id}`;
  const { seq } = enrollment.state;
  if (seen === undefined && expect !== undefined && expect !== seq)
    throw new Refusal(
      'stale',
      `More has happened than was seen: the timeline is at ${seq}, not at ${expect}. Read the enrollment again.`,
    );
  return { enrollment, seen: seen !== undefined };
}

// ---------------------------------------------------------------- asking to advance

type Looked = { fresh: boolean; seq: number; advanced: { from: string; to: string } | null; notYet: () => Refusal };

/** Brings the request; refuses with the clauses that are false where the program does not advance the person then. */
export async function advance(store: Store, given: Given<'advance'>): ReturnType<OperatorControl['advance']> {
  checkId(given.id);
  const looked = (await store.sql.begin((tx) => lookAgain(store, tx, given))) as Looked;
  // What it brought besides is kept, also where it was no advance.
  if (looked.advanced === null) throw looked.notYet();
  return { fresh: looked.fresh, seq: looked.seq, ...looked.advanced };
}

async function lookAgain(store: Store, tx: Tx, given: Given<'advance'>): Promise<Looked> {
  const { enrollment, seen } = await lockFor(store, tx, given);
  const program = await loadVersion(store, tx, enrollment.program, enrollment.version);
  const { id, by, to } = given;
  if (seen) {
    const advanced = advanceIn(await rowsOf(store, tx, given), to);
    return { fresh: false, seq: enrollment.state.seq, advanced, notYet: () => notYet(program, enrollment.state, to) };
  }
  if (enrollment.state.facts.finished !== null)
    throw new Refusal('finished', 'This enrollment has finished: there is nothing to advance to.');
  const { ir } = program;
  if (to !== undefined && !Object.hasOwn(ir.stages, to))
    throw new Refusal('malformed', `${ir.title} has no stage ${to.slice(0, 100)}; it has ${ir.stageOrder.join(', ')}.`);
  const { rows, state } = await commitIn(store, tx, {
    enrollment: enrollment.id,
    input: { type: 'advance', id, by, ...(to === undefined ? {} : { to }) },
  });
  const advanced = advanceIn(rows, to);
  const target = `enrollment:${enrollment.id}`;
  if (advanced !== null) await addAudit(store, tx, { actor: by, action: 'advance', target, details: advanced });
  return { fresh: true, seq: state.seq, advanced, notYet: () => notYet(program, state, to) };
}

/** Why it does not advance the person: the transitions that would, with their clauses. */
function notYet(program: LoadedProgram, state: State, to: string | undefined): Refusal {
  const { stage, transitions } = why(program, state, state.at);
  const wanted = transitions.filter(({ move }) =>
    to === undefined ? move.startsWith('advance to ') : move === `advance to ${to}`,
  );
  const details: NotYet = { stage, transitions: wanted };
  return new Refusal('not-yet', notYetSentence(wanted, state.facts.zone), details);
}

/** What came of an input that was taken before. */
async function rowsOf(store: Store, tx: Tx, { enrollment, id }: Deed): Promise<TimelineRow[]> {
  const rows = await tx<{ entry: TimelineRow }[]>`
    select entry from timeline
    where workspace_id = ${store.workspace} and enrollment_id = ${enrollment} and cause = (
      select seq from timeline
      where workspace_id = ${store.workspace} and enrollment_id = ${enrollment} and input_id = ${id})
    order by seq`;
  return rows.map(({ entry }) => entry);
}

/** The first advance of the program's own flow among rows. */
function advanceIn(rows: readonly TimelineRow[], to: string | undefined): { from: string; to: string } | null {
  for (const row of rows) {
    if (row.kind !== 'entered' || row.direction !== 'advance' || row.thread !== undefined) continue;
    if (to === undefined || row.stage === to) return { from: row.from ?? '', to: row.stage };
  }
  return null;
}

/** `Not yet. Advance to “Week 2” needs: done >= 3 (done is 1).` */
function notYetSentence(transitions: readonly WhyTransition[], zone: string): string {
  if (transitions.length === 0) return 'Nothing advances from here: the stage has no such way.';
  const needs = transitions.map(({ title, clauses }) => {
    const missing = clauses
      .filter(({ holds }) => !holds)
      .map(({ source, values }) => {
        const known = values.map((one) => `${one.source} is ${writeValue(one.value, zone) || 'missing'}`);
        return known.length === 0 ? source : `${source} (${known.join(', ')})`;
      });
    return `${title} needs: ${missing.join('; ') || 'the program to look again'}.`;
  });
  return `Not yet. ${needs.join(' ')}`;
}
