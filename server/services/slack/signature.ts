/**
 * Whether a request really comes from Slack: its signature over the raw body, and its age.
 *
 * Bolt's own check looks only at the past and throws on a missing header; both gaps are closed here.
 */
import { verifySlackRequest } from '@slack/bolt';

/** Slack's own limit, in both directions. */
const ageSecondsMax = 5 * 60;

/** `nowMs` is the machine's time: Slack's stamp is real time. */
export function isSigned(
  headers: Record<string, unknown>,
  rawBody: string,
  signingSecret: string,
  nowMs: number,
): boolean {
  const stamp = headers['x-slack-request-timestamp'];
  const signature = headers['x-slack-signature'];
  if (typeof stamp !== 'string' || !/^\d{1,12}$/.test(stamp) || typeof signature !== 'string') return false;
  const seconds = Number(stamp);
  if (Math.abs(nowMs / 1000 - seconds) > ageSecondsMax) return false;
  try {
    verifySlackRequest({
      signingSecret,
      body: rawBody,
      headers: { 'x-slack-signature': signature, 'x-slack-request-timestamp': seconds },
      nowMilliseconds: nowMs,
    });
    return true;
  } catch {
    return false;
  }
}
