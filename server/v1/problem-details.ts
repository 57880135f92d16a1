/**
 * Errors as problem details (RFC 9457): what kind, in which words, and what a machine can do with it.
 */
import type { Schema } from './operation.ts';
import { exactly } from './schemas.ts';

export const problemType = 'application/problem+json';

/** What is known of an error: its status, its stable code, a title of its kind and a sentence about this one. */
export type Told = {
  status: number;
  code: string;
  title: string;
  message: string;
  details?: Record<string, unknown> | undefined;
};

/** Where the title of the pages, for people, would not fit. */
const titles: Record<string, string> = { 'no-key': 'A key is needed' };

/** `instance`: what was asked for. Further members are the operation's own, such as `transitions`. */
export function problemDetails({ status, code, title, message, details }: Told, instance: string) {
  return {
    type: `urn:regimen:problem:${code}`,
    title: titles[code] ?? title,
    status,
    detail: message,
    instance,
    code,
    ...details,
  };
}

export const problemSchema: Schema = {
  ...exactly({
    type: { type: 'string' },
    title: { type: 'string', description: 'Of this kind of problem.' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What is wrong here, and what to do; a sentence.' },
    instance: { type: 'string' },
    code: { type: 'string', description: 'Stable: decide by it.' },
  }),
  additionalProperties: true,
};
