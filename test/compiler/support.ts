/** Shared by the compiler's tests: snapshots in files, and one program from its text. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { compile } from '../../compiler/compile.ts';
import type { Ir } from '../../compiler/ir.ts';

/** Compares with a file, or writes it under `UPDATE=1`. */
export function updateOrCompare(file: URL, text: string): void {
  if (process.env.UPDATE === '1') writeFileSync(file, text);
  assert.ok(existsSync(file), `${file.pathname} is missing: run with UPDATE=1 and read it.`);
  assert.fixture(text, readFileSync(file, 'utf8'));
}

/** The IR of a text without errors. */
export function irOf(text: string): Ir {
  const compiled = compile([{ path: 'test.regimen', text }]);
  const errors = compiled.files.flatMap((file) => file.diagnostics).filter((one) => one.severity === 'error');
  assert.equal(
    errors.map((one) => `${one.code}: ${one.message}`),
    [],
  );
  const [program] = compiled.programs;
  if (program === undefined) throw new Error('no program');
  return program.ir;
}
