/**
 * What names mean: lets, the item at hand, stages, judgements and tables.
 */
import type { Expr, Value } from '../../compiler/ir.ts';
import type { Item } from '../facts.ts';
import { same } from './arithmetic.ts';
import { type Env, type Evaluated, fixed, type Meaning, never } from './env.ts';
import { type Found, lookFrom, notFound, recall, remember } from './look.ts';
import { meaningOf } from './meaning.ts';
import { itemNamed, itemOfFlow, stageOfItem } from './series.ts';

/** Nested lets deeper than this are a cycle the compiler should have refused. */
const depthMax = 200;

/** What each let came to when it was last looked at, by the let's own expression. */
const foundOf = new WeakMap<Expr, Found<Evaluated>>();

/** A let means the same wherever it is used: it sees the item of its flow, but not what is looked at elsewhere. */
export function letOf(id: string): Meaning {
  /** Of the program that was looked at last, which is nearly always the one there is. */
  let here: { ir: Env['ir']; meaning: Meaning; found: Found<Evaluated> } | null = null;
  return (env) => {
    if (here === null || here.ir !== env.ir) {
      const value = letNamed(id, env)?.value;
      if (value === undefined) return fixed(null);
      let found = foundOf.get(value);
      if (found === undefined) {
        found = notFound();
        foundOf.set(value, found);
      }
      here = { ir: env.ir, meaning: meaningOf(value), found };
    }
    const { meaning, found } = here;
    const look = lookFrom(env, itemOfFlow(env));
    return recall(found, look) ?? remember(found, look, meaning(insideOf(id, env)));
  };
}

/** What a let says, and where it is looked at; null where there is none of that id. */
export function insideLet(id: string, env: Env): { value: Expr; env: Env } | null {
  const declared = letNamed(id, env);
  return declared ? { value: declared.value, env: insideOf(id, env) } : null;
}

const letNamed = (id: string, { ir }: Env) => (Object.hasOwn(ir.lets, id) ? ir.lets[id] : undefined);

function insideOf(id: string, env: Env): Env {
  const depth = (env.depth ?? 0) + 1;
  if (depth > depthMax) throw new RangeError(`“${letNamed(id, env)?.name}” refers to itself.`);
  const { ir, facts, now, home } = env;
  const item = itemOfFlow(env);
  return { ir, facts, now, entry: undefined, item, around: undefined, argument: undefined, home, depth };
}

/** A let of a list, as the item of that key sees it: its visit is *the* visit. */
export function letOfItem({ id, list, key }: Extract<Expr, { op: 'let-of' }>): Meaning {
  const name = meaningOf(key);
  const inItem = letOf(id);
  return (env) => {
    const named = name(env);
    const item = itemNamed(list, named, env);
    const found = item === undefined ? fixed(null) : inItem(seenBy(item, env));
    return { ...found, until: Math.min(found.until, named.until) };
  };
}

/** The same moment as an item's own flow sees it. */
function seenBy(item: Item, { ir, facts, now, home }: Env): Env {
  const { since: _, ...place } = item.thread;
  return { ir, facts: { ...facts, ...place }, now, item, home: home ?? facts.visit };
}

/** A field of the item at hand, or in `where` of the one outside it. */
export function itemField(field: string, { item, around }: Env): Value {
  for (const one of [item, around]) {
    if (one && Object.hasOwn(one.fields, field)) return one.fields[field] ?? null;
  }
  return item !== undefined && field === 'stage' ? stageOfItem(item) : null;
}

/**
 * The name of a stage: of the flow at hand (in `where` over a list: of the item), of the program, of a track that has
 * begun.
 */
export function stageName(of: Extract<Expr, { op: 'stage' }>['of'], env: Env): Value {
  const { facts, home, item, around } = env;
  if (of === 'program') return (home ?? facts.visit).stage;
  if (of === 'own') return around !== undefined && item !== undefined ? stageOfItem(item) : facts.visit.stage || null;
  const track = Object.hasOwn(facts.tracks, of.track) ? facts.tracks[of.track] : undefined;
  return track?.visit.stage ?? null;
}

/** The judgement of this visit. When there have been as many as are allowed, what counts then. */
export function judged(id: string, { ir, facts }: Env): Value {
  const judgement = facts.judgements[id];
  const criterion = ir.criteria[id];
  if (!judgement || !criterion || judgement.visit !== facts.visit.number) return null;
  if (judgement.holds && judgement.confidence >= criterion.atLeast) return true;
  const isEnough = criterion.atMost !== undefined && judgement.count >= criterion.atMost;
  return isEnough ? (criterion.otherwise ?? false) : false;
}

/** The cell of a table. */
export function lookup(name: string, keys: readonly Meaning[]): Meaning {
  return (env) => {
    const found = keys.map((key) => key(env));
    const [inRow, inColumn] = found;
    const until = Math.min(never, ...found.map((key) => key.until));
    const table = env.ir.tables[name];
    const row = table?.rows.find((one) => inRow && same(one.key, inRow.value));
    const column =
      table && table.columns.length > 0 ? table.columns.findIndex((one) => inColumn && same(one, inColumn.value)) : 0;
    return { value: row?.cells[column] ?? null, until };
  };
}
