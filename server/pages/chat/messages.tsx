/**
 * The conversation: days, groups of messages, author marks, questions with their buttons.
 */
import { Fragment } from 'preact';
import type { ShownMessage } from '../../chat-state.ts';
import { dayKey, dayText, timeText } from '../format.ts';
import type { Outgoing } from './outbox.ts';

/** Messages of one side that are not further apart than this stand together. */
const groupWithinMs = 10 * 60_000;

type Item = {
  id: string;
  at: number;
  side: 'person' | 'program' | 'system';
  message?: ShownMessage;
  outgoing?: Outgoing;
};

export function Messages(props: {
  messages: ShownMessage[];
  outgoing: Outgoing[];
  openQuestion: string | null;
  /** The answer being sent, by message id. */
  answering: { message: string; value: string } | null;
  agentName: string;
  programTitle: string;
  now: number;
  zone: string;
  answer: (message: ShownMessage, value: string) => void;
  retry: (id: string) => void;
  remove: (id: string) => void;
}) {
  const items: Item[] = [
    ...props.messages.map((message) => ({ id: message.id, at: message.at, side: sideOf(message), message })),
    ...props.outgoing.map((outgoing) => ({ id: outgoing.id, at: outgoing.at, side: 'person' as const, outgoing })),
  ];
  return (
    <>
      {items.map((item, index) => {
        const before = items[index - 1];
        const after = items[index + 1];
        const newDay = before === undefined || dayKey(before.at, props.zone) !== dayKey(item.at, props.zone);
        const begins =
          newDay ||
          before.side !== item.side ||
          item.at - before.at > groupWithinMs ||
          authorOf(before) !== authorOf(item);
        const ends =
          after === undefined ||
          after.side !== item.side ||
          after.at - item.at > groupWithinMs ||
          authorOf(after) !== authorOf(item);
        return (
          <Fragment key={item.id}>
            {newDay && (
              <li class="day">
                <span>{dayText(item.at, props.now, props.zone)}</span>
              </li>
            )}
            <Message item={item} begins={begins} ends={ends} {...props} />
          </Fragment>
        );
      })}
    </>
  );
}

function Message(props: Parameters<typeof Messages>[0] & { item: Item; begins: boolean; ends: boolean }) {
  const { item, begins, ends, zone } = props;
  const text = item.message?.text ?? item.outgoing?.text ?? '';
  const time = new Date(item.at).toISOString();
  if (item.side === 'system') {
    return (
      <li class="notice" data-message={item.id}>
        <Text text={text} />
        <time dateTime={time}>{timeText(item.at, zone)}</time>
      </li>
    );
  }
  const own = item.side === 'person';
  const question = item.message?.question ?? null;
  const open = question !== null && item.message !== undefined && props.openQuestion === question.id;
  return (
    <li
      class={`message ${own ? 'is-own' : 'is-theirs'} ${begins ? 'begins' : ''} ${ends ? 'ends' : ''}`}
      data-message={item.id}
      data-state={item.outgoing?.state ?? 'known'}
    >
      {begins && !own && (
        <Author message={item.message} agentName={props.agentName} programTitle={props.programTitle} />
      )}
      <div class="bubble">
        {own && <span class="visually-hidden">You: </span>}
        <Text text={text} />
      </div>
      {open && item.message && (
        <Question message={item.message} options={question.options} answering={props.answering} answer={props.answer} />
      )}
      {item.outgoing && item.outgoing.state === 'failed' ? (
        <p class="message-foot is-bad" role="alert">
          <span>Not sent. {item.outgoing.problem}</span>
          <button type="button" onClick={() => props.retry(item.id)}>
            Try again
          </button>
          <button type="button" onClick={() => props.remove(item.id)}>
            Remove
          </button>
        </p>
      ) : (
        ends && (
          <p class="message-foot">
            <time dateTime={time}>{timeText(item.at, zone)}</time>
            {item.outgoing?.state === 'sending' && <span>Sending…</span>}
            {item.outgoing?.state === 'waiting' && <span>Waiting for the connection…</span>}
          </p>
        )
      )}
    </li>
  );
}

function Author({
  message,
  agentName,
  programTitle,
}: {
  message: ShownMessage | undefined;
  agentName: string;
  programTitle: string;
}) {
  const scripted = message?.author === 'scripted-agent';
  const program = message?.author === 'program';
  return (
    <p class="author">
      <span class={`author-mark ${program ? 'is-program' : ''}`} aria-hidden="true">
        {program ? <ProgramSign /> : agentName.slice(0, 1)}
      </span>
      <span>{program ? programTitle : agentName}</span>
      {scripted && (
        <button
          type="button"
          class="chip hint"
          data-hint="No model key is set, so these are lines written beforehand in the program’s skills. Set ANTHROPIC_API_KEY to have a model talk."
          aria-label="Scripted. No model key is set, so these are lines written beforehand in the program’s skills. Set ANTHROPIC_API_KEY to have a model talk."
        >
          scripted
        </button>
      )}
    </p>
  );
}

/** The step of the brand: the program speaks, nobody's initial. */
function ProgramSign() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <path
        d="M8 23h5.5a4 4 0 0 0 4-4v-6a4 4 0 0 1 4-4H24"
        fill="none"
        stroke="currentColor"
        stroke-width="3.2"
        stroke-linecap="round"
      />
    </svg>
  );
}

function Question(props: {
  message: ShownMessage;
  options: string[];
  answering: { message: string; value: string } | null;
  answer: (message: ShownMessage, value: string) => void;
}) {
  const sent = props.answering?.message === props.message.id ? props.answering.value : null;
  return (
    <fieldset class="question" aria-label="Answers">
      {props.options.map((option) => (
        <button
          type="button"
          key={option}
          class={`button ${sent === option ? 'is-primary' : ''}`}
          disabled={sent !== null}
          onClick={() => props.answer(props.message, option)}
        >
          {option}
        </button>
      ))}
    </fieldset>
  );
}

/** Plain text with its line breaks; web addresses become links, and nothing else is interpreted. */
function Text({ text }: { text: string }) {
  const parts = text.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]}'])/);
  return (
    <span class="text">
      {parts.map((part, index) =>
        index % 2 === 1 ? (
          <a key={index} href={part} target="_blank" rel="noreferrer noopener">
            {part}
          </a>
        ) : (
          part
        ),
      )}
    </span>
  );
}

const sideOf = (message: ShownMessage): Item['side'] =>
  message.direction === 'in' ? 'person' : message.author === 'system' ? 'system' : 'program';

/** The program and its agent are different voices, and so are the agent and the scripted one. */
const authorOf = (item: Item): string => item.message?.author ?? 'person';
