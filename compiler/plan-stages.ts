/**
 * The part of a plan that is about places: stages, and what happens in each.
 *
 * A person inside stands in one stage, and that must still be there. What a stage does may change
 * freely: conditions are looked at anew for everybody, and nothing was scheduled that would be wrong.
 */
import type { Flow, Migration, Rule, Stage } from './ir.ts';
import { alike, type PlanChange, type Sides } from './plan-change.ts';
import { isOtherUnit } from './plan-facts.ts';
import { inNewNames, wordsInNewNames } from './plan-names.ts';

/** `where` is `diary.` in the track or list of that name, and empty in the program's own flow. */
type Place = Sides<Flow> & { where: string };

export function planStages(place: Place): PlanChange[] {
  const { before, after, migration, where } = place;
  const changes: PlanChange[] = [];
  const who = where === '' ? 'Whoever is inside' : 'Whoever (or whatever) is inside';
  for (const [name, stage] of Object.entries(before.stages)) {
    const moved = migration.stages[name];
    const target = moved ?? name;
    const next = after.stages[target];
    if (moved !== undefined && next !== undefined) {
      const end = next.final === undefined || stage.final !== undefined ? '' : ', and is finished by that';
      changes.push({
        level: 'migrate',
        kind: 'stage',
        name: where + name,
        change:
          after.stages[name] === undefined
            ? `The stage \`${where}${name}\` is gone.`
            : `People leave the stage \`${where}${name}\`.`,
        people: `${who} goes to \`${target}\`${end}.`,
        met: `stage ${name} becomes ${target}`,
      });
    } else if (next === undefined) {
      changes.push(goneStage(name, stage, place, who));
    }
    if (next !== undefined)
      changes.push(...planStage(inNewNames(stage, migration), next, migration, where + target, who));
  }
  const taken = new Set(Object.values(migration.stages));
  for (const name of after.stageOrder) {
    if (before.stages[name] !== undefined || taken.has(name)) continue;
    changes.push({
      level: 'safe',
      kind: 'stage',
      name: where + name,
      change: `The stage \`${where}${name}\` is new.`,
      people: 'Nobody is inside yet.',
    });
  }
  if ((migration.stages[before.initial] ?? before.initial) !== after.initial)
    changes.push({
      level: 'safe',
      kind: 'stage',
      name: where + after.initial,
      change: `It begins with \`${where}${after.initial}\` now, instead of \`${before.initial}\`.`,
      people: 'People inside stay where they are; newcomers begin there.',
    });
  for (const exit of before.exits.filter((one) => !after.exits.includes(one)))
    changes.push({
      level: 'safe',
      kind: 'exit',
      name: exit,
      change: `Nobody leaves as \`${exit}\` any more.`,
      people: 'Who has left so stays so; figures by that name get no more.',
    });
  for (const exit of after.exits.filter((one) => !before.exits.includes(one)))
    changes.push({
      level: 'safe',
      kind: 'exit',
      name: exit,
      change: `People may leave as \`${exit}\` now.`,
      people: 'Whoever fulfils its condition already leaves at once.',
    });
  return [
    ...changes,
    ...planRules(
      inNewNames(before.anytime, migration),
      after.anytime,
      migration,
      `${where}anytime`,
      'Whoever is anywhere',
    ),
  ];
}

function goneStage(name: string, stage: Stage, { before, after, where }: Place, who: string): PlanChange {
  const change = `The stage \`${where}${name}\` is gone.`;
  const place = { kind: 'stage', name: where + name, change } as const;
  if (stage.final !== undefined)
    return {
      ...place,
      level: 'safe',
      people: 'Who has finished there stays finished; nobody finishes there any more.',
    };
  const added = after.stageOrder.filter((one) => before.stages[one] === undefined);
  return {
    ...place,
    level: 'migrate',
    people: `${who} would stand in a stage that is not there.`,
    remedy: `Write \`stage ${name} becomes ${added.length === 1 ? added[0] : '…'}\`.`,
  };
}

/** `before` has the names of the new version. */
function planStage(before: Stage, after: Stage, migration: Migration, name: string, who: string): PlanChange[] {
  const changes: PlanChange[] = [];
  const add = (kind: PlanChange['kind'], change: string, people: string) =>
    changes.push({ level: 'safe', kind, name, change, people });
  if (before.final === undefined && after.final !== undefined)
    changes.push({
      level: 'migrate',
      kind: 'stage',
      name,
      change: `The stage \`${name}\` is final now.`,
      people: `${who} would be neither on the way nor finished.`,
      remedy: `Make the final stage a new one, and write \`stage ${before.name} becomes …\`.`,
    });
  if (before.final !== undefined && after.final === undefined)
    add('stage', `The stage \`${name}\` is not final any more.`, 'Who has finished there stays finished.');
  if (before.final !== undefined && after.final !== undefined && before.final !== after.final)
    add(
      'stage',
      `The stage \`${name}\` ends as ${after.final} now.`,
      'Who has finished there keeps the outcome they had.',
    );
  if (before.protected !== after.protected)
    add(
      'stage',
      `The stage \`${name}\` is ${after.protected ? 'protected now' : 'not protected any more'}.`,
      `${who} stays.`,
    );
  if (before.skill !== after.skill)
    add(
      'stage',
      `In \`${name}\` the agent speaks with ${after.skill === undefined ? 'no skill' : `the skill \`${after.skill}\``} now.`,
      'It does so from the next run on.',
    );
  if (!alike(before.entry, after.entry))
    add(
      'rule',
      `What happens on entering \`${name}\` is different.`,
      `${who} has entered already, and nothing of it is done again.`,
    );
  if (!alike(before.review, after.review))
    add(
      'timer',
      `Reviews in \`${name}\` come ${after.review === undefined ? 'no more' : before.review === undefined ? 'from now on' : 'in another rhythm'}.`,
      'The next one falls by the new rule.',
    );
  if (!alike(before.nudges, after.nudges))
    add(
      'timer',
      `Nudges in \`${name}\` are different.`,
      'Silence counts from the last sign as before; a nudge that is due by the new rule is sent at the next time that suits.',
    );
  if (!alike(before.escalations, after.escalations))
    add(
      'timer',
      `Escalations in \`${name}\` come at other times, or to others.`,
      'Who is inside for as long already is told of at once; what was told is not told again.',
    );
  changes.push(...planQuestions(before, after, name));
  return [...changes, ...planRules(before.rules, after.rules, migration, name, who)];
}

/** Questions of a stage are known by the field they fill. */
function planQuestions(before: Stage, after: Stage, name: string): PlanChange[] {
  const changes: PlanChange[] = [];
  const add = (field: string, change: string, people: string) =>
    changes.push({ level: 'safe', kind: 'question', name: `${name}: ${field}`, change, people });
  for (const question of before.questions) {
    const next = after.questions.find(({ field }) => field === question.field);
    if (next === undefined)
      add(
        question.field,
        `In \`${name}\` nobody is asked for \`${question.field}\` any more.`,
        'Who has the question open is not waited for; what they write is a message like any other.',
      );
    else if (!alike({ ...question, id: '' }, { ...next, id: '' }))
      add(
        question.field,
        `The question for \`${question.field}\` in \`${name}\` is different.`,
        isOtherUnit(question.type, next.type)
          ? 'It counts in another unit: where it is open it is withdrawn and asked anew.'
          : 'Who has it open has read the old words; their answer is read by the new rule.',
      );
  }
  for (const { field } of after.questions.filter((one) => !before.questions.some((old) => old.field === one.field)))
    add(field, `In \`${name}\` people are asked for \`${field}\`.`, 'Whoever is inside is asked as well.');
  return changes;
}

/**
 * Rules are the same where they say the same, `before` in the names of the new version; of the rest, those of one id
 * are one rule that changed.
 */
function planRules(
  before: readonly Rule[],
  after: readonly Rule[],
  migration: Migration,
  place: string,
  who: string,
): PlanChange[] {
  const wordsOf = ({ source }: Rule) => wordsInNewNames(source, migration);
  const contentOf = (rule: Rule) => ({ ...rule, id: '', source: '' });
  const same = (a: Rule, b: Rule) => wordsOf(a) === wordsOf(b) && alike(contentOf(a), contentOf(b));
  const gone = before.filter((rule) => !after.some((other) => same(rule, other)));
  const added = after.filter((rule) => !before.some((other) => same(rule, other)));
  const changes: PlanChange[] = [];
  const add = (change: string, people: string) =>
    changes.push({ level: 'safe', kind: 'rule', name: place, change, people });
  const told = new Set<string>();
  for (const rule of added) {
    const old = gone.find(({ id }) => id === rule.id);
    const words = shorten(rule.source);
    // A handler with branches is several rules of one text.
    if (told.has(words)) continue;
    told.add(words);
    add(
      old === undefined ? `In \`${place}\`, new: ${words}` : `In \`${place}\`, different: ${words}`,
      whenTaken(rule, who),
    );
  }
  for (const rule of gone.filter(({ id }) => !added.some((one) => one.id === id))) {
    const words = shorten(rule.source);
    if (told.has(words)) continue;
    told.add(words);
    add(`In \`${place}\`, gone: ${words}`, 'It does nothing from now on.');
  }
  if (!alike(inBoth(before.map(wordsOf), after.map(wordsOf)), inBoth(after.map(wordsOf), before.map(wordsOf))))
    add(`In \`${place}\`, rules stand in another order.`, 'Where several could be taken at once, another one is.');
  return changes;
}

/** What both have, in the order of the first. */
const inBoth = (some: readonly string[], others: readonly string[]): string[] => [
  ...new Set(some.filter((one) => others.includes(one))),
];

function whenTaken(rule: Rule, who: string): string {
  switch (rule.trigger.kind) {
    case 'holds':
      return `${who} and fulfils its condition ${rule.move === undefined ? 'is met by it' : 'moves'} at once.`;
    case 'becomes':
      return 'For whom its condition holds already it has been seen; it happens when it turns to holding again.';
    case 'cadence':
    case 'reached':
      return 'It happens the next time its moment comes; a moment that has passed is passed over.';
    default:
      return 'It counts from the next time.';
  }
}

/** A rule's words, as long as a line. */
const sourceMax = 90;
const shorten = (source: string): string =>
  `\`${source.length > sourceMax ? `${source.slice(0, sourceMax).trimEnd()}…` : source}\``;
