/**
 * CST to AST: scenarios, the stories that test a program.
 */
import type { Deed, Expectation, Expr, Scenario, ScenarioMoment, ScenarioStep, Weekday } from './ast.ts';
import { compareOperator, expressionOf } from './build-expressions.ts';
import * as literals from './build-literals.ts';
import { assignmentsOf, entryOf, plainField, recordedOf } from './build-types.ts';
import {
  type Build,
  type CstNode,
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
import { countedThings } from './grammar-expectations.ts';
import { reportUnknown } from './unknown.ts';

export function buildScenario(build: Build, from: CstNode): Scenario | undefined {
  const title = literals.textOf(build, from);
  const program = nameAt(from);
  const steps = nodes(from, 'step').map((step) => {
    const inner = onlyNode(step);
    return inner && buildStep(build, inner);
  });
  return title && program && { kind: 'scenario', title, program, steps: present(steps), span: nodeSpan(from) };
}

const everyDay: Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

function buildStep(build: Build, from: CstNode): ScenarioStep | undefined {
  const span = nodeSpan(from);
  switch (from.name) {
    case 'startStep': {
      const moment = momentOf(build, from);
      const zone = literals.textOf(build, from);
      const at = nameAt(from);
      const given = assignmentsOf(build, node(node(from, 'withClause'), 'assignments'));
      return moment && { kind: 'start', moment, ...(zone && { zone }), ...(at && { at }), with: given, span };
    }
    case 'eachStep': {
      const at = literals.timeOf(build, from);
      const deed = deedOf(build, from);
      const number = token(from, 'NumberToken');
      const times = number ? literals.readCount(build, number) : undefined;
      const days = has(from, 'day') ? everyDay : literals.weekdaysOf(node(from, 'days'));
      return at && deed && { kind: 'each', days, at, ...(times !== undefined && { times }), deed, span };
    }
    case 'dated': {
      const moment = momentOf(build, from);
      const deed = deedOf(build, from);
      return moment && deed && { kind: 'on', moment, deed, span };
    }
    case 'deed': {
      const deed = buildDeed(build, from);
      return deed && { kind: 'deed', deed, span };
    }
    case 'waitStep': {
      const moment = momentOf(build, from);
      if (moment) return { kind: 'wait-until', moment, span };
      const duration = literals.durationOf(build, from);
      return duration && { kind: 'wait', duration, span };
    }
    case 'expectStep': {
      const expectations = nodes(from, 'expectation').map((child) => buildExpectation(build, child));
      return { kind: 'expect', expectations: present(expectations), span };
    }
    default:
      reportUnknown(build, from, 'scenario');
      return undefined;
  }
}

function momentOf(build: Build, parent: CstNode): ScenarioMoment | undefined {
  const from = node(parent, 'storyMoment');
  if (!from) return undefined;
  const [weekday] = literals.weekdaysOf(from);
  const date = token(from, 'DateToken');
  const day = token(from, 'NumberToken');
  const at = literals.timeOf(build, from);
  if (!weekday && !date && !day) return undefined;
  return {
    ...(weekday && { weekday }),
    ...(date && { date: literals.buildDate(build, date) }),
    ...(day && { day: literals.readCount(build, day) }),
    ...(at && { at }),
    span: nodeSpan(from),
  };
}

function deedOf(build: Build, parent: CstNode): Deed | undefined {
  const from = node(parent, 'deed');
  return from && buildDeed(build, from);
}

function buildDeed(build: Build, from: CstNode): Deed | undefined {
  const deed = plainDeed(build, from);
  const refused = token(from, 'refused');
  return deed && refused ? { ...deed, refused: tokenSpan(refused) } : deed;
}

function plainDeed(build: Build, from: CstNode): Deed | undefined {
  const span = nodeSpan(from);
  const they = node(from, 'theyDeed');
  if (they) {
    const text = literals.textOf(build, they);
    if (has(they, 'move')) return text && { kind: 'moves', zone: text, span };
    const corrected = correctionOf(build, they);
    if (corrected) return { ...corrected, span };
    if (text) return { kind: 'says', text, span };
    const value = expressionOf(build, they);
    return value && { kind: 'answers', value, span };
  }
  const agent = node(from, 'agentDeed');
  if (agent) return agentDeed(build, agent);
  const role = node(from, 'roleDeed');
  if (role) return roleDeed(build, role);
  return happening(build, node(from, 'happening'));
}

/** `doses { taken: yes } of day 23 at 08:00`. */
function happening(build: Build, from: CstNode | undefined): Extract<Deed, { kind: 'record' }> | undefined {
  if (!from) return undefined;
  const recorded = recordedOf(build, from);
  const occurred = momentOf(build, from);
  return recorded && { kind: 'record', ...recorded, ...(occurred && { occurred }), span: nodeSpan(from) };
}

/** `corrects doses of day 23 { taken: yes }`, `retracts doses of day 23`. */
function correctionOf(build: Build, parent: CstNode): Extract<Deed, { kind: 'correct' }> | undefined {
  const corrected = node(parent, 'correction');
  const from = corrected ?? node(parent, 'retraction');
  const series = nameAt(from);
  const of = from && momentOf(build, from);
  if (!from || !series || !of) return undefined;
  const value = expressionOf(build, corrected);
  const fields = corrected && (value ? [plainField(value)] : entryOf(build, corrected));
  return { kind: 'correct', series, of, ...(fields && { fields }), span: nodeSpan(from) };
}

function roleDeed(build: Build, from: CstNode): Deed | undefined {
  const span = nodeSpan(from);
  const [by, second] = [nameAt(from), nameAt(from, 1)];
  if (!by) return undefined;
  const recorded = happening(build, node(from, 'happening'));
  if (recorded) return { ...recorded, by, span };
  const corrected = correctionOf(build, from);
  if (corrected) return { ...corrected, by, span };
  const fields = assignmentsOf(build, node(from, 'assignments'));
  if (has(from, 'sets')) {
    const key = expressionOf(build, from);
    return { kind: 'sets', by, ...(second && key && { item: { list: second, key } }), fields, span };
  }
  if (has(from, 'adds')) return second && { kind: 'adds', by, list: second, fields: entryOf(build, from), span };
  if (has(from, 'approves') || has(from, 'refuses')) {
    return { kind: 'decides', by, approve: has(from, 'approves'), fields, span };
  }
  if (has(from, 'acknowledges')) return { kind: 'acknowledges', by, span };
  const text = has(from, 'tells') ? literals.textOf(build, from) : undefined;
  if (text) return { kind: 'tells', by, text, span };
  const value = has(from, 'answers') ? expressionOf(build, from) : undefined;
  return value && { kind: 'role-answers', by, value, span };
}

function agentDeed(build: Build, from: CstNode): Deed | undefined {
  const span = nodeSpan(from);
  const judges = node(from, 'judgesDeed');
  if (judges) {
    const [criterion, ...quotes] = tokens(judges, 'Text').map((text) => literals.buildText(build, text));
    const number = token(judges, 'NumberToken');
    // Without a number the scripted judgement is certain: a story rarely cares how certain.
    const confidence = number ? literals.readConfidence(build, number) : 1;
    return criterion && { kind: 'agent-judges', criterion, holds: !has(judges, 'no'), confidence, quotes, span };
  }
  if (has(from, 'sets')) {
    return { kind: 'agent-sets', fields: assignmentsOf(build, node(from, 'assignments')), span };
  }
  const text = literals.textOf(build, from);
  return text && { kind: 'agent-says', text, span };
}

function buildExpectation(build: Build, from: CstNode): Expectation | undefined {
  const span = nodeSpan(from);
  const name = nameAt(from);
  if (has(from, 'stage')) return name && { kind: 'stage', stage: name, span };
  if (has(from, 'left')) return name && { kind: 'left', as: name, span };
  const escalated = node(from, 'escalatedExpectation');
  const to = nameAt(escalated);
  if (escalated && to) {
    return { kind: 'escalated', to, ...containing(build, escalated), negated: has(escalated, 'not'), span };
  }
  const event = node(from, 'eventExpectation');
  if (event) return eventExpectation(build, event);
  const other = node(from, 'notStage');
  if (other) return notStage(other);
  const whole = node(from, 'wholeCount');
  if (whole) {
    const of = countedThings.get(nameAt(whole)?.text ?? '');
    const number = token(whole, 'NumberToken');
    const value = number ? literals.readNumber(build, number) : 0;
    return of && { kind: 'count', of, ...withinOf(whole), operator: '=', value, span };
  }
  const count = node(from, 'countExpectation');
  if (count) return countExpectation(build, count);
  const noMessage = node(from, 'noMessage');
  if (noMessage) {
    const [start, end] = [literals.timeOf(build, noMessage, 0), literals.timeOf(build, noMessage, 1)];
    if (start && end) return { kind: 'no-message-between', from: start, to: end, span };
    if (has(noMessage, 'between')) return undefined;
    return { kind: 'message', ...containing(build, noMessage), negated: true, span };
  }
  if (has(from, 'message')) return { kind: 'message', ...containing(build, from), negated: false, span };
  const condition: Expr | undefined = expressionOf(build, from);
  return condition && { kind: 'condition', condition, span };
}

/** `not stage training` is `stage != training`. */
function notStage(from: CstNode): Expectation | undefined {
  const [word, name, span] = [token(from, 'stage'), nameAt(from), nodeSpan(from)];
  if (!word || !name) return undefined;
  const left: Expr = { kind: 'stage-of', span: tokenSpan(word) };
  const right: Expr = { kind: 'name', name, span: name.span };
  return { kind: 'condition', condition: { kind: 'binary', operator: '!=', left, right, span }, span };
}

function containing(build: Build, from: CstNode) {
  const contains = literals.textOf(build, from);
  return contains ? { contains } : {};
}

function countExpectation(build: Build, from: CstNode): Expectation | undefined {
  const of = (['nudges', 'messages', 'reviews', 'escalations', 'proposals'] as const).find((word) => has(from, word));
  const operator = token(from, 'CompareOperator');
  const number = token(from, 'NumberToken');
  if (!of || !operator || !number) return undefined;
  const value = literals.readNumber(build, number);
  return { kind: 'count', of, ...withinOf(from), operator: compareOperator(operator), value, span: nodeSpan(from) };
}

/** `messages today`, `messages this week`. */
function withinOf(parent: CstNode): { within?: 'day' | 'week' } {
  const from = node(parent, 'countedWithin');
  if (has(from, 'week')) return { within: 'week' };
  return has(from, 'today') || has(from, 'day') ? { within: 'day' } : {};
}

/** `told nurse "…"`, `sent report to lead`, `called billing charge`, `proposed dose = 14`, `asked "…"`. */
function eventExpectation(build: Build, from: CstNode): Expectation | undefined {
  const span = nodeSpan(from);
  const negated = has(from, 'not') || has(from, 'no');
  const [name, second] = [nameAt(from), nameAt(from, 1)];
  const contained = containing(build, from);
  if (has(from, 'proposed') || has(from, 'proposal') || has(from, 'proposals')) {
    const value = expressionOf(build, from);
    return { kind: 'proposed', ...(name && { what: name }), ...(value && { value }), negated, span };
  }
  if (has(from, 'asked')) return { kind: 'asked', ...(name && { to: name }), ...contained, negated, span };
  if (!name) return undefined;
  if (has(from, 'told')) return { kind: 'told', to: name, ...contained, negated, span };
  if (has(from, 'called')) return { kind: 'called', service: name, ...(second && { action: second }), negated, span };
  return { kind: 'sent', what: name, ...(second && { to: second }), ...contained, negated, span };
}
