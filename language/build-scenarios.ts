/**
 * CST to AST: scenarios, the stories that test a program.
 */
import type { CstNode } from 'chevrotain';
import type { Deed, Expectation, Expr, Scenario, ScenarioMoment, ScenarioStep } from './ast.ts';
import { compareOperator, expressionOf } from './build-expressions.ts';
import * as literals from './build-literals.ts';
import { assignmentsOf, recordedOf } from './build-types.ts';
import { type Build, has, nameAt, node, nodeSpan, nodes, onlyNode, present, token, tokens } from './cst.ts';
import { countedThings } from './grammar.ts';
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
      return at && deed && { kind: 'each', days: literals.weekdaysOf(node(from, 'days')), at, deed, span };
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
  const from = node(parent, 'moment');
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
  const span = nodeSpan(from);
  const they = node(from, 'theyDeed');
  if (they) {
    const text = literals.textOf(build, they);
    if (text) return { kind: 'says', text, span };
    const value = expressionOf(build, they);
    return value && { kind: 'answers', value, span };
  }
  const agent = node(from, 'agentDeed');
  if (agent) return agentDeed(build, agent);
  const recorded = recordedOf(build, from);
  return recorded && { kind: 'record', ...recorded, span };
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
  if (has(from, 'escalated')) return name && { kind: 'escalated', to: name, span };
  const whole = node(from, 'wholeCount');
  if (whole) {
    const of = countedThings.get(nameAt(whole)?.text ?? '');
    const number = token(whole, 'NumberToken');
    const value = number ? literals.readNumber(build, number) : 0;
    return of && { kind: 'count', of, operator: '=', value, span };
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

function containing(build: Build, from: CstNode) {
  const contains = literals.textOf(build, from);
  return contains ? { contains } : {};
}

function countExpectation(build: Build, from: CstNode): Expectation | undefined {
  const of = (['nudges', 'messages', 'reviews'] as const).find((word) => has(from, word));
  const operator = token(from, 'CompareOperator');
  const number = token(from, 'NumberToken');
  if (!of || !operator || !number) return undefined;
  const value = literals.readNumber(build, number);
  return { kind: 'count', of, operator: compareOperator(operator), value, span: nodeSpan(from) };
}
