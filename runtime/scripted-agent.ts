/**
 * The scripted agent: makes the product usable without a model, and says that it is scripted.
 *
 * A pure function of the run's context. It speaks the lines of the skill's `scripted.yaml`, hears
 * by patterns, and proposes only what those patterns name; it judges nothing by itself. Lines are
 * gone through in turn, so that the same history gives the same words.
 */
import type { Value } from '../compiler/ir.ts';
import type { RunResult } from './inputs.ts';
import type { Agent, RunContext, ScriptedHearing, SkillScript } from './services.ts';
import { hearingFlags } from './skill-hearings.ts';
import { writeValue } from './write-value.ts';

/** Longest message the patterns are tried on. */
const heardLengthMax = 1000;

export const scriptedAgent: Agent = {
  kind: 'scripted',
  run: (context) =>
    Promise.resolve({
      result: scriptedRun(context),
      usage: { model: 'scripted', inputTokens: 0, outputTokens: 0, usd: 0, toolCalls: [] },
    }),
};

export function scriptedRun(context: RunContext): RunResult {
  const result: RunResult = { says: [], sets: [], records: [], judgements: [], author: 'scripted-agent' };
  const script = context.skill.script;
  if (!script) return context.reason === 'reply' ? { ...result, says: [withoutScript(context)] } : result;
  if (context.reason !== 'reply') return { ...result, says: inTurn(script[context.reason], context, {}) };

  const said = context.conversation.findLast((line) => line.who === 'person')?.text.slice(0, heardLengthMax) ?? '';
  for (const hearing of script.hear ?? []) {
    const match = new RegExp(hearing.match, hearingFlags).exec(said);
    if (match) return hear(hearing, said, match.groups ?? {}, context, script);
  }
  const isFirst = !context.conversation.some((line) => line.who === 'program');
  return { ...result, says: inTurn(isFirst ? (script.welcome ?? script.reply) : script.reply, context, {}) };
}

function hear(
  hearing: ScriptedHearing,
  said: string,
  groups: Record<string, string>,
  context: RunContext,
  script: SkillScript,
): RunResult {
  const fill = (text: string) => fillScript(text, context, groups);
  const record = hearing.record;
  return {
    says: inTurn(hearing.say ?? script.reply, context, groups),
    sets: Object.entries(hearing.set ?? {}).map(([field, value]) => ({ field, value: fill(value) })),
    records: record
      ? [
          {
            series: record.series,
            fields: Object.fromEntries(
              Object.entries(record.fields).map(([name, value]) => [name, emptyIsMissing(fill(value))]),
            ),
          },
        ]
      : [],
    judgements: hearing.judge
      ? context.criteria.map((criterion) => ({
          criterion: criterion.id,
          ...(hearing.judge ?? { holds: false, confidence: 0 }),
          quotes: [said],
        }))
      : [],
    author: 'scripted-agent',
  };
}

/** The next of the lines: as many have been said as the agent has spoken for this reason. */
function inTurn(lines: string[] | undefined, context: RunContext, groups: Record<string, string>): string[] {
  if (!lines || lines.length === 0) return [];
  const said = context.timeline.filter(
    (row) => row.kind === 'message' && row.author === 'scripted-agent' && row.reason === context.reason,
  ).length;
  const line = lines[said % lines.length] ?? '';
  return [fillScript(line, context, groups)];
}

/** Fills `{name}` with a named group, a data field or a let; an unknown or missing one leaves nothing. */
function fillScript(text: string, context: RunContext, groups: Record<string, string | undefined>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (Object.hasOwn(groups, name)) return groups[name] ?? '';
    const value: Value = context.lets[name] ?? context.facts.data[name] ?? null;
    return writeValue(value, context.facts.zone);
  });
}

const emptyIsMissing = (text: string): Value => (text === '' ? null : text);

function withoutScript(context: RunContext): string {
  return `I have read your message. No model is set up here and the skill “${context.skill.name}” has no script, so I cannot answer it in my own words.`;
}
