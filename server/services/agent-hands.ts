/**
 * The agent's hands: what a model asks for through tools → a proposed `RunResult`.
 *
 * Each input is checked against the tool's own schema and, where a schema cannot tell, by hand; what
 * is wrong goes back to the model as a sentence it can act on. Nothing is applied here: one step
 * applies the whole proposal later, and checks that quoted words were really said.
 */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Ir } from '../../compiler/ir.ts';
import { agentTools, type Tool } from '../../compiler/tools.ts';
import { conform, conformFields } from '../../runtime/conform.ts';
import type { RunResult } from '../../runtime/inputs.ts';
import type { RunContext } from '../../runtime/services.ts';

export type ToolCall = { id: string; name: string; input: unknown };
/** What the model is told about its call. */
export type ToolAnswer = { id: string; ok: boolean; text: string };

export type Hands = {
  /** The tools of the stage, as the Messages API takes them: the same for everybody in the stage. */
  tools: Tool[];
  /** Takes all calls of one turn, in order. */
  take(calls: ToolCall[]): ToolAnswer[];
  /** Everything proposed so far. */
  proposal(): RunResult;
  /** Every call with its outcome, for the record of the run. */
  calls(): ToolCallRecord[];
};

export type ToolCallRecord = { id: string; name: string; input: unknown; ok: boolean; problem?: string };

export const saysMax = 3;
const toolCallsMax = 24;
const inputLengthRecorded = 4000;
/** How far a clock may be ahead of ours before a time lies in the future. */
const futureSlackMs = 60_000;
const earliestMs = Date.UTC(2000, 0, 1);

export function openHands(context: RunContext): Hands {
  const stage = context.facts.visit.stage;
  const tools = agentTools(context.ir, stage);
  const validators = compileTools(tools);
  const result: RunResult = { says: [], sets: [], records: [], judgements: [], author: 'agent' };
  const records: ToolCallRecord[] = [];

  const problemOf = (call: ToolCall): string | null => {
    if (records.length >= toolCallsMax)
      return `There were ${toolCallsMax} calls in this run: that is the limit. End your turn.`;
    const validate = validators.get(call.name);
    if (!validate) return `There is no tool ${call.name} here. The tools are: ${[...validators.keys()].join(', ')}.`;
    if (!validate(call.input)) return schemaSentences(validate.errors ?? []);
    return act(call.name, call.input as Record<string, unknown>, context, result);
  };

  const take = (calls: ToolCall[]): ToolAnswer[] => {
    const answers = new Map<ToolCall, ToolAnswer>();
    const answer = (call: ToolCall, problem: string | null, seen = 'Noted.') => {
      records.push({
        id: call.id,
        name: call.name,
        input: bounded(call.input),
        ok: problem === null,
        ...(problem === null ? {} : { problem }),
      });
      answers.set(call, { id: call.id, ok: problem === null, text: problem ?? seen });
    };
    // Words come last: what is said often rests on what was set or recorded in the same turn.
    const others = calls.filter((call) => call.name !== 'say');
    for (const call of others) {
      const problem = problemOf(call);
      answer(call, problem, problem === null ? lookUp(call.name, context) : undefined);
    }
    const broken = others.some((call) => !answers.get(call)?.ok);
    for (const call of calls.filter((one) => one.name === 'say')) {
      answer(
        call,
        broken
          ? 'Held back, because another call of this turn failed. Mend that call first, then call say again.'
          : problemOf(call),
      );
    }
    return calls.map((call) => answers.get(call) ?? { id: call.id, ok: false, text: 'Not taken.' });
  };

  return { tools, take, proposal: () => structuredClone(result), calls: () => [...records] };
}

const sights = { why_not: 'whyNot', what_next: 'whatNext' } as const;

/** What a call that only looks is answered; undefined for one that does something. */
function lookUp(name: string, { sight }: RunContext): string | undefined {
  return Object.hasOwn(sights, name) ? sight[sights[name as keyof typeof sights]]() : undefined;
}

/** Adds one valid call to the proposal, or says what is wrong with it. */
function act(name: string, input: Record<string, unknown>, context: RunContext, result: RunResult): string | null {
  if (name === 'say') return say(String(input.text), result);
  // Looking changes nothing.
  if (Object.hasOwn(sights, name)) return null;
  if (name === 'judge') return judge(input, result);
  if (name === 'set_data') return set(input, context.ir, result);
  if (name.startsWith('record_')) return record(name.slice('record_'.length), input, context, result);
  return `The tool ${name} cannot be used in this run.`;
}

function say(text: string, result: RunResult): string | null {
  const words = text.trim();
  if (words === '') return 'The text is empty. Say something, or do not call say.';
  if (result.says.length >= saysMax) return `There are ${saysMax} messages already: that is the limit for one run.`;
  result.says.push(words);
  return null;
}

function judge(input: Record<string, unknown>, result: RunResult): string | null {
  const criterion = String(input.criterion);
  const quotes = (input.quotes as unknown[]).map((quote) => String(quote).trim()).filter((quote) => quote !== '');
  if (quotes.length === 0) return 'A judgement needs at least one quote: words of the person, copied exactly.';
  // Judged again in one run: the later judgement is the one meant.
  result.judgements = result.judgements.filter((one) => one.criterion !== criterion);
  result.judgements.push({ criterion, holds: input.holds === true, confidence: Number(input.confidence), quotes });
  return null;
}

function set(fields: Record<string, unknown>, ir: Ir, result: RunResult): string | null {
  const sets: RunResult['sets'] = [];
  for (const [name, raw] of Object.entries(fields)) {
    // Null is how a strict schema says “leave it as it is”.
    if (raw === null || raw === undefined) continue;
    const field = ir.data[name];
    if (!field?.agentMaySet) return `The field ${name} cannot be set by you.`;
    const conformed = conform(field.type, raw, name);
    if (!conformed.ok) return conformed.problem;
    sets.push({ field: name, value: conformed.value });
  }
  if (sets.length === 0) return 'Nothing was set: give at least one field a value.';
  const named = new Set(sets.map((one) => one.field));
  result.sets = [...result.sets.filter((one) => !named.has(one.field)), ...sets];
  return null;
}

function record(name: string, input: Record<string, unknown>, context: RunContext, result: RunResult): string | null {
  const series = context.ir.series[name];
  if (!series?.agentMayRecord) return `Entries of ${name} cannot be recorded by you.`;
  const { occurred_at: occurred, ...given } = input;
  const conformed = conformFields(series, given);
  if (!conformed.ok) return conformed.problems.join(' ');
  const { fields } = conformed;
  if (occurred === null || occurred === undefined) {
    result.records.push({ series: name, fields });
    return null;
  }
  const occurredAt = Date.parse(String(occurred));
  if (Number.isNaN(occurredAt)) return 'occurred_at must be a moment such as 2026-01-05T07:30:00+01:00.';
  if (occurredAt > context.now + futureSlackMs) return 'occurred_at lies in the future. Record only what has happened.';
  if (occurredAt < earliestMs) return 'occurred_at lies before the year 2000.';
  result.records.push({ series: name, fields, occurredAt });
  return null;
}

/** A day that exists: 2026-02-30 is read as 2 March, which gives it away. */
const isDate = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) &&
  !Number.isNaN(Date.parse(text)) &&
  new Date(Date.parse(text)).toISOString().startsWith(text);

const isMoment = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/i.test(text) && !Number.isNaN(Date.parse(text));

function compileTools(tools: Hands['tools']): Map<string, ValidateFunction> {
  // One ajv for each run: what it compiled goes when the run goes. The schemas are our compiler's own.
  const ajv = new Ajv({
    allErrors: true,
    strict: false,
    formats: { date: isDate, 'date-time': isMoment, time: /^\d{1,2}:\d{2}$/ },
  });
  return new Map(tools.map((tool) => [tool.name, ajv.compile(tool.input_schema)]));
}

const schemaSentencesMax = 5;

function schemaSentences(errors: ErrorObject[]): string {
  // `anyOf` and its branches say the same thing several times; the branches say it better.
  const own = errors.filter((error) => error.keyword !== 'anyOf' && error.keyword !== 'oneOf');
  const sentences = [...new Set((own.length > 0 ? own : errors).map(schemaSentence))];
  return sentences.slice(0, schemaSentencesMax).join(' ');
}

function schemaSentence(error: ErrorObject): string {
  const place = error.instancePath.slice(1).replaceAll('/', ', ') || 'The input';
  const { params } = error;
  switch (error.keyword) {
    case 'required':
      return `${params.missingProperty} is missing.`;
    case 'additionalProperties':
      return `There is no field ${params.additionalProperty}.`;
    case 'type':
      return `${place} must be ${[params.type].flat().join(' or ')}.`;
    case 'enum':
      return `${place} must be one of ${(params.allowedValues as unknown[]).map((value) => (value === null ? 'null' : String(value))).join(', ')}.`;
    case 'minimum':
    case 'exclusiveMinimum':
      return `${place} must be at least ${params.limit}.`;
    case 'maximum':
    case 'exclusiveMaximum':
      return `${place} must be at most ${params.limit}.`;
    case 'minLength':
      return `${place} is empty.`;
    case 'maxLength':
      return `${place} may have ${params.limit} characters. Be briefer.`;
    case 'minItems':
      return `${place} must have at least ${params.limit} item.`;
    case 'maxItems':
      return `${place} may have ${params.limit} items: keep those that tell most.`;
    case 'format':
      return params.format === 'date-time'
        ? `${place} must be a moment with its offset, such as 2026-01-05T07:30:00+01:00.`
        : `${place} must be a ${params.format}.`;
    default:
      return `${place} ${error.message ?? 'is wrong'}.`;
  }
}

function bounded(input: unknown): unknown {
  const text = JSON.stringify(input) ?? 'null';
  return text.length <= inputLengthRecorded ? input : { cut: `${text.slice(0, inputLengthRecorded)}…` };
}
