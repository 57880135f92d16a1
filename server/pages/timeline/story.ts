/**
 * Timeline rows → stories: what came in and all that followed from it, by day, newest day first.
 *
 * Pure. What an agent run brings back belongs to the story that asked for the run, as readers see it:
 * “the person said”, “the agent said”. Inside a day the stories run from the newest to the oldest;
 * inside a story things stand in the order they happened.
 */
import type { RowGroup, ShownRow } from '../../shown-row.ts';
import { dayKey } from '../format.ts';

export type Story = { cause: number; at: number; rows: ShownRow[] };
export type StoryDay = { key: string; at: number; stories: Story[] };

/**
 * Rows in any order, each `seq` once. `show` null shows everything; otherwise stories with a row of that group.
 * `place` is the key of a track or item, `main` for the program itself; null shows all places.
 */
export function storyDays(
  rows: ShownRow[],
  show: RowGroup | null,
  zone: string,
  place: string | null = null,
): StoryDay[] {
  const days = new Map<string, StoryDay>();
  const newestFirst = stories(rows).sort((a, b) => b.cause - a.cause);
  for (const story of newestFirst) {
    if (isOnlyTime(story) || (show !== null && !story.rows.some((row) => row.group === show))) continue;
    if (place !== null && !story.rows.some((row) => (row.thread?.key ?? 'main') === place)) continue;
    const key = dayKey(story.at, zone);
    const day = days.get(key) ?? { key, at: story.at, stories: [] };
    day.stories.push(story);
    days.set(key, day);
  }
  return [...days.values()];
}

function stories(rows: ShownRow[]): Story[] {
  const byCause = new Map<number, Story>();
  const byRun = new Map<string, Story>();
  for (const row of [...rows].sort((a, b) => a.seq - b.seq)) {
    const asked = row.run === null ? undefined : byRun.get(row.run);
    const story = byCause.get(row.cause) ?? asked ?? { cause: row.cause, at: row.at, rows: [] };
    byCause.set(row.cause, story);
    story.rows.push(row);
    if (row.run !== null && !byRun.has(row.run)) byRun.set(row.run, story);
  }
  return [...new Set(byCause.values())].map((story) => ({ ...story, rows: withoutBareInputs(story.rows) }));
}

/** The program was looked at in time and had nothing to do: many programs are, every day. */
const isOnlyTime = ({ rows }: Story): boolean => rows.every((row) => row.group === 'time' && row.seq === row.cause);

/** That time passed, or that a run came back, goes without saying where something follows from it. */
function withoutBareInputs(rows: ShownRow[]): ShownRow[] {
  const telling = rows.filter((row) => !(row.seq === row.cause && (row.group === 'time' || row.group === 'agent')));
  return telling.length === 0 ? rows : telling;
}

/** The rows known and the rows that came, each `seq` once. */
export function withRows(known: ShownRow[], came: ShownRow[]): ShownRow[] {
  const seqs = new Set(known.map((row) => row.seq));
  return [...known, ...came.filter((row) => !seqs.has(row.seq))];
}
