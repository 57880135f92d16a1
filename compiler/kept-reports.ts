/**
 * What was told of a part of a program, kept so that it can be told again without asking.
 *
 * The text moves between two compiles, and every block of it by its own measure. So each place in a diagnostic is kept
 * as where it lies in the block that holds it. Where such a block is gone, or a place lies in none, nothing can be told
 * again and the question is asked anew.
 */
import type { Program, Scenario, Span } from '../language/ast.ts';
import type { Diagnostic } from '../language/diagnostics.ts';
import type { Report } from './symbols.ts';

/** Where places are looked for: in the blocks of a program, or in a scenario. */
type Whole = Program | Scenario;

/** What moves as a whole: items of the program, and of its tracks and lists. */
type Block = { span: Span };

/** A place, told from where its block begins. */
type Place = { block: Block; start: number; end: number };

type KeptDiagnostic = { told: Diagnostic; at: Place; related: Place[]; edits: Place[] };

/** What was told of each part, by the node that stands for it. */
export type KeptReports = WeakMap<object, readonly KeptDiagnostic[]>;

/** Tells what was told of `part` the last time, or what `ask` tells of it now. */
export function tellOf(
  kept: KeptReports | undefined,
  whole: Whole,
  part: object,
  report: Report,
  ask: (report: Report) => void,
): void {
  if (kept === undefined) {
    ask(report);
    return;
  }
  const again = kept.get(part)?.map((one) => toldAgain(one, whole));
  if (again?.every((one) => one !== undefined)) {
    for (const one of again) report(one);
    return;
  }
  const told: Diagnostic[] = [];
  ask((one) => {
    told.push(one);
    report(one);
  });
  const keeping = told.map((one) => keep(one, whole));
  if (keeping.every((one) => one !== undefined)) kept.set(part, keeping);
  else kept.delete(part);
}

function keep(told: Diagnostic, whole: Whole): KeptDiagnostic | undefined {
  const at = placeOf(told.span, whole);
  const related = told.related.map(({ span }) => placeOf(span, whole));
  const edits = (told.fix?.edits ?? []).map(({ span }) => placeOf(span, whole));
  if (at === undefined || !allThere(related) || !allThere(edits)) return undefined;
  return { told, at, related, edits };
}

const allThere = (places: (Place | undefined)[]): places is Place[] => places.every((one) => one !== undefined);

function placeOf({ start, end, file }: Span, whole: Whole): Place | undefined {
  if (file !== undefined) return undefined;
  for (const block of blocksOf(whole)) {
    const { span } = block;
    if (start >= span.start && end <= span.end) return { block, start: start - span.start, end: end - span.start };
  }
  return undefined;
}

function toldAgain({ told, at, related, edits }: KeptDiagnostic, whole: Whole): Diagnostic | undefined {
  const blocks = blocksOf(whole);
  const isThere = ({ block }: Place) => blocks.has(block);
  if (!isThere(at) || !related.every(isThere) || !edits.every(isThere)) return undefined;
  return {
    ...told,
    span: spanOf(at),
    related: told.related.map((one, index) => ({ ...one, span: spanOf(related[index] as Place) })),
    ...(told.fix && {
      fix: {
        ...told.fix,
        edits: told.fix.edits.map((one, index) => ({ ...one, span: spanOf(edits[index] as Place) })),
      },
    }),
  };
}

const spanOf = ({ block: { span }, start, end }: Place): Span => ({ start: span.start + start, end: span.start + end });

const blocksFound = new WeakMap<Whole, ReadonlySet<Block>>();

/** The blocks of a program, inner ones before those around them; a scenario is one block. */
function blocksOf(whole: Whole): ReadonlySet<Block> {
  if (whole.kind === 'scenario') return new Set([whole]);
  const known = blocksFound.get(whole);
  if (known !== undefined) return known;
  const blocks = new Set<Block>();
  for (const item of whole.items) {
    if (item.kind === 'track' || item.kind === 'list') for (const inner of item.items) blocks.add(inner);
    blocks.add(item);
  }
  blocksFound.set(whole, blocks);
  return blocks;
}
