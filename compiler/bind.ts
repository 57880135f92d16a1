/**
 * Names to declarations: reads every declaration of a program into `Symbols`.
 *
 * Tells of names used twice, kept names, and declarations that contradict themselves. What the
 * expressions say is left to `infer`; tables are bound by `bind-tables.ts` once the fields are known.
 */
import type { Field, Name, Program, Stage, TypeNode } from '../language/ast.ts';
import { diagnostic } from '../language/diagnostics.ts';
import { nearest } from '../language/nearest.ts';
import { bindTables } from './bind-tables.ts';
import { constant, misfit, showValue } from './constants.ts';
import type { Value, ValueType } from './ir.ts';
import { type EntryField, type FieldSymbol, type LetSymbol, type Report, type Symbols, singulars } from './symbols.ts';
import { describeRange, describeType, typeOf } from './value-types.ts';
import { deedsIn, stagesOf } from './walk.ts';

export function bind(program: Program, report: Report): Symbols {
  const symbols: Symbols = {
    fields: new Map(),
    series: new Map(),
    tables: new Map(),
    lets: new Map(),
    stages: new Map(),
    roles: new Set(),
    exits: new Map(),
  };
  const taken = new Map<string, Name>();
  const claim = (name: Name, into: Map<string, Name> = taken): boolean => {
    if (isReserved(name.text)) report(diagnostic('reserved-name', name.span, { name: name.text }));
    const before = taken.get(name.text) ?? into.get(name.text);
    if (before === undefined) {
      into.set(name.text, name);
      return true;
    }
    report(
      diagnostic(
        'duplicate-name',
        name.span,
        { name: name.text },
        { related: [{ message: 'It is used here first.', span: before.span }] },
      ),
    );
    return false;
  };

  for (const item of program.items) {
    if (item.kind === 'roles') for (const name of item.names) symbols.roles.add(name.text);
    if (item.kind === 'data') for (const field of item.fields) bindField(field, symbols, claim, report);
  }
  for (const item of program.items) {
    if (item.kind === 'let' && claim(item.name)) {
      symbols.lets.set(item.name.text, { id: item.name.text, name: item.name.text, node: item });
    }
  }
  bindTables(program, symbols, claim, report);
  bindStages(program, symbols, claim, report);
  for (const { rule, action } of deedsIn(program)) {
    const name =
      rule?.kind === 'transition' && action === undefined ? rule.as : action?.kind === 'move' ? action.as : undefined;
    if (name !== undefined && !symbols.exits.has(name.text)) symbols.exits.set(name.text, name.span);
  }
  return symbols;
}

/** What rules outside the stages are called after: `anytime/leave-1`. */
const ownerNames = new Set(['anytime', 'program']);

/** Words that every object of the host language answers to: they could not be looked up safely. */
const isReserved = (word: string): boolean => word in {};

type Claim = (name: Name, into?: Map<string, Name>) => boolean;

function bindField(field: Field, symbols: Symbols, claim: Claim, report: Report): void {
  const fresh = claim(field.name);
  const { type, name, agentMay } = field;
  if (type.kind === 'series') {
    if (agentMay?.verb === 'set') {
      report(diagnostic('needless-mark', agentMay.span, { verb: 'set', name: name.text, kind: 'a series' }));
    }
    const plain = type.of.kind !== 'record';
    const fields = new Map<string, EntryField>();
    for (const part of type.of.kind === 'record' ? type.of.fields : [plainValue(field, type.of)]) {
      if (fields.has(part.name.text)) report(diagnostic('duplicate-name', part.name.span, { name: part.name.text }));
      const declared = declaredType(part.type, 'an entry of a series', report);
      fields.set(part.name.text, { name: part.name.text, declared, type: typeOf(declared), optional: part.optional });
    }
    if (!fresh) return;
    const singular = singulars(name.text).find((word) => !symbols.fields.has(word) && !symbols.series.has(word));
    symbols.series.set(name.text, {
      name: name.text,
      singular: singular ?? name.text,
      fields,
      plain,
      agentMayRecord: agentMay?.verb === 'record',
      span: field.span,
    });
    return;
  }
  if (agentMay?.verb === 'record') {
    report(diagnostic('needless-mark', agentMay.span, { verb: 'record', name: name.text, kind: 'one value' }));
  }
  const declared = declaredType(type, 'a field', report);
  const symbol: FieldSymbol = {
    name: name.text,
    declared,
    type: typeOf(declared),
    optional: field.optional,
    node: field,
    initial: initialValue(field, declared, report),
    agentMaySet: agentMay?.verb === 'set',
    span: field.span,
  };
  if (fresh) symbols.fields.set(name.text, symbol);
}

/** The one field of a plain series, as if it had been written as a record. */
function plainValue(series: Field, type: TypeNode): Field {
  return { name: { text: 'value', span: series.name.span }, type, optional: false, span: series.span };
}

/** The IR's type of a written one; parts that cannot be kept become a text. */
export function declaredType(type: TypeNode, of: string, report: Report): ValueType {
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
    case 'record':
    case 'series':
      report(diagnostic('nested-type', type.span, { what: type.kind === 'series' ? 'A series' : 'A record', of }));
      return { kind: 'text' };
    default:
      return { kind: type.kind };
  }
}

function initialValue(field: Field, declared: ValueType, report: Report): Value {
  const { initial, name } = field;
  if (initial === undefined) {
    if (!field.optional) {
      const end = field.type.span.end;
      const fix = { title: 'Let it be missing at first', edits: [{ span: { start: end, end }, text: '?' }] };
      report(diagnostic('needs-value', name.span, { name: name.text }, { fix }));
    }
    return null;
  }
  const options = declared.kind === 'choice' ? declared.options : [];
  const found = constant(initial, options);
  if (found === undefined) {
    if (initial.kind === 'name' && declared.kind === 'choice') {
      const words = { name: initial.name.text, of: `of \`${name.text}\``, options: options.join(', ') };
      const near = nearest(initial.name.text, options);
      report(
        diagnostic('unknown-option', initial.span, words, {
          ...(near === undefined ? {} : { hint: `Did you mean \`${near}\`?`, fix: replaceWith(near, initial.span) }),
        }),
      );
    } else {
      report(diagnostic('not-constant', initial.span));
    }
    return null;
  }
  const problem = misfit(found.value, found.type, declared);
  const wanted = typeOf(declared);
  if (problem === 'type') {
    report(
      diagnostic('wrong-type', initial.span, {
        found: describeType(found.type),
        expected: `\`${name.text}\` is ${describeType(wanted)}`,
      }),
    );
  } else if (problem === 'unit') {
    report(diagnostic('unit-mismatch', initial.span, { left: describeType(wanted), right: describeType(found.type) }));
  } else if (problem === 'range' && wanted.kind === 'number') {
    const range = describeRange(wanted.min, wanted.max);
    report(diagnostic('out-of-range', initial.span, { value: showValue(found.value), of: `\`${name.text}\``, range }));
  }
  return problem === undefined ? found.value : null;
}

/** A fix that puts one word in the place of another. */
export function replaceWith(
  word: string,
  span: { start: number; end: number },
): {
  title: string;
  edits: { span: { start: number; end: number }; text: string }[];
} {
  return { title: `Write \`${word}\``, edits: [{ span, text: word }] };
}

function bindStages(program: Program, symbols: Symbols, claim: Claim, report: Report): void {
  const stageNames = new Map<string, Name>();
  for (const stage of stagesOf(program)) {
    const { name } = stage;
    const before = stageNames.get(name.text);
    if (before !== undefined) {
      const related = [{ message: 'It is used here first.', span: before.span }];
      report(diagnostic('duplicate-name', name.span, { name: name.text }, { related }));
      continue;
    }
    stageNames.set(name.text, name);
    if (name.text.startsWith('left_as_') || ownerNames.has(name.text) || isReserved(name.text))
      report(diagnostic('reserved-name', name.span, { name: name.text }));
    const lets = new Map<string, LetSymbol>();
    const names = new Map<string, Name>();
    for (const item of stage.items) {
      if (item.kind === 'let' && claim(item.name, names)) {
        const id = `${name.text}/${item.name.text}`;
        lets.set(item.name.text, { id, name: item.name.text, stage: name.text, node: item });
      }
      if (item.kind === 'ask') bindAnswer(stage, item, symbols, report);
    }
    symbols.stages.set(name.text, { name: name.text, node: stage, lets });
  }
}

/** `ask … as heart` brings in a field of its own where `data` has none of that name. */
function bindAnswer(
  stage: Stage,
  ask: Extract<Stage['items'][number], { kind: 'ask' }>,
  symbols: Symbols,
  report: Report,
): void {
  const declared = declaredType(ask.answer, 'an answer', report);
  const name = ask.as.text;
  const known = symbols.fields.get(name);
  if (known === undefined) {
    if (symbols.series.has(name) || symbols.lets.has(name) || symbols.tables.has(name)) {
      const kind = symbols.series.has(name) ? 'a series' : symbols.lets.has(name) ? 'a `let`' : 'a table';
      const words = { name, kind };
      report(diagnostic('answer-needs-field', ask.as.span, words));
      return;
    }
    const near = nearest(name, [...symbols.fields.keys()]);
    if (near !== undefined && !symbols.fields.get(near)?.answered) {
      const details = { fix: replaceWith(near, ask.as.span) };
      report(diagnostic('answer-beside-field', ask.as.span, { name, near }, details));
    }
    symbols.fields.set(name, {
      name,
      declared,
      type: typeOf(declared),
      optional: true,
      initial: null,
      agentMaySet: false,
      answered: true,
      span: ask.as.span,
    });
    return;
  }
  const same =
    known.declared.kind === declared.kind &&
    (declared.kind !== 'choice' ||
      (known.declared.kind === 'choice' &&
        declared.options.every((option) => known.type.kind === 'choice' && known.type.options.includes(option)))) &&
    (declared.kind !== 'number' ||
      (known.declared.kind === 'number' && (declared.unit ?? '') === (known.declared.unit ?? '')));
  if (!same) {
    const related = [{ message: `\`${name}\` is declared here.`, span: known.span }];
    const words = {
      found: `a question for ${describeType(typeOf(declared))}`,
      expected: `\`${name}\` is ${describeType(known.type)}`,
    };
    report(
      diagnostic('wrong-type', ask.answer.span, words, {
        related,
        hint: `Ask in \`${stage.name.text}\` for what \`${name}\` holds.`,
      }),
    );
  }
}
