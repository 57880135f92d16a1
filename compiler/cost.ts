/**
 * What a program costs for one person in a month, from its text alone: agent runs, requests, tokens, money.
 *
 * An interval: a usual person, and the worst that nobody exceeds who stays within the assumptions (how
 * much a person writes, how long prompts are, what a model costs). Commands, questions, rules and
 * texts of the program cost nothing; agent runs do: replies, reviews, nudges, `say with skill`. Of the
 * stages of one flow a person is in one at a time; those that they can go round in are added up. Pure.
 */
import { type CostAssumptions, type Pair, type Price, usualAssumptions } from './cost-assumptions.ts';
import { runsLeadOn, type StageCost, stageCosts, type Turns, turnsOf } from './cost-stages.ts';
import { destinations, type FlowPart, flowsOf, rulesIn, stagesIn } from './flow.ts';
import type { Ir } from './ir.ts';

export type { CostAssumptions, Pair };

/** Of one person and month. Money in US dollars. */
export type Bill = { runs: Pair; calls: Pair; tokens: Pair; usd: Pair };

export type StageBill = Bill & {
  stage: string;
  /** Absent for the program's own. */
  flow?: string;
  title: string;
};

export type Cost = {
  program: string;
  total: Bill;
  /** Of a whole month in that stage, in the order of the text. */
  stages: StageBill[];
  assumptions: CostAssumptions;
  budget?: { usd: number; typicalIsOver: boolean; worstIsOver: boolean };
  /** Stages between which people can go round, so that the worst adds them up. */
  rounds: string[][];
};

/** The longest month; and a usual one. */
const DAYS_WORST = 31;
const DAYS_TYPICAL = 30.4;

/** Runs by which model they use, for a month. */
type Runs = { routine: Pair; answering: Pair };

/** `$0.12`; less than a cent to one digit. */
export const showUsd = (value: number): string =>
  `$${value > 0 && value < 0.01 ? value.toPrecision(1) : value.toFixed(2)}`;

export function costOf(ir: Ir, given: CostAssumptions = usualAssumptions): Cost {
  const assumptions = runsLeadOn(ir) ? given : { ...given, runsAfterRun: { typical: 0, worst: 0 } };
  const parts = flowsOf(ir).map((part) => ({ part, costs: stageCosts(ir, part, assumptions) }));
  const turns = turnsOf(ir, assumptions);
  const rounds: string[][] = [];
  const stages: StageBill[] = [];
  let total = setOff(
    parts.flatMap(({ costs }) => [...costs.values()]),
    assumptions,
    turns,
  );
  for (const { part, costs } of parts) {
    const items = part.kind === 'list' ? assumptions.itemsPerList : { typical: 1, worst: 1 };
    total = add(total, scale(ofFlow(part, costs, rounds), items));
    for (const [name, cost] of costs) {
      const month = { routine: monthly(cost.routine), answering: monthly(cost.answering) };
      const runs = add(scale(month, items), setOff([cost], assumptions, turns));
      const title = plainTitle(part, name);
      const flow = part.kind === 'main' ? {} : { flow: part.flow.name };
      stages.push({ stage: name, ...flow, title, ...billFor(chained(runs, assumptions), assumptions) });
    }
  }
  const bill = billFor(chained(total, assumptions), assumptions);
  const usd = ir.budget?.usdPerMonth;
  return {
    program: ir.name,
    total: bill,
    stages,
    assumptions,
    ...(usd === undefined
      ? {}
      : { budget: { usd, typicalIsOver: bill.usd.typical > usd, worstIsOver: bill.usd.worst > usd } }),
    rounds,
  };
}

/**
 * What is answered and what is set off, in a month of these stages. However many stages could answer, one
 * input starts one run at most.
 */
function setOff(stages: readonly StageCost[], { messagesPerDay, eventsPerDay }: CostAssumptions, turns: Turns): Runs {
  const talks = stages.some((stage) => stage.talks);
  const reacts = stages.some((stage) => stage.reacts);
  const happens = messagesPerDay.worst + eventsPerDay.worst;
  let worst = talks || reacts ? messagesPerDay.worst * DAYS_WORST : 0;
  if (reacts) worst += eventsPerDay.worst * DAYS_WORST + 1;
  if (stages.some((stage) => stage.turns)) worst += (happens * turns.delays + turns.daily) * DAYS_WORST + turns.delays;
  const typical = talks ? messagesPerDay.typical * DAYS_TYPICAL : 0;
  return { routine: { typical: 0, worst: 0 }, answering: { typical, worst } };
}

const monthly = ({ daily, burst }: StageCost['routine']): Pair => ({
  typical: daily.typical * DAYS_TYPICAL,
  worst: daily.worst * DAYS_WORST + burst,
});

/**
 * A month in one flow. Typically the dearest stage. At worst the dearest round of stages for the whole
 * month, with what each stage on the way brings at once; and what may interrupt it any time.
 */
function ofFlow(part: FlowPart, costs: ReadonlyMap<string, StageCost>, rounds: string[][]): Runs {
  const { groups, aside } = roundsIn(part);
  for (const group of groups) if (group.length > 1) rounds.push(group);
  const model = (of: 'routine' | 'answering'): Pair => {
    const cost = (name: string) => costs.get(name)?.[of] ?? { daily: { typical: 0, worst: 0 }, burst: 0 };
    const sum = (names: readonly string[]) => names.reduce((all, name) => all + cost(name).daily.worst, 0);
    const bursts = [...costs.keys()].reduce((all, name) => all + cost(name).burst, 0);
    const dearest = Math.max(0, ...groups.map(sum));
    return {
      typical: Math.max(0, ...[...costs.keys()].map((name) => cost(name).daily.typical)) * DAYS_TYPICAL,
      worst: (dearest + sum(aside)) * DAYS_WORST + bursts,
    };
  };
  return { routine: model('routine'), answering: model('answering') };
}

/**
 * Stages in rounds: those of one group can be reached from each other. `aside` are stages that only
 * interrupt: a person can be there and back at any time.
 */
export function roundsIn({ flow }: FlowPart): { groups: string[][]; aside: string[] } {
  const stages = stagesIn(flow);
  const comesBack = (name: string) =>
    (flow.stages[name]?.rules ?? []).every(
      ({ move, trigger }) => isBack(move?.direction) || trigger.kind === 'command',
    );
  const aside = stages
    .map((stage) => stage.name)
    .filter(
      (name) =>
        comesBack(name) &&
        stages.some((from) =>
          rulesIn(flow, from).some(({ move }) => move?.direction === 'interrupt' && move.to === name),
        ),
    );
  const edges = new Map(
    stages.map((stage) => [
      stage.name,
      rulesIn(flow, stage)
        .filter(({ move }) => move?.direction !== 'resume')
        .flatMap((rule) => destinations(flow, stage.name, rule))
        .filter((to) => !aside.includes(to)),
    ]),
  );
  const inner = stages.map((stage) => stage.name).filter((name) => !aside.includes(name));
  return { groups: strongGroups(inner, edges), aside };
}

const isBack = (direction: string | undefined): boolean =>
  direction === undefined || direction === 'resume' || direction === 'restart' || direction === 'leave';

/** Tarjan's strongly connected components, without recursion: programs may be long. */
function strongGroups(names: readonly string[], edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const waiting = new Set<string>();
  const groups: string[][] = [];
  const enter = (name: string) => {
    index.set(name, index.size);
    low.set(name, index.get(name) ?? 0);
    stack.push(name);
    waiting.add(name);
  };
  const lower = (name: string, to: number) => low.set(name, Math.min(low.get(name) ?? to, to));
  for (const root of names) {
    if (index.has(root)) continue;
    enter(root);
    const path: { name: string; next: number }[] = [{ name: root, next: 0 }];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const to = edges.get(top.name)?.[top.next];
      top.next += 1;
      if (to !== undefined) {
        if (!index.has(to)) {
          enter(to);
          path.push({ name: to, next: 0 });
        } else if (waiting.has(to)) lower(top.name, index.get(to) ?? 0);
        continue;
      }
      path.pop();
      const above = path.at(-1);
      if (above !== undefined) lower(above.name, low.get(top.name) ?? 0);
      if (low.get(top.name) !== index.get(top.name)) continue;
      const group = stack.splice(stack.indexOf(top.name));
      for (const name of group) waiting.delete(name);
      groups.push(group);
    }
  }
  return groups;
}

// ---------------------------------------------------------------- sums

const both = (left: Pair, right: Pair, by: (a: number, b: number) => number): Pair => ({
  typical: by(left.typical, right.typical),
  worst: by(left.worst, right.worst),
});
const plus = (left: number, right: number): number => left + right;
const product = (left: number, right: number): number => left * right;

const add = (left: Runs, right: Runs): Runs => ({
  routine: both(left.routine, right.routine, plus),
  answering: both(left.answering, right.answering, plus),
});
const scale = (runs: Runs, by: Pair): Runs => ({
  routine: both(runs.routine, by, product),
  answering: both(runs.answering, by, product),
});

/** What runs write may set off others. */
const chained = (runs: Runs, { runsAfterRun }: CostAssumptions): Runs => ({
  routine: runs.routine,
  answering: both(runs.answering, both(both(runs.routine, runs.answering, plus), runsAfterRun, product), plus),
});

function billFor({ routine, answering }: Runs, assumptions: CostAssumptions): Bill {
  const { callsPerRun, tokensIn, tokensOut } = assumptions;
  const runs = both(routine, answering, plus);
  const calls = both(runs, callsPerRun, product);
  const perCall = both(tokensIn, tokensOut, plus);
  const usd = (of: Pair, price: Price): Pair => {
    const each = both({ typical: price.input, worst: price.input }, tokensIn, product);
    const said = both({ typical: price.output, worst: price.output }, tokensOut, product);
    return both(both(of, callsPerRun, product), both(each, said, plus), (many, one) => (many * one) / 1_000_000);
  };
  const money = both(usd(routine, assumptions.routine), usd(answering, assumptions.answering), plus);
  return { runs, calls, tokens: both(calls, perCall, product), usd: money };
}

function plainTitle({ flow }: FlowPart, name: string): string {
  const parts = flow.stages[name]?.title.parts ?? [name];
  return parts.map((part) => (typeof part === 'string' ? part : '…')).join('');
}
