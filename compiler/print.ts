/**
 * IR back to text: a program that compiles to the same IR, in the one style.
 *
 * Keeps what the program means, its names and its ids; the author's comments, layout and choice of
 * words are not in the IR. For a program without errors: what could not be understood has no words.
 */
import { format } from '../language/format.ts';
import { pausedStages } from './flow.ts';
import type { Flow, Ir, Let, List, Stage, Track } from './ir.ts';
import { bandsBy } from './print-bands.ts';
import {
  block,
  printClauses,
  printData,
  printField,
  printMigration,
  printStarts,
  printTable,
  titled,
} from './print-declarations.ts';
import { printEffects, printQuestion } from './print-effects.ts';
import { letName, type PrintContext, printExpression, printLength, printText } from './print-expressions.ts';
import { printBody, printCadence, printRules } from './print-rules.ts';

/** The same IR gives the same text. It ends with a line break. */
export function print(ir: Ir): string {
  const cx: PrintContext = { ir, flow: ir };
  const lines = [
    `program ${ir.name}${titled(ir.title, ir.name)} {`,
    ...printClauses(cx),
    '',
    ...printData(ir),
    ...Object.values(ir.tables).flatMap((table) => printTable(ir, table)),
    ...printLets(cx, (id) => !id.includes('/')),
    ...Object.values(ir.migrations).flatMap((migration) => ['', ...printMigration(cx, migration)]),
    ...Object.values(ir.tracks).flatMap((track) => ['', ...printTrack(ir, track)]),
    ...Object.values(ir.lists).flatMap((list) => ['', ...printList(ir, list)]),
    ...printFlow(cx, ''),
    '}',
  ];
  const text = `${lines.join('\n')}\n`;
  const formatted = format(text);
  return 'text' in formatted ? formatted.text : text;
}

/** `anytime` and the stages; ids of the flow begin with `prefix`. */
function printFlow(cx: PrintContext, prefix: string): string[] {
  const { flow } = cx;
  const paused = pausedStages(flow);
  const stages = flow.stageOrder.flatMap((name) => (paused.has(name) ? [] : (flow.stages[name] ?? [])));
  const anytime = block('anytime', printRules(cx, flow.anytime));
  return [
    ...(anytime.length === 0 ? [] : ['', ...anytime]),
    ...stages.flatMap((stage) => ['', ...printStage(cx, stage, `${prefix}${stage.name}/`)]),
  ];
}

function printTrack(ir: Ir, track: Track): string[] {
  const cx: PrintContext = { ir, flow: track };
  const when = track.when === undefined ? '' : ` when ${printExpression({ ir, flow: ir }, track.when)}`;
  return [
    `track ${track.name}${titled(track.title, usualTitle(track))}${when} {`,
    ...printLets(cx, isOf(`${track.name}./`)),
    ...printFlow(cx, `${track.name}.`),
    '}',
  ];
}

function printList(ir: Ir, list: List): string[] {
  const cx: PrintContext = { ir, flow: list, list };
  const key = list.key === undefined ? '' : ` by ${list.key}`;
  return [
    `list ${list.name}${key}${titled(list.title, usualTitle(list))} {`,
    ...block(
      'data',
      Object.values(list.fields).map((field) => printField(ir, field)),
    ),
    ...printStarts({ ir, flow: ir }, list),
    ...printLets(cx, isOf(`${list.name}./`)),
    ...printFlow(cx, `${list.name}.`),
    '}',
  ];
}

const usualTitle = ({ name }: Flow): string => name.replaceAll('_', ' ');
const isOf = (owner: string) => (id: string) => id.startsWith(owner);

function printStage(cx: PrintContext, stage: Stage, owner: string): string[] {
  const { name, final, title, review } = stage;
  const [only] = title.parts;
  const isUsual = title.parts.length === 1 && only === name.replaceAll('_', ' ');
  const ends = final === undefined ? '' : final === 'neutral' ? ' final' : ` final ${final}`;
  const spread = review && review.spreadMinutes > 0 ? `, spread over ${review.spreadMinutes} min` : '';
  return [
    `${stage.protected ? 'protected ' : ''}stage ${name}${ends}${isUsual ? '' : ` ${printText(cx, title)}`} {`,
    ...(stage.skill === undefined ? [] : [`skill ${stage.skill}`]),
    ...(review === undefined ? [] : [`review ${printCadence(cx, review.cadence)}${spread}`]),
    ...stage.nudges.map(({ after, without, atMost }) => {
      const what = without === undefined ? 'of silence' : `without ${without}`;
      return `nudge after ${printLength(cx, after)} ${what}, at most ${atMost} times`;
    }),
    ...stage.escalations.map(({ to, after }) => `escalate to ${to} after ${printLength(cx, after)}`),
    ...printLets(cx, isOf(owner)),
    ...printEffects(cx, stage.entry, printBody),
    ...stage.questions.map((question) => printQuestion(cx, question, printBody)),
    ...printRules(cx, stage.rules),
    '}',
  ];
}

/** Lets, bands and windows, in the order of the text. */
function printLets(cx: PrintContext, isOwn: (id: string) => boolean): string[] {
  const { lets } = cx.ir;
  return Object.values(lets).flatMap((one) => {
    if (!isOwn(one.id)) return [];
    const name = letName(one.id);
    const { value } = one;
    if (value.op === 'choose') return printBands(cx, name, value.ways);
    const closes = lets[one.id.replace(/\.opens$/, '.closes')];
    if (name.endsWith('.opens') && closes !== undefined) return [printWindow(cx, one, closes)];
    return name.endsWith('.closes') ? [] : [`let ${name} = ${printExpression(cx, value)}`];
  });
}

function printWindow(cx: PrintContext, opens: Let, closes: Let): string {
  const name = letName(opens.id).replace(/\.opens$/, '');
  return `window ${name} = ${printExpression(cx, opens.value, 6)} to ${printExpression(cx, closes.value, 6)}`;
}

type Ways = Extract<Let['value'], { op: 'choose' }>['ways'];

function printBands(cx: PrintContext, name: string, ways: Ways): string[] {
  const bounded = bandsBy(cx, ways);
  const rows = ways.map(({ when, value }, index) => {
    const fits = bounded?.rows[index] ?? (when === undefined ? 'otherwise' : `when ${printExpression(cx, when)}`);
    return `${fits} : ${printExpression(cx, value)}`;
  });
  return block(`bands ${name}${bounded === undefined ? '' : ` by ${bounded.by}`}`, rows);
}
