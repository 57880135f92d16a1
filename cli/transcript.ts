/**
 * A transcript: what a person says and does and when, one step a line, as plain words or as JSON.
 *
 * Reading is forgiving about spelling and strict about meaning: a line that is not understood is a
 * problem with its number, and all of them are found before anything runs. What the names of series
 * and fields stand for is left to the player, which knows the program.
 */
import { readJsonSteps } from './transcript-json.ts';
import type { Step } from './transcript-steps.ts';
import { readWords } from './transcript-words.ts';

/** `place` is `line 3`, or `item 3` of a JSON list. */
export type PlacedStep = Step & { place: string };
export type Transcript = { steps: PlacedStep[]; problems: { place: string; message: string }[] };

/** Longer transcripts are refused: they are a test suite, not a story. */
export const stepsMax = 10_000;

export const transcriptHelp = `A transcript has one step a line:

  start 2026-01-05 09:00 Europe/London   the clock and the person's zone (first; at STAGE enrolls there)
  > hi there                             the person says something; the first words enroll
  advance 3d                             the clock moves; what is due on the way happens
  at wed 07:30                           the clock moves to the next such moment
  until 2026-01-20 12:00                 … or to this one; also: until day 33 at 12:00
  next                                   … or to whatever is due next
  record runs completed=yes minutes=28   a fact; at the end also: at 2026-01-05 07:00
  answer yes                             the open question
  zone Asia/Tokyo                        the person has traveled
  person sam@example.com                 who it is (before they say anything)
  # anything                             a comment

or as JSON, a line each (or one list):

  {"start": "2026-01-05 09:00", "zone": "Europe/London", "stage": "training", "with": {"week": 5}}
  {"say": "hi there"}   {"advance": "3d"}   {"until": "2026-01-20 12:00"}   {"answer": "yes"}
  {"at": "wed 07:30", "say": "done"}
  {"record": {"series": "runs", "fields": {"minutes": 28, "completed": true}, "occurred_at": "2026-01-05 07:00"}}`;

/** Reads a whole transcript. Never throws; a text of nothing but comments has no steps and is a problem. */
export function readTranscript(text: string): Transcript {
  const steps: PlacedStep[] = [];
  const problems: Transcript['problems'] = [];
  const take = (place: string, read: () => Step[]) => {
    try {
      for (const step of read()) {
        if (step.kind === 'start' && steps.some(({ kind }) => kind !== 'person')) {
          throw new Error('start must be the first step: the clock only moves forward.');
        }
        steps.push({ ...step, place });
      }
    } catch (error) {
      problems.push({ place, message: (error as Error).message });
    }
  };
  const source = text.replace(/^\uFEFF/, '');
  const list = source.trimStart().startsWith('[') ? readList(source) : undefined;
  if (list !== undefined)
    list.forEach((item, index) => {
      take(`item ${index + 1}`, () => readJsonSteps(item));
    });
  else {
    source.split(/\r\n|\n|\r/).forEach((line, index) => {
      const trimmed = line.trim();
      if (trimmed === '' || /^(#|\/\/|--)/.test(trimmed)) return;
      take(`line ${index + 1}`, () =>
        trimmed.startsWith('{') ? readJsonSteps(parseJson(trimmed)) : [readWords(trimmed)],
      );
    });
  }
  if (steps.length === 0 && problems.length === 0)
    problems.push({ place: 'line 1', message: 'the transcript is empty. Begin with a line like `> hi there`.' });
  if (steps.length > stepsMax)
    problems.push({ place: `line ${stepsMax}`, message: `a transcript has at most ${stepsMax} steps.` });
  return { steps, problems };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error('this is not valid JSON. One step is one line, like {"say": "hi there"}.');
  }
}

/** The whole file as one JSON list; undefined when it is none, and the lines then say what is wrong. */
function readList(text: string): unknown[] | undefined {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list : undefined;
  } catch {
    return undefined;
  }
}
