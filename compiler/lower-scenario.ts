/**
 * A scenario to its IR: its words resolved against the program it tells of, its values checked.
 *
 * Comes after the program was checked and lowered. A scenario may be in another file than its
 * program, so the text its spans point into is its own.
 */
import type { Expectation, Name, Scenario, ScenarioMoment, ScenarioStep, Span } from '../language/ast.ts';
import { diagnostic } from '../language/diagnostics.ts';
import { plainValueFor } from './bind-fields.ts';
import { isZone } from './checks/times.ts';
import { duration, textWithoutHoles, weekdayName, weekdayOf } from './constants.ts';
import { lackingAtStart } from './given-at-start.ts';
import { inference } from './infer.ts';
import { nothingKnown, words } from './inference.ts';
import type { Ir } from './ir.ts';
import { type ScenarioContext as Context, dataValues, lowerDeed } from './lower-deeds.ts';
import { lowerExpression } from './lower-expressions.ts';
import { COHORT, listed, meant, OPERATOR, PARTICIPANT, replaceWith } from './names.ts';
import type { ExpectationIr, ScenarioIr, ScenarioStepIr } from './scenario-ir.ts';
import { checkOrder } from './scenario-order.ts';
import { stopExit } from './stop.ts';
import { type Checked, flowSymbols, type LetSymbol, type Report, type StageSymbol } from './symbols.ts';
import { deedsIn } from './walk.ts';

/** `checked` and `ir` are those of the program the scenario names. */
export function lowerScenario(
  node: Scenario,
  text: string,
  program: { checked: Checked; ir: Ir },
  report: Report,
): ScenarioIr {
  const checked: Checked = {
    ...program.checked,
    text,
    letsInText: false,
    standIns: new WeakMap(),
  };
  const start = node.steps.find((step) => step.kind === 'start');
  const cx: Context = {
    checked,
    ir: program.ir,
    report,
    stage: program.ir.initial,
    zone: start?.zone === undefined ? program.ir.zone.fallback : textWithoutHoles(start.zone),
    moment: (of) => checkMoment(cx, of),
  };
  const [first, ...rest] = node.steps;
  const problem = (span: Span, words: string) => report(diagnostic('scenario-start', span, { problem: words }));
  if (first === undefined) problem(node.title.span, 'This scenario is empty.');
  else if (first.kind !== 'start') problem(first.span, 'The scenario does not say when it starts.');
  for (const step of rest)
    if (step.kind === 'start' && first?.kind === 'start') problem(step.span, 'A scenario starts once.');
  checkOrder(node, report);
  return {
    title: textWithoutHoles(node.title),
    program: node.program.text,
    steps: node.steps.map((step) => lowerStep(cx, step)),
    span: node.span,
  };
}

/** A scenario of a program that is not there: only its outline can be kept. */
export function outlineScenario(node: Scenario): ScenarioIr {
  return { title: textWithoutHoles(node.title), program: node.program.text, steps: [], span: node.span };
}

function lowerStep(cx: Context, step: ScenarioStep): ScenarioStepIr {
  const { span } = step;
  switch (step.kind) {
    case 'start': {
      checkMoment(cx, step.moment);
      const zone = step.zone === undefined ? undefined : textWithoutHoles(step.zone);
      if (zone !== undefined && !isZone(zone)) cx.report(diagnostic('unknown-zone', step.zone?.span ?? span, { zone }));
      if (step.at !== undefined) stageNamed(cx, step.at);
      const data = dataValues(cx, step.with, undefined);
      // A value that could not be read was told.
      const written = Object.fromEntries(step.with.map(({ name }) => [name.text, true]));
      for (const name of lackingAtStart(cx.ir, written)) cx.report(diagnostic('start-lacks', step.span, { name }));
      return {
        kind: 'start',
        moment: step.moment,
        ...(zone === undefined ? {} : { zone }),
        ...(step.at === undefined ? {} : { at: step.at.text }),
        with: data,
        span,
      };
    }
    case 'each': {
      if (step.times !== undefined && (step.times < 1 || !Number.isInteger(step.times))) {
        const words = { value: step.times, of: '`times`', range: 'a whole number, at least 1' };
        cx.report(diagnostic('out-of-range', span, words));
      }
      const times = step.times === undefined ? {} : { times: step.times };
      return { kind: 'each', days: step.days, at: step.at.minutes, ...times, deed: lowerDeed(cx, step.deed), span };
    }
    case 'on':
      checkMoment(cx, step.moment);
      return { kind: 'on', moment: step.moment, deed: lowerDeed(cx, step.deed), span };
    case 'deed':
      return { kind: 'deed', deed: lowerDeed(cx, step.deed), span };
    case 'wait':
      return { kind: 'wait', duration: duration(step.duration), span };
    case 'wait-until':
      checkMoment(cx, step.moment);
      return { kind: 'wait-until', moment: step.moment, span };
    case 'expect': {
      for (const one of step.expectations) if (one.kind === 'stage') stageNamed(cx, one.stage);
      return { kind: 'expect', expectations: step.expectations.map((one) => lowerExpectation(cx, one)), span };
    }
  }
}

function checkMoment(cx: Context, moment: ScenarioMoment): void {
  if (moment.day !== undefined && (moment.day < 1 || !Number.isInteger(moment.day))) {
    cx.report(diagnostic('out-of-range', moment.span, { value: moment.day, of: '`day`', range: 'counted from 1' }));
  }
  if (moment.date === undefined) return;
  const { iso, span } = moment.date;
  const actual = weekdayOf(iso);
  // A date that is not in the calendar was told when it was read.
  if (actual !== undefined && moment.weekday !== undefined && moment.weekday !== actual) {
    const place = { start: moment.span.start, end: span.end };
    const words = { date: iso, weekday: weekdayName(moment.weekday), actual: weekdayName(actual) };
    cx.report(
      diagnostic('wrong-weekday', place, words, {
        hint: `Write \`${actual} ${iso}\`.`,
        fix: replaceWith(`${actual} ${iso}`, place),
      }),
    );
  }
}

function stageNamed(cx: Context, name: { text: string; span: Span }): void {
  if (cx.checked.symbols.stages.has(name.text)) {
    cx.stage = name.text;
    return;
  }
  // A pause is spent in a stage that nobody wrote.
  if (Object.hasOwn(cx.ir.stages, name.text)) return;
  const { tracks } = cx.checked.symbols;
  const track = [...tracks.values()].find((one) => one.stages.has(name.text));
  const hint =
    track === undefined
      ? `The stages are: ${[...cx.checked.symbols.stages.keys()].join(', ')}.`
      : `It is a stage of a track: \`stage of ${track.name} is ${name.text}\`.`;
  const details = meant(name, cx.checked.symbols.stages.keys(), { hint });
  cx.report(diagnostic('unknown-stage', name.span, { name: name.text }, details));
}

// ---------------------------------------------------------------- expectations

function lowerExpectation(cx: Context, node: Expectation): ExpectationIr {
  const common = { source: words(cx.checked, node.span), span: node.span };
  switch (node.kind) {
    case 'stage':
      return { ...common, kind: 'stage', stage: node.stage.text };
    case 'left': {
      const { exits } = cx.checked.symbols;
      if (!exits.has(node.as.text) && node.as.text !== stopExit) {
        const known = exits.size === 0 ? 'nothing at all' : [...exits.keys()].join(', ');
        const last = Object.values(cx.ir.stages).find((stage) => stage.final !== undefined);
        const people = `People leave as ${known}.`;
        const hint =
          last === undefined
            ? people
            : `${people} Who has come to a final stage is there: \`expect stage ${last.name}\`.`;
        const details = meant(node.as, exits.keys(), { hint });
        cx.report(diagnostic('unknown-exit', node.as.span, { name: node.as.text, known }, details));
      }
      return { ...common, kind: 'left', as: node.as.text };
    }
    case 'escalated': {
      needSomebody(cx, node.to, [...cx.checked.symbols.ladders.keys()], 'unknown-role');
      return { ...common, kind: 'escalated', to: node.to.text, ...contained(node), negated: node.negated };
    }
    case 'count': {
      const within = node.within === undefined ? {} : { within: node.within };
      return { ...common, kind: 'count', of: node.of, ...within, operator: node.operator, value: node.value };
    }
    case 'told':
      needSomebody(cx, node.to, [PARTICIPANT, COHORT], 'unknown-recipient');
      return { ...common, kind: 'told', to: node.to.text, ...contained(node), negated: node.negated };
    case 'sent': {
      if (node.to !== undefined) needSomebody(cx, node.to, [PARTICIPANT, COHORT], 'unknown-recipient');
      needDocument(cx, node.what);
      const to = node.to === undefined ? {} : { to: node.to.text };
      return { ...common, kind: 'sent', what: node.what.text, ...to, ...contained(node), negated: node.negated };
    }
    case 'called': {
      const { services } = cx.checked.symbols;
      if (!services.has(node.service.text)) {
        const details = meant(node.service, services);
        cx.report(diagnostic('unknown-service', node.service.span, { name: node.service.text }, details));
      }
      const action = node.action === undefined ? {} : { action: node.action.text };
      return { ...common, kind: 'called', service: node.service.text, ...action, negated: node.negated };
    }
    case 'proposed':
      return { ...common, ...proposed(cx, node) };
    case 'asked': {
      if (node.to !== undefined) needSomebody(cx, node.to, [PARTICIPANT], 'unknown-recipient');
      const to = node.to === undefined || node.to.text === PARTICIPANT ? {} : { to: node.to.text };
      return { ...common, kind: 'asked', ...to, ...contained(node), negated: node.negated };
    }
    case 'message':
      return { ...common, kind: 'message', ...contained(node), negated: node.negated };
    case 'no-message-between':
      return { ...common, kind: 'no-message-between', from: node.from.minutes, to: node.to.minutes };
    case 'condition': {
      const stage = letsOf(cx);
      // An expectation of a value that is missing is not met, and the failure says so.
      const report: Report = (one) => (one.code === 'maybe-missing' ? undefined : cx.report(one));
      inference(cx.checked, report).condition(node.condition, { known: nothingKnown, ...(stage && { stage }) });
      const condition = lowerExpression(
        { checked: cx.checked, owner: cx.stage, scope: 'visit', criteria: {} },
        node.condition,
      );
      return { ...common, kind: 'condition', condition };
    }
  }
}

const contained = ({ contains }: { contains?: Parameters<typeof textWithoutHoles>[0] }) =>
  contains === undefined ? {} : { contains: textWithoutHoles(contains) };

/** A role, or one of the `others`; reports anybody else. */
function needSomebody(
  cx: Context,
  name: Name,
  others: readonly string[],
  code: 'unknown-role' | 'unknown-recipient',
): void {
  const { roles } = cx.checked.symbols;
  const known = [...roles, OPERATOR, ...others];
  if (!known.includes(name.text)) cx.report(diagnostic(code, name.span, { name: name.text }, meant(name, known)));
}

/** A document that the program sends somewhere. */
function needDocument(cx: Context, what: Name): void {
  const sent = new Set<string>();
  for (const { action } of deedsIn(cx.checked.program)) if (action?.kind === 'send') sent.add(action.what.text);
  if (sent.has(what.text)) return;
  const known =
    sent.size === 0 ? { hint: 'The program sends no documents.' } : { hint: `It sends: ${listed(sent, '')}.` };
  cx.report(diagnostic('unknown-document', what.span, { name: what.text }, meant(what, sent, known)));
}

type Proposed = Extract<ExpectationIr, { kind: 'proposed' }>;

/** A field that would be set (with its value), or the stage a move would go to. */
function proposed(cx: Context, node: Extract<Expectation, { kind: 'proposed' }>): Omit<Proposed, 'source' | 'span'> {
  const { what, value, negated } = node;
  if (what === undefined) return { kind: 'proposed', negated };
  const { symbols } = cx.checked;
  const fields = [symbols.fields, ...[...symbols.lists.values()].map((list) => list.fields)];
  const field = fields.map((all) => all.get(what.text)).find((one) => one !== undefined);
  const isStage = flowSymbols(symbols).some((flow) => flow.stages.has(what.text));
  if (field === undefined && !isStage) {
    const known = [...symbols.fields.keys(), ...symbols.stages.keys()];
    const hint = { hint: 'Name the field that would be set, or the stage the move would lead to.' };
    cx.report(diagnostic('unknown-name', what.span, { name: what.text }, meant(what, known, hint)));
  }
  const kept = value && field && plainValueFor(value, field.declared, `\`${field.name}\``, cx.report);
  return { kind: 'proposed', what: what.text, ...(kept === undefined ? {} : { value: kept }), negated };
}

/** The lets a condition may name: those of the stage last spoken of, then those of the others. */
function letsOf(cx: Context): StageSymbol | undefined {
  const own = cx.checked.symbols.stages.get(cx.stage);
  if (own === undefined) return undefined;
  const lets = new Map<string, LetSymbol>();
  for (const stage of cx.checked.symbols.stages.values())
    for (const symbol of stage.lets.values()) if (!lets.has(symbol.name)) lets.set(symbol.name, symbol);
  const windows = new Map([...cx.checked.symbols.stages.values()].flatMap((stage) => [...stage.windows]));
  for (const symbol of own.lets.values()) lets.set(symbol.name, symbol);
  for (const [name, window] of own.windows) windows.set(name, window);
  return { ...own, lets, windows };
}
