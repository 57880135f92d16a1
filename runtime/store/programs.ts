/**
 * Published programs: storing versions, and loading them for a step.
 *
 * A version never changes, so a loaded one is kept in memory. Compiling happens once, at publishing.
 */
import { createHash } from 'node:crypto';
import type { Environment } from '../../compiler/compile.ts';
import { compile } from '../../compiler/compile.ts';
import { type Ir, irVersion } from '../../compiler/ir.ts';
import { nearest } from '../../language/nearest.ts';
import { lineMap } from '../../language/position.ts';
import { Refusal } from '../control.ts';
import { type LoadedProgram, load } from '../load.ts';
import { clockNow } from './clock.ts';
import type { Sql, Store } from './store.ts';

/** Loaded versions kept in memory; all are let go when there are more. */
const loadedMax = 200;
/** Longest program text, in characters. */
export const sourceLengthMax = 1_000_000;
/** Problems told in one refusal. */
const problemsToldMax = 5;

export type Version = { name: string; version: number; source: string; ir: Ir };

/**
 * Compiles a program and stores it as the next version. The same text as the newest changes nothing.
 * Where it is known which skills there are, a program that names another one is refused.
 */
export async function publish(
  store: Store,
  input: { source: string; path: string; by: string },
  environment: Environment = {},
): Promise<{ name: string; version: number; fresh: boolean }> {
  if (input.source.length > sourceLengthMax) {
    throw new Refusal(
      'too-large',
      `A program may have ${sourceLengthMax} characters; this one has ${input.source.length}.`,
    );
  }
  const compiled = compile([{ path: input.path, text: input.source }], environment);
  const errors = compiled.files.flatMap((file) => file.diagnostics).filter((one) => one.severity === 'error');
  if (errors.length > 0) {
    const map = lineMap(input.source);
    const told = errors.slice(0, problemsToldMax).map((one) => {
      const { line, column } = map.position(one.span.start);
      return `${input.path}:${line}:${column}: ${one.message}`;
    });
    const more = errors.length - told.length;
    const rest = more > 0 ? `\n… and ${more} more.` : '';
    throw new Refusal('malformed', `The program has errors and was not published.\n${told.join('\n')}${rest}`);
  }
  const [program, second] = compiled.programs;
  if (program === undefined || second !== undefined) {
    const found = program === undefined ? 'no program' : 'more than one program';
    throw new Refusal('malformed', `There is ${found} in ${input.path}: publish a text with exactly one.`);
  }
  const { ir } = program;
  const hash = createHash('sha256').update(input.source).digest('hex');
  return store.sql.begin(async (tx) => {
    const now = new Date(await clockNow(store, tx));
    await tx`insert into programs (workspace_id, name, created_at)
      values (${store.workspace}, ${ir.name}, ${now}) on conflict do nothing`;
    await tx`select 1 from programs where workspace_id = ${store.workspace} and name = ${ir.name} for update`;
    const [newest] = await tx<{ version: number; hash: string }[]>`
      select version, hash from program_versions
      where workspace_id = ${store.workspace} and program = ${ir.name} order by version desc limit 1`;
    if (newest?.hash === hash) return { name: ir.name, version: newest.version, fresh: false };
    const version = (newest?.version ?? 0) + 1;
    await tx`
      insert into program_versions (workspace_id, program, version, path, source, hash, ir, published_by, published_at)
      values (${store.workspace}, ${ir.name}, ${version}, ${input.path}, ${input.source}, ${hash},
        ${JSON.stringify(ir)}::text::json, ${input.by}, ${now})`;
    return { name: ir.name, version, fresh: true };
  });
}

/** A version of a program, the newest without a number. Refuses an unknown one, naming the nearest known. */
export async function readVersion(store: Store, sql: Sql, name: string, version?: number): Promise<Version> {
  const [row] = await sql<Version[]>`
    select program as name, version, source, ir from program_versions
    where workspace_id = ${store.workspace} and program = ${name}
      and (${version ?? null}::integer is null or version = ${version ?? null})
    order by version desc limit 1`;
  if (row !== undefined) return { ...row, ir: currentIr(row) };
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

/** The program as this version of Regimen writes it down: one that was stored in another form is compiled again. */
function currentIr({ name, version, source, ir }: Version): Ir {
  if (ir.irVersion === irVersion) return ir;
  const compiled = compile([{ path: `${name}.regimen`, text: source }]);
  const again = compiled.programs[0];
  if (again?.ok) return again.ir;
  const problem = compiled.files[0]?.diagnostics.find((one) => one.severity === 'error')?.message ?? '';
  throw new Refusal('malformed', `Version ${version} of ${name} cannot be read any more: publish it anew. ${problem}`);
}

/** A version made ready for `step`; kept in memory. */
export async function loadVersion(store: Store, sql: Sql, name: string, version: number): Promise<LoadedProgram> {
  const key = `${store.workspace}/${name}@${version}`;
  const known = store.programs.get(key);
  if (known !== undefined) return known;
  const { ir, source } = await readVersion(store, sql, name, version);
  const loaded = load(ir, source);
  if (store.programs.size >= loadedMax) store.programs.clear();
  store.programs.set(key, loaded);
  return loaded;
}
