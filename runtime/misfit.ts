/**
 * Why a person cannot go over to another version of the program.
 */

/**
 * `needs-migrate`: a line of the block would help (`remedy`); `refused`: none can. Told in words that give away
 * nothing of what the person has said: plans keep them.
 */
export type Misfit = { kind: 'needs-migrate' | 'refused'; why: string; remedy: string };
