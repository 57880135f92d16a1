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
import { Messages } from './chat/messages.tsx';
import { useOutbox } from './chat/outbox.ts';
import { ClockBar, useProgramClock } from './clock-bar.tsx';
import { followEvents, type StreamState } from './event-stream.ts';
import { distanceText, nameText, readerZone, shortMomentText } from './format.ts';
import { pageData, start } from './start.tsx';
import { TopBar } from './top-bar.tsx';

/** The typing sign and the page's end stay in view while the reader is this close to it. */
const nearEndPx = 120;
/** A stream that comes back sooner than this is not worth a banner. */
const patienceMs = 2_500;

function Chat({ data }: { data: ChatPageData }) {
  const { program, person } = data;
  const path = `/api/chat/${program.name}`;
  const zone = readerZone();
  const clock = useProgramClock(data.state.now);
  const [messages, setMessages] = useState(data.messages);
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
          outbox.known([message.id]);
          setMessages((known) => withMessage(known, message));
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
    } catch (error) {
      setAnswering(null);
      setAnswerProblem(sentenceOf(error));
    }
  };

  const { enrollment } = state;
  const silent = messages.length === 0 && outbox.messages.length === 0;
  return (
    <div class="chat">
      <TopBar place={null} person={{ email: person.email }} operator={data.operator} />
      {data.clockMoves && <ClockBar now={clock.now} zone={zone} moved={clock.setNow} />}
      <ChatHead data={data} state={state} now={clock.now} zone={zone} />
      {connection.shown && (
        <p class="banner" role="status">
          {connection.offline
            ? 'You are offline. What you write is kept and sent when you are back.'
            : 'The connection is lost. Trying to come back…'}
        </p>
      )}
      <main class="conversation" ref={end.scroller} onScroll={end.scrolled}>
        {silent && !state.waiting && <Invitation program={program} />}
        <div role="log" aria-label={`Conversation with ${program.title}`}>
          <ol class="messages">
            <Messages
              messages={messages}
              outgoing={outbox.messages}
              openQuestion={state.openQuestion}
              answering={answering}
              agentName={capital(nameText(program.agent))}
              programTitle={program.title}
              now={clock.now}
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
        send={(text) => outbox.add(text, clock.now)}
      />
    </div>
  );
}

function ChatHead({ data, state, now, zone }: { data: ChatPageData; state: ChatState; now: number; zone: string }) {
  const { enrollment } = state;
  return (
    <header class="chat-head">
      <div>
        <h1>{data.program.title}</h1>
        <p>
          {enrollment === null ? (
            <span>{state.waiting ? 'Waiting for access' : 'Not started yet'}</span>
          ) : (
            <>
              <span class={`chip ${enrollment.status === 'active' ? 'is-good' : ''}`} data-stage>
                {enrollment.stageTitle}
              </span>
              {enrollment.nextDueAt !== null && (
                <span title={shortMomentText(enrollment.nextDueAt, zone)}>
                  next look {distanceText(enrollment.nextDueAt, now)}
                </span>
              )}
            </>
          )}
        </p>
      </div>
      {enrollment && (
        <a class="button is-small" href={`/enrollments/${enrollment.id}`}>
          Timeline
        </a>
      )}
    </header>
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
function withMessage(known: ShownMessage[], message: ShownMessage): ShownMessage[] {
  if (known.some((other) => other.position === message.position)) return known;
  const last = known.at(-1);
  if (last === undefined || last.position < message.position) return [...known, message];
  return [...known, message].sort((a, b) => a.position - b.position);
}

function useConnection(): { shown: boolean; offline: boolean; set: (state: StreamState) => void } {
  const [shown, setShown] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  return {
    shown,
    offline: !navigator.onLine,
    set(state) {
      if (state === 'lost') {
        timer.current ??= setTimeout(() => setShown(true), patienceMs);
        return;
      }
      if (state === 'open') {
        clearTimeout(timer.current);
        timer.current = undefined;
        setShown(false);
      }
    },
  };
}

/** Keeps the end in view while the reader is there; tells when something came below what they read. */
function useStayAtEnd(mark: string) {
  const scroller = useRef<HTMLElement>(null);
  const atEnd = useRef(true);
  const [behind, setBehind] = useState(false);
  const go = (): void => {
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
    setBehind(false);
  };
  useEffect(() => {
    if (atEnd.current) go();
    else setBehind(true);
  }, [mark]);
  return {
    scroller,
    behind,
    go,
    scrolled() {
      const element = scroller.current;
      if (element === null) return;
      atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < nearEndPx;
      if (atEnd.current) setBehind(false);
    },
  };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

start(<Chat data={pageData<ChatPageData>()} />);
