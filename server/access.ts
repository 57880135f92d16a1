/**
 * Who is asking, and what they may see.
 */
import type { Request } from '@hapi/hapi';
import { type Control, type EnrollmentView, type Person, Refusal } from '../runtime/control.ts';
import type { Config } from './config.ts';

/** What the auth plugin puts into `request.auth.credentials`. */
export type Reader = { person: Person; session: string };

/** The person who is signed in. Only for routes that ask for it (or after `isAuthenticated`). */
export const reader = (request: Request): Reader => request.auth.credentials as unknown as Reader;

export const readerOrNull = (request: Request): Reader | null =>
  request.auth.isAuthenticated ? reader(request) : null;

/** Operators see everybody, publish and approve. In development everyone who is signed in is one. */
export const isOperator = (config: Config, person: Person): boolean =>
  config.environment === 'development' || config.operators.includes(person.email);

/** Throws where the reader is no operator. */
export function requireOperator(config: Config, person: Person): void {
  if (isOperator(config, person)) return;
  throw new Refusal('not-allowed', 'Only operators may do this. An operator can add your email to REGIMEN_OPERATORS.');
}

/**
 * The enrollment, if the reader may see it. Somebody else's is answered exactly as one that does not
 * exist, so that ids tell nothing.
 */
export async function visibleEnrollment(input: {
  control: Control;
  config: Config;
  person: Person;
  id: string;
  /** How far is looked ahead, where it is. */
  daysAhead?: number;
}): Promise<EnrollmentView> {
  const { control, config, person, id, daysAhead } = input;
  const unknown = new Refusal('unknown-enrollment', 'There is no such enrollment, or it is not yours to see.');
  if (!/^[A-Za-z0-9_:-]{1,80}$/.test(id)) throw unknown;
  const view = await control.enrollment(id, daysAhead).catch((error: unknown) => {
    throw error instanceof Refusal && error.code === 'unknown-enrollment' ? unknown : error;
  });
  if (view.person.id === person.id || isOperator(config, person)) return view;
  throw unknown;
}
