/**
 * `cohort by group` names a value that people can have in common, that nobody can talk themselves into, and that makes
 * a difference. And what comes to everybody at once is not told to all by each of them. What may not reach the others
 * is `personal.ts`'s business.
 */
import type { Anchor, Expr, Name, Program, Rule } from '../../language/ast.ts';
import { diagnostic } from '../../language/diagnostics.ts';
import type { ValueType } from '../ir.ts';
import { meant, OPERATOR } from '../names.ts';
import { findSeries, type Report, type Symbols } from '../symbols.ts';
import { reachesCohort, tellsCohort } from '../walk.ts';
import { type Check, rulesOfPart } from './question.ts';

/** Deeper conditions than this are taken to ask about each person. */
const DEPTH_MAX = 2000;

/** Types whose values people can have in common: two are the same, or they are not. */
const common: ReadonlySet<ValueType['kind']> = new Set(['text', 'choice', 'number', 'date']);

export const cohorts: Check = {
  outside({ program, symbols }, report) {
    for (const item of program.items) {
      if (item.kind === 'cohort') checkField(item.by, symbols, report);
    }
  },
  whole({ program, symbols }, report) {
    for (const item of program.items) {
      if (item.kind === 'cohort' && !isUsed(program, symbols)) report(diagnostic('unused-cohort', item.span, {}));
    }
  },
  part(part, { symbols }, report) {
    for (const rule of rulesOfPart(part)) toldByEach(rule, symbols, report);
  },
};

function checkField(name: Name, symbols: Symbols, report: Report): void {
  const field = symbols.fields.get(name.text);
  if (field === undefined) {
    const what = otherThing(name.text, symbols);
    report(
      what === undefined
        ? diagnostic('unknown-name', name.span, { name: name.text }, meant(name, symbols.fields.keys()))
        : diagnostic('cohort-field', name.span, { name: name.text, problem: `it is ${what}` }),
    );
    return;
  }
  if (field.parameter === 'workspace') {
    const hint = `It has one value for everybody. Write \`per person\` behind it, or leave the line out.`;
    const problem = 'it is the same for everybody';
    report(diagnostic('cohort-field', name.span, { name: name.text, problem }, { hint }));
  } else if (!common.has(field.declared.kind)) {
    const problem = `as ${articled(field.declared.kind)}, it is no name for a group`;
    report(diagnostic('cohort-field', name.span, { name: name.text, problem }));
  } else if (field.agentMaySet) {
    const role = [...symbols.roles][0] ?? OPERATOR;
    const related = field.node?.agentMay && [{ message: 'The agent may set it here.', span: field.node.agentMay.span }];
    report(diagnostic('cohort-by-agent', name.span, { name: name.text, role }, related ? { related } : {}));
  }
}

/** What a name stands for where it is no field. */
function otherThing(name: string, symbols: Symbols): string | undefined {
  if (symbols.series.has(name)) return 'a series, which has many values';
  if (symbols.lists.has(name)) return 'a list, which has many items';
  if (symbols.lets.has(name)) return 'a `let`, which follows from other values and is not kept';
  if (symbols.tables.has(name)) return 'a table';
  if (symbols.main.windows.has(name)) return 'a window of days';
  return undefined;
}

const articled = (kind: ValueType['kind']): string => (kind === 'yes-no' ? 'a yes or no' : `a ${kind}`);

/**
 * What comes to everybody at once, a time or a shared entry, and is passed on to the others without a condition, or
 * with one on the entry alone: each would hear it from each.
 */
function toldByEach(rule: Rule, symbols: Symbols, report: Report): void {
  const series = rule.kind === 'on' ? findSeries(symbols, rule.series.text) : undefined;
  const isOfAll = series?.shared === true && rule.kind === 'on' && asksOf(series.fields, rule.where, symbols, 0);
  if (rule.kind !== 'check' && !isOfAll) return;
  for (const action of rule.body) {
    if (reachesCohort(action)) report(diagnostic('told-by-each', action.span, {}));
  }
}

/** Whether a tree asks about `fields` alone, and about nothing that is another for each person. */
function asksOf(fields: ReadonlyMap<string, unknown>, node: unknown, symbols: Symbols, depth: number): boolean {
  if (typeof node !== 'object' || node === null) return true;
  if (depth > DEPTH_MAX || ('kind' in node && personal.has(node.kind))) return false;
  if ('text' in node && typeof node.text === 'string' && !fields.has(node.text) && isOwn(node.text, symbols))
    return false;
  return Object.values(node).every((part) => asksOf(fields, part, symbols, depth + 1));
}

/** What is asked of each person without a name: their silence, what they said, where they are and since when. */
const personal: ReadonlySet<unknown> = new Set<Expr['kind'] | Anchor['kind']>([
  'silence',
  'judged',
  'stage-of',
  'entered',
  'enrolled',
]);

const isOwn = (name: string, symbols: Symbols): boolean =>
  name === 'stage' ||
  symbols.main.stages.has(name) ||
  otherThing(name, symbols) !== undefined ||
  symbols.fields.has(name);

/** Whether anything is shared, or told to the others. */
const isUsed = (program: Program, symbols: Symbols): boolean =>
  [...symbols.series.values()].some((one) => one.shared) || tellsCohort(program);
