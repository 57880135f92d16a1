/** Folders with files for the commands of one suite, removed after it. */
import type { Test } from 'uvu';
import { folderWith } from './command.ts';

/** Gives what makes such a folder: its path. */
export function testFolders(test: Test): (files: Record<string, string>) => string {
  const made: { remove(): void }[] = [];
  test.after(() => {
    for (const one of made) one.remove();
  });
  return (files) => {
    const one = folderWith(files);
    made.push(one);
    return one.path;
  };
}
