import type { NestedBudgets } from '../budgets.ts';

/** What the containers of a layer take of its budgets. Sentences say what is over. */
export interface Spending {
  take(bytes: number): void;
  takeEntry(): void;
  /** Counts the time of work; waiting for bytes to come is none. */
  timed<T>(work: () => T): T;
  over(): string | undefined;
  /** For one container and all that it holds: half of what is left, so that no bomb takes what follows it out of sight. */
  share(): Share;
}

export interface Share {
  over(): string | undefined;
  /** Something of it is not read: nothing more of it is. */
  cut(): void;
  isCut(): boolean;
}

export function createSpending({ bytes, entries, ms }: NestedBudgets, now: () => number): Spending {
  const spent = { bytes: 0, entries: 0, ms: 0 };
  /** When the work began that goes on. */
  let since: number | undefined;
  const workedMs = (): number => spent.ms + (since === undefined ? 0 : now() - since);

  return {
    take: (count) => void (spent.bytes += count),
    takeEntry: () => void spent.entries++,
    timed(work) {
      if (since !== undefined) return work();
      since = now();
      try {
        return work();
      } finally {
        spent.ms = workedMs();
        since = undefined;
      }
    },
    over() {
      if (spent.bytes > bytes) return `read in part: the layer's containers unpack to more than ${bytes} bytes`;
      if (spent.entries > entries) return `read in part: the layer's containers hold more than ${entries} files`;
      return workedMs() > ms ? `read in part: the layer's containers take longer than ${ms} ms` : undefined;
    },
    share() {
      const half = (budget: number, used: number): number => used + Math.ceil((budget - used) / 2);
      const start = { ...spent, ms: workedMs() };
      const most = { bytes: half(bytes, spent.bytes), entries: half(entries, spent.entries), ms: half(ms, start.ms) };
      let isCut = false;
      return {
        cut: () => void (isCut = true),
        isCut: () => isCut,
        over() {
          if (spent.bytes > most.bytes) return `read in part: it unpacks to more than ${most.bytes - start.bytes} bytes`;
          if (spent.entries > most.entries) return `read in part: it holds more than ${most.entries - start.entries} files`;
          return workedMs() > most.ms ? `read in part: it takes longer than ${Math.ceil(most.ms - start.ms)} ms` : undefined;
        },
      };
    },
  };
}
