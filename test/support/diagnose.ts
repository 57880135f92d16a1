/**
 * A case as files, compiled: `// skills: a, b` in its first line says which skills there are, and each
 * `// file: ./b.regimen` begins another file beside the first, which is `case.regimen`.
 */
import type { Environment } from '../../compiler/checks/question.ts';
import { type Compiled, compile } from '../../compiler/compile.ts';
import type { Diagnostic } from '../../language/diagnostics.ts';

export type CaseFiles = { files: { path: string; text: string }[]; environment: Environment };

export function readCaseFiles(source: string): CaseFiles {
  const skills = /^\/\/ skills: (.*)$/m.exec(source)?.[1]?.split(', ');
  const [text = '', ...others] = source.split(/^(?=\/\/ file: )/m);
  const beside = others.map((other) => ({ path: /^\/\/ file: (.*)$/m.exec(other)?.[1] ?? '', text: other }));
  return {
    files: [{ path: 'case.regimen', text }, ...beside],
    environment: skills === undefined ? {} : { skills },
  };
}

/** What is said about the first file, which may have another text for once, and about those beside it. */
export function diagnose(
  source: string,
  instead?: string,
): { compiled: Compiled; diagnostics: Diagnostic[]; beside: Compiled['files'] } {
  const { files, environment } = readCaseFiles(source);
  const compiled = compile(
    files.map((file, index) => (index === 0 && instead !== undefined ? { ...file, text: instead } : file)),
    environment,
  );
  return { compiled, diagnostics: compiled.files[0]?.diagnostics ?? [], beside: compiled.files.slice(1) };
}
