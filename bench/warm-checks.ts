/**
 * The warm check: Regimen and its peers by turns, each in a worker of its own, medians of one run.
 */
import { Worker } from 'node:worker_threads';
import type { Answered, Asked } from './contender.ts';
import { afterKeystroke, contenders } from './contenders.ts';
import { median, rounded } from './measure.ts';
import { type Figure, isMet } from './report.ts';

/** `aheadOf` is how many times faster than Langium; `perLine` how much slower than a WebAssembly peer at most. */
export type WarmLimits = { aheadOfLangium: number; perLineOfWasm: number };

/** Turns that do not count: V8 has made of the code by then what it will. */
const warmTurns = 30;

export async function benchWarmChecks(turns: number, limits: WarmLimits): Promise<Figure[]> {
  const names = Object.keys(contenders);
  const workers = names.map((name) => new Worker(new URL('./contender.ts', import.meta.url), { workerData: { name } }));
  try {
    const about = [];
    for (const worker of workers) about.push(expect(await ask(worker, 'ready'), 'ready'));
    const ms = names.map((): number[] => []);
    for (let turn = -warmTurns; turn < turns; turn++) {
      for (const [index, worker] of workers.entries()) {
        const ran = expect(await ask(worker, 'run'), 'ran');
        if (turn >= 0) ms[index]?.push(...ran.ms);
      }
    }
    const perLine = about.map(({ lines }, index) => (1000 * median(ms[index] ?? [])) / lines);
    const figures = about.map(({ version, does, lines, characters }, index): Figure => {
      const perCharacter = (1e6 * median(ms[index] ?? [])) / characters;
      return {
        name: `warm check, ${names[index]}`,
        value: rounded(perLine[index] ?? Number.NaN),
        unit: 'µs/line',
        note: `${version}, ${lines} lines, ${rounded(perCharacter)} ns a character; ${does}`,
      };
    });
    const perLineOf = (name: string) => perLine[names.indexOf(name)] ?? Number.NaN;
    const ratios = [afterKeystroke, 'Regimen'].flatMap((own) =>
      names
        .filter((name) => name !== 'Regimen' && name !== afterKeystroke)
        .map((name): Figure => {
          const ahead = name === 'Langium';
          const ratio = perLineOf(own) / perLineOf(name);
          const figure = {
            name: `${ahead ? 'ahead of Langium' : `against ${name}, per line`}${own === afterKeystroke ? ', after a keystroke' : ', from the text'}`,
            value: rounded(ahead ? 1 / ratio : ratio),
            unit: '×',
          };
          const limit: Figure['limit'] = ahead
            ? { at: 'least', value: limits.aheadOfLangium }
            : { at: 'most', value: limits.perLineOfWasm };
          if (own === afterKeystroke) return { ...figure, limit };
          const kept = isMet({ ...figure, limit }) ? 'kept as well' : 'not kept';
          return { ...figure, note: `no promise; at ${limit.at} ${limit.value} is ${kept}` };
        }),
    );
    return [...figures, ...ratios];
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function ask(worker: Worker, asked: Asked): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const settle = (then: () => void) => {
      worker.off('message', hear);
      worker.off('error', fail);
      then();
    };
    const hear = (answered: Answered) => settle(() => resolve(answered));
    const fail = (error: unknown) => settle(() => reject(error));
    worker.on('message', hear);
    worker.on('error', fail);
    worker.postMessage(asked);
  });
}

function expect<Kind extends Answered['kind']>(answered: Answered, kind: Kind): Extract<Answered, { kind: Kind }> {
  if (answered.kind === kind) return answered as Extract<Answered, { kind: Kind }>;
  throw new Error(answered.kind === 'failed' ? answered.problem : `A contender said ${answered.kind}.`);
}
