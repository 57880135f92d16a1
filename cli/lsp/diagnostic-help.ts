/** Where a diagnostic is explained: its place in the page that comes with the package. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isExplained } from '../../compiler/explain-code.ts';

/** The package is at most so many folders above this code, built or not. */
const FOLDERS_UP_MAX = 4;

/** A URI for each code that the page explains; undefined where the page is not installed. */
export function diagnosticHelp(): (code: string) => string | undefined {
  const page = findPage();
  if (page === undefined) return () => undefined;
  const { href } = pathToFileURL(page);
  return (code) => (isExplained(code) ? `${href}#${code}` : undefined);
}

function findPage(): string | undefined {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let up = 0; up <= FOLDERS_UP_MAX; up++) {
    const page = join(folder, 'docs', 'diagnostics.md');
    if (existsSync(page)) return page;
    folder = dirname(folder);
  }
  return undefined;
}
