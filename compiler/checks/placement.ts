/** Things stand where they make sense: no moves on entry, no holes where the words are the same for all. */
import type { Action, TextLiteral } from '../../language/ast.ts';
import { diagnostic } from '../../language/diagnostics.ts';
import { deedsIn, entryActions, flowsOf, rulesOf } from '../walk.ts';
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
  for (const flow of flowsOf(program)) {
    for (const rule of flow.anytime) {
      commandWords(rule);
      if (rule.kind === 'pause')
        refuse(rule, '`pause` outside a stage', 'Write it in the stage whose timers stand still.');
    }
    for (const stage of flow.stages) {
      for (const rule of rulesOf(stage)) commandWords(rule);
      effectsOnly(entryActions(stage), 'on entering a stage', 'Write a rule instead: `advance to … when …`.');
    }
    if (flow.kind !== 'main') whole(titleOf(flow.name), 'The title of a track or a list');
  }
  for (const { rule, action } of deedsIn(program)) {
    if (action?.kind === 'ask') afterElse(action.otherwise);
    if (action?.kind === 'propose') afterElse(action.approved.otherwise);
    if (action !== undefined || rule?.kind !== 'transition') continue;
    afterElse(rule.approved?.otherwise ?? []);
    // People leave as something.
    if (rule.direction === 'leave' && rule.to !== undefined)
      refuse(rule, 'A stage', 'People leave `as` something: `leave as lost`.');
  }

  function afterElse(body: readonly Action[]): void {
    effectsOnly(body, 'after `else`', 'Say something or escalate there; move with a rule of the stage.');
  }

  function titleOf(name: string): TextLiteral | undefined {
    return program.items.flatMap((item) =>
      (item.kind === 'track' || item.kind === 'list') && item.name.text === name ? [item.title] : [],
    )[0];
  }

  function commandWords(rule: ReturnType<typeof rulesOf>[number]): void {
    if (rule.kind === 'command') for (const word of rule.words) whole(word, 'A command');
  }
};
