/**
 * Rules of the IR back to the handlers, transitions and pauses they came from.
 *
 * A part of `print.ts`. The ways through one body are several rules; what their conditions deny of
 * each other shows where its `when … else …` stood. Everything is written at the end of its way: that
 * is the same handler, since conditions are judged as things stood when it began.
 */
import { showTime } from './constants.ts';
import { handlerOf } from './emit.ts';
import { isPause } from './flow.ts';
import type { Cadence, Expr, Rule, TimeOfDay } from './ir.ts';
import { printType } from './print-declarations.ts';
import { braces, decided, printApproval, printAssignment, printEffects, printMove } from './print-effects.ts';
import { entryOf, type PrintContext, printExpression, printLength, quote } from './print-expressions.ts';
import { isStopRule } from './stop.ts';

export function printRules(cx: PrintContext, rules: readonly Rule[]): string[] {
  const handlers = new Map<string, Rule[]>();
  for (const rule of rules) {
    // What follows from a decision is written where it is proposed; `stop` is there without being said.
    if (rule.trigger.kind === 'decided' || isStopRule(rule)) continue;
    const id = handlerOf(rule.id);
    handlers.set(id, [...(handlers.get(id) ?? []), rule]);
  }
  return [...handlers.values()].map((ways) => printHandler(cx, ways));
}

function printHandler(cx: PrintContext, ways: readonly Rule[]): string {
  const [rule] = ways;
  if (rule === undefined) return '';
  if (isPause(rule.id) && rule.condition) return `pause while ${printExpression(cx, rule.condition)}`;
  const [effect] = rule.effects;
  const proposal = effect?.kind === 'propose' ? cx.ir.proposals[effect.proposal] : undefined;
  if (rule.trigger.kind === 'becomes' && proposal !== undefined && proposal.field === undefined) {
    const [approved] = decided(cx.flow, proposal.id, true);
    const taken: Rule = { ...(approved ?? rule), ...(rule.condition && { condition: rule.condition }) };
    return `${printTransition(cx, taken)}, ${printApproval(cx, proposal, printBody)}`;
  }
  switch (rule.trigger.kind) {
    case 'holds':
      return printTransition(cx, rule);
    case 'becomes': {
      const { asked, rest } = rule.trigger.of ? behind(ways, rule.trigger.of) : sharedBy(ways);
      const once = rule.trigger.once ? ', once' : '';
      return `when ${printAll(cx, asked)}${once} ${braces(printWays(cx, rest))}`;
    }
    case 'recorded': {
      const within: PrintContext = { ...cx, ...entryOf(cx.ir, rule.trigger.series) };
      const { asked, rest } = sharedBy(ways);
      const where = asked.length === 0 ? '' : ` where ${printAll(within, asked)}`;
      return `on ${rule.trigger.series}${where} ${braces(printWays(within, rest))}`;
    }
    case 'cadence':
      return `check ${printCadence(cx, rule.trigger.cadence)} ${braces(printBody(cx, ways))}`;
    case 'reached': {
      const once = rule.trigger.once ? ', once' : '';
      return `at ${printExpression(cx, rule.trigger.at)}${once} ${braces(printBody(cx, ways))}`;
    }
    case 'command': {
      const { words, argument } = rule.trigger;
      const said = words.map((word) => quote(word.replaceAll('_', ' '))).join(', ');
      if (argument === undefined) return `command ${said} ${braces(printBody(cx, ways))}`;
      const name = freeName(cx, 'given');
      const type = printType(cx.ir, argument);
      const within: PrintContext = { ...cx, argument: { name, type: argument } };
      const taken = `${type.startsWith('(') ? type : `(${type})`} as ${name}`;
      return `command ${said} ${taken} ${braces(printBody(within, ways))}`;
    }
    case 'decided':
      return '';
  }
}

/** A name nothing else has. */
function freeName({ ir, list }: PrintContext, wish: string): string {
  const lets = Object.values(ir.lets).map((one) => one.name);
  const entries = Object.values(ir.series).flatMap((series) => Object.keys(series.fields));
  const named = [ir.data, ir.series, ir.tables, ir.lists, ir.tracks, list?.fields ?? {}].flatMap(Object.keys);
  const taken = new Set([...named, ...lets, ...entries]);
  let name = wish;
  for (let number = 2; taken.has(name); number++) name = `${wish}_${number}`;
  return name;
}

// ---------------------------------------------------------------- transitions

function printTransition(cx: PrintContext, { id, condition, effects, move }: Rule): string {
  const sets = effects.flatMap((effect) => (effect.kind === 'set' ? [printAssignment(cx, effect)] : []));
  return [
    move === undefined ? '' : printMove(move),
    ...(sets.length === 0 ? [] : [`with ${sets.join(', ')}`]),
    ...(condition === undefined ? [] : [printReason(cx, condition, id)]),
  ].join(' ');
}

/** `after 3 days`, `after 21 days of silence`, `when …`. */
function printReason(cx: PrintContext, condition: Expr, rule: string): string {
  if (condition.op === 'silence') return `after ${printLength(cx, condition.duration)} of silence`;
  const counted = /(^|\.)anytime\//.test(rule) ? 'enrolled' : 'entered';
  if (condition.op === 'since' && condition.anchor.kind === counted)
    return `after ${printLength(cx, condition.duration)}`;
  return `when ${printExpression(cx, condition)}`;
}

// ---------------------------------------------------------------- bodies

/** What is left to ask on one way, and what is done at its end. `otherwise`: the last is asked by an `else`. */
type Way = { rest: Expr[]; rule: Rule; otherwise: boolean };

/** The actions of a body whose rules these are. */
export function printBody(cx: PrintContext, rules: readonly Rule[]): string[] {
  const { asked, rest } = sharedBy(rules);
  const inside = printWays(cx, rest);
  return asked.length === 0 ? inside : [`when ${printAll(cx, asked)} ${braces(inside)}`];
}

/** The ids of ways tell it where the condition does not: the first way of a handler has no ending. */
const endsOtherwise = ({ id }: Rule): boolean => /\.(else|1)$/.test(id);

/** What all ways ask first is asked at once. */
function sharedBy(rules: readonly Rule[]): { asked: Expr[]; rest: Way[] } {
  const ways = rules.map((rule): Way => ({ rest: spine(rule.condition), rule, otherwise: endsOtherwise(rule) }));
  const count = shared(ways);
  const [first] = ways;
  return {
    asked: first?.rest.slice(0, count) ?? [],
    rest: ways.map((way) => ({ ...way, rest: way.rest.slice(count) })),
  };
}

/** What is asked on each way behind `condition`, with which all of them begin. */
function behind(rules: readonly Rule[], condition: Expr): { asked: Expr[]; rest: Way[] } {
  const asked = spine(condition);
  const rest = rules.map((rule) => ({
    rest: spine(rule.condition).slice(asked.length),
    rule,
    otherwise: endsOtherwise(rule),
  }));
  return { asked, rest };
}

/** How many conditions all ways begin with, so that the `else` at the end of a single way stays one. */
function shared(ways: readonly Way[]): number {
  const [first, ...others] = ways;
  if (first === undefined) return 0;
  const most = others.length === 0 && first.otherwise ? first.rest.length - 1 : first.rest.length;
  const differs = first.rest.findIndex((one, index) => others.some((way) => !same(way.rest[index], one)));
  return Math.max(0, Math.min(most, differs === -1 ? most : differs));
}

function printWays(cx: PrintContext, ways: readonly Way[]): string[] {
  const [first] = ways;
  if (first === undefined) return [];
  const count = shared(ways);
  const condition = first.rest[0];
  if (count > 0 && condition !== undefined) {
    const inside = ways.map((way) => ({ ...way, rest: way.rest.slice(1) }));
    return [`when ${printExpression(cx, condition)} ${braces(printWays(cx, inside))}`];
  }
  if (condition === undefined) {
    const { effects, move } = first.rule;
    return [...printEffects(cx, effects, printBody), ...(move === undefined ? [] : [printMove(move)])];
  }
  for (const candidate of ways) {
    const denied = deniedBy(candidate.rest[0]);
    const split = denied && splitBy(ways, denied);
    if (!denied || !split) continue;
    const holds = braces(printWays(cx, split.holds));
    return [`when ${printExpression(cx, denied)} ${holds} else ${braces(printWays(cx, split.otherwise))}`];
  }
  // Conditions that do not deny each other come from no body; each is asked by itself.
  return ways.flatMap((way) => printWays(cx, [way]));
}

/** The ways on which `condition` holds, and those on which it does not; undefined where some do not say. */
function splitBy(ways: readonly Way[], condition: Expr): { holds: Way[]; otherwise: Way[] } | undefined {
  const parts = spine(condition);
  const split: { holds: Way[]; otherwise: Way[] } = { holds: [], otherwise: [] };
  for (const way of ways) {
    const [next] = way.rest;
    const denied = deniedBy(next);
    if (denied && same(denied, condition)) split.otherwise.push({ ...way, rest: way.rest.slice(1) });
    else if (same(next, condition)) split.holds.push({ ...way, rest: way.rest.slice(1) });
    else if (parts.every((part, index) => same(way.rest[index], part))) {
      split.holds.push({ ...way, rest: way.rest.slice(parts.length) });
    } else return undefined;
  }
  return split;
}

/** What the condition of an `else` says does not hold. */
function deniedBy(condition: Expr | undefined): Expr | undefined {
  if (condition?.op !== 'not' || condition.of.op !== 'else') return undefined;
  const { left, right } = condition.of;
  return right.op === 'value' && right.value === false ? left : undefined;
}

/** The conditions that are joined by `and`, from the left. */
function spine(condition: Expr | undefined): Expr[] {
  const parts: Expr[] = [];
  let rest = condition;
  while (rest?.op === 'and') {
    parts.unshift(rest.right);
    rest = rest.left;
  }
  return rest === undefined ? [] : [rest, ...parts];
}

/** Joined again as they were. */
function printAll(cx: PrintContext, conditions: readonly Expr[]): string {
  const [first, ...others] = conditions;
  if (first === undefined) return 'yes';
  return printExpression(
    cx,
    others.reduce<Expr>((left, right) => ({ op: 'and', left, right, span: left.span }), first),
  );
}

const plain = (expr: Expr | undefined): string =>
  JSON.stringify(expr, (key, value) => (key === 'span' ? undefined : value)) ?? '';
const same = (one: Expr | undefined, other: Expr | undefined): boolean => plain(one) === plain(other);

// ---------------------------------------------------------------- cadences

const WEEK = 'mon,tue,wed,thu,fri,sat,sun';
const WEEKDAYS = 'mon,tue,wed,thu,fri';
const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth'];

const printMonthDays = (days: readonly number[]): string => days.map((day) => (day === -1 ? 'last' : day)).join(', ');
const printNth = (nth: number): string => (nth === -1 ? 'last' : (ORDINALS[nth - 1] ?? ''));

export function printCadence(cx: PrintContext, cadence: Cadence): string {
  const time = (of: TimeOfDay) => (typeof of === 'number' ? showTime(of) : printExpression(cx, of, 9));
  const days = (of: readonly string[]) => {
    const joined = of.join();
    return joined === WEEK ? 'daily' : joined === WEEKDAYS ? 'weekdays' : of.join(', ');
  };
  const at = 'at' in cadence ? ` at ${cadence.at.map(time).join(', ')}` : '';
  switch (cadence.kind) {
    case 'on-days':
      return days(cadence.days) + at;
    case 'every':
      return `every ${cadence.days} ${cadence.days === 1 ? 'day' : 'days'}${at}`;
    case 'weeks':
      return `every ${cadence.every} ${cadence.every === 1 ? 'week' : 'weeks'} on ${cadence.days.join(', ')}${at}`;
    case 'interval':
      return cadence.minutes % 60 === 0 ? `every ${cadence.minutes / 60} hours` : `every ${cadence.minutes} min`;
    case 'monthly':
      return `monthly on ${printMonthDays(cadence.days)}${at}`;
    case 'monthly-weekday':
      return `monthly on ${printNth(cadence.nth)} ${cadence.day}${at}`;
    case 'months': {
      const { every, days: monthDays, nth, day } = cadence;
      const on = monthDays ? ` on ${printMonthDays(monthDays)}` : nth && day ? ` on ${printNth(nth)} ${day}` : '';
      return `every ${every} ${every === 1 ? 'month' : 'months'}${on}${at}`;
    }
    case 'business-days': {
      const { calendar } = cadence;
      const where = calendar === undefined ? '' : ` in ${'name' in calendar ? calendar.name : calendar.field}`;
      return `business days${where}${at}`;
    }
    case 'spaced': {
      const times = printExpression(cx, cadence.times, 9);
      return `${days(cadence.days)}, ${times} times between ${time(cadence.from)} and ${time(cadence.to)}`;
    }
  }
}
