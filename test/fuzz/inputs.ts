/** The input that belongs to a seed and a number: the same everywhere, so that a failure can be repeated. */
import { chanceFrom } from '../../runtime/population/chance.ts';
import type { Input } from './check-input.ts';
import { mutate } from './mutate.ts';
import type { Source } from './sources.ts';

/** Large sources are taken less often: most mistakes need no large text, and a small one is quick. */
const lengthAtFullWeight = 400;

export type Made = { source: Source; input: Input };

export function inputMaker(sources: readonly Source[], seed: number): (number: number) => Made {
  let total = 0;
  const upTo = sources.map(({ text }) => {
    total += Math.min(1, lengthAtFullWeight / text.length);
    return total;
  });
  return (number) => {
    const random = chanceFrom(seed, number);
    const point = random.next() * total;
    const source = sources[upTo.findIndex((end) => point < end)] ?? (sources[0] as Source);
    const { text, from } = mutate(source, random, sources);
    // What stands right at the change may have grown together with it.
    const stages = source.stages.filter((stage) => stage.name !== '' && stage.end < from);
    return {
      source,
      input: {
        text,
        beside: source.beside,
        stages,
        isThorough: number % 4 === 0,
        cursors: [random.next(), from / Math.max(1, text.length)],
      },
    };
  };
}
