/**
 * Takes the people of a plan over to its version, or back: so many in one transaction, each all or not at all.
 *
 * Whoever's turn it is is looked at again, as things stand now: what the plan foresaw may not hold any more. First
 * time passes for them under the version they are on, so that nothing that was due is lost. Their row of the plan is
 * written with their timeline, so nobody goes twice. One who cannot be taken over is told with the reason.
 */
import { adopt, outlook, revert, whyNotRevert } from '../adopt.ts';
import { fold, inputsOf, versionsOf } from '../fold.ts';
import type { Input } from '../inputs.ts';
import type { LoadedProgram } from '../load.ts';
import type { State } from '../state.ts';
import { step, timeInput } from '../step.ts';
import type { PlannedStatus } from '../version-plan.ts';
import { clockNow } from './clock.ts';
import { problemLengthMax } from './limits.ts';
import { isPassing, problemOf } from './problem.ts';
import { loadVersion } from './programs.ts';
import type { Stepped } from './stepped.ts';
import type { Sql, Store, Tx } from './store.ts';
import { readTimeline, readWholeTimeline } from './timeline-rows.ts';
import { loadWay } from './version-ways.ts';
import { writeSteps } from './write-steps.ts';

/** What is to be done, as the plan's row says. */
export type Going = {
  id: string;
  program: string;
  to: number;
  back: boolean;
  /** Whoever has something in hand waits until then (ms); null: nobody waits. */
  waitsUntil: number | null;
  by: string;
};

/** How long people with something in hand are waited for, from the moment a plan was applied. */
export const adoptPatienceMs = 7 * 24 * 60 * 60_000;
/** Timeline rows looked at to see whether anything has happened since somebody went over. */
const rowsSinceMax = 100;

type Chosen = {
  id: string;
  person: string;
  version: number;
  status: string;
  state: State;
  at: number;
  nextDueAt: number | null;
  from: number;
  /** Of their row in the plan. */
  seq: number;
};
type Outcome = {
  enrollment: string;
  status: PlannedStatus;
  why: string | null;
  seq: number;
  /** The version they come from, which their row of the plan keeps for the way back. */
  from: number;
  version: number;
  steps: Stepped[];
};

/** Does the next people; gives how many there were. `only`: this one, whatever others wait. */
export async function goNext(store: Store, going: Going, limit: number, only?: string): Promise<number> {
  return store.sql.begin(async (tx) => {
    const now = await clockNow(store, tx);
    const chosen = await choose(store, tx, going, now, limit, only);
    const outcomes: Outcome[] = [];
    for (const one of chosen) {
      outcomes.push(await (going.back ? comeBack(store, tx, going, one) : goOver(store, tx, going, one, now)));
    }
    await write(store, tx, going, outcomes);
    return chosen.length;
  }) as Promise<number>;
}

/** Somebody for whom it cannot be written: the others go on. */
export async function leaveOut(store: Store, going: Going, enrollment: string, problem: string): Promise<void> {
  await store.sql`
    update version_plan_people set status = ${going.back ? 'kept' : 'failed'}, why = ${problem.slice(0, problemLengthMax)}
    where workspace_id = ${store.workspace} and plan_id = ${going.id} and enrollment_id = ${enrollment}
      and status = any(${going.back ? ['adopted'] : ['ready', 'waiting']})`;
}

/** The enrollments whose turn it is, in the order in which they are taken. */
export async function nextEnrollments(store: Store, going: Going, limit: number): Promise<string[]> {
  const now = await clockNow(store);
  const rows = await store.sql<{ id: string }[]>`
    select e.id ${turn(store, store.sql, going, now)} order by e.id limit ${limit}`;
  return rows.map(({ id }) => id);
}

/** Whose turn it is: who is ready, and who waited, where it has been long enough. */
function turn(store: Store, sql: Sql, { id, back, waitsUntil }: Going, now: number) {
  const isOver = waitsUntil === null || now >= waitsUntil;
  // Written out, as Postgres knows how few are in each, and goes by the index.
  const turns = back
    ? sql`p.status = 'adopted'`
    : isOver
      ? sql`p.status in ('ready', 'waiting')`
      : sql`p.status = 'ready'`;
  return sql`
    from version_plan_people p
    join enrollments e on e.workspace_id = p.workspace_id and e.id = p.enrollment_id
    where p.workspace_id = ${store.workspace} and p.plan_id = ${id} and ${turns}`;
}

async function choose(
  store: Store,
  tx: Tx,
  going: Going,
  now: number,
  limit: number,
  only: string | undefined,
): Promise<Chosen[]> {
  type Row = Omit<Chosen, 'at' | 'nextDueAt'> & { stepped_at: Date; next_due_at: Date | null };
  const rows = await tx<Row[]>`
    select e.id, e.person_id as person, e.version, e.status, e.state, e.stepped_at, e.next_due_at,
      p.from_version as from, p.seq ${turn(store, tx, going, now)}
      ${only === undefined ? tx`` : tx`and e.id = ${only}`}
    order by e.id limit ${limit} for update of e, p skip locked`;
  // Who is locked is being stepped by somebody else, and has their turn later.
  return rows.map(({ stepped_at, next_due_at, ...row }) => ({
    ...row,
    at: Math.max(now, stepped_at.getTime()),
    nextDueAt: next_due_at?.getTime() ?? null,
  }));
}

// ---------------------------------------------------------------- over

async function goOver(store: Store, tx: Tx, going: Going, one: Chosen, now: number): Promise<Outcome> {
  const { program, to } = going;
  const from = one.version;
  const stays = (status: PlannedStatus, why: string, steps: Stepped[] = []): Outcome => ({
    enrollment: one.id,
    status,
    why: why.slice(0, problemLengthMax),
    seq: steps.at(-1)?.result.state.seq ?? one.seq,
    from,
    version: from,
    steps,
  });
  if (one.status !== 'active') return stays('gone', 'The person has finished.');
  // A plan that another one has overtaken may have led them on in between: they go from where they are.
  if (from === to || from > to !== one.from > to) return stays('gone', `They are on version ${from} by now.`);
  const { programs, versions } = await loadWay(store, tx, program, { from, to });
  const look = (state: State) => outlook(programs, versions, state, one.at);
  try {
    const first = look(one.state);
    if (!first.ok) return stays('failed', `${first.misfit.why} ${first.misfit.remedy}`.trim());
    const { state, steps } = letTimePass(going, one, programs.before);
    if (state.facts.finished !== null) return stays('gone', 'The person has finished.', steps);
    const again = steps.length === 0 ? first : look(state);
    if (again.ok && !again.isAtRest && going.waitsUntil !== null && now < going.waitsUntil)
      return { ...stays('waiting', whyWaiting(state), steps), seq: state.seq };
    const input = { type: 'adopt', id: `adopt:${going.id}`, ...versions, by: going.by } as const;
    const adopted = adopt(programs, state, input, one.at);
    if (!adopted.ok) return stays('failed', `${adopted.misfit.why} ${adopted.misfit.remedy}`.trim(), steps);
    const stepped = { enrollment: { ...one, program }, input, result: adopted.result, at: one.at };
    return {
      enrollment: one.id,
      status: 'adopted',
      why: null,
      seq: state.seq + 1,
      from,
      version: to,
      steps: [...steps, stepped],
    };
  } catch (error) {
    // A program that does not come to rest, or a state that nobody foresaw: it is theirs alone.
    return stays('failed', problemOf(error));
  }
}

const whyWaiting = ({ facts }: State): string =>
  facts.paused === undefined
    ? 'An agent run, a question or a proposal is in hand that would be cut short.'
    : 'It is paused for this person.';

/** What is due is done under the version the person is on. */
function letTimePass(going: Going, one: Chosen, program: LoadedProgram): { state: State; steps: Stepped[] } {
  if (one.nextDueAt === null || one.nextDueAt > one.at) return { state: one.state, steps: [] };
  const input = timeInput(one.state);
  const result = step(program, one.state, input, one.at, one.id);
  return {
    state: result.state,
    steps: [{ enrollment: { ...one, program: going.program }, input, result, at: one.at }],
  };
}

// ---------------------------------------------------------------- back

async function comeBack(store: Store, tx: Tx, going: Going, one: Chosen): Promise<Outcome> {
  const { program, to } = going;
  const { from } = one;
  const kept = (why: string): Outcome => ({
    enrollment: one.id,
    status: 'kept',
    why: why.slice(0, problemLengthMax),
    seq: one.seq,
    from,
    version: one.version,
    steps: [],
  });
  if (one.version !== to) return kept(`They are on version ${one.version} by now.`);
  const { programs, versions } = await loadWay(store, tx, program, { from: to, to: from });
  const since = await readTimeline(store, tx, one.id, { after: one.seq - 1, limit: rowsSinceMax });
  const why = whyNotRevert(since);
  const returned = (steps: Stepped[]): Outcome => ({
    enrollment: one.id,
    status: 'returned',
    why: null,
    seq: one.seq,
    from,
    version: from,
    steps,
  });
  const enrollment = { ...one, program };
  try {
    if (why === null) {
      const earlier = await stateBefore(store, tx, program, one);
      const input: Input = {
        type: 'revert',
        id: `revert:${going.id}`,
        adoption: `adopt:${going.id}`,
        from: to,
        to: from,
        by: going.by,
      };
      const result = revert(programs.after, one.state, earlier, input, one.at);
      return returned([{ enrollment, input, result, at: one.at }]);
    }
    const way = outlook(programs, versions, one.state, one.at);
    if (!way.ok) return kept(`${why} ${way.misfit.why}`);
    const { state, steps } = letTimePass(going, one, programs.before);
    const input = { type: 'adopt', id: `back:${going.id}`, ...versions, by: going.by } as const;
    const gone = adopt(programs, state, input, one.at);
    if (!gone.ok) return kept(`${why} ${gone.misfit.why}`);
    return returned([...steps, { enrollment, input, result: gone.result, at: one.at }]);
  } catch (error) {
    if (isPassing(error)) throw error;
    return kept(problemOf(error));
  }
}

/** The state that somebody had before they went over: what their timeline up to then comes to. */
async function stateBefore(store: Store, tx: Tx, program: string, one: Chosen): Promise<State> {
  const rows = await readWholeTimeline(store, tx, one.id);
  const told = inputsOf(rows.filter((row) => row.seq < one.seq));
  const versions = versionsOf(told, one.from);
  const programs = new Map<number, LoadedProgram>();
  for (const version of versions) programs.set(version, await loadVersion(store, tx, program, version));
  const { state } = fold(programs, versions[0] ?? one.from, told, one.id);
  if (state === null) throw new Error('Their timeline does not tell how they were before.');
  return state;
}

// ---------------------------------------------------------------- writing

async function write(store: Store, tx: Tx, going: Going, outcomes: Outcome[]): Promise<void> {
  if (outcomes.length === 0) return;
  // One step of each at a time: the second builds upon the first.
  for (let index = 0; outcomes.some(({ steps }) => steps.length > index); index += 1) {
    await writeSteps(
      store,
      tx,
      outcomes.flatMap(({ steps }) => steps[index] ?? []),
    );
  }
  const rows = outcomes.map(({ steps: _, ...row }) => row);
  await tx`
    update enrollments e set version = x.version
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as x(enrollment text, version integer)
    where e.workspace_id = ${store.workspace} and e.id = x.enrollment and e.version <> x.version`;
  await tx`
    update version_plan_people p set status = x.status, why = x.why, seq = x.seq, from_version = x.from
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as x(
      enrollment text, status text, why text, seq integer, "from" integer)
    where p.workspace_id = ${store.workspace} and p.plan_id = ${going.id} and p.enrollment_id = x.enrollment
      and p.enrollment_id = any(${rows.map(({ enrollment }) => enrollment)})`;
}
