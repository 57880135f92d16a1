/**
 * What the server hands the editor page with its HTML. The page itself is in `editor/`.
 */
import type { Environment } from '../../compiler/compile.ts';
import type { ProgramSummary } from '../../runtime/control.ts';

export type EditorPageData = {
  programs: Pick<ProgramSummary, 'name' | 'title' | 'about' | 'version' | 'active' | 'finished'>[];
  /** The program to work on, or null to choose one. `version` 0: it is not published yet. */
  open: { name: string; version: number; source: string } | null;
  /** What the text is checked against besides itself: the skills there are. */
  environment: Environment;
  /** Why this person cannot publish, as a sentence; null when they can. */
  publishingRefused: string | null;
  person: { email: string };
  operator: boolean;
};
