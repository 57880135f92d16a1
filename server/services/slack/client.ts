/**
 * Slack's Web API client, set up for a server: a time limit, no retries of its own, no waiting out
 * of rate limits; and its errors as sentences.
 *
 * The client would by default repeat a post whose answer was lost, which posts twice, and hold all
 * calls while one channel is limited. Repeating is the job queue's business here.
 */
import { LogLevel, webApi } from '@slack/bolt';
import { DeliveryProblem } from '../../../runtime/services.ts';
import { boundedFetch } from '../bounded-fetch.ts';

export type SlackCredentials = { botToken: string; apiUrl: string };
export type SlackClient = webApi.WebClient;

const callMs = 10_000;
/** The largest answer that is read: a page of a conversation with its blocks is far smaller. */
const answerBytesMax = 8_000_000;
/** The vendor's error codes are short; anything longer is not shown. */
const codePattern = /^[a-z0-9_]{1,60}$/;

/** A new object for each client: the libraries write into the one they are given. */
export const clientOptions = (apiUrl: string): webApi.WebClientOptions => ({
  slackApiUrl: apiUrl,
  allowAbsoluteUrls: false,
  timeout: callMs,
  fetch: boundedFetch(answerBytesMax),
  retryConfig: { retries: 0 },
  rejectRateLimitedCalls: true,
  logger: silent(),
});

export const createClient = ({ botToken, apiUrl }: SlackCredentials): SlackClient =>
  new webApi.WebClient(botToken, clientOptions(apiUrl));

/** The libraries log bodies and errors with people's words in them; what matters reaches our own log as a sentence. */
export function silent(): NonNullable<webApi.WebClientOptions['logger']> {
  const nothing = () => {};
  return {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: nothing,
    setLevel: nothing,
    getLevel: () => LogLevel.ERROR,
    setName: nothing,
  };
}

/** Errors that stay until somebody changes something in Slack or in the configuration. */
const lasting: Record<string, string> = {
  invalid_auth: 'Slack refused the bot token: check SLACK_BOT_TOKEN.',
  not_authed: 'Slack refused the bot token: check SLACK_BOT_TOKEN.',
  account_inactive: 'The Slack app was removed, or the account is no longer active.',
  token_revoked: 'The bot token was revoked: install the Slack app again and set SLACK_BOT_TOKEN.',
  missing_scope:
    'The Slack app lacks a permission: it needs chat:write, im:write, im:history, users:read and users:read.email.',
  channel_not_found: 'Slack does not know this conversation: the person may have left the workspace.',
  user_not_found: 'Slack does not know this person any more.',
  users_not_found: 'Slack does not know this person any more.',
  user_disabled: 'This person’s Slack account is no longer active.',
  cannot_dm_bot: 'This Slack account is a bot.',
  is_archived: 'This Slack conversation is archived.',
  msg_too_long: 'The message is too long for Slack.',
  invalid_blocks: 'Slack could not read the message.',
};

/** Any error of the client as a `DeliveryProblem`. Its message never holds the token or what people wrote. */
export function slackProblem(error: unknown): DeliveryProblem {
  if (error instanceof DeliveryProblem) return error;
  if (error instanceof webApi.WebAPIRateLimitedError) {
    return new DeliveryProblem(`Slack asks to wait ${error.retryAfter} s.`, {
      again: true,
      retryAfterMs: error.retryAfter * 1000,
    });
  }
  if (error instanceof webApi.WebAPIPlatformError) {
    const code = String(error.data.error);
    const known = lasting[code];
    if (known) return new DeliveryProblem(`${known} (${code})`, { again: false });
    return new DeliveryProblem(`Slack refused the request (${codePattern.test(code) ? code : 'unknown error'}).`, {
      again: true,
    });
  }
  if (error instanceof webApi.WebAPIHTTPError)
    return new DeliveryProblem(`Slack failed (${error.statusCode}).`, { again: true });
  return new DeliveryProblem(
    'Slack could not be reached, or did not answer in time: check SLACK_API_URL and the network.',
    { again: true },
  );
}
