/**
 * What a new version of a program means for the people inside an earlier one: the static half.
 *
 * Two checked programs in; every change that somebody inside could notice out, with what happens to
 * them, and whether a `migrate` block of the new version takes care of it. How many people are where
 * is not known here: what is told holds whoever they are. Nothing is applied.
 */
import type { Flow, Ir, Migration } from './ir.ts';
import { alike, isOpen, type PlanChange, type PlanLevel, type Sides } from './plan-change.ts';
import { planFacts } from './plan-facts.ts';
import { inNewNames } from './plan-names.ts';
import { planStages } from './plan-stages.ts';

export type Plan = {
  program: string;
  /** `migrate` where a line is missing; `safe` also where the block says all that must be said. */
  verdict: PlanLevel;
  /** The earlier version that the block speaks of, where there is one. */
  from?: number;
  changes: PlanChange[];
};

const nothingSaid = (from: number): Migration => ({
  from,
  stages: {},
  fields: {},
  series: {},
  lists: {},
  tracks: {},
  drop: [],
  set: [],
});

/**
 * Compares two versions. `from` is the number of the earlier one: it says which `migrate` block counts;
 * without it, it is the only block there is, or the newest.
 */
export function plan(before: Ir, after: Ir, from?: number): Plan {
  if (before.name !== after.name) {
    const change: PlanChange = {
      level: 'refused',
      kind: 'program',
      name: after.name,
      change: `This is another program: \`${after.name}\` instead of \`${before.name}\`.`,
      people: 'Nobody is in it yet; the people in the other one stay there.',
      remedy: `Keep the name \`${before.name}\`; its title in quotes may change.`,
    };
    return { program: after.name, verdict: 'refused', changes: [change] };
  }
  const blocks = Object.values(after.migrations);
  const block =
    from === undefined ? blocks.toSorted((a, b) => b.from - a.from)[0] : blocks.find((one) => one.from === from);
  const sides: Sides<Ir> = { before, after, migration: block ?? nothingSaid(from ?? 0) };
  const changes = [
    ...planMigration(sides),
    ...planSettings(sides),
    ...planFacts(sides),
    ...planStages({ ...sides, where: '' }),
    ...planFlows(sides, 'track'),
    ...planFlows(sides, 'list'),
    ...planMeanings(sides),
  ];
  return {
    program: after.name,
    verdict: changes.reduce<PlanLevel>(graver, 'safe'),
    ...(block === undefined ? {} : { from: block.from }),
    changes: changes.toSorted((a, b) => rank(a) - rank(b)),
  };
}

const ranks = { refused: 0, migrate: 1, safe: 2 } as const;
/** What stands in the way comes first; what a block takes care of counts as safe and precedes the rest. */
const rank = (change: PlanChange): number => (isOpen(change) ? ranks[change.level] : change.met === undefined ? 3 : 2);

function graver(verdict: PlanLevel, change: PlanChange): PlanLevel {
  return isOpen(change) && ranks[change.level] < ranks[verdict] ? change.level : verdict;
}

/** A block that speaks of what never was would do nothing, and somebody would rely on it. */
function planMigration({ before, after, migration }: Sides<Ir>): PlanChange[] {
  const stagesOf = (ir: Ir) => flowsOf(ir).flatMap((flow) => flow.stageOrder);
  const names = {
    stage: [migration.stages, stagesOf(before), stagesOf(after)],
    field: [migration.fields, fieldsOf(before), fieldsOf(after)],
    series: [migration.series, Object.keys(before.series), Object.keys(after.series)],
    list: [migration.lists, Object.keys(before.lists), Object.keys(after.lists)],
    track: [migration.tracks, Object.keys(before.tracks), Object.keys(after.tracks)],
  } as const;
  const wrong = (line: string, change: string): PlanChange => ({
    level: 'refused',
    kind: 'migrate',
    name: line,
    change,
    people: 'The line would do nothing for anybody.',
    remedy: 'Fix the name, or take the line out.',
  });
  const renames = Object.entries(names).flatMap(([what, [renamed, old, now]]) =>
    Object.entries(renamed).flatMap(([from, to]) => {
      const line = `${what} ${from} becomes ${to}`;
      if (!old.includes(from)) return [wrong(line, `The earlier version has no ${what} \`${from}\`.`)];
      return now.includes(to) ? [] : [wrong(line, `The new version has no ${what} \`${to}\`.`)];
    }),
  );
  const all = Object.values(names).flatMap(([, old]) => [...old]);
  const drops = migration.drop
    .filter((name) => !all.includes(name))
    .map((name) => wrong(`drop ${name}`, `The earlier version has nothing called \`${name}\`.`));
  // Two stages may become one: whoever is in either goes there. Of anything else nobody could tell the two apart.
  const together: [string, Record<string, string>, string[]][] = [
    ...[before.data, ...Object.values(before.lists).map(({ fields }) => fields)].map(
      (fields): [string, Record<string, string>, string[]] => ['field', migration.fields, Object.keys(fields)],
    ),
    ['series', migration.series, Object.keys(before.series)],
    ['list', migration.lists, Object.keys(before.lists)],
    ['track', migration.tracks, Object.keys(before.tracks)],
  ];
  const twice = together.flatMap(([what, renamed, old]) =>
    old
      .filter((from) => renamed[from] !== undefined)
      .filter((from) => old.some((name) => name !== from && (renamed[name] ?? name) === renamed[from]))
      .map((from) =>
        wrong(`${what} ${from} becomes ${renamed[from]}`, `Two things would be called \`${renamed[from]}\`.`),
      ),
  );
  return [...renames, ...drops, ...twice];
}

const flowsOf = (ir: Ir): Flow[] => [ir, ...Object.values(ir.tracks), ...Object.values(ir.lists)];
const fieldsOf = (ir: Ir): string[] => [
  ...Object.keys(ir.data),
  ...Object.values(ir.lists).flatMap((list) => Object.keys(list.fields)),
];

/** The head of the program: nothing in it can be lost, and everything in it counts from now on. */
function planSettings({ before, after, migration }: Sides<Ir>): PlanChange[] {
  const earlier = inNewNames(before, migration);
  const settings: [name: string, of: (ir: Ir) => unknown, people: string][] = [
    ['enroll', (ir) => ir.enroll, 'People inside stay inside; only who comes later is asked by the new rule.'],
    ['reenter', (ir) => ir.reenter, 'Who comes back from now on comes back by the new rule.'],
    [
      'cohort',
      (ir) => ir.cohort,
      'People are put together by it when they take the new version; entries they have, they keep.',
    ],
    ['timezone', (ir) => ir.zone, 'Times of day are those of the new zone where a person’s own is not known.'],
    ['quiet', (ir) => ir.quiet, 'What waits for the morning is looked at again by the new hours.'],
    ['budget', (ir) => ir.budget, 'The new sum counts from now on.'],
    ['agent', (ir) => ir.agent, 'The new agent talks from the next run on.'],
    ['roles', (ir) => ir.roles, 'Who is bound to a role that is gone is not told anything any more.'],
    [
      'services',
      (ir) => ir.services,
      'A service that is gone is not called any more, and what it still sends is refused.',
    ],
    ['ladders', (ir) => ir.ladders, 'An escalation that climbs goes on by the new rungs.'],
    ['holidays', (ir) => ir.calendars, 'Business days are counted by the new calendar.'],
    [
      'messages',
      (ir) => ir.messagesAtMost,
      'What an earlier bound has counted counts on; where there was none, it counts from now on.',
    ],
  ];
  return settings
    .filter(([, of]) => !alike(of(earlier), of(after)))
    .map(([name, of, people]) => {
      const verb = of(before) === undefined ? 'is new' : of(after) === undefined ? 'is gone' : 'says something else';
      return { level: 'safe', kind: 'setting', name, change: `\`${name}\` ${verb}.`, people };
    });
}

/** Tracks and lists: each is a flow of its own. */
function planFlows({ before, after, migration }: Sides<Ir>, kind: 'track' | 'list'): PlanChange[] {
  const [old, now, renamed] =
    kind === 'track' ? [before.tracks, after.tracks, migration.tracks] : [before.lists, after.lists, migration.lists];
  const changes: PlanChange[] = [];
  const held = kind === 'track' ? 'Where people are in it' : 'Every item that people have in it';
  for (const [name, flow] of Object.entries(old)) {
    const target = renamed[name] ?? name;
    const next = now[target];
    if (renamed[name] !== undefined && next !== undefined) {
      const line = `${kind} ${name} becomes ${target}`;
      const people = `${held} is kept, under the new name.`;
      changes.push({
        level: 'migrate',
        kind,
        name,
        change: `The ${kind} \`${name}\` is called \`${target}\` now.`,
        people,
        met: line,
      });
    }
    if (next !== undefined) {
      changes.push(...planStages({ before: flow, after: next, migration, where: `${target}.` }));
      continue;
    }
    const dropped = migration.drop.includes(name);
    changes.push({
      level: 'migrate',
      kind,
      name,
      change: `The ${kind} \`${name}\` is gone.`,
      people: `${held} is lost; the timeline keeps what happened.`,
      ...(dropped ? { met: `drop ${name}` } : { remedy: `Write \`drop ${name}\`, or \`${kind} ${name} becomes …\`.` }),
    });
  }
  const taken = new Set(Object.values(renamed));
  for (const name of Object.keys(now)) {
    if (old[name] !== undefined || taken.has(name)) continue;
    const people =
      kind === 'track' ? 'It begins for people inside as it does for newcomers.' : 'It is empty for people inside.';
    changes.push({ level: 'safe', kind, name, change: `The ${kind} \`${name}\` is new.`, people });
  }
  return changes;
}

/** What follows from facts is never stored: it only reads differently from now on. */
function planMeanings({ before, after, migration }: Sides<Ir>): PlanChange[] {
  const changes: PlanChange[] = [];
  const people = 'It is worked out anew for everybody; whoever fulfils a condition by it moves at once.';
  for (const [name, table] of Object.entries(after.tables)) {
    if (before.tables[name] !== undefined && !alike(before.tables[name], table))
      changes.push({
        level: 'safe',
        kind: 'meaning',
        name,
        change: `The table \`${name}\` says something else.`,
        people,
      });
  }
  const lets = byId(inNewNames(before.lets, migration));
  for (const [id, one] of Object.entries(after.lets)) {
    const old = lets.get(id);
    if (old !== undefined && !alike(old.value, one.value))
      changes.push({
        level: 'safe',
        kind: 'meaning',
        name: one.name,
        change: `\`let ${one.name}\` means something else.`,
        people,
      });
  }
  const criteria = byId(inNewNames(before.criteria, migration));
  for (const [id, criterion] of Object.entries(after.criteria)) {
    const old = criteria.get(id);
    if (old !== undefined && old.text !== criterion.text)
      changes.push({
        level: 'safe',
        kind: 'judgement',
        name: criterion.stage,
        change: `What is judged in \`${criterion.stage}\` is worded differently: “${criterion.text}”.`,
        people: 'A judgement already made in the present visit counts for the new words until it is made again.',
      });
  }
  return changes;
}

const byId = <One extends { id: string }>(all: Record<string, One>): Map<string, One> =>
  new Map(Object.values(all).map((one) => [one.id, one]));
