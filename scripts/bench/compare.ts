/** What a bench measures: named ways of doing a thing, each measured in turn, and the ratio of each to the yardstick. */
export interface Bench {
  readonly name: string;
  /** What the numbers mean, and the goal. */
  readonly about: string;
  readonly unit: string;
  readonly rounds: number;
  /** Name of the contestant that the others are compared with. */
  readonly yardstick: string;
  /** Each gives one number per call: milliseconds, bytes … */
  readonly contestants: Readonly<Record<string, () => number | Promise<number>>>;
  /** Contestant → largest difference or ratio to the yardstick, or largest number, that is still good. */
  readonly goals?: Readonly<Record<string, { readonly over?: number; readonly ratio?: number; readonly most?: number }>>;
}

export interface Row {
  readonly name: string;
  readonly median: number;
  readonly least: number;
  /** Median of the differences and ratios within one round: what slows a whole round slows both sides of it. */
  readonly over: number;
  readonly ratio: number;
  readonly good: boolean | undefined;
}

/** Runs the contestants round by round, so that a busy minute hits all of them alike. */
export async function compare(bench: Bench): Promise<readonly Row[]> {
  const names = Object.keys(bench.contestants);
  const samples = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = -1; round < bench.rounds; round++) {
    for (const [name, measure] of Object.entries(bench.contestants)) {
      const value = await measure();
      const isWarmUp = round < 0;
      if (!isWarmUp) samples.get(name)?.push(value);
    }
  }
  const yardstick = samples.get(bench.yardstick);
  if (yardstick === undefined) throw new Error(`"${bench.yardstick}" is no contestant of ${bench.name}`);
  return names.map((name) => {
    const values = samples.get(name) ?? [];
    const over = median(values.map((value, round) => value - (yardstick[round] ?? 0)));
    const ratio = median(values.map((value, round) => value / (yardstick[round] ?? 1)));
    const goal = bench.goals?.[name];
    const good = goal && over <= (goal.over ?? Infinity) && ratio <= (goal.ratio ?? Infinity) && median(values) <= (goal.most ?? Infinity);
    return { name, median: median(values), least: Math.min(...values), over, ratio, good };
  });
}

export function table(bench: Bench, rows: readonly Row[]): string {
  const head = ['', `median ${bench.unit}`, 'least', 'over', 'ratio', 'goal'];
  const body = rows.map((row) => {
    const goal = bench.goals?.[row.name];
    const wanted =
      goal &&
      Object.entries(goal)
        .map(([what, limit]) => `${what} <= ${limit}`)
        .join(', ');
    return [
      row.name,
      row.median.toFixed(1),
      row.least.toFixed(1),
      row.over.toFixed(1),
      row.ratio.toFixed(2),
      wanted ? `${wanted} ${row.good ? 'met' : 'MISSED'}` : '',
    ];
  });
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((line) => line[column]?.length ?? 0)));
  const lines = [head, ...body].map((line) =>
    line
      .map((cell, column) => (column === 0 || column === 5 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  return `${bench.name}: ${bench.about}\n${lines.join('\n')}\n`;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? NaN) : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}
