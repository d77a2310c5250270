/** Starts reading at once, up to so many bytes, before anybody asks; the rest follows as it is asked for. What goes wrong is thrown in its place. */
export function readAhead(bytes: AsyncIterable<Uint8Array>, mostBytes: number): AsyncIterable<Uint8Array> {
  const source = bytes[Symbol.asyncIterator]();
  const begun = collect(source, mostBytes);
  return (async function* () {
    const { chunks, isOver, failure } = await begun;
    try {
      yield* chunks;
      if (failure !== undefined) throw failure.error;
      for (let next = isOver ? undefined : await source.next(); next?.done === false; next = await source.next()) yield next.value;
    } finally {
      if (!isOver) await source.return?.();
    }
  })();
}

interface Begun {
  readonly chunks: readonly Uint8Array[];
  readonly isOver: boolean;
  readonly failure?: { readonly error: unknown };
}

async function collect(source: AsyncIterator<Uint8Array>, mostBytes: number): Promise<Begun> {
  const chunks: Uint8Array[] = [];
  try {
    for (let bytes = 0; bytes < mostBytes; ) {
      const next = await source.next();
      if (next.done === true) return { chunks, isOver: true };
      chunks.push(next.value);
      bytes += next.value.length;
    }
    return { chunks, isOver: false };
  } catch (error) {
    return { chunks, isOver: true, failure: { error } };
  }
}
