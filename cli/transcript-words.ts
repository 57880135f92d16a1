/**
 * A step of a transcript written in plain words → the step.
 */
import { nearest } from '../language/nearest.ts';
import {
  advance,
  answer,
  knownMoment,
  knownZone,
  person,
  type Step,
  says,
  unquote,
  until,
  zone,
} from './transcript-steps.ts';

const verbs = ['start', 'say', 'advance', 'wait', 'at', 'until', 'next', 'record', 'answer', 'zone', 'person'];

/** A line of plain words. Throws an `Error` with the sentence when it is not understood. */
export function readWords(line: string): Step {
  if (line.startsWith('>')) return says(line.slice(1));
  if (/^\+\s*\d/.test(line)) return advance(line);
  const [, first = '', rest = ''] =
    /^\/?(\S+)\s*(.*)$/s.exec(line.replace(/^(they|i|person)\s+(?=(say|answer)s?\b)/i, '')) ?? [];
  const verb = first.toLowerCase().replace(/:$/, '');
  switch (verb) {
    case 'start':
      return start(rest);
    case 'say':
    case 'says':
    case 'me':
    case 'you':
      return says(unquote(rest));
    case 'person':
    case 'as':
      return person(rest);
    case 'answer':
    case 'answers':
      return answer(rest);
    case 'advance':
      return advance(rest);
    case 'wait':
      return /^until\b/i.test(rest) ? until(rest.slice(5)) : advance(rest);
    case 'at':
    case 'on':
    case 'until':
      return until(rest);
    case 'next':
      return { kind: 'next' };
    case 'record':
      return record(rest);
    case 'zone':
      return zone(rest);
  }
  const near = nearest(verb, verbs);
  throw new Error(
    `I do not understand ${JSON.stringify(line)}. ${near === undefined ? 'What a person says begins with `>`.' : `Did you mean \`${near}\`?`}`,
  );
}

/** `[mon] 2026-01-05 [09:00] [[in] Europe/London] [at STAGE] [with a = 1, b = 2]`. */
function start(text: string): Step {
  const parts =
    /^(?<moment>.*?)(?:\s+(?:in\s+)?(?<zone>"[^"]+"|[A-Za-z_]+\/[A-Za-z0-9_+/-]+|UTC|GMT))?(?:\s+at\s+(?<stage>[a-z][a-z0-9_]*))?(?:\s+with\s+(?<data>.*))?$/s.exec(
      text.trim(),
    )?.groups ?? {};
  const moment = knownMoment(parts.moment ?? '');
  if (moment.kind === 'local' && moment.date === undefined)
    throw new Error('start needs a date: `start 2026-01-05 09:00 Europe/London`.');
  return {
    kind: 'start',
    moment,
    ...(parts.zone === undefined ? {} : { zone: knownZone(parts.zone) }),
    ...(parts.stage === undefined ? {} : { stage: parts.stage }),
    data: parts.data === undefined ? {} : readFields(parts.data),
  };
}

/** `SERIES a=1 b=yes [at MOMENT]`, `SERIES { a: 1, b: yes }`, or `SERIES 28` where an entry is one value. */
function record(text: string): Step {
  const [, series = '', body = '', braced = '', when] =
    /^([A-Za-z_]\w*)\s*(\{([^}]*)\}|(?:"(?:[^"\\]|\\.)*"|(?!\bat\s)[^"])*)(?:\s*\bat\s+(.*))?$/.exec(text.trim()) ?? [];
  if (series === '')
    throw new Error('it does not say what to record. Write it like `record runs completed=yes minutes=28`.');
  return {
    kind: 'record',
    series,
    fields: readFields(braced || body.replace(/[{}]/g, '')),
    ...(when === undefined ? {} : { occurredAt: knownMoment(when) }),
  };
}

/** `a=1, b = "two words" c: yes`; a single bare value is the field `value`. All values stay texts here. */
export function readFields(text: string): Record<string, string> {
  const out: Record<string, string> = {};
  const rest = text.trim();
  if (rest === '') return out;
  const pattern = /\s*,?\s*([A-Za-z_]\w*)\s*[=:]\s*("(?:[^"\\]|\\.)*"|[^\s,]+)/gy;
  let end = 0;
  for (const [whole, name = '', value = ''] of rest.matchAll(pattern)) {
    out[name] = unquote(value);
    end += whole.length;
  }
  if (end === 0 && !/[=:]/.test(rest)) return { value: unquote(rest) };
  const left = rest.slice(end).replace(/^[\s,]+/, '');
  if (left !== '')
    throw new Error(
      `I do not understand ${JSON.stringify(left)}. Write fields like \`minutes=28 completed=yes\`, and texts with spaces in double quotes.`,
    );
  return out;
}
