/**
 * A checked program to its IR: clauses, fields, tables, lets and flows in the shape that runs.
 *
 * Best effort where the program has mistakes, so that the editor can draw it. The flows with their
 * stages are in `lower-flows.ts`, rules in `lower-rules.ts`, expressions in `lower-expressions.ts`;
 * what is written is not judged again.
 */
import type { Program, ProgramItem } from '../language/ast.ts';
import { calendarOf, duration, plainText, textWithoutHoles } from './constants.ts';
import { words } from './inference.ts';
import { type Ir, irVersion, type Let, type List, type Migration, type Track, type Value } from './ir.ts';
import { type LowerContext, lowerExpression, lowerLength } from './lower-expressions.ts';
import { contextIn, lowerLet, type Made } from './lower-flows.ts';
import { type FlowPieces, lowerFlow, lowerPieces } from './lower-pieces.ts';
import { OPERATOR } from './names.ts';
import type { ProgramMemory } from './program-memory.ts';
import { withStop } from './stop.ts';
import {
  type Checked,
  type FieldSymbol,
  type LetSymbol,
  type ListSymbol,
  type Report,
  singulars,
  type TrackSymbol,
} from './symbols.ts';
import { anytimeRules } from './walk.ts';

/** With `memory`, stages that are as they were are the same objects as before. */
export function lower(checked: Checked, report: Report, memory?: ProgramMemory): Ir {
  const { program, symbols } = checked;
  const made: Made = { checked, report, memory, criteria: {}, asks: {}, proposals: {} };
  const skill = program.items.find((item) => item.kind === 'skill')?.name.text;
  const main = lowerPieces(made, symbols.main, anytimeRules(program), skill);
  const tracks = [...symbols.tracks.values()].map((track) => ({
    track,
    pieces: lowerPieces(made, track, anytimeOf(track.node)),
  }));
  const lists = [...symbols.lists.values()].map((list) => ({
    list,
    pieces: lowerPieces(made, list, anytimeOf(list.node)),
  }));
  const outside = contextIn(made, symbols.main, undefined);
  const ladders = lowerLadders(outside);
  return withStop({
    irVersion,
    title: program.title === undefined ? program.name.text : textWithoutHoles(program.title),
    ...lowerClauses(outside, program),
    roles: [...new Set([...symbols.roles, OPERATOR])],
    services: [...symbols.services],
    ladders,
    calendars: lowerCalendars(checked),
    data: lowerFields(checked, symbols.fields.values()),
    series: lowerSeries(checked),
    tables: Object.fromEntries(
      [...symbols.tables.values()].map(({ name, keys, columns, rows }) => [
        name,
        {
          name,
          keys: keys.map((key) => key.name),
          columns,
          rows: rows.map(({ key, cells }) => ({ key, cells: cells.map((cell) => inItsCalendar(checked, cell)) })),
        },
      ]),
    ),
    lets: Object.fromEntries(
      [main, ...tracks.map((one) => one.pieces), ...lists.map((one) => one.pieces)]
        .flatMap((pieces) => letsOf(made, pieces))
        .map((one) => [one.id, one]),
    ),
    ...lowerFlow(made, main),
    tracks: Object.fromEntries(tracks.map(({ track, pieces }) => [track.name, lowerTrack(made, track, pieces)])),
    lists: Object.fromEntries(lists.map(({ list, pieces }) => [list.name, lowerList(made, list, pieces)])),
    migrations: lowerMigrations(outside, program),
    criteria: made.criteria,
    asks: made.asks,
    proposals: made.proposals,
  });
}

/** The lets of a flow and of its stages; what they ask is added to the program. */
function letsOf(made: Made, { flow, stages }: FlowPieces): Let[] {
  const cx = contextIn(made, flow, undefined);
  const own = [...flow.lets.values()].map((one) => letAgain(made, cx, one));
  for (const { ofLets } of stages) Object.assign(made.criteria, ofLets);
  return [...own, ...stages.flatMap((piece) => piece.lets)];
}

/** A let that asks for nothing to be judged is the same as before: it adds nothing to the program. */
function letAgain({ memory, criteria }: Made, cx: LowerContext, symbol: LetSymbol): Let {
  const kept = memory?.lowered.lets;
  const known = kept?.get(symbol.bands ?? symbol.node.value);
  if (known !== undefined) return known;
  const before = Object.keys(criteria).length;
  const lowered = lowerLet(cx, symbol);
  if (Object.keys(criteria).length === before) kept?.set(symbol.bands ?? symbol.node.value, lowered);
  return lowered;
}

// ---------------------------------------------------------------- clauses

type Clauses = Pick<
  Ir,
  'about' | 'enroll' | 'reenter' | 'cohort' | 'zone' | 'quiet' | 'budget' | 'agent' | 'messagesAtMost'
>;

/** Where a clause is said twice, the first counts; that was reported. */
function lowerClauses(cx: LowerContext, program: Program): Clauses {
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
          after: item.after === undefined ? { amount: 0, unit: 'days' } : lowerLength(cx, item.after),
          keeping: item.keeping.map((name) => name.text),
        };
        break;
      case 'cohort':
        clauses.cohort = item.by.text;
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
      case 'messages':
        clauses.messagesAtMost = {
          ...(item.perDay === undefined ? {} : { perDay: item.perDay }),
          ...(item.perWeek === undefined ? {} : { perWeek: item.perWeek }),
          ...(item.apart === undefined ? {} : { apart: duration(item.apart, cx.checked.symbols.calendars) }),
        };
        break;
      default:
        break;
    }
  }
  return clauses;
}

function lowerLadders(cx: LowerContext): Ir['ladders'] {
  return Object.fromEntries(
    [...cx.checked.symbols.ladders.values()].map(({ name, rungs, span }) => [
      name.text,
      {
        name: name.text,
        rungs: rungs.map((rung) => ({
          to: rung.to.text,
          ...(rung.for === undefined ? {} : { for: lowerLength(cx, rung.for) }),
        })),
        span,
      },
    ]),
  );
}

function lowerCalendars({ symbols }: Checked): Ir['calendars'] {
  return Object.fromEntries(
    [...symbols.calendars.values()].map(({ name, weekend, days }) => [
      name.text,
      {
        name: name.text,
        weekend: weekend.length > 0 ? weekend : ['sat', 'sun'],
        days: Object.fromEntries(
          days.map(({ date, title }) => [date.iso, title === undefined ? '' : textWithoutHoles(title)]),
        ),
      },
    ]),
  );
}

// ---------------------------------------------------------------- declarations

/** Plain values were read before the holidays were known: only now can it be said whose business days they are. */
function inItsCalendar({ symbols }: Checked, value: Value): Value {
  if (typeof value !== 'object' || value === null || !('duration' in value)) return value;
  const { unit, calendar } = value.duration;
  if (unit !== 'business-days') return value;
  const written = calendar !== undefined && 'name' in calendar ? calendar.name : undefined;
  const its = calendarOf(written, symbols.calendars);
  return its === undefined ? value : { duration: { ...value.duration, calendar: its } };
}

function lowerFields(checked: Checked, fields: Iterable<FieldSymbol>): Ir['data'] {
  return Object.fromEntries(
    [...fields].map(({ name, declared, optional, initial, agentMaySet, maySet, personal, parameter, span }) => [
      name,
      {
        name,
        type: declared,
        optional,
        initial: inItsCalendar(checked, initial),
        agentMaySet,
        maySet,
        personal,
        ...(parameter === undefined ? {} : { parameter }),
        span,
      },
    ]),
  );
}

/** The field of which a series takes each value once, by the name of the series. */
function onceOf(program: Program): Map<string, string> {
  const fields = program.items.flatMap((item) => (item.kind === 'data' ? item.fields : []));
  return new Map(fields.flatMap(({ name, oncePer }) => (oncePer === undefined ? [] : [[name.text, oncePer.text]])));
}

/** What one entry is called: a word that nothing else is called, wherever that is declared. */
function singularOf({ fields, series }: Checked['symbols'], name: string): string {
  return singulars(name).find((word) => !fields.has(word) && !series.has(word)) ?? name;
}

function lowerSeries({ program, symbols }: Checked): Ir['series'] {
  const once = onceOf(program);
  return Object.fromEntries(
    [...symbols.series.values()].map(({ name, fields, agentMayRecord, mayRecord, personal, shared, span }) => [
      name,
      {
        name,
        singular: singularOf(symbols, name),
        fields: Object.fromEntries(
          [...fields.values()].map((field) => [
            field.name,
            { name: field.name, type: field.declared, optional: field.optional },
          ]),
        ),
        agentMayRecord,
        mayRecord,
        personal,
        shared,
        ...(once.has(name) ? { oncePer: once.get(name) as string } : {}),
        span,
      },
    ]),
  );
}

// ---------------------------------------------------------------- tracks, lists, migrations

const anytimeOf = (node: { items: readonly ProgramItem[] }) =>
  node.items.flatMap((item) => (item.kind === 'anytime' ? item.items : []));

function lowerTrack(made: Made, track: TrackSymbol, pieces: FlowPieces): Track {
  const { node, name } = track;
  const when = node.when && lowerExpression(contextIn(made, made.checked.symbols.main, undefined), node.when);
  return {
    ...lowerFlow(made, pieces),
    title: node.title === undefined ? name.replaceAll('_', ' ') : textWithoutHoles(node.title),
    ...(when === undefined ? {} : { when }),
    source: words(made.checked, node.when?.span ?? node.name.span),
    span: node.span,
  };
}

function lowerList(made: Made, list: ListSymbol, pieces: FlowPieces): List {
  const { node, name, singular, key } = list;
  const outside = contextIn(made, made.checked.symbols.main, undefined);
  return {
    ...lowerFlow(made, pieces),
    title: node.title === undefined ? name.replaceAll('_', ' ') : textWithoutHoles(node.title),
    singular,
    ...(key === undefined ? {} : { key }),
    fields: lowerFields(made.checked, list.fields.values()),
    starts: node.starts.map(({ fields }) =>
      Object.fromEntries(fields.map((field) => [field.name.text, lowerExpression(outside, field.value)])),
    ),
    span: node.span,
  };
}

function lowerMigrations(cx: LowerContext, program: Program): Ir['migrations'] {
  const migrations: Ir['migrations'] = {};
  for (const item of program.items) {
    if (item.kind !== 'migrate') continue;
    const into: Migration = {
      from: item.from,
      stages: {},
      fields: {},
      series: {},
      lists: {},
      tracks: {},
      drop: [],
      set: [],
    };
    const named = { stage: into.stages, field: into.fields, series: into.series, list: into.lists, track: into.tracks };
    for (const step of item.steps) {
      if (step.kind === 'becomes') named[step.what][step.old.text] = step.new.text;
      else if (step.kind === 'drop') into.drop.push(step.name.text);
      else into.set.push({ field: step.name.text, value: lowerExpression(cx, step.value) });
    }
    migrations[item.from] ??= into;
  }
  return migrations;
}
