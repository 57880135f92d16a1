/**
 * The operations as MCP tools, for what one key opens: those that its scopes allow, and no others.
 *
 * A tool takes in one object what the operation takes in path, query and body. A refusal is the tool's
 * answer, marked as an error, with the problem details that the other door gives; what went wrong on our
 * side is logged and gives nothing away.
 */
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import {
  CallToolRequestSchema,
  type CallToolResult,
  ListToolsRequestSchema,
  type Tool,
} from '@modelcontextprotocol/sdk/types.js';
import type { Opened } from '../../runtime/store/service-desk.ts';
import { describeError } from '../errors.ts';
import type { Operation, Properties } from '../v1/operation.ts';
import { operations } from '../v1/operations.ts';
import { type Asked, perform } from '../v1/perform.ts';
import { problemDetails } from '../v1/problem-details.ts';
import { integer, text } from '../v1/schemas.ts';
import { objectSchema, reader } from '../v1/validate.ts';
import { version } from '../version.ts';

const instructions = `Regimen runs programs that unfold for each person over days and months. The program decides: ask it to advance somebody
(advance_program_stage) before moving them by hand (move_enrollment), and read why_not to see what is missing.
Give an idempotency_key with each change, so that one that is sent again is done once.`;

/** What every change takes besides. */
const changing: Properties = {
  idempotency_key: text(200, 'A name for this call, such as a UUID: sent again within a day, it is done once.'),
};
const matching: Properties = {
  expected_seq: integer(0, 2 ** 31 - 1, 'The `seq` that was read: refused when more has happened since.'),
};

type Besides = { idempotency_key?: string; expected_seq?: number };
const readBesides = reader({ ...changing, ...matching });

const besidesOf = ({ method, tagged }: Operation): Properties =>
  method === 'GET' ? {} : { ...changing, ...(tagged ? matching : {}) };

type Prepared = { operation: Operation; tool: Tool };

const prepared = new Map(
  operations.map((operation): [string, Prepared] => [operation.id, { operation, tool: toolOf(operation) }]),
);

/** A server for one request of one key. */
export function mcpServer(opened: Opened, log: (line: string) => void): Server {
  const server = new Server({ name: 'regimen', version: version() }, { capabilities: { tools: {} }, instructions });
  const allowed = [...prepared.values()].filter(({ operation }) => opened.key.scopes.includes(operation.scope));
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: allowed.map(({ tool }) => tool) }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params: { name, arguments: given } }) => {
    const found = prepared.get(name);
    if (found === undefined)
      return failed(
        { status: 404, code: 'not-found', title: 'No such tool', message: `There is no tool ${name.slice(0, 100)}.` },
        name,
      );
    try {
      const { body } = await perform(found.operation, opened, asked(found.operation, given ?? {}));
      const structured = body as Record<string, unknown>;
      return { content: [{ type: 'text', text: JSON.stringify(structured) }], structuredContent: structured };
    } catch (error) {
      const told = describeError(error);
      if (told.status >= 500 && !told.expected) log(`The tool ${name} failed: ${(error as Error).stack ?? error}`);
      return failed(told, name);
    }
  });
  return server;
}

function failed(told: Parameters<typeof problemDetails>[0], name: string): CallToolResult {
  const text = JSON.stringify(problemDetails(told, `tool:${name}`));
  return { isError: true, content: [{ type: 'text', text }] };
}

/**
 * What was given, taken apart as the operation has it. What belongs nowhere goes with the body, or the query, which
 * refuse it.
 */
function asked(operation: Operation, given: Record<string, unknown>): Asked {
  const { params = {}, query = {}, body } = operation;
  const parts: Record<'params' | 'query' | 'body' | 'besides', Record<string, unknown>> = {
    params: {},
    query: {},
    body: {},
    besides: {},
  };
  const besides = besidesOf(operation);
  for (const [name, value] of Object.entries(given)) {
    if (Object.hasOwn(params, name)) parts.params[name] = value;
    else if (Object.hasOwn(besides, name)) parts.besides[name] = value;
    else if (body && !Object.hasOwn(query, name)) parts.body[name] = value;
    else parts.query[name] = value;
  }
  const { idempotency_key: key, expected_seq: seq } = readBesides(parts.besides) as Besides;
  return {
    ...parts,
    ...(key === undefined ? {} : { idempotencyKey: key }),
    ...(seq === undefined ? {} : { expect: seq }),
  };
}

function toolOf(operation: Operation): Tool {
  const { id, summary, about, params = {}, query = {}, body, grave, answer, method } = operation;
  const changes = method !== 'GET';
  const properties = {
    ...params,
    ...query,
    ...body?.properties,
    ...besidesOf(operation),
  };
  return {
    name: id,
    description: [summary, about].filter(Boolean).join(' '),
    inputSchema: objectSchema(properties, [...Object.keys(params), ...(body?.required ?? [])]) as Tool['inputSchema'],
    outputSchema: answer as Tool['outputSchema'],
    annotations: {
      readOnlyHint: !changes,
      destructiveHint: grave === true,
      // Only with a key of its own is a call that comes twice done once.
      idempotentHint: !changes,
      openWorldHint: false,
    },
  };
}
