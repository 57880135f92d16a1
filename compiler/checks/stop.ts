/** Whoever says “stop” is let go: a handler for it must leave, whatever else it does. */
import type { Action } from '../../language/ast.ts';
import { diagnostic } from '../../language/diagnostics.ts';
import { textWithoutHoles } from '../constants.ts';
import { commandWord } from '../normalize-command.ts';
import { stopWord } from '../stop.ts';
import { type Check, rulesOfPart } from './question.ts';

export const stop: Check = {
  part(part, _, report) {
    for (const rule of rulesOfPart(part)) {
      if (rule.kind !== 'command') continue;
      const word = rule.words.find((one) => commandWord(textWithoutHoles(one)) === stopWord);
      if (word !== undefined && !leaves(rule.body)) report(diagnostic('stop-stays', word.span));
    }
  },
};

/** Whether every way through a body ends in leaving. */
function leaves(body: readonly Action[]): boolean {
  return body.some(
    (action) =>
      (action.kind === 'move' && action.direction === 'leave') ||
      (action.kind === 'if' && leaves(action.then) && leaves(action.otherwise)),
  );
}
