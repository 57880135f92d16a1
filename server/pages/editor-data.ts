/**
 * What the server hands the editor page with its HTML. The page itself is in `editor/`.
 */
import type { Environment } from '../../compiler/compile.ts';
import type { ProgramSummary, SourceText } from '../../runtime/control.ts';
import type { Skill } from '../../runtime/services.ts';

export type EditorPageData = {
  programs: Pick<ProgramSummary, 'name' | 'title' | 'about' | 'version' | 'active' | 'finished'>[];
  /**
   * The program to work on, or null to choose one. `version` 0: it is not published yet. `importable` are the
   * files it imports and can import; paths are seen from the folder of `path`, as the compiler looks for them.
   */
  open: { name: string; version: number; path: string; source: string; importable: SourceText[] } | null;
  /** What the text is checked against besides itself: the skills there are, and their texts. */
  environment: Environment;
  /** Skills that can be read, by name: their scripts tell the agent's part where scenarios are run. */
  skills: Record<string, Skill>;
  /** Why this person cannot publish, as a sentence; null when they can. */
  publishingRefused: string | null;
  person: { email: string };
  operator: boolean;
};
