/**
 * Refusals of the control surface → HTTP statuses. The sentence is passed on as it is.
 */
import type { RefusalCode } from '../runtime/control.ts';

export const refusalStatus: Record<RefusalCode, number> = {
  'unknown-program': 404,
  'unknown-enrollment': 404,
  'unknown-person': 404,
  'already-enrolled': 409,
  finished: 409,
  'not-allowed': 403,
  'waiting-for-access': 403,
  malformed: 400,
  'too-large': 413,
  stale: 412,
  'not-yet': 409,
  conflict: 409,
  'key-reused': 422,
  'unknown-item': 404,
  'unknown-bulk': 404,
  'unknown-plan': 404,
  'unknown-key': 404,
};
