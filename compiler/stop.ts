/**
 * The word that always ends it: `stop` works in every stage of every program, also where the
 * program does not mention it.
 *
 * A program may say more to it (`command "stop" { say "…" leave as quit }`); one that answers it
 * without letting people go is refused (`checks/stop.ts`).
 */
import type { Ir, Rule, Stage } from './ir.ts';
import { commandWord } from './normalize-command.ts';

export const stopWord = 'stop';
/** The name people leave under where the program gives none. */
export const stopExit = 'opted_out';

const stopRuleId = (stage: string): string => `${stage}/stop`;

/** Whether a rule is the one every stage has. */
export const isStopRule = (rule: Rule): boolean => rule.id.endsWith('/stop');

/** Gives each stage that does not answer `stop` the rule that does, last in precedence. */
export function withStop(ir: Ir): Ir {
  if (ir.anytime.some(letsGo)) return ir;
  const stages = Object.fromEntries(
    Object.entries(ir.stages).map(([name, stage]) => [
      name,
      stage.final || stage.rules.some(letsGo) ? stage : stoppable(stage),
    ]),
  );
  const added = Object.values(stages).some((stage) => stage.rules.some(isStopRule));
  return { ...ir, stages, exits: added && !ir.exits.includes(stopExit) ? [...ir.exits, stopExit] : ir.exits };
}

/** The same stage gives the same again. */
const stoppables = new WeakMap<Stage, Stage>();

function stoppable(stage: Stage): Stage {
  const known = stoppables.get(stage);
  if (known !== undefined) return known;
  const rule: Rule = {
    id: stopRuleId(stage.name),
    trigger: { kind: 'command', words: [stopWord] },
    effects: [],
    move: { direction: 'leave', as: stopExit },
    source: `the word “${stopWord}” always ends it`,
    span: stage.span,
  };
  const made = { ...stage, rules: [...stage.rules, rule] };
  stoppables.set(stage, made);
  return made;
}

function letsGo({ trigger, condition, move }: Rule): boolean {
  return (
    trigger.kind === 'command' &&
    trigger.words.some((word) => commandWord(word) === stopWord) &&
    condition === undefined &&
    move?.direction === 'leave'
  );
}
