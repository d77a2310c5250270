import { expect, test } from 'vitest';
import { createRooms } from '../../../../src/images/containers/sqlite/rooms.ts';

test('memory that was given back is used again, where it is large enough', () => {
  const rooms = createRooms(1 << 20);
  const small = rooms.take(5000);
  expect(small.length).toBeGreaterThanOrEqual(5000);
  rooms.give(small);
  expect(rooms.take(small.length + 1)).not.toBe(small);
  expect(rooms.take(6000)).toBe(small);
  expect(rooms.take(6000)).not.toBe(small);
});

test('no more is kept unused than was said', () => {
  const rooms = createRooms(10_000);
  const [first, second] = [rooms.take(8192), rooms.take(8192)];
  rooms.give(first);
  rooms.give(second);
  expect(rooms.take(8192)).toBe(first);
  expect(rooms.take(8192)).not.toBe(second);
});
