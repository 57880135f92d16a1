/**
 * The one value that two transitions leave between them: `score <= 9` goes here, `score >= 11` goes there.
 *
 * To stay in the middle is a plan where the middle is wide, and where both sides name it (`< 5` and `> 5`).
 * It is told where a single value is left, the others are taken, and nothing else in the stage has an answer
 * for it.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { tell } from '../analysis-memory.ts';
import { type FlowPart, rulesIn } from '../flow.ts';
import type { Expr, Rule, Stage } from '../ir.ts';
import { type Place, placeIn } from '../place.ts';
import { possibleOf } from '../possible.ts';
import type { Report } from '../symbols.ts';
import { showTerm, type Term } from '../terms.ts';
import { type Atom, lookAt, type Way, waysOf } from '../ways.ts';
import type { Analysis } from './question.ts';

/** Transitions of one stage that are compared with each other. */
const LINES_MAX = 40;

export const leftOut: Analysis = (ir, report, { flows, memory }) => {
  for (const part of flows) {
    for (const stage of part.stages) {
      if (stage.final === undefined)
        tell(memory, stage, leftOut, report, (found) => lookIn(placeIn(ir, part, undefined, true), part, stage, found));
    }
  }
};

/** The values of one measure that a transition takes; `rest` is what else it asks. */
type Line = { rule: Rule; key: string; term: Term; from: number; to: number; open: number[]; rest: string };

function lookIn(place: Place, part: FlowPart, stage: Stage, report: Report): void {
  const moving = stage.rules.filter(({ trigger, move }) => trigger.kind === 'holds' && move !== undefined);
  const ways = moving.slice(0, LINES_MAX).flatMap((rule) => measuredBy(place, rule));
  // A value is left between two.
  if (ways.length < 2) return;
  const counts = new Map<string, number>();
  for (const { keys } of ways) for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  if (counts.values().every((count) => count < 2)) return;
  const lines = ways.flatMap((way) => linesOf(way, (key) => (counts.get(key) ?? 0) > 1));
  const groups = Map.groupBy(lines, ({ key, rest }) => `${key} | ${rest}`);
  for (const group of groups.values()) {
    const sorted = group.toSorted((one, other) => one.from - other.from);
    const [first] = sorted;
    if (first === undefined || (group.length <= PAIR && !takeAll(group))) continue;
    const holes = holesIn(sorted);
    const [hole] = holes;
    if (hole === undefined || holes.length > 1) continue;
    const { value, below, above } = hole;
    const others = rulesIn(part.flow, stage).filter((rule) => !group.some((line) => line.rule === rule));
    if (others.some((rule) => answers(place, rule, first, value))) continue;
    const [earlier, later] = [below, above].toSorted((one, other) => one.rule.span.start - other.rule.span.start);
    if (earlier === undefined || later === undefined) continue;
    const [what, shown] = wordsFor(first.term, value);
    const related = [{ message: 'The other side of it is here.', span: earlier.rule.span }];
    report(diagnostic('value-left-out', later.rule.span, { what, value: shown }, { related }));
  }
}

/** Two lines may leave out what they like at the ends only where there is nothing beyond. */
const PAIR = 2;

const takeAll = (group: readonly Line[]): boolean =>
  group.some(({ from, term }) => from <= term.min) && group.some(({ to, term }) => to >= term.max);

/** The measures of whole numbers that a condition bounds, each with everything else it asks. */
function linesOf({ rule, way, keys }: Measured, isShared: (key: string) => boolean): Line[] {
  const lines: Line[] = [];
  for (const key of keys) {
    const line = isShared(key) ? stretchOf(way.filter((atom) => atom.key === key)) : undefined;
    if (line === undefined) continue;
    const rest = way
      .filter((atom) => atom.key !== key && !isOwnStage(atom))
      .map(textOf)
      .sort()
      .join();
    lines.push({ rule, key, rest, ...line });
  }
  return lines;
}

/** The one way a transition's condition can hold, and what it measures. */
type Measured = { rule: Rule; way: Way; keys: readonly string[] };

function measuredBy(place: Place, rule: Rule): Measured[] {
  const [way, another] = possibleOf(lookAt(place, rule.condition)) ?? [];
  if (way === undefined || another !== undefined) return [];
  const keys: string[] = [];
  for (const { kind, key } of way) if (kind === 'sum' && !keys.includes(key)) keys.push(key);
  return keys.length === 0 ? [] : [{ rule, way, keys }];
}

/** In which stage somebody is says only whether they are there already. */
const isOwnStage = ({ key, kind }: Atom): boolean => kind === 'word' && /^stage of (own|program)/.test(key);

const textOf = (atom: Atom): string => JSON.stringify([atom.kind, atom.key, atom.denied, plain(atom.expr)]);

const plain = (expr: Expr): string => JSON.stringify(expr, (name, value) => (name === 'span' ? undefined : value));

function stretchOf(atoms: readonly Atom[]): Pick<Line, 'term' | 'from' | 'to' | 'open'> | undefined {
  let [from, to] = [-Infinity, Infinity];
  const open: number[] = [];
  let term: Term | undefined;
  for (const atom of atoms) {
    if (atom.kind === 'known' && atom.known) continue;
    if (atom.kind !== 'sum' || atom.orMissing || atom.except.length > 0) return undefined;
    const [only] = atom.sum.terms;
    if (only === undefined || atom.sum.terms.length > 1 || only.factor !== 1) return undefined;
    term = only.term;
    const { min, max, minIn, maxIn } = atom.range;
    if (!isWhole(term) || [min, max].some((end) => Number.isFinite(end) && !Number.isInteger(end))) return undefined;
    if (Number.isFinite(min)) {
      from = Math.max(from, minIn ? min : min + 1);
      if (!minIn) open.push(min);
    }
    if (Number.isFinite(max)) {
      to = Math.min(to, maxIn ? max : max - 1);
      if (!maxIn) open.push(max);
    }
  }
  if (term === undefined || (from === -Infinity && to === Infinity)) return undefined;
  return { term, from: Math.max(from, term.min), to: Math.min(to, term.max), open };
}

/** Counts, and numbers of a range between whole numbers: scores, weeks. */
const isWhole = ({ kind, step, min, max }: Term): boolean =>
  kind === 'number' && (step === 1 || (Number.isInteger(min) && Number.isInteger(max)));

type Hole = { value: number; below: Line; above: Line };

/** Single values that no line takes, between two that do. */
function holesIn(sorted: readonly Line[]): Hole[] {
  const holes: Hole[] = [];
  let [below] = sorted;
  for (const line of sorted.slice(1)) {
    if (below === undefined) break;
    const value = below.to + 1;
    // Both sides name it: somebody who has it is meant to stay.
    const meant = below.open.includes(value) && line.open.includes(value);
    if (line.from === value + 1 && !meant) holes.push({ value, below, above: line });
    else if (line.from > value) return [];
    if (line.to > below.to) below = line;
  }
  return holes;
}

/** Whether a rule has an answer for the value: for it alone, or wherever the lines of the group would be asked. */
function answers(place: Place, rule: Rule, { key, rest }: Line, value: number): boolean {
  return (waysOf(place, rule.condition) ?? []).some((way) => {
    const own = way.filter((atom) => atom.key === key);
    const fits = own.every(
      (atom) =>
        atom.kind === 'sum' && value >= atom.range.min && value <= atom.range.max && !atom.except.includes(value),
    );
    if (own.length === 0 || !fits) return false;
    const alone = own.some((atom) => atom.kind === 'sum' && atom.range.min === atom.range.max);
    return alone || way.every((atom) => atom.key === key || isOwnStage(atom) || rest.includes(textOf(atom)));
  });
}

/** `` `score` `` and `10`. */
function wordsFor(term: Term, value: number): [string, string] {
  const said = showTerm(term, value);
  const at = said.lastIndexOf(' is ');
  return at < 0 ? [said, ''] : [said.slice(0, at), said.slice(at + 4)];
}
