export interface LayerBudgets {
  /** Uncompressed bytes of one layer. */
  readonly bytes: number;
  /** Uncompressed bytes per stored byte, beyond the first GiB. */
  readonly ratio: number;
  readonly entries: number;
  /** Places of keys, and AI components, of one layer: each is kept until the layer ends. */
  readonly keys: number;
  readonly components: number;
  /** Gaps that are listed one by one; what is beyond is counted in one more. */
  readonly gaps: number;
  readonly ms: number;
  readonly nested: NestedBudgets;
}

/** For all containers of a layer; one, with all that it holds, gets half of what is left of bytes, entries and time. */
export interface NestedBudgets {
  /** Times that content is unpacked: a zip in a gzip in a zip is 3. */
  readonly depth: number;
  /** Unpacked. */
  readonly bytes: number;
  /** Unpacked bytes per packed byte of one container, beyond the first 64 MiB. */
  readonly ratio: number;
  readonly entries: number;
  /** Of work; waiting for bytes to come is none. */
  readonly ms: number;
}

/** Wide enough for the largest model image, narrow enough that a bomb costs seconds. */
export const defaultBudgets: LayerBudgets = {
  bytes: 128 * 2 ** 30,
  ratio: 200,
  entries: 5_000_000,
  keys: 50_000,
  components: 100_000,
  gaps: 1_000,
  ms: 30 * 60_000,
  nested: { depth: 3, bytes: 16 * 2 ** 30, ratio: 200, entries: 1_000_000, ms: 10 * 60_000 },
};

export const ratioFloorBytes = 2 ** 30;
