/**
 * Exits taken out of sound programs: a stage that has lost its last way out is told as a dead end.
 */
import fc from 'fast-check';
import { compile } from '../../compiler/compile.ts';
import { parse } from '../../language/parse.ts';
import { programText } from '../support/random-programs.ts';
import { readSources } from './sources.ts';

/**
 * Takes every exit of every stage out, of the sources that compile and of `generated` random programs:
 * one at a time, and all of a stage at once. Where no way out is left, the compiler must say `dead-end`.
 */
export function deleteExits(seed: number, generated: number): { tried: number; failures: string[]; note: string } {
  const failures: string[] = [];
  let tried = 0;
  let told = 0;
  const texts = [
    ...readSources().map(({ text }) => text),
    ...fc.sample(programText, { seed, numRuns: generated }),
  ].filter(isSound);
  for (const text of texts) {
    for (const { stage, without, last } of withoutExits(text)) {
      tried++;
      const dead = deadEnds(without).includes(stage);
      if (dead) told++;
      if (last && !dead) failures.push(`stage ${stage} has lost its last exit and nothing is said\n${without}`);
    }
  }
  return { tried, failures, note: `${texts.length} programs, ${told} dead ends told` };
}

const isSound = (text: string): boolean => {
  const { files, programs } = compile([{ path: 'sound.regimen', text }]);
  const dead = files[0]?.diagnostics.some((one) => one.code === 'dead-end' || one.severity === 'error') ?? true;
  return programs.length > 0 && !dead;
};

const deadEnds = (text: string): string[] =>
  (compile([{ path: 'exits.regimen', text }]).files[0]?.diagnostics ?? [])
    .filter((one) => one.code === 'dead-end')
    .map((one) => text.slice(one.span.start, one.span.end));

/** Words that leave a stage, as the author writes them; a restart stays. */
const leaving = new Set(['advance', 'return', 'leave', 'resume', 'interrupt']);

type Place = { start: number; end: number };

/** The text without one exit, and without all of a stage's; `last` where none is left. */
function withoutExits(text: string): { stage: string; without: string; last: boolean }[] {
  return parse(text).value.programs.flatMap((program) =>
    program.items.flatMap((item) => {
      if (item.kind !== 'stage' || item.final) return [];
      const exits = exitsIn(item.items);
      if (exits.length === 0) return [];
      const stage = item.name.text;
      const each = exits.map((exit) => ({ stage, without: cut(text, [exit]), last: exits.length === 1 }));
      return [...each, { stage, without: cut(text, exits), last: true }];
    }),
  );
}

/** The places of everything that moves out, found in the tree whatever it hangs in. */
function exitsIn(node: unknown): Place[] {
  if (typeof node !== 'object' || node === null) return [];
  const { direction, kind, span } = node as { direction?: string; kind?: string; span?: Place };
  // What a fragment brings may be a way out as well.
  const moves = leaving.has(direction ?? '') || kind === 'interrupt' || kind === 'use';
  if (moves && span) return [span];
  return Object.values(node).flatMap(exitsIn);
}

function cut(text: string, places: Place[]): string {
  let rest = text;
  for (const { start, end } of places.toSorted((a, b) => b.start - a.start))
    rest = rest.slice(0, start) + rest.slice(end);
  return rest;
}
