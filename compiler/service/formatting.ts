/** The one style, as edits: a text that cannot be read stays as it is, and the reason is told. */
import { type FormatProblem, format } from '../../language/format.ts';
import type { TextEdit } from './rename.ts';
import { textChange } from './text-change.ts';
import type { Workspace } from './workspace.ts';

export function formatting(workspace: Workspace, path: string): { edits: TextEdit[] } | { problem: FormatProblem } {
  const text = workspace.file(path)?.text ?? '';
  const formatted = format(text);
  return 'problem' in formatted ? formatted : { edits: textChange(text, formatted.text) };
}
