/**
 * The door for Slack: one route for events and buttons, only where Slack is configured.
 *
 * Slack's libraries are loaded when the plugin registers with a configuration, not before. The
 * signature is over the raw body, so nothing here parses it; the receiver does, once it is verified.
 */
import type { Plugin } from '@hapi/hapi';
import type { ServerParts } from '../parts.ts';

export const slackPath = '/slack/events';
const bodyBytesMax = 4 * 1024 * 1024;

export const slack: Plugin<ServerParts> = {
  name: 'slack',
  async register(server, { config, control, log, machineNow }) {
    if (config.slack === null) return;
    const { createSlackApp } = await import('../services/slack/app.ts');
    const app = createSlackApp({ ...config.slack, url: config.url }, { control, log, machineNow });
    server.route({
      method: 'POST',
      path: slackPath,
      options: {
        auth: false,
        plugins: { sameOrigin: false },
        payload: {
          parse: false,
          output: 'data',
          maxBytes: bodyBytesMax,
          allow: ['application/json', 'application/x-www-form-urlencoded'],
        },
      },
      async handler(request, h) {
        const answer = await app.handle(request.headers, (request.payload as Buffer | null)?.toString('utf8') ?? '');
        const response = h.response(answer.body ?? '').code(answer.status);
        return answer.type ? response.type(answer.type) : response;
      },
    });
    // Not awaited: the server starts whether Slack answers or not.
    server.ext('onPostStart', () => {
      void app.greet().then(log);
    });
    server.ext('onPreStop', () => app.stop());
  },
};
