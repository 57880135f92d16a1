/**
 * One field of a form for a value of a program: the right control for its type, and what is wrong with
 * what was typed, told at the field with the rules the server uses.
 */
import type { Value } from '../../compiler/ir.ts';
import { momentOf } from '../../runtime/calendar.ts';
import { conform } from '../../runtime/conform.ts';
import type { SeriesField } from '../enrollment-page.ts';
import './field.css';
import { dayKey, nameText, timeText, valueText } from './format.ts';

export function Field(props: {
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
  const note = [
    unit && `in ${unit}`,
    rangeText(type),
    type.kind === 'duration' && 'such as 3 days',
    field.optional && 'optional',
  ]
    .filter(Boolean)
    .join(', ');
  const changed = (event: { currentTarget: { value: string } }): void => change(event.currentTarget.value);
  return (
    <div class="field">
      <label for={id}>
        {nameText(field.name)}
        {note && <span class="faint"> {note}</span>}
      </label>
      {options === null ? (
        type.kind === 'date' || type.kind === 'time' || type.kind === 'moment' ? (
          <input
            {...shared}
            type={type.kind === 'moment' ? 'datetime-local' : type.kind}
            value={value}
            onInput={changed}
          />
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

export function Problem({ id, text }: { id: string; text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <p class="field-problem" id={`${id}-problem`} role="alert">
      {text}
    </p>
  );
}

/** `0 to 80`: what a number must lie between. */
function rangeText(type: SeriesField['type']): string | false {
  if (type.kind !== 'number') return false;
  const { min, max } = type;
  if (min !== undefined && max !== undefined) return `${min} to ${max}`;
  return min !== undefined ? `at least ${min}` : max !== undefined && `at most ${max}`;
}

/** What was typed as the server takes it (null: nothing), or a sentence that says why it cannot be taken. */
export function readField(
  field: SeriesField,
  typed: string,
  zone: string,
): { value: string | null } | { problem: string } {
  const text = typed.trim();
  const name = nameText(field.name);
  if (text === '') return field.optional ? { value: null } : { problem: `${name} is missing.` };
  const conformed = conform(field.type, text, name, zone);
  return conformed.ok ? { value: text } : { problem: conformed.problem };
}

/** A value as it is typed into its field. */
export function typedText(value: Value, zone: string): string {
  if (value === null) return '';
  if (typeof value !== 'object') return valueText(value, zone);
  if ('date' in value) return value.date;
  if ('at' in value && !('entry' in value)) return `${dayKey(value.at, zone)}T${timeText(value.at, zone)}`;
  return valueText(value, zone);
}

/** `2026-01-05T07:30` in a zone → an instant; null where it is none. */
export function momentIn(text: string, zone: string): string | null {
  const [, date, hours, minutes] = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})/.exec(text) ?? [];
  if (date === undefined) return null;
  try {
    return new Date(momentOf(date, Number(hours) * 60 + Number(minutes), zone)).toISOString();
  } catch {
    return null;
  }
}
