/**
 * What a pressed button came to, in one line for the message that asked: read from the timeline,
 * because the first answer counts and a later press must not make it look otherwise.
 */
import type { Control } from '../../../runtime/control.ts';
import type { TimelineRow } from '../../../runtime/timeline.ts';
import type { ButtonValue } from './messages.ts';

const page = 500;
const pagesMax = 20;

export async function settledLine(control: Control, enrollment: string | null, button: ButtonValue): Promise<string> {
  if (enrollment === null) return closed;
  /** Numbers of the inputs that press a button of this question. */
  const presses = new Map<number, string>();
  let refused: string | null = null;
  let after = 0;
  for (let read = 0; read < pagesMax; read++) {
    const rows: TimelineRow[] = await control.timeline(enrollment, { after, limit: page });
    for (const row of rows) {
      if (row.kind === 'input' && row.input.type === 'answer' && row.input.question === button.question)
        presses.set(row.seq, row.input.value);
      const pressed = presses.get(row.cause);
      if (pressed === undefined) continue;
      if (row.kind === 'answered') return `You answered: ${pressed}`;
      if (row.kind === 'refused') refused = row.why;
    }
    const last = rows.at(-1);
    if (!last || rows.length < page) break;
    after = last.seq;
  }
  return refused ?? closed;
}

const closed = 'That question is no longer open.';
