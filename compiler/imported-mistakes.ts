/**
 * Mistakes in imported files, told where they are imported: nothing else in the importing text shows them.
 *
 * Where the files are looked at together, each is told at its own place as well.
 */
import type { SourceFile } from '../language/ast.ts';
import { type Diagnostic, diagnostic } from '../language/diagnostics.ts';
import { lineMap } from '../language/position.ts';
import { textWithoutHoles } from './constants.ts';
import { importedPaths, type Library, plainPath, relative } from './expand.ts';
import type { Report } from './symbols.ts';

type File = { path: string; text: string; ast: SourceFile };

/** `mistakeIn` gives the first mistake of a file that counts for who imports it. */
export function importedMistakes<Of extends File>(
  file: Of,
  library: Library<Of>,
  mistakeIn: (file: Of) => Diagnostic | undefined,
  report: Report,
): void {
  for (const one of file.ast.imports) {
    const first = library.get(plainPath(textWithoutHoles(one.from), file.path));
    for (const other of first === undefined ? [] : reachable(first, library)) {
      const mistake = other === file ? undefined : mistakeIn(other);
      if (mistake === undefined) continue;
      const { line } = lineMap(other.text).position(mistake.span.start);
      const words = { path: relative(file.path, plainPath(other.path)), line, message: mistake.message };
      report(diagnostic('imported-mistake', one.from.span, words));
      break;
    }
  }
}

/** A file and all that it imports, in turn. */
function reachable<Of extends File>(from: Of, library: Library<Of>): Set<Of> {
  const files = new Set([from]);
  // A set is walked to its end, also over what is added on the way.
  for (const file of files) {
    for (const path of importedPaths(file)) {
      const next = library.get(path);
      if (next !== undefined) files.add(next);
    }
  }
  return files;
}
