/**
 * Typing in a long text, through what the editor's worker runs: from a keystroke to diagnostics, and
 * to completions.
 *
 * Somebody types lines letter by letter, now here, now there in the text. Every state on the way is
 * broken or sound as it comes, and none is asked about twice.
 */
import { answer } from '../editor/answer.ts';
import type { Question } from '../editor/protocol.ts';
import { median, percentile, rounded } from './measure.ts';
import type { Figure } from './report.ts';

/** States that come before those that count. */
const warm = 150;

export async function benchKeystrokes(text: string, strokes: number, p95MaxMs: number): Promise<Figure> {
  const states = typing(text, strokes + warm);
  const ms = await timesOf(states.map((state) => ({ kind: 'check', text: state.text })));
  return {
    name: 'keystroke to diagnostics, p95',
    value: rounded(percentile(ms, 0.95)),
    unit: 'ms',
    limit: { at: 'most', value: p95MaxMs },
    note: `p50 ${rounded(median(ms))} ms, ${strokes} keystrokes`,
  };
}

/** Asked at the cursor, of a text that the worker has not seen: it has to read it first. */
export async function benchCompletions(text: string, strokes: number, p95MaxMs: number): Promise<Figure> {
  // Other states than those above: the worker remembers the last one.
  const states = typing(`// Typed at another time.\n${text}`, strokes + warm);
  const ms = await timesOf(states.map((state) => ({ kind: 'complete', text: state.text, offset: state.cursor })));
  return {
    name: 'completion, p95',
    value: rounded(percentile(ms, 0.95)),
    unit: 'ms',
    limit: { at: 'most', value: p95MaxMs },
    note: `p50 ${rounded(median(ms))} ms, ${strokes} keystrokes`,
  };
}

async function timesOf(questions: Question[]): Promise<number[]> {
  const ms: number[] = [];
  for (const [index, question] of questions.entries()) {
    const before = performance.now();
    const given = await answer({ id: index, version: index, question });
    const took = performance.now() - before;
    if (!given.ok) throw new Error(`The worker failed: ${given.problem}`);
    if (index >= warm) ms.push(took);
  }
  return ms;
}

const typed = [
  '    let fresh = count(runs where completed) + 1\n',
  '    command "more" { say "Week {week}." set week = max(1, week - 1) }\n',
  '    advance  to graduated when week = 9 and not injured\n',
  '    nudge    after 9 days of silence\n',
];

/** The texts as they stand after each keystroke; lines are typed into stage after stage, letter by letter. */
function typing(text: string, strokes: number): { text: string; cursor: number }[] {
  const places = [...text.matchAll(/^ {4}leave {4}as lost/gm)].map((found) => found.index);
  const states: { text: string; cursor: number }[] = [];
  for (let line = 0; states.length < strokes; line++) {
    const words = typed[line % typed.length] ?? '';
    const at = places[(line * 13) % places.length] ?? 0;
    for (let length = 1; length <= words.length && states.length < strokes; length++) {
      const before = text.slice(0, at) + words.slice(0, length);
      states.push({ text: before + text.slice(at), cursor: before.length });
    }
  }
  return states;
}
