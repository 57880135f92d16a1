/**
 * Walks over the parts of a program that several phases look through.
 *
 * A flow is the program itself, a track or a list: whatever has stages. What is said of stages and
 * rules here is said of every flow, unless the name says otherwise.
 */
import type { Action, Approval, List, Program, Rule, Stage, Track } from '../language/ast.ts';
import { COHORT } from './names.ts';

/** The program itself (`node` is absent), a track, or a list. */
export type FlowNode = {
  kind: 'main' | 'track' | 'list';
  name: string;
  node?: Track | List;
  items: readonly { kind: string }[];
  stages: Stage[];
  anytime: Rule[];
};

export function flowsOf(program: Program): FlowNode[] {
  const flow = (kind: FlowNode['kind'], name: string, items: Program['items'], node?: Track | List): FlowNode => ({
    kind,
    name,
    ...(node === undefined ? {} : { node }),
    items,
    stages: items.filter((item) => item.kind === 'stage'),
    anytime: items.flatMap((item) => (item.kind === 'anytime' ? item.items : [])),
  });
  return [
    flow('main', program.name.text, program.items),
    ...program.items.flatMap((item) =>
      item.kind === 'track' || item.kind === 'list' ? [flow(item.kind, item.name.text, item.items, item)] : [],
    ),
  ];
}

/** Every action of a body in order of the text, also those inside its conditions, questions and approvals. */
export function actionsIn(body: readonly Action[], into: Action[] = []): Action[] {
  for (const action of body) {
    into.push(action);
    for (const inner of bodiesOf(action)) actionsIn(inner, into);
  }
  return into;
}

/** The bodies inside one action. */
export function bodiesOf(action: Action): Action[][] {
  switch (action.kind) {
    case 'if':
      return [action.then, action.otherwise];
    case 'each':
      return [action.body];
    case 'ask':
      return [action.otherwise];
    case 'propose':
      return bodiesOfApproval(action.approved);
    default:
      return [];
  }
}

const bodiesOfApproval = (approved: Approval | undefined): Action[][] =>
  approved === undefined ? [] : [approved.otherwise, approved.refused];

/** The bodies of a rule: what it does, or what is done where nobody approves of its move. */
export function bodiesOfRule(rule: Rule): Action[][] {
  if (rule.kind === 'pause') return [];
  return rule.kind === 'transition' ? bodiesOfApproval(rule.approved) : [rule.body];
}

/** The stages of the program's own flow. */
export function stagesOf(program: Program): Stage[] {
  return program.items.filter((item) => item.kind === 'stage');
}

/** `anytime` of the program's own flow. */
export function anytimeRules(program: Program): Rule[] {
  return program.items.flatMap((item) => (item.kind === 'anytime' ? item.items : []));
}

const ruleKinds: ReadonlySet<string> = new Set<Rule['kind']>([
  'command',
  'on',
  'when',
  'check',
  'at',
  'pause',
  'transition',
]);
export const isRule = (item: { kind: string }): item is Rule => ruleKinds.has(item.kind);

/** The rules of a stage, without its other clauses. */
export function rulesOf(stage: Stage): Rule[] {
  return stage.items.filter(isRule);
}

const entryKinds: ReadonlySet<string> = new Set<Action['kind']>([
  'say',
  'say-in-turn',
  'say-with-skill',
  'tell',
  'send',
  'call',
  'propose',
  'add',
  'each',
  'clear',
  'set',
  'record',
  'move',
  'restart',
  'interrupt',
  'escalate-now',
  'if',
]);

/** Whether an item of a stage is an action done on entry. A question is asked by the stage itself. */
export const isEntryAction = (item: { kind: string }): item is Exclude<Action, { kind: 'ask' }> =>
  entryKinds.has(item.kind);

/** The actions written straight into a stage: they happen on entry. */
export function entryActions(stage: Stage): Action[] {
  return stage.items.filter(isEntryAction);
}

/** A rule, or an action and the rule it belongs to; loose actions of a stage have none. */
export type Deed = { rule?: Rule; action?: Action };

/**
 * A part of a program: a stage, or what stands outside of the stages in a flow; with everything there that can act or
 * move somebody.
 */
export type Part = { flow: FlowNode; stage?: Stage; deeds: readonly Deed[] };

/**
 * Found once for each tree, and what is in a stage once for the stage: half a dozen checks ask. A tree never changes.
 */
const partsFound = new WeakMap<Program, readonly Part[]>();
const deedsFound = new WeakMap<Stage, readonly Deed[]>();

/** In the order of the text, flow by flow: what is outside of its stages, then the stages. */
export function partsOf(program: Program): readonly Part[] {
  const known = partsFound.get(program);
  if (known !== undefined) return known;
  const parts: Part[] = [];
  for (const flow of flowsOf(program)) {
    const deeds: Deed[] = [];
    for (const rule of flow.anytime) deedsOfRule(rule, deeds);
    parts.push({ flow, deeds });
    for (const stage of flow.stages) parts.push({ flow, stage, deeds: deedsOf(stage) });
  }
  partsFound.set(program, parts);
  return parts;
}

/** Every place in a stage that can act or move somebody. */
export function deedsOf(stage: Stage): readonly Deed[] {
  const known = deedsFound.get(stage);
  if (known !== undefined) return known;
  const deeds: Deed[] = [];
  for (const item of stage.items) if (isRule(item)) deedsOfRule(item, deeds);
  for (const action of actionsIn(entryActions(stage))) deeds.push({ action });
  for (const item of stage.items) {
    if (item.kind !== 'ask') continue;
    deeds.push({ action: item });
    for (const action of actionsIn(item.otherwise)) deeds.push({ action });
  }
  deedsFound.set(stage, deeds);
  return deeds;
}

function deedsOfRule(rule: Rule, into: Deed[]): void {
  into.push({ rule });
  for (const body of bodiesOfRule(rule)) for (const action of actionsIn(body)) into.push({ rule, action });
}

/** Every place that can act or move somebody: rules and loose actions. */
export function* deedsIn(program: Program): Generator<Deed> {
  for (const { deeds } of partsOf(program)) yield* deeds;
}

/** Whether an action tells or sends something to the others of the cohort. */
export const reachesCohort = (action: Action): boolean =>
  (action.kind === 'tell' || action.kind === 'send') && action.to.text === COHORT;

/** Whether the program has something for the cohort anywhere. */
export const tellsCohort = (program: Program): boolean =>
  partsOf(program).some(({ deeds }) => deeds.some(({ action }) => action !== undefined && reachesCohort(action)));
