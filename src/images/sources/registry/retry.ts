import type { Patience } from './patience.ts';
import { isPassing, RegistryError, type RegistryProblem } from './problem.ts';

export interface RetryWorld {
  readonly now: () => Date;
  /** In [0, 1): spreads the waits. */
  readonly random: () => number;
  /** Ends early when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** The longest single wait that a registry may ask for; 60 s where it is left out. */
  readonly maxWaitMs?: number;
  readonly onWait?: (ms: number) => void;
}

const baseMs = 200;
const capMs = 10_000;

/** Tries again what may pass: broken connections, 429 and 5xx, with the registry's own wait where it names one. */
export async function retrying<T>(
  world: RetryWorld & { readonly patience: Patience },
  signal: AbortSignal,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    if (signal.aborted) throw new RegistryError({ kind: 'interrupted' });
    try {
      const answer = await attempt();
      world.patience.answered();
      return answer;
    } catch (error) {
      if (!(error instanceof RegistryError) || !isPassing(error.problem)) throw error;
      const isLast = tries >= world.patience.attempts();
      if (isLast) world.patience.gaveUp(error.problem);
      if (isLast || !(await waited(error.problem, tries, world, signal))) throw error;
    }
  }
}

/** Waits before the next attempt. False: the registry asks for more patience than a scan has. */
export async function waited(problem: RegistryProblem, tries: number, world: RetryWorld, signal: AbortSignal): Promise<boolean> {
  const asked = problem.kind === 'http' ? problem.retryAfterMs : undefined;
  const longest = world.maxWaitMs ?? 60_000;
  if (asked !== undefined && asked > longest) return false;
  // What was told to wait together does not come back at the same moment.
  const ms = (asked ?? 0) + world.random() * Math.min(capMs, baseMs * 2 ** tries);
  world.onWait?.(ms);
  await world.sleep(ms, signal);
  return true;
}

/** Milliseconds of a `Retry-After`: seconds, or an HTTP date. `undefined` for anything else, and for a time that is over. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
export function parseRetryAfter(text: string | undefined, now: Date): number | undefined {
  const value = text?.trim() ?? '';
  // Some write fractions; a date begins with a weekday, and Date.parse would make one of nearly anything.
  const ms = /^\d+(?:\.\d+)?$/.test(value) ? Number(value) * 1000 : /^[A-Z][a-z]{2}/.test(value) ? Date.parse(value) - now.getTime() : 0;
  return ms > 0 ? Math.min(ms, longestNamedMs) : undefined;
}

/** A registry that asks for more does not mean it. */
const longestNamedMs = 365 * 24 * 3_600_000;
