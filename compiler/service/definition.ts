/** Where a name comes from, and everywhere it is used. Places are files and offsets. */
import type { Span } from '../../language/ast.ts';
import { importedPaths } from '../expand.ts';
import type { Hit, IndexedSymbol, Occurrence } from './symbol-index.ts';
import type { Workspace } from './workspace.ts';

export type FilePlace = { path: string; span: Span };
export type Reference = FilePlace & { role: 'declares' | 'refers' };

/**
 * `targets` are the places that declare what stands at an offset, with the whole declaration around
 * the name. A skill is declared outside the files: then `skill` is its name, and the host knows its folder.
 */
export type Definition = { from: Span; targets: (FilePlace & { whole: Span })[]; skill?: string };

/** The name at an offset, in the group of its own file. */
export function symbolAt(workspace: Workspace, path: string, offset: number): Hit | undefined {
  return workspace.group(path)?.index.at(path, offset);
}

export function definition(workspace: Workspace, path: string, offset: number): Definition | undefined {
  const hit = symbolAt(workspace, path, offset);
  if (hit === undefined) return importedFile(workspace, path, offset);
  const { symbol, occurrence } = hit;
  if (symbol.kind === 'skill') return { from: occurrence.span, targets: [], skill: symbol.name };
  const targets = everywhere(workspace, path, symbol)
    .filter((one) => one.role === 'declares')
    .map((one) => ({ path: one.path, span: one.span, whole: one.whole ?? one.span }));
  return targets.length === 0 ? undefined : { from: occurrence.span, targets };
}

/** `import … from "./shared.regimen"`: the file itself. */
function importedFile(workspace: Workspace, path: string, offset: number): Definition | undefined {
  const file = workspace.file(path);
  if (file === undefined) return undefined;
  const index = file.ast.imports.findIndex(({ from }) => offset >= from.span.start && offset <= from.span.end);
  const target = importedPaths(file)[index];
  const from = file.ast.imports[index]?.from.span;
  if (from === undefined || target === undefined || workspace.file(target) === undefined) return undefined;
  const start = { start: 0, end: 0 };
  return { from, targets: [{ path: target, span: start, whole: start }] };
}

/** Everywhere the name at an offset is written, in every file that can speak of it. */
export function references(workspace: Workspace, path: string, offset: number): Reference[] {
  const hit = symbolAt(workspace, path, offset);
  if (hit === undefined) return [];
  return everywhere(workspace, path, hit.symbol).map(({ path, span, role }) => ({ path, span, role }));
}

/** The same name in the same file: what an editor lights up beside the cursor. */
export function highlights(workspace: Workspace, path: string, offset: number): Reference[] {
  return references(workspace, path, offset).filter((one) => one.path === path);
}

/** The occurrences of a symbol in all groups that hold a file of it, each once. */
export function everywhere(workspace: Workspace, path: string, symbol: IndexedSymbol): Occurrence[] {
  const seen = new Set<string>();
  const found: Occurrence[] = [];
  const files = new Set([path, ...symbol.occurrences.map((one) => one.path)]);
  for (const file of files) {
    for (const group of workspace.groupsWith(file)) {
      for (const one of group.index.symbols.get(symbol.id)?.occurrences ?? []) {
        const id = `${one.span.start} ${one.path}`;
        if (seen.has(id)) continue;
        seen.add(id);
        found.push(one);
      }
    }
  }
  return found;
}
