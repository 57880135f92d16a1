/**
 * A part of the earlier version of a program in the names of the new one, as its `migrate` block leads from the one to
 * the other: so a line that only follows a new name is no change.
 *
 * Stages, fields, series, lists and tracks have other names; the ids that begin with one of them follow. What a name
 * is told by is the key it stands under in the IR.
 */
import type { Migration } from './ir.ts';

type Names = Readonly<Record<string, string>>;
type Node = Readonly<Record<string, unknown>>;

/** The part with new names; `source` and `span` stay as they are. */
export const inNewNames = <Part>(part: Part, migration: Migration): Part =>
  isEmpty(migration) ? part : (renamed(part, migration) as Part);

/** The author's words with new names; a name in the middle of a sentence is taken for one as well. */
export function wordsInNewNames(words: string, migration: Migration): string {
  if (isEmpty(migration)) return words;
  return words.replace(
    /\w+/g,
    (word) => kinds.map((kind) => named(migration[kind], word)).find((to) => to !== word) ?? word,
  );
}

const kinds = ['stages', 'fields', 'series', 'lists', 'tracks'] as const;

const isEmpty = (migration: Migration): boolean => kinds.every((kind) => Object.keys(migration[kind]).length === 0);

const named = (names: Names, name: string): string => (Object.hasOwn(names, name) ? (names[name] as string) : name);

function renamed(value: unknown, migration: Migration): unknown {
  if (Array.isArray(value)) return value.map((one) => renamed(one, migration));
  if (typeof value !== 'object' || value === null) return value;
  const node = value as Node;
  const isOfStage = node.op === 'compare' && [node.left, node.right].some((side) => (side as Node).op === 'stage');
  return Object.fromEntries(
    Object.entries(node).map(([key, part]) => {
      if (key === 'span' || key === 'source') return [key, part];
      if (typeof part === 'string') return [key, nameAt(key, part, node, migration)];
      const inside = renamed(part, migration);
      return [key, isOfStage ? withStage(inside as Node, migration) : inside];
    }),
  );
}

/** The name of a stage that the stage at hand is compared with. */
const withStage = (side: Node, { stages }: Migration): Node =>
  side.op === 'value' && typeof side.value === 'string' ? { ...side, value: named(stages, side.value) } : side;

function nameAt(key: string, name: string, node: Node, migration: Migration): string {
  const { stages, fields, series, lists, tracks } = migration;
  switch (key) {
    case 'id':
    case 'question':
    case 'proposal':
    case 'criterion':
      return idOf(name, migration);
    case 'to':
      return 'direction' in node ? named(stages, name) : name;
    case 'name':
      return node.op === 'data' ? named(fields, name) : name;
    case 'series':
      return named(node.list === true ? lists : series, name);
    case 'without':
      return named(series, name);
    case 'cohort':
      return named(fields, name);
    case 'list':
      return named(lists, name);
    case 'track':
      return named(tracks, name);
    case 'field':
      return isOfEntry(node) ? name : named(fields, named(series, name));
    default:
      return name;
  }
}

/** The fields of an entry of a series keep their names. */
const isOfEntry = (node: Node): boolean =>
  node.op === 'field' || node.op === 'entry' || ('series' in node && node.list !== true);

/** `walking/advance-1`, `fever.hot/when-2.ask-1`. */
function idOf(id: string, { stages, tracks, lists }: Migration): string {
  const [, flow, stage = '', rest] = /^(?:(\w+)\.)?(\w+)\/(.*)$/.exec(id) ?? [];
  if (rest === undefined) return id;
  const flowNow = flow === undefined ? '' : `${named(lists, named(tracks, flow))}.`;
  return `${flowNow}${named(stages, stage)}/${rest}`;
}
