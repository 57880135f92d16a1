/**
 * Who takes part in the warm check: Regimen and its peers, each with a sound text and one with a
 * mistake in its meaning.
 */
import { compile } from '../compiler/compile.ts';
import { createWorkspace } from '../compiler/service/workspace.ts';
import { cedar } from './peers/cedar.ts';
import { langium } from './peers/langium.ts';
import { lineCount, type Peer } from './peers/peer.ts';
import { prisma } from './peers/prisma.ts';
import { programOfLines } from './programs.ts';

export const warmLines = 1000;

/**
 * Regimen in its workspace, which keeps what a keystroke leaves as it was; the others have no such thing and begin from
 * the text.
 */
export const afterKeystroke = 'Regimen after a keystroke';

/** Makes a contender at work on its text; with `mistaken`, on one that it must refuse. */
export const contenders: Record<string, (mistaken: boolean) => Peer | Promise<Peer>> = {
  Regimen: (mistaken) => regimen(program(mistaken)),
  [afterKeystroke]: (mistaken) => typing(program(mistaken)),
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

/** Types a letter into a text that is said, now in this stage and now in that, and takes it back the next time. */
function typing(text: string): Peer {
  const places = [...text.matchAll(/say "Noted/g)].map((found) => found.index + 'say "Noted'.length);
  const workspace = createWorkspace();
  let strokes = 0;
  return {
    name: afterKeystroke,
    version: 'this tree',
    does: 'the same of a text in which one letter is another since the last time: what that cannot have changed is kept',
    text,
    lines: lineCount(text),
    validate: () => {
      const at = places[((strokes >> 1) * 13) % places.length] ?? 0;
      const typed = strokes++ % 2 === 0 ? `${text.slice(0, at)}!${text.slice(at)}` : text;
      workspace.put('program.regimen', typed);
      const compiled = workspace.group('program.regimen')?.compiled;
      if (compiled?.programs[0]?.ok !== true)
        throw new Error(compiled?.files[0]?.diagnostics[0]?.message ?? 'no program');
    },
  };
}
