/**
 * Every expression of a program in its scope: titles, lets, questions, rules and their bodies.
 *
 * Decides what is visible and known at each place and leaves the typing to `infer`. What a `when`
 * asks is known in the `with` and the body it guards.
 */
import type { Action, Ask, Assignment, Name, Rule, Stage, Transition } from '../language/ast.ts';
import { diagnostic } from '../language/diagnostics.ts';
import { nearest } from '../language/nearest.ts';
import { replaceWith } from './bind.ts';
import { inferText } from './infer.ts';
import { entryScope, needSeries } from './infer-series.ts';
import {
  type Inference,
  type Inferred,
  type Known,
  needPresent,
  nothingKnown,
  type Scope,
  unwrap,
  words,
} from './inference.ts';
import { forget, narrow } from './narrow.ts';
import type { Checked, FieldSymbol, LetSymbol, SeriesSymbol } from './symbols.ts';
import { describeRange, describeType, fits, type Type } from './value-types.ts';
import { anytimeRules, stagesOf } from './walk.ts';

export function checkBodies(cx: Inference & { inferLet(symbol: LetSymbol): Inferred }, checked: Checked): void {
  const { symbols, program } = checked;
  for (const symbol of symbols.lets.values()) cx.inferLet(symbol);
  for (const stage of symbols.stages.values()) for (const symbol of stage.lets.values()) cx.inferLet(symbol);

  for (const rule of anytimeRules(program)) checkRule(cx, rule, { known: nothingKnown });
  for (const stage of stagesOf(program)) {
    const symbol = symbols.stages.get(stage.name.text);
    // A second stage of the same name was refused; its own text is still looked at.
    checkStage(cx, stage, { known: nothingKnown, ...(symbol?.node === stage ? { stage: symbol } : {}) });
  }
}

function checkStage(cx: Inference, stage: Stage, scope: Scope): void {
  if (stage.title !== undefined) inferText(cx, stage.title, scope);
  let known: Known = scope.known;
  for (const item of stage.items) {
    switch (item.kind) {
      case 'command':
      case 'on':
      case 'when':
      case 'transition':
        checkRule(cx, item, scope);
        break;
      case 'ask':
        checkAsk(cx, item, scope);
        break;
      case 'nudge':
        if (item.without !== undefined) needSeries(cx, item.without);
        break;
      case 'skill':
      case 'review':
      case 'let':
      case 'escalate':
        break;
      default:
        known = checkAction(cx, item, { ...scope, known });
    }
  }
}

function checkAsk(cx: Inference, ask: Ask, scope: Scope): void {
  inferText(cx, ask.text, scope);
  checkBody(cx, ask.otherwise, scope);
}

function checkRule(cx: Inference, rule: Rule, scope: Scope): void {
  switch (rule.kind) {
    case 'command':
      checkBody(cx, rule.body, scope);
      return;
    case 'when':
      checkBody(cx, rule.body, { ...scope, known: cx.condition(rule.condition, scope).known });
      return;
    case 'on': {
      const series = needSeries(cx, rule.series);
      const inside = series === undefined ? scope : entryScope(scope, series);
      const known = rule.where === undefined ? inside.known : cx.condition(rule.where, inside).known;
      checkBody(cx, rule.body, { ...inside, known });
      return;
    }
    case 'transition':
      checkTransition(cx, rule, scope);
  }
}

function checkTransition(cx: Inference, transition: Transition, scope: Scope): void {
  const known = transition.when === undefined ? scope.known : cx.condition(transition.when, scope).known;
  checkAssignments(cx, transition.with, { ...scope, known });
}

/** The actions of a body, one after another; a move ends it. */
function checkBody(cx: Inference, body: readonly Action[], scope: Scope): void {
  let known = scope.known;
  let moved: Action | undefined;
  for (const action of body) {
    if (moved !== undefined) {
      cx.report(
        diagnostic(
          'after-move',
          action.span,
          {},
          { related: [{ message: 'The person moves on here.', span: moved.span }] },
        ),
      );
      moved = undefined;
    }
    known = checkAction(cx, action, { ...scope, known });
    if (action.kind === 'move' || action.kind === 'restart' || action.kind === 'interrupt') moved = action;
  }
}

/** Checks one action and tells what is known after it. */
function checkAction(cx: Inference, action: Action, scope: Scope): Known {
  switch (action.kind) {
    case 'say':
      inferText(cx, action.text, scope);
      return scope.known;
    case 'escalate-now':
      if (action.text !== undefined) inferText(cx, action.text, scope);
      return scope.known;
    case 'set':
      return checkAssignments(cx, [action], scope);
    case 'record': {
      const series = needSeries(cx, action.series);
      if (series !== undefined) checkEntry(cx, series, action, scope);
      return scope.known;
    }
    case 'move':
      return checkAssignments(cx, action.with, scope);
    case 'if': {
      const { known } = cx.condition(action.condition, scope);
      checkBody(cx, action.then, { ...scope, known });
      checkBody(cx, action.otherwise, { ...scope, known: narrow(cx.checked, action.condition, false, scope.known) });
      return forget(scope.known, assigned([...action.then, ...action.otherwise]));
    }
    default:
      return scope.known;
  }
}

function assigned(body: readonly Action[]): string[] {
  return body.flatMap((action) => {
    if (action.kind === 'set') return [action.name.text];
    if (action.kind === 'if') return assigned([...action.then, ...action.otherwise]);
    return action.kind === 'move' ? action.with.map((one) => one.name.text) : [];
  });
}

/** `with a = 1, b = a + 1`, in order: each sees the ones before it. */
function checkAssignments(cx: Inference, assignments: readonly Assignment[], scope: Scope): Known {
  let known = scope.known;
  for (const assignment of assignments) {
    const field = needDataField(cx, assignment.name);
    const found = checkKept(cx, assignment, field, { ...scope, known });
    known = forget(known, [assignment.name.text]);
    if (found !== undefined && !found.maybe) {
      known = new Map([...known, [assignment.name.text, { present: true, ...rangeOf(found.type) }]]);
    }
  }
  return known;
}

const rangeOf = (type: Type) => (type.kind === 'number' ? { min: type.min, max: type.max } : {});

function needDataField(cx: Inference, name: Name): FieldSymbol | undefined {
  const { symbols } = cx.checked;
  const field = symbols.fields.get(name.text);
  if (field !== undefined) return field;
  const near = nearest(name.text, symbols.fields.keys());
  const isLet = symbols.lets.has(name.text) || [...symbols.stages.values()].some((stage) => stage.lets.has(name.text));
  const details = isLet
    ? { hint: 'It is a `let`: it follows from other values and cannot be set.' }
    : symbols.series.has(name.text)
      ? { hint: `It is a series: add to it with \`record ${name.text} { … }\`.` }
      : near === undefined
        ? { hint: 'Only fields of `data` can be set.' }
        : { hint: `Did you mean \`${near}\`?`, fix: replaceWith(near, name.span) };
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
  const found = unwrap(cx, value, cx.infer(value, scope, keeper?.type));
  if (keeper === undefined || found.type.kind === 'unknown') return undefined;
  if (!fits(found.type, keeper.type)) {
    const bothNumbers = found.type.kind === 'number' && keeper.type.kind === 'number';
    if (bothNumbers)
      cx.report(
        diagnostic('unit-mismatch', value.span, { left: describeType(keeper.type), right: describeType(found.type) }),
      );
    else {
      const quotedChoice = keeper.type.kind === 'choice' && found.type.kind === 'text';
      const hint = quotedChoice ? 'Write the choice without quotes.' : undefined;
      const words = {
        found: describeType(found.type),
        expected: `\`${keeper.name}\` is ${describeType(keeper.type)}`,
      };
      cx.report(diagnostic('wrong-type', value.span, words, hint === undefined ? {} : { hint }));
    }
    return undefined;
  }
  if (!keeper.optional) needPresent(cx, value, found);
  if (found.type.kind === 'number' && keeper.type.kind === 'number')
    checkRange(cx, assignment, found.type, keeper.type);
  return found;
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
  series: SeriesSymbol,
  record: Extract<Action, { kind: 'record' }>,
  scope: Scope,
): void {
  const given = new Set<string>();
  for (const assignment of record.fields) {
    const { name } = assignment;
    if (given.has(name.text)) cx.report(diagnostic('duplicate-name', name.span, { name: name.text }));
    given.add(name.text);
    const field = series.fields.get(name.text);
    if (field === undefined) {
      const near = nearest(name.text, series.fields.keys());
      const known = [...series.fields.keys()].map((one) => `\`${one}\``).join(', ');
      const details =
        near === undefined ? {} : { hint: `Did you mean \`${near}\`?`, fix: replaceWith(near, name.span) };
      cx.report(diagnostic('unknown-field', name.span, { series: series.name, name: name.text, known }, details));
    }
    checkKept(cx, assignment, field, scope);
  }
  const missing = [...series.fields.values()].filter((field) => !field.optional && !given.has(field.name));
  if (missing.length > 0) {
    const list = missing.map((field) => `\`${field.name}\``).join(', ');
    cx.report(diagnostic('incomplete-entry', record.span, { series: series.name, missing: list }));
  }
}
