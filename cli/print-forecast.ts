/**
 * What the next days bring, as lines for the terminal, in the person's zone.
 */
import { momentText, yearOf } from '../runtime/calendar.ts';
import type { Forecast } from '../runtime/forecast.ts';
import type { Paint } from './command.ts';

export function printForecast(ahead: Forecast & { zone: string }, paint: Paint): string[] {
  const { from, coming, cutAt, nextAfter, stuck, zone } = ahead;
  const year = yearOf(from, zone);
  const written = (at: number) => momentText(at, zone, year);
  const times = coming.map(({ at }) => written(at));
  const width = Math.max(0, ...times.map((time) => time.length));
  const lines = coming.map(({ title, detail }, index) => {
    const again = index > 0 && times[index] === times[index - 1];
    const time = (again ? '' : (times[index] ?? '')).padEnd(width);
    const said = detail === undefined ? '' : paint('dim', ` · ${detail.replace(/\s+/g, ' ')}`);
    return `  ${paint('dim', time)}  ${title}${said}`;
  });
  if (lines.length === 0) lines.push('  Nothing.');
  if (stuck !== null && cutAt !== null) lines.push(`  ${written(cutAt)}  It goes no further: ${stuck}`);
  else if (cutAt !== null) lines.push(paint('dim', `  … and more from ${written(cutAt)} on.`));
  else if (nextAfter !== null) lines.push(paint('dim', `  After that: ${written(nextAfter)}.`));
  return lines;
}
