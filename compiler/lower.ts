/**
 * A checked program to its IR: clauses, fields, tables, lets and stages in the shape that runs.
 *
 * Best effort where the program has mistakes, so that the editor can draw it. Rules are in
 * `lower-rules.ts`, expressions in `lower-expressions.ts`; what is written is not judged again.
 */
import type { Cadence as CadenceNode, Program, Stage as StageNode, Weekday } from '../language/ast.ts';
import { declaredType } from './bind.ts';
import { OPERATOR } from './checks/roles.ts';
import { duration, plainText, textWithoutHoles, usualMinutes } from './constants.ts';
import { type Cadence, type Ir, irVersion, type Let, type Nudge, type Question, type Stage } from './ir.ts';
import { type LowerContext, lowerExpression, lowerText } from './lower-expressions.ts';
import { lowerEffects, lowerRules } from './lower-rules.ts';
import { withStop } from './stop.ts';
import type { Checked, LetSymbol, Report } from './symbols.ts';
import { findSeries } from './symbols.ts';
import { anytimeRules, entryActions, rulesOf } from './walk.ts';

/** Reviews without a time of day fall here: late enough to be awake, early enough to act on. */
const REVIEW_AT = 10 * 60;
/** A nudge that says nothing else is given once in a silence. */
const NUDGES_DEFAULT = 1;
const everyDay: Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

export function lower(checked: Checked, report: Report): Ir {
  const { program, symbols } = checked;
  const criteria: Ir['criteria'] = {};
  const context = (owner: string): LowerContext => ({
    checked,
    owner,
    scope: owner === 'anytime' || owner === 'program' ? 'enrollment' : 'visit',
    criteria,
  });
  const stages = [...symbols.stages.values()];
  return withStop({
    irVersion,
    name: program.name.text,
    title: program.title === undefined ? program.name.text : textWithoutHoles(program.title),
    ...lowerClauses(program),
    roles: [...new Set([...symbols.roles, OPERATOR])],
    data: Object.fromEntries(
      [...symbols.fields.values()].map(({ name, declared, optional, initial, agentMaySet, span }) => [
        name,
        { name, type: declared, optional, initial, agentMaySet, span },
      ]),
    ),
    series: Object.fromEntries(
      [...symbols.series.values()].map(({ name, singular, fields, agentMayRecord, span }) => [
        name,
        {
          name,
          singular,
          fields: Object.fromEntries(
            [...fields.values()].map((field) => [
              field.name,
              { name: field.name, type: field.declared, optional: field.optional },
            ]),
          ),
          agentMayRecord,
          span,
        },
      ]),
    ),
    tables: Object.fromEntries(
      [...symbols.tables.values()].map(({ name, keys, columns, rows }) => [
        name,
        { name, keys: keys.map((key) => key.name), columns, rows },
      ]),
    ),
    lets: Object.fromEntries(
      [...symbols.lets.values(), ...stages.flatMap((stage) => [...stage.lets.values()])].map((symbol) => [
        symbol.id,
        lowerLet(context(symbol.stage ?? 'program'), symbol),
      ]),
    ),
    anytime: lowerRules(context('anytime'), anytimeRules(program), report),
    stages: Object.fromEntries(
      stages.map((stage) => [stage.name, lowerStage(context(stage.name), stage.node, report)]),
    ),
    stageOrder: stages.map((stage) => stage.name),
    initial: stages[0]?.name ?? '',
    exits: [...symbols.exits.keys()],
    criteria,
  });
}

type Clauses = Pick<Ir, 'about' | 'enroll' | 'reenter' | 'zone' | 'quiet' | 'budget' | 'agent'>;

/** Where a clause is said twice, the first counts; that was reported. */
function lowerClauses(program: Program): Clauses {
  const clauses: Clauses = {
    about: '',
    // Nobody is let in by default who did not prove who they are; the others wait for an operator.
    enroll: { verified: true, others: 'ask' },
    zone: { theirs: true, fallback: 'UTC' },
    agent: 'assistant',
  };
  for (const item of [...program.items].reverse()) {
    switch (item.kind) {
      case 'about':
        clauses.about = textWithoutHoles(item.text);
        break;
      case 'enroll': {
        const domain = item.domain === undefined ? undefined : plainText(item.domain);
        clauses.enroll = { verified: item.verified, ...(domain === undefined ? {} : { domain }), others: item.others };
        break;
      }
      case 'reenter':
        clauses.reenter = {
          after: item.after === undefined ? { amount: 0, unit: 'days' } : duration(item.after),
          keeping: item.keeping.map((name) => name.text),
        };
        break;
      case 'timezone':
        clauses.zone = { theirs: item.theirs, fallback: textWithoutHoles(item.fallback) };
        break;
      case 'quiet':
        clauses.quiet = { from: item.from.minutes, to: item.to.minutes };
        break;
      case 'budget':
        clauses.budget = { usdPerMonth: item.usd };
        break;
      case 'agent':
        clauses.agent = item.name.text;
        break;
      default:
        break;
    }
  }
  return clauses;
}

function lowerLet(cx: LowerContext, { id, name, node }: LetSymbol): Let {
  return { id, name, value: lowerExpression(cx, node.value), span: node.span };
}

function lowerStage(cx: LowerContext, node: StageNode, report: Report): Stage {
  const name = node.name.text;
  const stage: Stage = {
    name,
    title: node.title === undefined ? { parts: [name.replaceAll('_', ' ')] } : lowerText(cx, node.title),
    ...(node.final === undefined ? {} : { final: node.final.outcome ?? 'neutral' }),
    nudges: [],
    questions: [],
    escalations: [],
    entry: entryActions(node).flatMap((action) => lowerEffects(cx, action)),
    rules: lowerRules(cx, rulesOf(node), report),
    span: node.span,
  };
  for (const item of node.items) {
    if (item.kind === 'skill') stage.skill ??= item.name.text;
    if (item.kind === 'review') {
      const spreadMinutes = item.spread === undefined ? 0 : Math.round(usualMinutes(duration(item.spread)));
      stage.review ??= { cadence: lowerCadence(item.cadence), spreadMinutes, span: item.span };
    }
    if (item.kind === 'nudge') stage.nudges.push(lowerNudge(cx, item, `${name}/nudge-${stage.nudges.length + 1}`));
    if (item.kind === 'ask') stage.questions.push(lowerQuestion(cx, item, `${name}/ask-${stage.questions.length + 1}`));
    if (item.kind === 'escalate') {
      const id = `${name}/escalate-${stage.escalations.length + 1}`;
      stage.escalations.push({ id, after: duration(item.after), to: item.to.text, span: item.span });
    }
  }
  return stage;
}

function lowerNudge(cx: LowerContext, item: Extract<StageNode['items'][number], { kind: 'nudge' }>, id: string): Nudge {
  const without =
    item.without === undefined
      ? undefined
      : (findSeries(cx.checked.symbols, item.without.text)?.name ?? item.without.text);
  return {
    id,
    after: duration(item.after),
    ...(without === undefined ? {} : { without }),
    atMost: item.atMost ?? NUDGES_DEFAULT,
    span: item.span,
  };
}

function lowerQuestion(
  cx: LowerContext,
  item: Extract<StageNode['items'][number], { kind: 'ask' }>,
  id: string,
): Question {
  return {
    id,
    text: lowerText(cx, item.text),
    type: declaredType(item.answer, 'an answer', () => {}),
    field: item.as.text,
    ...(item.within === undefined ? {} : { within: duration(item.within) }),
    otherwise: item.otherwise.flatMap((action) => lowerEffects(cx, action)),
    span: item.span,
  };
}

function lowerCadence(cadence: CadenceNode): Cadence {
  const at = cadence.at?.minutes ?? REVIEW_AT;
  switch (cadence.kind) {
    case 'every':
      return { kind: 'every', days: cadence.every ?? 1, at };
    case 'daily':
      return { kind: 'on-days', days: everyDay, at };
    case 'weekdays':
      return { kind: 'on-days', days: cadence.days.length > 0 ? inWeekOrder(cadence.days) : everyDay.slice(0, 5), at };
    case 'weekly':
      return { kind: 'on-days', days: cadence.days.length > 0 ? inWeekOrder(cadence.days) : ['mon'], at };
  }
}

const inWeekOrder = (days: readonly Weekday[]): Weekday[] => everyDay.filter((day) => days.includes(day));
