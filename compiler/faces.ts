/**
 * What the rest of a program sees of a stage: names it declares, fields its questions bring in, what interrupts there.
 *
 * Whatever is asked of one stage, or of what stands outside of the stages, may go by the faces of the others and by
 * nothing else in them. So while a stage keeps its face, what was found out about the rest stays as it is.
 */
import type { Stage } from '../language/ast.ts';
import { deedsOf } from './walk.ts';

const known = new WeakMap<Stage, string>();

/** Two stages with the same face look the same to all others. */
export function faceOf(stage: Stage): string {
  const before = known.get(stage);
  if (before !== undefined) return before;
  const face = withoutPlaces(partsOf(stage));
  known.set(stage, face);
  return face;
}

function partsOf(stage: Stage): unknown[] {
  const { name, final } = stage;
  const parts: unknown[] = [name.text, final === undefined ? 'goes on' : (final.outcome ?? 'neutral')];
  for (const item of stage.items) {
    if (item.kind === 'let' || item.kind === 'bands' || item.kind === 'window') parts.push(item.kind, item.name.text);
    if (item.kind === 'pause') parts.push('pause');
  }
  for (const { action } of deedsOf(stage)) {
    if (action?.kind === 'ask') parts.push('asks as', action.as.text, action.answer);
    if (action?.kind === 'interrupt') parts.push('interrupts with', action.with.text);
  }
  return parts;
}

/** A part of a tree as text, wherever it stands. */
export const withoutPlaces = (part: unknown): string =>
  JSON.stringify(part, (name, value) => (name === 'span' ? undefined : value));
