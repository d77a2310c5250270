import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createPrograms } from '../../src/secrets/programs.ts';

it('where programs stand is known however they are named: in any order, and their end later', () => {
  const sizes = fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 50 }), fc.boolean()), { maxLength: 12 });
  fc.assert(
    fc.property(sizes, fc.infiniteStream(fc.nat()), fc.nat(300), (pieces, order, before) => {
      let at = 0;
      const all = pieces.map(([size, gap, isLate]) => {
        const from = at + gap;
        at = from + size;
        return { from, to: at, isLate };
      });
      const programs = createPrograms();
      const shuffled = all.map((one) => ({ one, rank: order.next().value ?? 0 })).sort((a, b) => a.rank - b.rank);
      for (const { one } of shuffled) programs.add(one.from, one.to);
      for (const { from, to, isLate } of all.filter((one) => one.isLate)) {
        programs.add(from, Infinity);
        expect(programs.holds(from)).toBe(true);
        programs.add(from, to);
        expect(isLate && programs.holds(to)).toBe(all.some((one) => one.from === to));
      }
      programs.forget(before);
      for (let offset = before; offset < at + 10; offset++) {
        expect(programs.holds(offset)).toBe(all.some(({ from, to }) => from <= offset && offset < to));
      }
    }),
  );
});

it('a program inside of a program changes nothing of it', () => {
  const programs = createPrograms();
  programs.add(10, 100);
  programs.add(20, 30);
  expect([5, 15, 25, 50, 99, 100].map((at) => programs.holds(at))).toEqual([false, true, true, true, true, false]);
});
