/**
 * A plan over everybody: how long it takes to say what a new version means for 100,000 people, person by person.
 *
 * Both sides in one run on the same Postgres: beside the plan, the same rows merely read and parsed, which no exact
 * plan can do without. Then people are taken over by the plan's jobs.
 */
import { readFileSync } from 'node:fs';
import { workOnPlan } from '../runtime/store/adopt-jobs.ts';
import { createControl } from '../runtime/store/control.ts';
import type { Store } from '../runtime/store/store.ts';
import { previewVersion } from '../runtime/store/version-plans.ts';
import { withDatabase } from '../test/support/database.ts';
import { interleave, median, rounded } from './measure.ts';
import type { Figure } from './report.ts';
import { addCopies, beginOriginal, programName, start } from './runtime-population.ts';

const PEOPLE = 100_000;
/** People taken over: enough to fill many batches. */
const TAKEN = 5_000;
const ROUNDS = 5;
/** At most so many times what reading the rows takes. */
const ratioMax = 4;
const READ_AT_ONCE = 500;

/** On a database of its own. */
export function benchPlanPopulation(scale: number): Promise<Figure[]> {
  return withDatabase(async (database) => measurePlan(await database.open({ startAt: start }), scale));
}

async function measurePlan(store: Store, scale: number): Promise<Figure[]> {
  const people = Math.ceil(PEOPLE * scale);
  const taken = Math.min(people, TAKEN);
  await beginOriginal(store);
  await addCopies(store, 1, people);
  await store.sql`vacuum analyze enrollments`;
  const source = changed(readFileSync(new URL(`../programs/${programName}.regimen`, import.meta.url), 'utf8'));
  const path = `${programName}.regimen`;
  const [planned, read] = await interleave(
    [
      { name: 'plan', run: () => previewVersion(store, { source, path }) },
      { name: 'read', run: () => readAll(store) },
    ],
    ROUNDS,
    1,
  );
  const { counts } = await previewVersion(store, { source, path });
  if (counts.adopts !== people + 1) throw new Error(`Everybody was to go over: ${JSON.stringify(counts)}`);

  const control = createControl(store);
  await control.publish({ source, path, by: 'bench' });
  const began = performance.now();
  await control.planVersion({ program: programName, by: 'bench' });
  const saved = performance.now() - began;
  // Only so many are taken over; the others are done for.
  await store.sql`update enrollments set status = 'finished' where id > ${`e-${String(taken).padStart(9, '0')}`}`;
  const plan = await control.planVersion({ program: programName, by: 'bench' });
  const work = async (until: string): Promise<number> => {
    const began = performance.now();
    while ((await control.versionPlan(plan.id)).status !== until)
      await workOnPlan(store, { workspace: store.workspace, plan: plan.id });
    return (taken / (performance.now() - began)) * 1000;
  };
  await control.applyPlan({ id: plan.id, by: 'bench', reason: 'bench' });
  const over = await work('applied');
  const inMs = median(planned?.ms ?? []);
  return [
    {
      name: `plan of ${people.toLocaleString('en')}`,
      value: rounded(inMs / 1000),
      unit: 's',
      note: `${Math.round((people / inMs) * 1000).toLocaleString('en')} people/s, each tried`,
    },
    {
      name: 'plan ÷ reading the rows',
      value: rounded(inMs / median(read?.ms ?? [])),
      unit: '×',
      limit: { at: 'most', value: ratioMax },
      note: 'the same pages, parsed',
    },
    { name: 'plan, saved', value: rounded(saved / 1000), unit: 's', note: 'with a row for each, in one transaction' },
    { name: 'taken over', value: rounded(over), unit: '/s', note: `${taken.toLocaleString('en')} people, one worker` },
  ];
}

async function readAll(store: Store): Promise<number> {
  let seen = 0;
  for (let after = ''; ; ) {
    const page = await store.sql<{ id: string; state: unknown }[]>`
      select id, version, stage, seq, state from enrollments
      where workspace_id = ${store.workspace} and program = ${programName} and status = 'active' and id > ${after}
      order by id limit ${READ_AT_ONCE}`;
    seen += page.length;
    after = page.at(-1)?.id ?? after;
    if (page.length < READ_AT_ONCE) return seen;
  }
}

/** A version with a field more, another name for a stage, and a value set for everybody. */
function changed(source: string): string {
  return source.replace(/\bdata\s*\{/, 'migrate from 1 { set week = clamp(week, 1, 9) }\n  data {\n    shoes : text?');
}
