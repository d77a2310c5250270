import type { JsonObject } from '../model/json.ts';
import type { Interruption } from './interruption.ts';
import type { Operation, Refusal, Request, Transport } from './provider.ts';

export interface RetryOptions {
  /** Deadline of one attempt, queueing not counted. */
  readonly timeoutMs: number;
  /** No attempt starts later than this after the first. */
  readonly callTimeoutMs: number;
  readonly attempts: number;
  readonly baseMs: number;
  readonly capMs: number;
}

export const usualRetries = { callTimeoutMs: 120_000, attempts: 5, baseMs: 200, capMs: 20_000 } as const;

export interface AttemptWorld {
  readonly now: () => number;
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly interruption: Interruption;
  /** Runs one attempt when the rate limits allow. */
  readonly inTurn: <T>(send: () => Promise<T>) => Promise<T>;
  readonly onThrottled: (waitMs: number) => void;
}

export type GapRefusal = Extract<Refusal, { readonly kind: 'gap' }>;
export type Outcome = { readonly answer: JsonObject } | { readonly refusal: Refusal };

export const interrupted: GapRefusal = {
  kind: 'gap',
  reason: 'interrupted',
  detail: 'the run was interrupted before this was read',
  retryable: false,
};

/** Sends a request until it is answered or refused for good: full jitter between attempts, and the vendor's own wait where it names one. */
export async function sendWithRetries(
  transport: Transport,
  request: Omit<Request, 'signal'>,
  options: RetryOptions,
  world: AttemptWorld,
): Promise<Outcome> {
  const startedAt = world.now();
  for (let attempt = 1; ; attempt += 1) {
    if (world.interruption.isAsked()) return { refusal: interrupted };
    const outcome = await world.inTurn(() => sendOnce(transport, request, options.timeoutMs, world.interruption));
    if ('answer' in outcome || outcome.refusal.kind !== 'gap') return outcome;
    const { refusal } = outcome;
    const waitMs = waitBefore(attempt, refusal, options, world.random);
    if (refusal.reason === 'throttled') world.onThrottled(waitMs);
    if (!refusal.retryable || attempt >= options.attempts) return outcome;
    if (world.now() - startedAt + waitMs > options.callTimeoutMs) return outcome;
    await world.sleep(waitMs);
  }
}

function waitBefore(attempt: number, refusal: GapRefusal, { baseMs, capMs }: RetryOptions, random: () => number): number {
  const jittered = random() * Math.min(capMs, baseMs * 2 ** attempt);
  return Math.max(jittered, refusal.retryAfterMs ?? 0);
}

// The race is ours as well as the signal: not every client lets go of a connection when it is told to.
async function sendOnce(
  transport: Transport,
  request: Omit<Request, 'signal'>,
  timeoutMs: number,
  interruption: Interruption,
): Promise<Outcome> {
  if (interruption.isAsked()) return { refusal: interrupted };
  const attempt = new AbortController();
  let stop: (refusal: GapRefusal) => void = () => {};
  const stopped = new Promise<Outcome>((resolve) => {
    stop = (refusal) => {
      resolve({ refusal });
      attempt.abort();
    };
  });
  const timer = setTimeout(() => stop(timedOut(request.operation, timeoutMs)), timeoutMs);
  const forget = interruption.listen(() => stop(interrupted));
  const answered = transport.send({ ...request, signal: attempt.signal }).then(
    (answer): Outcome => ({ answer }),
    (error: unknown): Outcome => ({ refusal: transport.refusal(error, request.operation, request.region) }),
  );
  try {
    return await Promise.race([answered, stopped]);
  } finally {
    clearTimeout(timer);
    forget();
    // An attempt that lost the race still settles; what it says is of no interest any more.
    answered.catch(() => {});
  }
}

function timedOut(operation: Operation, timeoutMs: number): GapRefusal {
  return {
    kind: 'gap',
    reason: 'unavailable',
    detail: `${operation.id} gave no answer within ${timeoutMs} ms`,
    retryable: true,
  };
}
