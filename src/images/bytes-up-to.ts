/** All bytes of a stream; `undefined` where there are more than `maxBytes`. The rest of it is not asked for then. */
export async function bytesUpTo(chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer | undefined> {
  const held: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    // A chunk may be valid until the next.
    held.push(Uint8Array.from(chunk));
    bytes += chunk.length;
    if (bytes > maxBytes) return undefined;
  }
  return Buffer.concat(held, bytes);
}
