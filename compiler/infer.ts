/**
 * Expressions to types: what each expression is, whether it may be missing, and what its names mean.
 *
 * Reads the symbols of `bind`; writes `checked.resolutions`, which `lower` follows. Reports wrong
 * names, types, units and values that may be missing. Never fails: what cannot be understood is
 * of unknown type, and nothing more is said about it.
 */
import type { Expr, TextLiteral } from '../language/ast.ts';
import { diagnostic } from '../language/diagnostics.ts';
import { textWithoutHoles } from './constants.ts';
import { inferBands } from './infer-bands.ts';
import { inferCall } from './infer-functions.ts';
import { inferName } from './infer-names.ts';
import { inferBinary, inferElse, inferKnown, inferNegate, inferNot } from './infer-operators.ts';
import { inferAbsence, inferLast, inferLookup, inferMember, inferSelection } from './infer-series.ts';
import {
  checkCalendar,
  inferAtTime,
  inferDay,
  inferInWindow,
  inferOccurred,
  inferSince,
  inferStageOf,
  needLength,
} from './infer-times.ts';
import {
  type Inference,
  type InferLet,
  type Inferred,
  type Known,
  mistaken,
  nothingKnown,
  quoted,
  type Scope,
  sure,
  unwrap,
  words,
  wordsOf,
  wrongType,
} from './inference.ts';
import { narrow } from './narrow.ts';
import type { Checked, LetSymbol, Report } from './symbols.ts';
import { anyUnit, readUnit } from './units.ts';
import { numberType, type Type, yesNo } from './value-types.ts';

/** Expressions nested deeper than this are not looked into; the parser allows fewer. */
const DEPTH_MAX = 2000;

export function inference(checked: Checked, tell: Report): Inference & { inferLet(symbol: LetSymbol): Inferred } {
  const lets = checked.letTypes;
  const open: string[] = [];
  let depth = 0;
  let quiet = 0;
  const report: Report = (found) => {
    if (quiet === 0) tell(found);
  };

  const cx: Inference = {
    checked,
    report,
    infer(expr, scope, expected) {
      if (depth >= DEPTH_MAX) return mistaken;
      depth++;
      const found = narrowed(checked, expr, scope, inferOne(cx, expr, scope, expected, letKnowing));
      depth--;
      return found;
    },
    condition(expr, scope) {
      const found = unwrap(cx, expr, cx.infer(expr, scope));
      if (found.type.kind !== 'yes-no' && found.type.kind !== 'unknown')
        report({ ...wrongType(expr, found.type, 'a condition'), hint: comparisonHint(cx.checked, expr) });
      if (expr.kind === 'yes-no') report(diagnostic(expr.value ? 'always-true' : 'never-true', expr.span, { why: '' }));
      return found;
    },
    knownWhere(expr, scope) {
      cx.condition(expr, scope);
      return narrow(checked, expr, true, scope.known);
    },
    windowEnd(expr, end, scope) {
      checked.resolutions.set(expr, { kind: 'let', id: end.id });
      return letKnowing(end, scope.known);
    },
    quietly(ask) {
      quiet++;
      const result = ask();
      quiet--;
      return result;
    },
  };

  function value(symbol: LetSymbol, known: Known): Inferred {
    const scope: Scope = { ...scopeOf(checked, symbol.flow, symbol.stage), known, place: 'let' };
    if (symbol.bands !== undefined) return inferBands(cx, symbol.bands, scope);
    const { value } = symbol.node;
    return unwrap(cx, value, cx.infer(value, scope));
  }

  /** Each let is looked into once, with the names it can see itself. */
  function inferLet(symbol: LetSymbol): Inferred {
    const done = lets.get(symbol.id);
    if (done !== undefined) return done;
    if (open.includes(symbol.id)) {
      report(diagnostic('let-cycle', symbol.node.name.span, { name: symbol.name }));
      lets.set(symbol.id, mistaken);
      return mistaken;
    }
    open.push(symbol.id);
    const found = value(symbol, nothingKnown);
    open.pop();
    const before = lets.get(symbol.id);
    if (before !== undefined) return before;
    lets.set(symbol.id, found);
    return found;
  }

  /** A let that may be missing in general, but not after what was asked before this place. */
  function letKnowing(symbol: LetSymbol, known: Known): Inferred {
    const found = inferLet(symbol);
    if (!found.maybe || known.size === 0 || !checked.letsInText || open.includes(symbol.id)) return found;
    open.push(symbol.id);
    const here = cx.quietly(() => value(symbol, known));
    open.pop();
    return { type: found.type, maybe: here.maybe };
  }

  return { ...cx, inferLet };
}

/** What can be seen in a stage (or, without one, between the stages) of a flow. */
export function scopeOf({ symbols }: Checked, flow: string | undefined, stage: string | undefined): Scope {
  const list = flow === undefined ? undefined : symbols.lists.get(flow);
  const own = flow === undefined ? undefined : (list ?? symbols.tracks.get(flow));
  const symbol = stage === undefined ? undefined : (own ?? symbols.main).stages.get(stage);
  return {
    ...(own && { flow: own }),
    ...(symbol && { stage: symbol }),
    ...(list && { item: list }),
    known: nothingKnown,
  };
}

/** Applies what earlier conditions told about exactly these words. */
function narrowed(checked: Checked, expr: Expr, scope: Scope, found: Inferred): Inferred {
  if (scope.known.size === 0 || expr.kind === 'number' || expr.kind === 'text') return found;
  const fact = scope.known.get(wordsOf(checked, expr));
  if (fact === undefined) return found;
  const maybe = found.maybe && !fact.present;
  if (found.type.kind !== 'number') return { type: found.type, maybe };
  const { whole } = found.type;
  const least = fact.min ?? -Infinity;
  const most = fact.max ?? Infinity;
  const min = Math.max(found.type.min, whole ? Math.ceil(least) : least);
  const max = Math.min(found.type.max, whole ? Math.floor(most) : most);
  // Two conditions that exclude each other leave nothing; that is told elsewhere.
  return min > max ? { type: found.type, maybe } : { type: { ...found.type, min, max }, maybe };
}

/** What to add to a value so that it becomes a condition: `week = 8 or 9` lacks a second `week =`. */
function comparisonHint(checked: Checked, expr: Expr): string {
  const found = words(checked, expr.span);
  return expr.kind === 'number' || expr.kind === 'text'
    ? `Name again what is compared: \`… or week = ${found}\`.`
    : `Compare it with something, such as \`${found} = …\`.`;
}

function inferOne(cx: Inference, expr: Expr, scope: Scope, expected: Type | undefined, inferLet: InferLet): Inferred {
  switch (expr.kind) {
    case 'number': {
      const unit = expr.unit === undefined ? anyUnit : readUnit(expr.unit.text);
      return sure(numberType({ unit, min: expr.value, max: expr.value, whole: Number.isInteger(expr.value) }));
    }
    case 'yes-no':
      return sure(yesNo);
    case 'text':
      inferText(cx, expr, scope);
      return sure({ kind: 'text' });
    case 'duration':
      if (expr.unit === 'business-days') checkCalendar(cx, expr.span, expr.calendar, scope);
      return sure({ kind: 'duration' });
    case 'time':
      return sure({ kind: 'time' });
    case 'date':
      return sure({ kind: 'date' });
    case 'today':
      return sure({ kind: 'date' });
    case 'now':
    case 'enrolled':
    case 'entered':
      return sure({ kind: 'moment' });
    case 'name':
      return inferName(cx, expr, scope, expected, inferLet);
    case 'member':
      return inferMember(cx, expr, scope);
    case 'lookup':
      return inferLookup(cx, expr, scope);
    case 'call':
      return inferCall(cx, expr, scope);
    case 'selection':
      return inferSelection(cx, expr);
    case 'stage-of':
      return inferStageOf(cx, expr, expr.track, scope);
    case 'at-time':
      return inferAtTime(cx, expr, scope);
    case 'in-window':
      return inferInWindow(cx, expr, scope);
    case 'occurred':
      return inferOccurred(cx, expr, scope);
    case 'binary':
      return inferBinary(cx, expr, scope);
    case 'not':
      return inferNot(cx, expr, scope);
    case 'negate':
      return inferNegate(cx, expr, scope);
    case 'else':
      return inferElse(cx, expr, scope, expected);
    case 'is-known':
      return inferKnown(cx, expr, scope);
    case 'absence':
      return inferAbsence(cx, expr, scope);
    case 'last':
      return inferLast(cx, expr.series);
    case 'last-was':
      inferLast(cx, expr.series);
      return sure(yesNo);
    case 'silence':
      needLength(cx, expr.duration, scope);
      return sure(yesNo);
    case 'day-of':
      return inferDay(cx, expr, scope);
    case 'since':
      return inferSince(cx, expr, scope);
    case 'judged':
      return inferJudged(cx, expr);
  }
}

/** Every hole of a text; a value that may be missing there would be left blank. */
export function inferText(cx: Inference, text: TextLiteral, scope: Scope): void {
  for (const part of text.parts) {
    if (typeof part === 'string') continue;
    const found = unwrap(cx, part, cx.infer(part, { ...scope, place: 'text' }));
    if (found.type.kind === 'entry') cx.report(wrongType(part, found.type, 'a value that can be written out'));
    else if (found.maybe && found.type.kind !== 'unknown') {
      const name = words(cx.checked, part.span);
      cx.report(diagnostic('maybe-blank', part.span, { what: quoted(cx.checked, part.span), name }));
    }
  }
}

function inferJudged(cx: Inference, expr: Extract<Expr, { kind: 'judged' }>): Inferred {
  for (const part of expr.criterion.parts) {
    if (typeof part !== 'string') {
      const words = { what: 'A hole', remedy: 'A criterion has the same words for everybody.' };
      cx.report(diagnostic('not-here', part.span, words));
    }
  }
  if (textWithoutHoles(expr.criterion).trim() === '') {
    cx.report(
      diagnostic('not-here', expr.criterion.span, {
        what: 'An empty criterion',
        remedy: 'Say what the agent should judge.',
      }),
    );
  }
  if (expr.atMost !== undefined && (expr.atMost < 1 || !Number.isInteger(expr.atMost))) {
    const range = 'a whole number, at least 1';
    cx.report(diagnostic('out-of-range', expr.span, { value: expr.atMost, of: '`at most`', range }));
  }
  if (expr.otherwise !== undefined && expr.otherwise.kind !== 'yes-no') {
    cx.report(diagnostic('not-constant', expr.otherwise.span, {}, { hint: 'Write `else yes` or `else no`.' }));
  }
  return sure(yesNo);
}
