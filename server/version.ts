/** The version of this Regimen, as its package says. */
import { readFileSync } from 'node:fs';

/** The sources and the built file both lie one folder below the package. */
export function version(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return manifest.version;
}
