/**
 * What a program costs for one person in a month, from its text alone: agent runs, requests, tokens, money.
 *
 * An interval: a usual person, and the worst that nobody exceeds who stays within the assumptions (how
 * much a person writes, how long prompts are, what a model costs). Commands, questions, rules and
 * texts of the program cost nothing; agent runs do: replies, reviews, nudges, `say with skill`. Of the
 * stages of one flow a person is in one at a time; those that they can go round in are added up. Pure.
 */
import { type AnalysisMemory, analysisMemory } from './analysis-memory.ts';
import { type CostAssumptions, monthDays, type Pair, type Price, usualAssumptions } from './cost-assumptions.ts';
import { runsLeadOn, type StageCost, stageCosts, type Turns, turnsOf } from './cost-stages.ts';
import { type FlowPart, flowsOf, rulesIn, waysOn } from './flow.ts';
import type { Ir, Stage } from './ir.ts';

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

/** Runs by which model they use, for a month. */
type Runs = { routine: Pair; answering: Pair };

/** `$0.12`; less than a cent to one digit. */
export const showUsd = (value: number): string =>
  `$${value > 0 && value < 0.01 ? value.toPrecision(1) : value.toFixed(2)}`;

export function costOf(ir: Ir, given: CostAssumptions = usualAssumptions): Cost {
  const assumptions = runsLeadOn(ir) ? given : { ...given, runsAfterRun: { typical: 0, worst: 0 } };
  const parts = flowsOf(ir).map((part): Costed => ({ part, costs: stageCosts(ir, part, assumptions) }));
  const turns = turnsOf(ir, assumptions);
  const rounds = parts.map(({ part }) => roundsIn(part));
  const total = totalOf(parts, assumptions, turns, rounds);
  const usd = ir.budget?.usdPerMonth;
  return {
    program: ir.name,
    total,
    stages: parts.flatMap((costed) => stageBills(costed, assumptions, turns)),
    assumptions,
    ...(usd === undefined
      ? {}
      : { budget: { usd, typicalIsOver: total.usd.typical > usd, worstIsOver: total.usd.worst > usd } }),
    rounds: rounds.flatMap(({ groups }) => groups.filter((group) => group.length > 1)),
  };
}

/** What a usual month costs, in US dollars; and where it comes from, in the order of the text. */
export type UsualMonth = { usd: number; stages: () => { stage: string; usd: number }[] };

/** The same of a usual month alone, for which nobody needs to know what can go round. */
export function usualMonthOf(
  ir: Ir,
  given: CostAssumptions = usualAssumptions,
  memory: AnalysisMemory = analysisMemory(),
): UsualMonth {
  const leadsOn = given.runsAfterRun.typical === 0 || runsLeadOn(ir);
  const assumptions = leadsOn ? given : { ...given, runsAfterRun: { typical: 0, worst: 0 } };
  const parts = flowsOf(ir).map((part): Costed => ({ part, costs: stageCosts(ir, part, assumptions, memory) }));
  const stages = () =>
    parts
      .flatMap((costed) => stageBills(costed, assumptions, noTurns))
      .map(({ stage, usd }) => ({ stage, usd: usd.typical }));
  return { usd: totalOf(parts, assumptions, noTurns).usd.typical, stages };
}

/** A flow with what its stages bring. */
type Costed = { part: FlowPart; costs: ReadonlyMap<string, StageCost> };

const noTurns: Turns = { delays: 0, daily: 0 };
const noRounds: Rounds = { groups: [], aside: [] };

const itemsOf = ({ kind }: FlowPart, { itemsPerList }: CostAssumptions): Pair =>
  kind === 'list' ? itemsPerList : { typical: 1, worst: 1 };

/** A month in the whole program; `rounds` of each flow. */
function totalOf(
  parts: readonly Costed[],
  assumptions: CostAssumptions,
  turns: Turns,
  rounds: readonly Rounds[] = [],
): Bill {
  const stages = parts.flatMap(({ costs }) => [...costs.values()]);
  let total = setOff(stages, assumptions, turns);
  for (const [index, { part, costs }] of parts.entries())
    total = add(total, scale(ofFlow(costs, rounds[index] ?? noRounds), itemsOf(part, assumptions)));
  return billFor(chained(total, assumptions), assumptions);
}

/** A whole month in each stage of a flow. */
function stageBills({ part, costs }: Costed, assumptions: CostAssumptions, turns: Turns): StageBill[] {
  return [...costs].map(([name, cost]): StageBill => {
    const month = { routine: monthly(cost.routine), answering: monthly(cost.answering) };
    const runs = add(scale(month, itemsOf(part, assumptions)), setOff([cost], assumptions, turns));
    const flow = part.kind === 'main' ? {} : { flow: part.flow.name };
    return { stage: name, ...flow, title: plainTitle(part, name), ...billFor(chained(runs, assumptions), assumptions) };
  });
}

/**
 * What is answered and what is set off, in a month of these stages. However many stages could answer, one
 * input starts one run at most.
 */
function setOff(stages: readonly StageCost[], { messagesPerDay, eventsPerDay }: CostAssumptions, turns: Turns): Runs {
  const talks = stages.some((stage) => stage.talks);
  const reacts = stages.some((stage) => stage.reacts);
  const happens = messagesPerDay.worst + eventsPerDay.worst;
  let worst = talks || reacts ? messagesPerDay.worst * monthDays.worst : 0;
  if (reacts) worst += eventsPerDay.worst * monthDays.worst + 1;
  if (stages.some((stage) => stage.turns))
    worst += (happens * turns.delays + turns.daily) * monthDays.worst + turns.delays;
  const typical = talks ? messagesPerDay.typical * monthDays.typical : 0;
  return { routine: { typical: 0, worst: 0 }, answering: { typical, worst } };
}

const monthly = ({ daily, burst }: StageCost['routine']): Pair => ({
  typical: daily.typical * monthDays.typical,
  worst: daily.worst * monthDays.worst + burst,
});

/**
 * A month in one flow. Typically the dearest stage. At worst the dearest round of stages for the whole
 * month, with what each stage on the way brings at once; and what may interrupt it any time.
 */
function ofFlow(costs: ReadonlyMap<string, StageCost>, { groups, aside }: Rounds): Runs {
  const model = (of: 'routine' | 'answering'): Pair => {
    const sum = (names: readonly string[]) =>
      names.reduce((all, name) => all + (costs.get(name)?.[of].daily.worst ?? 0), 0);
    let [typical, bursts] = [0, 0];
    for (const cost of costs.values()) {
      typical = Math.max(typical, cost[of].daily.typical);
      bursts += cost[of].burst;
    }
    const dearest = Math.max(0, ...groups.map(sum));
    return { typical: typical * monthDays.typical, worst: (dearest + sum(aside)) * monthDays.worst + bursts };
  };
  return { routine: model('routine'), answering: model('answering') };
}

type Rounds = { groups: string[][]; aside: string[] };

/**
 * Stages in rounds: those of one group can be reached from each other. `aside` are stages that only
 * interrupt: a person can be there and back at any time.
 */
export function roundsIn({ flow, stages }: FlowPart): Rounds {
  const comesBack = ({ rules }: Stage) =>
    rules.every(({ move, trigger }) => isBack(move?.direction) || trigger.kind === 'command');
  const interrupts = (from: Stage, name: string) =>
    rulesIn(flow, from).some(({ move }) => move?.direction === 'interrupt' && move.to === name);
  const aside = new Set(
    stages
      .filter((stage) => comesBack(stage) && stages.some((from) => interrupts(from, stage.name)))
      .map(({ name }) => name),
  );
  const edges = new Map(stages.map((stage) => [stage.name, waysOn(flow, stage).filter((to) => !aside.has(to))]));
  const inner = stages.map(({ name }) => name).filter((name) => !aside.has(name));
  return { groups: strongGroups(inner, edges), aside: [...aside] };
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
