/**
 * Collects what is told of a program or a scenario, and gives each diagnostic to the file whose words it is about.
 *
 * A file is told a thing once, however often it is found, and no echo of what could not be read (`echoes.ts`).
 */
import type { Span } from '../language/ast.ts';
import type { Diagnostic } from '../language/diagnostics.ts';
import { echoes } from './echoes.ts';
import type { Report } from './symbols.ts';

/** A file, and what is told of it. */
export type Gathering = {
  text: string;
  syntax: readonly Diagnostic[];
  diagnostics: Diagnostic[];
  /** What was told already, as texts. */
  seen: Set<string>;
};

export type Collected = {
  report: Report;
  /** Everything that was reported, wherever it is told. */
  own: Diagnostic[];
  /** The first error in each other file. */
  abroad: Map<Gathering, Diagnostic>;
};

/**
 * A collector for something that stands in `home`. What is about the words of another file, a fragment, is told there.
 */
export function collector(
  home: Gathering,
  isEcho: (one: Diagnostic) => boolean,
  fileAt: (path: string) => Gathering | undefined,
): Collected {
  const own: Diagnostic[] = [];
  const abroad = new Map<Gathering, Diagnostic>();
  const report = (told: Diagnostic) => {
    const { file } = told.span;
    const one = alone(told);
    own.push(one);
    const target = file === undefined ? home : fileAt(file);
    if (target !== undefined && target !== home && isError(one) && !abroad.has(target)) abroad.set(target, one);
    const id = `${one.code} ${one.span.start} ${one.span.end} ${one.message}`;
    if (target === undefined || target.seen.has(id)) return;
    target.seen.add(id);
    if (!(file === undefined ? isEcho : echoes(target, undefined))(one)) target.diagnostics.push(one);
  };
  return { own, abroad, report };
}

/** A diagnostic with only what stands in its own file. */
function alone(one: Diagnostic): Diagnostic {
  const { file } = one.span;
  if (file === undefined && one.related.length === 0 && one.fix === undefined) return one;
  const here = ({ span }: { span: Span }) => span.file === file;
  const bare = <Part extends { span: Span }>(part: Part): Part => ({
    ...part,
    span: { start: part.span.start, end: part.span.end },
  });
  const { fix, ...rest } = bare(one);
  return {
    ...rest,
    related: one.related.filter(here).map(bare),
    ...(fix?.edits.every(here) ? { fix: { ...fix, edits: fix.edits.map(bare) } } : {}),
  };
}

/** Leaves out what is shown elsewhere: these places are in the text of a program in another file. */
export function onlyWithin({ start, end }: Span, report: Report): Report {
  return (one) => {
    report({ ...one, related: one.related.filter(({ span }) => span.start >= start && span.end <= end) });
  };
}

export const isError = ({ severity }: Diagnostic): boolean => severity === 'error';
export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean => diagnostics.some(isError);
