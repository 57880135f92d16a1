/**
 * What people do in a scenario: deeds checked against the program, their values made plain.
 *
 * Somebody who does what the program does not let them is told so: a scenario that only works because
 * nobody checked would prove nothing.
 */
import { Temporal } from 'temporal-polyfill';
import type { Assignment, Deed, Expr, Name, ScenarioMoment, TextLiteral } from '../language/ast.ts';
import { diagnostic } from '../language/diagnostics.ts';
import { nearest } from '../language/nearest.ts';
import { plainValueFor } from './bind-fields.ts';
import { isZone } from './checks/times.ts';
import { constant, showValue, textWithoutHoles, weekdayOf } from './constants.ts';
import { tellIncompleteEntry, tellIncompleteItem } from './incomplete-entry.ts';
import type { Ir, Value, ValueType } from './ir.ts';
import { COHORT, listed, meant, OPERATOR, replaceWith } from './names.ts';
import type { DeedIr } from './scenario-ir.ts';
import {
  type Checked,
  type Collection,
  findSeries,
  type ListSymbol,
  type Report,
  type SeriesSymbol,
} from './symbols.ts';
import { deedsIn, tellsCohort } from './walk.ts';

export type ScenarioContext = {
  checked: Checked;
  ir: Ir;
  report: Report;
  /** The stage last spoken of: its lets and criteria come first. */
  stage: string;
  /** Where the story begins: moments that are set are told in this zone. */
  zone: string;
  /** Checks a moment that is told. */
  moment: (moment: ScenarioMoment) => void;
};
type Context = ScenarioContext;

/** What a deed that is to be refused may get wrong: who may do it is the very thing it tries. */
const permissions: readonly string[] = ['not-for-role', 'nothing-to-do', 'out-of-range'];

export function lowerDeed(cx: Context, deed: Deed): DeedIr {
  if (deed.refused === undefined) return lowerPlain(cx, deed);
  const report: Report = (found) => {
    if (!permissions.includes(found.code)) cx.report(found);
  };
  return { ...lowerPlain({ ...cx, report }, deed), refused: true };
}

function lowerPlain(cx: Context, deed: Deed): DeedIr {
  switch (deed.kind) {
    case 'record':
      return lowerRecord(cx, deed);
    case 'correct':
      return lowerCorrection(cx, deed);
    case 'sets':
      return lowerSetting(cx, deed);
    case 'adds': {
      const list = needList(cx, deed.list);
      actor(cx, deed.by);
      const fields = list === undefined ? {} : partsOf(cx, list.items, deed.fields);
      if (list !== undefined) tellIncompleteItem(list, namesOf(deed.fields), deed.span, cx.report);
      return { kind: 'adds', by: deed.by.text, list: deed.list.text, fields };
    }
    case 'decides':
      return lowerDecision(cx, deed);
    case 'role-answers':
      actor(cx, deed.by, 'role');
      if (!someoneAsks(cx, deed.by.text)) {
        const words = { who: deed.by.text, what: 'question' };
        cx.report(
          diagnostic('nothing-to-do', deed.span, words, { hint: `Ask: \`ask ${deed.by.text} "…" (…) as …\`.` }),
        );
      }
      return { kind: 'role-answers', by: deed.by.text, value: answer(cx, deed.value) };
    case 'acknowledges':
      actor(cx, deed.by, 'role');
      return { kind: 'acknowledges', by: deed.by.text };
    case 'tells':
      needCohort(cx, deed.by);
      return { kind: 'tells', text: textWithoutHoles(deed.text) };
    case 'moves': {
      const zone = textWithoutHoles(deed.zone);
      if (!isZone(zone)) cx.report(diagnostic('unknown-zone', deed.zone.span, { zone }));
      return { kind: 'moves', zone };
    }
    case 'says':
      return { kind: 'says', text: textWithoutHoles(deed.text) };
    case 'answers':
      return { kind: 'answers', value: answer(cx, deed.value) };
    case 'agent-says':
      return { kind: 'agent-says', text: textWithoutHoles(deed.text) };
    case 'agent-sets':
      return { kind: 'agent-sets', fields: dataValues(cx, deed.fields, 'agent') };
    case 'agent-judges':
      if (deed.confidence < 0 || deed.confidence > 1) {
        const words = { value: deed.confidence, of: 'a confidence', range: '0 to 1' };
        cx.report(diagnostic('out-of-range', deed.span, words));
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

// ---------------------------------------------------------------- entries

const namesOf = (fields: readonly Assignment[]): Set<string> => new Set(fields.map(({ name }) => name.text));

function lowerRecord(cx: Context, deed: Extract<Deed, { kind: 'record' }>): DeedIr {
  const by = deed.by === undefined ? {} : { by: deed.by.text };
  const occurred = deed.occurred === undefined ? {} : { occurred: deed.occurred };
  if (deed.occurred !== undefined) cx.moment(deed.occurred);
  const series = seriesNamed(cx, deed.series);
  if (series === undefined) return { kind: 'record', ...by, series: deed.series.text, fields: {}, ...occurred };
  if (deed.by !== undefined) mayRecord(cx, deed.by, series);
  const fields = partsOf(cx, series, deed.fields);
  tellIncompleteEntry(series, namesOf(deed.fields), deed.span, cx.report);
  return { kind: 'record', ...by, series: series.name, fields, ...occurred };
}

function lowerCorrection(cx: Context, deed: Extract<Deed, { kind: 'correct' }>): DeedIr {
  const by = deed.by === undefined ? {} : { by: deed.by.text };
  cx.moment(deed.of);
  const series = seriesNamed(cx, deed.series);
  if (series !== undefined && deed.by !== undefined) mayRecord(cx, deed.by, series);
  const fields =
    deed.fields === undefined ? {} : { fields: series === undefined ? {} : partsOf(cx, series, deed.fields) };
  return { kind: 'correct', ...by, series: series?.name ?? deed.series.text, of: deed.of, ...fields };
}

function seriesNamed(cx: Context, name: Name): SeriesSymbol | undefined {
  const { symbols } = cx.checked;
  const series = findSeries(symbols, name.text);
  if (series !== undefined) return series;
  const hint = symbols.lists.has(name.text)
    ? { hint: `It is a list: \`${[...symbols.roles][0] ?? OPERATOR} adds ${name.text} { … }\`.` }
    : {};
  const details = meant(name, symbols.series.keys(), hint);
  cx.report(diagnostic('unknown-series', name.span, { name: name.text }, details));
  return undefined;
}

/** Values of the fields of an entry or an item. */
function partsOf(cx: Context, of: Collection, fields: readonly Assignment[]): Record<string, Value> {
  return values(cx, fields, (name) => {
    const field = of.list && name.text === 'stage' ? undefined : of.fields.get(name.text);
    if (field !== undefined) return field.declared;
    const known = listed(
      [...of.fields.keys()].filter((one) => !of.list || one !== 'stage'),
      'no fields',
    );
    const words = { series: of.name, name: name.text, known, entry: of.list ? 'item' : 'entry' };
    cx.report(diagnostic('unknown-field', name.span, words, meant(name, of.fields.keys())));
    return undefined;
  });
}

// ---------------------------------------------------------------- who may what

/** Somebody of the program: a role or a service (`role`: no service); reports a stranger. */
function actor(cx: Context, who: Name, only?: 'role'): boolean {
  const { roles, services } = cx.checked.symbols;
  if (roles.has(who.text) || who.text === OPERATOR || (only === undefined && services.has(who.text))) return true;
  const known = [...roles, OPERATOR, ...(only === undefined ? services : [])];
  cx.report(diagnostic('unknown-actor', who.span, { name: who.text }, meant(who, known)));
  return false;
}

/** Only the cohort tells the person something from outside, and only where the program of one of them does. */
function needCohort(cx: Context, who: Name): void {
  if (who.text !== COHORT) {
    cx.report(diagnostic('only-cohort-tells', who.span, { who: who.text }));
  } else if (!tellsCohort(cx.checked.program)) {
    const hint = 'Tell it: `tell cohort "…"`.';
    cx.report(diagnostic('nothing-to-do', who.span, { who: COHORT, what: 'message' }, { hint }));
  }
}

/** Operators may record what they are told; everybody else only what is marked for them. */
function mayRecord(cx: Context, who: Name, series: SeriesSymbol): void {
  if (who.text === COHORT) {
    if (series.shared) return;
    const hint = { hint: `Write \`shared\` after \`${series.name}\` where it is declared.` };
    cx.report(diagnostic('not-for-role', who.span, { who: 'cohort', verb: 'record', name: series.name }, hint));
    return;
  }
  if (!actor(cx, who) || who.text === OPERATOR || series.mayRecord.includes(who.text)) return;
  cx.report(diagnostic('not-for-role', who.span, { who: who.text, verb: 'record', name: series.name }));
}

function lowerSetting(cx: Context, deed: Extract<Deed, { kind: 'sets' }>): DeedIr {
  const { by, item } = deed;
  const known = actor(cx, by);
  const who = known ? by.text : undefined;
  if (item === undefined) return { kind: 'sets', by: by.text, fields: dataValues(cx, deed.fields, who) };
  const list = needList(cx, item.list);
  if (list === undefined) return { kind: 'sets', by: by.text, fields: {} };
  const fields = values(cx, deed.fields, (name) => {
    const field = list.fields.get(name.text);
    if (field === undefined) return partsOfUnknown(cx, list, name);
    allowed(cx, who, name, field);
    return field.declared;
  });
  return { kind: 'sets', by: by.text, item: { list: list.name, key: keyOf(cx, list, item.key) }, fields };
}

function partsOfUnknown(cx: Context, list: ListSymbol, name: Name): undefined {
  const known = listed(list.fields.keys(), 'no fields');
  const words = { series: list.name, name: name.text, known, entry: 'item' };
  cx.report(diagnostic('unknown-field', name.span, words, meant(name, list.fields.keys())));
}

type Settable = { agentMaySet: boolean; maySet: string[]; parameter?: 'workspace' | 'person' };

/** Whether `who` may set a field: operators may set everything, the others what is marked for them. */
function allowed(cx: Context, who: string | undefined, name: Name, field: Settable): void {
  if (who === undefined || who === OPERATOR) return;
  if (who === 'agent') {
    if (!field.agentMaySet) cx.report(diagnostic('not-for-agent', name.span, { verb: 'set', name: name.text }));
    return;
  }
  if (field.maySet.includes(who)) return;
  const hint = field.parameter === undefined ? {} : { hint: `\`${name.text}\` is a parameter: an operator sets it.` };
  cx.report(diagnostic('not-for-role', name.span, { who, verb: 'set', name: name.text }, hint));
}

function keyOf(cx: Context, list: ListSymbol, key: Expr): Value {
  const declared: ValueType = (list.key === undefined ? undefined : list.fields.get(list.key)?.declared) ?? {
    kind: 'number',
  };
  const of = list.key === undefined ? `the number of an item of \`${list.name}\`` : `\`${list.key}\``;
  return plainValueFor(key, declared, of, cx.report) ?? null;
}

function needList(cx: Context, name: Name): ListSymbol | undefined {
  const { lists } = cx.checked.symbols;
  const list = lists.get(name.text);
  if (list === undefined) {
    cx.report(diagnostic('unknown-list', name.span, { name: name.text }, meant(name, lists.keys())));
  }
  return list;
}

/** `clinician approves dose = 14`: what is proposed to that role. */
function lowerDecision(cx: Context, deed: Extract<Deed, { kind: 'decides' }>): DeedIr {
  const known = actor(cx, deed.by, 'role');
  const proposals = Object.values(cx.ir.proposals).filter((one) => one.by === deed.by.text);
  if (known && proposals.length === 0) {
    const details = { hint: `Propose something to them: \`propose … approved by ${deed.by.text}\`.` };
    cx.report(diagnostic('nothing-to-do', deed.span, { who: deed.by.text, what: 'proposal' }, details));
  }
  const { symbols } = cx.checked;
  const fields = values(cx, deed.fields, (name) => {
    const proposed = proposals.some((one) => one.field === name.text);
    const declared = [symbols.fields, ...[...symbols.lists.values()].map((list) => list.fields)]
      .map((all) => all.get(name.text))
      .find((one) => one !== undefined)?.declared;
    if (proposed || proposals.length === 0) return declared;
    const offered = proposals.flatMap((one) => (one.field === undefined ? [] : [one.field]));
    const hint = { hint: `The program proposes to \`${deed.by.text}\`: ${listed(offered, 'only moves')}.` };
    cx.report(diagnostic('unknown-name', name.span, { name: name.text }, meant(name, offered, hint)));
    return undefined;
  });
  return { kind: 'decides', by: deed.by.text, approve: deed.approve, fields };
}

function someoneAsks(cx: Context, role: string): boolean {
  for (const { action } of deedsIn(cx.checked.program))
    if (action?.kind === 'ask' && action.to?.text === role) return true;
  return false;
}

// ---------------------------------------------------------------- values

/** What somebody presses or writes; a word stands for itself. */
function answer(cx: Context, value: Expr): string {
  if (value.kind === 'name') return value.name.text;
  if (value.kind === 'at-time') return `${answer(cx, value.date)} ${answer(cx, value.time)}`;
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

/** Values of `data`, set by `who`: the agent, a role or service, or (undefined) whoever may set all. */
export function dataValues(
  cx: Context,
  assignments: readonly Assignment[],
  who: string | undefined,
): Record<string, Value> {
  return values(cx, assignments, (name) => {
    const field = cx.checked.symbols.fields.get(name.text);
    if (field === undefined) {
      const details = meant(name, cx.checked.symbols.fields.keys());
      cx.report(diagnostic('unknown-name', name.span, { name: name.text }, details));
      return undefined;
    }
    allowed(cx, who, name, field);
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
    const kept = momentTold(cx, value, declared) ?? plainValueFor(value, declared, `\`${name.text}\``, cx.report);
    if (kept !== undefined) entries.push([name.text, kept]);
  }
  return Object.fromEntries(entries);
}

/** `trial_ends = 2026-02-01 at 09:00`, in the zone of the story. */
function momentTold({ zone }: Context, value: Expr, declared: ValueType): Value | undefined {
  if (declared.kind !== 'moment' || value.kind !== 'at-time') return undefined;
  const { date, time } = value;
  if (date.kind !== 'date' || time.kind !== 'time' || weekdayOf(date.iso) === undefined || !isZone(zone))
    return undefined;
  const plainTime = Temporal.PlainTime.from({ hour: Math.floor(time.minutes / 60), minute: time.minutes % 60 });
  const at = Temporal.PlainDate.from(date.iso).toZonedDateTime({ timeZone: zone, plainTime });
  return { at: at.epochMilliseconds };
}
