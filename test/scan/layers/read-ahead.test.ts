import { expect, test } from 'vitest';
import { readAhead } from '../../../src/scan/layers/read-ahead.ts';

const bytes = (...numbers: readonly number[]): Uint8Array => Uint8Array.from(numbers);

/** Notes what is asked of it. */
function source(chunks: readonly Uint8Array[], error?: Error) {
  const seen = { given: 0, closed: false };
  async function* read(): AsyncGenerator<Uint8Array> {
    try {
      for (const chunk of chunks) {
        seen.given++;
        yield chunk;
      }
      if (error !== undefined) throw error;
    } finally {
      seen.closed = true;
    }
  }
  return { seen, read: read() };
}

const turn = (): Promise<void> => new Promise((done) => void setImmediate(done));

test('what is small is read before anybody asks', async () => {
  const { seen, read } = source([bytes(1), bytes(2, 3)]);
  const ahead = readAhead(read, 100);
  await turn();
  expect(seen).toEqual({ given: 2, closed: true });
  const got: Uint8Array[] = [];
  for await (const chunk of ahead) got.push(chunk);
  expect(got).toEqual([bytes(1), bytes(2, 3)]);
});

test('of what turns out to be large the rest is read as it is asked for', async () => {
  const { seen, read } = source(Array.from({ length: 10 }, (_, n) => bytes(n, n)));
  const ahead = readAhead(read, 4);
  await turn();
  expect(seen.given).toBe(2);
  const got: number[] = [];
  for await (const [first = -1] of ahead) if (got.push(first) === 7) break;
  expect(got).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(seen).toEqual({ given: 7, closed: true });
});

test('an error is thrown behind what came before it', async () => {
  const ahead = readAhead(source([bytes(1)], new Error('broken off')).read, 100);
  await turn();
  const got: Uint8Array[] = [];
  await expect(
    (async () => {
      for await (const chunk of ahead) got.push(chunk);
    })(),
  ).rejects.toThrow('broken off');
  expect(got).toEqual([bytes(1)]);
});
