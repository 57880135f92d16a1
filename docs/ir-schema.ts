/** Writes `docs/ir.schema.json`, the published shape of the IR: `node docs/ir-schema.ts`. */
import { writeFileSync } from 'node:fs';
import { irSchema } from '../compiler/ir-schema.ts';

/** As wide as every other file here. */
const columnsMax = 120;

/** The schema as the text of its file; lists of words stand on one line where they fit. */
export function schemaFile(): string {
  return `${JSON.stringify(irSchema, null, 2)}\n`.replace(
    /^(.*)\[\n([^[\]{}]*)\n *\](,?)$/gm,
    (whole, before: string, items: string, comma: string) => {
      const line = `${before}[${items.trim().replace(/\n\s*/g, ' ')}]`;
      return line.length + comma.length <= columnsMax ? line + comma : whole;
    },
  );
}

if (import.meta.main) writeFileSync(new URL('ir.schema.json', import.meta.url), schemaFile());
