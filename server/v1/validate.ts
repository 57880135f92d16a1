/**
 * What comes in → checked values, or a refusal with a sentence that names the field.
 *
 * The schemas are the operations' own: what is published is what is checked. Texts of a query become what
 * their schema says; nothing else is changed.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Temporal } from 'temporal-polyfill';
import { Refusal } from '../../runtime/control.ts';
import { sentence } from '../read-body.ts';
import type { Properties, Schema } from './operation.ts';

/** Nothing that is asked for lies deeper. */
const nestingMax = 20;

const options = { allErrors: false, allowUnionTypes: true, formats: { 'date-time': isMoment } } as const;
const strict = new Ajv2020(options);
const lenient = new Ajv2020({ ...options, coerceTypes: true });

/** An object with these properties and no others. */
export const objectSchema = (properties: Properties, required: readonly string[] = []): Schema => ({
  type: 'object',
  additionalProperties: false,
  required: [...required],
  properties,
});

/** A function that gives an object back that fits, or throws. `lenient`: numbers and booleans may come as texts. */
export function reader(
  properties: Properties,
  required: readonly string[] = [],
  how: { lenient?: boolean } = {},
): (given: unknown) => Record<string, unknown> {
  const validate = (how.lenient ? lenient : strict).compile<Record<string, unknown>>(
    objectSchema(properties, required),
  );
  return (given) => {
    refuseStrangeKeys(given);
    const value = how.lenient ? structuredClone(given) : given;
    if (validate(value)) return value;
    throw new Refusal('malformed', sentence(validate.errors?.[0]));
  };
}

/** Names that mean something to every object are nobody's field. */
const strange = new Set(['__proto__', 'constructor', 'prototype']);

/** Refuses names that could reach what objects inherit, and what is nested without end. */
export function refuseStrangeKeys(given: unknown, nesting = 0): void {
  if (typeof given !== 'object' || given === null) return;
  if (nesting > nestingMax) throw new Refusal('malformed', `Nothing here is nested deeper than ${nestingMax} levels.`);
  for (const [name, value] of Object.entries(given)) {
    if (strange.has(name)) throw new Refusal('malformed', `“${name}” is not the name of anything here.`);
    refuseStrangeKeys(value, nesting + 1);
  }
}

function isMoment(text: string): boolean {
  try {
    Temporal.Instant.from(text);
    return true;
  } catch {
    return false;
  }
}

/** A text that was checked as a moment → ms. */
export const readMoment = (text: string): number => Temporal.Instant.from(text).epochMilliseconds;
