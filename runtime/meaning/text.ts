/**
 * Texts with holes: what stands in them at a moment, and when they may read differently.
 */
import type { Text, Value } from '../../compiler/ir.ts';
import { calendarPeriod, yearOf } from '../calendar.ts';
import { writeValue } from '../write-value.ts';
import { settle } from './arithmetic.ts';
import { type Env, type Meaning, never } from './env.ts';
import { meaningOf } from './meaning.ts';

/** A text as it reads at a moment (a missing value leaves nothing), and until when it reads so. */
type Filled = { text: string; until: number };

/** Texts never change. */
const known = new WeakMap<Text, (env: Env) => Filled>();

export const fillText = (text: Text, env: Env): Filled => filling(text)(env);

/** How a text is filled. */
export function filling(text: Text): (env: Env) => Filled {
  let fill = known.get(text);
  if (fill === undefined) {
    fill = fillingOf(text);
    known.set(text, fill);
  }
  return fill;
}

function fillingOf(text: Text): (env: Env) => Filled {
  const parts = text.parts.map((part): string | Meaning => (typeof part === 'string' ? part : meaningOf(part)));
  if (parts.every((part) => typeof part === 'string')) {
    const filled = { text: parts.join(''), until: never };
    return () => filled;
  }
  return (env) => {
    const { zone } = env.facts;
    let text = '';
    let until = never;
    for (const part of parts) {
      if (typeof part === 'string') {
        text += part;
        continue;
      }
      const hole = settle(part(env), env);
      until = Math.min(until, hole.until);
      if (!isDay(hole.value)) {
        text += writeValue(hole.value, zone);
        continue;
      }
      // A date tells its year where it is not this one.
      until = Math.min(until, calendarPeriod(env.now, 'year', zone).end);
      text += writeValue(hole.value, zone, yearOf(env.now, zone));
    }
    return { text, until };
  };
}

/** A date, a moment or an entry: something that has a day. */
const isDay = (value: Value): boolean =>
  value !== null && typeof value === 'object' && ('date' in value || 'at' in value);
