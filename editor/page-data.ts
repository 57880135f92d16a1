/**
 * What the server hands the editor page with its HTML.
 */
import type { ProgramListing } from './program-api.ts';

export type EditorPageData = {
  programs: ProgramListing[];
  /** The program to work on, or null to choose one. `version` 0: it is not published yet. */
  open: { name: string; version: number; source: string } | null;
  /** Why this person cannot publish, as a sentence; null when they can. */
  publishingRefused: string | null;
  person: { email: string };
  operator: boolean;
};
