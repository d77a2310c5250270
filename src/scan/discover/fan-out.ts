/**
 * Runs `work` on everything that the source yields, at most `width` at a time. The source is not asked for more while all are
 * busy, so that what waits stays small however long the source is. The first error ends it, after what runs has settled.
 */
export async function fanOut<T>(source: AsyncIterable<T>, width: number, work: (item: T) => Promise<void>): Promise<void> {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  for await (const item of source) {
    const task = work(item)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => running.delete(task));
    running.add(task);
    if (running.size >= width) await Promise.race(running);
    if (failures.length > 0) break;
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
}
