/**
 * Skills that tell the agent to do what the program does not let it: set a field, record an entry, or
 * use a tool that the stage does not have.
 *
 * Only names in back quotes that the program knows (or that are written like one of its tools) are
 * looked at, and only where the sentence says to do something with them; “never set `week`” is fine.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { type AnalysisMemory, remember } from '../analysis-memory.ts';
import type { FlowPart } from '../flow.ts';
import type { Ir, Stage } from '../ir.ts';
import { agentTools } from '../tools.ts';
import type { Analysis } from './question.ts';

/** Longer texts are not looked through; a skill is no longer than that. */
const TEXT_LENGTH_MAX = 100_000;
const PROBLEMS_MAX = 20;

const setting = /\b(set|sets|setting|change|clear|update|store|note|save|write|mark)\b/i;
const recording = /\b(record|records|recording|log|logs|add|note|save|store|write)\b/i;
const refusing = /\b(never|not|n't|without|instead of|don’t|cannot|nor)\b/i;
/** `set_data`, `record_runs`, `judge_criteria`: written like the tools that stages have. */
const toolLike = /^(set|record|judge|advance|move|escalate|send|notify)_[a-z0-9_]+$/;

type Overstep = { name: string; verb: string; line: number; problem: string; remedy: string };

export const skillTexts: Analysis = (ir, report, { flows, skills, environment, memory }) => {
  const texts = environment.skillTexts;
  if (texts === undefined) return;
  const told = new Set<string>();
  const read = new Map<string, readonly Mention[]>();
  for (const { stage, flow, name, span } of skills()) {
    const text = Object.hasOwn(texts, name) ? texts[name] : undefined;
    if (text === undefined || text.length > TEXT_LENGTH_MAX) continue;
    const home = flows.find((part) => (part.kind === 'main' ? flow === undefined : part.flow.name === flow));
    const mentions = read.get(name) ?? mentionsIn(text);
    read.set(name, mentions);
    const found = () => overstepsIn(ir, mentions, toolsIn(ir, stage, home));
    const own = home?.flow.stages[stage];
    for (const one of own === undefined ? found() : keptFor(own, name, memory, found)) {
      const id = `${name} ${one.line} ${one.name}`;
      if (told.has(id)) continue;
      told.add(id);
      report(diagnostic('skill-oversteps', span, { skill: name, ...one }));
    }
  }
};

/** What was found for a stage and the skill that it names. */
function keptFor(stage: Stage, skill: string, memory: AnalysisMemory, work: () => Overstep[]): readonly Overstep[] {
  const bySkill = remember(memory, stage, keptFor, () => new Map<string, readonly Overstep[]>());
  const found = bySkill.get(skill) ?? work();
  bySkill.set(skill, found);
  return found;
}

const toolsIn = (ir: Ir, stage: string, home: FlowPart | undefined): ReadonlySet<string> =>
  new Set(agentTools(ir, stage, home?.flow ?? ir).map((tool) => tool.name));

/** A name in back quotes, and the words of its sentence before it. */
type Mention = { name: string; before: string; line: number };

/** The names that a skill mentions, but for those of what should not be done. */
function mentionsIn(text: string): Mention[] {
  const found: Mention[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    for (const match of line.matchAll(/`([a-z][a-z0-9_]*)`/g)) {
      const [, name = ''] = match;
      const before = clauseBefore(line, match.index);
      if (!refusing.test(before)) found.push({ name, before, line: index + 1 });
    }
  }
  return found;
}

function overstepsIn(ir: Ir, mentions: readonly Mention[], tools: ReadonlySet<string>): Overstep[] {
  const found = mentions.flatMap(({ name, before, line }): Overstep[] => {
    const problem = problemOf(ir, name, before, tools);
    return problem === undefined ? [] : [{ name, line, ...problem }];
  });
  return found.slice(0, PROBLEMS_MAX);
}

/** The words of the sentence up to here. */
function clauseBefore(line: string, at: number): string {
  const before = line.slice(0, at);
  return before.slice(Math.max(0, ...[...before.matchAll(/[.;:!?]\s/g)].map((match) => match.index)));
}

function problemOf(
  ir: Ir,
  name: string,
  before: string,
  tools: ReadonlySet<string>,
): Omit<Overstep, 'name' | 'line'> | undefined {
  const field = Object.hasOwn(ir.data, name) ? ir.data[name] : undefined;
  if (field !== undefined && setting.test(before) && !field.agentMaySet) {
    const remedy = `Mark \`${name}\` as \`agent may set\`, or take that out of the skill.`;
    return { verb: 'set', problem: 'the agent may not', remedy };
  }
  const series = Object.hasOwn(ir.series, name) ? ir.series[name] : undefined;
  if (series !== undefined && recording.test(before) && !series.agentMayRecord) {
    const remedy = `Mark \`${name}\` as \`agent may record\`, or take that out of the skill.`;
    return { verb: 'record', problem: 'the agent may not', remedy };
  }
  if (field !== undefined || series !== undefined || !toolLike.test(name) || tools.has(name)) return undefined;
  const known = [...tools].map((tool) => `\`${tool}\``).join(', ');
  return { verb: 'use', problem: 'there is no such tool in this stage', remedy: `The tools there are ${known}.` };
}
