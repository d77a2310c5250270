import { expect, test } from 'vitest';
import { gapOf } from '../../../../src/images/sources/registry/problem.ts';
import { parseRetryAfter, waited } from '../../../../src/images/sources/registry/retry.ts';

const now = new Date('2026-06-01T00:00:00Z');

test.each([
  ['30', 30_000],
  [' 30 ', 30_000],
  ['1.5', 1500],
  ['Mon, 01 Jun 2026 00:00:30 GMT', 30_000],
  ['Monday, 01-Jun-26 00:00:30 GMT', 30_000],
  ['Sun, 31 May 2026 23:00:00 GMT', undefined],
  ['0', undefined],
  ['-5', undefined],
  ['soon', undefined],
  ['2027', 2_027_000],
  ['Someday', undefined],
  ['', undefined],
  [undefined, undefined],
  ['99999999999999999999', 365 * 24 * 3_600_000],
  ['Wed, 21 Oct 9999 07:28:00 GMT', 365 * 24 * 3_600_000],
])('Retry-After: %s', (text, ms) => {
  expect(parseRetryAfter(text, now)).toBe(ms);
});

test.each([
  ['90', '90 s'],
  ['86400', '24 hours'],
  ['604800', '7 days'],
  ['99999999999999999999', '365 days'],
])('a wait of %s is said as %s', (text, words) => {
  const retryAfterMs = parseRetryAfter(text, now) ?? 0;
  expect(gapOf({ kind: 'http', host: 'a.example', status: 429, retryAfterMs }, 'latest')).toEqual({
    reason: 'throttled',
    subject: 'latest',
    detail: `a.example limits the rate of pulls (429); it says to wait ${words}`,
  });
});

test('requests that are told to wait together come back one after the other', async () => {
  const waits: number[] = [];
  const sleep = async (ms: number) => void waits.push(ms);
  for (const random of [0, 0.5, 0.75])
    await waited(
      { kind: 'http', host: 'a.example', status: 429, retryAfterMs: 30_000 },
      1,
      { now: () => now, random: () => random, sleep },
      new AbortController().signal,
    );
  expect(waits).toEqual([30_000, 30_200, 30_300]);
});

test('a registry that asks for more than the scan has is not waited for', async () => {
  const waits: number[] = [];
  const world = { now: () => now, random: () => 0, sleep: async (ms: number) => void waits.push(ms) };
  const asked = (retryAfterMs: number) => ({ kind: 'http', host: 'a.example', status: 429, retryAfterMs }) as const;
  const { signal } = new AbortController();
  expect(await waited(asked(60_000), 1, world, signal)).toBe(true);
  expect(await waited(asked(60_001), 1, world, signal)).toBe(false);
  expect(await waited(asked(2_000), 1, { ...world, maxWaitMs: 1_000 }, signal)).toBe(false);
  expect(waits).toEqual([60_000]);
});

test('without a word of the registry the wait doubles with each try, up to ten seconds', async () => {
  const waits: number[] = [];
  const world = { now: () => now, random: () => 1, sleep: async (ms: number) => void waits.push(ms) };
  for (const tries of [1, 2, 5, 6, 20])
    await waited({ kind: 'http', host: 'a.example', status: 503 }, tries, world, new AbortController().signal);
  expect(waits).toEqual([400, 800, 6_400, 10_000, 10_000]);
});
