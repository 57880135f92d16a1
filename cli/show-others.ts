/**
 * What a conversation brings about for others than the person, as lines for the terminal: an author
 * who plays the person sees what a nurse would be told.
 */
import type { Control } from '../runtime/control.ts';
import type { TimelineRow } from '../runtime/timeline.ts';
import { writeValue } from '../runtime/write-value.ts';

const rowsPerLook = 1000;

/** `→ nurse: …`; undefined for rows that are nobody else's. */
export function toOthers(row: TimelineRow, zone: string): string | undefined {
  const words = (name: string) => name.replaceAll('_', ' ');
  switch (row.kind) {
    case 'told':
      return `→ ${words(row.to)}${row.question === undefined ? '' : ' is asked'}: ${row.text}`;
    case 'output':
      return row.to === 'participant' ? undefined : `→ ${words(row.to)}: [${words(row.name)}] ${row.text}`;
    case 'called': {
      const fields = Object.entries(row.fields).map(([name, value]) => `${words(name)} ${writeValue(value, zone)}`);
      return `→ ${words(row.service)}: ${words(row.action)}${fields.length === 0 ? '' : ` (${fields.join(', ')})`}`;
    }
    case 'proposed':
      return `→ ${words(row.by)} is to decide: ${row.what}`;
    case 'escalated':
      return `→ ${words(row.to)} (escalation): ${row.text ?? ''}`.trimEnd();
    case 'lapsed':
      return `→ nobody decided: ${row.why}`;
    default:
      return undefined;
  }
}

/**
 * Tells the lines of an enrollment that are new since the last call; the first call only takes note of what is there.
 */
export function othersTeller(
  control: Control,
  write: (line: string) => void,
): (enrollment: { id: string; zone: string } | null) => Promise<void> {
  const seen = new Map<string, number>();
  let began = false;
  return async (enrollment) => {
    if (enrollment !== null) {
      const { id, zone } = enrollment;
      let after = seen.get(id) ?? 0;
      for (;;) {
        const rows = await control.timeline(id, { after, limit: rowsPerLook });
        for (const row of began ? rows : []) {
          const line = toOthers(row, zone);
          if (line !== undefined) write(line);
        }
        after = rows.at(-1)?.seq ?? after;
        if (rows.length < rowsPerLook) break;
      }
      seen.set(id, after);
    }
    began = true;
  };
}
