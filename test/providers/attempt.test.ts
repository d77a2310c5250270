import { expect, test } from 'vitest';
import { operationId } from '../../src/model/ids.ts';
import { type AttemptWorld, sendWithRetries } from '../../src/providers/attempt.ts';
import { interruptionBy } from '../../src/providers/interruption.ts';
import type { Refusal, Transport } from '../../src/providers/provider.ts';

const throttled: Refusal = { kind: 'gap', reason: 'throttled', detail: 'slow down', retryable: true };
const request = {
  operation: { id: operationId('x:Get'), use: 'allowed' },
  params: {},
  target: { account: '1', partition: 'p', regions: [], session: undefined },
  region: 'r',
} as const;
const options = { timeoutMs: 50, callTimeoutMs: 60_000, attempts: 5, baseMs: 200, capMs: 20_000 };

/** Answers in turn; a refusal is thrown as itself, `never` gives no answer. */
function transport(answers: readonly (object | Refusal | 'never')[]): Transport & { readonly sent: () => number } {
  let sent = 0;
  return {
    sent: () => sent,
    send: async () => {
      const answer = answers[Math.min(sent, answers.length - 1)];
      sent += 1;
      if (answer === 'never') return new Promise(() => {});
      if (typeof answer === 'object' && 'kind' in answer) throw answer;
      return answer as { readonly value: number };
    },
    next: () => undefined,
    listPath: () => undefined,
    refusal: (error) => error as Refusal,
    bucket: () => 'x',
    close: () => {},
  };
}

function world(signal = new AbortController().signal): AttemptWorld & { readonly slept: number[] } {
  const slept: number[] = [];
  let nowMs = 0;
  return {
    slept,
    now: () => nowMs,
    random: () => 0.5,
    sleep: async (ms) => {
      slept.push(ms);
      nowMs += ms;
    },
    interruption: interruptionBy(signal),
    inTurn: (send) => send(),
    onThrottled: () => {},
  };
}

test('waits grow with each attempt, with full jitter', async () => {
  const here = world();
  expect(await sendWithRetries(transport([throttled, throttled, throttled, { value: 1 }]), request, options, here)).toEqual({
    answer: { value: 1 },
  });
  expect(here.slept).toEqual([200, 400, 800]);
});

test("the vendor's own wait is honoured where it is longer", async () => {
  const here = world();
  await sendWithRetries(transport([{ ...throttled, retryAfterMs: 5000 }, { value: 1 }]), request, options, here);
  expect(here.slept).toEqual([5000]);
});

test('a refusal that is final is not tried again', async () => {
  const denied: Refusal = { kind: 'gap', reason: 'denied', detail: 'no', retryable: false };
  const cloud = transport([denied]);
  expect(await sendWithRetries(cloud, request, options, world())).toEqual({ refusal: denied });
  expect(cloud.sent()).toBe(1);
});

test('attempts end, and so does the time of a call', async () => {
  const cloud = transport([throttled]);
  expect(await sendWithRetries(cloud, request, options, world())).toEqual({ refusal: throttled });
  expect(cloud.sent()).toBe(5);
  const patient = transport([{ ...throttled, retryAfterMs: 40_000 }]);
  await sendWithRetries(patient, request, options, world());
  expect(patient.sent()).toBe(2);
});

test('an attempt without an answer ends by our own deadline', async () => {
  const cloud = transport(['never']);
  const outcome = await sendWithRetries(cloud, request, { ...options, attempts: 2 }, world());
  expect(outcome).toEqual({
    refusal: { kind: 'gap', reason: 'unavailable', detail: 'x:Get gave no answer within 50 ms', retryable: true },
  });
  expect(cloud.sent()).toBe(2);
});

test('an interruption ends the waiting for an answer', async () => {
  const controller = new AbortController();
  const pending = sendWithRetries(transport(['never']), request, { ...options, timeoutMs: 60_000 }, world(controller.signal));
  setTimeout(() => controller.abort('SIGINT'), 10);
  expect(await pending).toMatchObject({ refusal: { reason: 'interrupted' } });
});
