/**
 * Plans over the real population: what a version means for everybody inside, person by person, and saved.
 *
 * People are read in the order of their enrollments, a page at a time, and for each it is tried whether they could
 * go over; so the counts are exact, also where a single damaged snapshot is among a hundred thousand. Nothing of
 * theirs is changed. `adopt-jobs.ts` applies what is saved here.
 */
import type { Environment } from '../../compiler/compile.ts';
import { plan as compare } from '../../compiler/plan.ts';
import type { PlanChange, PlanLevel } from '../../compiler/plan-change.ts';
import { foresee } from '../adopt.ts';
import { type LoadedProgram, load } from '../load.ts';
import type { State } from '../state.ts';
import type {
  MovedOn,
  PlannedPerson,
  VersionControl,
  VersionGroup,
  VersionPlan,
  VersionReport,
  VersionVerdict,
} from '../version-plan.ts';
import { hopsOf } from '../version-way.ts';
import { clockNow } from './clock.ts';
import { problemLengthMax } from './limits.ts';
import { readPlan } from './plan-rows.ts';
import { loadVersion, readVersion } from './programs.ts';
import { compileSources } from './publish.ts';
import { readSources } from './sources.ts';
import type { Store, Tx } from './store.ts';
import { loadWay, type Way } from './version-ways.ts';

/** Enrollments read at once. */
const readAtOnce = 500;
/** Groups told of one plan; what is in none of them is counted all the same. */
export const groupsMax = 200;
/** Enrollments named in one group. */
const examplesMax = 5;

/** What a text would mean, were it published as the next version; of the newest version's own text, what that means. */
export async function previewVersion(
  store: Store,
  input: Parameters<VersionControl['previewVersion']>[0],
  environment: Environment = {},
): Promise<VersionReport> {
  const { main, imports, hash } = readSources(input);
  const { ir } = compileSources(main, imports, environment);
  const after = load(ir, main.text, imports);
  return store.sql.begin('isolation level repeatable read read only', async (tx) => {
    const [newest] = await tx<{ version: number; hash: string }[]>`
      select version, hash from program_versions where workspace_id = ${store.workspace} and program = ${ir.name}
      order by version desc limit 1`;
    const version = newest?.version ?? 0;
    return lookAtAll(store, tx, after, newest?.hash === hash ? version : version + 1, async () => {});
  }) as Promise<VersionReport>;
}

/**
 * Looks at everybody and saves what would happen to each. Not on one snapshot: life goes on meanwhile, and a row that
 * names an enrollment cannot be added in a snapshot in which that has since changed. Everybody is looked at once, as
 * they are at that moment.
 */
export async function planVersion(
  store: Store,
  { program, to, by }: Parameters<VersionControl['planVersion']>[0],
): Promise<VersionPlan> {
  const id = store.newId();
  await store.sql.begin(async (tx) => {
    const { name, version } = await readVersion(store, tx, program, to);
    const after = await loadVersion(store, tx, name, version);
    const now = new Date(await clockNow(store, tx));
    await tx`
      insert into version_plans (workspace_id, id, program, to_version, status, report, created_at, created_by)
      values (${store.workspace}, ${id}, ${name}, ${version}, 'planned', '{}', ${now}, ${by})`;
    const report = await lookAtAll(store, tx, after, version, (people) => savePeople(store, tx, id, people));
    await tx`
      update version_plans set report = ${JSON.stringify(report)}::text::json
      where workspace_id = ${store.workspace} and id = ${id}`;
  });
  return readPlan(store, store.sql, id);
}

type Looked = Omit<PlannedPerson, 'status'> & { status: 'ready' | 'cannot'; seq: number };

async function savePeople(store: Store, tx: Tx, plan: string, people: readonly Looked[]): Promise<void> {
  await tx`
    insert into version_plan_people (workspace_id, plan_id, enrollment_id, from_version, stage, verdict, status, why, seq)
    select ${store.workspace}, ${plan}, x.enrollment, x.from, x.stage, x.verdict, x.status, x.why, x.seq
    from json_to_recordset(${JSON.stringify(people)}::text::json) as x(
      enrollment text, "from" integer, stage text, verdict text, status text, why text, seq integer)`;
}

// ---------------------------------------------------------------- looking

async function lookAtAll(
  store: Store,
  tx: Tx,
  after: LoadedProgram,
  to: number,
  save: (people: readonly Looked[]) => Promise<void>,
): Promise<VersionReport> {
  const { name: program, title } = after.ir;
  const now = await clockNow(store, tx);
  const groups = new Map<string, VersionGroup>();
  const versions = new Map<number, Known>();
  const counts: Record<VersionVerdict, number> = { same: 0, adopts: 0, 'needs-migrate': 0, refused: 0 };
  let waiting = 0;
  const moving = new Map<string, MovedOn>();
  for (let behind = ''; ; ) {
    const page = await tx<{ id: string; version: number; stage: string; seq: number; state: State }[]>`
      select id, version, stage, seq, state from enrollments
      where workspace_id = ${store.workspace} and program = ${program} and status = 'active' and version <> ${to}
        and id > ${behind}
      order by id limit ${readAtOnce}`;
    const looked: Looked[] = [];
    for (const { id, version, stage, seq, state } of page) {
      const from = await versionFrom(store, tx, versions, after, { from: version, to });
      from.people += 1;
      const { waits, goesOn, ...found } = look(from, state, now);
      counts[found.verdict] += 1;
      if (waits) waiting += 1;
      if (goesOn !== null) countMove(moving, goesOn);
      count(groups, { from: version, stage, ...found, enrollment: id });
      const status = found.why === null ? ('ready' as const) : ('cannot' as const);
      const { verdict, why } = found;
      looked.push({
        enrollment: id,
        from: version,
        stage,
        verdict,
        status,
        why: why?.slice(0, problemLengthMax) ?? null,
        seq,
      });
    }
    if (looked.length > 0) await save(looked);
    behind = page.at(-1)?.id ?? behind;
    if (page.length < readAtOnce) break;
  }
  const [on] = await tx<{ already: number }[]>`
    select count(*)::integer as already from enrollments
    where workspace_id = ${store.workspace} and program = ${program} and status = 'active' and version = ${to}`;
  const people = Object.values(counts).reduce((sum, one) => sum + one, 0);
  const told = [...groups.values()].sort((a, b) => gravity(b.verdict) - gravity(a.verdict) || b.people - a.people);
  return {
    program,
    title,
    to,
    people,
    already: on?.already ?? 0,
    counts,
    waiting,
    moving: [...moving.values()].sort((a, b) => b.people - a.people),
    groups: told.slice(0, groupsMax),
    versions: [...versions.values()].map(({ versions: { to: _, ...way }, people, verdict, changes }) => ({
      ...way,
      people,
      verdict,
      changes,
    })),
  };
}

/** The gravest first. */
const levels: readonly PlanLevel[] = ['refused', 'migrate', 'safe'];

type Known = Way & { verdict: PlanLevel; changes: PlanChange[]; people: number };

async function versionFrom(
  store: Store,
  tx: Tx,
  known: Map<number, Known>,
  after: LoadedProgram,
  versions: { from: number; to: number },
): Promise<Known> {
  const found = known.get(versions.from);
  if (found !== undefined) return found;
  const way = await loadWay(store, tx, after.ir.name, versions, after);
  const hops = hopsOf(way.programs, way.versions).map((hop) => compare(hop.before.ir, hop.after.ir, hop.from));
  const one = {
    ...way,
    verdict: levels.find((level) => hops.some(({ verdict }) => verdict === level)) ?? 'safe',
    changes: hops.flatMap(({ changes }) => changes),
    people: 0,
  };
  known.set(versions.from, one);
  return one;
}

type Found = Pick<VersionGroup, 'verdict' | 'isSaid' | 'why' | 'remedy'>;
type Moved = Omit<MovedOn, 'people'>;

function look(
  { programs, versions, changes }: Known,
  state: State,
  now: number,
): Found & { waits: boolean; goesOn: Moved | null } {
  const found = foresee(programs, versions, state, now);
  if (!found.ok) {
    const { kind, why, remedy } = found.misfit;
    return { verdict: kind, isSaid: false, why, remedy, waits: false, goesOn: null };
  }
  const { isSaid, isAtRest, goesOn } = found;
  const verdict = changes.length === 0 ? 'same' : 'adopts';
  return { verdict, isSaid, why: null, remedy: null, waits: !isAtRest, goesOn };
}

function countMove(moving: Map<string, MovedOn>, { to, finishes }: Moved): void {
  const key = `${finishes} ${to}`;
  const known = moving.get(key) ?? { to, finishes, people: 0 };
  known.people += 1;
  moving.set(key, known);
}

/** People to whom the same happens for the same reason; what their values are makes no difference. */
function count(
  groups: Map<string, VersionGroup>,
  one: Found & { from: number; stage: string; enrollment: string },
): void {
  const { enrollment, ...of } = one;
  const key = JSON.stringify([of.from, of.stage, of.verdict, of.remedy]);
  const group = groups.get(key) ?? { ...of, people: 0, examples: [] };
  group.people += 1;
  if (group.examples.length < examplesMax) group.examples.push(enrollment);
  groups.set(key, group);
}

const gravity = (verdict: VersionVerdict): number => ({ refused: 3, 'needs-migrate': 2, adopts: 1, same: 0 })[verdict];
