/**
 * Published programs: reading their versions, and loading them for a step. `publish.ts` stores them.
 *
 * A version never changes, so a loaded one is kept in memory.
 */
import { type Ir, irVersion } from '../../compiler/ir.ts';
import { nearest } from '../../language/nearest.ts';
import { Refusal, type SourceText } from '../control.ts';
import { type LoadedProgram, load } from '../load.ts';
import type { Sql, Store } from './store.ts';

/** Loaded versions kept in memory; all are let go when there are more. */
const loadedMax = 200;
/** Programs looked through for files that others may import. */
const importersMax = 500;

export type Version = {
  name: string;
  version: number;
  path: string;
  source: string;
  imports: SourceText[];
  ir: Ir;
};

/** A version of a program, the newest without a number. Refuses an unknown one, naming the nearest known. */
export async function readVersion(store: Store, sql: Sql, name: string, version?: number): Promise<Version> {
  const [row] = await sql<Version[]>`
    select program as name, version, path, source, imports, ir from program_versions
    where workspace_id = ${store.workspace} and program = ${name}
      and (${version ?? null}::integer is null or version = ${version ?? null})
    order by version desc limit 1`;
  if (row !== undefined) return { ...row, ir: await currentIr(row) };
  const known = await sql<
    { name: string }[]
  >`select name from programs where workspace_id = ${store.workspace} order by name`;
  const names = known.map((one) => one.name);
  if (version !== undefined && names.includes(name)) {
    throw new Refusal('unknown-program', `The program ${name} has no version ${version}.`);
  }
  const close = nearest(name, names);
  const hint =
    close !== undefined
      ? ` Did you mean ${close}?`
      : names.length === 0
        ? ' No program has been published yet.'
        : ` There are: ${names.slice(0, 10).join(', ')}.`;
  throw new Refusal('unknown-program', `There is no program called ${name.slice(0, 100)}.${hint}`);
}

/**
 * The program as this version of Regimen writes it down: one that was stored in another form is compiled again. Few
 * processes ever have to, so the compiler is loaded only then.
 */
async function currentIr({ name, version, path, source, imports, ir }: Version): Promise<Ir> {
  if (ir.irVersion === irVersion) return ir;
  const { compileOne } = await import('../../compiler/compile-one.ts');
  const { programs, wrong } = compileOne({ path, text: source }, imports);
  const [again] = programs;
  if (again?.ok && wrong.length === 0) return again.ir;
  const problem = wrong[0]?.errors[0]?.message ?? '';
  throw new Refusal('malformed', `Version ${version} of ${name} cannot be read any more: publish it anew. ${problem}`);
}

/** Files that the newest versions import, each path once (the youngest text): what a new text can import, too. */
export async function importableFiles(store: Store): Promise<SourceText[]> {
  const rows = await store.sql<{ imports: SourceText[] }[]>`
    select imports from (
      select distinct on (program) program, imports, published_at from program_versions
      where workspace_id = ${store.workspace} order by program, version desc) newest
    where imports::text <> '[]' order by published_at desc limit ${importersMax}`;
  const files = new Map<string, SourceText>();
  for (const one of rows.flatMap(({ imports }) => imports)) if (!files.has(one.path)) files.set(one.path, one);
  return [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A version made ready for `step`; kept in memory. */
export async function loadVersion(store: Store, sql: Sql, name: string, version: number): Promise<LoadedProgram> {
  const key = `${store.workspace}/${name}@${version}`;
  const known = store.programs.get(key);
  if (known !== undefined) return known;
  const { ir, source, imports } = await readVersion(store, sql, name, version);
  const loaded = load(ir, source, imports);
  if (store.programs.size >= loadedMax) store.programs.clear();
  store.programs.set(key, loaded);
  return loaded;
}
