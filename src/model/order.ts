/** Compares by UTF-16 code unit, the same on every machine and in every locale. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Sorts a copy by one or more string keys. */
export function sortedBy<T>(items: readonly T[], ...keys: readonly ((item: T) => string)[]): T[] {
  return [...items].sort((a, b) => {
    for (const key of keys) {
      const order = byCodeUnit(key(a), key(b));
      if (order !== 0) return order;
    }
    return 0;
  });
}
