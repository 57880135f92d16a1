/**
 * Expressions to types: what each expression is, whether it may be missing, and what its names mean.
 *
 * Reads the symbols of `bind`; writes `checked.resolutions`, which `lower` follows. Reports wrong
 * names, types, units and values that may be missing. Never fails: what cannot be understood is
 * of unknown type, and nothing more is said about it.
 */
import type { Expr, Name, TextLiteral } from '../language/ast.ts';
import { diagnostic } from '../language/diagnostics.ts';
import { nearest } from '../language/nearest.ts';
import { replaceWith } from './bind.ts';
import { textWithoutHoles } from './constants.ts';
import { inferBinary, inferElse, inferKnown, inferNegate, inferNot } from './infer-operators.ts';
import { inferAbsence, inferCall, inferLast, inferLookup, inferMember, inferSelection } from './infer-series.ts';
import {
  type Inference,
  type Inferred,
  type Known,
  mistaken,
  nothingKnown,
  quoted,
  type Scope,
  unwrap,
  words,
  wrongType,
} from './inference.ts';
import { narrow } from './narrow.ts';
import { phraseFor } from './phrases.ts';
import { type Checked, findSeries, type LetSymbol, type Report, type Resolution } from './symbols.ts';
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
      return { known: narrow(checked, expr, true, scope.known), maybe: found.maybe };
    },
    quietly(ask) {
      quiet++;
      const result = ask();
      quiet--;
      return result;
    },
  };

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
    const stage = symbol.stage === undefined ? undefined : checked.symbols.stages.get(symbol.stage);
    const found = unwrap(
      cx,
      symbol.node.value,
      cx.infer(symbol.node.value, { known: nothingKnown, place: 'let', ...(stage && { stage }) }),
    );
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
    const stage = symbol.stage === undefined ? undefined : checked.symbols.stages.get(symbol.stage);
    open.push(symbol.id);
    const here = cx.quietly(() => cx.infer(symbol.node.value, { known, place: 'let', ...(stage && { stage }) }));
    open.pop();
    return { type: found.type, maybe: here.maybe };
  }

  return { ...cx, inferLet };
}

/** Applies what earlier conditions told about exactly these words. */
function narrowed(checked: Checked, expr: Expr, scope: Scope, found: Inferred): Inferred {
  if (scope.known.size === 0 || expr.kind === 'number' || expr.kind === 'text') return found;
  const fact = scope.known.get(words(checked, expr.span));
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

type InferLet = (symbol: LetSymbol, known: Known) => Inferred;
const sure = (type: Type): Inferred => ({ type, maybe: false });

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
      return sure({ kind: 'duration' });
    case 'time':
      return sure({ kind: 'time' });
    case 'date':
      return sure({ kind: 'date' });
    case 'today':
      return sure({ kind: 'date' });
    case 'now':
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

function inferName(
  cx: Inference,
  expr: Extract<Expr, { kind: 'name' }>,
  scope: Scope,
  expected: Type | undefined,
  inferLet: InferLet,
): Inferred {
  const { checked, report } = cx;
  const { text } = expr.name;
  const resolve = (resolution: Resolution) => checked.resolutions.set(expr, resolution);
  if (expected?.kind === 'choice' && expected.options.includes(text)) {
    resolve({ kind: 'option', option: text });
    return sure({ kind: 'choice', options: [text] });
  }
  const entryField = scope.entryOf?.fields.get(text);
  if (entryField !== undefined) {
    resolve({ kind: 'entry', field: text });
    return { type: entryField.type, maybe: entryField.optional };
  }
  const found = scope.stage?.lets.get(text) ?? checked.symbols.lets.get(text);
  if (found !== undefined) {
    resolve({ kind: 'let', id: found.id });
    return inferLet(found, scope.known);
  }
  const field = checked.symbols.fields.get(text);
  if (field !== undefined) {
    resolve({ kind: 'data', name: text });
    return { type: field.type, maybe: field.optional };
  }
  if (findSeries(checked.symbols, text) !== undefined) {
    report(diagnostic('needs-aggregate', expr.span, { name: text }));
    return mistaken;
  }
  if (expected?.kind === 'choice') {
    const near = nearest(text, expected.options);
    report(
      diagnostic(
        'unknown-option',
        expr.span,
        { name: text, of: 'here', options: expected.options.join(', ') },
        {
          ...(near === undefined ? {} : { hint: `Did you mean \`${near}\`?`, fix: replaceWith(near, expr.span) }),
        },
      ),
    );
    return mistaken;
  }
  unknownName(cx, expr.name, scope);
  return mistaken;
}

/** Reports a name nobody declared, with the nearest one in scope, or where it is declared instead. */
function unknownName(cx: Inference, name: Name, scope: Scope): void {
  const { symbols } = cx.checked;
  const candidates = [
    ...(scope.entryOf?.fields.keys() ?? []),
    ...(scope.stage?.lets.keys() ?? []),
    ...symbols.lets.keys(),
    ...symbols.fields.keys(),
    ...symbols.series.keys(),
  ];
  const near = nearest(name.text, candidates);
  const elsewhere = [...symbols.stages.values()].find((stage) => stage.lets.has(name.text));
  if (elsewhere !== undefined) {
    const span = elsewhere.lets.get(name.text)?.node.span ?? name.span;
    cx.report(
      diagnostic(
        'unknown-name',
        name.span,
        { name: name.text },
        {
          hint: `It is a \`let\` of the stage \`${elsewhere.name}\`; to use it here as well, move it out of the stage.`,
          related: [{ message: 'It is defined here.', span }],
        },
      ),
    );
    return;
  }
  if (symbols.tables.has(name.text)) {
    cx.report(
      diagnostic(
        'unknown-name',
        name.span,
        { name: name.text },
        { hint: `It is a table: say which cell, as in \`${name.text}[…]\`.` },
      ),
    );
    return;
  }
  const phrase = phraseFor(name.text);
  const details =
    near !== undefined
      ? { hint: `Did you mean \`${near}\`?`, fix: replaceWith(near, name.span) }
      : phrase !== undefined
        ? { hint: phrase }
        : {};
  cx.report(diagnostic('unknown-name', name.span, { name: name.text }, details));
}

function inferDay(cx: Inference, expr: Extract<Expr, { kind: 'day-of' }>, scope: Scope): Inferred {
  const found = cx.infer(expr.of, scope);
  if (!['moment', 'entry', 'unknown'].includes(found.type.kind)) {
    cx.report(wrongType(expr.of, found.type, 'a moment or an entry of a series'));
  }
  return { type: { kind: 'date' }, maybe: found.maybe };
}

function inferSince(cx: Inference, expr: Extract<Expr, { kind: 'since' }>, scope: Scope): Inferred {
  const { anchor } = expr;
  if (anchor.kind === 'changed' && !cx.checked.symbols.fields.has(anchor.field.text)) {
    unknownName(cx, anchor.field, scope);
    return mistaken;
  }
  if (anchor.kind === 'moment') {
    const series = anchor.of.kind === 'name' ? findSeries(cx.checked.symbols, anchor.of.name.text) : undefined;
    if (series !== undefined && anchor.of.kind === 'name' && !scope.entryOf?.fields.has(anchor.of.name.text)) {
      const right = `last ${series.singular}`;
      const details = {
        hint: `Count from the newest entry: \`… since ${right}\`.`,
        fix: replaceWith(right, anchor.span),
      };
      cx.report(diagnostic('needs-aggregate', anchor.of.span, { name: series.name }, details));
      return mistaken;
    }
    const found = cx.infer(anchor.of, scope);
    if (!['moment', 'date', 'entry', 'unknown'].includes(found.type.kind)) {
      cx.report(wrongType(anchor.of, found.type, 'a moment, a date or an entry of a series'));
    }
  }
  return sure(yesNo);
}

function inferJudged(cx: Inference, expr: Extract<Expr, { kind: 'judged' }>): Inferred {
  for (const part of expr.criterion.parts) {
    if (typeof part !== 'string') {
      const words = { what: 'A hole', remedy: 'A criterion is the same words for everybody.' };
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
  return sure(yesNo);
}
