/**
 * What a schema cannot say about `hear` in `scripted.yaml`: the expressions compile, finish in
 * reasonable time on any message, and use the groups they name.
 */
import { nearest } from '../language/nearest.ts';
import type { ScriptedHearing } from './services.ts';

export type HearingProblem = { index: number; path: string[]; message: string };

/** The flags with which the scripted agent matches a message. */
export const hearingFlags = 'i';

/** Problems of each hearing, in order; `path` leads to the key from the hearing. */
export function hearingProblems(hearings: ScriptedHearing[]): HearingProblem[] {
  return hearings.flatMap((hearing, index) => {
    try {
      new RegExp(hearing.match, hearingFlags);
    } catch (problem) {
      const why = (problem instanceof Error ? problem.message : String(problem)).replace(/^.*: /, '');
      return [{ index, path: ['match'], message: `\`match\` is not a regular expression that can be used: ${why}.` }];
    }
    if (repeatsARepetition(hearing.match)) {
      const message =
        '`match` repeats a group that itself repeats something, such as `(a+)+`: on some messages this would never finish. Repeat only one of the two.';
      return [{ index, path: ['match'], message }];
    }
    return groupProblems(hearing, index);
  });
}

/**
 * `{name}` in `set` and `record` is a named group of `match`, or a field or let of the program, which
 * is not known here. One that is nearly the name of a group is taken for a slip of the pen.
 */
function groupProblems(hearing: ScriptedHearing, index: number): HearingProblem[] {
  const groups = [...hearing.match.matchAll(/\(\?<([A-Za-z_]\w*)>/g)].map((found) => found[1] ?? '');
  const used = [
    ...Object.entries(hearing.set ?? {}).map(([field, value]) => ({ path: ['set', field], value })),
    ...Object.entries(hearing.record?.fields ?? {}).map(([field, value]) => ({
      path: ['record', 'fields', field],
      value,
    })),
  ];
  return used.flatMap(({ path, value }) =>
    [...value.matchAll(/\{(\w+)\}/g)].flatMap(([, name = '']) => {
      const meant = groups.includes(name) ? undefined : nearest(name, groups);
      const message = `\`{${name}}\` is not a named group of \`match\`. Did you mean \`{${meant}}\`?`;
      return meant === undefined ? [] : [{ index, path, message }];
    }),
  );
}

/**
 * Whether an unbounded repetition holds another one: the shape that takes exponential time. A scan,
 * not a proof; it looks at every group and at the quantifier after it.
 */
function repeatsARepetition(source: string): boolean {
  /** For each open group: does it hold an unbounded repetition? */
  const open: boolean[] = [];
  let closedRepeats = false;
  for (let at = 0; at < source.length; at++) {
    const character = source[at];
    const justClosed = closedRepeats;
    closedRepeats = false;
    if (character === '\\') at++;
    else if (character === '[') at = classEnd(source, at);
    else if (character === '(') open.push(false);
    else if (character === ')') closedRepeats = open.pop() ?? false;
    else if (unbounded(source, at)) {
      if (justClosed) return true;
      if (open.length > 0) open[open.length - 1] = true;
    }
    // A group inside a group hands what it holds to the outer one.
    if (character === ')' && closedRepeats && open.length > 0) open[open.length - 1] = true;
  }
  return false;
}

/** `?` right after `(` belongs to the group's kind and never gets here as `*` or `+`. */
const unbounded = (source: string, at: number): boolean =>
  source[at] === '*' || source[at] === '+' || (source[at] === '{' && /^\{\d+,\}/.test(source.slice(at)));

function classEnd(source: string, from: number): number {
  for (let at = from + 1; at < source.length; at++) {
    if (source[at] === '\\') at++;
    else if (source[at] === ']') return at;
  }
  return source.length;
}
