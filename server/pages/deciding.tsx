/**
 * What can be done about something that waits for a role: approve it (or another value), refuse it,
 * answer it, or say that it has been seen.
 *
 * The page says where a word is sent; here it is asked for, checked, and a refusal is shown.
 */
import { useId, useState } from 'preact/hooks';
import type { Value, ValueType } from '../../compiler/ir.ts';
import { sentenceOf } from './api.ts';
import { Field, readField, typedText } from './field.tsx';
import { nameText } from './format.ts';

export type Word =
  | { kind: 'approve'; value?: string }
  | { kind: 'refuse' }
  | { kind: 'answer'; value: string }
  | { kind: 'seen' };

/** More answers than this are a list to choose from, not buttons. */
const buttonsMax = 5;

export function Deciding({
  what,
  answer,
  value,
  zone,
  send,
}: {
  what: 'proposal' | 'question' | 'escalation';
  /** The type of the answer, or of the proposed value; null where there is none. */
  answer: ValueType | null;
  value: Value;
  zone: string;
  send: (word: Word) => Promise<unknown>;
}) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [writing, setWriting] = useState(false);
  const say = async (word: Word): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await send(word);
    } catch (error) {
      setProblem(sentenceOf(error));
    }
    setBusy(false);
  };
  const button = (label: string, word: Word, primary = false) => (
    <button
      type="button"
      key={label}
      class={`button is-small ${primary ? 'is-primary' : ''}`}
      disabled={busy}
      onClick={() => void say(word)}
    >
      {label}
    </button>
  );
  const options = answer?.kind === 'yes-no' ? ['yes', 'no'] : answer?.kind === 'choice' ? answer.options : [];
  const asksByButtons = what === 'question' && options.length > 0 && options.length <= buttonsMax;
  return (
    <div class="deciding">
      {what === 'proposal' && !writing && (
        <div class="entry-actions">
          {button('Approve', { kind: 'approve' }, true)}
          {answer !== null && (
            <button type="button" class="button is-small" disabled={busy} onClick={() => setWriting(true)}>
              Another value…
            </button>
          )}
          {button('Refuse', { kind: 'refuse' })}
        </div>
      )}
      {what === 'escalation' && <div class="entry-actions">{button('I have seen it', { kind: 'seen' }, true)}</div>}
      {asksByButtons && (
        <div class="entry-actions">
          {options.map((option) => button(nameText(option), { kind: 'answer', value: option }))}
        </div>
      )}
      {answer !== null && (writing || (what === 'question' && !asksByButtons)) && (
        <OneField
          type={answer}
          label={what === 'proposal' ? 'Set it to' : 'Answer'}
          initial={typedText(value, zone)}
          action={what === 'proposal' ? 'Approve this' : 'Send'}
          busy={busy}
          zone={zone}
          send={(text) => say(what === 'proposal' ? { kind: 'approve', value: text } : { kind: 'answer', value: text })}
          cancel={writing ? () => setWriting(false) : null}
        />
      )}
      {problem && (
        <p class="note is-bad" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

function OneField(props: {
  type: ValueType;
  label: string;
  initial: string;
  action: string;
  busy: boolean;
  zone: string;
  send: (text: string) => Promise<void>;
  cancel: (() => void) | null;
}) {
  const id = useId();
  const [text, setText] = useState(props.initial);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const field = { name: props.label, type: props.type, optional: false };
  return (
    <form
      class="entry-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const read = readField(field, text, props.zone);
        setProblem('problem' in read ? read.problem : undefined);
        if ('value' in read && read.value !== null && !props.busy) void props.send(read.value);
      }}
    >
      <Field id={id} field={field} value={text} problem={problem} change={setText} />
      <div class="entry-actions">
        <button type="submit" class="button is-small is-primary" disabled={props.busy}>
          {props.action}
        </button>
        {props.cancel && (
          <button type="button" class="button is-small is-quiet" onClick={props.cancel}>
            Cancel
          </button>
        )}
      </div>
    </form>
  );
}
