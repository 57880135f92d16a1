/** What the control surface refuses with, in its words; anything else that is thrown goes on. */
import { Refusal } from '../../runtime/control.ts';

/** `none`: it was not refused. */
export async function refusal(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
  return 'none';
}
