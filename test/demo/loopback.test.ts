import { afterEach, expect, test } from 'vitest';
import type { RecordedAnswer } from '../../src/demo/answers.ts';
import { fillSecrets } from '../../src/demo/fill.ts';
import { type Fault, type Loopback, startLoopback, type WireProtocol } from '../../src/demo/loopback.ts';

const protocol: WireProtocol = {
  route: ({ url }) => ({
    call: { operation: url.pathname.slice(1), params: Object.fromEntries(url.searchParams) },
  }),
  answer: (_, answer) => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(answer),
  }),
  error: (_, error) => ({ status: error.status, body: JSON.stringify({ code: error.code, message: error.message }) }),
  refused: () => ({ status: 403, code: 'Denied', message: 'no' }),
  throttled: () => ({ status: 429, code: 'SlowDown', message: 'slow' }),
  endless: (_, answer) => ({ ...answer, next: 'again' }),
};

const answers: readonly RecordedAnswer[] = [
  { operation: 'List', when: { token: 'p2' }, answer: { items: [{ id: 'b' }] } },
  { operation: 'List', when: { token: null }, answer: { items: [{ id: 'a' }], next: 'p2' } },
  { operation: 'Get', answer: { value: '{secret:toy.key#1}' } },
  { operation: 'Gone', error: { status: 404, code: 'NotFound', message: 'gone' } },
];

const open: Loopback[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function start(fault?: Fault): Promise<Loopback> {
  const fill = (detector: string, number: number) => `${detector}-${number}-filled`;
  const server = await startLoopback({ protocol, answers, fill, faults: () => fault });
  open.push(server);
  return server;
}

const get = (server: Loopback, path: string, timeoutMs = 5000) =>
  fetch(`${server.origin}/${path}`, { signal: AbortSignal.timeout(timeoutMs) });

test('a double answers each page from its own entry and records the calls', async () => {
  const server = await start();
  expect(await (await get(server, 'List')).json()).toEqual({ items: [{ id: 'a' }], next: 'p2' });
  expect(await (await get(server, 'List?token=p2')).json()).toEqual({ items: [{ id: 'b' }] });
  expect(await (await get(server, 'Get')).json()).toEqual({ value: 'toy.key-1-filled' });
  expect((await get(server, 'Gone')).status).toBe(404);
  expect(server.calls).toEqual([
    { operation: 'List', params: {} },
    { operation: 'List', params: { token: 'p2' } },
    { operation: 'Get', params: {} },
    { operation: 'Gone', params: {} },
  ]);
});

test('a call without a recorded answer is an error and is remembered', async () => {
  const server = await start();
  expect((await get(server, 'Unknown')).status).toBe(400);
  expect(server.unanswered).toEqual([{ operation: 'Unknown', params: {} }]);
});

test('a double breaks its answers in every way that it is told to', async () => {
  expect((await get(await start('refused'), 'List')).status).toBe(403);
  expect((await get(await start('throttled'), 'List')).status).toBe(429);
  expect(await (await get(await start('html502'), 'List')).text()).toContain('<html>');
  expect(await (await get(await start('empty'), 'List')).text()).toBe('');
  expect(await (await get(await start('wrong-shape'), 'List')).json()).toEqual({ items: 'garbled', next: 'p2' });
  expect(await (await get(await start('endless-token'), 'List?token=p2')).json()).toEqual({
    items: [{ id: 'b' }],
    next: 'again',
  });
  const truncated = await (await get(await start('truncated'), 'List')).text();
  expect(() => JSON.parse(truncated) as unknown).toThrow(SyntaxError);
  await expect(get(await start('reset'), 'List')).rejects.toThrow('fetch failed');
  await expect(get(await start('timeout'), 'List', 200)).rejects.toThrow('timeout');
  await expect((await get(await start('drip'), 'List', 400)).text()).rejects.toThrow('timeout');
});

test('a throttled call succeeds after the given number of tries', async () => {
  const server = await start({ throttled: 2 });
  const statuses = [];
  for (let attempt = 0; attempt < 3; attempt += 1) statuses.push((await get(server, 'List')).status);
  expect(statuses).toEqual([429, 429, 200]);
});

test('keys are filled in before text is packed as the vendor packs it', () => {
  const fill = (detector: string, number: number) => `<${detector}:${number}>`;
  expect(fillSecrets({ a: { $base64: 'export KEY={secret:toy.key#2}' }, b: { $json: { env: '{secret:toy.key#3}' } } }, fill)).toEqual({
    a: Buffer.from('export KEY=<toy.key:2>').toString('base64'),
    b: '{"env":"<toy.key:3>"}',
  });
});
