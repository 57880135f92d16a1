/**
 * Every expression of a program in its scope: titles, lets, questions, rules and their bodies, one part after another.
 *
 * Decides what is visible and known at each place and leaves the typing to `infer`. What a `when`
 * asks is known in the `with` and the body it guards. Single actions are in `check-actions.ts`.
 */
import type { Action, Approval, Cadence, Expr, Rule, Stage, Transition } from '../language/ast.ts';
import { diagnostic } from '../language/diagnostics.ts';
import { declaredType } from './bind-fields.ts';
import { checkAction, checkAsk, checkAssignments, checkStarts } from './check-actions.ts';
import { needRole } from './check-people.ts';
import { laterScope, type Touched, touchedAfter } from './check-touched.ts';
import { firstValue, whereAtFirst } from './first-values.ts';
import { inferText, scopeOf } from './infer.ts';
import { entryScope, needSeries } from './infer-series.ts';
import { checkCalendar, needLength } from './infer-times.ts';
import { type Inference, type Inferred, isNumber, type Scope, unwrap, wrongType } from './inference.ts';
import { reached } from './narrow.ts';
import type { Checked, FlowSymbol, LetSymbol, ListSymbol, TrackSymbol } from './symbols.ts';
import type { Type } from './value-types.ts';
import { typeOf } from './value-types.ts';
import { isEntryAction, isRule, type Part } from './walk.ts';

type Inferring = Inference & { inferLet(symbol: LetSymbol): Inferred };

/** What stands outside of all flows: clauses, migrations, ladders. */
export function checkOutside(cx: Inference, checked: Checked): void {
  const { symbols, program } = checked;
  for (const item of program.items) {
    const here = scopeOf(checked, undefined, undefined);
    if (item.kind === 'reenter') needLength(cx, item.after, here);
    if (item.kind === 'migrate')
      checkAssignments(
        cx,
        item.steps.filter((step) => step.kind === 'set'),
        here,
      );
  }
  for (const ladder of symbols.ladders.values()) {
    for (const rung of ladder.rungs) needLength(cx, rung.for, scopeOf(checked, undefined, undefined));
  }
}

/** One stage, or what stands outside of the stages in one flow. */
export function checkPart(cx: Inferring, checked: Checked, { flow, stage }: Part): void {
  const { symbols } = checked;
  const track = flow.kind === 'track' ? symbols.tracks.get(flow.name) : undefined;
  const list = flow.kind === 'list' ? symbols.lists.get(flow.name) : undefined;
  const own = track ?? list ?? symbols.main;
  // A second track or list of the same name was refused; its text is looked at as if it were the first.
  const name = flow.kind === 'main' ? undefined : flow.name;
  const outside = scopeOf(checked, name, undefined);
  if (stage === undefined) {
    if (flow.node === nodeOf(own)) checkLets(cx, own.lets.values());
    if (track?.node.when !== undefined) cx.condition(track.node.when, scopeOf(checked, undefined, undefined));
    if (list !== undefined) checkStarts(cx, list, scopeOf(checked, undefined, undefined));
    for (const rule of flow.anytime) checkRule(cx, rule, outside);
    return;
  }
  const symbol = own.stages.get(stage.name.text);
  // So was a second stage of the same name.
  const isKnown = symbol?.node === stage;
  if (isKnown) checkLets(cx, symbol.lets.values());
  checkStage(cx, stage, isKnown ? scopeOf(checked, name, stage.name.text) : outside);
}

const nodeOf = (flow: FlowSymbol | TrackSymbol | ListSymbol) => ('node' in flow ? flow.node : undefined);

/** Lets that were looked into before are looked into again: whatever was told of them is to be told now. */
function checkLets(cx: Inferring, lets: Iterable<LetSymbol>): void {
  const symbols = [...lets];
  for (const { id } of symbols) cx.checked.letTypes.delete(id);
  for (const symbol of symbols) {
    const { type } = cx.inferLet(symbol);
    if (symbol.window) needKind(cx, symbol.node.value, type, 'a date', 'date');
  }
}

function checkStage(cx: Inference, stage: Stage, scope: Scope): void {
  if (stage.title !== undefined) inferText(cx, stage.title, scope);
  let known = scope.known;
  for (const item of stage.items) {
    if (isRule(item)) checkRule(cx, item, scope);
    else if (item.kind === 'ask') checkAsk(cx, item, scope, checkBody);
    else if (item.kind === 'nudge') {
      needLength(cx, item.after, scope);
      if (item.without !== undefined) needSeries(cx, item.without);
    } else if (item.kind === 'review') {
      checkCadence(cx, item.cadence, scope);
    } else if (item.kind === 'escalate') needLength(cx, item.after, scope);
    else if (isEntryAction(item)) known = checkAction(cx, item, { ...scope, known }, checkBody);
  }
}

function checkRule(cx: Inference, rule: Rule, scope: Scope): void {
  switch (rule.kind) {
    case 'command': {
      const { argument } = rule;
      if (argument === undefined) {
        checkBody(cx, rule.body, scope);
        return;
      }
      const { roles } = cx.checked.symbols;
      const type = typeOf(declaredType(argument.type, 'what is written after a command', cx.report, roles));
      checkBody(cx, rule.body, { ...scope, argument: { name: argument.as.text, type } });
      return;
    }
    case 'when':
      checkBody(cx, rule.body, { ...scope, known: cx.knownWhere(rule.condition, scope) });
      return;
    case 'on': {
      const series = needSeries(cx, rule.series);
      const inside = series === undefined ? scope : entryScope(scope, series);
      const known = rule.where === undefined ? inside.known : cx.knownWhere(rule.where, inside);
      checkBody(cx, rule.body, { ...inside, known });
      return;
    }
    case 'check':
      checkCadence(cx, rule.cadence, scope);
      checkBody(cx, rule.body, scope);
      return;
    case 'at': {
      // A moment that is missing never comes.
      const found = unwrap(cx, rule.moment, cx.infer(rule.moment, { ...scope, place: 'let' }));
      needKind(cx, rule.moment, found.type, 'a date or a moment', 'date', 'moment');
      checkBody(cx, rule.body, { ...scope, known: reached(cx.checked, rule.moment, scope.known) });
      return;
    }
    case 'pause':
      cx.condition(rule.condition, scope);
      return;
    case 'transition':
      checkTransition(cx, rule, scope);
  }
}

function checkTransition(cx: Inference, transition: Transition, scope: Scope): void {
  const { when } = transition;
  needLength(cx, transition.after?.duration, scope);
  if (transition.with.length > 0) {
    const known = when === undefined ? scope.known : cx.knownWhere(when, scope);
    checkAssignments(cx, transition.with, { ...scope, known });
  } else if (when !== undefined) cx.condition(when, scope);
  if (transition.approved !== undefined) checkApproval(cx, transition.approved, scope);
}

/** Who decides, until when, and what is done without a yes. */
export function checkApproval(cx: Inference, approved: Approval, scope: Scope): void {
  needRole(cx, approved.by, 'approve');
  needLength(cx, approved.within, scope);
  checkBody(cx, approved.otherwise, laterScope(scope));
  checkBody(cx, approved.refused, laterScope(scope));
}

/** The actions of a body, one after another; a move ends it. */
export function checkBody(cx: Inference, body: readonly Action[], scope: Scope): void {
  let known = scope.known;
  let touched: Touched = scope.touched ?? new Map();
  const atFirst = scope.atFirst ?? scope.known;
  let moved: Action | undefined;
  for (const action of body) {
    if (moved !== undefined) {
      const related = [{ message: 'The person moves on here.', span: moved.span }];
      cx.report(diagnostic('after-move', action.span, {}, { related }));
      moved = undefined;
    }
    known = checkAction(cx, action, { ...scope, known, atFirst, touched }, checkBody);
    touched = touchedAfter(action, touched);
    if (action.kind === 'propose') checkApproval(cx, action.approved, scope);
    if (action.kind === 'move' || action.kind === 'restart' || action.kind === 'interrupt') moved = action;
  }
}

/** The times of a cadence; one that is missing never comes. */
function checkCadence(cx: Inference, cadence: Cadence, scope: Scope): void {
  const time = (expr: Expr) => {
    const found = unwrap(cx, expr, cx.infer(expr, { ...scope, place: 'let' }));
    needKind(cx, expr, found.type, 'a time of day', 'time');
  };
  for (const at of cadence.at) time(at);
  if (cadence.kind === 'business-days') checkCalendar(cx, cadence.span, cadence.calendar, scope);
  if (cadence.spaced === undefined) return;
  const { times, from, to } = cadence.spaced;
  const found = unwrap(cx, times, cx.infer(times, { ...scope, place: 'let' }));
  if (!isNumber(found.type)) needKind(cx, times, found.type, 'a number', 'number');
  else if (found.type.max < 1) {
    const range = 'a whole number, at least 1';
    cx.report(diagnostic('out-of-range', times.span, { value: found.type.max, of: '`times`', range }));
  }
  time(from);
  time(to);
  const [begins, ends] = [firstValue(cx.checked, from), firstValue(cx.checked, to)];
  if (begins !== undefined && ends !== undefined && begins.at >= ends.at) {
    const what = `These hours end before they begin${whereAtFirst(begins, ends)}`;
    cx.report(diagnostic('window-backwards', { ...from.span, end: to.span.end }, { what }));
  }
}

function needKind(cx: Inference, expr: Expr, found: Type, expected: string, ...kinds: Type['kind'][]): void {
  if (found.kind === 'unknown' || kinds.includes(found.kind)) return;
  cx.report(wrongType(expr, found, expected));
}
