import { expect, test } from 'vitest';
import { inspect, keyOf, keysOf, repositoryWith, startLab } from '../../support/image-lab.ts';
import { startSlowProxy } from '../../support/slow-proxy.ts';

const key = (n: number): string => keyOf('anthropic.api-key', n);
const files = Array.from({ length: 30 }, (_, n) => [`app/${n}.env`, `ANTHROPIC_API_KEY=${key(n)}\n`] as const);

test.each([
  ['side by side', undefined, 8],
  ['one by one where that is asked for', 1, 1],
] as const)('small layers of a registry are fetched %s, and each is searched', async (_, concurrency, atOnce) => {
  const lab = await startLab({ app: await repositoryWith({ layers: files.map((file) => [file]) }) });
  const slow = await startSlowProxy(lab.origin, 15, /\/blobs\//);
  try {
    const { inventory } = await inspect([`${slow.host}/app`], { plainHttp: [slow.host], ...(concurrency && { concurrency }) });
    expect(new Set(keysOf(inventory).map(({ path }) => path))).toEqual(new Set(files.map(([path]) => path)));
    expect(inventory.asked.flatMap(({ gaps }) => gaps)).toEqual([]);
    expect(slow.most()).toBe(atOnce);
  } finally {
    slow.close();
    await lab.close();
  }
});
