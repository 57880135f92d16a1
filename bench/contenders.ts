/**
 * Who takes part in the warm check: Regimen and its peers, each with a sound text and one with a
 * mistake in its meaning.
 */
import { compile } from '../compiler/compile.ts';
import { cedar } from './peers/cedar.ts';
import { langium } from './peers/langium.ts';
import { lineCount, type Peer } from './peers/peer.ts';
import { prisma } from './peers/prisma.ts';
import { programOfLines } from './programs.ts';

export const warmLines = 1000;

/** Makes a contender at work on its text; with `mistaken`, on one that it must refuse. */
export const contenders: Record<string, (mistaken: boolean) => Peer | Promise<Peer>> = {
  Regimen: (mistaken) => regimen(program(mistaken)),
  'prisma-schema-wasm': (mistaken) => prisma(warmLines, mistaken),
  'cedar-wasm': (mistaken) => cedar(warmLines, mistaken),
  Langium: (mistaken) => langium(program(mistaken)),
};

/** The program, or the same with a move to a stage that there is not. */
function program(mistaken: boolean): string {
  const text = programOfLines(warmLines);
  return mistaken ? text.replace('advance  to part_3 ', 'advance  to part_x ') : text;
}

function regimen(text: string): Peer {
  return {
    name: 'Regimen',
    version: 'this tree',
    does: '`compile`: parse, bind, infer types, check, lower to the IR, analyze the flow',
    text,
    lines: lineCount(text),
    validate: () => {
      const { programs, files } = compile([{ path: 'program.regimen', text }]);
      if (programs[0]?.ok !== true) throw new Error(files[0]?.diagnostics[0]?.message ?? 'no program');
    },
  };
}
