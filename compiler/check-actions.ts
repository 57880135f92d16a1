/**
 * Single actions: what they say, set, record, add, ask, propose and call, and what is known after them.
 */
import type { Action, Ask, Assignment, Name } from '../language/ast.ts';
import { diagnostic } from '../language/diagnostics.ts';
import { needRecipient, needRole } from './check-people.ts';
import { conditionScope, knownBehind, laterScope, warnOfOld } from './check-touched.ts';
import { tellIncompleteEntry, tellIncompleteItem } from './incomplete-entry.ts';
import { inferText } from './infer.ts';
import { meeting } from './infer-operators.ts';
import { entryScope, needSeries } from './infer-series.ts';
import { asLength, needLength } from './infer-times.ts';
import {
  type Inference,
  type Inferred,
  isNumber,
  type Known,
  needPresent,
  type Scope,
  unwrap,
  words,
} from './inference.ts';
import { listed, meant } from './names.ts';
import { forget, narrow } from './narrow.ts';
import type { Collection, FieldSymbol, ListSymbol } from './symbols.ts';
import { describeRange, describeType, fits, howToWrite, type Type } from './value-types.ts';

type CheckBody = (cx: Inference, body: readonly Action[], scope: Scope) => void;

/** Checks one action and tells what is known after it. Bodies inside it are checked with `checkBody`. */
export function checkAction(cx: Inference, action: Action, scope: Scope, checkBody: CheckBody): Known {
  switch (action.kind) {
    case 'say':
      inferText(cx, action.text, scope);
      return scope.known;
    case 'say-in-turn':
      for (const text of action.texts) inferText(cx, text, scope);
      return scope.known;
    case 'tell':
    case 'send':
      needRecipient(cx, action.to, scope);
      inferText(cx, action.text, scope);
      return scope.known;
    case 'escalate-now':
      needRecipient(cx, action.to, scope, true);
      if (action.text !== undefined) inferText(cx, action.text, scope);
      return scope.known;
    case 'call':
      checkCall(cx, action, scope);
      return scope.known;
    case 'ask':
      checkAsk(cx, action, scope, checkBody);
      return forget(scope.known, [action.as.text]);
    case 'propose': {
      const field = needDataField(cx, action.name, scope);
      checkKept(cx, action, field, scope);
      return scope.known;
    }
    case 'set':
      return checkAssignments(cx, [action], scope);
    case 'clear': {
      const field = needDataField(cx, action.name, scope);
      if (field !== undefined && !field.optional)
        cx.report(diagnostic('cannot-clear', action.name.span, { name: field.name }));
      return forget(scope.known, [action.name.text]);
    }
    case 'record': {
      const series = needSeries(cx, action.series);
      if (series !== undefined) checkEntry(cx, series, action, scope);
      return scope.known;
    }
    case 'add': {
      const list = needList(cx, action.list);
      if (list !== undefined) checkItem(cx, list, action, scope);
      return scope.known;
    }
    case 'each': {
      const list = needList(cx, action.list);
      if (list === undefined) return scope.known;
      const known = forget(scope.known, list.fields.keys());
      const { entryOf: _, ...here } = scope;
      const inside: Scope = { ...here, item: list, each: true, known };
      const held =
        action.where === undefined
          ? known
          : cx.knownWhere(action.where, { ...entryScope(scope, list.items), item: list });
      checkBody(cx, action.body, { ...inside, known: held });
      for (const one of action.body) {
        const refused = notForEach(one, list.name);
        if (refused !== undefined) cx.report(diagnostic('not-here', one.span, refused));
      }
      return scope.known;
    }
    case 'move':
      return checkAssignments(cx, action.with, scope);
    case 'if': {
      const asked = conditionScope(scope);
      const held = cx.knownWhere(action.condition, asked);
      warnOfOld(cx, action.condition, scope.touched ?? new Map());
      const failed = narrow(cx.checked, action.condition, false, asked.known);
      checkBody(cx, action.then, { ...scope, known: knownBehind(scope, held), atFirst: held });
      checkBody(cx, action.otherwise, { ...scope, known: knownBehind(scope, failed), atFirst: failed });
      return forget(scope.known, assigned([...action.then, ...action.otherwise]));
    }
    default:
      return scope.known;
  }
}

/** What cannot be done for every item at once. */
function notForEach(action: Action, list: string): { what: string; remedy: string } | undefined {
  const flow = `in the stages of \`list ${list} { … }\``;
  switch (action.kind) {
    case 'move':
    case 'restart':
    case 'interrupt':
      return { what: 'A move inside `each`', remedy: `Items move by rules of their own, ${flow}.` };
    case 'if':
      return {
        what: 'A condition inside `each`',
        remedy: `Say which items are meant: \`each ${list} where … { … }\`.`,
      };
    case 'ask':
    case 'propose':
      return { what: `\`${action.kind}\` inside \`each\``, remedy: `Let every item do it for itself, ${flow}.` };
    case 'each':
      return { what: '`each` inside `each`', remedy: 'Go through one list after the other.' };
    default:
      return undefined;
  }
}

function assigned(body: readonly Action[]): string[] {
  return body.flatMap((action) => {
    if (action.kind === 'set' || action.kind === 'clear') return [action.name.text];
    if (action.kind === 'if') return assigned([...action.then, ...action.otherwise]);
    return action.kind === 'move' ? action.with.map((one) => one.name.text) : [];
  });
}

export function checkAsk(cx: Inference, ask: Ask, scope: Scope, checkBody: CheckBody): void {
  if (ask.to !== undefined) needRole(cx, ask.to, 'answer');
  inferText(cx, ask.text, scope);
  needLength(cx, ask.within, scope);
  checkBody(cx, ask.otherwise, laterScope(scope));
}

function checkCall(cx: Inference, action: Extract<Action, { kind: 'call' }>, scope: Scope): void {
  const { services } = cx.checked.symbols;
  if (!services.has(action.service.text)) {
    const details = meant(action.service, services);
    cx.report(diagnostic('unknown-service', action.service.span, { name: action.service.text }, details));
  }
  noneTwice(cx, action.fields);
  for (const { value } of action.fields) {
    const found = unwrap(cx, value, cx.infer(value, { ...scope, place: 'let' }));
    if (found.type.kind === 'entry') {
      const words = { found: describeType(found.type), expected: 'a service takes plain values' };
      cx.report(diagnostic('wrong-type', value.span, words));
    }
  }
}

function noneTwice(cx: Inference, fields: readonly Assignment[]): Set<string> {
  const given = new Set<string>();
  for (const { name } of fields) {
    if (given.has(name.text)) cx.report(diagnostic('duplicate-name', name.span, { name: name.text }));
    given.add(name.text);
  }
  return given;
}

/** `with a = 1, b = a + 1`, in order: each sees the ones before it. */
export function checkAssignments(cx: Inference, assignments: readonly Assignment[], scope: Scope): Known {
  let known = scope.known;
  for (const assignment of assignments) {
    const field = needDataField(cx, assignment.name, scope);
    const found = checkKept(cx, assignment, field, { ...scope, known });
    known = forget(known, [assignment.name.text]);
    if (found !== undefined && !found.maybe) {
      known = new Map(known).set(assignment.name.text, { present: true, ...rangeOf(found.type) });
    }
  }
  return known;
}

const rangeOf = (type: Type) => (type.kind === 'number' ? { min: type.min, max: type.max } : {});

/** A field that the program may set: of the item at hand, or of `data`. */
export function needDataField(cx: Inference, name: Name, scope: Scope): FieldSymbol | undefined {
  const { symbols } = cx.checked;
  const field = scope.item?.fields.get(name.text) ?? symbols.fields.get(name.text);
  if (field?.parameter !== undefined) {
    const related = [{ message: 'It is declared here.', span: field.span }];
    cx.report(diagnostic('sets-parameter', name.span, { name: name.text }, { related }));
    return undefined;
  }
  if (field !== undefined) return field;
  const isLet = [...symbols.letsById.values()].some((one) => one.name === name.text);
  const ofList = [...symbols.lists.values()].find((list) => list.fields.has(name.text));
  const known = [...(scope.item?.fields.keys() ?? []), ...symbols.fields.keys()];
  const details = isLet
    ? { hint: 'It is a `let`: it follows from other values and cannot be set. Set one of those.' }
    : symbols.series.has(name.text)
      ? { hint: `It is a series: its entries stay. Add another with \`record ${name.text} { … }\`.` }
      : symbols.lists.has(name.text)
        ? { hint: `It is a list: add to it with \`add ${name.text} { … }\`.` }
        : ofList !== undefined
          ? { hint: `Each item of \`${ofList.name}\` has one: set it inside \`each ${ofList.name} where … { … }\`.` }
          : meant(name, known, { hint: 'Only fields of `data` can be set.' });
  cx.report(diagnostic('unknown-name', name.span, { name: name.text }, details));
  return undefined;
}

type Keeper = { name: string; type: Type; optional: boolean };

/** Checks that a value can be kept in a field: kind, unit, presence, range. */
function checkKept(
  cx: Inference,
  assignment: Assignment,
  keeper: Keeper | undefined,
  scope: Scope,
): Inferred | undefined {
  const { value } = assignment;
  // What is calculated from a missing value is missing too, which a field with `?` can keep.
  const inner = keeper?.optional ? { ...scope, place: scope.place ?? ('let' as const) } : scope;
  const written = unwrap(cx, value, cx.infer(value, inner, keeper?.type));
  if (keeper === undefined || written.type.kind === 'unknown') return undefined;
  const found = meeting(cx, value, written, keeper.type);
  if (!fits(found.type, keeper.type) && !(keeper.type.kind === 'duration' && asLength(cx, value, found.type))) {
    misfit(cx, assignment, found.type, keeper);
    return undefined;
  }
  if (!keeper.optional) needPresent(cx, value, found);
  if (isNumber(found.type) && isNumber(keeper.type)) checkRange(cx, assignment, found.type, keeper.type);
  return found;
}

function misfit(cx: Inference, { value }: Assignment, found: Type, keeper: Keeper): void {
  if (isNumber(found) && isNumber(keeper.type)) {
    const sides = { left: describeType(keeper.type), right: describeType(found) };
    cx.report(diagnostic('unit-mismatch', value.span, sides));
    return;
  }
  const whole = words(cx.checked, value.span);
  const hint =
    keeper.type.kind === 'choice' && found.kind === 'text'
      ? 'Write the choice without quotes.'
      : keeper.type.kind === 'date' && found.kind === 'moment'
        ? `Keep its day: \`day of ${whole}\`.`
        : keeper.type.kind === 'number' && found.kind === 'duration'
          ? `Say in what you count it: \`${value.kind === 'binary' ? `(${whole})` : whole} / 1 day\`.`
          : howToWrite(describeType(keeper.type));
  const said = { found: describeType(found), expected: `\`${keeper.name}\` is ${describeType(keeper.type)}` };
  cx.report(diagnostic('wrong-type', value.span, said, hint === undefined ? {} : { hint }));
}

function checkRange(
  cx: Inference,
  { name, value }: Assignment,
  found: Extract<Type, { kind: 'number' }>,
  wanted: Extract<Type, { kind: 'number' }>,
): void {
  const range = describeRange(wanted.min, wanted.max);
  const of = `\`${name.text}\``;
  if (found.max < wanted.min || found.min > wanted.max) {
    const shown = found.min === found.max ? found.min : `\`${words(cx.checked, value.span)}\``;
    cx.report(diagnostic('out-of-range', value.span, { value: shown, of, range }));
    return;
  }
  // An unbounded value may go anywhere; only a bound that is known and too wide is worth a word.
  const beyond =
    Number.isFinite(found.max) && found.max > wanted.max
      ? found.max
      : Number.isFinite(found.min) && found.min < wanted.min
        ? found.min
        : undefined;
  if (beyond !== undefined)
    cx.report(diagnostic('may-leave-range', value.span, { value: Math.round(beyond * 1e6) / 1e6, of, range }));
}

function checkEntry(
  cx: Inference,
  series: Collection,
  record: Extract<Action, { kind: 'record' }>,
  scope: Scope,
): void {
  const given = noneTwice(cx, record.fields);
  for (const assignment of record.fields) {
    checkKept(cx, assignment, needPart(cx, series, assignment.name), scope);
  }
  tellIncompleteEntry(series, given, record.span, cx.report);
}

function needPart(cx: Inference, of: Collection, name: Name): Keeper | undefined {
  const field = name.text === 'stage' && of.list ? undefined : of.fields.get(name.text);
  if (field !== undefined) return field;
  const known = listed(
    [...of.fields.keys()].filter((one) => !of.list || one !== 'stage'),
    'no fields',
  );
  const words = { series: of.name, name: name.text, known, entry: of.list ? 'item' : 'entry' };
  cx.report(diagnostic('unknown-field', name.span, words, meant(name, of.fields.keys())));
  return undefined;
}

// ---------------------------------------------------------------- lists

/** Finds a list for a word that must name one; reports where there is none. */
export function needList(cx: Inference, name: Name): ListSymbol | undefined {
  const { lists, series } = cx.checked.symbols;
  const list = lists.get(name.text);
  if (list !== undefined) return list;
  const hint = series.has(name.text)
    ? {
        hint: `It is a series, whose entries stay as they are. Ask \`count(${name.text} where …)\`, or make it a \`list\`.`,
      }
    : { hint: `Declare it: \`list ${name.text} { … }\`.` };
  cx.report(diagnostic('unknown-list', name.span, { name: name.text }, meant(name, lists.keys(), hint)));
  return undefined;
}

function checkItem(
  cx: Inference,
  list: ListSymbol,
  item: { fields: readonly Assignment[]; span: Action['span'] },
  scope: Scope,
): void {
  const given = noneTwice(cx, item.fields);
  for (const assignment of item.fields) {
    checkKept(cx, assignment, needPart(cx, list.items, assignment.name), scope);
  }
  tellIncompleteItem(list, given, item.span, cx.report);
}

/** `starts with`: each item complete, and no name twice. */
export function checkStarts(cx: Inference, list: ListSymbol, scope: Scope): void {
  const seen = new Map<string, Assignment>();
  for (const item of list.node.starts) {
    checkItem(cx, list, item, scope);
    const key = item.fields.find((one) => one.name.text === list.key);
    if (key === undefined) continue;
    const name = words(cx.checked, key.value.span);
    const before = seen.get(name);
    if (before !== undefined) {
      const related = [{ message: 'It is there already.', span: before.value.span }];
      cx.report(diagnostic('duplicate-item', key.value.span, { list: list.name, name }, { related }));
    } else seen.set(name, key);
  }
}
