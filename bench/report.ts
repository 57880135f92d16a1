/**
 * What a bench says in the end: a table for people, and one last line of JSON for machines.
 */

/** One measured figure. With a limit it is good or not; without one it only informs. */
export type Figure = {
  name: string;
  value: number;
  /** `ms`, `µs/line`, `×`, … */
  unit: string;
  limit?: { at: 'most' | 'least'; value: number };
  /** What it was measured on, in a few words. */
  note?: string;
};

export const isMet = ({ value, limit }: Figure): boolean =>
  limit === undefined || (limit.at === 'most' ? value <= limit.value : value >= limit.value);

/** Prints figures as columns: name, value, limit, met or missed, note. */
export function printTable(title: string, figures: readonly Figure[]): void {
  const rows = figures.map((figure) => [
    figure.name,
    `${figure.value} ${figure.unit}`,
    figure.limit === undefined ? '' : `at ${figure.limit.at} ${figure.limit.value}`,
    figure.limit === undefined ? '' : isMet(figure) ? 'met' : 'MISSED',
    figure.note ?? '',
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  console.log(`\n${title}\n`);
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 1 ? cell.padStart(widths[1] ?? 0) : cell.padEnd(widths[column] ?? 0),
    );
    console.log(`  ${cells.join('  ').trimEnd()}`);
  }
}

/** The last line: every figure by its name, with its unit, limit and verdict, and whatever `about` holds. */
export function printJson(bench: string, figures: readonly Figure[], about: Record<string, unknown>): void {
  const byName = figures.map((figure) => [
    figure.name,
    {
      value: figure.value,
      unit: figure.unit,
      ...(figure.limit && { limit: { [figure.limit.at]: figure.limit.value }, met: isMet(figure) }),
    },
  ]);
  console.log(
    `\n${JSON.stringify({ bench, met: figures.every(isMet), figures: Object.fromEntries(byName), ...about })}`,
  );
}
