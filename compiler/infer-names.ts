/**
 * What a name stands for: a choice, an argument, a field of the entry or the item at hand, a let, a field of data.
 *
 * In this order: what is nearest to the expression comes first. `names-in-scope.ts` says what is wrong with a name that
 * stands for nothing.
 */
import type { Expr } from '../language/ast.ts';
import { type Details, diagnostic } from '../language/diagnostics.ts';
import { inferStageOf } from './infer-times.ts';
import { type Inference, type InferLet, type Inferred, mistaken, type Scope, sourceOf, sure } from './inference.ts';
import { meant } from './names.ts';
import { letNamed, unknownName } from './names-in-scope.ts';
import { saidMissing } from './said-missing.ts';
import { findSeries, type Resolution } from './symbols.ts';
import type { Type } from './value-types.ts';

export function inferName(
  cx: Inference,
  expr: Extract<Expr, { kind: 'name' }>,
  scope: Scope,
  expected: Type | undefined,
  inferLet: InferLet,
): Inferred {
  const { checked, report } = cx;
  const { symbols } = checked;
  const { text } = expr.name;
  const resolve = (resolution: Resolution) => checked.resolutions.set(expr, resolution);
  if (expected?.kind === 'choice' && expected.options.includes(text)) {
    const { of, flow } = expected;
    resolve({
      kind: 'option',
      option: text,
      ...(of === undefined ? {} : { of }),
      ...(flow === undefined ? {} : { flow }),
    });
    return sure({ ...expected, options: [text] });
  }
  if (scope.argument?.name === text) {
    resolve({ kind: 'argument' });
    return sure(scope.argument.type);
  }
  const entryField = scope.entryOf?.fields.get(text);
  if (entryField !== undefined && scope.entryOf !== undefined) {
    const { list, name } = scope.entryOf;
    resolve(list ? { kind: 'item', field: text, list: name } : { kind: 'entry', field: text });
    return { type: entryField.type, maybe: entryField.optional };
  }
  const itemField = scope.item?.fields.get(text);
  if (itemField !== undefined && scope.item !== undefined) {
    resolve({ kind: 'item', field: text, list: scope.item.name });
    return { type: itemField.type, maybe: itemField.optional };
  }
  const found = letNamed(checked, text, scope);
  if (found !== undefined) {
    resolve({ kind: 'let', id: found.id });
    return inferLet(found, scope.known);
  }
  const field = symbols.fields.get(text);
  if (field !== undefined) {
    resolve({ kind: 'data', name: text });
    return { type: field.type, maybe: field.optional };
  }
  if (text === 'stage') return inferStageOf(cx, expr, undefined, scope);
  if (symbols.lists.has(text)) {
    report(
      diagnostic(
        'needs-aggregate',
        expr.span,
        { name: text, kind: 'a list: many items' },
        { hint: listHint(cx, text) },
      ),
    );
    return mistaken;
  }
  if (findSeries(symbols, text) !== undefined) {
    report(diagnostic('needs-aggregate', expr.span, { name: text, kind: 'a series: many entries' }));
    return mistaken;
  }
  if (expected?.kind === 'choice') {
    const source = sourceOf(cx.checked, expr.span);
    const details = meant(expr.name, expected.options, saidMissing(source, expr.span));
    if (expected.of === 'stage') {
      report(diagnostic('unknown-stage', expr.span, { name: text }, stageDetails(details, expected.options)));
    } else {
      report(
        diagnostic(
          'unknown-option',
          expr.span,
          { name: text, of: 'here', options: expected.options.join(', ') },
          details,
        ),
      );
    }
    return mistaken;
  }
  unknownName(cx, expr.name, scope);
  return mistaken;
}

const stageDetails = (details: Details, stages: readonly string[]): Details =>
  details.fix === undefined ? { hint: `The stages are: ${stages.join(', ')}.` } : details;

function listHint(cx: Inference, name: string): string {
  const key = cx.checked.symbols.lists.get(name)?.key;
  return key === undefined
    ? `Say what you want of it: \`count(${name} where …)\`.`
    : `Say which: \`${name}["…"].…\`, or \`count(${name} where …)\`.`;
}
