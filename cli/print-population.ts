/**
 * What came of a simulated population, for people: the funnel, how it ended, the load, the costs.
 */
import type { Ir } from '../compiler/ir.ts';
import { boundOf, type Counts, type Tally, usdOfRuns } from '../runtime/population/tally.ts';
import type { Terminal } from './command.ts';

const hourMs = 3_600_000;
/** The month of an estimate of costs. */
const monthDays = 31;

/** Figures that follow from a tally; for the table and, as they are, for tools. */
export type Figures = {
  messagesPerPersonWeek: { mean: number; median: number; p95: number; most: number };
  busiestHour: { hour: string; messages: number } | null;
  usd: { perPersonMonth: number; worstMonth: number; bound: number };
  runs: { perPersonMonth: number; worstMonth: number; bound: number };
};

export function figuresOf(ir: Ir, tally: Tally, days: number): Figures {
  const weeks = Object.entries(tally.weeksByMessages)
    .map(([messages, count]) => ({ messages: Number(messages), count }))
    .sort((a, b) => a.messages - b.messages);
  const all = weeks.reduce((sum, { count }) => sum + count, 0);
  const below = (share: number): number => {
    let passed = 0;
    for (const { messages, count } of weeks) {
      passed += count;
      if (passed >= share * all) return messages;
    }
    return 0;
  };
  const [busiest] = Object.entries(tally.messagesByHour).sort(([a, x], [b, y]) => y - x || Number(a) - Number(b));
  const bound = boundOf(ir);
  const months = (tally.people * days) / monthDays;
  const runs = tally.runs.routine + tally.runs.answering;
  return {
    messagesPerPersonWeek: {
      mean: rounded((tally.messages / (tally.people * days)) * 7),
      median: below(0.5),
      p95: below(0.95),
      most: weeks.at(-1)?.messages ?? 0,
    },
    busiestHour: busiest
      ? { hour: `${new Date(Number(busiest[0]) * hourMs).toISOString().slice(0, 13)}:00Z`, messages: busiest[1] }
      : null,
    usd: {
      perPersonMonth: rounded(usdOfRuns(tally.runs) / months),
      worstMonth: rounded(tally.worstMonth.usd),
      bound: rounded(bound.usd),
    },
    runs: { perPersonMonth: rounded(runs / months), worstMonth: tally.worstMonth.runs, bound: Math.ceil(bound.runs) },
  };
}

const rounded = (value: number): number => Number(value.toPrecision(4));

export function printPopulation(ir: Ir, tally: Tally, figures: Figures, terminal: Terminal): void {
  const { out, color } = terminal;
  const heading = (text: string): void => out(`\n${color.out('bold', text)}`);
  heading('Stages');
  const stages = stagesOf(ir).filter((stage) => tally.reached[stage] !== undefined);
  const rows = stages.map((stage) => [
    stage,
    whole(tally.reached[stage]),
    share(tally.reached[stage], tally.people),
    ((tally.visits[stage] ?? 0) / (tally.reached[stage] ?? 1)).toFixed(1),
    whole(tally.there[stage]),
  ]);
  for (const line of columns([['', 'reached by', '', 'visits each', 'there in the end'], ...rows])) out(line);
  heading('How it ended');
  const outcomes = Object.entries(tally.outcomes).sort(([, a], [, b]) => b - a);
  for (const line of columns(outcomes.map(([name, count]) => [name, whole(count), share(count, tally.people)])))
    out(line);
  heading('Load');
  const { messagesPerPersonWeek: week, busiestHour, usd, runs } = figures;
  out(
    `  messages for a person and week: ${week.mean} on average, ${week.median} usually, ${week.p95} in one of twenty weeks, ${week.most} at most`,
  );
  if (busiestHour) out(`  messages in the busiest hour (${busiestHour.hour}): ${whole(busiestHour.messages)}`);
  out(`  reviews: ${told(tally.reviews)}; nudges: ${whole(tally.nudges)}; escalations: ${whole(tally.escalations)}`);
  out(`  times woken: ${whole(tally.wakes)}, for nothing ${whole(tally.idleWakes)}`);
  heading('Costs');
  out(`  for a person and month: $${usd.perPersonMonth}, ${runs.perPersonMonth} agent runs`);
  out(
    `  the dearest month: $${usd.worstMonth}, ${runs.worstMonth} agent runs (person ${tally.worstMonth.person}); the text allows at most $${usd.bound}, ${runs.bound} runs`,
  );
  for (const { person, problem } of tally.problems)
    out(color.out('red', `  the life of person ${person} could not go on: ${problem}`));
  if (tally.failed > tally.problems.length)
    out(color.out('red', `  … and of ${tally.failed - tally.problems.length} more`));
}

/** In the order of the text: the program's own, then those of tracks and lists. */
function stagesOf(ir: Ir): string[] {
  const of = (prefix: string, flow: { stageOrder: string[] }): string[] =>
    flow.stageOrder.map((stage) => `${prefix}${stage}`);
  return [
    ...of('', ir),
    ...Object.values(ir.tracks).flatMap((track) => of(`track:${track.name}.`, track)),
    ...Object.values(ir.lists).flatMap((list) => of(`list:${list.name}.`, list)),
  ];
}

const whole = (value = 0): string => value.toLocaleString('en');
const share = (part = 0, of: number): string => `${((part / of) * 100).toFixed(1)}%`;
const told = (counts: Counts): string =>
  Object.entries(counts)
    .map(([name, count]) => `${whole(count)} ${name.replaceAll('-', ' ')}`)
    .join(', ') || 'none';

/** The first column to the left, figures to the right. */
function columns(rows: readonly string[][]): string[] {
  const width = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map(
    (row) => `  ${row.map((cell, at) => (at === 0 ? cell.padEnd(width(at)) : cell.padStart(width(at)))).join('   ')}`,
  );
}
