/**
 * A request's JSON → a checked value, or a 400 with a sentence that names the field.
 *
 * A bare ajv function is no validator for Hapi (it returns a boolean, which Hapi would take for the
 * payload), so handlers call these instead.
 */
import { Ajv, type ErrorObject } from 'ajv';
import { Temporal } from 'temporal-polyfill';
import { problem } from './problem.ts';

const ajv = new Ajv({ allErrors: false, allowUnionTypes: true });

/** Compiles a JSON Schema once; the returned function gives the value back, typed, or throws. */
export function bodyReader<T>(schema: object): (payload: unknown) => T {
  const validate = ajv.compile<T>(schema);
  return (payload) => {
    if (validate(payload)) return payload;
    throw problem(400, 'malformed', sentence(validate.errors?.[0]));
  };
}

/** What is wrong, in a sentence that names the field. */
export function sentence(error: ErrorObject | undefined): string {
  if (error === undefined || (error.instancePath === '' && error.keyword === 'type'))
    return 'The body must be a JSON object.';
  const field = error.instancePath.slice(1).replaceAll('/', '.');
  const params = error.params as Record<string, unknown>;
  if (error.keyword === 'required') return `The field “${String(params.missingProperty)}” is missing.`;
  if (error.keyword === 'additionalProperties') return `There is no field “${String(params.additionalProperty)}” here.`;
  if (error.keyword === 'minProperties' || error.keyword === 'maxProperties')
    return 'Send exactly one of the fields that this address knows.';
  if (error.keyword === 'minLength') return `The field “${field}” must not be empty.`;
  if (error.keyword === 'maxLength') return `The field “${field}” is longer than ${String(params.limit)} characters.`;
  if (error.keyword === 'pattern')
    return `The field “${field}” does not have the form asked for (${String(params.pattern)}).`;
  return `The field “${field}” ${error.message ?? 'is not right'}.`;
}

/** Ids come from the sender, so that a repeat is known. */
export const idSchema = { type: 'string', pattern: '^[A-Za-z0-9_-]{8,64}$' } as const;

/** The same for what machines send: their ids may have dots and colons. */
export const eventIdSchema = { type: 'string', pattern: '^[A-Za-z0-9_.:-]{1,100}$' } as const;

/** An IANA zone name such as `Europe/London`; offsets are no zones. */
export function readZone(zone: string): string {
  try {
    if (!/^[A-Za-z][A-Za-z0-9_+/-]{1,63}$/.test(zone)) throw new RangeError();
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    throw problem(400, 'malformed', `“${zone.slice(0, 64)}” is no time zone. Send an IANA name such as Europe/London.`);
  }
}

/** A moment with its offset → ms. */
export function readInstant(text: string): number {
  try {
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch {
    throw problem(
      400,
      'malformed',
      `“occurred_at” is “${text}”, which is no moment. Write it with its offset, like 2026-01-05T07:30:00Z.`,
    );
  }
}
