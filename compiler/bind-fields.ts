/**
 * Fields to symbols: `data`, `parameters`, the fields of a list's items, and their marks.
 *
 * Tells of values that do not fit, and of marks that do not fit what they stand at.
 */
import type { Field, Name, Span, TypeNode } from '../language/ast.ts';
import { diagnostic } from '../language/diagnostics.ts';
import { fixOf } from '../language/fixes.ts';
import type { Claim } from './bind.ts';
import { constant, misfit, showValue, yearFirst } from './constants.ts';
import { lengthWritten } from './infer-arithmetic.ts';
import type { Value, ValueType } from './ir.ts';
import { COHORT, listed, meant, OPERATOR, PARTICIPANT } from './names.ts';
import {
  type EntryField,
  type FieldSymbol,
  type Report,
  type SeriesSymbol,
  type Symbols,
  singulars,
} from './symbols.ts';
import { lengthInUnit, readUnit } from './units.ts';
import { describeRange, describeType, howToWrite, type Type, typeOf } from './value-types.ts';

/** Reads a line of `data` or `parameters` into the symbols. */
export function bindField(
  field: Field,
  block: 'data' | 'parameters',
  symbols: Symbols,
  claim: Claim,
  report: Report,
): void {
  const fresh = claim(field.name);
  const { type, name } = field;
  if (type.kind === 'series') {
    if (block === 'parameters') {
      const words = { what: 'A series', of: 'the parameters' };
      report(diagnostic('nested-type', type.span, words, { hint: 'Declare it under `data`.' }));
      return;
    }
    checkMarks(field, 'record', block, symbols, report);
    const symbol = seriesOf(field, type.of, symbols, report);
    if (fresh) symbols.series.set(name.text, symbol);
    return;
  }
  checkMarks(field, 'set', block, symbols, report);
  if (block === 'parameters') {
    const marked = field.agentMay?.span ?? field.othersMay?.span;
    if (marked !== undefined) {
      const what = 'Who may set it';
      const remedy = 'An operator sets parameters; what a role or the agent sets belongs under `data`.';
      report(diagnostic('not-here', marked, { what, remedy }));
    }
  }
  // What each person is given anew with the enrollment needs no value before.
  const isGiven = block === 'parameters' && field.perPerson !== undefined;
  const symbol = fieldOf(field, block === 'data' ? 'a field' : 'a parameter', symbols, report, isGiven);
  const kept: FieldSymbol =
    block === 'data' ? symbol : { ...symbol, parameter: field.perPerson === undefined ? 'workspace' : 'person' };
  if (fresh) symbols.fields.set(name.text, kept);
}

/** A field of a list's items; undefined for what no item can have. */
export function bindItemField(field: Field, symbols: Symbols, report: Report): FieldSymbol | undefined {
  if (field.type.kind === 'series' || field.type.kind === 'record') {
    declaredType(field.type, 'an item of a list', report, symbols.roles);
    return undefined;
  }
  checkMarks(field, 'set', 'list', symbols, report);
  const symbol = fieldOf(field, 'a field', symbols, report, true);
  return !field.optional && field.initial === undefined ? { ...symbol, required: true } : symbol;
}

function fieldOf(field: Field, of: string, symbols: Symbols, report: Report, mayLack = false): FieldSymbol {
  const declared = declaredType(field.type, of, report, symbols.roles);
  return {
    name: field.name.text,
    declared,
    type: field.type.kind === 'role' ? roleType(symbols) : typeOf(declared),
    optional: field.optional,
    node: field,
    initial: initialValue(field, declared, mayLack, report),
    // A verb that does not fit is told where the marks are checked; who was meant is plain.
    agentMaySet: field.agentMay !== undefined,
    maySet: field.othersMay?.who.map((one) => one.text) ?? [],
    personal: field.personal !== undefined,
    span: field.span,
  };
}

const roleType = (symbols: Symbols): Type => ({
  kind: 'choice',
  options: [...new Set([...symbols.roles, OPERATOR])],
  of: 'role',
});

function seriesOf(field: Field, of: TypeNode, symbols: Symbols, report: Report): SeriesSymbol {
  const { name } = field;
  const fields = new Map<string, EntryField>();
  for (const part of of.kind === 'record' ? of.fields : [plainValue(field, of)]) {
    if (fields.has(part.name.text)) report(diagnostic('duplicate-name', part.name.span, { name: part.name.text }));
    const declared = declaredType(part.type, 'an entry of a series', report, symbols.roles);
    const type = part.type.kind === 'role' ? roleType(symbols) : typeOf(declared);
    if (part.initial !== undefined && of.kind === 'record') {
      const what = `A first value for \`${part.name.text}\``;
      const remedy = 'Every entry says what it holds. Write `?` after the type if it may be missing.';
      report(diagnostic('not-here', part.initial.span, { what, remedy }));
    }
    fields.set(part.name.text, { name: part.name.text, declared, type, optional: part.optional });
  }
  const { oncePer } = field;
  if (oncePer !== undefined && !fields.has(oncePer.text)) {
    const words = { entry: 'entry', series: name.text, name: oncePer.text, known: listed(fields.keys(), 'no fields') };
    report(diagnostic('unknown-field', oncePer.span, words, meant(oncePer, fields.keys())));
  }
  const singular = singulars(name.text).find((word) => !symbols.fields.has(word) && !symbols.series.has(word));
  return {
    name: name.text,
    singular: singular ?? name.text,
    fields,
    plain: of.kind !== 'record',
    agentMayRecord: field.agentMay !== undefined,
    mayRecord: field.othersMay?.who.map((one) => one.text) ?? [],
    personal: field.personal !== undefined,
    shared: field.shared !== undefined,
    ...(oncePer !== undefined && fields.has(oncePer.text) ? { oncePer: oncePer.text } : {}),
    span: field.span,
  };
}

/**
 * Marks that do not fit: the wrong verb, somebody nobody knows, one value `shared`, `per person` outside parameters.
 */
function checkMarks(
  field: Field,
  verb: 'set' | 'record',
  block: 'data' | 'parameters' | 'list',
  symbols: Symbols,
  report: Report,
): void {
  const { agentMay, othersMay, name } = field;
  const kind = verb === 'record' ? 'a series' : 'one value';
  if (block !== 'parameters' && field.perPerson !== undefined) {
    const hint = 'Every person has data of their own; only a parameter can be one for all.';
    const words = { mark: 'per person', name: name.text, kind: 'no parameter' };
    report(diagnostic('needless-mark', field.perPerson, words, { hint }));
  }
  for (const mark of [agentMay, othersMay]) {
    if (mark === undefined || mark.verb === verb) continue;
    report(diagnostic('needless-mark', mark.span, { mark: `may ${mark.verb}`, name: name.text, kind }));
  }
  if (verb === 'set' && field.shared !== undefined) {
    const hint = 'Only a series can be shared: one entry for the whole cohort.';
    report(diagnostic('needless-mark', field.shared, { mark: 'shared', name: name.text, kind }, { hint }));
  }
  if (verb === 'set' && field.oncePer !== undefined) {
    const hint = 'Only a series has entries that could be told twice.';
    const words = { mark: `once per ${field.oncePer.text}`, name: name.text, kind };
    report(diagnostic('needless-mark', field.oncePer.span, words, { hint }));
  }
  for (const who of othersMay?.who ?? []) {
    if (who.text === 'agent') continue;
    needActor(who, symbols, report);
  }
}

/** A role or a service that may do something; reports one nobody declared. */
export function needActor(who: Name, symbols: Symbols, report: Report): void {
  const { roles, services } = symbols;
  if (roles.has(who.text) || services.has(who.text) || who.text === OPERATOR) return;
  if (who.text === COHORT || who.text === PARTICIPANT) return;
  const details = meant(who, [...roles, ...services, OPERATOR, 'agent']);
  report(diagnostic('unknown-actor', who.span, { name: who.text }, details));
}

/** The one field of a plain series, as if it had been written as a record. */
function plainValue(series: Field, type: TypeNode): Field {
  return { name: { text: 'value', span: series.name.span }, type, optional: false, span: series.span };
}

/** The IR's type of a written one; parts that cannot be kept become a text. `roles` are those declared. */
export function declaredType(type: TypeNode, of: string, report: Report, roles: Iterable<string> = []): ValueType {
  switch (type.kind) {
    case 'number': {
      const { min, max, unit } = type;
      if (min !== undefined && max !== undefined && min > max) {
        report(diagnostic('empty-range', type.span, { range: describeRange(min, max) }));
        return { kind: 'number', ...(unit === undefined ? {} : { unit: unit.text }) };
      }
      return {
        kind: 'number',
        ...(unit === undefined ? {} : { unit: unit.text }),
        ...(min === undefined ? {} : { min }),
        ...(max === undefined ? {} : { max }),
      };
    }
    case 'choice': {
      const options: string[] = [];
      for (const option of type.options) {
        if (options.includes(option.text)) report(diagnostic('duplicate-name', option.span, { name: option.text }));
        else options.push(option.text);
      }
      return { kind: 'choice', options };
    }
    case 'role':
      return { kind: 'choice', options: [...new Set([...roles, OPERATOR])] };
    case 'record':
    case 'series':
      report(diagnostic('nested-type', type.span, { what: type.kind === 'series' ? 'A series' : 'A record', of }));
      return { kind: 'text' };
    default:
      return { kind: type.kind };
  }
}

function initialValue(field: Field, declared: ValueType, mayLack: boolean, report: Report): Value {
  const { initial, name } = field;
  if (initial === undefined) {
    // A record was told to be none of the types that a field can have.
    if (!field.optional && !mayLack && field.type.kind !== 'record') {
      const end = field.type.span.end;
      const span: Span = { ...field.type.span, start: end, end };
      const fix = fixOf('may-be-missing', '', { span, text: '?' });
      report(diagnostic('needs-value', name.span, { name: name.text }, { fix }));
    }
    return null;
  }
  return plainValueFor(initial, declared, `\`${name.text}\``, report) ?? null;
}

/**
 * The value of a plain expression that is to be kept where `declared` is wanted; reports one that is not
 * plain or does not fit, and gives undefined for it. `of` is what it is kept in, in back quotes.
 */
export function plainValueFor(
  written: NonNullable<Field['initial']>,
  declared: ValueType,
  of: string,
  report: Report,
): Value | undefined {
  const options = declared.kind === 'choice' ? declared.options : [];
  const length = lengthWritten(written);
  if (length !== undefined && declared.kind === 'number') {
    const number = lengthInUnit(length.amount, length.unit, readUnit(declared.unit));
    if (number !== undefined) return inRange(number, declared, of, written.span, report);
  }
  const found = constant(written, options);
  if (found === undefined) {
    if (written.kind === 'name' && declared.kind === 'choice') {
      const words = { name: written.name.text, of: `of ${of}`, options: options.join(', ') };
      report(diagnostic('unknown-option', written.span, words, meant(written.name, options)));
    } else {
      const hint =
        declared.kind === 'yes-no' ? 'Write `yes` or `no`.' : declared.kind === 'date' ? yearFirst(written) : undefined;
      report(diagnostic('not-constant', written.span, {}, hint === undefined ? {} : { hint }));
    }
    return undefined;
  }
  const problem = misfit(found.value, found.type, declared);
  const wanted = typeOf(declared);
  if (problem === 'type') {
    const words = { found: describeType(found.type), expected: `${of} is ${describeType(wanted)}` };
    const noTime = found.type.kind === 'date' && wanted.kind === 'moment';
    const hint = noTime
      ? `Say the time as well: \`${showValue(found.value)} at 09:00\`.`
      : howToWrite(describeType(wanted));
    report(diagnostic('wrong-type', written.span, words, hint === undefined ? {} : { hint }));
    return undefined;
  }
  if (problem === 'unit') {
    report(diagnostic('unit-mismatch', written.span, { left: describeType(wanted), right: describeType(found.type) }));
    return undefined;
  }
  return inRange(found.value, declared, of, written.span, report);
}

function inRange(value: Value, declared: ValueType, of: string, span: Span, report: Report): Value | undefined {
  const wanted = typeOf(declared);
  if (wanted.kind !== 'number' || typeof value !== 'number' || (value >= wanted.min && value <= wanted.max))
    return value;
  const range = describeRange(wanted.min, wanted.max);
  report(diagnostic('out-of-range', span, { value: showValue(value), of, range }));
  return undefined;
}
