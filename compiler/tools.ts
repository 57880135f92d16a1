/**
 * What the agent may do in a stage, as tools with strict JSON Schemas.
 *
 * Only fields marked `agent may set`, series marked `agent may record`, and the criteria that the
 * rules in force there judge. Every property is required and nothing else is allowed; what may be
 * left out is nullable. Checking what the agent sends against these schemas is the runtime's.
 */
import { everyPart } from './flow.ts';
import type { Flow, Ir, Series, ValueType } from './ir.ts';

export type Tool = { name: string; description: string; input_schema: ObjectSchema };

/** The subset of JSON Schema that is used here. */
export type JsonSchema = {
  type: string | string[];
  description?: string;
  enum?: (string | null)[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
  items?: JsonSchema;
  minItems?: number;
  maxItems?: number;
};
export type ObjectSchema = {
  type: 'object';
  properties: Record<string, JsonSchema>;
  required: string[];
  additionalProperties: false;
};

/** Longer than any message a person would read at once. */
const TEXT_LENGTH_MAX = 4000;
const QUOTES_MAX = 10;

/**
 * The tools for one stage, in a stable order: the same program and stage give the same text. `flow` is
 * the track or the list whose stage it is; without it, the program's own.
 */
export function agentTools(ir: Ir, stageName: string, flow: Flow = ir): Tool[] {
  const say = tool('say', 'Say something to the person. Call it once for each message.', {
    text: {
      type: 'string',
      minLength: 1,
      maxLength: TEXT_LENGTH_MAX,
      description: 'The words, as the person will read them.',
    },
  });
  return [say, ...sightTools, ...dataTools(ir), ...seriesTools(ir), ...judgeTools(ir, flow, stageName)];
}

/** What may be looked up, in every stage; looking changes nothing. */
const sightTools = [
  tool('why_not', 'Look up why the person is not further: each way out of the stage, and what it waits for.', {}),
  tool(
    'what_next',
    'Look up what the next seven days bring if nothing happens: reviews, messages, deadlines, moves.',
    {},
  ),
];

function dataTools(ir: Ir): Tool[] {
  const fields = Object.values(ir.data).filter((field) => field.agentMaySet);
  if (fields.length === 0) return [];
  const properties = Object.fromEntries(fields.map((field) => [field.name, nullable(schema(field.type))]));
  const description = 'Note what the person has told about themselves. Give null for everything that is not to change.';
  return [tool('set_data', description, properties)];
}

function seriesTools(ir: Ir): Tool[] {
  return Object.values(ir.series)
    .filter((series) => series.agentMayRecord)
    .map((series) =>
      tool(`record_${series.name}`, `Record one entry of ${series.name} that the person has told of.`, entry(series)),
    );
}

function entry(series: Series): Record<string, JsonSchema> {
  const fields = Object.values(series.fields).map((field): [string, JsonSchema] => {
    const value = schema(field.type);
    return [field.name, field.optional ? nullable(value) : value];
  });
  const occurred: JsonSchema = {
    type: ['string', 'null'],
    format: 'date-time',
    description: 'When it happened, in ISO 8601 with the offset from UTC. Null for now.',
  };
  return { ...Object.fromEntries(fields), occurred_at: occurred };
}

function judgeTools(ir: Ir, flow: Flow, stageName: string): Tool[] {
  const criteria = criteriaIn(ir, flow, stageName);
  if (criteria.length === 0) return [];
  const list = criteria.map(({ id, text }) => `${id}: ${text}`).join('\n');
  return [
    tool('judge', `Say whether a criterion holds, with the person's own words as evidence.\n${list}`, {
      criterion: { type: 'string', enum: criteria.map(({ id }) => id) },
      holds: { type: 'boolean' },
      confidence: { type: 'number', minimum: 0, maximum: 1 },
      quotes: {
        type: 'array',
        items: { type: 'string', minLength: 1, maxLength: TEXT_LENGTH_MAX },
        minItems: 1,
        maxItems: QUOTES_MAX,
        description: 'Exact words of the person that show it. A quote they did not write makes the judgement void.',
      },
    }),
  ];
}

/** The criteria that the rules in force in a stage ask about, also by way of lets. */
function criteriaIn(ir: Ir, flow: Flow, stageName: string): { id: string; text: string; atLeast: number }[] {
  const stage = flow.stages[stageName];
  if (stage === undefined || stage.final !== undefined) return [];
  const ids = new Set<string>();
  for (const { condition } of [...flow.anytime, ...stage.rules]) {
    if (condition === undefined) continue;
    for (const part of everyPart(ir, condition)) if (part.op === 'judged') ids.add(part.criterion);
  }
  return Object.values(ir.criteria)
    .filter(({ id }) => ids.has(id))
    .map(({ id, text, atLeast }) => ({ id, text, atLeast }));
}

function tool(name: string, description: string, properties: Record<string, JsonSchema>): Tool {
  return {
    name,
    description,
    input_schema: { type: 'object', properties, required: Object.keys(properties), additionalProperties: false },
  };
}

function schema(type: ValueType): JsonSchema {
  switch (type.kind) {
    case 'number':
      return {
        type: 'number',
        ...(type.min === undefined ? {} : { minimum: type.min }),
        ...(type.max === undefined ? {} : { maximum: type.max }),
        ...(type.unit === undefined ? {} : { description: `In ${type.unit}.` }),
      };
    case 'text':
      return { type: 'string', maxLength: TEXT_LENGTH_MAX };
    case 'yes-no':
      return { type: 'boolean' };
    case 'date':
      return { type: 'string', format: 'date', description: 'As 2026-01-05.' };
    case 'time':
      return { type: 'string', pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', description: 'As 18:00.' };
    case 'moment':
      return { type: 'string', format: 'date-time', description: 'In ISO 8601 with the offset from UTC.' };
    case 'duration':
      return {
        type: 'string',
        pattern: '^[0-9]+ (minutes?|hours?|days?|weeks?|months?|years?|business days?)$',
        description: 'As 3 days.',
      };
    case 'choice':
      return { type: 'string', enum: type.options };
  }
}

function nullable(value: JsonSchema): JsonSchema {
  const type = [...(Array.isArray(value.type) ? value.type : [value.type]), 'null'];
  return { ...value, type, ...(value.enum === undefined ? {} : { enum: [...value.enum, null] }) };
}
