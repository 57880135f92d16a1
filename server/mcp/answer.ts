/**
 * One request in the Model Context Protocol → its answer: a server for this request alone, with the tools of the key.
 */
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import type { Opened } from '../../runtime/store/service-desk.ts';
import { mcpServer } from './tools.ts';

/** `body`: the request's JSON, read already. */
export async function answerMcp(
  opened: Opened,
  request: Request,
  body: unknown,
  log: (line: string) => void,
): Promise<Response> {
  const server = mcpServer(opened, log);
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
  await server.connect(transport);
  try {
    return await transport.handleRequest(request, { parsedBody: body });
  } finally {
    await server.close();
  }
}
