/**
 * A scenario to its IR: its words resolved against the program it tells of, its values checked.
 *
 * Comes after the program was checked and lowered. A scenario may be in another file than its
 * program, so the text its spans point into is its own.
 */
import type {
  Assignment,
  Deed,
  Expectation,
  Scenario,
  ScenarioMoment,
  ScenarioStep,
  Span,
  TextLiteral,
} from '../language/ast.ts';
import { diagnostic } from '../language/diagnostics.ts';
import { nearest } from '../language/nearest.ts';
import { replaceWith } from './bind.ts';
import { OPERATOR } from './checks/roles.ts';
import { isZone } from './checks/times.ts';
import { constant, duration, misfit, showValue, textWithoutHoles, weekdayName, weekdayOf } from './constants.ts';
import { inference } from './infer.ts';
import { nothingKnown, words } from './inference.ts';
import type { Ir, Value, ValueType } from './ir.ts';
import { lowerExpression } from './lower-expressions.ts';
import type { DeedIr, ExpectationIr, ScenarioIr, ScenarioStepIr } from './scenario-ir.ts';
import { checkOrder } from './scenario-order.ts';
import { stopExit } from './stop.ts';
import { type Checked, findSeries, type LetSymbol, type Report, type StageSymbol } from './symbols.ts';
import { describeRange, describeType, typeOf } from './value-types.ts';

type Context = {
  checked: Checked;
  ir: Ir;
  report: Report /** The stage last spoken of: its lets come first. */;
  stage: string;
};

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
    resolutions: new Map(),
    unwrapped: new Set(),
  };
  const cx: Context = { checked, ir: program.ir, report, stage: program.ir.initial };
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
      return {
        kind: 'start',
        moment: step.moment,
        ...(zone === undefined ? {} : { zone }),
        ...(step.at === undefined ? {} : { at: step.at.text }),
        with: dataValues(cx, step.with, false),
        span,
      };
    }
    case 'each':
      return { kind: 'each', days: step.days, at: step.at.minutes, deed: lowerDeed(cx, step.deed), span };
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
  const near = nearest(name.text, cx.checked.symbols.stages.keys());
  const details = near === undefined ? {} : { hint: `Did you mean \`${near}\`?`, fix: replaceWith(near, name.span) };
  cx.report(diagnostic('unknown-stage', name.span, { name: name.text }, details));
}

// ---------------------------------------------------------------- deeds

function lowerDeed(cx: Context, deed: Deed): DeedIr {
  switch (deed.kind) {
    case 'record': {
      const series = findSeries(cx.checked.symbols, deed.series.text);
      if (series === undefined) {
        const near = nearest(deed.series.text, cx.checked.symbols.series.keys());
        const details =
          near === undefined ? {} : { hint: `Did you mean \`${near}\`?`, fix: replaceWith(near, deed.series.span) };
        cx.report(diagnostic('unknown-series', deed.series.span, { name: deed.series.text }, details));
        return { kind: 'record', series: deed.series.text, fields: {} };
      }
      const fields = values(cx, deed.fields, (name) => {
        const field = series.fields.get(name.text);
        if (field !== undefined) return field.declared;
        const known = [...series.fields.keys()].map((one) => `\`${one}\``).join(', ');
        const near = nearest(name.text, series.fields.keys());
        const details =
          near === undefined ? {} : { hint: `Did you mean \`${near}\`?`, fix: replaceWith(near, name.span) };
        cx.report(diagnostic('unknown-field', name.span, { series: series.name, name: name.text, known }, details));
        return undefined;
      });
      const missing = [...series.fields.values()].filter(
        (field) => !field.optional && !deed.fields.some((one) => one.name.text === field.name),
      );
      if (missing.length > 0) {
        const list = missing.map((field) => `\`${field.name}\``).join(', ');
        cx.report(diagnostic('incomplete-entry', deed.span, { series: series.name, missing: list }));
      }
      return { kind: 'record', series: series.name, fields };
    }
    case 'says':
      return { kind: 'says', text: textWithoutHoles(deed.text) };
    case 'answers':
      return { kind: 'answers', value: answer(cx, deed) };
    case 'agent-says':
      return { kind: 'agent-says', text: textWithoutHoles(deed.text) };
    case 'agent-sets':
      return { kind: 'agent-sets', fields: dataValues(cx, deed.fields, true) };
    case 'agent-judges':
      if (deed.confidence < 0 || deed.confidence > 1) {
        cx.report(
          diagnostic('out-of-range', deed.span, { value: deed.confidence, of: 'a confidence', range: '0 to 1' }),
        );
      }
      return {
        kind: 'agent-judges',
        criterion: criterionNamed(cx, deed.criterion),
        holds: deed.holds,
        confidence: deed.confidence,
        quotes: deed.quotes.map(textWithoutHoles),
      };
  }
}

/** What the person presses or writes; a word stands for itself. */
function answer(cx: Context, deed: Extract<Deed, { kind: 'answers' }>): string {
  const { value } = deed;
  if (value.kind === 'name') return value.name.text;
  const found = constant(value);
  if (found === undefined) {
    cx.report(diagnostic('not-constant', value.span));
    return '';
  }
  return typeof found.value === 'string' ? found.value : showValue(found.value);
}

function criterionNamed(cx: Context, literal: TextLiteral): string {
  const text = textWithoutHoles(literal);
  const all = Object.values(cx.ir.criteria);
  const same = all.filter((one) => one.text === text || one.id === text);
  const found = same.find((one) => one.stage === cx.stage) ?? same[0];
  if (found !== undefined) return found.id;
  const [first] = all;
  const near =
    nearest(
      text,
      all.map((one) => one.text),
    ) ?? (all.length === 1 ? first?.text : undefined);
  const details =
    near === undefined ? {} : { hint: `Did you mean “${near}”?`, fix: replaceWith(JSON.stringify(near), literal.span) };
  cx.report(diagnostic('unknown-criterion', literal.span, { text }, details));
  return text;
}

function dataValues(cx: Context, assignments: readonly Assignment[], byAgent: boolean): Record<string, Value> {
  return values(cx, assignments, (name) => {
    const field = cx.checked.symbols.fields.get(name.text);
    if (field === undefined) {
      const near = nearest(name.text, cx.checked.symbols.fields.keys());
      const details =
        near === undefined ? {} : { hint: `Did you mean \`${near}\`?`, fix: replaceWith(near, name.span) };
      cx.report(diagnostic('unknown-name', name.span, { name: name.text }, details));
      return undefined;
    }
    if (byAgent && !field.agentMaySet)
      cx.report(diagnostic('not-for-agent', name.span, { verb: 'set', name: name.text }));
    return field.declared;
  });
}

type Names = (name: Assignment['name']) => ValueType | undefined;

function values(cx: Context, assignments: readonly Assignment[], declaredOf: Names): Record<string, Value> {
  const entries: [string, Value][] = [];
  const seen = new Set<string>();
  for (const { name, value } of assignments) {
    if (seen.has(name.text)) cx.report(diagnostic('duplicate-name', name.span, { name: name.text }));
    seen.add(name.text);
    const declared = declaredOf(name);
    if (declared === undefined) continue;
    const options = declared.kind === 'choice' ? declared.options : [];
    const found = constant(value, options);
    if (found === undefined) {
      if (value.kind === 'name' && declared.kind === 'choice') {
        const near = nearest(value.name.text, options);
        const details =
          near === undefined ? {} : { hint: `Did you mean \`${near}\`?`, fix: replaceWith(near, value.span) };
        cx.report(
          diagnostic(
            'unknown-option',
            value.span,
            { name: value.name.text, of: `of \`${name.text}\``, options: options.join(', ') },
            details,
          ),
        );
      } else {
        const hint = declared.kind === 'yes-no' ? { hint: 'Write `yes` or `no`.' } : {};
        cx.report(diagnostic('not-constant', value.span, {}, hint));
      }
      continue;
    }
    const wanted = typeOf(declared);
    const problem = misfit(found.value, found.type, declared);
    if (problem === 'type') {
      cx.report(
        diagnostic('wrong-type', value.span, {
          found: describeType(found.type),
          expected: `\`${name.text}\` is ${describeType(wanted)}`,
        }),
      );
    } else if (problem === 'unit') {
      cx.report(
        diagnostic('unit-mismatch', value.span, { left: describeType(wanted), right: describeType(found.type) }),
      );
    } else if (problem === 'range' && wanted.kind === 'number') {
      const range = describeRange(wanted.min, wanted.max);
      cx.report(
        diagnostic('out-of-range', value.span, { value: showValue(found.value), of: `\`${name.text}\``, range }),
      );
    } else entries.push([name.text, found.value]);
  }
  return Object.fromEntries(entries);
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
        const near = nearest(node.as.text, exits.keys());
        const known = exits.size === 0 ? 'nothing at all' : [...exits.keys()].join(', ');
        const details =
          near === undefined ? {} : { hint: `Did you mean \`${near}\`?`, fix: replaceWith(near, node.as.span) };
        cx.report(diagnostic('unknown-exit', node.as.span, { name: node.as.text, known }, details));
      }
      return { ...common, kind: 'left', as: node.as.text };
    }
    case 'escalated': {
      const { roles } = cx.checked.symbols;
      if (!roles.has(node.to.text) && node.to.text !== OPERATOR) {
        const near = nearest(node.to.text, [...roles, OPERATOR]);
        const details =
          near === undefined ? {} : { hint: `Did you mean \`${near}\`?`, fix: replaceWith(near, node.to.span) };
        cx.report(diagnostic('unknown-role', node.to.span, { name: node.to.text }, details));
      }
      return { ...common, kind: 'escalated', to: node.to.text };
    }
    case 'count':
      return { ...common, kind: 'count', of: node.of, operator: node.operator, value: node.value };
    case 'message': {
      const contains = node.contains === undefined ? undefined : textWithoutHoles(node.contains);
      return { ...common, kind: 'message', ...(contains === undefined ? {} : { contains }), negated: node.negated };
    }
    case 'no-message-between':
      return { ...common, kind: 'no-message-between', from: node.from.minutes, to: node.to.minutes };
    case 'condition': {
      const stage = letsOf(cx);
      inference(cx.checked, cx.report).condition(node.condition, { known: nothingKnown, ...(stage && { stage }) });
      const condition = lowerExpression(
        { checked: cx.checked, owner: cx.stage, scope: 'visit', criteria: {} },
        node.condition,
      );
      return { ...common, kind: 'condition', condition };
    }
  }
}

/** The lets a condition may name: those of the stage last spoken of, then those of the others. */
function letsOf(cx: Context): StageSymbol | undefined {
  const own = cx.checked.symbols.stages.get(cx.stage);
  if (own === undefined) return undefined;
  const lets = new Map<string, LetSymbol>();
  for (const stage of cx.checked.symbols.stages.values())
    for (const symbol of stage.lets.values()) if (!lets.has(symbol.name)) lets.set(symbol.name, symbol);
  for (const symbol of own.lets.values()) lets.set(symbol.name, symbol);
  return { ...own, lets };
}
