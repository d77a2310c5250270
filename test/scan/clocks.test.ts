import { expect, test } from 'vitest';
import { watchClocks } from '../../src/scan/clocks.ts';

const now = new Date('2026-06-01T12:00:00.400Z');

test.each([
  ['nobody answered', [], 'no host told its own time'],
  ['one agrees', [['a.example', 'Mon, 01 Jun 2026 12:00:00 GMT']], 'agrees with a.example'],
  [
    'several agree, one of them at the second answer',
    [
      ['a.example', 'Mon, 01 Jun 2026 11:58:00 GMT'],
      ['a.example', 'Mon, 01 Jun 2026 11:59:58 GMT'],
      ['b.example', 'Mon, 01 Jun 2026 12:00:05 GMT'],
    ],
    'agrees with 2 hosts',
  ],
  [
    'this machine is late',
    [['a.example', 'Mon, 01 Jun 2026 12:10:00 GMT']],
    "600 s behind a.example: set this machine's clock, or signed requests are refused",
  ],
  [
    'this machine is early, for all that say what time it is',
    [
      ['a.example', 'Mon, 01 Jun 2026 11:50:00 GMT'],
      ['b.example', 'Mon, 01 Jun 2026 11:55:00 GMT'],
      ['c.example', 'some day'],
    ],
    "600 s ahead of a.example and as wrong for 1 more: set this machine's clock, or signed requests are refused",
  ],
] as const)('%s', (_, answers, words) => {
  const clocks = watchClocks(() => now);
  for (const [host, date] of answers) clocks.note(host, date);
  expect(clocks.inWords()).toBe(words);
});
