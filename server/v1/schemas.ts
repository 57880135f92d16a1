/**
 * The pieces that schemas of several operations are made of.
 */
import type { Properties, Schema } from './operation.ts';

/** Rows in a page where nobody says how many. */
export const pageUsual = 50;
/** The most rows in a page. */
export const pageMost = 200;

export const text = (maxLength: number, description?: string): Schema => ({
  type: 'string',
  minLength: 1,
  maxLength,
  ...(description === undefined ? {} : { description }),
});

export const id = (description: string): Schema => text(200, description);

/** A name as programs write it. */
export const name = (description: string): Schema => text(100, description);

export const moment = (description: string): Schema => ({
  type: 'string',
  format: 'date-time',
  maxLength: 80,
  description: `${description} With its offset, as 2026-01-05T07:30:00Z.`,
});

export const orNull = (schema: Schema): Schema => {
  const type = Array.isArray(schema.type) ? schema.type : [schema.type];
  return { ...schema, type: [...type, 'null'] };
};

export const integer = (minimum: number, maximum: number, description: string): Schema => ({
  type: 'integer',
  minimum,
  maximum,
  description,
});

export const oneOf = (values: readonly string[], description: string): Schema => ({
  type: 'string',
  enum: [...values],
  description,
});

export const yesNo = (description: string): Schema => ({ type: 'boolean', description });

/** Everything that is named is there, and nothing else. */
export const exactly = (properties: Properties, optional: readonly string[] = []): Schema => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties).filter((one) => !optional.includes(one)),
  properties,
});

export const list = (items: Schema, maxItems?: number): Schema => ({
  type: 'array',
  items,
  ...(maxItems === undefined ? {} : { maxItems }),
});

/** Values of fields: a text, a number, yes or no as a boolean, null for missing. Dates and lengths are texts. */
export const value: Schema = { type: ['string', 'number', 'boolean', 'null'], maxLength: 4_000 };

export const fields = (description: string): Schema => ({
  type: 'object',
  maxProperties: 50,
  additionalProperties: value,
  description,
});

export const reason: Schema = text(1_000, 'Why: kept in the audit, and in the timeline of whom it concerns.');

/** What every list takes. */
export const paging: Properties = {
  limit: { ...integer(1, pageMost, 'Rows in the page.'), default: pageUsual },
  cursor: text(400, 'Where the page before ended: its `next_cursor`.'),
};

/** A page: its rows, and where the next one begins. */
export const page = (rows: Schema): Schema =>
  exactly({
    data: list(rows),
    next_cursor: {
      type: ['string', 'null'],
      description: 'Hand it in as `cursor` for the next page; null at the end.',
    },
  });

export const person = exactly({
  id: { type: 'string' },
  email: { type: 'string' },
  name: { type: 'string' },
});

export const enrollmentId = id('The enrollment.');
export const programName = name('The program, by its name.');
