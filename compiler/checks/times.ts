/** Time zones exist, quiet hours last, and lengths and limits are of a sensible size. */
import type { DurationLiteral, Span } from '../../language/ast.ts';
import { diagnostic } from '../../language/diagnostics.ts';
import { duration, plainText, usualMinutes } from '../constants.ts';
import { stagesOf } from '../walk.ts';
import type { Check } from './question.ts';

/** A review has to be over before the next day's. */
const SPREAD_MINUTES_MAX = 24 * 60;

export const times: Check = ({ program }, report) => {
  const positive = (length: DurationLiteral | undefined) => {
    if (length === undefined || length.amount > 0) return;
    report(
      diagnostic('out-of-range', length.span, { value: length.amount, of: 'a length of time', range: 'more than 0' }),
    );
  };
  const atLeastOne = (value: number | undefined, of: string, span: Span) => {
    if (value === undefined || (value >= 1 && Number.isInteger(value))) return;
    report(diagnostic('out-of-range', span, { value, of, range: 'a whole number, at least 1' }));
  };
  for (const item of program.items) {
    if (item.kind === 'timezone') {
      const zone = plainText(item.fallback) ?? '';
      if (!isZone(zone)) report(diagnostic('unknown-zone', item.fallback.span, { zone }));
    }
    if (item.kind === 'quiet' && item.from.minutes === item.to.minutes) report(diagnostic('quiet-empty', item.span));
    if (item.kind === 'reenter') positive(item.after);
  }
  for (const stage of stagesOf(program)) {
    for (const item of stage.items) {
      if (item.kind === 'nudge') {
        positive(item.after);
        atLeastOne(item.atMost, '`at most`', item.span);
      }
      if (item.kind === 'escalate') positive(item.after);
      if (item.kind === 'ask') positive(item.within);
      if (item.kind === 'review') {
        atLeastOne(item.cadence.every, '`every`', item.cadence.span);
        const minutes = item.spread === undefined ? 0 : usualMinutes(duration(item.spread));
        if (item.spread !== undefined && (minutes < 0 || minutes > SPREAD_MINUTES_MAX)) {
          report(
            diagnostic('out-of-range', item.spread.span, {
              value: `${item.spread.amount} ${item.spread.unit}`,
              of: '`spread over`',
              range: '0 to 24 hours',
            }),
          );
        }
      }
    }
  }
};

/** Whether the zone is one that this machine's calendar knows. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone !== '';
  } catch {
    return false;
  }
}
