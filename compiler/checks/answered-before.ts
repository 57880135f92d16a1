/**
 * Branches and rows that never get their turn, because something before them takes every case.
 *
 * A branch after `else when` sees only what the ones before it left; a row of `bands` only what no row
 * above took. Whole lines of a stage are compared in `both-hold.ts`. In doubt nothing is said.
 */
import { type Diagnostic, diagnostic } from '../../language/diagnostics.ts';
import { type AnalysisMemory, remember } from '../analysis-memory.ts';
import { handlerOf } from '../emit.ts';
import type { FlowPart } from '../flow.ts';
import { follows } from '../follows.ts';
import type { Expr, Ir, Rule } from '../ir.ts';
import { BRANCHES_MAX } from '../lower-bodies.ts';
import { type Place, placeIn } from '../place.ts';
import { canHold, holdingOf, isPossible } from '../possible.ts';
import type { Report } from '../symbols.ts';
import { lookAt, together, waysOf } from '../ways.ts';
import type { Analysis, AnalysisContext } from './question.ts';

/** Rows of one `bands` that are compared with each other. */
const ROWS_MAX = 40;

export const answeredBefore: Analysis = (ir, report, { flows, isTold, memory }) => {
  for (const part of flows) {
    const branches = [
      branchesIn(ir, part, part.flow.anytime),
      ...part.stages.map((stage) => remember(memory, stage, branchesIn, () => branchesIn(ir, part, stage.rules))),
    ];
    tellBranches(placeIn(ir, part), branches, report, isTold);
  }
  rowsIn(ir, flows, report, isTold, memory);
};

type Told = AnalysisContext['isTold'];

// ---------------------------------------------------------------- branches

/** The branches that a way through a handler takes; and those that some way cannot, after what it asked `before`. */
type Branches = { reached: readonly Expr[]; stuck: readonly Stuck[] };
type Stuck = { branch: Expr; before: readonly Expr[] };

/** The branches in rules that stand together: all of `anytime`, or all of a stage. */
function branchesIn(ir: Ir, part: FlowPart, rules: readonly Rule[]): Branches {
  const asked = rules.map((rule) =>
    rule.trigger.kind === 'holds' || rule.condition?.op !== 'and' ? [] : partsOf(rule.condition, rule),
  );
  if (asked.every((one) => one.length < 2)) return none;
  const place = placeIn(ir, part);
  const counts = new Map<string, number>();
  for (const { id } of rules) counts.set(handlerOf(id), (counts.get(handlerOf(id)) ?? 0) + 1);
  const reached: Expr[] = [];
  const stuck: Stuck[] = [];
  for (const [at, { id }] of rules.entries()) {
    const parts = asked[at] ?? [];
    // A handler with too many ways has lost some of them.
    if (parts.length < 2 || (counts.get(handlerOf(id)) ?? 0) >= BRANCHES_MAX - 1) continue;
    const index = firstImpossible(place, parts) ?? parts.length;
    for (const before of parts.slice(0, index)) if (!isPast(before)) reached.push(before);
    const branch = parts[index];
    // An `else` for what cannot be is care, not a mistake.
    if (branch !== undefined && !isPast(branch)) stuck.push({ branch, before: parts.slice(0, index) });
  }
  return { reached, stuck };
}

const none: Branches = { reached: [], stuck: [] };

function tellBranches(place: Place, branches: readonly Branches[], report: Report, isTold: Told): void {
  const stuck = new Map<string, Stuck>();
  for (const one of branches) for (const each of one.stuck) stuck.set(idOf(each.branch), each);
  if (stuck.size === 0) return;
  const reached = new Set(branches.flatMap((one) => one.reached.map(idOf)));
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
  const first = lookAt(place, parts[0]);
  if (!canHold(first)) return undefined;
  let ways = holdingOf(first);
  for (let index = 1; index < parts.length; index++) {
    const next = waysOf(place, parts[index]);
    if (ways === undefined || next === undefined) return undefined;
    ways = together(ways, next);
    if (ways !== undefined && !ways.some(isPossible)) return index;
  }
  return undefined;
}

function rulesOut(place: Place, before: Expr, branch: Expr): boolean {
  const [one, other] = [waysOf(place, before), waysOf(place, branch)];
  const both = one === undefined || other === undefined ? undefined : together(one, other);
  return both !== undefined && !both.some(isPossible);
}

// ---------------------------------------------------------------- rows of bands

/** A row that is taken before; what is said of it is said at `when`. */
type Taken = { when: Expr; found: Diagnostic };

function rowsIn(ir: Ir, flows: readonly FlowPart[], report: Report, isTold: Told, memory: AnalysisMemory): void {
  const [part] = flows;
  if (part === undefined) return;
  for (const one of Object.values(ir.lets)) {
    const { value } = one;
    if (value.op !== 'choose') continue;
    for (const { when, found } of remember(memory, one, takenIn, () => takenIn(placeIn(ir, part), value)))
      if (!isTold(when.span)) report(found);
  }
}

function takenIn(place: Place, { ways }: Extract<Expr, { op: 'choose' }>): readonly Taken[] {
  // What stands behind `otherwise` is told where the rows are read.
  const otherwise = ways.findIndex(({ when }) => when === undefined);
  const rows = (otherwise < 0 ? ways : ways.slice(0, otherwise)).slice(0, ROWS_MAX);
  return rows.flatMap(({ when }, index): Taken[] => {
    if (when === undefined || !(waysOf(place, when)?.some(isPossible) ?? false)) return [];
    const first = rows.slice(0, index).find((row) => row.when !== undefined && follows(place, when, row.when));
    if (first?.when === undefined) return [];
    const related = [{ message: 'This row takes it first.', span: first.when.span }];
    const hint = 'Put the special case first, or narrow the row above.';
    return [{ when, found: diagnostic('unreachable-row', when.span, {}, { related, hint }) }];
  });
}
