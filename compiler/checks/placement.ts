/** Things stand where they make sense: no moves on entry, no holes where the words are the same for all. */
import type { Action, TextLiteral } from '../../language/ast.ts';
import { diagnostic } from '../../language/diagnostics.ts';
import { anytimeRules, entryActions, rulesOf, stagesOf } from '../walk.ts';
import type { Check } from './question.ts';

export const placement: Check = ({ program }, report) => {
  const refuse = (place: { span: Action['span'] }, what: string, remedy: string) =>
    report(diagnostic('not-here', place.span, { what, remedy }));
  const whole = (text: TextLiteral | undefined, of: string) => {
    for (const part of text?.parts ?? [])
      if (typeof part !== 'string') refuse(part, 'A hole', `${of} is the same for everybody.`);
  };
  const effectsOnly = (actions: readonly Action[], where: string, remedy: string) => {
    for (const action of actions) {
      if (action.kind === 'move' || action.kind === 'restart' || action.kind === 'interrupt')
        refuse(action, `A move ${where}`, action.kind === 'move' ? remedy : inRule(action));
      if (action.kind === 'if') refuse(action, `A condition ${where}`, remedy);
    }
  };

  const inRule = (action: Action) =>
    `Write a rule instead: \`when … { ${action.kind === 'interrupt' ? `interrupt with ${action.with.text}` : 'restart stage'} }\`.`;

  whole(program.title, 'The title of a program');
  for (const item of program.items) {
    if (item.kind === 'about') whole(item.text, 'What the program is about');
    if (item.kind === 'timezone') whole(item.fallback, 'A time zone');
    if (item.kind === 'enroll') whole(item.domain, 'A domain');
  }
  for (const rule of anytimeRules(program)) commandWords(rule);
  for (const stage of stagesOf(program)) {
    for (const rule of rulesOf(stage)) commandWords(rule);
    effectsOnly(entryActions(stage), 'on entering a stage', 'Write a rule instead: `advance to … when …`.');
    for (const item of stage.items) {
      if (item.kind === 'ask')
        effectsOnly(item.otherwise, 'after `else`', 'Say something or escalate there; move with a rule of the stage.');
    }
    for (const rule of rulesOf(stage)) {
      if (rule.kind !== 'transition' || rule.direction !== 'leave') continue;
      if (rule.to !== undefined) refuse(rule, 'A stage', 'People leave `as` something: `leave as lost`.');
    }
  }

  function commandWords(rule: ReturnType<typeof rulesOf>[number]): void {
    if (rule.kind === 'command') for (const word of rule.words) whole(word, 'A command');
  }
};
