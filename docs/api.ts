/**
 * Writes the table of operations at the end of `api.md` from the operations themselves: `node docs/api.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { operations } from '../server/v1/operations.ts';

const file = new URL('./api.md', import.meta.url);
const mark = '<!-- operations -->';

const rows = operations.map(
  ({ id, method, path, scope, summary }) => `| \`${id}\` | \`${method} ${path}\` | ${scope} | ${summary} |`,
);
const table = ['| operation | request | scope | what it is for |', '|---|---|---|---|', ...rows];
const [before = ''] = readFileSync(file, 'utf8').split(mark);
writeFileSync(file, `${before}${mark}\n${table.join('\n')}\n`);
