import pLimit from 'p-limit';

export interface LaneOptions {
  /** Requests in flight at most. */
  readonly concurrency: number;
  /** Requests per second at most. */
  readonly rps?: number;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** The rate limit of one service in one account and region: how many requests at once, how many a second, and when to hold off. */
export interface Lane {
  run<T>(send: () => Promise<T>): Promise<T>;
  /** The vendor throttled: half as many at once, and none before `ms` from now. */
  slowDown(ms: number): void;
  /** The vendor answered: one more at once, up to the limit. */
  speedUp(): void;
}

export function createLane({ concurrency, rps, now, sleep }: LaneOptions): Lane {
  const slots = pLimit(concurrency);
  let closedUntil = 0;
  let nextStart = 0;
  let answersSinceThrottle = 0;

  const waitForTurn = async (): Promise<void> => {
    for (let wait = closedUntil - now(); wait > 0; wait = closedUntil - now()) await sleep(wait);
    if (rps === undefined) return;
    const start = Math.max(now(), nextStart);
    nextStart = start + 1000 / rps;
    if (start > now()) await sleep(start - now());
  };
  return {
    run: (send) =>
      slots(async () => {
        await waitForTurn();
        return send();
      }),
    slowDown(ms) {
      closedUntil = Math.max(closedUntil, now() + ms);
      answersSinceThrottle = 0;
      slots.concurrency = Math.max(1, Math.floor(slots.concurrency / 2));
    },
    speedUp() {
      if (slots.concurrency >= concurrency) return;
      answersSinceThrottle += 1;
      if (answersSinceThrottle < slots.concurrency) return;
      answersSinceThrottle = 0;
      slots.concurrency += 1;
    },
  };
}
