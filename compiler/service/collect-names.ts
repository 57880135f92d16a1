/**
 * Every name in a tree, with where it stands: one walk over whatever nodes there are.
 *
 * Knows the few places where a name is looked up inside something else (a stage, a list, the entry
 * of a series at hand) and nothing about what is declared: that is `symbol-index.ts`.
 */
import type { Expr, Name, SourceFile, Span } from '../../language/ast.ts';
import { type Meaning, meaningOf } from './meanings.ts';

/** Where a name stands. Names of one home (a program or a fragment) see each other. */
export type Scope = {
  home: string;
  /** The track or list it stands in. */
  flow?: string;
  stage?: string;
  /** The start of the command whose argument can be seen. */
  rule?: number;
  /** Series and lists whose entry is at hand, the nearest first. */
  owners: readonly string[];
};

export type FoundName = {
  name: Name;
  meaning: Meaning;
  scope: Scope;
  /** The name stands in an expression. */
  expr?: Expr;
  /** It is looked up in this and nowhere else: the parts of an entry, the stages of a track. */
  within?: string;
  /** What a choice would belong to here: `felt = easy` belongs to `felt`. */
  holder?: string;
  /** The declaration it is the name of. */
  whole?: Span;
};

type Node = Record<string, unknown> & { kind?: string; span?: Span };

/** Trees are nested no deeper than the parser allows; this is for trees made by hand. */
const DEPTH_MAX = 3000;

export const homeOfProgram = (name: string): string => name;
export const homeOfFragment = (name: string): string => `fragment ${name}`;

/** Every name of a file, in no particular order. */
export function collectNames(file: SourceFile): FoundName[] {
  const found: FoundName[] = [];
  for (const part of Object.values(file)) {
    if (!Array.isArray(part)) continue;
    for (const node of part) if (isNode(node)) visit(node, undefined, '', { home: '', owners: [] }, found, 0);
  }
  return found;
}

function visit(
  node: Node,
  parent: Node | undefined,
  under: string,
  outer: Scope,
  found: FoundName[],
  depth: number,
): void {
  if (depth > DEPTH_MAX) return;
  const shape = shapeOf(node, under);
  const scope = scopeOf(node, shape, outer);
  for (const [property, value] of Object.entries(node)) {
    if (typeof value !== 'object' || value === null || property === 'span') continue;
    const inside = insideOf(node, shape, property, scope);
    for (const part of Array.isArray(value) ? value : [value]) {
      if (isName(part)) addName(node, parent, shape, property, part, inside, found);
      else if (isNode(part)) visit(part, node, property, inside, found, depth + 1);
    }
  }
}

/** What a node without a kind is called. */
function shapeOf(node: Node, under: string): string {
  if (node.kind !== undefined) return node.kind;
  if (under === 'rungs') return 'rung';
  if (under === 'othersMay') return 'permission';
  if ('name' in node && 'type' in node) return 'field';
  if ('name' in node && 'value' in node) return 'assignment';
  if ('as' in node && 'type' in node) return 'argument';
  return under;
}

/** The scope in which everything inside a node stands. */
function scopeOf(node: Node, shape: string, scope: Scope): Scope {
  const own = isName(node.name) ? node.name.text : '';
  switch (shape) {
    case 'program':
      return { home: homeOfProgram(own), owners: [] };
    case 'fragment':
      return { home: homeOfFragment(own), owners: [] };
    case 'scenario':
      return { home: homeOfProgram(isName(node.program) ? node.program.text : ''), owners: [] };
    case 'stage':
      return Array.isArray(node.items) ? { ...scope, stage: own } : scope;
    case 'track':
      return { ...scope, flow: own };
    case 'list':
      return { ...scope, flow: own, owners: [own, ...scope.owners] };
    case 'command':
      return node.argument === undefined ? scope : { ...scope, rule: node.span?.start ?? 0 };
    case 'field':
      return isNode(node.type) && node.type.kind === 'series' ? { ...scope, owners: [own] } : scope;
    default:
      return scope;
  }
}

/** The parts of a node that see the entries of a series or the items of a list. */
const seesEntries = new Set(['where', 'body', 'ofThose']);

function insideOf(node: Node, shape: string, property: string, scope: Scope): Scope {
  if (!seesEntries.has(property) || shape === 'command') return scope;
  const owner = isName(node.series) ? node.series : isName(node.list) ? node.list : undefined;
  return owner === undefined ? scope : { ...scope, owners: [owner.text, ...scope.owners] };
}

function addName(
  node: Node,
  parent: Node | undefined,
  shape: string,
  property: string,
  name: Name,
  scope: Scope,
  found: FoundName[],
): void {
  const meaning = meaningHere(node, parent, shape, property);
  if (meaning.role === 'nothing') return;
  const within = withinOf(node, parent, shape, property);
  const holder = holderOf(node, parent, shape);
  const isDeclaration = meaning.role === 'declares' && property === 'name';
  found.push({
    name,
    meaning,
    scope: isDeclaration ? outside(shape, scope) : scope,
    ...(shape === 'name' ? { expr: node as unknown as Expr } : {}),
    ...(within === undefined ? {} : { within }),
    ...(holder === undefined ? {} : { holder }),
    ...(isDeclaration && node.span !== undefined ? { whole: node.span } : {}),
  });
}

/** What is declared is seen from around it, not only from inside. */
function outside(shape: string, scope: Scope): Scope {
  if (shape === 'stage') {
    const { stage: _, ...rest } = scope;
    return rest;
  }
  if (shape === 'track' || shape === 'list') return { home: scope.home, owners: [] };
  return scope;
}

function meaningHere(node: Node, parent: Node | undefined, shape: string, property: string): Meaning {
  if (shape === 'field' && property === 'name') {
    if (isNode(node.type) && node.type.kind === 'series') return { role: 'declares', kind: 'series' };
    if (parent?.kind === 'record' || parent?.kind === 'list') return { role: 'declares', kind: 'entry' };
    return { role: 'declares', kind: parent?.kind === 'parameters' ? 'parameter' : 'field' };
  }
  if (shape === 'assignment' && parent?.kind === 'call') return { role: 'nothing' };
  const known = meaningOf(shape, property);
  if (known !== undefined) return known;
  // A declaration nobody has listed yet is still one.
  if (property === 'name' && node.kind !== undefined && (parent === undefined || 'items' in parent)) {
    return { role: 'declares', kind: node.kind };
  }
  return { role: 'refers', kinds: [] };
}

/** The series, list or track a name belongs to, where the place says so. */
function withinOf(node: Node, parent: Node | undefined, shape: string, property: string): string | undefined {
  if (shape === 'assignment') {
    const item = isNode(parent?.item) ? parent.item : undefined;
    for (const one of [item?.list, parent?.list, parent?.series]) if (isName(one)) return one.text;
    return undefined;
  }
  if (shape === 'list' && property === 'key') return isName(node.name) ? node.name.text : undefined;
  if (shape === 'selection' && property === 'field') return isName(node.series) ? node.series.text : undefined;
  if (shape === 'member' && property === 'field') return seriesIn(node.of);
  return undefined;
}

/** The word for the series or the list in `last run`, `latest(hypo)`, `runs`, `cards["Katze"]`. */
function seriesIn(value: unknown): string | undefined {
  if (!isNode(value)) return undefined;
  if (isName(value.series)) return value.series.text;
  if (isName(value.table)) return value.table.text;
  if (isName(value.name)) return value.name.text;
  if (isNode(value.selection)) return seriesIn(value.selection);
  return Array.isArray(value.args) ? seriesIn(value.args[0]) : undefined;
}

/** Whose choices a word would be one of. */
function holderOf(node: Node, parent: Node | undefined, shape: string): string | undefined {
  if (shape === 'choice') return nameIn(parent, 'name') ?? nameIn(parent, 'as');
  if (shape !== 'name' || parent === undefined) return undefined;
  if (parent.kind === 'binary') {
    const other = parent.left === node ? parent.right : parent.left;
    if (!isNode(other)) return undefined;
    if (other.kind === 'stage-of') return nameIn(other, 'track') ?? '';
    return nameIn(other, 'field') ?? nameIn(other, 'name');
  }
  return nameIn(parent, 'name');
}

function nameIn(node: Node | undefined, property: string): string | undefined {
  const found = node?.[property];
  return isName(found) ? found.text : undefined;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !isName(value);
}

/** A word of the tree: it has a text and a place, and is no node. */
export function isName(value: unknown): value is Name {
  return (
    typeof value === 'object' &&
    value !== null &&
    'text' in value &&
    typeof value.text === 'string' &&
    'span' in value &&
    !('kind' in value)
  );
}
