/**
 * Timeline rows for the terminal: as JSON lines, or as a story with the days as headings.
 */

import { Temporal } from 'temporal-polyfill';
import type { Ir } from '../compiler/ir.ts';
import { dateOf, longLocalTime, minutesOf, timeText } from '../runtime/calendar.ts';
import { describe } from '../runtime/describe.ts';
import type { TimelineRow } from '../runtime/timeline.ts';
import type { Paint, PaintStyle } from './command.ts';

/**
 * One row as one line of JSON: the row itself, its time as the person's clock shows it, which attempt
 * it belongs to, and a sentence. `text` is what was said, where the row is about words, else the sentence.
 */
export function rowAsJson(row: TimelineRow, ir: Ir, zone: string, attempt: number): string {
  const when = Temporal.Instant.fromEpochMilliseconds(row.at)
    .toZonedDateTimeISO(zone)
    .toString({ timeZoneName: 'never', smallestUnit: 'second' });
  const sentence = rowAsText(row, ir, zone);
  const { seq, at, cause, kind, ...rest } = row;
  return JSON.stringify({ seq, when, kind, text: sentence, ...rest, sentence, attempt, at, cause });
}

function rowAsText(row: TimelineRow, ir: Ir, zone: string): string {
  const { title, detail } = describe(row, ir, zone);
  return detail === undefined ? title : `${title}: ${detail}`;
}

/**
 * Writes rows one after the other, with a heading for each new day. Quiet rows, which only explain,
 * are left out unless `all`.
 */
export function storyTeller(
  write: (line: string) => void,
  paint: Paint,
  all: boolean,
): (row: TimelineRow, ir: Ir, zone: string) => void {
  let day = '';
  return (row, ir, zone) => {
    const { title, detail, tone } = describe(row, ir, zone);
    if (tone === 'quiet' && !all) return;
    const today = dateOf(row.at, zone);
    if (today !== day) {
      const heading = longLocalTime(row.at, zone).replace(/, \d\d:\d\d.*$/, '');
      write(`${day === '' ? '' : '\n'}${paint('bold', heading)}`);
      day = today;
    }
    const time = paint('dim', timeText(minutesOf(row.at, zone)));
    const style = styles[tone];
    const head = style === undefined ? title : paint(style, title);
    const said = row.kind === 'message' || (row.kind === 'input' && detail !== undefined && tone === 'person');
    const [first = '', ...more] = (detail ?? '').split('\n');
    write(`  ${time}  ${head}${first === '' ? '' : said ? `: ${first}` : paint('dim', ` · ${first}`)}`);
    for (const line of more) write(`         ${line}`);
  };
}

const styles: Partial<Record<ReturnType<typeof describe>['tone'], PaintStyle>> = {
  person: 'cyan',
  progress: 'green',
  setback: 'yellow',
  attention: 'magenta',
  quiet: 'dim',
};
