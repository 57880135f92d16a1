/**
 * Branches and rows that never get their turn, because something before them takes every case.
 *
 * A branch after `else when` sees only what the ones before it left; a row of `bands` only what no row
 * above took. Whole lines of a stage are compared in `both-hold.ts`. In doubt nothing is said.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { handlerOf } from '../emit.ts';
import { allRules, type FlowPart } from '../flow.ts';
import { follows } from '../follows.ts';
import type { Expr, Ir, Rule } from '../ir.ts';
import { BRANCHES_MAX } from '../lower-bodies.ts';
import { isPossible, together, waysOf } from '../possible.ts';
import type { Report } from '../symbols.ts';
import type { Place } from '../terms.ts';
import { placeIn } from './both-hold.ts';
import type { Analysis } from './question.ts';

/** Rows of one `bands` that are compared with each other. */
const ROWS_MAX = 40;

export const answeredBefore: Analysis = (ir, report, { flows, isTold }) => {
  for (const part of flows) {
    branchesIn(ir, part, report, isTold);
  }
  rowsIn(ir, flows, report, isTold);
};

type Told = Parameters<Analysis>[2]['isTold'];

// ---------------------------------------------------------------- branches

function branchesIn(ir: Ir, part: FlowPart, report: Report, isTold: Told): void {
  const place = placeIn(ir, part);
  const counts = new Map<string, number>();
  for (const { id } of allRules(part.flow)) counts.set(handlerOf(id), (counts.get(handlerOf(id)) ?? 0) + 1);
  // A handler with too many ways has lost some of them.
  const isCut = ({ id }: Rule) => (counts.get(handlerOf(id)) ?? 0) >= BRANCHES_MAX - 1;
  const reached = new Set<string>();
  const stuck = new Map<string, { branch: Expr; before: readonly Expr[] }>();
  for (const rule of allRules(part.flow)) {
    const asked = rule.condition === undefined ? [] : partsOf(rule.condition, rule);
    if (rule.trigger.kind === 'holds' || asked.length < 2 || isCut(rule)) continue;
    const index = firstImpossible(place, asked) ?? asked.length;
    for (const before of asked.slice(0, index)) if (!isPast(before)) reached.add(idOf(before));
    const branch = asked[index];
    // An `else` for what cannot be is care, not a mistake.
    if (branch !== undefined && !isPast(branch)) stuck.set(idOf(branch), { branch, before: asked.slice(0, index) });
  }
  // A branch that stands in several ways through its handler is taken when one of them can be.
  for (const [id, { branch, before }] of stuck) {
    // What contradicts itself is told as that.
    const alone = waysOf(place, branch)?.some(isPossible) ?? false;
    if (alone && !reached.has(id) && !isTold(branch.span)) tellStuck(place, branch, before, report);
  }
}

const idOf = ({ span }: Expr): string => `${span.file ?? ''} ${span.start} ${span.end}`;

function tellStuck(place: Place, branch: Expr, before: readonly Expr[], report: Report): void {
  const rival = before.find((other) => rulesOut(place, other, branch));
  if (rival !== undefined && !isPast(rival)) {
    const related = [{ message: 'It stands inside this.', span: rival.span }];
    const why = ': what it stands inside rules it out';
    report(diagnostic('never-true', branch.span, { why }, { related }));
    return;
  }
  const taken = rival === undefined ? before.filter(isPast) : [rival];
  const related = taken.map(({ span }) => ({ message: 'This is taken first.', span }));
  report(diagnostic('never-taken', branch.span, { what: 'branch', given: '' }, { related }));
}

/** The conditions that a way through a handler takes one after another. */
function partsOf(condition: Expr, rule: Rule): Expr[] {
  const parts: Expr[] = [];
  let rest = condition;
  // What joins them has the place of the whole handler.
  while (rest.op === 'and' && rest.span.start === rule.span.start && rest.span.end === rule.span.end) {
    parts.unshift(rest.right);
    rest = rest.left;
  }
  return [rest, ...parts];
}

/** Whether a part says that a branch was not taken, as `lower-bodies.ts` writes it. */
const isPast = (part: Expr): boolean => part.op === 'not' && part.of.op === 'else';

/** The first part that cannot hold together with those before it. */
function firstImpossible(place: Place, parts: readonly Expr[]): number | undefined {
  let ways = waysOf(place, parts[0]);
  for (let index = 1; index < parts.length; index++) {
    const next = waysOf(place, parts[index]);
    const both = ways === undefined || next === undefined ? undefined : together(ways, next);
    if (both === undefined || ways === undefined || !ways.some(isPossible)) return undefined;
    if (!both.some(isPossible)) return index;
    ways = both;
  }
  return undefined;
}

function rulesOut(place: Place, before: Expr, branch: Expr): boolean {
  const [one, other] = [waysOf(place, before), waysOf(place, branch)];
  const both = one === undefined || other === undefined ? undefined : together(one, other);
  return both !== undefined && !both.some(isPossible);
}

// ---------------------------------------------------------------- rows of bands

function rowsIn(ir: Ir, flows: readonly FlowPart[], report: Report, isTold: Told): void {
  for (const { value } of Object.values(ir.lets)) {
    if (value.op !== 'choose') continue;
    const part = flows.find(({ flow }) => flow === ir) ?? flows[0];
    if (part === undefined) return;
    const place = placeIn(ir, part);
    const rows = value.ways.slice(0, ROWS_MAX);
    for (const [index, { when }] of rows.entries()) {
      if (when === undefined || isTold(when.span) || !(waysOf(place, when)?.some(isPossible) ?? false)) continue;
      const first = rows.slice(0, index).find((row) => row.when !== undefined && follows(place, when, row.when));
      if (first?.when === undefined) continue;
      const related = [{ message: 'This row takes it first.', span: first.when.span }];
      const hint = 'Put the special case first, or narrow the row above.';
      report(diagnostic('unreachable-row', when.span, {}, { related, hint }));
    }
  }
}
