/**
 * Where the programs are that a command runs: a folder, or one file in it.
 */
import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CommandProblem } from './command.ts';
import { reason } from './find-files.ts';

/** Where programs are looked for when nobody says. */
export const usualFolder = 'programs';

/** The folder with the programs, and the one file in it that was asked for, if it was. */
export function findPrograms(path: string | undefined): { folder: string; only?: string } {
  if (path === undefined) return { folder: resolve(existsSync(usualFolder) ? usualFolder : '.') };
  const absolute = resolve(path);
  try {
    if (statSync(absolute).isDirectory()) return { folder: absolute };
  } catch (error) {
    throw new CommandProblem(`${path} cannot be read: ${reason(error)}.`);
  }
  if (!path.endsWith('.regimen'))
    throw new CommandProblem(`${path} is not a program. Name a .regimen file, or a folder that holds some.`);
  return { folder: dirname(absolute), only: absolute };
}
