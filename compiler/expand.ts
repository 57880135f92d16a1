/**
 * Fragments into the programs that use them: `use quiet_nights` becomes the items of that fragment.
 *
 * Done before `check`, so that nothing after it knows of fragments. Items are copied for each use; the
 * spans of those from another file say so (`span.file`). A clause that the program says itself counts
 * before the fragment's. The same use of the same fragment gives the same copies again. Imports of each
 * file are checked by `checkImports`.
 */
import type {
  Fragment,
  Import,
  Name,
  Program,
  ProgramItem,
  SourceFile,
  Span,
  StageItem,
  Use,
} from '../language/ast.ts';
import { diagnostic } from '../language/diagnostics.ts';
import { textWithoutHoles } from './constants.ts';
import { meant, replaceWith } from './names.ts';
import type { Report } from './symbols.ts';
import { actionsIn, bodiesOfRule, isEntryAction, isRule } from './walk.ts';

/** Lines that fragments may come to in one program, if everything had one; more is a fragment that doubles itself. */
const LINES_MAX = 2000;
/** Fragments inside fragments. */
const NESTED_MAX = 50;

type File = { path: string; ast: SourceFile };
/** Files by their plain path. */
export type Library<Of extends File = File> = ReadonlyMap<string, Of>;

export function libraryOf<Of extends File>(files: readonly Of[]): Library<Of> {
  return new Map(files.map((file) => [plainPath(file.path), file]));
}

/** A path without `.` and `..` where they can be worked out; `from` is told from the folder of `importer`. */
export function plainPath(path: string, importer = ''): string {
  const folder = path.startsWith('/') ? '' : importer.slice(0, importer.lastIndexOf('/') + 1);
  const parts: string[] = [];
  for (const part of `${folder}${path}`.replaceAll('\\', '/').split('/')) {
    if (part === '.' || (part === '' && parts.length > 0)) continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..' && parts.at(-1) !== '') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

/** The paths that a file imports, as they are looked up. */
export function importedPaths(file: File): string[] {
  return file.ast.imports.map((one) => plainPath(textWithoutHoles(one.from), file.path));
}

type Found = { fragment: Fragment; file: File };

/** A fragment by the name it has in `file`: its own, or one it imports. */
function find(name: string, file: File, library: Library): Found | undefined {
  const own = file.ast.fragments.find((one) => one.name.text === name);
  if (own !== undefined) return { fragment: own, file };
  for (const one of file.ast.imports) {
    if (!one.names.some((imported) => imported.text === name)) continue;
    const other = library.get(plainPath(textWithoutHoles(one.from), file.path));
    const fragment = other?.ast.fragments.find((candidate) => candidate.name.text === name);
    if (fragment !== undefined && other !== undefined) return { fragment, file: other };
  }
  return undefined;
}

export type Expanded = { program: Program; used: Found[] };

/** Puts the fragments that a program of `file` uses in their places. */
export function expand(program: Program, file: File, library: Library, report: Report): Expanded {
  const used: Found[] = [];
  let lines = 0;
  let tooMany = false;

  const within = (items: readonly Item[], place: Place, home: File, stack: readonly Fragment[]): Item[] => {
    const said = new Map<string, Span>();
    const uses = new Map<string, Span>();
    for (const item of items) if (saidOnce.has(item.kind) && !said.has(item.kind)) said.set(item.kind, item.span);
    return items.flatMap((item) => {
      if (item.kind !== 'use') return [inside(item, home, stack)];
      const first = uses.get(item.name.text);
      // In a fragment that doubles itself there would be no end of telling.
      if (first !== undefined && stack.length === 0) {
        const related = [{ message: 'It stands here already.', span: first }];
        report(diagnostic('used-twice', item.span, { name: item.name.text }, { related }));
        return [];
      }
      uses.set(item.name.text, item.span);
      return brought(item, place, home, stack).filter((one) => {
        if (!saidOnce.has(one.kind)) return true;
        const before = said.get(one.kind);
        said.set(one.kind, before ?? item.span);
        if (before === undefined) return true;
        const related = [{ message: 'It is said here too, and this one counts.', span: before }];
        const hint = `Take it out here or out of the fragment \`${item.name.text}\`.`;
        report(diagnostic('duplicate-clause', item.span, { clause: one.kind }, { related, hint }));
        return false;
      });
    });
  };

  /** An item whose own items may have uses among them. */
  const inside = (item: Item, home: File, stack: readonly Fragment[]): Item => {
    if (item.kind !== 'stage' && item.kind !== 'track' && item.kind !== 'list') return item;
    const place: Place = item.kind === 'stage' ? 'stage' : 'flow';
    if (!(item.items as Item[]).some((one) => one.kind === 'use' || one.kind === 'stage')) return item;
    return withItems(item, within(item.items, place, home, stack));
  };

  const brought = (use: Use, place: Place, home: File, stack: readonly Fragment[]): Item[] => {
    const found = find(use.name.text, home, library);
    if (found === undefined) {
      const imported = home.ast.imports.some((one) => one.names.some((name) => name.text === use.name.text));
      // What could not be imported was told at the import.
      if (!imported) report(unknownFragment(use.name, home, library));
      return [];
    }
    const { fragment, file: source } = found;
    used.push(found);
    if (stack.includes(fragment) || stack.length >= NESTED_MAX) {
      report(diagnostic('fragment-cycle', use.span, { name: use.name.text }));
      return [];
    }
    const fitting = fragment.items.filter((item) => {
      if (item.kind === 'use' || allowed[place].has(item.kind) || (place === 'stage' && !known.has(item.kind)))
        return true;
      const what = `${named(item)} of the fragment \`${fragment.name.text}\``;
      const remedy = known.has(item.kind) ? 'Use the fragment in the program itself.' : 'Use the fragment in a stage.';
      report(diagnostic('not-here', use.span, { what, remedy }));
      return false;
    });
    for (const item of fitting) lines += linesOf(item);
    if (lines > LINES_MAX) {
      if (!tooMany) report(diagnostic('too-many-uses', use.span, { most: LINES_MAX }));
      tooMany = true;
      return [];
    }
    const copies = copiesFor(use, source === file ? undefined : source, fitting);
    return within(copies, place, source, [...stack, fragment]);
  };

  return { program: { ...program, items: within(program.items, 'program', file, []) as ProgramItem[] }, used };
}

type Item = ProgramItem | StageItem;
type Holder = Extract<ProgramItem, { kind: 'stage' | 'track' | 'list' }>;

/** What an item comes to where everything in its braces has a line of its own. */
function linesOf(item: Item): number {
  switch (item.kind) {
    case 'stage':
    case 'track':
    case 'list':
    case 'anytime':
      return (item.items as Item[]).reduce((lines, inner) => lines + linesOf(inner), 1);
    case 'data':
    case 'parameters':
      return 1 + item.fields.length;
    case 'table':
    case 'bands':
      return 1 + item.rows.length;
    default:
      if (isRule(item)) return bodiesOfRule(item).reduce((lines, body) => lines + actionsIn(body).length, 1);
      return item.kind === 'ask' || isEntryAction(item) ? actionsIn([item]).length : 1;
  }
}

const sameItems = (a: readonly Item[], b: readonly Item[]): boolean =>
  a.length === b.length && a.every((item, index) => item === b[index]);

/** With other items, by what it had of its own. */
const filled = new WeakMap<Holder, Holder>();

/**
 * A stage, a track or a list with these items in place of its own: itself where they are the same, and the same as
 * before where they are those of before.
 */
function withItems(holder: Holder, items: Item[]): Holder {
  if (sameItems(holder.items, items)) return holder;
  const before = filled.get(holder);
  if (before !== undefined && sameItems(before.items, items)) return before;
  const made = { ...holder, items } as Holder;
  filled.set(holder, made);
  return made;
}

const copied = new WeakMap<Use, { of: Item[]; from: SourceFile | undefined; copies: Item[] }>();

/** The items of a fragment for one use of it; `from` is the other file they stand in. */
function copiesFor(use: Use, from: File | undefined, items: Item[]): Item[] {
  const before = copied.get(use);
  if (before?.from === from?.ast && before !== undefined && sameItems(before.of, items)) return before.copies;
  const copies = items.map((item) => copy(item, from?.path));
  copied.set(use, { of: items, from: from?.ast, copies });
  return copies;
}

type Place = 'program' | 'stage' | 'flow';

/** What can stand in a program; of these, what can stand between the stages of a track or list, and in a stage. */
const known: ReadonlySet<string> = new Set<ProgramItem['kind']>([
  'about',
  'enroll',
  'reenter',
  'cohort',
  'timezone',
  'quiet',
  'budget',
  'agent',
  'skill',
  'roles',
  'services',
  'messages',
  'ladder',
  'holidays',
  'parameters',
  'bands',
  'window',
  'track',
  'list',
  'migrate',
  'use',
  'data',
  'table',
  'let',
  'anytime',
  'stage',
]);
const allowed: Record<Place, ReadonlySet<string>> = {
  program: known,
  flow: new Set(['let', 'bands', 'window', 'anytime', 'stage']),
  stage: new Set(['let', 'bands', 'window']),
};

/** Clauses that a program or a stage says once. */
export const saidOnce: ReadonlySet<string> = new Set([
  'about',
  'enroll',
  'reenter',
  'cohort',
  'timezone',
  'quiet',
  'budget',
  'agent',
  'messages',
  'skill',
  'review',
]);

const named = (item: { kind: string }): string =>
  ['command', 'on', 'when', 'check', 'at', 'pause', 'transition'].includes(item.kind) ? 'A rule' : `\`${item.kind}\``;

/**
 * A copy with objects of its own. Where `file` is told, its spans say they stand there; else they are those of the
 * fragment and move with it.
 */
function copy<Node>(node: Node, file: string | undefined): Node {
  if (Array.isArray(node)) return node.map((one) => copy(one, file)) as Node;
  if (typeof node !== 'object' || node === null) return node;
  if ('start' in node && typeof node.start === 'number' && 'end' in node && typeof node.end === 'number')
    return file === undefined || 'file' in node ? node : { ...node, file };
  const made = {} as Node;
  for (const key in node) made[key] = copy(node[key], file);
  return made;
}

function unknownFragment(name: Name, file: File, library: Library) {
  const here = file.ast.fragments.map((one) => one.name.text);
  const imported = file.ast.imports.flatMap((one) => one.names.map((other) => other.text));
  const elsewhere = [...library].find(
    ([, other]) => other !== file && other.ast.fragments.some((one) => one.name.text === name.text),
  );
  const hint =
    elsewhere === undefined
      ? {}
      : { hint: `It is in another file: \`import ${name.text} from "${relative(file.path, elsewhere[0])}"\`.` };
  return diagnostic(
    'unknown-fragment',
    name.span,
    { name: name.text, where: 'This file' },
    meant(name, [...here, ...imported], hint),
  );
}

/** The way from one file to another, as it is written after `from`. */
export function relative(from: string, to: string): string {
  const here = plainPath(from).split('/').slice(0, -1);
  const there = to.split('/');
  let same = 0;
  while (same < here.length && here[same] === there[same]) same++;
  const up = here.slice(same).map(() => '..');
  return [...(up.length === 0 ? ['.'] : up), ...there.slice(same)].join('/');
}

// ---------------------------------------------------------------- imports

/** Every import of a file, and what it offers that nobody uses. */
export function checkImports(file: File, library: Library, report: Report): void {
  if (file.ast.imports.length + file.ast.fragments.length === 0) return;
  const uses = usesIn(file.ast);
  const seen = new Map<string, Name>();
  for (const own of file.ast.fragments) claim(own.name, seen, report);
  for (const one of file.ast.imports) {
    for (const name of one.names) claim(name, seen, report);
    checkImport(one, file, library, uses, report);
  }
  // A file of fragments alone is there for others.
  if (file.ast.programs.length === 0) return;
  for (const { name } of file.ast.fragments) {
    if (!uses.has(name.text) && !isImported(name.text, file, library)) {
      report(diagnostic('unused-fragment', name.span, { name: name.text }));
    }
  }
}

function claim(name: Name, seen: Map<string, Name>, report: Report): void {
  const before = seen.get(name.text);
  if (before === undefined) {
    seen.set(name.text, name);
    return;
  }
  const related = [{ message: 'It is used here first.', span: before.span }];
  report(diagnostic('duplicate-name', name.span, { name: name.text }, { related }));
}

function checkImport(one: Import, file: File, library: Library, uses: ReadonlySet<string>, report: Report): void {
  const path = plainPath(textWithoutHoles(one.from), file.path);
  const other = library.get(path);
  if (other === undefined) {
    const near = nearestPath(path, file, library);
    const details =
      near === undefined
        ? {}
        : { hint: `Did you mean “${near}”?`, fix: replaceWith(JSON.stringify(near), one.from.span) };
    report(diagnostic('unknown-file', one.from.span, { path: textWithoutHoles(one.from) }, details));
    return;
  }
  const cycle = wayBack(other, file, library, [file]);
  if (cycle !== undefined) {
    const names = [...cycle, file].map((step) => step.path.slice(step.path.lastIndexOf('/') + 1));
    report(diagnostic('import-cycle', one.span, { path: names.join(' → ') }));
  }
  for (const name of one.names) {
    const offered = other.ast.fragments.map((fragment) => fragment.name.text);
    if (!offered.includes(name.text)) {
      const where = `“${textWithoutHoles(one.from)}”`;
      const isProgram = other.ast.programs.some((program) => program.name.text === name.text);
      const hint = {
        hint: isProgram
          ? 'It is a program. Only fragments are imported: a scenario finds its program by the name after `of`.'
          : offered.length === 0
            ? 'It has no fragments.'
            : `Its fragments are: ${offered.join(', ')}.`,
      };
      report(diagnostic('unknown-fragment', name.span, { name: name.text, where }, meant(name, offered, hint)));
    } else if (!uses.has(name.text)) {
      report(diagnostic('unused-import', name.span, { name: name.text }));
    }
  }
}

/** The files from `from` back to `to` by way of imports. */
function wayBack(from: File, to: File, library: Library, way: readonly File[]): File[] | undefined {
  if (from === to) return [...way];
  if (way.includes(from)) return undefined;
  for (const path of importedPaths(from)) {
    const next = library.get(path);
    const found = next === undefined ? undefined : wayBack(next, to, library, [...way, from]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A file of the same name elsewhere, or of nearly the same name beside it. */
function nearestPath(path: string, file: File, library: Library): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const others = [...library.keys()].filter((other) => library.get(other) !== file);
  const same = others.find((other) => other.slice(other.lastIndexOf('/') + 1) === name);
  const span: Span = { start: 0, end: 0 };
  const near = same ?? meant({ text: path, span }, others).fix?.edits[0]?.text;
  return near === undefined ? undefined : relative(file.path, near);
}

function usesIn(ast: SourceFile): Set<string> {
  const names = new Set<string>();
  const look = (items: readonly { kind: string }[]) => {
    for (const item of items as readonly (ProgramItem | StageItem)[]) {
      if (item.kind === 'use') names.add(item.name.text);
      if (item.kind === 'stage' || item.kind === 'track' || item.kind === 'list') look(item.items);
    }
  };
  for (const one of [...ast.programs, ...ast.fragments]) look(one.items);
  return names;
}

function isImported(name: string, file: File, library: Library): boolean {
  return [...library.values()].some((other) =>
    other.ast.imports.some(
      (one) =>
        one.names.some((imported) => imported.text === name) &&
        library.get(plainPath(textWithoutHoles(one.from), other.path)) === file,
    ),
  );
}
