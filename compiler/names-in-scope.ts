/**
 * Names where they are used: the let that one stands for, and what to say of one that stands for nothing.
 *
 * What a scope is stands in `inference.ts`; what a name is worth is worked out in `infer-names.ts`.
 */
import type { Name } from '../language/ast.ts';
import { type Details, diagnostic } from '../language/diagnostics.ts';
import { type Inference, type Scope, sourceOf } from './inference.ts';
import { leftOutSubject } from './left-out-subject.ts';
import { listed, meant } from './names.ts';
import { phraseFor } from './phrases.ts';
import { saidMissing } from './said-missing.ts';
import { type Checked, flowSymbols, type LetSymbol } from './symbols.ts';

/** A let (or bands, or a window's end) by the name it has where `scope` is. */
export function letNamed({ symbols }: Checked, name: string, scope: Scope): LetSymbol | undefined {
  return scope.stage?.lets.get(name) ?? scope.flow?.lets.get(name) ?? symbols.lets.get(name);
}

/** Reports a name nobody declared, with the nearest one in scope, or where it is declared instead. */
export function unknownName(cx: Inference, name: Name, scope: Scope): void {
  cx.report(diagnostic('unknown-name', name.span, { name: name.text }, unknownDetails(cx, name, scope)));
}

function unknownDetails(cx: Inference, name: Name, scope: Scope): Details {
  const { symbols } = cx.checked;
  const source = sourceOf(cx.checked, name.span);
  const misput = saidMissing(source, name.span) ?? leftOutSubject(source, name.span, isChoiceIn(cx, scope));
  if (misput !== undefined) return misput;
  for (const flow of flowSymbols(symbols)) {
    const elsewhere = [...flow.stages.values()].find((stage) => stage.lets.has(name.text));
    const own = elsewhere?.lets.get(name.text) ?? (flow.kind === 'main' ? undefined : flow.lets.get(name.text));
    if (own === undefined) continue;
    const where = elsewhere === undefined ? `of \`${flow.name}\`` : `of the stage \`${elsewhere.name}\``;
    const out = elsewhere === undefined ? `the ${flow.kind}` : 'the stage';
    const ofItem = flow.kind === 'list' ? ', or keep in a field what it says of an item' : '';
    return {
      hint: `It is a \`let\` ${where}; to use it here as well, move it out of ${out}${ofItem}.`,
      related: [{ message: 'It is defined here.', span: own.node.span }],
    };
  }
  if ([scope.stage, scope.flow, symbols.main].some((one) => one?.windows.has(name.text))) {
    const ends = `\`${name.text}.opens\`, \`${name.text}.closes\``;
    return { hint: `It is a window: ask \`today in ${name.text}\`, or name its first or last day: ${ends}.` };
  }
  if (symbols.tables.has(name.text)) return { hint: `It is a table: say which cell, as in \`${name.text}[…]\`.` };
  const list = [...symbols.lists.values()].find((one) => one.fields.has(name.text));
  if (list !== undefined) {
    const item = list.key === undefined ? `${list.name}[1]` : `${list.name}["…"]`;
    return {
      hint: `Each item of \`${list.name}\` has one: say whose, as in \`${item}.${name.text}\`, or use it in \`each ${list.name} { … }\`.`,
      related: [{ message: 'It is declared here.', span: list.fields.get(name.text)?.span ?? name.span }],
    };
  }
  const candidates = [
    ...(scope.argument === undefined ? [] : [scope.argument.name]),
    ...(scope.entryOf?.fields.keys() ?? []),
    ...(scope.item?.fields.keys() ?? []),
    ...(scope.stage?.lets.keys() ?? []),
    ...(scope.flow?.lets.keys() ?? []),
    ...symbols.lets.keys(),
    ...symbols.fields.keys(),
    ...symbols.series.keys(),
  ];
  const isAnchor = /\b(since|day of)\s+$/.test(
    source.slice(Math.max(0, name.span.start - ANCHOR_MAX), name.span.start),
  );
  if (isAnchor) candidates.push('entered', 'enrolled');
  const phrase = phraseFor(name.text);
  return meant(name, candidates, phrase === undefined ? entryHint(scope) : { hint: phrase });
}

/** In `where` and in `on` the entry's own fields come first: to add a field to `data` would hide that one was meant. */
function entryHint({ entryOf }: Scope): Details {
  if (entryOf === undefined) return {};
  const known = listed([...entryOf.fields.keys()], 'no fields');
  return { hint: `${entryOf.list ? 'An item' : 'An entry'} of \`${entryOf.name}\` has ${known}.` };
}

/** As much as stands before a name that counts from it. */
const ANCHOR_MAX = 16;

/** Whether a word is one of the choices of a field, or a stage where stages are asked for. */
const isChoiceIn =
  ({ checked }: Inference, { entryOf, item, flow }: Scope) =>
  (subject: string, word: string): boolean => {
    if (subject === 'stage') return (flow ?? checked.symbols.main).stages.has(word);
    const type = (entryOf?.fields.get(subject) ?? item?.fields.get(subject) ?? checked.symbols.fields.get(subject))
      ?.type;
    return type?.kind === 'choice' && type.options.includes(word);
  };
