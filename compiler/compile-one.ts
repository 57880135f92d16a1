/**
 * The one program of a file with what it imports: what is published and run, or what stands in the way.
 *
 * What is wrong with other programs in imported files is none of this one's; what is wrong with their
 * imports or fragments is, also where nothing in the program's own text shows it.
 */
import type { Diagnostic } from '../language/diagnostics.ts';
import { type Compiled, compile, type Environment } from './compile.ts';

export type CompiledOne = {
  /** The programs of the main file: exactly one can be published. */
  programs: Compiled['programs'];
  /** Errors that stand in the way, by file: the main file first. Files without any are left out. */
  wrong: { path: string; text: string; errors: Diagnostic[] }[];
  /** The main file. */
  main: Compiled['files'][number];
};

/** `imports` are the files that `main` imports, directly or through others; paths as the compiler looks for them. */
export function compileOne(
  main: { path: string; text: string },
  imports: readonly { path: string; text: string }[],
  environment: Environment = {},
): CompiledOne {
  const compiled = compile([main, ...imports], environment);
  const [first] = compiled.files;
  if (first === undefined) throw new RangeError('The compiler gives back every file that it is given.');
  const wrong = compiled.files.flatMap(({ path, text, ast, diagnostics }) => {
    const others = path === main.path ? [] : [...ast.programs, ...ast.scenarios];
    const errors = diagnostics.filter(
      ({ code, severity, span }) =>
        severity === 'error' &&
        // The imported file is told itself.
        code !== 'imported-mistake' &&
        !others.some((one) => span.start >= one.span.start && span.end <= one.span.end),
    );
    return errors.length === 0 ? [] : [{ path, text, errors }];
  });
  return { programs: compiled.programs.filter(({ path }) => path === main.path), wrong, main: first };
}
