/**
 * Publishing: what a program is compiled to becomes the next version of it, or the one whose number it brings along.
 *
 * Compiling happens once, here. Reading versions again is another matter (`programs.ts`).
 */
import type { Environment } from '../../compiler/compile.ts';
import { compileOne } from '../../compiler/compile-one.ts';
import type { Ir } from '../../compiler/ir.ts';
import { lineMap } from '../../language/position.ts';
import { type Control, Refusal, type SourceText } from '../control.ts';
import { addAudit } from './audit.ts';
import { clockNow } from './clock.ts';
import { readSources, type Sources } from './sources.ts';
import type { Store, Tx } from './store.ts';

/** Problems told in one refusal. */
const problemsToldMax = 5;

/**
 * Compiles a program and stores it as the next version. The same texts as the newest change nothing.
 * Where it is known which skills there are, a program that names another one is refused.
 */
export async function publish(
  store: Store,
  input: Parameters<Control['publish']>[0],
  environment: Environment = {},
): Promise<{ name: string; version: number; fresh: boolean }> {
  const sources = readSources(input);
  const { ir } = compileSources(sources.main, sources.imports, environment);
  return store.sql.begin(async (tx) => {
    const now = await lockProgram(store, tx, ir.name);
    const [newest] = await tx<{ version: number; hash: string }[]>`
      select version, hash from program_versions
      where workspace_id = ${store.workspace} and program = ${ir.name} order by version desc limit 1`;
    if (newest?.hash === sources.hash) return { name: ir.name, version: newest.version, fresh: false };
    const version = (newest?.version ?? 0) + 1;
    await addVersion(store, tx, { version, sources, ir }, { by: input.by, now });
    return { name: ir.name, version, fresh: true };
  });
}

/** A version to be stored: its number, its texts, and what they were compiled to. */
export type NewVersion = { version: number; sources: Sources; ir: Ir };

/**
 * Stores versions of one program that were published elsewhere, under their numbers. Refuses a number that is taken.
 */
export async function addVersions(
  store: Store,
  tx: Tx,
  { name, versions, by }: { name: string; versions: readonly NewVersion[]; by: string },
): Promise<void> {
  if (versions.length === 0) return;
  const now = await lockProgram(store, tx, name);
  for (const one of versions) await addVersion(store, tx, one, { by, now });
}

/** Makes the program's row where there is none, and locks it. Gives the moment. */
async function lockProgram(store: Store, tx: Tx, name: string): Promise<Date> {
  const now = new Date(await clockNow(store, tx));
  await tx`insert into programs (workspace_id, name, created_at)
    values (${store.workspace}, ${name}, ${now}) on conflict do nothing`;
  await tx`select 1 from programs where workspace_id = ${store.workspace} and name = ${name} for update`;
  return now;
}

/** Stores a version of a program whose row is locked. Refuses a number that is taken. */
async function addVersion(
  store: Store,
  tx: Tx,
  { version, sources: { main, imports, hash }, ir }: NewVersion,
  { by, now }: { by: string; now: Date },
): Promise<void> {
  const { count } = await tx`
    insert into program_versions (workspace_id, program, version, path, source, imports, hash, ir, published_by,
      published_at)
    values (${store.workspace}, ${ir.name}, ${version}, ${main.path}, ${main.text},
      ${JSON.stringify(imports)}::text::json, ${hash}, ${JSON.stringify(ir)}::text::json, ${by}, ${now})
    on conflict (workspace_id, program, version) do nothing`;
  if (count === 0)
    throw new Refusal('conflict', `Version ${version} of ${ir.name} was published meanwhile: try again.`);
  await addAudit(store, tx, { actor: by, action: 'publish', target: `program:${ir.name}`, details: { version } });
}

/** The one program in the main text. Refuses texts with errors, naming the first with their places. */
export function compileSources(main: SourceText, imports: readonly SourceText[], environment: Environment): { ir: Ir } {
  const { programs, wrong } = compileOne(main, imports, environment);
  const errors = wrong.flatMap((file) => {
    const map = lineMap(file.text);
    return file.errors.map(({ span, message }) => {
      const { line, column } = map.position(span.start);
      return `${file.path}:${line}:${column}: ${message}`;
    });
  });
  if (errors.length > 0) {
    const more = errors.length - problemsToldMax;
    const rest = more > 0 ? `\n… and ${more} more.` : '';
    const told = errors.slice(0, problemsToldMax).join('\n');
    throw new Refusal('malformed', `The program has errors and was not published.\n${told}${rest}`);
  }
  const [program, second] = programs;
  if (program === undefined || second !== undefined) {
    const found = program === undefined ? 'no program' : 'more than one program';
    throw new Refusal('malformed', `There is ${found} in ${main.path}: publish a text with exactly one.`);
  }
  return program;
}
