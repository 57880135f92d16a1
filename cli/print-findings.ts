/**
 * Findings for people: the sentence, the place, the source with carets under it, what to do.
 *
 *     error unknown-name: I know nothing called `wek`.
 *       --> programs/couch_to_5k.regimen:12:30
 *        |
 *     12 |     advance to training when wek = 3
 *        |                              ^^^
 *        = Did you mean `week`?
 */

import { columnWidth } from '../language/column-width.ts';
import { lineMap } from '../language/position.ts';
import type { Paint, PaintStyle } from './command.ts';
import type { Finding, Place } from './finding.ts';
import { spreadTabs } from './spread-tabs.ts';

/** Of a place that goes over more lines than this only the ends are shown. */
const linesShownMax = 4;
/** A source line wider than this (in columns) is cut around its carets. */
const columnsShownMax = 160;

export function printFinding(finding: Finding, paint: Paint): string {
  const style: PaintStyle = finding.severity === 'error' ? 'red' : 'yellow';
  const numberWidth = String(
    Math.max(finding.place.endLine, ...finding.related.map(({ place }) => place.endLine)),
  ).length;
  const gutter = `${' '.repeat(numberWidth)} ${paint('blue', '|')}`;
  const out = [
    `${paint(style, `${finding.severity} ${finding.code}`)}: ${paint('bold', finding.message)}`,
    ...printPlace(finding.path, finding.text, finding.place, numberWidth, '^', style, paint),
  ];
  for (const { message, place } of finding.related) {
    out.push(
      gutter,
      `${paint('blue', 'see')}: ${message}`,
      ...printPlace(finding.path, finding.text, place, numberWidth, '-', 'blue', paint),
    );
  }
  if (finding.hint !== undefined) {
    const [first, ...rest] = finding.hint.split('\n');
    const indent = ' '.repeat(numberWidth);
    out.push(`${indent} ${paint('blue', '=')} ${first}`, ...rest.map((line) => `${indent}   ${line}`));
  }
  return out.join('\n');
}

function printPlace(
  path: string,
  text: string,
  place: Place,
  numberWidth: number,
  mark: string,
  style: PaintStyle,
  paint: Paint,
): string[] {
  const blank = `${' '.repeat(numberWidth)} ${paint('blue', '|')}`;
  const lines = lineMap(text);
  const out = [`${' '.repeat(numberWidth)}${paint('blue', '-->')} ${path}:${place.line}:${place.column}`, blank];
  let left = false;
  for (let number = place.line; number <= place.endLine; number++) {
    if (place.endLine - place.line >= linesShownMax && number > place.line + 1 && number < place.endLine) {
      if (!left) out.push(`${' '.repeat(numberWidth)} ${paint('blue', '…')}`);
      left = true;
      continue;
    }
    const { start, end } = lines.line(number);
    const line = text.slice(start, end);
    const indent = line.length - line.trimStart().length;
    const from = number === place.line ? place.column - 1 : indent;
    const to = number === place.endLine ? place.endColumn - 1 : line.length;
    // The end may fall on the first column of the next line: nothing of that line is meant.
    if (number > place.line && to <= indent && number === place.endLine) continue;
    const shown = markLine(line, from, Math.max(to, from), mark);
    out.push(`${paint('blue', `${String(number).padStart(numberWidth)} |`)} ${shown.line}`.trimEnd());
    out.push(`${blank} ${' '.repeat(shown.before)}${paint(style, shown.marks)}`);
  }
  return out;
}

/** The line as a terminal shows it and where the marks belong, counted in terminal columns. */
function markLine(
  source: string,
  from: number,
  to: number,
  mark: string,
): { line: string; before: number; marks: string } {
  let line = spreadTabs(source);
  let before = columnWidth(spreadTabs(source.slice(0, from)));
  let width = Math.max(1, columnWidth(spreadTabs(source.slice(0, to))) - before);
  if (columnWidth(line) > columnsShownMax) {
    const start = Math.max(0, before - columnsShownMax / 2);
    const lead = start > 0 ? '…' : '';
    line = `${lead}${cut(line, start, columnsShownMax)}…`;
    before = before - start + lead.length;
    width = Math.min(width, columnsShownMax - before);
  }
  return { line, before, marks: mark.repeat(Math.max(1, width)) };
}

/** The characters that lie in these terminal columns. */
function cut(line: string, start: number, columns: number): string {
  let out = '';
  let column = 0;
  for (const character of line) {
    if (column >= start + columns) break;
    if (column >= start) out += character;
    column += columnWidth(character);
  }
  return out;
}
