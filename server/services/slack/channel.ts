/**
 * The Slack channel: posts messages of the program into the person's direct conversation.
 *
 * Slack has no idempotency key, so each message carries its id as metadata. When a message may have
 * been posted already (a repeat after a lost answer or a crash), the newest of the conversation are
 * looked through for that id before it is posted again.
 */
import { type Channel, DeliveryProblem, type OutgoingMessage } from '../../../runtime/services.ts';
import { createClient, type SlackClient, type SlackCredentials, slackProblem } from './client.ts';
import { messageBlocks } from './messages.ts';

export const channelName = 'slack';
export const metadataType = 'regimen_message';

/** How far back a repeat is looked for: pages of this many messages. */
const historyPage = 100;
const historyPagesMax = 3;
/** Conversation ids kept at once; emptied when full. */
const conversationsMax = 10_000;

/** An account is `<team>:<user>`: a user's id means something in its workspace only. */
export const accountOf = (team: string, user: string): string => `${team}:${user}`;

/** `send` throws `DeliveryProblem` only. */
export function createSlackChannel(
  credentials: SlackCredentials,
  client: SlackClient = createClient(credentials),
): Channel {
  const conversations = new Map<string, string>();

  const conversationOf = async (account: string): Promise<string> => {
    const known = conversations.get(account);
    if (known !== undefined) return known;
    const user = account.split(':')[1];
    if (!user) throw new DeliveryProblem(`“${account}” is not a Slack account.`, { again: false });
    const opened = await client.conversations.open({ users: user });
    const id = opened.channel?.id;
    if (!id) throw new DeliveryProblem('Slack opened no direct conversation with this person.', { again: true });
    if (conversations.size >= conversationsMax) conversations.clear();
    conversations.set(account, id);
    return id;
  };

  const isPosted = async (channel: string, id: string): Promise<boolean> => {
    let cursor: string | undefined;
    for (let page = 0; page < historyPagesMax; page++) {
      const history = await client.conversations.history({
        channel,
        limit: historyPage,
        include_all_metadata: true,
        ...(cursor ? { cursor } : {}),
      });
      const found = history.messages?.some((message) => {
        const metadata = message.metadata as { event_type?: string; event_payload?: { id?: unknown } } | undefined;
        return metadata?.event_type === metadataType && metadata.event_payload?.id === id;
      });
      if (found) return true;
      cursor = history.response_metadata?.next_cursor || undefined;
      if (!cursor) return false;
    }
    return false;
  };

  return {
    name: channelName,
    async send(message: OutgoingMessage): Promise<void> {
      try {
        const channel = await conversationOf(message.account);
        if (message.attempt !== 1 && (await isPosted(channel, message.id))) return;
        await client.chat.postMessage({
          channel,
          ...messageBlocks(message.text, message.question),
          metadata: { event_type: metadataType, event_payload: { id: message.id } },
          unfurl_links: false,
          unfurl_media: false,
        });
      } catch (error) {
        throw slackProblem(error);
      }
    },
  };
}
