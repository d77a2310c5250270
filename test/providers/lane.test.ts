import { expect, test } from 'vitest';
import { createLane } from '../../src/providers/lane.ts';

/** A clock that only sleeping moves. */
function clock() {
  let nowMs = 0;
  return {
    now: () => nowMs,
    sleep: async (ms: number) => {
      await Promise.resolve();
      nowMs += ms;
    },
  };
}

async function most(lane: ReturnType<typeof createLane>, calls: number): Promise<number> {
  let running = 0;
  let highest = 0;
  const send = async () => {
    running += 1;
    highest = Math.max(highest, running);
    await new Promise((done) => setImmediate(done));
    running -= 1;
  };
  await Promise.all(Array.from({ length: calls }, () => lane.run(send)));
  return highest;
}

test('no more requests are in flight than are allowed', async () => {
  expect(await most(createLane({ concurrency: 3, ...clock() }), 20)).toBe(3);
});

test('after a throttle half as many are in flight, and each round of answers brings one back', async () => {
  const lane = createLane({ concurrency: 8, ...clock() });
  lane.slowDown(0);
  expect(await most(lane, 20)).toBe(4);
  for (let answers = 0; answers < 4; answers += 1) lane.speedUp();
  expect(await most(lane, 20)).toBe(5);
});

test('after a throttle nothing starts before the time is over', async () => {
  const time = clock();
  const lane = createLane({ concurrency: 2, ...time });
  lane.slowDown(700);
  expect(await lane.run(async () => time.now())).toBe(700);
});

test('a rate spreads the starts', async () => {
  const time = clock();
  const lane = createLane({ concurrency: 1, rps: 4, ...time });
  const starts = await Promise.all(Array.from({ length: 4 }, () => lane.run(async () => time.now())));
  expect(starts).toEqual([0, 250, 500, 750]);
});
