/**
 * A small form in the middle of a page: fields of a program, perhaps when it occurred, and what sends it.
 *
 * What is typed is checked here; what only the server can know (the moment lies in the future, the
 * program has ended, the role may not) is told below. `send` gets an id made here, so that trying again
 * never does a thing twice.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { SeriesField } from '../enrollment-page.ts';
import { newId, sentenceOf } from './api.ts';
import { Field, momentIn, Problem, readField } from './field.tsx';
import { momentText } from './format.ts';

export type Typed = { id: string; fields: Record<string, string | null>; occurredAt: string | null };

export function FieldsForm({
  name,
  label,
  fields,
  initial = {},
  asksWhen = false,
  action,
  zone,
  now,
  send,
  close,
}: {
  /** Ids of the controls begin with it. */
  name: string;
  label: string;
  fields: readonly SeriesField[];
  initial?: Record<string, string>;
  asksWhen?: boolean;
  /** What the button says. */
  action: string;
  /** The person's: moments are typed in it. */
  zone: string;
  /** The programs' clock: nothing occurs after it. */
  now: number;
  send: (typed: Typed) => Promise<unknown>;
  close: (done: boolean) => void;
}) {
  const [typed, setTyped] = useState<Record<string, string>>(initial);
  const [when, setWhen] = useState('');
  const [problems, setProblems] = useState<Record<string, string>>({});
  const [refused, setRefused] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const id = useRef(newId());
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>('input, select, textarea')?.focus(), []);
  const inputId = (field: string): string => `entry-${name}-${field.replaceAll(' ', '-')}`;

  const submit = async (): Promise<void> => {
    const { values, found } = readFields(fields, typed, zone);
    const occurredAt = when === '' ? null : momentIn(when, zone);
    if (when !== '' && occurredAt === null) found[whenField] = 'Write a date and a time.';
    else if (occurredAt !== null && Date.parse(occurredAt) > now)
      found[whenField] = `This lies in the future: it is ${momentText(now, zone)}.`;
    setProblems(found);
    setRefused(null);
    const first = Object.keys(found)[0];
    if (first !== undefined) {
      form.current?.querySelector<HTMLElement>(`[id="${inputId(first)}"]`)?.focus();
      return;
    }
    setBusy(true);
    try {
      await send({ id: id.current, fields: values, occurredAt });
      close(true);
    } catch (error) {
      setRefused(sentenceOf(error));
      setBusy(false);
    }
  };

  return (
    <form
      ref={form}
      class="entry-form"
      aria-label={label}
      noValidate
      onKeyDown={(event) => {
        if (event.key === 'Escape') close(false);
      }}
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void submit();
      }}
    >
      {fields.map((field) => (
        <Field
          key={field.name}
          id={inputId(field.name)}
          field={field}
          value={typed[field.name] ?? ''}
          problem={problems[field.name]}
          change={(value) => setTyped({ ...typed, [field.name]: value })}
        />
      ))}
      {asksWhen && (
        <div class="field">
          <label for={inputId(whenField)}>
            When <span class="faint">now, if left empty · {zone.replaceAll('_', ' ')}</span>
          </label>
          <input
            id={inputId(whenField)}
            class="input"
            type="datetime-local"
            value={when}
            aria-invalid={problems[whenField] !== undefined}
            aria-describedby={problems[whenField] === undefined ? undefined : `${inputId(whenField)}-problem`}
            onInput={(event) => setWhen(event.currentTarget.value)}
          />
          <Problem id={inputId(whenField)} text={problems[whenField]} />
        </div>
      )}
      {refused && (
        <p class="note is-bad" role="alert">
          {refused}
        </p>
      )}
      <div class="entry-actions">
        <button type="submit" class="button is-primary" disabled={busy}>
          {busy ? 'One moment…' : action}
        </button>
        <button type="button" class="button is-quiet" onClick={() => close(false)}>
          Cancel
        </button>
      </div>
    </form>
  );
}

/** No field of a program can be called so: names have no spaces. */
const whenField = 'when it occurred';

/** The fields as typed, and a sentence for each that cannot be taken. */
function readFields(
  fields: readonly SeriesField[],
  typed: Record<string, string>,
  zone: string,
): { values: Typed['fields']; found: Record<string, string> } {
  const values: Typed['fields'] = {};
  const found: Record<string, string> = {};
  for (const field of fields) {
    const read = readField(field, typed[field.name] ?? '', zone);
    if ('problem' in read) found[field.name] = read.problem;
    else values[field.name] = read.value;
  }
  return { values, found };
}
