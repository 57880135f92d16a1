/**
 * Many people of one job at once: all in one transaction, and where that cannot be written, each alone.
 *
 * So one who cannot be written is left out and holds up nobody else. What passes (the database is away for a moment)
 * is nobody's fault: it is thrown, and the job is done again.
 */
import { isPassing } from './problem.ts';

export type SetOfPeople = {
  /** Does the next ones, or `only` this one, in one transaction; gives how many there were. */
  next(limit: number, only?: string): Promise<number>;
  /** Whose turn it is, by enrollment. */
  waiting(limit: number): Promise<string[]>;
  /** Tells why somebody stays behind. */
  leaveOut(enrollment: string, error: unknown): Promise<void>;
};

/** Does at most `limit` people; gives how many had their turn. */
export async function doSet({ next, waiting, leaveOut }: SetOfPeople, limit: number): Promise<number> {
  try {
    return await next(limit);
  } catch (error) {
    if (isPassing(error)) throw error;
  }
  const people = await waiting(limit);
  for (const enrollment of people) {
    try {
      await next(1, enrollment);
    } catch (error) {
      if (isPassing(error)) throw error;
      await leaveOut(enrollment, error);
    }
  }
  return people.length;
}
