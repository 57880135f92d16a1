/**
 * Every name in files that belong together, and which of them are the same: what definition,
 * references, rename, hover and colors are made from.
 *
 * What a name in an expression means is the checker's own answer (`Checked.resolutions`) where it
 * has one, and otherwise looked up in the order in which the checker would. Works on broken files:
 * a name that nobody declares is still one thing wherever it is written.
 */
import type { Expr, SourceFile, Span } from '../../language/ast.ts';
import { type Checked, type Resolution, singulars } from '../symbols.ts';
import { collectNames, type FoundName, homeOfFragment, homeOfProgram } from './collect-names.ts';
import { type SymbolKind, valueKinds } from './meanings.ts';

/** `whole` is the declaration with its name, to be shown. */
export type Occurrence = { path: string; span: Span; text: string; role: 'declares' | 'refers'; whole?: Span };

export type IndexedSymbol = {
  /** Kind, home and name: the same thing has the same id in every file of a group. */
  id: string;
  kind: SymbolKind;
  name: string;
  /** The program (or `fragment …`) it belongs to; empty for programs, fragments, skills and agents. */
  home: string;
  /**
   * What it is a part of: the series of an entry, the field of a choice, the stage of a `let`, the track of a stage.
   */
  owner?: string;
  /** In the order of the files and their texts. */
  occurrences: Occurrence[];
};

export type Hit = { symbol: IndexedSymbol; occurrence: Occurrence };

export type SymbolIndex = {
  symbols: ReadonlyMap<string, IndexedSymbol>;
  /** The name that an offset touches; its end counts, as a cursor may stand there. */
  at(path: string, offset: number): Hit | undefined;
  /** Every name of a file, in the order of its text. */
  inFile(path: string): readonly Hit[];
};

type Place = { path: string; found: FoundName };
/** What is declared: `flow`, `stage`, `rule` and `owner` say from where it is seen. */
type Declared = {
  id: string;
  kind: SymbolKind;
  name: string;
  home: string;
  flow?: string;
  stage?: string;
  rule?: number;
  owner?: string;
};

/** Kinds that are known everywhere, whatever program they stand in. */
const worldwide = new Set<SymbolKind>(['program', 'fragment', 'skill', 'agent']);

/** `checked` are the checked programs among the files. */
export function indexSymbols(
  files: readonly { path: string; ast: SourceFile }[],
  checked: readonly Checked[],
): SymbolIndex {
  const places = files.flatMap(({ path, ast }) => collectNames(ast).map((found): Place => ({ path, found })));
  const resolutions = checked.map((one) => one.resolutions);
  const settled = (expr: Expr | undefined): Resolution | undefined => {
    if (expr === undefined) return undefined;
    for (const map of resolutions) {
      const known = map.get(expr);
      if (known !== undefined) return known;
    }
    return undefined;
  };

  const declared = new Map<string, Declared[]>();
  /** The names of series and lists, by what one entry of them is called. */
  const counted = new Map<string, string[]>();
  const declare = (one: Declared) => {
    if (isCounted(one.kind)) {
      for (const word of singulars(one.name)) {
        const names = counted.get(word) ?? [];
        if (!names.includes(one.name)) counted.set(word, [...names, one.name]);
      }
    }
    const same = declared.get(one.name);
    if (same === undefined) declared.set(one.name, [one]);
    else if (!same.some((other) => other.id === one.id)) same.push(one);
  };
  const makers = [
    ...places.filter(({ found }) => found.meaning.role === 'declares'),
    ...places.filter(({ found }) => found.meaning.role === 'first'),
  ];
  const borrowed = borrowedHomes(files);
  const lookUp = finder(declared, counted, borrowed);
  for (const { found } of makers) {
    const one = declarationOf(found);
    if (one === undefined) continue;
    // A question may ask for what `data` declares, and then its choices are those of the field.
    if (found.meaning.role === 'first' && lookUp(found, [one.kind, 'entry', 'parameter']) !== undefined) continue;
    if (one.kind === 'option' && lookUp(found, ['option']) !== undefined) continue;
    declare(one);
  }

  const symbols = new Map<string, IndexedSymbol>();
  const byFile = new Map<string, Hit[]>(files.map(({ path }) => [path, []]));
  const rank = new Map(files.map(({ path }, index) => [path, index]));
  const ordered = places.sort(
    (a, b) => (rank.get(a.path) ?? 0) - (rank.get(b.path) ?? 0) || a.found.name.span.start - b.found.name.span.start,
  );
  for (const { path, found } of ordered) {
    const known = resolve(found, settled(found.expr), lookUp);
    if (known === undefined) continue;
    const symbol = symbols.get(known.id) ?? fresh(known);
    symbols.set(known.id, symbol);
    const own = declarationOf(found)?.id === known.id && found.meaning.role !== 'refers';
    const makes =
      own && (found.meaning.role === 'declares' || !symbol.occurrences.some((one) => one.role === 'declares'));
    const occurrence: Occurrence = {
      path,
      span: found.name.span,
      text: found.name.text,
      role: makes ? 'declares' : 'refers',
      ...(makes && found.whole !== undefined ? { whole: found.whole } : {}),
    };
    symbol.occurrences.push(occurrence);
    byFile.get(path)?.push({ symbol, occurrence });
  }
  return {
    symbols,
    inFile: (path) => byFile.get(path) ?? [],
    at: (path, offset) => touching(byFile.get(path) ?? [], offset),
  };
}

const fresh = ({ id, kind, name, home, owner, stage, flow }: Declared): IndexedSymbol => {
  const of = owner ?? stage ?? flow;
  return {
    id,
    kind,
    name,
    home: worldwide.has(kind) ? '' : home,
    ...(of === undefined ? {} : { owner: of }),
    occurrences: [],
  };
};

/** What a name that makes something makes; undefined for one that only refers. */
function declarationOf(found: FoundName): Declared | undefined {
  const { meaning, scope, name } = found;
  if (meaning.role !== 'declares' && meaning.role !== 'first') return undefined;
  const { kind } = meaning;
  return make(
    kind,
    name.text,
    found,
    kind === 'entry' ? scope.owners[0] : kind === 'option' ? found.holder : undefined,
  );
}

/** Which parts of the scope a thing of a kind is bound to. */
function make(kind: SymbolKind, name: string, { scope }: FoundName, owner: string | undefined): Declared {
  const { home, flow, stage, rule } = scope;
  if (worldwide.has(kind)) return { id: `${kind} ${name}`, kind, name, home };
  const series = kind === 'option' && scope.owners[0] !== undefined ? scope.owners[0] : undefined;
  const local = kind === 'let' || kind === 'bands' || kind === 'window';
  const place = {
    ...(flow !== undefined && (local || kind === 'stage') ? { flow } : {}),
    ...(stage !== undefined && local ? { stage } : {}),
    ...(rule !== undefined && kind === 'argument' ? { rule } : {}),
    ...(owner === undefined ? {} : { owner }),
  };
  const path = [home, series, ...Object.values(place), name].filter((part) => part !== undefined).join('.');
  return { id: `${kind} ${path}`, kind, name, home, ...place };
}

/** Fragments are seen by the programs that use them, and see what those declare. */
function borrowedHomes(files: readonly { ast: SourceFile }[]): Map<string, string[]> {
  const borrowed = new Map<string, string[]>();
  const add = (from: string, to: string) => borrowed.set(from, [...(borrowed.get(from) ?? []), to]);
  const usesIn = (items: readonly unknown[]): string[] =>
    items.flatMap((item) => {
      const node = item as { kind?: string; name?: { text: string }; items?: unknown[] };
      if (node.kind === 'use' && node.name !== undefined) return [node.name.text];
      return Array.isArray(node.items) ? usesIn(node.items) : [];
    });
  for (const { ast } of files) {
    const owners = [
      ...ast.programs.map((one) => ({ home: homeOfProgram(one.name.text), items: one.items })),
      // A file read by an older parser has none.
      ...(ast.fragments ?? []).map((one) => ({ home: homeOfFragment(one.name.text), items: one.items })),
    ];
    for (const { home, items } of owners) {
      for (const name of usesIn(items)) {
        add(home, homeOfFragment(name));
        add(homeOfFragment(name), home);
      }
    }
  }
  return borrowed;
}

type LookUp = (found: FoundName, kinds: readonly SymbolKind[]) => Declared | undefined;

/**
 * Finds what is declared under a name and can be seen from where it stands; of several, the nearest of the likeliest
 * kind.
 */
function finder(
  declared: ReadonlyMap<string, Declared[]>,
  counted: ReadonlyMap<string, string[]>,
  borrowed: ReadonlyMap<string, string[]>,
): LookUp {
  /** `run` speaks of `runs`, where nothing is called `run` itself. */
  const bySingular = (found: FoundName, kinds: readonly SymbolKind[]): Declared | undefined => {
    for (const name of counted.get(found.name.text) ?? []) {
      const one = declared
        .get(name)
        ?.find(({ kind, home }) => kinds.includes(kind) && isCounted(kind) && home === found.scope.home);
      if (one !== undefined) return one;
    }
    return undefined;
  };
  const ownersOf = (word: string): string[] => [word, ...(counted.get(word) ?? [])];
  const seen = (one: Declared, found: FoundName, home: string, owners: readonly string[]): boolean => {
    const { scope } = found;
    if (worldwide.has(one.kind)) return true;
    if (one.home !== home) return false;
    if (one.kind === 'entry') return owners.includes(one.owner ?? '');
    if (one.kind === 'option') return found.holder === undefined || found.holder === one.owner;
    if (one.kind === 'stage') return one.flow === scope.flow;
    return (
      (one.flow === undefined || one.flow === scope.flow) &&
      (one.stage === undefined || one.stage === scope.stage) &&
      (one.rule === undefined || one.rule === scope.rule)
    );
  };
  return (found, kinds) => {
    const all = declared.get(found.name.text) ?? [];
    const homes = [found.scope.home, ...(borrowed.get(found.scope.home) ?? [])];
    const owners = found.within === undefined ? found.scope.owners.flatMap(ownersOf) : ownersOf(found.within);
    const wanted = kinds.length === 0 ? [...new Set(all.map((one) => one.kind))] : kinds;
    for (const kind of wanted) {
      for (const home of homes) {
        const here = all.filter((one) => one.kind === kind && seen(one, found, home, owners));
        const nearest =
          here.find((one) => one.stage !== undefined) ?? here.find((one) => one.flow !== undefined) ?? here[0];
        if (nearest !== undefined) return nearest;
      }
    }
    return bySingular(found, wanted);
  };
}

const isCounted = (kind: SymbolKind) => kind === 'series' || kind === 'list';

/** The checker's answer as the kinds it can be; an empty list where it has none. */
const kindsOfResolution: Readonly<Record<string, readonly SymbolKind[]>> = {
  data: ['field', 'parameter'],
  let: ['let', 'bands', 'window'],
  entry: ['entry'],
  item: ['entry'],
  argument: ['argument'],
  'item-of': ['list'],
};

/** Words for who is always there, and for the way out that every program has. */
const given = new Set(['operator', 'participant', 'cohort', 'agent', 'person', 'opted_out']);

/** What a name means; undefined where it is nothing that could be declared. */
function resolve(found: FoundName, settled: Resolution | undefined, lookUp: LookUp): Declared | undefined {
  const { meaning, name } = found;
  const own = declarationOf(found);
  if (meaning.role === 'declares') return own?.kind === 'option' ? (lookUp(found, ['option']) ?? own) : own;
  if (meaning.role === 'first') return own && (lookUp(found, [own.kind, 'entry', 'parameter']) ?? own);
  if (meaning.role !== 'refers') return undefined;
  if (found.expr !== undefined) {
    if (settled?.kind === 'word' || settled?.kind === 'stage') return undefined;
    if (settled?.kind === 'item' && settled.field === 'stage') return undefined;
    // The `value` of a plain series and the days of the week are declared nowhere.
    if (settled?.kind === 'option' || (settled?.kind === 'entry' && settled.field === 'value'))
      return asSettled(settled, found, lookUp);
    return (
      (settled && asSettled(settled, found, lookUp)) ??
      lookUp(found, valueKinds) ??
      optionOf(found, lookUp) ??
      stageNamed(found, lookUp) ??
      // What a fragment speaks of is the program's that uses it, and there may be several.
      (found.scope.home.startsWith(homeOfFragment('')) ? undefined : make('field', name.text, found, undefined))
    );
  }
  const known = lookUp(found, meaning.kinds);
  if (known !== undefined) return known;
  const [kind] = meaning.kinds;
  if (kind === undefined || meaning.perhaps || given.has(name.text)) return undefined;
  // A part of an entry may not be kept under a name of its own (`latest(hypo).value`).
  if (kind === 'entry') return found.within === undefined ? make('field', name.text, found, undefined) : undefined;
  return make(kind, name.text, found, undefined);
}

/** What the checker found a name in an expression to mean. */
function asSettled(settled: Resolution, found: FoundName, lookUp: LookUp): Declared | undefined {
  if (settled.kind === 'option') {
    if (settled.of === 'role') return lookUp(found, ['role']);
    if (settled.of === 'calendar') return lookUp(found, ['holidays']);
    return settled.of === 'stage'
      ? stageNamed({ ...found, holder: settled.flow ?? '' }, lookUp)
      : (optionOf(found, lookUp) ?? stageNamed(found, lookUp));
  }
  const exact = settled.kind === 'let' ? letOf(settled.id, found, lookUp) : undefined;
  const there = settled.kind === 'item' ? { ...found, within: settled.list } : found;
  const kinds = kindsOfResolution[settled.kind] ?? [];
  return exact ?? (kinds.length === 0 ? undefined : lookUp(there, kinds));
}

/**
 * A let by the checker's id (`training/done`, `diary.morning/seen`): a scenario speaks of lets of a stage it is not in.
 */
function letOf(id: string, found: FoundName, lookUp: LookUp): Declared | undefined {
  const [place = '', name] = id.split('/');
  if (name === undefined) return undefined;
  const dot = place.indexOf('.');
  const [flow, stage] = dot < 0 ? [undefined, place] : [place.slice(0, dot), place.slice(dot + 1)];
  const { flow: _flow, stage: _stage, ...scope } = found.scope;
  const there = { ...scope, ...(flow === undefined ? {} : { flow }), ...(stage === '' ? {} : { stage }) };
  return lookUp({ ...found, scope: there }, ['let', 'bands', 'window']);
}

/** `felt = easy`: of the field it stands beside, or the only choice of that name. */
function optionOf(found: FoundName, lookUp: LookUp): Declared | undefined {
  const { holder: _, ...anywhere } = found;
  return lookUp(found, ['option']) ?? lookUp(anywhere, ['option']);
}

/** `stage of diary = morning`: a stage, in the track that is named beside it. */
function stageNamed(found: FoundName, lookUp: LookUp): Declared | undefined {
  if (found.holder === undefined) return undefined;
  const { flow: _, ...scope } = found.scope;
  // Without a track it is the flow of the place, or in a scenario the program's own.
  const there = found.holder === '' ? found : { ...found, scope: { ...scope, flow: found.holder } };
  return lookUp(there, ['stage']);
}

/** The name that an offset touches, of names in the order of the text. */
function touching(hits: readonly Hit[], offset: number): Hit | undefined {
  let low = 0;
  let high = hits.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const hit = hits[middle];
    if (hit === undefined) return undefined;
    if (offset < hit.occurrence.span.start) high = middle - 1;
    else if (offset > hit.occurrence.span.end) low = middle + 1;
    else {
      const next = hits[middle + 1];
      return next !== undefined && next.occurrence.span.start === offset ? next : hit;
    }
  }
  return undefined;
}
