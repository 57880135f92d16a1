/**
 * Whether two readings of a program differ in nothing but what stands inside of stages, and the others do not see.
 *
 * Then names mean the same everywhere outside the changed stages. What a reader kept (`ReadingMemory`) is the very
 * same object, so this is decided by identity; a track or a list is made anew when something in it is.
 */
import type { List, Program, ProgramItem, Stage, Track } from '../language/ast.ts';
import { faceOf, withoutPlaces } from './faces.ts';

/** Nothing but places; what stands inside of stages; or more than that. */
export type Change = 'nothing' | 'stages' | 'frame';

type Item = ProgramItem | Stage;

/** What changed in a program from one reading to the next. */
export function changeBetween(before: Program, now: Program): Change {
  const isNamedSame = before.name.text === now.name.text && withoutPlaces(before.title) === withoutPlaces(now.title);
  return isNamedSame ? changeOfItems(before.items, now.items) : 'frame';
}

function changeOfItems(before: readonly Item[], now: readonly Item[]): Change {
  if (before.length !== now.length) return 'frame';
  let change: Change = 'nothing';
  for (const [index, item] of before.entries()) {
    const one = changeOfItem(item, now[index] as Item);
    if (one === 'frame') return one;
    if (one === 'stages') change = one;
  }
  return change;
}

function changeOfItem(before: Item, now: Item): Change {
  if (before === now) return 'nothing';
  if (before.kind === 'stage' && now.kind === 'stage') return faceOf(before) === faceOf(now) ? 'stages' : 'frame';
  const isFlow = (before.kind === 'track' || before.kind === 'list') && (now.kind === 'track' || now.kind === 'list');
  if (!isFlow || outsideOf(before) !== outsideOf(now)) return 'frame';
  return changeOfItems(before.items, now.items) === 'frame' ? 'frame' : 'stages';
}

/** A track or a list without what stands in it. */
const outsideOf = (flow: Track | List): string => withoutPlaces({ ...flow, items: [] });
