/**
 * What in a new version of a program is what in an earlier one: names, and the ids derived from places in the text.
 *
 * A person's facts hold names (stages, fields, series) and ids (`walking/check-1`) of the version they are on. Names
 * follow the `migrate` block. Ids count rules, so a rule put in before another one would shift them: things are known
 * first by what they say, and where nothing says the same, by their id. What has no counterpart is gone.
 */
import { handlerOf } from '../compiler/emit.ts';
import type { Flow, Ir, Migration, Question } from '../compiler/ir.ts';

export type Correspondence = {
  before: Ir;
  after: Ir;
  /** What the new version says about people in the earlier one; empty where it says nothing. */
  migration: Migration;
  /** Whether there is a block. */
  isSaid: boolean;
  /** Of each kind, from the ids of the earlier version to those of the new one. */
  ids: Record<Kind, ReadonlyMap<string, string>>;
  /** Names that two things of the earlier version would have now: nobody could tell them apart. */
  clashes: readonly string[];
};

type Kind = 'handlers' | 'questions' | 'escalations' | 'nudges' | 'criteria' | 'proposals' | 'turns';
type Thing = { id: string; content: string };

/** The two versions, and the block that leads from the one to the other: null where there is none. */
export function correspond(before: Ir, after: Ir, block: Migration | null): Correspondence {
  const migration = block ?? { from: 0, stages: {}, fields: {}, series: {}, lists: {}, tracks: {}, drop: [], set: [] };
  const owners = ownersOf(before, migration);
  const handlers = match(handlersOf(before), handlersOf(after), (id) => moved(id, owners));
  /** Ids within bodies begin with that of the handler. */
  const renamed = (id: string): string => {
    const [base = id] = id.split(/\.(?=(?:ask|propose|say)-\d)/);
    const to = handlers.get(handlerOf(base));
    return to === undefined ? moved(id, owners) : to + id.slice(handlerOf(base).length);
  };
  const ids = (things: (ir: Ir) => Thing[]) => match(things(before), things(after), renamed);
  return {
    before,
    after,
    migration,
    isSaid: block !== null,
    clashes: clashesOf(before, migration),
    ids: {
      handlers,
      questions: match(
        questionsOf(before, migration.fields),
        questionsOf(after, {}),
        renamed,
        // A stage asks for a field once, in whatever words.
        (one) => kindOf(one.content),
      ),
      escalations: ids((ir) =>
        stagesOf(ir).flatMap((stage) => stage.escalations.map((one) => thing(one.id, [one.after, one.to]))),
      ),
      nudges: ids((ir) =>
        stagesOf(ir).flatMap((stage) => stage.nudges.map((one) => thing(one.id, [one.after, one.without, one.atMost]))),
      ),
      criteria: ids((ir) => Object.values(ir.criteria).map(({ id, text }) => thing(id, text))),
      proposals: match(proposalsOf(before, migration.fields), proposalsOf(after, {}), renamed),
      turns: ids((ir) => turnsOf(ir).map(({ id, texts }) => thing(id, texts))),
    },
  };
}

/** The stage that a stage of the earlier version has become; also where the flow has no such stage. */
export const stageNow = ({ migration }: Correspondence, stage: string): string =>
  Object.hasOwn(migration.stages, stage) ? (migration.stages[stage] as string) : stage;

/** The name that a field, series, list or track has now. */
export function nameNow(
  { migration }: Correspondence,
  what: 'fields' | 'series' | 'lists' | 'tracks',
  name: string,
): string {
  return Object.hasOwn(migration[what], name) ? (migration[what][name] as string) : name;
}

/** The question that is still asked of the same ones for the same field; null where it is not. */
export function questionNow(c: Correspondence, id: string): string | null {
  return c.ids.questions.get(id) ?? null;
}

const passed = ' passed';

/** Where it is kept that something was done in a visit or in `anytime`; null where nothing is kept any more. */
export function doneNow({ ids }: Correspondence, key: string): string | null {
  const isPassed = key.endsWith(passed);
  const id = isPassed ? key.slice(0, -passed.length) : key;
  const to = ids.questions.get(id) ?? ids.escalations.get(id) ?? ids.handlers.get(id);
  return to === undefined ? null : `${to}${isPassed ? passed : ''}`;
}

function clashesOf(before: Ir, migration: Migration): string[] {
  const twice = (names: readonly string[], renamed: Record<string, string>): string[] => {
    const now = names.map((name) => (Object.hasOwn(renamed, name) ? (renamed[name] as string) : name));
    return now.filter((name, index) => now.indexOf(name) !== index);
  };
  return [
    ...[before.data, ...Object.values(before.lists).map(({ fields }) => fields)].flatMap((fields) =>
      twice(Object.keys(fields), migration.fields),
    ),
    ...twice(Object.keys(before.series), migration.series),
    ...twice(Object.keys(before.lists), migration.lists),
    ...twice(Object.keys(before.tracks), migration.tracks),
  ];
}

/** The entries whose keys have a new name, under it. */
export function renamedKeys<T>(
  things: Record<string, T>,
  nowCalled: (key: string) => string | null,
): Record<string, T> {
  const renamed: Record<string, T> = {};
  for (const [key, value] of Object.entries(things)) {
    const name = nowCalled(key);
    if (name !== null) renamed[name] = value;
  }
  return renamed;
}

// ---------------------------------------------------------------- finding counterparts

/**
 * Finds the counterparts: things of one owner that say the same, in their order; of the rest, those of one id.
 * `renamed` gives the id that something of the earlier version would have now. Two stages that become one each find
 * theirs: nobody is in both. `last`: by what else they may be known.
 */
function match(
  before: Thing[],
  after: Thing[],
  renamed: (id: string) => string,
  last?: (one: Thing, id: string) => string,
): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, things] of Map.groupBy(before, ({ id }) => ownerOf(id))) {
    const owner = ownerOf(renamed(things[0]?.id ?? ''));
    const free = new Set(after.filter(({ id }) => ownerOf(id) === owner));
    const pair = (keyOf: (thing: Thing, id: string) => string) => {
      const waiting = Map.groupBy(free, (one) => keyOf(one, one.id));
      for (const one of things) {
        if (found.has(one.id)) continue;
        const now = waiting.get(keyOf(one, renamed(one.id)))?.shift();
        if (now === undefined) continue;
        found.set(one.id, now.id);
        free.delete(now);
      }
    };
    pair((one, id) => `${id} ${one.content}`);
    pair((one) => one.content);
    pair((one, id) => `${id} ${kindOf(one.content)}`);
    if (last !== undefined) pair(last);
  }
  return found;
}

const ownerOf = (id: string): string => id.slice(0, Math.max(0, id.indexOf('/')));
/** What a changed thing must still have in common with the old one: the first line of its content. */
const kindOf = (content: string): string => content.slice(0, content.indexOf('\n'));

const thing = (id: string, content: unknown, kind = ''): Thing => ({
  id,
  content: `${kind}\n${JSON.stringify(content, (key, value: unknown) => (key === 'span' || key === 'id' ? undefined : value))}`,
});

function moved(id: string, owners: ReadonlyMap<string, string>): string {
  const owner = ownerOf(id);
  return (owners.get(owner) ?? owner) + id.slice(owner.length);
}

/** Owners of ids (`diary.morning`, `anytime`) by what they are called now. */
function ownersOf(before: Ir, migration: Migration): Map<string, string> {
  const owners = new Map<string, string>();
  const add = (flow: Flow, prefix: string, prefixNow: string) => {
    for (const stage of flow.stageOrder) owners.set(prefix + stage, prefixNow + (migration.stages[stage] ?? stage));
    owners.set(`${prefix}anytime`, `${prefixNow}anytime`);
  };
  add(before, '', '');
  for (const track of Object.values(before.tracks))
    add(track, `${track.name}.`, `${migration.tracks[track.name] ?? track.name}.`);
  for (const list of Object.values(before.lists))
    add(list, `${list.name}.`, `${migration.lists[list.name] ?? list.name}.`);
  return owners;
}

const flowsOf = (ir: Ir): Flow[] => [ir, ...Object.values(ir.tracks), ...Object.values(ir.lists)];
const stagesOf = (ir: Ir) => flowsOf(ir).flatMap((flow) => Object.values(flow.stages));

/** Each handler once, whatever ways lead through it. */
function handlersOf(ir: Ir): Thing[] {
  const things = new Map<string, Thing>();
  for (const flow of flowsOf(ir)) {
    for (const rule of [...flow.anytime, ...Object.values(flow.stages).flatMap((stage) => stage.rules)]) {
      const id = handlerOf(rule.id);
      if (!things.has(id)) things.set(id, thing(id, rule.source, rule.trigger.kind));
    }
  }
  return [...things.values()];
}

/** Questions are known by the field they fill, and by whom they are put to; then by their words. */
function questionsOf(ir: Ir, fields: Record<string, string>): Thing[] {
  const all: Question[] = [...stagesOf(ir).flatMap((stage) => stage.questions), ...Object.values(ir.asks)];
  return all.map(({ id, field, to, text, type }) => {
    return thing(id, [text, type], `${fields[field] ?? field} ${to ?? 'participant'}`);
  });
}

/** Proposals are known by who decides, and by the field that would be set. */
function proposalsOf(ir: Ir, fields: Record<string, string>): Thing[] {
  return Object.values(ir.proposals).map(({ id, by, field, source }) =>
    thing(id, source, `${by} ${field === undefined ? '' : (fields[field] ?? field)}`),
  );
}

type Turn = { id: string; texts: unknown };

function turnsOf(ir: Ir): Turn[] {
  const found: Turn[] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('kind' in value && value.kind === 'say-in-turn') found.push(value as unknown as Turn);
    for (const inner of Object.values(value)) walk(inner);
  };
  for (const flow of flowsOf(ir)) walk([flow.anytime, flow.stages]);
  walk([ir.asks, ir.proposals]);
  return found;
}
