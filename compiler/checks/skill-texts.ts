/**
 * Skills that tell the agent to do what the program does not let it: set a field, record an entry, or
 * use a tool that the stage does not have.
 *
 * Only names in back quotes that the program knows (or that are written like one of its tools) are
 * looked at, and only where the sentence says to do something with them; “never set `week`” is fine.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { flowsOf } from '../flow.ts';
import type { Ir } from '../ir.ts';
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

export const skillTexts: Analysis = (ir, report, { skills, environment }) => {
  const texts = environment.skillTexts;
  if (texts === undefined) return;
  const told = new Set<string>();
  for (const { stage, flow, name, span } of skills) {
    const text = Object.hasOwn(texts, name) ? texts[name] : undefined;
    if (text === undefined || text.length > TEXT_LENGTH_MAX) continue;
    const home = flowsOf(ir).find((part) => (part.kind === 'main' ? flow === undefined : part.flow.name === flow));
    const tools = new Set(agentTools(ir, stage, home?.flow ?? ir).map((tool) => tool.name));
    for (const one of overstepsIn(ir, text, tools).slice(0, PROBLEMS_MAX)) {
      const id = `${name} ${one.line} ${one.name}`;
      if (told.has(id)) continue;
      told.add(id);
      report(diagnostic('skill-oversteps', span, { skill: name, ...one }));
    }
  }
};

function overstepsIn(ir: Ir, text: string, tools: ReadonlySet<string>): Overstep[] {
  const found: Overstep[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    for (const match of line.matchAll(/`([a-z][a-z0-9_]*)`/g)) {
      const [, name = ''] = match;
      const before = clauseBefore(line, match.index);
      if (refusing.test(before)) continue;
      const problem = problemOf(ir, name, before, tools);
      if (problem !== undefined) found.push({ name, line: index + 1, ...problem });
    }
  }
  return found;
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
