/**
 * CST to AST: rules, transitions, and the cadences of checks and reviews.
 */
import type { IToken } from 'chevrotain';
import type { Action, Cadence, DurationLiteral, Expr, Rule, Transition, Weekday } from './ast.ts';
import { approvalOf, bodyOf, directionOf, withOf } from './build-actions.ts';
import { expressionOf, lengthOf, plainOf } from './build-expressions.ts';
import * as literals from './build-literals.ts';
import { buildType, reportForeign } from './build-types.ts';
import {
  type Build,
  type CstNode,
  covering,
  has,
  nameAt,
  node,
  nodeSpan,
  nodes,
  onlyNode,
  present,
  token,
  tokenSpan,
  tokens,
} from './cst.ts';
import { diagnostic } from './diagnostics.ts';
import { quoted } from './tokens.ts';

/** Builds the node of the rule `rule`. */
export function buildRule(build: Build, from: CstNode): Rule | undefined {
  const inner = onlyNode(from);
  if (!inner) return undefined;
  const span = nodeSpan(inner);
  const condition = expressionOf(build, inner);
  switch (inner.name) {
    case 'commandRule': {
      const words = tokens(inner, 'Text').map((text) => literals.buildText(build, text));
      const argument = argumentOf(build, inner);
      return { kind: 'command', words, ...(argument && { argument }), body: bodyOf(build, inner), span };
    }
    case 'onRule': {
      const series = nameAt(inner);
      const when = token(inner, 'when');
      if (when) reportForeign(build, when, 'where');
      return series && { kind: 'on', series, ...(condition && { where: condition }), body: bodyOf(build, inner), span };
    }
    case 'whenRule':
      return condition && { kind: 'when', condition, ...onceOf(inner), body: bodyOf(build, inner), span };
    case 'checkRule': {
      const cadence = cadenceOf(build, node(inner, 'cadence'));
      return cadence && { kind: 'check', cadence, body: bodyOf(build, inner), span };
    }
    case 'atRule':
      return condition && { kind: 'at', moment: condition, ...onceOf(inner), body: bodyOf(build, inner), span };
    case 'pauseRule': {
      const when = token(inner, 'when');
      if (when) reportForeign(build, when, 'while');
      return condition && { kind: 'pause', condition, span };
    }
    case 'moveRule': {
      // Shorter for `when … { restart stage }`.
      const name = nameAt(inner);
      const move: Action | undefined = has(inner, 'restart')
        ? { kind: 'restart', span }
        : name && { kind: 'interrupt', with: name, span };
      return condition && move && { kind: 'when', condition, body: [move], span };
    }
    default:
      return buildTransition(build, inner);
  }
}

/** `(date) as new_date`: what the rest of a command's message is read as. */
function argumentOf(build: Build, from: CstNode): Extract<Rule, { kind: 'command' }>['argument'] {
  const written = node(from, 'parenthesizedType');
  const as = nameAt(from);
  if (!written || !as) return undefined;
  const span = nodeSpan(written);
  const type = buildType(build, written);
  return type && { type, as, span: covering(span, as.span) };
}

function onceOf(from: CstNode) {
  const once = token(node(from, 'onceMark'), 'once');
  return once ? { once: tokenSpan(once) } : {};
}

// ------------------------------------------------------------ transitions

/** The clauses a transition has at most one of. */
const clauseWords = ['withClause', 'when', 'after', 'approval'] as const;
const clauseNames = { withClause: 'with', when: 'when', after: 'after', approval: 'approved' };

function buildTransition(build: Build, from: CstNode): Transition | undefined {
  const direction = directionOf(node(from, 'direction'));
  if (!direction) return undefined;
  const made: Transition = { kind: 'transition', ...direction, with: [], span: nodeSpan(from) };
  const seen = new Set<string>();
  let absent: Expr | undefined;
  for (const clause of nodes(from, 'clause')) {
    const word = clauseWords.find((name) => has(clause, name)) ?? 'after';
    if (seen.has(word)) {
      build.diagnostics.push(diagnostic('clause-twice', nodeSpan(clause), { clause: clauseNames[word] }));
      continue;
    }
    seen.add(word);
    const condition = word === 'when' && expressionOf(build, clause);
    const duration = word === 'after' ? lengthOf(build, clause) : undefined;
    const approved = word === 'approval' && approvalOf(build, node(clause, 'approval'));
    const series = nameAt(clause);
    if (word === 'withClause') made.with = withOf(build, clause);
    if (condition) made.when = condition;
    if (approved) made.approved = approved;
    if (duration && series) absent = { kind: 'absence', series, duration, span: nodeSpan(clause) };
    else if (duration) made.after = { duration, silence: has(clause, 'silence'), span: nodeSpan(clause) };
  }
  // `after 14 days without runs` is `when no runs for 14 days`, in the words of `nudge`.
  if (absent) made.when = made.when ? both(made.when, absent) : absent;
  return made;
}

const both = (left: Expr, right: Expr): Expr => ({
  kind: 'binary',
  operator: 'and',
  left,
  right,
  span: left.span.start < right.span.start ? covering(left.span, right.span) : covering(right.span, left.span),
});

// ------------------------------------------------------------ cadences

const workweek: Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri'];

/** Builds the node of the rule `cadence`. */
export function cadenceOf(build: Build, from: CstNode | undefined): Cadence | undefined {
  if (!from) return undefined;
  const rhythm = rhythmOf(build, from);
  return rhythm && { ...rhythm, ...timesOf(build, from), span: nodeSpan(from) };
}

type Rhythm = Omit<Cadence, 'at' | 'spaced' | 'span'>;

function rhythmOf(build: Build, from: CstNode): Rhythm | undefined {
  const days = literals.weekdaysOf(node(from, 'days'));
  if (has(from, 'daily')) return { kind: 'daily', days: [] };
  if (has(from, 'weekdays')) return { kind: 'weekdays', days: workweek };
  if (has(from, 'weekly')) return { kind: 'weekly', days };
  const business = node(from, 'businessDays');
  if (business) {
    const calendar = nameAt(business);
    return { kind: 'business-days', days: [], ...(calendar && { calendar }) };
  }
  const month = node(from, 'monthDays');
  if (month) return { kind: 'monthly', ...monthDaysOf(build, month) };
  const period = node(from, 'period');
  if (period) return periodOf(build, period);
  return days.length > 0 ? { kind: 'weekdays', days } : undefined;
}

/** `at 09:00, 14:00`, or `3 times between 09:00 and 21:00`. */
function timesOf(build: Build, from: CstNode): Pick<Cadence, 'at' | 'spaced'> {
  const written = node(from, 'timesOfDay');
  const at = present(nodes(written, 'clockTime').map((time) => plainOf(build, time)));
  const between = node(from, 'spaced');
  if (!between) return { at };
  const times = plainOf(build, node(between, 'amount'));
  const [start, end] = nodes(between, 'clockTime').map((time) => plainOf(build, time));
  return { at, ...(times && start && end && { spaced: { times, from: start, to: end } }) };
}

const ordinals = new Map([
  ['first', 1],
  ['second', 2],
  ['third', 3],
  ['fourth', 4],
  ['fifth', 5],
]);
const LAST = -1;
const MONTH_DAYS_MAX = 31;

/** `1, 15`, `last`, `second thu`, `last fri`. */
function monthDaysOf(build: Build, from: CstNode): Pick<Rhythm, 'days' | 'nth' | 'monthDays'> {
  const days = literals.weekdaysOf(from);
  if (days.length > 0) {
    const word = nameAt(from);
    const nth = word ? ordinals.get(word.text) : LAST;
    if (word && nth === undefined) {
      build.diagnostics.push(diagnostic('no-such-day', word.span, { found: quoted(word.text) }));
    }
    return { days, nth: nth ?? 1 };
  }
  const monthDays = nodes(from, 'monthDay').map((day) => {
    const number = token(day, 'NumberToken');
    if (!number) return LAST;
    const value = Number(number.image);
    if (Number.isInteger(value) && value >= 1 && value <= MONTH_DAYS_MAX) return value;
    build.diagnostics.push(diagnostic('no-such-day', tokenSpan(number), { found: quoted(number.image) }));
    return 1;
  });
  return { days: [], monthDays };
}

/** Weeks are counted from a day of the week, months from a day of the month, and nothing else from either. */
function countedFrom(build: Build, from: CstNode, wrong: { days: boolean; month: boolean }): void {
  const on = token(from, 'on');
  if (!on || !(wrong.days || wrong.month)) return;
  const span = { start: on.startOffset, end: nodeSpan(from).end };
  build.diagnostics.push(diagnostic(wrong.days ? 'period-on-weekday' : 'period-on-month-day', span));
}

const MONTHS_PER_YEAR = 12;

const oneMonth = (from: CstNode): DurationLiteral => {
  const { start, end } = tokenSpan(token(from, 'month') as IToken);
  return { kind: 'duration', amount: 1, unit: 'months', span: { start, end } };
};

/** `every day`, `every weekday`, `every week on mon` and `every mon, wed` are cadences that have names of their own. */
function periodOf(build: Build, from: CstNode): Rhythm {
  const days = nodes(from, 'days').flatMap((list) => literals.weekdaysOf(list));
  if (has(from, 'day')) return { kind: 'daily', days: [] };
  if (has(from, 'week')) return { kind: 'weekly', days };
  if (has(from, 'Word')) return { kind: 'weekdays', days: workweek };
  const every = has(from, 'month') ? oneMonth(from) : literals.durationOf(build, from);
  if (!every) return { kind: 'weekdays', days };
  const months = every.unit === 'months' || every.unit === 'years';
  const weeks = every.unit === 'weeks';
  const month = node(from, 'monthDays');
  countedFrom(build, from, { days: days.length > 0 && !weeks, month: month !== undefined && !months });
  const rhythmic = months || weeks || every.unit === 'days' || every.unit === 'hours' || every.unit === 'minutes';
  if (!rhythmic || every.amount <= 0) {
    const found = quoted(build.text.slice(every.span.start, every.span.end));
    build.diagnostics.push(diagnostic('not-a-rhythm', every.span, { found }));
    return { kind: 'every', days: [], every: { ...every, amount: 1, unit: 'days' } };
  }
  if (months) {
    const amount = every.unit === 'years' ? every.amount * MONTHS_PER_YEAR : every.amount;
    return {
      kind: 'monthly',
      days: [],
      ...(month && monthDaysOf(build, month)),
      every: { ...every, amount, unit: 'months' },
    };
  }
  return { kind: 'every', days: weeks ? days : [], every };
}
