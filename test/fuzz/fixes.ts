/**
 * Every fix that is offered, applied: its diagnostic goes away and no other comes.
 */
import { compile } from '../../compiler/compile.ts';
import type { Diagnostic } from '../../language/diagnostics.ts';
import type { Fix } from '../../language/fixes.ts';
import { parse } from '../../language/parse.ts';
import { chanceFrom } from '../../runtime/population/chance.ts';
import { mutate } from './mutate.ts';
import { readSources, type Source } from './sources.ts';

/** Applies the fixes of all sources and of `mutants` mutated ones. Failures are told with both texts. */
export function applyFixes(seed: number, mutants: number): { tried: number; failures: string[]; note: string } {
  const sources = readSources();
  const failures: string[] = [];
  const codes = new Set<string>();
  let tried = 0;
  const inspect = (text: string, { beside, name }: Source, isMutant: boolean) => {
    const before = diagnosticsOf(text, beside);
    for (const found of before) {
      if (!found.fix) continue;
      tried++;
      codes.add(found.code);
      const problem = problemOfFix(text, beside, before, found, isMutant);
      if (problem !== null) failures.push(`${found.code} in ${name}: ${problem}\n${text}`);
    }
  };
  for (const source of sources) inspect(source.text, source, false);
  for (let number = 0; number < mutants; number++) {
    const random = chanceFrom(seed, number);
    const source = random.pick(sources);
    inspect(mutate(source, random, sources).text, source, true);
  }
  return { tried, failures, note: `of ${codes.size} codes` };
}

const diagnosticsOf = (text: string, beside: Source['beside']): Diagnostic[] =>
  compile([...beside, { path: 'fixed.regimen', text }]).files.at(-1)?.diagnostics ?? [];

/** What is wrong with a fix, or null. Of reading a mutant, only that the mistake is gone. */
export function problemOfFix(
  text: string,
  beside: Source['beside'],
  before: readonly Diagnostic[],
  { code, message, span, fix }: Diagnostic,
  isMutant = false,
): string | null {
  if (!fix) return null;
  const edits = fix.edits.toSorted((a, b) => b.span.start - a.span.start);
  let mended = text;
  for (const [index, edit] of edits.entries()) {
    const next = edits[index - 1]?.span.start ?? text.length;
    if (edit.span.start > edit.span.end || edit.span.end > next) return `its edits overlap: ${JSON.stringify(fix)}`;
    mended = mended.slice(0, edit.span.start) + edit.text + mended.slice(edit.span.end);
  }
  if (mended === text) return `“${fix.title}” changes nothing`;
  // What could not be read keeps the compiler from looking further: a mistake of reading, mended, may let
  // it see mistakes of meaning that were there all along. It must not bring another mistake of reading.
  const inReading = parse(text).diagnostics;
  const reads = inReading.some((one) => one.code === code && one.span.start === span.start);
  const known = reads ? inReading : before;
  const after = reads ? parse(mended).diagnostics : diagnosticsOf(mended, beside);
  // One that is the same further on is another one: it was there before as well.
  // Where a mutation tore several braces away, one that is put back leaves the others.
  if (isMutant && code.endsWith('-brace')) return null;
  const same = (one: Diagnostic) => one.code === code && one.message === message;
  const isLeft = `“${fix.title}” leaves it where it was (${span.start})`;
  // In a mutant, what follows may be garbage that nobody has read yet, and the same may be wrong with it.
  if (isMutant && reads) {
    const upTo = (all: readonly Diagnostic[], end: number) =>
      all.filter((one) => same(one) && one.span.start <= end).length;
    const end = span.start + grownBefore(edits, span.start);
    return upTo(after, end) >= upTo(known, span.start) ? isLeft : null;
  }
  if (after.filter(same).length >= known.filter(same).length) return isLeft;
  // A guess at what was meant lets the compiler see the rest of the sentence; it may find more to say there.
  // So does a brace, where it is not the only thing that is wrong.
  if (code.startsWith('unknown-') || (code.endsWith('-brace') && known.length > 1)) return null;
  const crowded = new Set(known.filter((one) => one !== known.find(same)).map((one) => lineAt(text, one.span.start)));
  return addedDiagnostic(
    known,
    // Of several mistakes in a line one is told: mending it lets the next be told.
    after.filter((one) => !crowded.has(lineAt(mended, one.span.start))),
    fix.title,
  );
}

/** By how much, at most, what stands at `offset` or behind it has moved on. */
const grownBefore = (edits: Fix['edits'], offset: number): number =>
  edits
    .filter((edit) => edit.span.start <= offset)
    .reduce((sum, { span, text }) => sum + Math.max(0, text.length - (span.end - span.start)), 0);

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

/** The first diagnostic that was not there before; a count in its words may be another one. */
function addedDiagnostic(before: readonly Diagnostic[], after: readonly Diagnostic[], title: string): string | null {
  const known = before.map(idOf);
  for (const one of after) {
    const at = known.indexOf(idOf(one));
    if (at >= 0) known.splice(at, 1);
    else return `“${title}” brings ${one.code}: ${one.message}`;
  }
  return null;
}

const idOf = ({ code, message }: Diagnostic): string => `${code} ${message.replace(/\d+/g, '#')}`;
