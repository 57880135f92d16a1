/**
 * The conversation page: a person talks with a program.
 *
 * The stream brings what was said, on whichever channel; the outbox takes care of what is being said
 * here. A message is shown once: positions tell streamed ones apart, ids match them with the outbox.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ChatState, ShownMessage } from '../chat-state.ts';
import type { ChatPageData } from '../plugins/chat.ts';
import './chat.css';
import { call, newId, sentenceOf } from './api.ts';
import { Composer } from './chat/composer.tsx';
import { useConnection } from './chat/connection.ts';
import { Messages } from './chat/messages.tsx';
import { useOutbox } from './chat/outbox.ts';
import { useStayAtEnd } from './chat/stay-at-end.ts';
import { ClockBar, useProgramClock } from './clock-bar.tsx';
import { followEvents } from './event-stream.ts';
import { nameText, readerZone } from './format.ts';
import { pageData, start } from './start.tsx';
import { TopBar } from './top-bar.tsx';

/** Messages on the page at first, and how many more each time the reader asks. */
const messagesAtOnce = 200;

function Chat({ data }: { data: ChatPageData }) {
  const { program, person } = data;
  const path = `/api/chat/${program.name}`;
  const zone = readerZone();
  const clock = useProgramClock(data.state.now);
  const [messages, setMessages] = useState(data.messages);
  const came = useRef<ShownMessage[]>([]);
  const [shownMax, setShownMax] = useState(messagesAtOnce);
  const [state, setState] = useState(data.state);
  const [answering, setAnswering] = useState<{ message: string; value: string } | null>(null);
  const [answerProblem, setAnswerProblem] = useState<string | null>(null);
  const connection = useConnection();
  const outbox = useOutbox(`${person.email}.${program.name}`, `${path}/messages`);
  const end = useStayAtEnd(
    `${messages.at(-1)?.position} ${outbox.messages.length} ${state.running} ${state.openQuestion} ${state.waiting} ${state.enrollment?.status}`,
  );

  useEffect(() => {
    outbox.known(data.messages.map((message) => message.id));
    if (person.zone !== zone) void call('POST', '/api/zone', { zone }).catch(() => undefined);
    return followEvents({
      path: `${path}/events`,
      probe: `${path}/messages`,
      after: data.position,
      state: connection.set,
      on: {
        clock: ({ now }: { now: number }) => clock.setNow(now),
        message: (message: ShownMessage) => {
          if (came.current.push(message) > 1) return;
          // Many come at once when a stream begins or the clock jumps: they are drawn together.
          setTimeout(() => {
            const all = came.current;
            came.current = [];
            outbox.known(all.map(({ id }) => id));
            setMessages((known) => withMessages(known, all));
          });
        },
        state: (next: ChatState) => {
          setState(next);
          clock.setNow(next.now);
        },
      },
    });
  }, []);

  const answer = async (message: ShownMessage, value: string): Promise<void> => {
    if (message.question === null) return;
    setAnswering({ message: message.id, value });
    setAnswerProblem(null);
    try {
      await call('POST', `${path}/answers`, { id: newId(), question: message.question.id, value });
      // The pressed button goes away, and the focus with it.
      if (matchMedia('(pointer: fine)').matches) document.getElementById('composer')?.focus();
    } catch (error) {
      setAnswering(null);
      setAnswerProblem(sentenceOf(error));
    }
  };

  const { enrollment } = state;
  // What has been said is never in the future, even where the clock's news come after it.
  const now = Math.max(clock.now, messages.at(-1)?.at ?? 0);
  const silent = messages.length === 0 && outbox.messages.length === 0;
  return (
    <div class="chat">
      <TopBar place={null} person={{ email: person.email }} operator={data.operator} />
      {data.clockMoves && <ClockBar now={clock.now} zone={zone} moved={clock.setNow} />}
      <ChatHead data={data} state={state} />
      {connection.shown && (
        <p class="banner" role="status">
          {connection.offline
            ? 'You are offline. What you write is kept and sent when you are back.'
            : 'The connection is lost. Trying to come back…'}
        </p>
      )}
      <main class="conversation" ref={end.scroller} onScroll={end.scrolled}>
        {silent && !state.waiting && <Invitation program={program} />}
        {messages.length > shownMax && (
          <button
            type="button"
            class="button is-small is-quiet earlier"
            onClick={() => {
              end.holdPlace();
              setShownMax(shownMax + messagesAtOnce);
            }}
          >
            Show earlier messages
          </button>
        )}
        {messages.length <= shownMax && data.older && state.enrollment && (
          <p class="older">
            <a href={`/enrollments/${state.enrollment.id}`}>What came before is in the timeline</a>
          </p>
        )}
        <div role="log" aria-label={`Conversation with ${program.title}`}>
          <ol class="messages">
            <Messages
              messages={messages.slice(-shownMax)}
              outgoing={outbox.messages}
              openQuestion={state.openQuestion}
              answering={answering}
              agentName={capital(nameText(program.agent))}
              programTitle={program.title}
              now={now}
              zone={zone}
              answer={(message, value) => void answer(message, value)}
              retry={outbox.retry}
              remove={outbox.remove}
            />
            {state.running && (
              <li class="message is-theirs begins" aria-label={`${capital(nameText(program.agent))} is writing`}>
                <div class="bubble typing">
                  <i />
                  <i />
                  <i />
                </div>
              </li>
            )}
          </ol>
        </div>
        {answerProblem && (
          <p class="note is-bad" role="alert">
            {answerProblem}
          </p>
        )}
        {state.waiting && (
          <Standing
            title="Waiting for an operator"
            text="You asked to take part. Somebody who runs this program looks at it; you will hear from it here."
          />
        )}
        {enrollment?.status === 'finished' && (
          <Standing
            title="This is the end of the program for you"
            text={`${enrollment.stageTitle}. Write a message to learn whether, and when, you can start again.`}
            href={`/enrollments/${enrollment.id}`}
          />
        )}
      </main>
      {end.behind && (
        <button type="button" class="button is-small to-end" onClick={end.go}>
          New messages ↓
        </button>
      )}
      <Composer
        placeholder={silent ? 'Write a first message…' : 'Write a message…'}
        send={(text) => {
          outbox.add(text, now);
          end.go();
        }}
      />
    </div>
  );
}

function ChatHead({ data, state }: { data: ChatPageData; state: ChatState }) {
  const { enrollment } = state;
  return (
    <div class="chat-head">
      <div>
        <h1>{data.program.title}</h1>
        <p role="status">
          {enrollment === null ? (
            <span>{state.waiting ? 'Waiting for access' : 'Not started yet'}</span>
          ) : (
            <span class={`chip ${enrollment.status === 'active' ? 'is-good' : ''}`} data-stage>
              {enrollment.stageTitle}
            </span>
          )}
        </p>
      </div>
      {enrollment && (
        <a class="button is-small" href={`/enrollments/${enrollment.id}`}>
          Timeline
        </a>
      )}
    </div>
  );
}

function Invitation({ program }: { program: ChatPageData['program'] }) {
  return (
    <div class="invitation">
      <span class="author-mark is-large" aria-hidden="true">
        {program.agent.slice(0, 1)}
      </span>
      <h2>{program.title}</h2>
      <p>{program.about}</p>
      <p class="faint small">
        Say hello to begin: your first message enrolls you.
        {program.leaveWord && ` Write “${program.leaveWord}” at any time to leave.`}
      </p>
    </div>
  );
}

function Standing({ title, text, href }: { title: string; text: string; href?: string }) {
  return (
    <div class="standing" role="status">
      <h2>{title}</h2>
      <p>{text}</p>
      {href && <a href={href}>See the whole timeline</a>}
    </div>
  );
}

/** In order of position, each once. */
function withMessages(known: ShownMessage[], came: ShownMessage[]): ShownMessage[] {
  const positions = new Set(known.map((message) => message.position));
  const fresh = came.filter(({ position }) => !positions.has(position) && positions.add(position));
  return [...known, ...fresh].sort((a, b) => a.position - b.position);
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

start(<Chat data={pageData<ChatPageData>()} />);
