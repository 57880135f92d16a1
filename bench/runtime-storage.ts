/**
 * What an enrollment leaves in the database in a year: simulated lives, written as the runtime writes them.
 */

import { readFileSync } from 'node:fs';
import { liveThrough } from '../runtime/population/life.ts';
import { createControl } from '../runtime/store/control.ts';
import { loadVersion } from '../runtime/store/programs.ts';
import type { Stepped } from '../runtime/store/stepped.ts';
import type { Store } from '../runtime/store/store.ts';
import { writeSteps } from '../runtime/store/write-steps.ts';
import { withDatabase } from '../test/support/database.ts';
import { rounded } from './measure.ts';
import type { Figure } from './report.ts';
import { programName, start } from './runtime-population.ts';

const people = 100;
const days = 365;
const dayMs = 86_400_000;
const tables = ['enrollments', 'timeline', 'messages', 'operator_items'] as const;

/** `scale` below 1 takes fewer people. */
export async function benchStorage(scale: number): Promise<Figure[]> {
  return withDatabase(async (database) => {
    const store = await database.open({ startAt: start });
    const source = readFileSync(new URL(`../programs/${programName}.regimen`, import.meta.url), 'utf8');
    await createControl(store).publish({ source, path: `${programName}.regimen`, by: 'bench' });
    let lived = 0;
    let rows = 0;
    const many = Math.ceil(people * scale);
    for (let person = 0; person < many; person++) {
      const life = await writeLife(store, person);
      lived += life.ms;
      rows += life.rows;
    }
    await store.sql`vacuum full enrollments, timeline, messages, operator_items`;
    const sizes = await store.sql<{ name: string; bytes: number }[]>`
      select name, pg_total_relation_size(name::regclass)::float8 as bytes from unnest(${[...tables]}::text[]) as name`;
    const years = lived / (days * dayMs);
    const bytes = sizes.reduce((sum, one) => sum + one.bytes, 0);
    const shares = sizes.map((one) => `${one.name} ${Math.round((one.bytes / bytes) * 100)}%`).join(', ');
    return [
      {
        name: 'storage of an enrollment-year',
        value: rounded(bytes / years / 1024),
        unit: 'kB',
        note: `Couch to 5K, ${many} simulated people, ${rounded(rows / years)} rows of timeline a year; with indexes: ${shares}`,
      },
    ];
  });
}

/** One person's life up to its end, or a year of it. */
async function writeLife(store: Store, person: number): Promise<{ ms: number; rows: number }> {
  const program = await loadVersion(store, store.sql, programName, 1);
  const steps: Stepped[] = [];
  const { enrollment, ...life } = { enrollment: `e-${person}`, from: 0, to: 0, rows: 0 };
  liveThrough({ program, seed: 1, person, start: '2026-01-05', days }, ({ input, now, result }) => {
    const state = { ...result.state, enrollment };
    steps.push({
      enrollment: { id: enrollment, person: `p-${person}`, program: programName },
      input,
      at: now,
      result: { ...result, state },
    });
    if (life.from === 0) life.from = now;
    if (state.facts.finished === null || life.to === 0) life.to = now;
    life.rows += result.rows.length;
  });
  const [first] = steps;
  if (first === undefined) throw new Error('Nobody lived.');
  const at = new Date(first.at);
  await store.sql`
    insert into people (workspace_id, id, email, name, created_at)
    values (${store.workspace}, ${`p-${person}`}, ${`p${person}@example.com`}, ${`Person ${person}`}, ${at})`;
  await store.sql`
    insert into enrollments (workspace_id, id, program, version, person_id, attempt, status, stage, state, seq, created_at, stepped_at)
    values (${store.workspace}, ${enrollment}, ${programName}, 1, ${`p-${person}`}, 1, 'active', ${first.result.state.stage}, '{}', 0,
      ${at}, ${at})`;
  for (const one of steps) await writeSteps(store, store.sql, [one]);
  return { ms: Math.max(dayMs, life.to - life.from), rows: life.rows };
}
