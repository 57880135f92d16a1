/**
 * Slack's events and buttons → the control surface. Decides nothing: who may take part and what is
 * answered is decided behind `Control`.
 *
 * Direct messages only. In a channel nothing about a person is ever said: a mention is answered with
 * one sentence that points to the direct conversation. Everything can be sent twice by Slack; ids are
 * taken from the message or the click, so that a repeat changes nothing.
 */
import { App, type BlockAction, type ButtonAction } from '@slack/bolt';
import { type Control, Refusal } from '../../../runtime/control.ts';
import { settledLine } from './answers.ts';
import { accountOf, channelName, createSlackChannel } from './channel.ts';
import { clientOptions, createClient, type SlackCredentials, silent, slackProblem } from './client.ts';
import { buttonPrefix, plainText, readButton, settledBlocks } from './messages.ts';
import { type Known, personOf } from './people.ts';
import { createReceiver, type SlackReceiver } from './receiver.ts';

export type SlackSettings = SlackCredentials & {
  signingSecret: string;
  /** The program that direct messages are for. Null: the only one there is. */
  program: string | null;
  /** Where people can take part on the web; null: not told. */
  url: string | null;
};

export type SlackApp = {
  handle: SlackReceiver['handle'];
  /** Asks Slack who we are; a sentence for the terminal. Never throws. */
  greet(): Promise<string>;
  /** Waits for what is in hand. */
  stop(): Promise<void>;
};

type Outside = { control: Control; log: (line: string) => void; machineNow: () => number; answerMsMax?: number };
type Identity = { botUserId: string; botId?: string; team: string; teamName: string };

export function createSlackApp(settings: SlackSettings, outside: Outside): SlackApp {
  const { control, log } = outside;
  const client = createClient(settings);
  const channel = createSlackChannel(settings, client);
  const receiver = createReceiver({ signingSecret: settings.signingSecret, ...outside });
  const identity = once(() => whoWeAre(client));
  const app = new App({
    receiver,
    // Not `token`: with it Bolt asks Slack in its constructor, and an unreachable Slack would end the process.
    authorize: async () => {
      const { botUserId, botId } = await identity().catch((error: unknown) => {
        throw slackProblem(error);
      });
      // Without the bot's own user id, our own messages would come back to us as a person's.
      return { botToken: settings.botToken, botUserId, ...(botId ? { botId } : {}) };
    },
    clientOptions: clientOptions(settings.apiUrl),
    convoStore: false,
    logger: silent(),
  });

  const known = (team: string, user: string): Promise<Known> =>
    personOf(control, client, team, user, settings.url).catch((error: unknown) => {
      throw error instanceof Refusal ? error : slackProblem(error);
    });

  app.event('message', async ({ event, body, context }) => {
    // Edits, deletions and the like arrive as messages with a subtype; a file may come with words.
    if (event.channel_type !== 'im' || (event.subtype !== undefined && event.subtype !== 'file_share')) return;
    if (('bot_id' in event && event.bot_id !== undefined) || !event.user) return;
    const { team, isOurs } = await workspace(identity, body.team_id);
    if (!isOurs) return;
    const who = await known(team, event.user);
    if ('ignore' in who) return;
    const account = accountOf(team, event.user);
    // The message's own place is its identity: it is the same in every repeat, and some events have no id.
    const id = `slack:${team}:${event.channel}:${event.ts}`;
    const repeated = context.retryNum !== undefined;
    const tell = (text: string) => channel.send({ id: `${id}:told`, account, text, attempt: repeated ? 2 : 1 });
    if ('unknown' in who) return tell(who.unknown);
    const text = plainText(event.text ?? '').trim();
    if (text === '') return tell('I can read only text. Write it in words, and I will take it from there.');
    const told = await refusalOf(async () => {
      const program = settings.program ?? (await onlyProgram(control));
      // A notice is stored as a message and delivered like one: nothing to be told here.
      await control.receive({ person: who.person.id, program, channel: channelName, id, text });
    });
    if (told !== null) await tell(told);
  });

  app.event('app_mention', async ({ event, body, context }) => {
    if (event.subtype !== undefined || event.bot_id !== undefined || !event.user) return;
    const { team, isOurs } = await workspace(identity, body.team_id);
    if (!isOurs) return;
    await mention(client, {
      team,
      channel: event.channel,
      thread: event.thread_ts ?? event.ts,
      repeated: context.retryNum !== undefined,
    });
  });

  app.action(/.*/, async ({ ack, body, action }) => {
    const button = isOurButton(action) ? readButton(action.value) : null;
    if (!button || body.type !== 'block_actions' || !body.team) return ack();
    const { team, isOurs } = await workspace(identity, body.team.id);
    if (!isOurs) return ack();
    const who = await known(team, body.user.id);
    if (!('person' in who)) return ack();
    const { message } = body;
    const id = `slack:${team}:${body.user.id}:${message?.ts ?? body.trigger_id}:${(action as ButtonAction).action_ts}`;
    let enrollment: string | null = null;
    const told = await refusalOf(async () => {
      const received = await control.answer({ person: who.person.id, channel: channelName, id, ...button });
      enrollment = received.enrollment;
    });
    // Acknowledged once it is stored; what follows is only what the person sees.
    await ack();
    const line = told ?? (await settledLine(control, enrollment, button));
    await showSettled(client, body, line).catch((error: unknown) => log(`Slack: ${slackProblem(error).message}`));
  });

  return {
    handle: receiver.handle,
    async greet() {
      try {
        const { teamName } = await identity();
        return `Slack: connected to ${teamName}.`;
      } catch (error) {
        return `Slack: ${slackProblem(error).message}`;
      }
    },
    stop: async () => {
      await receiver.stop();
    },
  };
}

const isOurButton = (action: { type: string; action_id?: string }): action is ButtonAction =>
  action.type === 'button' && (action.action_id ?? '').startsWith(buttonPrefix);

/**
 * The team an event belongs to. Another team's events carry a valid signature too, where the app is installed there.
 */
async function workspace(identity: () => Promise<Identity>, given: string): Promise<{ team: string; isOurs: boolean }> {
  const { team } = await identity();
  return { team, isOurs: given === team };
}

async function whoWeAre(client: ReturnType<typeof createClient>): Promise<Identity> {
  const test = await client.auth.test();
  return {
    botUserId: test.user_id ?? '',
    ...(test.bot_id ? { botId: test.bot_id } : {}),
    team: test.team_id ?? '',
    teamName: test.team ?? 'Slack',
  };
}

/** Remembers a success, and tries again after a failure. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = null;
      throw error;
    });
    return made;
  };
}

/** The sentence of a refusal, or null when there was none. Every other error is the receiver's. */
async function refusalOf(act: () => Promise<void>): Promise<string | null> {
  try {
    await act();
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

async function onlyProgram(control: Control): Promise<string> {
  const programs = await control.programs();
  const [program] = programs;
  if (program && programs.length === 1) return program.name;
  throw new Refusal(
    'unknown-program',
    program
      ? 'Several programs run here, and nobody has said yet which one I talk about in Slack. Whoever runs Regimen sets SLACK_PROGRAM.'
      : 'No program runs here yet.',
  );
}

type Mention = { team: string; channel: string; thread: string; repeated: boolean };

/** One sentence in the thread of the mention, the same for everybody. */
async function mention(client: ReturnType<typeof createClient>, { channel, thread, repeated }: Mention): Promise<void> {
  try {
    if (repeated) {
      // Where the app may not read the channel, saying it perhaps not at all is better than perhaps twice.
      const replies = await client.conversations.replies({ channel, ts: thread, limit: 100 }).catch(() => null);
      if (!replies || replies.messages?.some((message) => message.text === pointer)) return;
    }
    await client.chat.postMessage({ channel, thread_ts: thread, text: pointer });
  } catch (error) {
    throw slackProblem(error);
  }
}

const pointer = 'I talk about programs only in private: write to me in a direct message.';

async function showSettled(client: ReturnType<typeof createClient>, body: BlockAction, line: string): Promise<void> {
  const { channel, message } = body;
  if (!channel || !message) return;
  await client.chat.update({
    channel: channel.id,
    ts: message.ts,
    text: message.text ?? line,
    blocks: settledBlocks(message.blocks, line),
  });
}
