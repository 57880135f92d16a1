/**
 * Things stand where they make sense: no moves on entry, no `else` that nothing leads to, no holes where the words
 * are the same for all.
 */
import type { Action, Approval, Name, Span, TextLiteral } from '../../language/ast.ts';
import { diagnostic } from '../../language/diagnostics.ts';
import type { Checked, Report } from '../symbols.ts';
import { entryActions, type Part } from '../walk.ts';
import { type Check, rulesOfPart } from './question.ts';

export const placement: Check = { outside: ofProgram, part: ofPart };

function ofProgram({ program }: Checked, report: Report): void {
  sameForAll(program.title, 'The title of a program', report);
  const titled = new Set<string>();
  for (const item of program.items) {
    if (item.kind === 'about') sameForAll(item.text, 'What the program is about', report);
    if (item.kind === 'timezone') sameForAll(item.fallback, 'A time zone', report);
    if (item.kind === 'enroll') sameForAll(item.domain, 'A domain', report);
    if ((item.kind !== 'track' && item.kind !== 'list') || titled.has(item.name.text)) continue;
    titled.add(item.name.text);
    sameForAll(item.title, 'The title of a track or a list', report);
  }
}

function ofPart(part: Part, _: Checked, report: Report): void {
  const { stage, deeds } = part;
  for (const rule of rulesOfPart(part)) {
    if (rule.kind === 'command') for (const word of rule.words) sameForAll(word, 'A command', report);
    if (rule.kind === 'pause' && stage === undefined)
      refuse(rule, '`pause` outside a stage', 'Write it in the stage whose timers stand still.', report);
  }
  if (stage !== undefined) {
    effectsOnly(entryActions(stage), 'on entering a stage', 'Write a rule instead: `advance to … when …`.', report);
  }
  for (const { rule, action } of deeds) {
    if (action?.kind === 'ask') afterElse(action, action.to === undefined ? 'the answer' : quoted(action.to), report);
    if (action?.kind === 'propose') afterElse(action.approved, quoted(action.approved.by), report);
    if (action !== undefined || rule?.kind !== 'transition') continue;
    if (rule.approved !== undefined) afterElse(rule.approved, quoted(rule.approved.by), report);
    // People leave as something.
    if (rule.direction === 'leave' && rule.to !== undefined)
      refuse(rule, 'A stage', 'People leave `as` something: `leave as lost`.', report);
  }
}

function refuse(place: { span: Span }, what: string, remedy: string, report: Report): void {
  report(diagnostic('not-here', place.span, { what, remedy }));
}

function sameForAll(text: TextLiteral | undefined, of: string, report: Report): void {
  for (const part of text?.parts ?? [])
    if (typeof part !== 'string') refuse(part, 'A hole', `${of} is the same for everybody.`, report);
}

const quoted = ({ text }: Name): string => `\`${text}\``;

/** `awaited` is who, or what, has only so long. */
function afterElse(
  { within, otherwise }: Pick<Approval, 'within' | 'otherwise'>,
  awaited: string,
  report: Report,
): void {
  const [first, last] = [otherwise[0], otherwise.at(-1)];
  if (within === undefined && first !== undefined && last !== undefined) {
    const span = { ...first.span, end: last.span.end };
    report(diagnostic('else-without-within', span, { awaited }));
  }
  effectsOnly(otherwise, 'after `else`', 'Say something or escalate there; move with a rule of the stage.', report);
}

function effectsOnly(actions: readonly Action[], where: string, remedy: string, report: Report): void {
  for (const action of actions) {
    if (action.kind === 'move' || action.kind === 'restart' || action.kind === 'interrupt')
      refuse(action, `A move ${where}`, action.kind === 'move' ? remedy : inRule(action), report);
    if (action.kind === 'if') refuse(action, `A condition ${where}`, remedy, report);
  }
}

const inRule = (action: Action): string =>
  `Write a rule instead: \`when … { ${action.kind === 'interrupt' ? `interrupt with ${action.with.text}` : 'restart stage'} }\`.`;
