/**
 * What one compile of a host's files leaves for the next: trees, and what was found out of each stage.
 *
 * A host that compiles the same files again and again (an editor after a keystroke) keeps one memory for them.
 * It changes nothing in what comes out, only how long that takes. What was given out before is not kept as it was:
 * the places in trees, IR and what hangs on them move along with the text (`ReadingMemory`), so an old result
 * serves nobody once there is a new one.
 */
import type { SourceFile } from '../language/ast.ts';
import type { WithDiagnostics } from '../language/diagnostics.ts';
import { type ReadingMemory, readingMemory } from '../language/kept-items.ts';
import { parse } from '../language/parse.ts';
import type { ProgramMemory } from './program-memory.ts';

/** The last reading of each file by its path. Several memories of compiling may share one of these. */
export type Readings = Map<string, { memory: ReadingMemory; text: string; read: WithDiagnostics<SourceFile> }>;

export type CompileMemory = {
  readings: Readings;
  /** By the file and the place of the program in it. */
  programs: Map<string, ProgramMemory>;
};

export const compileMemory = (readings: Readings = new Map()): CompileMemory => ({ readings, programs: new Map() });

/** Reads a file, or gives what was read of it where its text is the same. */
export function readAgain(readings: Readings, path: string, text: string): WithDiagnostics<SourceFile> {
  const before = readings.get(path);
  if (before?.text === text) return before.read;
  const memory = before?.memory ?? readingMemory();
  const read = parse(text, memory);
  readings.set(path, { memory, text, read });
  return read;
}
