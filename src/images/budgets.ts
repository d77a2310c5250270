import type { NestedBudgets } from './nested.ts';

export interface LayerBudgets {
  /** Uncompressed bytes of one layer. */
  readonly bytes: number;
  /** Uncompressed bytes per stored byte, beyond the first GiB. */
  readonly ratio: number;
  readonly entries: number;
  readonly ms: number;
  readonly nested: NestedBudgets;
}

/** Wide enough for the largest model image, narrow enough that a bomb costs seconds. */
export const defaultBudgets: LayerBudgets = {
  bytes: 128 * 2 ** 30,
  ratio: 200,
  entries: 5_000_000,
  ms: 30 * 60_000,
  nested: { depth: 3, bytes: 8 * 2 ** 30, ratio: 200, entries: 500_000, ms: 5 * 60_000 },
};

export const ratioFloorBytes = 2 ** 30;
