/**
 * What a schema cannot say about `hear` in `scripted.yaml`: the expressions compile, finish in
 * reasonable time on any message, and use the groups they name.
 */
import { nearest } from '../language/nearest.ts';
import type { ScriptedHearing } from './services.ts';
import { slowness } from './slow-patterns.ts';

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
    const slow = slowness(hearing.match);
    if (slow !== null) return [{ index, path: ['match'], message: `\`match\` ${slow}` }];
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
