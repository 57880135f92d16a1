/**
 * Tokens and blocks to lines: what stays on one line, what is broken and where, which comments
 * stand where.
 *
 * All of it follows from the tokens, from the place of the comments among them, and from which braces
 * the author wrote on one line; so a second pass finds what the first one made. Columns are set
 * by `format-columns.ts`.
 */
import { columnWidth } from './column-width.ts';
import {
  alignComments,
  alignStop,
  type Chunk,
  type Column,
  columnGap,
  fillLine,
  type Line,
  lineWidth,
  newChunk,
  newLine,
} from './format-columns.ts';
import { flatBlock, flatItem, isEmpty, isOnOneLine, mayBeFlat } from './format-flat.ts';
import type { BlockKind, Stop } from './format-marks.ts';
import { layTable } from './format-table.ts';
import type { Block, FormatToken, Item } from './format-tokens.ts';

/** A sentence that is longer is broken over lines, and no column makes a line longer. */
const columnsMax = 110;
/** Braces on one line may reach further: breaking them costs two lines and more. */
const bracesMax = 120;
const indentStep = 2;
/** Where a sentence goes on, when it does not begin with a padded word. */
const continuationStep = 4;

/** Where the second word stands in blocks whose first words are padded. */
const headColumns: Partial<Record<BlockKind, number>> = { program: 10, stage: 9, anytime: 8, scenario: 9 };
/** Where a scenario says what happens after it has said when; at least this far behind it. */
const deedColumn = 18;
const deedGap = 3;

const column = (stop: Stop, gap: number, beforeMax: number, lineMax: number): Column => ({
  stop,
  gap,
  beforeMax,
  lineMax,
});
const columns = {
  colon: column('colon', 1, 24, Number.POSITIVE_INFINITY),
  bands: column('colon', 1, 60, Number.POSITIVE_INFINITY),
  mark: column('mark', columnGap, 44, Number.POSITIVE_INFINITY),
  equals: column('equals', 1, 30, columnsMax),
  with: column('with', 1, 44, columnsMax),
  when: column('when', columnGap, 84, columnsMax),
  body: column('body', columnGap, 40, bracesMax),
};

/** The lines of a whole file. */
export function layOut(tokens: FormatToken[], file: Block): Line[] {
  const lines: Line[] = [];
  layItems({ tokens, lines }, file, 0);
  alignComments(lines);
  return lines;
}

export type Layout = { tokens: FormatToken[]; lines: Line[] };
/** The lines an item was given: from `start` up to `end`, not included. */
type Laid = { item: Item; start: number; end: number };

// ------------------------------------------------------------ blocks

/** Adds the items of a block and the comments between them and at its end. */
function layItems(layout: Layout, block: Block, indent: number): void {
  const { tokens, lines } = layout;
  const begin = lines.length;
  const head = headOf(block);
  const laid: Laid[] = [];
  for (const item of block.items) {
    const first = tokens[item.from];
    if (!first) continue;
    const before = lines.length;
    layComments(layout, first, indent, begin);
    const start = lines.length;
    if (block.kind === 'table') layHoisted(layout, item, indent);
    else layItem(layout, block, item, indent, item.padded ? head : undefined);
    const line = lines[start];
    if (line && start > begin) line.blankBefore = first.newlines > 1;
    if (block.kind === 'entry' && item !== block.items.at(-1)) addComma(lines.at(-1));
    laid.push({ item, start, end: lines.length });
    if (before > begin) setApart(layout, block, laid, before);
  }
  const close = tokens[block.close];
  if (close) layComments(layout, close, indent, begin);
  if (block.kind === 'table') layTable(lines.slice(begin), block.hasHeading);
  else alignBlock(layout, block, laid);
}

function addComma(line: Line | undefined): void {
  const last = line?.chunks.at(-1);
  if (!last) return;
  last.text += ',';
  last.width++;
}

/** The column of the second words, where several lines share it. */
function headOf(block: Block): number | undefined {
  return block.items.filter(({ padded }) => padded).length > 1 ? headColumns[block.kind] : undefined;
}

/** Declarations always have a blank line between them; what was squeezed onto one line gets one where it is long. */
function setApart({ tokens, lines }: Layout, block: Block, laid: Laid[], before: number): void {
  const [previous, item] = [laid.at(-2), laid.at(-1)];
  const line = lines[before];
  if (!previous || !item || !line) return;
  const squeezed = tokens[item.item.from]?.newlines === 0 && tokens[item.item.from]?.comments.length === 0;
  const long = item.end - item.start > 1 || previous.end - previous.start > 1;
  const apart = lines.slice(before, item.start + 1).some(({ blankBefore }) => blankBefore);
  const imports = previous.item.name === 'importDeclaration' && item.item.name === 'importDeclaration';
  if (!apart && !imports && (block.kind === 'file' || (block.kind === 'program' && squeezed && long)))
    line.blankBefore = true;
}

/** The comments before a token: the first may belong to the end of the line before. */
function layComments({ lines }: Layout, token: FormatToken, indent: number, begin: number): void {
  for (const comment of token.comments) {
    const last = lines.at(-1);
    if (last && comment.newlines === 0 && last.comment === '' && last.chunks.length > 0) last.comment = comment.text;
    else
      lines.push({
        ...newLine(indent),
        comment: comment.text,
        blankBefore: comment.newlines > 1 && lines.length > begin,
      });
  }
}

function alignBlock({ lines }: Layout, block: Block, laid: Laid[]): void {
  const heads = laid.flatMap(({ start }) => lines[start] ?? []);
  const single = laid.flatMap(({ start, end }) => (end - start === 1 ? (lines[start] ?? []) : []));
  if (block.kind === 'data' || block.kind === 'record') {
    alignStop(heads, columns.colon);
    const unmarked = heads.filter((line) => line.chunks.every(({ stop }) => stop !== 'mark'));
    const at = alignStop(heads, columns.mark, unmarked);
    if (at !== undefined) for (const line of unmarked) line.commentColumn = at;
  }
  if (block.kind === 'bands') alignStop(heads, columns.bands);
  alignStop(single, columns.body);
  for (const run of neighbors(lines, laid)) {
    alignStop(run, columns.equals);
    alignStop(run, columns.with);
    alignStop(run, columns.when);
  }
}

/** Lines of items of one kind that follow each other without a blank line or a longer item between them. */
function neighbors(lines: Line[], laid: Laid[]): Line[][] {
  const runs: Line[][] = [];
  let before: Laid | undefined;
  for (const one of laid) {
    const line = lines[one.start];
    const fits = one.end - one.start === 1;
    const parted = lines.slice(before?.end ?? one.start, one.start + 1).some(({ blankBefore }) => blankBefore);
    const run = before && !parted && before.item.name === one.item.name ? runs.at(-1) : undefined;
    if (line && fits && run) run.push(line);
    else if (line && fits) runs.push([line]);
    before = fits ? one : undefined;
  }
  return runs;
}

// ------------------------------------------------------------ items

/** Adds one item: its lines, with its blocks on them or broken. */
function layItem(layout: Layout, block: Block, item: Item, indent: number, head: number | undefined): void {
  const { tokens, lines } = layout;
  const start = lines.length;
  const further = indent + (head ?? continuationStep);
  const broken = brokenBlocks(layout, block, item, indent, head);
  const separate = item.name === 'condition' && broken.size === 0 && !isOnOneLine(tokens, item);
  let line = newLine(indent);
  const end = () => {
    if (line.chunks.length === 0 && line.comment === '') return;
    lines.push(...wrap(line, further));
  };
  for (let i = item.from; i <= item.to; i++) {
    const token = tokens[i];
    if (!token) continue;
    const ahead = token.branch ? indent : further;
    // The comments before a brace go behind it, where they have a line.
    for (const comment of i === item.from || token.block ? [] : token.comments) {
      if (comment.newlines > 0 || line.chunks.length === 0 || line.comment !== '') {
        end();
        line = newLine(ahead);
      }
      line.comment = comment.text;
      end();
      line = newLine(ahead);
    }
    if (token.branch && separate && line.chunks.length > 0) {
      end();
      line = newLine(indent);
    }
    if (token.block && broken.has(token.block)) {
      line.chunks.push(newChunk(token.text, spaceBefore(line, token)));
      end();
      tokens[i + 1]?.comments.unshift(...token.comments);
      layItems(layout, token.block, indent + indentStep);
      i = token.block.close;
      line = newLine(indent);
      line.chunks.push(newChunk('}', 0));
      continue;
    }
    line.chunks.push(chunkOf(layout, token, line, i === item.from + 1 ? head : undefined));
    if (token.block) i = token.block.close;
  }
  end();
  const own = lines.slice(start);
  if (separate) alignStop(own, columns.body);
  // Only what is a line of its own stands in a column with its neighbors.
  if (own.length > 1)
    for (const chunk of own.flatMap(({ chunks }) => chunks)) if (!keptStops.has(chunk.stop)) delete chunk.stop;
}

const keptStops = new Set<Stop | undefined>(['colon', 'mark', 'equals']);

/** The next chunk of a line: a token, or a block on one line. */
function chunkOf({ tokens }: Layout, token: FormatToken, line: Line, head: number | undefined): Chunk {
  const text = token.block ? flatBlock(tokens, token.block) : token.text;
  let pad = spaceBefore(line, token);
  if (token.stop === 'colon') pad = 1;
  if (token.stop === 'mark' && line.chunks.length > 0) pad = columnGap;
  const used = () => lineWidth(line) - line.indent;
  if (token.stop === 'deed' && line.chunks.length > 0) pad = Math.max(deedGap, deedColumn - used());
  if (head !== undefined && line.chunks.length > 0) pad = Math.max(1, head - used());
  return newChunk(text, pad, token.level, token.stop);
}

const spaceBefore = (line: Line, token: FormatToken) => (token.space && line.chunks.length > 0 ? 1 : 0);

function wrap(line: Line, further: number): Line[] {
  if (lineWidth(line) <= columnsMax || line.chunks.every(({ level }) => level === 0)) return [line];
  // What stands in braces on one line was found to fit, or to be no better broken.
  if (line.chunks.some(({ stop }) => stop === 'body')) return [line];
  return fillLine(line, 1, columnsMax, further).flatMap((row) =>
    lineWidth(row) <= columnsMax ? [row] : fillLine(row, 2, columnsMax, further),
  );
}

/** A table's row stays on one line, because lines are its rows: comments inside it go before it. */
function layHoisted({ tokens, lines }: Layout, item: Item, indent: number): void {
  const line = newLine(indent);
  for (let i = item.from; i <= item.to; i++) {
    const token = tokens[i];
    if (!token) continue;
    for (const { text } of i === item.from ? [] : token.comments) lines.push({ ...newLine(indent), comment: text });
    const pad = line.chunks.length === 0 ? 0 : token.stop === 'cell' ? columnGap : token.space ? 1 : 0;
    line.chunks.push(newChunk(token.text, pad, 0, token.stop));
  }
  lines.push(line);
}

// ------------------------------------------------------------ one line or several

/** The blocks of an item that are broken over lines. A `when` with its `else` is broken as a whole. */
function brokenBlocks(layout: Layout, outer: Block, item: Item, indent: number, head: number | undefined): Set<Block> {
  const { tokens } = layout;
  const blocks: Block[] = [];
  for (let i = item.from; i <= item.to; i++) {
    const found = tokens[i]?.block;
    if (!found) continue;
    blocks.push(found);
    i = found.close;
  }
  const broken = new Set(blocks.filter((block) => !mayBeFlat(tokens, block)));
  const branching = item.name === 'condition';
  if (broken.size === 0) {
    const rows = flatRows(layout, item, indent, head, branching && !isOnOneLine(tokens, item));
    rows.forEach((width, index) => {
      const block = blocks[Math.min(index, blocks.length - 1)];
      if (width > bracesMax && block && breakingHelps(tokens, block, indent, width))
        for (const one of blocks) broken.add(one);
    });
  }
  // A program or a scenario is never squeezed onto a line.
  if (outer.kind === 'file') for (const block of blocks) if (!isEmpty(tokens, block)) broken.add(block);
  if (branching && broken.size > 0) for (const block of blocks) broken.add(block);
  return broken;
}

/** Sentences that are broken before the braces in them are. */
const wrapped = new Set(['askItem', 'transition', 'proposeAction', 'startsWith']);

/** The widths of the lines an item takes with its blocks on one line each. */
function flatRows(layout: Layout, item: Item, indent: number, head: number | undefined, separate: boolean): number[] {
  const rows = [newLine(indent)];
  for (let i = item.from; i <= item.to; i++) {
    const token = layout.tokens[i];
    let line = rows.at(-1);
    if (!token || !line) continue;
    if (token.branch && separate) {
      line = newLine(indent);
      rows.push(line);
    }
    line.chunks.push(chunkOf(layout, token, line, i === item.from + 1 ? head : undefined));
    if (token.block) i = token.block.close;
  }
  return rows
    .flatMap((line) => (wrapped.has(item.name) ? wrap(line, indent + (head ?? continuationStep)) : [line]))
    .map((line) => lineWidth(line));
}

/** Breaking does not help a single item that is too long by itself, behind a beginning that is short. */
function breakingHelps(tokens: FormatToken[], block: Block, indent: number, width: number): boolean {
  const [only, second] = block.items;
  if (!only || second) return block.items.length > 0;
  const beginning = width - indent - columnWidth(flatBlock(tokens, block));
  if (beginning > columns.body.beforeMax) return true;
  const further = indent + indentStep;
  const alone = further + columnWidth(flatItem(tokens, only));
  return alone <= bracesMax || breaksFurther(tokens, only, further, alone);
}

/** Whether an item that is too long for its line, `width`, is shorter after its braces or its sentence are broken. */
function breaksFurther(tokens: FormatToken[], item: Item, indent: number, width: number): boolean {
  for (let i = item.from; i <= item.to; i++) {
    const token = tokens[i];
    if (!token) continue;
    if (token.block ? breakingHelps(tokens, token.block, indent, width) : token.level > 0 && wrapped.has(item.name))
      return true;
    if (token.block) i = token.block.close;
  }
  return false;
}
