/**
 * The web chat: a person talks with a program. Page, messages, answers, and a stream of what is new.
 *
 * Promises: a message sent twice with one id is one message; a stream resumed after a position gives
 * every later message exactly once, in order. Delivery needs nothing here: the web channel delivers
 * by storing, and the stream reads what is stored.
 */
import type { Plugin, Request } from '@hapi/hapi';
import type { Ir } from '../../compiler/ir.ts';
import type { Control, Person } from '../../runtime/control.ts';
import { isOperator, reader } from '../access.ts';
import { type ChatState, chatState, inboundId, type ShownMessage, shownMessage } from '../chat-state.ts';
import { page } from '../page.ts';
import type { ServerParts } from '../parts.ts';
import { bodyReader, idSchema } from '../read-body.ts';
import { openStream, resumeAfter } from '../streams.ts';

/** Messages read from the database in one go. */
const batchMax = 200;
/** The newest messages come with the page; older ones are in the timeline. */
const firstMessagesMax = 1_000;
/** Of a conversation longer than this many batches the page gets what the stream brings. */
const batchesMax = 100;
/** The runtime refuses longer texts with its own sentence; this only bounds the body. */
const textLengthMax = 20_000;

const readMessage = bodyReader<{ id: string; text: string }>({
  type: 'object',
  required: ['id', 'text'],
  additionalProperties: false,
  properties: { id: idSchema, text: { type: 'string', minLength: 1, maxLength: textLengthMax, pattern: '\\S' } },
});

const readAnswer = bodyReader<{ id: string; question: string; value: string }>({
  type: 'object',
  required: ['id', 'question', 'value'],
  additionalProperties: false,
  properties: {
    id: idSchema,
    question: { type: 'string', minLength: 1, maxLength: 200 },
    value: { type: 'string', minLength: 1, maxLength: 500 },
  },
});

export type ChatPageData = {
  /**
   * `agent` is the type of agent that the program names, such as `coach`; `leaveWord` a word with which one can leave
   * at any time.
   */
  program: { name: string; title: string; about: string; agent: string; leaveWord: string | null };
  person: { email: string; zone: string | null };
  operator: boolean;
  messages: ShownMessage[];
  /** There are older ones than those. */
  older: boolean;
  /** Where the stream goes on. */
  position: number;
  state: ChatState;
  agent: ServerParts['agent'];
  clockMoves: boolean;
};

export const chat: Plugin<ServerParts> = {
  name: 'chat',
  dependencies: ['auth', 'assets'],
  register(server, { config, control, live, clock, agent, log }) {
    const clockMoves = config.environment === 'development' && clock.move !== undefined;

    /** Throws `unknown-program` where there is none of this name. */
    const programOf = async (request: Request) => {
      const { name, ir } = await control.programSource(String(request.params.program));
      return { name, title: ir.title, about: ir.about, agent: ir.agent, leaveWord: leaveWordOf(ir) };
    };

    server.route([
      {
        method: 'GET',
        path: '/chat/{program}',
        async handler(request, h) {
          const { person } = reader(request);
          const program = await programOf(request);
          const { messages, older } = await newestMessages({ control, person, program: program.name });
          const state = await chatState({ control, clock, person, program: program.name });
          const data: ChatPageData = {
            program,
            person: { email: person.email, zone: person.zone },
            operator: isOperator(config, person),
            messages,
            older,
            position: messages.at(-1)?.position ?? 0,
            state,
            agent,
            clockMoves,
          };
          return h
            .response(await page(server.app.assets, { title: program.title, script: 'chat', data }))
            .type('text/html');
        },
      },
      {
        method: 'GET',
        path: '/api/chat/{program}/messages',
        async handler(request) {
          const { person } = reader(request);
          const program = await programOf(request);
          const after = resumeAfter(request);
          const messages = await messagesAfter({ control, person, program: program.name, after, limit: batchMax });
          return { messages, state: await chatState({ control, clock, person, program: program.name }) };
        },
      },
      {
        method: 'POST',
        path: '/api/chat/{program}/messages',
        async handler(request, h) {
          const { person } = reader(request);
          const { id, text } = readMessage(request.payload);
          const program = await programOf(request);
          const received = await control.receive({
            person: person.id,
            program: program.name,
            channel: 'web',
            id: inboundId(person, id),
            text,
          });
          return h.response(received).code(202);
        },
      },
      {
        method: 'POST',
        path: '/api/chat/{program}/answers',
        async handler(request, h) {
          const { person } = reader(request);
          const { id, question, value } = readAnswer(request.payload);
          await programOf(request);
          const received = await control.answer({
            person: person.id,
            channel: 'web',
            id: inboundId(person, id),
            question,
            value,
          });
          return h.response(received).code(202);
        },
      },
      {
        method: 'GET',
        path: '/api/chat/{program}/events',
        async handler(request, h) {
          const { person, session } = reader(request);
          const program = (await programOf(request)).name;
          let position = resumeAfter(request);
          let shown = '';
          return openStream(request, h, {
            reader: person.id,
            session,
            log,
            ...(clockMoves ? { clock } : {}),
            subscribe: (changed) => live.subscribe(person.id, changed),
            async pump(write) {
              for (;;) {
                const messages = await messagesAfter({ control, person, program, after: position, limit: batchMax });
                for (const message of messages) {
                  write('message', message, message.position);
                  position = message.position;
                }
                if (messages.length < batchMax) break;
              }
              const { now, ...state } = await chatState({ control, clock, person, program });
              // The state is written when it differs; the time alone makes no difference.
              const text = JSON.stringify(state);
              if (text !== shown) write('state', { ...state, now } satisfies ChatState);
              shown = text;
            },
          });
        },
      },
    ]);
  },
};

async function messagesAfter(input: {
  control: Control;
  person: Person;
  program: string;
  after: number;
  limit: number;
}): Promise<ShownMessage[]> {
  const { control, person, program, after, limit } = input;
  const messages = await control.conversation({ person: person.id, program, after, limit });
  return messages.map((message) => shownMessage(person, message));
}

async function newestMessages(input: {
  control: Control;
  person: Person;
  program: string;
}): Promise<{ messages: ShownMessage[]; older: boolean }> {
  let messages: ShownMessage[] = [];
  let older = false;
  for (let batches = 0; batches < batchesMax; batches++) {
    const batch = await messagesAfter({ ...input, after: messages.at(-1)?.position ?? 0, limit: batchMax });
    messages = [...messages, ...batch];
    older ||= messages.length > firstMessagesMax;
    messages = messages.slice(-firstMessagesMax);
    if (batch.length < batchMax) break;
  }
  return { messages, older };
}

function leaveWordOf(ir: Ir): string | null {
  for (const { trigger, move } of ir.anytime) {
    if (trigger.kind === 'command' && move?.direction === 'leave') return trigger.words[0] ?? null;
  }
  return null;
}
