/**
 * Problems a door itself finds: a status, a stable code and a sentence for people.
 */
import { Boom } from '@hapi/boom';

/** Thrown by handlers; `errors.ts` gives it the shape all errors have. */
export const problem = (statusCode: number, code: string, message: string): Boom =>
  new Boom(message, { statusCode, data: { code } });
