/**
 * Personal facts stay between the person and the program: they reach no group and no service.
 *
 * Looked for in what is told to the cohort and in calls, also through lets, and through fields that
 * are set from them. What a role is told is between people who know each other.
 */
import type { Span } from '../../language/ast.ts';
import { diagnostic } from '../../language/diagnostics.ts';
import { allRules, children, everyEffect, expressionsIn, type FlowPart } from '../flow.ts';
import type { Effect, Expr, Ir, List } from '../ir.ts';
import { COHORT, OPERATOR } from '../names.ts';
import type { Analysis } from './question.ts';

/** A personal fact, and the names through which it came. */
type Leak = { field: string; path: string[] };

/** Lets that are looked through for one value. */
const LETS_MAX = 500;
/** Names on the way that are told. */
const PATH_SHOWN_MAX = 4;

export const personal: Analysis = (ir, report, { flows }) => {
  const isAny =
    [...Object.values(ir.data), ...Object.values(ir.series)].some((one) => one.personal) ||
    Object.values(ir.lists).some((list) => Object.values(list.fields).some((field) => field.personal));
  if (!isAny) return;
  const all = flows.flatMap((part) => effectsOf(ir, part));
  const carried = carriers(ir, all);
  const role = ir.roles.find((one) => one !== OPERATOR) ?? OPERATOR;
  for (const placed of all) {
    const { effect } = placed;
    const where = reaches(effect);
    if (where === undefined) continue;
    const seen = new Set<string>();
    for (const expr of expressionsIn(effect)) {
      const leak = leakIn(ir, expr, placed, carried);
      if (leak === undefined || seen.has(leak.field)) continue;
      seen.add(leak.field);
      const path =
        leak.path.length === 0
          ? ''
          : `, by way of ${leak.path
              .slice(0, PATH_SHOWN_MAX)
              .map((name) => `\`${name}\``)
              .join(' and ')}`;
      report(diagnostic('personal-leak', spanOf(expr), { field: leak.field, where, path, role }));
    }
  }
};

/** Where an expression stands: in which list's items, and in what is done with an entry of which series. */
type At = { list: List | undefined; entryOf: string | undefined };
type Placed = At & { effect: Effect };

function effectsOf(ir: Ir, { flow, kind, of, stages }: FlowPart): Placed[] {
  const own = kind === 'list' ? (of as List) : undefined;
  const done = (effects: readonly Effect[], entryOf?: string): Placed[] =>
    effects.flatMap((effect) => {
      const list = effect.kind === 'each' ? ir.lists[effect.list] : own;
      return everyEffect(ir, [effect]).map((one): Placed => ({ effect: one, list, entryOf }));
    });
  return [
    ...allRules(flow).flatMap(({ effects, trigger }) =>
      done(effects, trigger.kind === 'recorded' ? trigger.series : undefined),
    ),
    ...stages.flatMap((stage) => [...done(stage.entry), ...stage.questions.flatMap((one) => done(one.otherwise))]),
  ];
}

function reaches(effect: Effect): string | undefined {
  if (effect.kind === 'call') return `the service \`${effect.service}\``;
  if ((effect.kind === 'tell' || effect.kind === 'output') && effect.to === COHORT) return 'the whole cohort';
  return undefined;
}

/** Fields that are not personal themselves and are set from what is. */
function carriers(ir: Ir, all: readonly Placed[]): Map<string, Leak> {
  const carried = new Map<string, Leak>();
  for (let before = -1; before < carried.size; ) {
    before = carried.size;
    for (const placed of all) {
      const { effect } = placed;
      if (effect.kind !== 'set' || effect.item || carried.has(effect.field) || ir.data[effect.field]?.personal)
        continue;
      const leak = leakIn(ir, effect.value, placed, carried);
      if (leak !== undefined) carried.set(effect.field, { ...leak, path: [effect.field, ...leak.path] });
    }
  }
  return carried;
}

/** The first leak in an expression. `clean` are lets that hold none: each is looked through once. */
function leakIn(ir: Ir, expr: Expr, at: At, carried: Map<string, Leak>, clean = new Set<string>()): Leak | undefined {
  const own = ownLeak(ir, expr, at, carried);
  if (own !== undefined) return own;
  if (expr.op === 'let') {
    const found = ir.lets[expr.id];
    if (found === undefined || clean.has(expr.id) || clean.size > LETS_MAX) return undefined;
    clean.add(expr.id);
    const leak = leakIn(ir, found.value, at, carried, clean);
    return leak && { ...leak, path: [found.name, ...leak.path] };
  }
  // What is asked about the entries of another series is asked of those entries.
  const below = expr.op === 'aggregate' || expr.op === 'absence' ? { ...at, entryOf: undefined } : at;
  for (const child of children(expr)) {
    const leak = leakIn(ir, child, below, carried, clean);
    if (leak !== undefined) return leak;
  }
  return undefined;
}

function ownLeak(ir: Ir, expr: Expr, { list, entryOf }: At, carried: Map<string, Leak>): Leak | undefined {
  const named = (field: string, isPersonal: boolean | undefined): Leak | undefined =>
    isPersonal ? { field, path: [] } : undefined;
  switch (expr.op) {
    case 'data':
      return named(expr.name, ir.data[expr.name]?.personal) ?? carried.get(expr.name);
    case 'entry':
      return entryOf === undefined ? undefined : named(entryOf, ir.series[entryOf]?.personal);
    case 'item':
      return named(expr.field, list?.fields[expr.field]?.personal);
    case 'aggregate': {
      const { series, field } = expr.selection;
      if (expr.selection.list)
        return named(`${series}.${field}`, field === undefined ? false : ir.lists[series]?.fields[field]?.personal);
      return named(series, ir.series[series]?.personal);
    }
    case 'last':
    case 'last-was':
    case 'absence':
      return named(expr.series, ir.series[expr.series]?.personal);
    case 'field': {
      const item = expr.of.op === 'item-of' ? ir.lists[expr.of.list]?.fields[expr.field] : undefined;
      return named(expr.field, item?.personal);
    }
    default:
      return undefined;
  }
}

const spanOf = ({ span }: Expr): Span => span;
