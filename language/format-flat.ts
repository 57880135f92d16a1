/**
 * Items and blocks as they read on one line.
 */
import type { BlockKind } from './format-marks.ts';
import type { Block, FormatToken, Item } from './format-tokens.ts';

const commaKinds: BlockKind[] = ['data', 'record', 'entry', 'bands'];

/** `{ completed: yes, minutes: 28 }`, `{ set week = 1  restart stage }`. */
export function flatBlock(tokens: readonly FormatToken[], block: Block): string {
  if (block.items.length === 0) return '{}';
  const parts = block.items.map((item) => flatItem(tokens, item));
  return `{ ${parts.join(commaKinds.includes(block.kind) ? ', ' : '  ')} }`;
}

export function flatItem(tokens: readonly FormatToken[], item: Item): string {
  let text = '';
  for (let i = item.from; i <= item.to; i++) {
    const token = tokens[i];
    if (!token) continue;
    const space = token.stop === 'cell' || token.stop === 'mark' ? '  ' : token.space ? ' ' : '';
    text += (text === '' ? '' : space) + (token.block ? flatBlock(tokens, token.block) : token.text);
    if (token.block) i = token.block.close;
  }
  return text;
}

/** Whether the author wrote an item on one line. */
export const isOnOneLine = (tokens: readonly FormatToken[], item: Item) =>
  tokens[item.from]?.line === tokens[item.to]?.line;

/** Whether a block may stay on one line: it holds nothing, or was written so. */
export function mayBeFlat(tokens: readonly FormatToken[], block: Block): boolean {
  if (tokens[block.open]?.comments.length !== 0) return false;
  return block.oneLine || isEmpty(tokens, block);
}

/** A block with neither items nor comments. */
export const isEmpty = (tokens: readonly FormatToken[], block: Block) =>
  block.items.length === 0 && tokens[block.open]?.comments.length === 0 && tokens[block.close]?.comments.length === 0;
