/**
 * Starts the work for items before their turn comes, so many at once, and hands out what became of each in the order of the items.
 * Work whose turn never comes fails in silence.
 */
export async function* inTurn<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  atOnce: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<readonly [item: T, result: R]> {
  const started: (readonly [T, Promise<R>])[] = [];
  for await (const item of items) {
    const result = work(item);
    result.catch(() => {});
    started.push([item, result]);
    if (started.length >= atOnce) yield* first(started);
  }
  while (started.length > 0) yield* first(started);
}

async function* first<T, R>(started: (readonly [T, Promise<R>])[]): AsyncGenerator<readonly [T, R]> {
  const [next] = started.splice(0, 1);
  if (next !== undefined) yield [next[0], await next[1]];
}
