import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { recentCollector } from '../../../src/scan/layers/tune-engine.ts';

const megabyte = 1 << 20;
const outsideOfTheHeap = (): number => process.memoryUsage().arrayBuffers;

test('memory of what was received and is no longer used is given back', async () => {
  const collect = recentCollector();
  const before = outsideOfTheHeap();
  receive(16);
  expect(outsideOfTheHeap() - before).toBeGreaterThan(12 * megabyte);
  collect();
  // Another thread of the engine gives it back.
  for (let n = 0; n < 200 && outsideOfTheHeap() - before > 5 * megabyte; n++) await sleep(10);
  expect(outsideOfTheHeap() - before).toBeLessThan(5 * megabyte);
});

function receive(megabytes: number): void {
  for (let n = 0; n < megabytes; n++) Buffer.alloc(megabyte);
}
