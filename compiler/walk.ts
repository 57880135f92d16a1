/**
 * Walks over the parts of a program that several phases look through.
 *
 * A flow is the program itself, a track or a list: whatever has stages. What is said of stages and
 * rules here is said of every flow, unless the name says otherwise.
 */
import type { Action, Approval, Program, Rule, Stage } from '../language/ast.ts';
import { COHORT } from './names.ts';

/** The program itself (`node` is absent), a track, or a list. */
export type FlowNode = {
  kind: 'main' | 'track' | 'list';
  name: string;
  items: readonly { kind: string }[];
  stages: Stage[];
  anytime: Rule[];
};

export function flowsOf(program: Program): FlowNode[] {
  const flow = (kind: FlowNode['kind'], name: string, items: Program['items']): FlowNode => ({
    kind,
    name,
    items,
    stages: items.filter((item) => item.kind === 'stage'),
    anytime: items.flatMap((item) => (item.kind === 'anytime' ? item.items : [])),
  });
  return [
    flow('main', program.name.text, program.items),
    ...program.items.flatMap((item) =>
      item.kind === 'track' || item.kind === 'list' ? [flow(item.kind, item.name.text, item.items)] : [],
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

/** The stages of every flow. */
export function allStages(program: Program): Stage[] {
  return flowsOf(program).flatMap((flow) => flow.stages);
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

export type Deed = { flow: FlowNode; stage?: Stage; rule?: Rule; action?: Action };

/** Found once for each tree: half a dozen checks ask. A tree never changes. */
const deedsOf = new WeakMap<Program, readonly Deed[]>();

/** Every place that can act or move somebody: rules and loose actions, with the flow and the stage they stand in. */
export function deedsIn(program: Program): readonly Deed[] {
  const known = deedsOf.get(program);
  if (known !== undefined) return known;
  const deeds: Deed[] = [];
  for (const flow of flowsOf(program)) {
    for (const rule of flow.anytime) {
      deeds.push({ flow, rule });
      for (const body of bodiesOfRule(rule)) for (const action of actionsIn(body)) deeds.push({ flow, rule, action });
    }
    for (const stage of flow.stages) {
      for (const rule of rulesOf(stage)) {
        deeds.push({ flow, stage, rule });
        for (const body of bodiesOfRule(rule))
          for (const action of actionsIn(body)) deeds.push({ flow, stage, rule, action });
      }
      for (const action of actionsIn(entryActions(stage))) deeds.push({ flow, stage, action });
      for (const item of stage.items) {
        if (item.kind !== 'ask') continue;
        deeds.push({ flow, stage, action: item });
        for (const action of actionsIn(item.otherwise)) deeds.push({ flow, stage, action });
      }
    }
  }
  deedsOf.set(program, deeds);
  return deeds;
}

/** Whether an action tells or sends something to the others of the cohort. */
export const reachesCohort = (action: Action): boolean =>
  (action.kind === 'tell' || action.kind === 'send') && action.to.text === COHORT;

/** Whether the program has something for the cohort anywhere. */
export const tellsCohort = (program: Program): boolean =>
  deedsIn(program).some(({ action }) => action !== undefined && reachesCohort(action));
