import { expect, it } from 'vitest';
import { createSpending } from '../../../src/images/containers/spending.ts';

const unbounded = { bytes: Infinity, entries: Infinity, ratio: Infinity, depth: 9 };

it('time is counted of work alone, of work that fails, too', () => {
  let clock = 0;
  const spending = createSpending({ ...unbounded, ms: 10 }, () => clock);
  const taking = (ms: number) => () => void (clock += ms);

  spending.timed(taking(4));
  clock += 1000; // waiting
  expect(() =>
    spending.timed(() => {
      clock += 6;
      throw new Error('broken');
    }),
  ).toThrow('broken');
  clock += 1000;
  expect(spending.over()).toBeUndefined();

  spending.timed(() => spending.timed(taking(1)));
  expect(spending.over()).toBe("read in part: the layer's containers take longer than 10 ms");
});

it('one container gets half of what is left', () => {
  const spending = createSpending({ ...unbounded, bytes: 100, ms: Infinity }, () => 0);
  spending.take(20);
  const share = spending.share();
  spending.take(40);
  expect(share.over()).toBeUndefined();
  spending.take(1);
  expect(share.over()).toBe('read in part: it unpacks to more than 40 bytes');
  expect(spending.over()).toBeUndefined();
});
