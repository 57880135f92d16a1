/** What can be written at a place of an open file: `complete`, with what the workspace knows besides. */
import { type Completion, complete } from '../complete.ts';
import type { Workspace } from './workspace.ts';

export function completion(workspace: Workspace, path: string, offset: number): Completion[] {
  const file = workspace.file(path);
  const group = workspace.group(path);
  if (file === undefined || group === undefined) return [];
  const others = group.files.filter((one) => one !== file);
  return complete(file.text, offset, workspace.environment(group.folder), {
    ast: file.ast,
    programs: others.flatMap((one) => one.ast.programs),
    fragments: others.flatMap((one) => one.ast.fragments),
  });
}
