/**
 * Types of what has to do with time and place: lengths, anchors, days, windows, calendars, and the
 * stage somebody is in.
 */
import type { Anchor, Expr, Length, Name, Span } from '../language/ast.ts';
import { diagnostic } from '../language/diagnostics.ts';
import {
  type Inference,
  type Inferred,
  isNumber,
  mistaken,
  needPresent,
  type Scope,
  unwrap,
  words,
  wrongType,
} from './inference.ts';
import { listed, meant, replaceWith } from './names.ts';
import { unknownName } from './names-in-scope.ts';
import { findSeries, standsFor, type WindowState, type WindowSymbol } from './symbols.ts';
import { timeUnit } from './units.ts';
import { describeType, type Type, yesNo } from './value-types.ts';

const sure = (type: Type): Inferred => ({ type, maybe: false });

/** A length of time: written out and more than nothing, or a value that is one and is not missing. */
export function needLength(cx: Inference, length: Length | undefined, scope: Scope): void {
  if (length === undefined) return;
  if (length.kind === 'duration') {
    if (length.amount <= 0) {
      const words = { value: length.amount, of: 'a length of time', range: 'more than 0' };
      cx.report(diagnostic('out-of-range', length.span, words));
    }
    cx.infer(length, scope);
    return;
  }
  const { place: _, ...here } = scope;
  const found = unwrap(cx, length, cx.infer(length, here));
  if (found.type.kind === 'unknown' || !isLength(cx, length, found.type)) return;
  needPresent(cx, length, found);
}

function isLength(cx: Inference, expr: Expr, type: Type): boolean {
  if (type.kind === 'duration' || asLength(cx, expr, type)) return true;
  const hint = isNumber(type) ? { hint: `Say of what: \`${inDays(cx, expr)}\`.` } : {};
  cx.report({ ...wrongType(expr, type, 'a length of time'), ...hint });
  return false;
}

/** How a number is written that is meant as so many days. */
export function inDays(cx: Inference, expr: Expr): string {
  if (expr.kind === 'number') return expr.value === 1 ? '1 day' : `${expr.value} days`;
  const written = words(cx.checked, expr.span);
  return `(${expr.kind === 'binary' ? `(${written})` : written} * 1 day)`;
}

/** A number of a unit of time, where a length is needed, stands for so much of it. */
export function asLength(cx: Inference, expr: Expr, type: Type): boolean {
  const unit = isNumber(type) ? timeUnit(type.unit) : undefined;
  if (unit === undefined) return false;
  standsFor(cx.checked, expr, { length: unit });
  return true;
}

// ---------------------------------------------------------------- calendars

/** Which calendar business days are counted in: holidays by name, or a value that is such a name. */
export function checkCalendar(
  cx: Pick<Inference, 'checked' | 'report'>,
  span: Span,
  name: Name | undefined,
  scope: Pick<Scope, 'item'>,
): void {
  const { calendars } = cx.checked.symbols;
  if (name === undefined) {
    if (calendars.size < 2) return;
    const [first = ''] = calendars.keys();
    const asked = words(cx.checked, span);
    const example = asked.startsWith('business_day(')
      ? `${asked.slice(0, -1)}, ${first})`
      : asked.replace(/business days?/, (days) => `${days} in ${first}`);
    cx.report(diagnostic('which-calendar', span, { calendars: listed(calendars.keys(), ''), example }));
    return;
  }
  if (calendars.has(name.text)) return;
  const value = scope.item?.fields.get(name.text) ?? cx.checked.symbols.fields.get(name.text);
  if (value === undefined) {
    const details = meant(name, [...calendars.keys(), ...cx.checked.symbols.fields.keys()]);
    cx.report(diagnostic('unknown-calendar', name.span, { name: name.text }, details));
    return;
  }
  if (value.type.kind === 'choice') {
    const lost = value.type.options.filter((option) => !calendars.has(option));
    if (lost.length === 0) return;
    const remedy = `Declare the holidays that \`${name.text}\` can name: ${listed(lost, '')}.`;
    cx.report(diagnostic('unknown-calendar', name.span, { name: lost[0] ?? '' }, { hint: remedy }));
    return;
  }
  if (value.type.kind !== 'text') {
    const found = describeType(value.type);
    cx.report(diagnostic('wrong-type', name.span, { found, expected: 'the name of holidays is needed here' }));
  }
}

// ---------------------------------------------------------------- days and moments

export function inferDay(cx: Inference, expr: Extract<Expr, { kind: 'day-of' }>, scope: Scope): Inferred {
  const found = cx.infer(expr.of, scope);
  if (!['moment', 'entry', 'unknown'].includes(found.type.kind)) {
    cx.report(wrongType(expr.of, found.type, 'a moment or an entry of a series'));
  }
  if (found.type.kind === 'entry' && cx.checked.symbols.lists.has(found.type.series)) {
    cx.report(wrongType(expr.of, found.type, 'a moment or an entry of a series'));
  }
  return found.type.kind === 'unknown' ? mistaken : { type: { kind: 'date' }, maybe: found.maybe };
}

/** `due at 09:00`: a moment of that day. */
export function inferAtTime(cx: Inference, expr: Extract<Expr, { kind: 'at-time' }>, scope: Scope): Inferred {
  const date = unwrap(cx, expr.date, cx.infer(expr.date, scope));
  const time = unwrap(cx, expr.time, cx.infer(expr.time, scope));
  if (date.type.kind !== 'date' && date.type.kind !== 'unknown') {
    const whole = words(cx.checked, expr.date.span);
    const hint =
      date.type.kind === 'moment' ? { hint: `A moment has a time already: \`day of ${whole}\` is its date.` } : {};
    cx.report({ ...wrongType(expr.date, date.type, 'a date'), ...hint });
  }
  if (time.type.kind !== 'time' && time.type.kind !== 'unknown')
    cx.report(wrongType(expr.time, time.type, 'a time of day'));
  if (scope.place === undefined) {
    needPresent(cx, expr.date, date);
    needPresent(cx, expr.time, time);
  }
  // Whether it may be missing is not known either.
  if (date.type.kind === 'unknown' || time.type.kind === 'unknown') return mistaken;
  return { type: { kind: 'moment' }, maybe: date.maybe || time.maybe };
}

/** `begins + 4 days in berlin`, where `berlin` is a calendar or a field: plain days have none. */
function ofBusinessDays(cx: Inference, { of, window: { text } }: Extract<Expr, { kind: 'in-window' }>) {
  const { calendars, fields } = cx.checked.symbols;
  const [, days] = /(\d+) days?$/.exec(words(cx.checked, of.span)) ?? [];
  if (days === undefined || !(calendars.has(text) || (calendars.size > 0 && fields.has(text)))) return undefined;
  return `Only business days are counted in a calendar: \`${days} business days in ${text}\`.`;
}

/** A window by the name it has where `scope` is. */
export function windowNamed(cx: Inference, name: string, scope: Scope): WindowSymbol | undefined {
  return scope.stage?.windows.get(name) ?? scope.flow?.windows.get(name) ?? cx.checked.symbols.main.windows.get(name);
}

/** `today in second`. A window whose days are not known holds no day. */
export function inferInWindow(cx: Inference, expr: Extract<Expr, { kind: 'in-window' }>, scope: Scope): Inferred {
  const of = unwrap(cx, expr.of, cx.infer(expr.of, scope));
  const window = windowNamed(cx, expr.window.text, scope);
  if (window === undefined) {
    const known = [scope.stage, scope.flow, cx.checked.symbols.main].flatMap((one) => [...(one?.windows.keys() ?? [])]);
    const hint = { hint: ofBusinessDays(cx, expr) ?? `Declare it: \`window ${expr.window.text} = … to …\`.` };
    cx.report(
      diagnostic('unknown-window', expr.window.span, { name: expr.window.text }, meant(expr.window, known, hint)),
    );
    return mistaken;
  }
  if (of.type.kind !== 'date' && of.type.kind !== 'unknown') {
    const hint =
      of.type.kind === 'moment'
        ? { hint: `Ask for its day: \`day of ${words(cx.checked, expr.of.span)} in ${window.name}\`.` }
        : {};
    cx.report({ ...wrongType(expr.of, of.type, 'a date'), ...hint });
  }
  cx.checked.resolutions.set(expr, { kind: 'window', opens: window.opens.id, closes: window.closes.id });
  return { type: yesNo, maybe: true };
}

const windowStates: readonly string[] = ['ahead', 'open', 'over'] satisfies WindowState[];

/**
 * `second is over`, `second is open`, `second is ahead`; undefined where it is an ordinary comparison.
 * A window whose days are not known is none of them.
 */
export function inferWindowState(
  cx: Inference,
  expr: Extract<Expr, { kind: 'binary' }>,
  scope: Scope,
): Inferred | undefined {
  const { left, right, operator } = expr;
  if (left.kind !== 'name' || right.kind !== 'name' || (operator !== '=' && operator !== '!=')) return undefined;
  const window = windowNamed(cx, left.name.text, scope);
  if (window === undefined) return undefined;
  if (!windowStates.includes(right.name.text)) {
    const words = { name: right.name.text, of: `of the window \`${window.name}\``, options: windowStates.join(', ') };
    cx.report(diagnostic('unknown-option', right.span, words, meant(right.name, windowStates)));
    return mistaken;
  }
  const state = right.name.text as WindowState;
  cx.checked.resolutions.set(right, { kind: 'word' });
  const { opens, closes } = window;
  cx.checked.resolutions.set(expr, { kind: 'window-state', opens: opens.id, closes: closes.id, state });
  return { type: yesNo, maybe: true };
}

/** `occurred`: only where an entry of a series is at hand. */
export function inferOccurred(cx: Inference, expr: Expr, scope: Scope): Inferred {
  if (scope.entryOf === undefined || scope.entryOf.list) {
    const what = '`occurred`';
    const remedy = 'It is the moment of the entry at hand: use it in `on …` or in `where`, or write `day of last …`.';
    cx.report(diagnostic('not-here', expr.span, { what, remedy }));
    return mistaken;
  }
  return sure({ kind: 'moment' });
}

export function inferSince(cx: Inference, expr: Extract<Expr, { kind: 'since' }>, scope: Scope): Inferred {
  needLength(cx, expr.duration, scope);
  return checkAnchor(cx, expr.anchor, scope) ? sure(yesNo) : mistaken;
}

/** What is counted from; false where it could not be understood. */
export function checkAnchor(cx: Inference, anchor: Anchor, scope: Scope): boolean {
  const { symbols } = cx.checked;
  if (anchor.kind === 'changed') {
    if (scope.item?.fields.has(anchor.field.text) || symbols.fields.has(anchor.field.text)) return true;
    unknownName(cx, anchor.field, scope);
    return false;
  }
  if (anchor.kind !== 'moment') return true;
  const series = anchor.of.kind === 'name' ? findSeries(symbols, anchor.of.name.text) : undefined;
  if (series !== undefined && anchor.of.kind === 'name' && !scope.entryOf?.fields.has(anchor.of.name.text)) {
    const right = `last ${series.singular}`;
    const words = { name: series.name, kind: 'a series: many entries' };
    const details = {
      hint: `Count from the newest entry: \`… since ${right}\`.`,
      fix: replaceWith(right, anchor.span),
    };
    cx.report(diagnostic('needs-aggregate', anchor.of.span, words, details));
    return false;
  }
  const found = cx.infer(anchor.of, { ...scope, place: 'let' });
  if (!['moment', 'date', 'entry', 'unknown'].includes(found.type.kind)) {
    cx.report(wrongType(anchor.of, found.type, 'a moment, a date or an entry of a series'));
  }
  return true;
}

// ---------------------------------------------------------------- places

/** `stage`, `stage of diary`, and in `where` over a list the stage of each item. */
export function inferStageOf(cx: Inference, expr: Expr, name: Name | undefined, scope: Scope): Inferred {
  const { resolutions, symbols } = cx.checked;
  if (name === undefined) {
    const staged = scope.entryOf?.list ? scope.entryOf : undefined;
    const ofItem = staged ?? (scope.each ? scope.item?.items : undefined);
    if (ofItem !== undefined) {
      const stage = ofItem.fields.get('stage');
      if (stage === undefined) {
        const what = '`stage`';
        cx.report(
          diagnostic('not-here', expr.span, { what, remedy: `The items of \`${ofItem.name}\` have no stages.` }),
        );
        return mistaken;
      }
      resolutions.set(expr, { kind: 'item', field: 'stage', list: ofItem.name });
      return sure(stage.type);
    }
    const { flow } = scope;
    resolutions.set(expr, { kind: 'stage', of: flow === undefined ? 'program' : 'own' });
    const options = [...(flow ?? symbols.main).stages.keys()];
    return sure({ kind: 'choice', options, of: 'stage', ...(flow === undefined ? {} : { flow: flow.name }) });
  }
  if (name.text === 'program' || name.text === symbols.main.name) {
    resolutions.set(expr, { kind: 'stage', of: 'program' });
    return sure({ kind: 'choice', options: [...symbols.stages.keys()], of: 'stage' });
  }
  const track = symbols.tracks.get(name.text);
  if (track === undefined) {
    const hint = symbols.lists.has(name.text)
      ? {
          hint: `Each item is in a stage of its own: \`count(${name.text} where stage is …)\`, \`${name.text}["…"].stage\`.`,
        }
      : {};
    cx.report(diagnostic('unknown-track', name.span, { name: name.text }, meant(name, symbols.tracks.keys(), hint)));
    return mistaken;
  }
  resolutions.set(expr, { kind: 'stage', of: { track: track.name } });
  const type: Type = { kind: 'choice', options: [...track.stages.keys()], of: 'stage', flow: track.name };
  return { type, maybe: true };
}
