/**
 * Whether files that are compiled again and again with one memory come out as files compiled for the first time.
 */
import { type Compiled, compile, type Environment } from '../../compiler/compile.ts';
import type { CompileMemory } from '../../compiler/compile-memory.ts';

type Files = readonly { path: string; text: string }[];

/** What is another thing with the memory than without; undefined where nothing is. */
export function againProblem(files: Files, environment: Environment, memory: CompileMemory): string | undefined {
  const [again, fresh] = [compile(files, environment, memory), compile(files, environment)];
  for (const part of ['files', 'programs', 'scenarios'] as const) {
    for (const [index, one] of fresh[part].entries()) {
      const difference = firstDifference(plain(again[part][index]), plain(one));
      if (difference !== undefined) return `${part} of ${one.path}: ${difference}`;
    }
    if (again[part].length !== fresh[part].length) return `${again[part].length} ${part}, not ${fresh[part].length}`;
  }
  return undefined;
}

type Part = Compiled['files'][number] | Compiled['programs'][number] | Compiled['scenarios'][number];

/** Everything that can be told of a part, in its order. */
function plain(part: Part | undefined): string {
  if (part === undefined || !('checked' in part)) return JSON.stringify(part);
  const { checked, ...rest } = part;
  return JSON.stringify([rest, [...checked.letTypes].toSorted(), meanings(checked.program, checked)]);
}

type Meanings = Compiled['programs'][number]['checked'];

/** What every node of a tree was found to mean, in the order of the tree. */
function meanings(node: unknown, checked: Meanings, into: unknown[] = []): unknown[] {
  if (typeof node !== 'object' || node === null) return into;
  const { resolutions, recipients, standIns } = checked;
  for (const map of [resolutions, recipients, standIns] as WeakMap<object, unknown>[]) {
    const found = map.get(node);
    if (found !== undefined) into.push(found);
  }
  for (const part of Object.values(node)) meanings(part, checked, into);
  return into;
}

function firstDifference(one: string, other: string): string | undefined {
  if (one === other) return undefined;
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  const around = (text: string) => text.slice(Math.max(0, at - 200), at + 100);
  return `again ${around(one)}\n\nfresh ${around(other)}`;
}
