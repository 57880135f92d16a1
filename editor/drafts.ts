/**
 * Drafts: what somebody has typed and not published, kept in this browser under the program's name.
 *
 * A draft remembers which published version it began from, so that the page can say when somebody
 * else has published since. A browser that refuses storage (full, or private) only costs the
 * draft: every function here answers instead of throwing.
 */

export type Draft = {
  text: string;
  /** The published version it began from; 0 for a program that was never published. */
  baseVersion: number;
  /** Milliseconds since 1970. */
  savedAt: number;
};

/** `localStorage`, or a stand-in. */
export type Storage = Pick<globalThis.Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Where a program's draft is kept. */
export const draftKey = (program: string) => `regimen-draft:${program}`;

/** The draft of a program, or null when there is none or it cannot be read. */
export function readDraft(storage: Storage, program: string): Draft | null {
  try {
    const draft: unknown = JSON.parse(storage.getItem(draftKey(program)) ?? 'null');
    return isDraft(draft) ? draft : null;
  } catch {
    return null;
  }
}

/** Keeps a draft. False when the browser refused, so that the page can warn before the tab is closed. */
export function writeDraft(storage: Storage, program: string, draft: Draft): boolean {
  try {
    storage.setItem(draftKey(program), JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

export function discardDraft(storage: Storage, program: string): void {
  try {
    storage.removeItem(draftKey(program));
  } catch {
    // Nothing was kept, so nothing is left behind.
  }
}

function isDraft(value: unknown): value is Draft {
  if (typeof value !== 'object' || value === null) return false;
  const draft = value as Partial<Draft>;
  return typeof draft.text === 'string' && typeof draft.baseVersion === 'number' && typeof draft.savedAt === 'number';
}
