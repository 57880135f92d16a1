/**
 * Records an entry of a series: one field for each of the series, and when it occurred.
 *
 * What is typed is checked here with the rules the server uses, so that a mistake is told at its
 * field; what only the server can know (the moment lies in the future, the program has ended) is told
 * below. An entry has an id made here, so that trying again never records it twice.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import { Temporal } from 'temporal-polyfill';
import { conform } from '../../../runtime/conform.ts';
import type { EnrollmentPageView, SeriesField } from '../../enrollment-page.ts';
import { call, newId, sentenceOf } from '../api.ts';
import { momentText, nameText } from '../format.ts';

type Series = EnrollmentPageView['series'][number];

export function EntryForm({
  enrollment,
  series,
  zone,
  now,
  close,
}: {
  enrollment: string;
  series: Series;
  /** The person's: moments are typed in it. */
  zone: string;
  /** The programs' clock: nothing occurs after it. */
  now: number;
  close: (recorded: boolean) => void;
}) {
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [when, setWhen] = useState('');
  const [problems, setProblems] = useState<Record<string, string>>({});
  const [refused, setRefused] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const id = useRef(newId());
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>('input, select, textarea')?.focus(), []);

  const record = async (): Promise<void> => {
    const { fields, found } = readFields(series.fields, typed);
    const occurredAt = when === '' ? null : momentIn(when, zone);
    if (when !== '' && occurredAt === null) found[whenField] = 'Write a date and a time.';
    else if (occurredAt !== null && Date.parse(occurredAt) > now)
      found[whenField] = `This lies in the future: it is ${momentText(now, zone)}.`;
    setProblems(found);
    setRefused(null);
    const first = Object.keys(found)[0];
    if (first !== undefined) {
      form.current?.querySelector<HTMLElement>(`[id="${inputId(series, first)}"]`)?.focus();
      return;
    }
    setBusy(true);
    try {
      await call('POST', `/api/enrollments/${enrollment}/events`, {
        id: id.current,
        series: series.name,
        fields,
        ...(occurredAt === null ? {} : { occurred_at: occurredAt }),
      });
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
      aria-label={`Record: ${nameText(series.singular)}`}
      noValidate
      onKeyDown={(event) => {
        if (event.key === 'Escape') close(false);
      }}
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void record();
      }}
    >
      {series.fields.map((field) => (
        <Field
          key={field.name}
          id={inputId(series, field.name)}
          field={field}
          value={typed[field.name] ?? ''}
          problem={problems[field.name]}
          change={(value) => setTyped({ ...typed, [field.name]: value })}
        />
      ))}
      <div class="field">
        <label for={inputId(series, whenField)}>
          When <span class="faint">now, if left empty · {zone.replaceAll('_', ' ')}</span>
        </label>
        <input
          id={inputId(series, whenField)}
          class="input"
          type="datetime-local"
          value={when}
          aria-invalid={problems[whenField] !== undefined}
          aria-describedby={problems[whenField] === undefined ? undefined : `${inputId(series, whenField)}-problem`}
          onInput={(event) => setWhen(event.currentTarget.value)}
        />
        <Problem id={inputId(series, whenField)} text={problems[whenField]} />
      </div>
      {refused && (
        <p class="note is-bad" role="alert">
          {refused}
        </p>
      )}
      <div class="entry-actions">
        <button type="submit" class="button is-primary" disabled={busy}>
          {busy ? 'One moment…' : 'Record'}
        </button>
        <button type="button" class="button is-quiet" onClick={() => close(false)}>
          Cancel
        </button>
      </div>
    </form>
  );
}

function Field(props: {
  id: string;
  field: SeriesField;
  value: string;
  problem: string | undefined;
  change: (value: string) => void;
}) {
  const { id, field, value, problem, change } = props;
  const { type } = field;
  const options = type.kind === 'yes-no' ? ['yes', 'no'] : type.kind === 'choice' ? type.options : null;
  const unit = type.kind === 'number' ? type.unit : undefined;
  const shared = {
    id,
    class: 'input',
    'aria-invalid': problem !== undefined,
    'aria-required': !field.optional,
    ...(problem === undefined ? {} : { 'aria-describedby': `${id}-problem` }),
  };
  const note = [unit && `in ${unit}`, field.optional && 'optional'].filter(Boolean).join(', ');
  const changed = (event: { currentTarget: { value: string } }): void => change(event.currentTarget.value);
  return (
    <div class="field">
      <label for={id}>
        {nameText(field.name)}
        {note && <span class="faint"> {note}</span>}
      </label>
      {options === null ? (
        type.kind === 'date' || type.kind === 'time' ? (
          <input {...shared} type={type.kind} value={value} onInput={changed} />
        ) : (
          <input
            {...shared}
            type="text"
            {...(type.kind === 'number' ? { inputMode: 'decimal' as const } : {})}
            autocomplete="off"
            value={value}
            onInput={changed}
          />
        )
      ) : (
        <select {...shared} value={value} onInput={changed}>
          <option value="">{field.optional ? 'not said' : 'Choose…'}</option>
          {options.map((option) => (
            <option key={option} value={option}>
              {nameText(option)}
            </option>
          ))}
        </select>
      )}
      <Problem id={id} text={problem} />
    </div>
  );
}

function Problem({ id, text }: { id: string; text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <p class="field-problem" id={`${id}-problem`} role="alert">
      {text}
    </p>
  );
}

/** No field of a program can be called so: names have no spaces. */
const whenField = 'when it occurred';

const inputId = (series: Series, field: string): string => `entry-${series.name}-${field.replaceAll(' ', '-')}`;

/** The fields as typed, and a sentence for each that cannot be taken. */
function readFields(
  fields: readonly SeriesField[],
  typed: Record<string, string>,
): { fields: Record<string, string>; found: Record<string, string> } {
  const read: Record<string, string> = {};
  const found: Record<string, string> = {};
  for (const field of fields) {
    const text = (typed[field.name] ?? '').trim();
    const name = nameText(field.name);
    if (text === '') {
      if (!field.optional) found[field.name] = `${name} is missing.`;
      continue;
    }
    const conformed = conform(field.type, text, name);
    if (conformed.ok) read[field.name] = text;
    else found[field.name] = conformed.problem;
  }
  return { fields: read, found };
}

/** `2026-01-05T07:30` in a zone → an instant; null where it is none. */
function momentIn(text: string, zone: string): string | null {
  try {
    return Temporal.PlainDateTime.from(text).toZonedDateTime(zone).toInstant().toString();
  } catch {
    return null;
  }
}
