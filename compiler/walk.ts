/**
 * Walks over the parts of a program that several phases look through.
 */
import type { Action, Program, Rule, Stage } from '../language/ast.ts';

/** Every action of a body, also those inside `when … { } else { }`, in order of the text. */
export function* actionsIn(body: readonly Action[]): Generator<Action> {
  for (const action of body) {
    yield action;
    if (action.kind === 'if') {
      yield* actionsIn(action.then);
      yield* actionsIn(action.otherwise);
    }
  }
}

/** Every action a rule can do. A transition is no action. */
function actionsOfRule(rule: Rule): Generator<Action> {
  return actionsIn(rule.kind === 'transition' ? [] : rule.body);
}

export function stagesOf(program: Program): Stage[] {
  return program.items.filter((item) => item.kind === 'stage');
}

export function anytimeRules(program: Program): Rule[] {
  return program.items.flatMap((item) => (item.kind === 'anytime' ? item.items : []));
}

/** The rules of a stage, without its other clauses. */
export function rulesOf(stage: Stage): Rule[] {
  return stage.items.filter(
    (item) => item.kind === 'command' || item.kind === 'on' || item.kind === 'when' || item.kind === 'transition',
  );
}

const entryKinds = new Set([
  'say',
  'say-with-skill',
  'set',
  'record',
  'move',
  'restart',
  'interrupt',
  'escalate-now',
  'if',
]);

/** The actions written straight into a stage: they happen on entry. */
export function entryActions(stage: Stage): Action[] {
  return stage.items.filter((item): item is Action => entryKinds.has(item.kind));
}

/** Every place that can act or move somebody: rules and loose actions, with the stage they stand in. */
export function* deedsIn(program: Program): Generator<{ stage?: Stage; rule?: Rule; action?: Action }> {
  for (const rule of anytimeRules(program)) {
    yield { rule };
    for (const action of actionsOfRule(rule)) yield { rule, action };
  }
  for (const stage of stagesOf(program)) {
    for (const rule of rulesOf(stage)) {
      yield { stage, rule };
      for (const action of actionsOfRule(rule)) yield { stage, rule, action };
    }
    for (const action of actionsIn(entryActions(stage))) yield { stage, action };
    for (const item of stage.items) {
      if (item.kind === 'ask') for (const action of actionsIn(item.otherwise)) yield { stage, action };
    }
  }
}
